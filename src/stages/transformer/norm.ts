import type { Tensor } from "./memory.ts";
import type { NormOf } from "./shape.ts";

/** Added to the variance. */
const EPSILON = 1e-6;

/** Scale and bias of a layer norm, or their gradients. */
export type NormTensors = NormOf<Tensor>;

/** Means and reciprocal deviations of rows, alternating: all that the way back needs besides the input. */
export type NormMoments = Float64Array;

/** out = (x − mean) / √(variance + ε) · scale + bias, row by row (Ba et al., 2016). */
export function normForward(
  { view: x, cols }: Tensor,
  rows: number,
  weights: NormTensors,
  moments: NormMoments,
  { view: out }: Tensor,
): void {
  const { scale: { view: scale }, bias: { view: bias } } = weights;
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += x[from + j]!;
    const mean = sum / cols;
    let squares = 0;
    for (let j = 0; j < cols; j++) {
      const off = x[from + j]! - mean;
      squares += off * off;
    }
    const inverse = 1 / Math.sqrt(squares / cols + EPSILON);
    moments[2 * row] = mean;
    moments[2 * row + 1] = inverse;
    for (let j = 0; j < cols; j++) {
      out[from + j] = (x[from + j]! - mean) * inverse * scale[j]! + bias[j]!;
    }
  }
}

/** Adds the gradients of scale and bias to `gradients` and that of the input to `dx`. */
export function normBackward(
  { view: dOut }: Tensor,
  { view: x, cols }: Tensor,
  rows: number,
  { scale: { view: scale } }: NormTensors,
  moments: NormMoments,
  gradients: NormTensors,
  { view: dx }: Tensor,
): void {
  const { scale: { view: dScale }, bias: { view: dBias } } = gradients;
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    const mean = moments[2 * row]!;
    const inverse = moments[2 * row + 1]!;
    let sum = 0;
    let aligned = 0;
    for (let j = 0; j < cols; j++) {
      const normed = (x[from + j]! - mean) * inverse;
      const d = dOut[from + j]!;
      dScale[j]! += d * normed;
      dBias[j]! += d;
      sum += d * scale[j]!;
      aligned += d * scale[j]! * normed;
    }
    sum /= cols;
    aligned /= cols;
    for (let j = 0; j < cols; j++) {
      const normed = (x[from + j]! - mean) * inverse;
      dx[from + j]! += inverse * (dOut[from + j]! * scale[j]! - sum - normed * aligned);
    }
  }
}
