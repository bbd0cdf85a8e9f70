import { z } from "zod";
import { explainIoError } from "../data/io_error.ts";
import { MicroLmError } from "../errors.ts";

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
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new MicroLmError("data", "Expected JSON", { at: { file: path }, cause });
  }
  const parsed = THRESHOLDS.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new MicroLmError("data", `${issue.message} at "${issue.path.join(".")}"`, {
      at: { file: path },
      hint: 'Write a threshold a class: {"swap_asset": 0.65}',
    });
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, value]) => [canonical(name), value]),
  );
}
