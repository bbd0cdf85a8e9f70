import { closest } from "../../core/text/edits.ts";
import { MicroLmError } from "../../core/errors.ts";

/** Labels of a detection in class order: false positive, true positive. */
export const DETECTION_LABELS = ["FP", "TP"] as const;

/** Whether a detection is right. */
export type DetectionLabel = (typeof DETECTION_LABELS)[number];

/** Outcomes; a detection that is right (TP) is the positive class. */
export interface ConfusionCounts {
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
  readonly tp: number;
}

/** Metrics of the class TP. Where a denominator is zero, so is the metric. */
export interface BinaryMetrics {
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of the class TP. */
  readonly support: number;
}

/** Metrics that can be maximised. */
export type BinaryMetricName = Exclude<keyof BinaryMetrics, "support">;

const METRICS: readonly BinaryMetricName[] = ["f1", "accuracy", "precision", "recall"];

/** Checks the name of a metric. */
export function binaryMetricName(name: string): BinaryMetricName {
  const known = METRICS.find((metric) => metric === name);
  if (known) return known;
  throw new MicroLmError("usage", `Unknown metric "${name}"`, {
    hint: `Did you mean "${closest(name, [...METRICS])}"? Known: ${METRICS.join(", ")}`,
  });
}

/**
 * Which detections count as TP: p(TP) ≥ threshold. Without a threshold the more probable class wins,
 * and a tie is FP.
 *
 * @example
 * ```ts
 * import { predictDetections } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const p = Float64Array.of(0.3, 0.5, 0.7);
 * assertEquals([...predictDetections(p, null)], [0, 0, 1]);
 * assertEquals([...predictDetections(p, 0.5)], [0, 1, 1]);
 * ```
 */
export function predictDetections(
  probabilities: Float64Array,
  threshold: number | null,
): Uint8Array {
  return Uint8Array.from(
    probabilities,
    (p) => Number(threshold === null ? p > 0.5 : p >= threshold),
  );
}

/**
 * Counts outcomes. `labels` and `predicted`: 0 is FP, 1 is TP.
 *
 * @example
 * ```ts
 * import { countConfusion } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(countConfusion([0, 0, 1, 1, 1], [0, 1, 0, 1, 1]), { tn: 1, fp: 1, fn: 1, tp: 2 });
 * ```
 */
export function countConfusion(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
): ConfusionCounts {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * 2 + predicted[i]!]!++;
  const [tn, fp, fn, tp] = counts as [number, number, number, number];
  return { tn, fp, fn, tp };
}

/**
 * Metrics of counted outcomes.
 *
 * @example
 * ```ts
 * import { binaryMetrics } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(binaryMetrics({ tn: 1, fp: 1, fn: 0, tp: 1 }).f1, 2 / 3);
 * assertEquals(binaryMetrics({ tn: 2, fp: 0, fn: 0, tp: 0 }).precision, 0);
 * ```
 */
export function binaryMetrics({ tn, fp, fn, tp }: ConfusionCounts): BinaryMetrics {
  const share = (k: number, n: number) => n === 0 ? 0 : k / n;
  return {
    accuracy: share(tp + tn, tp + tn + fp + fn),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
    support: tp + fn,
  };
}

/** Mean of −log p(label), p kept above 2⁻⁵². */
export function meanLogLoss(labels: ArrayLike<number>, probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const p = labels[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!;
    sum -= Math.log(Math.max(p, Number.EPSILON));
  }
  return labels.length === 0 ? 0 : sum / labels.length;
}
