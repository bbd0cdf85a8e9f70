import {
  type BinaryMetricName,
  binaryMetricName,
  binaryMetrics,
  type ConfusionCounts,
  countConfusion,
  predictDetections,
} from "./binary_metrics.ts";

/** Options of {@linkcode sweepDetectionThreshold}. */
export interface SweepDetectionThresholdOptions {
  /** What to maximise. Default: `f1`. */
  readonly metric?: string;
  /** Lowest and highest threshold, both tried. Default: 0.3 to 0.7. */
  readonly range?: readonly [number, number];
  /** Default: 0.01. */
  readonly step?: number;
}

/** One threshold and what it gives. */
export interface ThresholdPoint extends ConfusionCounts {
  readonly threshold: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The content of `threshold_sweep_results.json`. */
export interface ThresholdSweepResult {
  readonly best_threshold: number;
  readonly best_score: number;
  readonly metric: BinaryMetricName;
  readonly threshold_range: readonly [number, number];
  readonly step: number;
  readonly curve: readonly ThresholdPoint[];
  /** Rows that were swept. */
  readonly n: number;
  /** Share of TP among them. */
  readonly base_rate: number;
}

/**
 * Tries thresholds on p(TP) and takes the lowest with the best score; 0.5 where every score is zero.
 *
 * The grid counts whole steps from the lower bound and rounds to 1e-6, so that 0.3 to 0.7 by 0.01 are
 * 41 thresholds with the numbers that they are written with.
 *
 * @param labels 0 is FP, 1 is TP.
 * @throws {MicroLmError} Kind `usage` for an unknown metric.
 * @throws {RangeError} If there are no rows.
 *
 * @example
 * ```ts
 * import { sweepDetectionThreshold } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { best_threshold, curve } = sweepDetectionThreshold(
 *   Float64Array.of(0.2, 0.45, 0.6, 0.9),
 *   [0, 0, 1, 1],
 * );
 * assertEquals([best_threshold, curve.length], [0.46, 41]);
 * ```
 */
export function sweepDetectionThreshold(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  { metric = "f1", range = [0.3, 0.7], step = 0.01 }: SweepDetectionThresholdOptions = {},
): ThresholdSweepResult {
  const name = binaryMetricName(metric);
  const n = probabilities.length;
  if (n === 0) throw new RangeError("Cannot choose a threshold without rows");
  const [low, high] = range;
  const last = Math.floor((high - low) / step + 1e-9);
  const curve = Array.from({ length: last + 1 }, (_, i) => {
    const threshold = Math.round((low + i * step) * 1e6) / 1e6;
    const counts = countConfusion(labels, predictDetections(probabilities, threshold));
    const { accuracy, precision, recall, f1 } = binaryMetrics(counts);
    return { threshold, accuracy, precision, recall, f1, ...counts };
  });
  let best = { threshold: 0.5, score: 0 };
  for (const point of curve) {
    if (point[name] > best.score) best = { threshold: point.threshold, score: point[name] };
  }
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i]!;
  return {
    best_threshold: best.threshold,
    best_score: best.score,
    metric: name,
    threshold_range: range,
    step,
    curve,
    n,
    base_rate: positives / n,
  };
}
