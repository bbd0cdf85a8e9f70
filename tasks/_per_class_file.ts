import { z } from "zod";
import { readJsonAs } from "../src/core/mod.ts";

const THRESHOLDS = z.record(z.string(), z.number().min(0).max(1).nullable());

/**
 * Reads per-class thresholds: a JSON object of numbers from 0 to 1 by class; null for a class
 * that never acts.
 *
 * @param canonical Rewrites class names, so that files with older names work.
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` for anything else.
 */
export async function readPerClassThresholds(
  path: string,
  canonical: (name: string) => string,
): Promise<Record<string, number | null>> {
  const thresholds = await readJsonAs(
    path,
    THRESHOLDS,
    'Write a threshold a class: {"swap_asset": 0.65}',
  );
  return Object.fromEntries(
    Object.entries(thresholds).map(([name, value]) => [canonical(name), value]),
  );
}
