import { softmaxRows } from "../../mapper/fit/linear_classifier.ts";
import type { Matrix } from "../../core/matrix.ts";

/** What predictions are worth. */
export interface ClassMetrics {
  /** Mean of −log p(label), p kept above 2⁻⁵². */
  readonly loss: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Metrics of logits. With two classes precision, recall and F1 are those of class 1; with more, their
 * means over the classes. A tie goes to the first class.
 */
export function classMetrics(logits: Matrix<Float64Array>, labels: Int32Array): ClassMetrics {
  const { data, rows, cols } = softmaxRows(logits, 1);
  const counts = new Float64Array(3 * cols);
  let loss = 0;
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    let best = 0;
    for (let k = 1; k < cols; k++) if (data[row * cols + k]! > data[row * cols + best]!) best = k;
    loss -= Math.log(Math.max(data[row * cols + label]!, Number.EPSILON));
    if (best === label) {
      right++;
      counts[3 * label]!++;
    }
    counts[3 * label + 1]!++;
    counts[3 * best + 2]!++;
  }
  const classes = cols === 2 ? [1] : Array.from({ length: cols }, (_, k) => k);
  const share = (k: number, n: number) => n === 0 ? 0 : k / n;
  const mean = (measure: (hits: number, actual: number, predicted: number) => number) =>
    classes.reduce((sum, k) => {
      const [hits, actual, predicted] = counts.subarray(3 * k, 3 * k + 3);
      return sum + measure(hits!, actual!, predicted!);
    }, 0) / classes.length;
  return {
    loss: share(loss, rows),
    accuracy: share(right, rows),
    precision: mean((hits, _, predicted) => share(hits, predicted)),
    recall: mean((hits, actual) => share(hits, actual)),
    f1: mean((hits, actual, predicted) => share(2 * hits, actual + predicted)),
  };
}
