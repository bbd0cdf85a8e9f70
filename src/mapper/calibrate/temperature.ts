import type { Matrix } from "../../core/matrix.ts";

/** Logits of rows that the classifier was not trained on, with their labels. */
export interface HeldOutFold {
  readonly logits: Matrix<Float64Array>;
  readonly labels: Int32Array;
}

/** Inverse temperatures beyond these add nothing: the outcome is settled or uniform. */
const BOUNDS = [1e-3, 1e3] as const;

/** Which bound a temperature ended at, if any: no row said where it should end. */
export function temperatureBound(temperature: number): "sure" | "unsure" | null {
  const inverse = 1 / temperature;
  if (inverse > 0.99 * BOUNDS[1]) return "sure";
  return inverse < 1.01 * BOUNDS[0] ? "unsure" : null;
}

/**
 * The temperature T > 0 that minimises the log-loss of softmax(logits / T) (Guo et al., 2017).
 *
 * The loss is convex in 1/T, so its slope is bisected on a logarithmic scale.
 */
export function fitTemperature(folds: readonly HeldOutFold[]): number {
  let [low, high] = BOUNDS.map(Math.log) as [number, number];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (slope(folds, Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** d loss / d(1/T): Σ rows Σₖ pₖ·zₖ − z of the right class. */
function slope(folds: readonly HeldOutFold[], inverse: number): number {
  let total = 0;
  for (const { logits: { data, cols }, labels } of folds) {
    labels.forEach((label, row) => {
      const at = row * cols;
      let max = -Infinity;
      for (let k = at; k < at + cols; k++) if (data[k]! > max) max = data[k]!;
      let sum = 0;
      let weighted = 0;
      for (let k = at; k < at + cols; k++) {
        const p = Math.exp((data[k]! - max) * inverse);
        sum += p;
        weighted += p * data[k]!;
      }
      total += weighted / sum - data[at + label]!;
    });
  }
  return total;
}
