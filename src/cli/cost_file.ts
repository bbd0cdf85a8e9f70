import { z } from "zod";
import { explainIoError } from "../data/io_error.ts";
import { MicroLmError } from "../errors.ts";
import type { CostTable } from "../evaluate/cost.ts";

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
  const text = await Deno.readTextFile(path).catch((error: unknown) => {
    throw explainIoError(error, path, "read");
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new MicroLmError("data", "Expected JSON", { at: { file: path }, cause });
  }
  const parsed = COSTS.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new MicroLmError("data", `${issue.message} at "${issue.path.join(".")}"`, {
      at: { file: path },
      hint:
        'Write costs by action: {"wrong": {"borrow_asset": 20}, "wrong_default": 5, "abstain": 1}',
    });
  }
  const { wrong, wrong_default, abstain } = parsed.data;
  return {
    wrong: Object.fromEntries(Object.entries(wrong).map(([name, cost]) => [canonical(name), cost])),
    ...(wrong_default !== undefined && { wrongDefault: wrong_default }),
    abstain,
  };
}
