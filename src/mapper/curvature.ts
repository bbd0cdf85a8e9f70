import type { Block } from "./kernels.ts";
import type { SoftmaxProblem } from "./softmax_problem.ts";

/** Rows that the curvature is estimated from: it only has to have the right shape. */
const SAMPLE = 2048;

/** An approximation of the inverse Hessian, the same for every class. */
export interface Curvature {
  /** Dense block: the inverse of a dense-rows square matrix. */
  readonly inverse: Block<Float64Array>;
  /** Sparse block: the inverse of a diagonal. */
  readonly diagonal: Float64Array;
}

/**
 * Estimates the inverse Hessian of the softmax loss at its start.
 *
 * The Hessian is bounded by ½ (I − 11ᵀ/K) ⊗ XᵀX (Böhning, 1992, "Multinomial logistic regression
 * algorithm"); at zero weights its diagonal blocks are (1/K)(1 − 1/K) XᵀX. Adding the penalty λI gives
 * a matrix whose inverse makes the steps of L-BFGS nearly independent of how correlated the features
 * are. The sparse block keeps its diagonal only.
 */
export function estimateCurvature(problem: SoftmaxProblem, penalty: number): Curvature {
  const { denseRows, rows, classes, denseColumns } = problem;
  const sample = Math.min(rows.length, SAMPLE);
  const scale = (rows.length / sample) * (1 / classes) * (1 - 1 / classes);
  const gram = problem.square("curvature");
  gramInto(problem, gram, sample);
  for (let i = 0; i < denseRows; i++) {
    for (let j = 0; j < denseRows; j++) gram.view[i * denseRows + j]! *= scale;
    // The intercept bears no penalty and padding has no data: a small ridge keeps both invertible.
    gram.view[i * denseRows + i]! += i < denseColumns ? penalty : 1e-3 * penalty;
  }
  const inverse = problem.square("inverse");
  invert(problem, gram, inverse);
  return { inverse, diagonal: inverseDiagonal(problem, scale * (sample / rows.length), penalty) };
}

function gramInto(problem: SoftmaxProblem, gram: Block<Float64Array>, sample: number): void {
  const { kernels, denseRows, rows, x, xt } = problem;
  const TILE = 256;
  gram.view.fill(0);
  for (let p = 0; p < sample; p += TILE) {
    for (let j = 0; j < denseRows; j += 64) {
      kernels.gemm(
        xt.at + p * 8,
        rows.length * 8,
        x.at + (p * denseRows + j) * 8,
        denseRows * 8,
        gram.at + j * 8,
        denseRows * 8,
        denseRows,
        Math.min(64, denseRows - j),
        Math.min(TILE, sample - p),
      );
    }
  }
}

function inverseDiagonal(problem: SoftmaxProblem, scale: number, penalty: number): Float64Array {
  const diagonal = new Float64Array(problem.sparseColumns.length).fill(penalty);
  const indices = problem.indices.view;
  const values = problem.values.view;
  for (let k = 0; k < indices.length; k++) diagonal[indices[k]!]! += scale * values[k]! ** 2;
  for (let c = 0; c < diagonal.length; c++) diagonal[c] = 1 / diagonal[c]!;
  return diagonal;
}

/** inverse = matrix⁻¹ for a symmetric positive definite matrix, by its Cholesky factor. */
function invert(
  problem: SoftmaxProblem,
  matrix: Block<Float64Array>,
  inverse: Block<Float64Array>,
): void {
  const { kernels, denseRows: n } = problem;
  const lower = problem.square("factor");
  factorise(problem, matrix, lower);
  // Row j of `matrix` becomes column j of L⁻¹, so that the inner products run along rows.
  const columns = matrix;
  columns.view.fill(0);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      const sum = (i === j ? 1 : 0) - rowDot(problem, lower, i, columns, j, j, i);
      columns.view[j * n + i] = sum / lower.view[i * n + i]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) lower.view[i * n + j] = columns.view[j * n + i]!;
  }
  inverse.view.fill(0);
  for (let j = 0; j < n; j += 64) {
    kernels.gemm(
      columns.at,
      n * 8,
      lower.at + j * 8,
      n * 8,
      inverse.at + j * 8,
      n * 8,
      n,
      Math.min(64, n - j),
      n,
    );
  }
}

function factorise(
  problem: SoftmaxProblem,
  matrix: Block<Float64Array>,
  lower: Block<Float64Array>,
): void {
  const n = problem.denseRows;
  lower.view.fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = matrix.view[i * n + j]! - rowDot(problem, lower, i, lower, j, 0, j);
      lower.view[i * n + j] = i === j ? Math.sqrt(rest) : rest / lower.view[j * n + j]!;
    }
  }
}

/** Σ a[i, k]·b[j, k] for k in [from, to); what stands outside in the same four must be zero in one. */
function rowDot(
  { kernels, denseRows: n }: SoftmaxProblem,
  a: Block<Float64Array>,
  i: number,
  b: Block<Float64Array>,
  j: number,
  from: number,
  to: number,
): number {
  const start = from - from % 4;
  const whole = to - to % 4;
  let sum = whole > start
    ? kernels.dot(a.at + (i * n + start) * 8, b.at + (j * n + start) * 8, whole - start)
    : 0;
  for (let k = Math.max(whole, start); k < to; k++) sum += a.view[i * n + k]! * b.view[j * n + k]!;
  return sum;
}

/** out = curvature⁻¹·vector, for parameter-sized blocks. */
export function applyCurvature(
  problem: SoftmaxProblem,
  curvature: Curvature,
  vector: Block<Float64Array>,
  out: Block<Float64Array>,
): void {
  const { kernels, denseRows, stride } = problem;
  out.view.fill(0, 0, denseRows * stride);
  for (let i = 0; i < denseRows; i += 64) {
    kernels.gemm(
      curvature.inverse.at + i * denseRows * 8,
      denseRows * 8,
      vector.at,
      stride * 8,
      out.at + i * stride * 8,
      stride * 8,
      Math.min(64, denseRows - i),
      stride,
      denseRows,
    );
  }
  let at = denseRows * stride;
  for (const inverse of curvature.diagonal) {
    for (const end = at + stride; at < end; at++) out.view[at] = vector.view[at]! * inverse;
  }
}
