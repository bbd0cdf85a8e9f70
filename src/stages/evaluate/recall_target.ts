import { type Rate, rate } from "../../evaluate/rate.ts";

/** What a threshold removes and keeps. */
export interface FalsePositiveReduction {
  /** Share of true positives that the threshold was chosen to keep. */
  readonly target: number;
  /** Highest threshold that keeps them on the rows that it was chosen on. */
  readonly threshold: number;
  /** Share of true positives that are kept. */
  readonly recall: Rate;
  /** Share of false positives that are removed. */
  readonly removed: Rate;
}

/**
 * The highest threshold on p(TP) that keeps at least a share of the true positives.
 *
 * @param labels 0 is FP, 1 is TP.
 * @throws {RangeError} If there is no true positive.
 *
 * @example
 * ```ts
 * import { thresholdForRecall } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const p = Float64Array.of(0.1, 0.4, 0.6, 0.8, 0.9);
 * assertEquals(thresholdForRecall(p, [0, 1, 0, 1, 1], 0.6), 0.8);
 * ```
 */
export function thresholdForRecall(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  recall: number,
): number {
  const kept = probabilities.filter((_, row) => labels[row] === 1).sort().reverse();
  if (kept.length === 0) throw new RangeError("Cannot keep true positives where there are none");
  return kept[Math.max(1, Math.ceil(recall * kept.length - 1e-9)) - 1]!;
}

/**
 * Measures what a threshold that was chosen elsewhere removes and keeps on rows.
 *
 * @example
 * ```ts
 * import { measureReduction } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const p = Float64Array.of(0.1, 0.6, 0.4, 0.8);
 * const { recall, removed } = measureReduction(p, [0, 0, 1, 1], { target: 0.9, threshold: 0.4 });
 * assertEquals([recall.value, removed.value], [1, 0.5]);
 * ```
 */
export function measureReduction(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  { target, threshold }: Pick<FalsePositiveReduction, "target" | "threshold">,
): FalsePositiveReduction {
  const kept = [0, 0];
  const all = [0, 0];
  for (let row = 0; row < probabilities.length; row++) {
    all[labels[row]!]!++;
    if (probabilities[row]! >= threshold) kept[labels[row]!]!++;
  }
  return {
    target,
    threshold,
    recall: rate(kept[1]!, all[1]!),
    removed: rate(all[0]! - kept[0]!, all[0]!),
  };
}
