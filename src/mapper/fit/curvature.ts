import type { Block } from "./kernels.ts";
import type { SoftmaxProblem } from "./softmax_problem.ts";

/** Rows that the curvature is estimated from: it only has to have the right shape. */
const SAMPLE = 512;
/**
 * Rows that are classified well add little curvature: p(1 − p) at the end is far below its value at
 * the start. With this share of it the fits of bench/train.ts took the fewest iterations.
 */
const SHRINK = 0.03;
/** Columns and inner rows that a product takes at a time, so that its operands stay in the caches. */
const BLOCK = 64;
const PANEL = 32;
const INNER = 256;

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
  const scale = (rows.length / sample) * SHRINK * (1 / classes) * (1 - 1 / classes);
  const gram = problem.square("curvature");
  gramInto(problem, gram, sample);
  for (let i = 0; i < denseRows; i++) {
    for (let j = 0; j <= i; j++) gram.view[i * denseRows + j]! *= scale;
    // The intercept bears no penalty and padding has no data: a small ridge keeps both invertible.
    gram.view[i * denseRows + i]! += i < denseColumns ? penalty : 1e-3 * penalty;
  }
  const inverse = problem.square("inverse");
  invert(problem, gram, inverse);
  return { inverse, diagonal: inverseDiagonal(problem, scale * (sample / rows.length), penalty) };
}

/** Lower triangle of the Gram matrix of the first rows, in columns of blocks. */
function gramInto(problem: SoftmaxProblem, gram: Block<Float64Array>, sample: number): void {
  const { kernels, denseRows: n, rows, x, xt } = problem;
  gram.view.fill(0);
  for (let p = 0; p < sample; p += INNER) {
    for (let j = 0; j < n; j += BLOCK) {
      kernels.gemm(
        xt.at + (j * rows.length + p) * 8,
        rows.length * 8,
        x.at + (p * n + j) * 8,
        n * 8,
        gram.at + (j * n + j) * 8,
        n * 8,
        n - j,
        Math.min(BLOCK, n - j),
        Math.min(INNER, sample - p),
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

/**
 * inverse = matrix⁻¹ for a symmetric positive definite matrix given by its lower triangle.
 *
 * The Cholesky factor L and M = L⁻¹ grow together, a panel of rows at a time, so that nearly all work
 * is products: L[I, <I] = A[I, <I]·M[<I, <I]ᵀ and M[I, <I] = −L[I, I]⁻¹·L[I, <I]·M[<I, <I]. The result
 * is MᵀM.
 */
function invert(
  problem: SoftmaxProblem,
  matrix: Block<Float64Array>,
  inverse: Block<Float64Array>,
): void {
  const n = problem.denseRows;
  const rows = problem.square("factor");
  const transposed = problem.square("transposed");
  rows.view.fill(0);
  transposed.view.fill(0);
  for (let from = 0; from < n; from += PANEL) {
    const to = Math.min(n, from + PANEL);
    invertPanel(problem, { matrix, rows, transposed, from, to });
  }
  inverse.view.fill(0);
  for (let i = 0; i < n; i += BLOCK) {
    for (let j = 0; j < n; j += BLOCK) {
      const p = Math.max(i, j);
      product(problem, [transposed, i, p], [rows, p, j], [inverse, i, j], {
        m: Math.min(BLOCK, n - i),
        n: Math.min(BLOCK, n - j),
        p: n - p,
      });
    }
  }
}

interface Panel {
  /** A, overwritten by L from the top. */
  readonly matrix: Block<Float64Array>;
  /** M = L⁻¹, by rows. */
  readonly rows: Block<Float64Array>;
  /** Mᵀ, by rows. */
  readonly transposed: Block<Float64Array>;
  readonly from: number;
  readonly to: number;
}

function invertPanel(problem: SoftmaxProblem, panel: Panel): void {
  const { kernels, denseRows: n } = problem;
  const { matrix, rows, transposed, from, to } = panel;
  const size = { m: to - from, n: from, p: from };
  const a = matrix.view;
  if (from > 0) {
    // The panel of `rows` is still zero: it serves as the place for L[I, <I].
    product(problem, [matrix, from, 0], [transposed, 0, 0], [rows, from, 0], size);
    for (let i = from; i < to; i++) {
      a.set(rows.view.subarray(i * n, i * n + from), i * n);
      rows.view.fill(0, i * n, i * n + from);
    }
    product(problem, [matrix, from, 0], [rows, 0, 0], [rows, from, 0], size);
    for (let i = from; i < to; i++) {
      for (let k = i * n; k < i * n + from; k++) rows.view[k] = -rows.view[k]!;
    }
  }
  const at = (i: number) => i * n * 8;
  for (let i = from; i < to; i++) {
    for (let j = from; j <= i; j++) {
      let rest = a[i * n + j]!;
      if (from > 0) rest -= kernels.dot(matrix.at + at(i), matrix.at + at(j), from);
      for (let k = from; k < j; k++) rest -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(rest) : rest / a[j * n + j]!;
    }
    const row = rows.view.subarray(i * n, i * n + to);
    for (let j = from; j < i; j++) {
      kernels.axpy(-a[i * n + j]!, rows.at + at(j), rows.at + at(i), to);
    }
    row[i]! += 1;
    for (let k = 0; k < to; k++) row[k]! /= a[i * n + i]!;
    for (let k = 0; k <= i; k++) transposed.view[k * n + i] = row[k]!;
  }
}

type Corner = readonly [block: Block<Float64Array>, row: number, column: number];

/** c += a·b for blocks within dense-rows square matrices. */
function product(
  { kernels, denseRows }: SoftmaxProblem,
  a: Corner,
  b: Corner,
  c: Corner,
  { m, n, p }: { readonly m: number; readonly n: number; readonly p: number },
): void {
  const at = ([block, row, column]: Corner) => block.at + (row * denseRows + column) * 8;
  const stride = denseRows * 8;
  for (let k = 0; k < p; k += INNER) {
    const inner = Math.min(INNER, p - k);
    kernels.gemm(at(a) + k * 8, stride, at(b) + k * stride, stride, at(c), stride, m, n, inner);
  }
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
  for (let i = 0; i < denseRows; i += BLOCK) {
    kernels.gemm(
      curvature.inverse.at + i * denseRows * 8,
      denseRows * 8,
      vector.at,
      stride * 8,
      out.at + i * stride * 8,
      stride * 8,
      Math.min(BLOCK, denseRows - i),
      stride,
      denseRows,
    );
  }
  let at = denseRows * stride;
  for (const inverse of curvature.diagonal) {
    for (const end = at + stride; at < end; at++) out.view[at] = vector.view[at]! * inverse;
  }
}
