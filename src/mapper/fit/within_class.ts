import type { Matrix } from "../../core/matrix.ts";

/**
 * A linear map of dense columns after which the rows of a class spread alike in all directions: what tells
 * classes apart is then not held back where one class varies anyway. x becomes scale · L⁻¹x with
 * L·Lᵀ = (1 − λ)·S + λ·t·I, where S is the covariance within classes and t its mean diagonal (Friedman, 1989,
 * "Regularized discriminant analysis").
 */
export interface WithinClassMap {
  readonly cols: number;
  /** L, row-major, lower triangle. */
  readonly lower: Float64Array;
  /** Keeps the mean squared length of a row. */
  readonly scale: number;
}

/** Rows that a map is estimated from: its columns are some hundreds. */
const MOST_ROWS = 4000;

/**
 * Estimates the map from some rows.
 *
 * @param shrinkage λ, above 0 and at most 1.
 */
export function fitWithinClass(
  dense: Matrix,
  labels: Int32Array,
  rows: ArrayLike<number>,
  shrinkage: number,
): WithinClassMap {
  const step = Math.max(1, Math.ceil(rows.length / MOST_ROWS));
  const some = Array.from(rows).filter((_, i) => i % step === 0);
  const { cols } = dense;
  const covariance = spreadWithin(dense, labels, some);
  let trace = 0;
  for (let j = 0; j < cols; j++) trace += covariance[j * cols + j]!;
  const ridge = shrinkage * (trace / cols || 1);
  for (let at = 0; at < covariance.length; at++) covariance[at]! *= 1 - shrinkage;
  for (let j = 0; j < cols; j++) covariance[j * cols + j]! += ridge;
  const map = { cols, lower: cholesky(covariance, cols), scale: 1 };
  const before = lengthOf(dense, some);
  const after = lengthOf(mapDense(takeDense(dense, some), map), some.keys());
  return { ...map, scale: after > 0 ? Math.sqrt(before / after) : 1 };
}

/** The covariance of rows about the mean of their class, lower triangle. */
function spreadWithin(
  { data, cols }: Matrix,
  labels: Int32Array,
  rows: readonly number[],
): Float64Array {
  const sums = new Map<number, { readonly mean: Float64Array; count: number }>();
  for (const row of rows) {
    const known = sums.get(labels[row]!) ?? { mean: new Float64Array(cols), count: 0 };
    sums.set(labels[row]!, known);
    known.count++;
    for (let j = 0; j < cols; j++) known.mean[j]! += data[row * cols + j]!;
  }
  for (const { mean, count } of sums.values()) {
    for (let j = 0; j < cols; j++) mean[j]! /= count;
  }
  const spread = new Float64Array(cols * cols);
  const centred = new Float64Array(cols);
  for (const row of rows) {
    const { mean } = sums.get(labels[row]!)!;
    for (let j = 0; j < cols; j++) centred[j] = data[row * cols + j]! - mean[j]!;
    for (let i = 0; i < cols; i++) {
      const at = i * cols;
      const factor = centred[i]!;
      for (let j = 0; j <= i; j++) spread[at + j]! += factor * centred[j]!;
    }
  }
  const freedom = Math.max(1, rows.length - sums.size);
  return spread.map((value) => value / freedom);
}

/** L with L·Lᵀ = the matrix, of which the lower triangle is read. */
function cholesky(matrix: Float64Array, cols: number): Float64Array {
  const lower = new Float64Array(cols * cols);
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * cols + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * cols + k]! * lower[j * cols + k]!;
      lower[i * cols + j] = i === j ? Math.sqrt(sum) : sum / lower[j * cols + j]!;
    }
  }
  return lower;
}

/** The rows of a matrix through the map. */
export function mapDense({ data, rows, cols }: Matrix, map: WithinClassMap): Matrix {
  const { lower, scale } = map;
  const out = new Float32Array(data.length);
  const solved = new Float64Array(cols);
  for (let row = 0; row < rows; row++) {
    const at = row * cols;
    for (let i = 0; i < cols; i++) {
      const line = i * cols;
      let sum = data[at + i]!;
      for (let j = 0; j < i; j++) sum -= lower[line + j]! * solved[j]!;
      solved[i] = sum / lower[line + i]!;
    }
    for (let i = 0; i < cols; i++) out[at + i] = scale * solved[i]!;
  }
  return { data: out, rows, cols };
}

/** Weights of mapped columns, columns × classes, as weights of the columns themselves: scale · L⁻ᵀ·W. */
export function unmapWeights(
  weights: Float32Array,
  classes: number,
  { lower, cols, scale }: WithinClassMap,
): Float32Array {
  const solved = Float64Array.from(weights.subarray(0, cols * classes));
  for (let i = cols - 1; i >= 0; i--) {
    const own = solved.subarray(i * classes, (i + 1) * classes);
    for (let k = 0; k < classes; k++) own[k]! /= lower[i * cols + i]!;
    for (let j = 0; j < i; j++) {
      const factor = lower[i * cols + j]!;
      for (let k = 0; k < classes; k++) solved[j * classes + k]! -= factor * own[k]!;
    }
  }
  const out = weights.slice();
  for (let at = 0; at < solved.length; at++) out[at] = scale * solved[at]!;
  return out;
}

function lengthOf({ data, cols }: Matrix, rows: Iterable<number>): number {
  let sum = 0;
  for (const row of rows) {
    for (let j = row * cols; j < (row + 1) * cols; j++) sum += data[j]! * data[j]!;
  }
  return sum;
}

function takeDense({ data, cols }: Matrix, rows: readonly number[]): Matrix {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => out.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return { data: out, rows: rows.length, cols };
}
