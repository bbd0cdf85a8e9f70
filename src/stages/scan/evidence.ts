import { join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";
import { readJson, RUN_FILES } from "../experiment/experiment_folder.ts";
import type { ValidationPrediction } from "../experiment/run_results.ts";
import { thresholdForRecall } from "../evaluate/recall_target.ts";
import type { ThresholdSweepResult } from "../evaluate/threshold_sweep.ts";

/** What a threshold does on rows whose labels are known. */
export interface ThresholdEvidence {
  /** Share of the true positives that stay. */
  readonly kept: Rate;
  /** Share of the false positives that are marked. */
  readonly removed: Rate;
}

/** A threshold, where it is from, and what speaks for it. */
export interface ScanThreshold {
  readonly value: number;
  readonly origin: "run" | "keep" | "given";
  /** On the validation set of the run. */
  readonly evidence: ThresholdEvidence;
  /** The same by kind of finding: kinds that are not here were never seen with a label. */
  readonly byKind: Readonly<Record<string, ThresholdEvidence>>;
}

/** Which threshold is meant; the run's own without any. */
export interface ScanThresholdOptions {
  /** A threshold on p(TP). */
  readonly threshold?: number | undefined;
  /** Share of the validation set's true positives that it is to keep. */
  readonly keep?: number | undefined;
}

/**
 * Finds the threshold of a run or champion and measures it on the run's validation set.
 *
 * @throws {MicroLmError} Kind `missing` if the folder has no validation predictions or no threshold;
 * `data` if no true positive stands in them.
 */
export async function scanThreshold(
  folder: string,
  { threshold, keep }: ScanThresholdOptions = {},
): Promise<ScanThreshold> {
  const file = join(folder, RUN_FILES.validation);
  const rows = await readJson<ValidationPrediction[]>(file, { optional: true });
  if (rows === undefined) {
    throw new MicroLmError("missing", `Expected a finished run or a champion, found no "${file}"`, {
      hint:
        "Make one: deno task batch-train --config configs/encoder/detections_offline.yaml, then " +
        "deno task champion --config the same",
    });
  }
  if (!rows.some(({ true_label }) => true_label === "TP")) {
    throw new MicroLmError("data", "Expected true positives in the validation set, found none", {
      at: { file },
    });
  }
  const value = threshold ??
    (keep === undefined ? await ownThreshold(folder) : keeping(rows, keep));
  const kinds = Map.groupBy(rows, ({ smell }) => smell);
  return {
    value,
    origin: threshold !== undefined ? "given" : keep !== undefined ? "keep" : "run",
    evidence: measure(rows, value),
    byKind: Object.fromEntries([...kinds].sort().map(([kind, own]) => [kind, measure(own, value)])),
  };
}

function keeping(rows: readonly ValidationPrediction[], share: number): number {
  const labels = rows.map(({ true_label }) => Number(true_label === "TP"));
  return thresholdForRecall(Float64Array.from(rows, (row) => row.probability), labels, share);
}

async function ownThreshold(folder: string): Promise<number> {
  const path = join(folder, RUN_FILES.sweep);
  const sweep = await readJson<ThresholdSweepResult>(path, { optional: true });
  if (sweep) return sweep.best_threshold;
  throw new MicroLmError("missing", `The run "${folder}" has no threshold of its own`, {
    hint: "Say which share of the true positives is to stay: --keep 0.9",
  });
}

function measure(rows: readonly ValidationPrediction[], threshold: number): ThresholdEvidence {
  const count = (label: string, stays: boolean) =>
    rows.filter((row) => row.true_label === label && (row.probability >= threshold) === stays)
      .length;
  const [kept, lost] = [count("TP", true), count("TP", false)];
  const [let_through, removed] = [count("FP", true), count("FP", false)];
  return { kept: rate(kept, kept + lost), removed: rate(removed, removed + let_through) };
}
