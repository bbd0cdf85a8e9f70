import { ranges, type SoftmaxProblem } from "./softmax_problem.ts";

/**
 * A penalty on what spreads the rows of a class: ½γ·Σᵢ ‖zᵢ − z̄_c(i)‖² beside ½λ‖W‖², where z̄_c is the mean
 * logit of the rows of class c. It is W's own norm in another metric, tr Wᵀ(λI + γS)W with S the scatter
 * within classes, as regularised discriminant analysis has it (Friedman, 1989): directions in which a class
 * varies anyway count less. As a function of logits it costs no product, and takes sparse columns, too.
 */
export interface ClassSpread {
  /** γ. */
  readonly factor: number;
  /** The diagonal of S, by parameter row. */
  readonly diagonal: Float64Array;
  /** Mean of the dense columns of each class: classes × dense columns. */
  readonly means: Float64Array;
}

/** Rows that take part, and their classes. */
export interface ClassRows {
  readonly labels: Int32Array;
  /** 0 for padding. */
  readonly rowWeights: Float64Array;
  readonly groups: readonly number[];
}

/**
 * Measures how rows spread within their classes, and sets γ = λ·strength / tr S: at strength 1 all columns
 * together bear as much more penalty as they did in one direction of the mean spread.
 */
export function measureSpread(
  problem: SoftmaxProblem,
  rows: ClassRows,
  penalty: number,
  strength: number,
): ClassSpread {
  const { classes, denseColumns, denseRows, x, sparse } = problem;
  const diagonal = new Float64Array(denseRows + (sparse?.count ?? 0));
  const means = new Float64Array(classes * denseColumns);
  const counts = new Float64Array(classes);
  eachRow(problem, rows, (row, k) => {
    counts[k]!++;
    for (let j = 0; j < denseColumns; j++) {
      const value = x.view[row * denseRows + j]!;
      diagonal[j]! += value * value;
      means[k * denseColumns + j]! += value;
    }
  });
  for (let k = 0; k < classes; k++) {
    for (let j = 0; counts[k]! > 0 && j < denseColumns; j++) {
      const mean = means[k * denseColumns + j]! /= counts[k]!;
      diagonal[j]! -= counts[k]! * mean * mean;
    }
  }
  addSparse(problem, rows, counts, diagonal);
  const trace = diagonal.reduce((sum, value) => sum + value, 0);
  return { factor: trace > 0 ? penalty * strength / trace : 0, diagonal, means };
}

/** The scatter of the sparse columns, one after the other. */
function addSparse(
  { sparse, byColumn, denseRows, classes }: SoftmaxProblem,
  { labels, rowWeights, groups }: ClassRows,
  counts: Float64Array,
  diagonal: Float64Array,
): void {
  const { indptr, indices, values } = byColumn;
  const count = sparse?.count ?? 0;
  const sums = new Float64Array(classes);
  for (let m = 0; m < count; m++) {
    let scatter = 0;
    for (const g of groups) {
      const end = indptr.view[g * count + m + 1]!;
      for (let k = indptr.view[g * count + m]!; k < end; k++) {
        const row = indices.view[k]!;
        if (rowWeights[row] === 0) continue;
        scatter += values.view[k]! ** 2;
        sums[labels[row]!]! += values.view[k]!;
      }
    }
    for (let k = 0; k < classes; k++) {
      if (sums[k] === 0) continue;
      scatter -= sums[k]! ** 2 / counts[k]!;
      sums[k] = 0;
    }
    // Rounding may leave less than nothing
    diagonal[denseRows + m] = Math.max(0, scatter);
  }
}

/** The penalty along a line z + t·d of logits: ½γ·(a + 2bt + ct²). */
export interface SpreadAlong {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Measures the spread of logits and of a direction of them. */
export function spreadAlong(problem: SoftmaxProblem, rows: ClassRows): SpreadAlong {
  const { classes, stride } = problem;
  const logits = problem.outputs("logits").view;
  const slopes = problem.outputs("slope").view;
  const [means, turns] = [meanLogits(problem, rows, logits), meanLogits(problem, rows, slopes)];
  let [a, b, c] = [0, 0, 0];
  eachRow(problem, rows, (row, label) => {
    const at = row * stride;
    const mean = label * classes;
    for (let k = 0; k < classes; k++) {
      const z = logits[at + k]! - means[mean + k]!;
      const d = slopes[at + k]! - turns[mean + k]!;
      a += z * z;
      b += z * d;
      c += d * d;
    }
  });
  return { a, b, c };
}

/** residuals += γ·(z − z̄): the gradient of the penalty by logits. */
export function addSpread(problem: SoftmaxProblem, rows: ClassRows, factor: number): void {
  const { classes, stride } = problem;
  const logits = problem.outputs("logits").view;
  const residuals = problem.outputs("residuals").view;
  const means = meanLogits(problem, rows, logits);
  eachRow(problem, rows, (row, label) => {
    const at = row * stride;
    for (let k = 0; k < classes; k++) {
      residuals[at + k]! += factor * (logits[at + k]! - means[label * classes + k]!);
    }
  });
}

/** Mean of each class: classes × classes. */
function meanLogits(
  problem: SoftmaxProblem,
  rows: ClassRows,
  logits: ArrayLike<number>,
): Float64Array {
  const { classes, stride } = problem;
  const means = new Float64Array(classes * classes);
  const counts = new Float64Array(classes);
  eachRow(problem, rows, (row, label) => {
    counts[label]!++;
    for (let k = 0; k < classes; k++) means[label * classes + k]! += logits[row * stride + k]!;
  });
  for (let at = 0; at < means.length; at++) means[at]! /= counts[Math.floor(at / classes)]! || 1;
  return means;
}

function eachRow(
  problem: SoftmaxProblem,
  { labels, rowWeights, groups }: ClassRows,
  visit: (row: number, label: number) => void,
): void {
  for (const [from, to] of ranges(problem, groups)) {
    for (let row = from; row < to; row++) if (rowWeights[row] !== 0) visit(row, labels[row]!);
  }
}
