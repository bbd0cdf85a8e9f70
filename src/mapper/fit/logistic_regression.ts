import { MicroLmError } from "../../core/errors.ts";
import type { Features } from "../../core/matrix.ts";
import type { Curvature } from "./curvature.ts";
import { solve } from "./lbfgs.ts";
import type { LinearClassifier } from "./linear_classifier.ts";
import { createProblem, type SoftmaxProblem } from "./softmax_problem.ts";

/** Options of {@linkcode fitLogisticRegression}; names and meaning are scikit-learn's. */
export interface FitLogisticRegressionOptions {
  /** Number of classes K; labels are 0 … K − 1. */
  readonly classes: number;
  /** Inverse strength of the L2 penalty. Default: 8. */
  readonly C?: number;
  /** Iterations at most. Default: 2000. */
  readonly maxIter?: number;
  /** Stops when no component of the gradient exceeds this. Default: 1e-4. */
  readonly tol?: number;
  /** `balanced` weighs a row by n / (K · rows of its class). Default: `none`. */
  readonly classWeight?: "balanced" | "none";
  /** Of the order in which rows are summed: it changes rounding, not the optimum. Default: 0. */
  readonly seed?: number;
}

/** What {@linkcode fitLogisticRegression} returns. */
export interface LogisticRegressionFit {
  readonly classifier: LinearClassifier;
  readonly iterations: number;
  /** False if `maxIter` ended the run. */
  readonly converged: boolean;
  /** Value of the objective at the end. */
  readonly loss: number;
}

/**
 * Fits a multinomial logistic regression with L2 penalty.
 *
 * Minimises Σᵢ sᵢ·(log Σₖ exp(zᵢₖ) − zᵢ,yᵢ) + ‖W‖² / (2C) with z = X·W + b, where sᵢ are the class
 * weights and b bears no penalty: scikit-learn's `LogisticRegression` with solver lbfgs (Pedregosa et
 * al., 2011). With two classes that is the binary logistic loss with one weight vector. The weights are
 * rounded to float32 at the end, so that what is stored is what is used.
 *
 * @param features n rows, dense and sparse columns.
 * @param labels n class numbers.
 * @throws {MicroLmError} Kind `data` if fewer than two classes occur or a feature is not finite.
 * @throws {RangeError} If labels and rows differ in number or a label is no class number.
 *
 * @example
 * ```ts
 * import { decisionFunction, fitLogisticRegression } from "micro-lm/mapper";
 * import { assert } from "@std/assert";
 *
 * const features = {
 *   rows: 4,
 *   dense: { data: Float32Array.of(0, 1, 2, 3), rows: 4, cols: 1 },
 * };
 * const { classifier } = fitLogisticRegression(features, Int32Array.of(0, 0, 1, 1), { classes: 2 });
 * const { data } = decisionFunction(classifier, features);
 * assert(data[0]! > data[1]! && data[6]! < data[7]!);
 * ```
 */
export function fitLogisticRegression(
  features: Features,
  labels: Int32Array,
  options: FitLogisticRegressionOptions,
): LogisticRegressionFit {
  const all = Uint32Array.from({ length: features.rows }, (_, i) => i);
  return createTrainer(features, labels, [all], options).fit([0]);
}

/** Fits over some groups of rows of the same data, sharing what does not change. */
export interface Trainer {
  fit(groups: readonly number[]): LogisticRegressionFit;
}

/** Prepares fits over groups of rows: each fold of a cross-validation is a group. */
export function createTrainer(
  features: Features,
  labels: Int32Array,
  groups: readonly Uint32Array[],
  options: FitLogisticRegressionOptions,
): Trainer {
  checkInput(features, labels, options.classes);
  const problem = createProblem(features, options.classes, groups, options.seed ?? 0);
  const laidOutLabels = problem.rows.map((row) => row < 0 ? 0 : labels[row]!);
  let curvature: Curvature | undefined;
  return {
    fit: (active) => {
      const { C = 8, maxIter = 2000, tol = 1e-4, classes } = options;
      const rowWeights = weighRows(problem, laidOutLabels, active, options);
      const result = solve(problem, {
        // One weight vector (w, as softmax: −w/2 and w/2) has twice the squared norm of two halves.
        penalty: (classes === 2 ? 2 : 1) / C,
        labels: laidOutLabels,
        rowWeights,
        groups: active,
        maxIter,
        tol,
        ...(curvature ? { curvature } : {}),
      });
      curvature = result.curvature;
      return { ...result, classifier: extractClassifier(problem) };
    },
  };
}

function checkInput(features: Features, labels: Int32Array, classes: number): void {
  if (labels.length !== features.rows) {
    throw new RangeError(`Expected ${features.rows} labels, got ${labels.length}`);
  }
  if (labels.some((label) => label < 0 || label >= classes)) {
    throw new RangeError(`Expected labels from 0 to ${classes - 1}`);
  }
  for (const values of [features.dense?.data, features.sparse?.values]) {
    const bad = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
    if (bad >= 0) throw new MicroLmError("data", `Feature value ${values![bad]} is not finite`);
  }
}

function weighRows(
  problem: SoftmaxProblem,
  labels: Int32Array,
  groups: readonly number[],
  { classes, classWeight = "none" }: FitLogisticRegressionOptions,
): Float64Array {
  const counts = new Float64Array(classes);
  const weights = new Float64Array(labels.length);
  let total = 0;
  const eachRow = (visit: (row: number) => void) => {
    for (const group of groups) {
      for (let i = problem.groupStarts[group]!; i < problem.groupStarts[group + 1]!; i++) {
        if (problem.rows[i]! >= 0) visit(i);
      }
    }
  };
  eachRow((i) => {
    counts[labels[i]!]!++;
    total++;
  });
  const present = counts.filter((count) => count > 0).length;
  if (present < 2) {
    throw new MicroLmError("data", `Cannot train on ${present} class, expected at least 2`);
  }
  eachRow((i) => {
    weights[i] = classWeight === "balanced" ? total / (present * counts[labels[i]!]!) : 1;
  });
  return weights;
}

function extractClassifier(problem: SoftmaxProblem): LinearClassifier {
  const { classes, stride, denseColumns, denseRows, sparseColumns } = problem;
  const solved = problem.vector("weights").view;
  const weights = new Float32Array((denseColumns + sparseColumns.length) * classes);
  const copyRow = (from: number, to: number) => {
    for (let k = 0; k < classes; k++) weights[to * classes + k] = solved[from * stride + k]!;
  };
  for (let j = 0; j < denseColumns; j++) copyRow(j, j);
  for (let j = 0; j < sparseColumns.length; j++) copyRow(denseRows + j, denseColumns + j);
  const at = denseColumns * stride;
  return {
    classes,
    denseColumns,
    sparseColumns: sparseColumns.slice(),
    weights,
    intercepts: solved.slice(at, at + classes),
  };
}
