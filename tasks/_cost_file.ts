import { z } from "zod";
import type { CostTable } from "../src/evaluate/mod.ts";
import { readJsonAs } from "../src/core/mod.ts";

const COST = z.number().min(0);
const COSTS = z.strictObject({
  wrong: z.record(z.string(), COST),
  wrong_default: COST.optional(),
  abstain: COST,
});

/**
 * Reads a table of costs.
 *
 * @param canonical Rewrites class names, so that files with older names work.
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` for anything else.
 */
export async function readCostTable(
  path: string,
  canonical: (name: string) => string,
): Promise<CostTable> {
  const { wrong, wrong_default, abstain } = await readJsonAs(
    path,
    COSTS,
    'Write costs by action: {"wrong": {"borrow_asset": 20}, "wrong_default": 5, "abstain": 1}',
  );
  return {
    wrong: Object.fromEntries(Object.entries(wrong).map(([name, cost]) => [canonical(name), cost])),
    ...(wrong_default !== undefined && { wrongDefault: wrong_default }),
    abstain,
  };
}
