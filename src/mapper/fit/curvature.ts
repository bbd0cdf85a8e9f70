import { BLOCK, curvatureChunks } from "./chunks.ts";
import type { ClassRows, ClassSpread } from "./class_spread.ts";
import { type Block, createArena, type Floats, type Kernels } from "./kernels.ts";
import type { SoftmaxProblem } from "./softmax_problem.ts";

/** Rows that the curvature is estimated from: it only has to have the right shape. */
const SAMPLE = 512;
/**
 * Rows that are classified well add little curvature: p(1 − p) at the end is far below its value at
 * the start. With this share of it the fits of bench/train.ts took the fewest iterations.
 */
const SHRINK = 0.03;
/** Columns and inner rows that a product takes at a time, so that its operands stay in the caches. */
const PANEL = 32;
const INNER = 256;

/** What the curvature depends on beside the data. */
export interface CurvatureOptions extends ClassRows {
  readonly penalty: number;
  readonly spread?: ClassSpread | undefined;
}

/** Square matrices over the dense rows, in float64 whatever the precision of the problem. */
interface Squares {
  readonly kernels: Kernels;
  readonly n: number;
  square(name: "curvature" | "factor" | "transposed" | "inverse"): Block<Float64Array>;
}

/**
 * Estimates the inverse Hessian of the softmax loss at its start, the same for every class, into the blocks
 * `inverse` and `diagonal` of the problem.
 *
 * The Hessian is bounded by ½ (I − 11ᵀ/K) ⊗ XᵀX (Böhning, 1992, "Multinomial logistic regression
 * algorithm"); at zero weights its diagonal blocks are (1/K)(1 − 1/K) XᵀX. Adding the penalty λI gives
 * a matrix whose inverse makes the steps of L-BFGS nearly independent of how correlated the features
 * are. The sparse block keeps its diagonal only. A penalty on the spread within classes adds its own part.
 */
export function estimateCurvature(
  problem: SoftmaxProblem,
  { penalty, spread, ...active }: CurvatureOptions,
): void {
  const { denseRows: n, rows, classes, denseColumns } = problem;
  const sample = Math.min(rows.length, SAMPLE);
  const perRow = SHRINK * (1 / classes) * (1 - 1 / classes);
  const scale = (rows.length / sample) * perRow;
  const square = { type: "f64", length: n * n } as const;
  const arena = createArena({
    sample: { type: "f64", length: sample * n },
    curvature: square,
    factor: square,
    transposed: square,
    inverse: square,
  }, "f64");
  const squares: Squares = {
    kernels: arena.kernels,
    n,
    square: (name) => arena.floats(name) as Block<Float64Array>,
  };
  const x = arena.floats("sample");
  x.view.set(problem.x.view.subarray(0, sample * n));
  const gram = squares.square("curvature");
  addGram(squares, x, sample);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) gram.view[i * n + j]! *= scale;
    // The intercept bears no penalty and padding has no data: a small ridge keeps both invertible.
    gram.view[i * n + i]! += i < denseColumns ? penalty : 1e-3 * penalty;
  }
  if (spread && centreSample(problem, active, spread, x.view, sample)) {
    addGram(squares, x, sample);
  }
  invert(squares);
  problem.inverse.view.set(squares.square("inverse").view);
  setDiagonal(problem, perRow, penalty, spread);
}

/** curvature += xᵀx, the lower triangle. */
function addGram(squares: Squares, x: Block<Floats>, sample: number): void {
  const { kernels, n } = squares;
  const { at: gram } = squares.square("curvature");
  for (let p = 0; p < sample; p += INNER) {
    for (let j = 0; j < n; j += BLOCK) {
      const line = n * 8;
      const at = x.at + (p * n + j) * 8;
      const size = [n - j, Math.min(BLOCK, n - j), Math.min(INNER, sample - p)] as const;
      kernels.gemm(at, 8, line, at, line, gram + (j * n + j) * 8, line, ...size);
    }
  }
}

/** Leaves in `x` what its rows differ by from the means of their classes, as much as it costs; false for none. */
function centreSample(
  { denseRows, denseColumns }: SoftmaxProblem,
  { labels, rowWeights }: ClassRows,
  { factor, diagonal, means }: ClassSpread,
  x: Floats,
  sample: number,
): boolean {
  let seen = 0;
  for (let row = 0; row < sample; row++) {
    const isSeen = rowWeights[row] !== 0;
    for (let j = 0; j < denseRows; j++) {
      const at = row * denseRows + j;
      x[at] = isSeen && j < denseColumns ? x[at]! - means[labels[row]! * denseColumns + j]! : 0;
      seen += x[at]! ** 2;
    }
  }
  const all = diagonal.subarray(0, denseColumns).reduce((sum, value) => sum + value, 0);
  const scale = seen > 0 ? Math.sqrt(factor * all / seen) : 0;
  for (let at = 0; at < sample * denseRows; at++) x[at]! *= scale;
  return scale > 0;
}

function setDiagonal(
  { denseRows, groupStarts, byColumn: { indptr, values }, diagonal: { view: diagonal } }:
    SoftmaxProblem,
  scale: number,
  penalty: number,
  spread: ClassSpread | undefined,
): void {
  diagonal.fill(penalty);
  for (let c = 0; c < diagonal.length; c++) {
    for (let g = 0; g + 1 < groupStarts.length; g++) {
      const end = indptr.view[g * diagonal.length + c + 1]!;
      for (let k = indptr.view[g * diagonal.length + c]!; k < end; k++) {
        diagonal[c]! += scale * values.view[k]! ** 2;
      }
    }
    if (spread) diagonal[c]! += spread.factor * spread.diagonal[denseRows + c]!;
    diagonal[c] = 1 / diagonal[c]!;
  }
}

/**
 * inverse = matrix⁻¹ for a symmetric positive definite matrix given by its lower triangle.
 *
 * The Cholesky factor L and M = L⁻¹ grow together, a panel of rows at a time, so that nearly all work
 * is products: L[I, <I] = A[I, <I]·M[<I, <I]ᵀ and M[I, <I] = −L[I, I]⁻¹·L[I, <I]·M[<I, <I]. The result
 * is MᵀM.
 */
function invert(squares: Squares): void {
  const { n } = squares;
  const matrix = squares.square("curvature");
  const inverse = squares.square("inverse");
  const rows = squares.square("factor");
  const transposed = squares.square("transposed");
  for (let from = 0; from < n; from += PANEL) {
    const to = Math.min(n, from + PANEL);
    invertPanel(squares, { matrix, rows, transposed, from, to });
  }
  for (let i = 0; i < n; i += BLOCK) {
    for (let j = 0; j < n; j += BLOCK) {
      const p = Math.max(i, j);
      product(squares, [transposed, i, p], [rows, p, j], [inverse, i, j], {
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

function invertPanel(squares: Squares, panel: Panel): void {
  const { kernels, n } = squares;
  const { matrix, rows, transposed, from, to } = panel;
  const size = { m: to - from, n: from, p: from };
  const a = matrix.view;
  if (from > 0) {
    // The panel of `rows` is still zero: it serves as the place for L[I, <I].
    product(squares, [matrix, from, 0], [transposed, 0, 0], [rows, from, 0], size);
    for (let i = from; i < to; i++) {
      a.set(rows.view.subarray(i * n, i * n + from), i * n);
      rows.view.fill(0, i * n, i * n + from);
    }
    product(squares, [matrix, from, 0], [rows, 0, 0], [rows, from, 0], size);
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
  { kernels, n: width }: Squares,
  a: Corner,
  b: Corner,
  c: Corner,
  { m, n, p }: { readonly m: number; readonly n: number; readonly p: number },
): void {
  const at = ([block, row, column]: Corner) => block.at + (row * width + column) * 8;
  const stride = width * 8;
  for (let k = 0; k < p; k += INNER) {
    const inner = Math.min(INNER, p - k);
    kernels.gemm(at(a) + k * 8, stride, 8, at(b) + k * stride, stride, at(c), stride, m, n, inner);
  }
}

/** out = curvature⁻¹·vector, for parameter-sized blocks. */
export function applyCurvature(
  { run, shape }: SoftmaxProblem,
  vector: Block<Floats>,
  out: Block<Floats>,
): void {
  run("curvature", curvatureChunks(shape), [vector.at, out.at]);
}
