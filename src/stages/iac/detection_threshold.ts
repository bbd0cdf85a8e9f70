import { join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import {
  type EvaluationConfig,
  FROZEN_THRESHOLD_FILE,
  type ThresholdMode,
} from "../config/evaluation_config.ts";
import { followPointers, readJson, RUN_FILES } from "../experiment/experiment_folder.ts";

/** The threshold of an evaluation and where it is from. */
export interface ResolvedThreshold {
  readonly mode: ThresholdMode;
  /** Null: the more probable label wins. */
  readonly value: number | null;
  readonly file: string | null;
  /** Hex sha256 of the file's content. */
  readonly sha256: string | null;
}

/**
 * Finds the one threshold that a run is evaluated with, on all test sets.
 *
 * @throws {MicroLmError} Kind `missing` if the file is not there, saying how to make it; `data` if it
 * holds no threshold.
 *
 * @example
 * ```ts
 * import { parseEvaluationConfig, resolveThreshold } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseEvaluationConfig("evaluation: { threshold: { mode: fixed, value: 0.4 } }");
 * assertEquals((await resolveThreshold(config, ".artifacts/no-such-run")).value, 0.4);
 * ```
 */
export async function resolveThreshold(
  { evaluation }: EvaluationConfig,
  runFolder: string,
): Promise<ResolvedThreshold> {
  const { mode, value, file } = evaluation.threshold;
  if (mode === "argmax") return { mode, value: null, file: null, sha256: null };
  if (mode === "fixed") return { mode, value: value!, file: null, sha256: null };
  const own = join(runFolder, RUN_FILES.sweep);
  const path = file ?? (mode === "frozen" ? FROZEN_THRESHOLD_FILE : own);
  const content = await readSweep(path, mode);
  const best = content["best_threshold"];
  if (typeof best !== "number" || !(best >= 0 && best <= 1)) {
    throw new MicroLmError(
      "data",
      `Expected "best_threshold" from 0 to 1, found ${JSON.stringify(best) ?? "none"}`,
      { at: { file: path }, hint: HINTS[mode] },
    );
  }
  return { mode, value: best, file: path, sha256: sha256Hex(JSON.stringify(content)) };
}

const HINTS = {
  file: "Train the run with `threshold_sweep: { enabled: true }`, or name a file in " +
    "`evaluation.threshold.file`",
  frozen: "Freeze a champion, which makes the link: deno task champion --freeze-only, or name a " +
    "file in `evaluation.threshold.file`",
} as const;

async function readSweep(path: string, mode: "file" | "frozen"): Promise<Record<string, unknown>> {
  const found = await readJson<Record<string, unknown>>(await followPointers(path), {
    optional: true,
  });
  if (found) return found;
  throw new MicroLmError("missing", `Cannot find the threshold file "${path}" of mode ${mode}`, {
    hint: HINTS[mode],
  });
}
