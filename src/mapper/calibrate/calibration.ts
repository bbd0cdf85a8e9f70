import { MicroLmError } from "../../core/errors.ts";
import type { Features, Matrix } from "../../core/matrix.ts";
import { calibrate, type Calibrator, fitIsotonic, fitSigmoid } from "./calibrators.ts";
import {
  type ColumnIndex,
  decisionFunction,
  indexColumns,
  type LinearClassifier,
} from "../fit/linear_classifier.ts";
import {
  createTrainer,
  type FitLogisticRegressionOptions,
  type LogisticRegressionFit,
  type Trainer,
} from "../fit/logistic_regression.ts";
import { takeRows } from "../fit/rows.ts";
import { softmaxRows } from "../fit/softmax.ts";
import { stratifiedFolds } from "./stratified_folds.ts";
import { fitTemperature, type HeldOutFold } from "./temperature.ts";

/** How scores become probabilities. */
export type CalibrationMethod = "isotonic" | "sigmoid" | "temperature" | "none";

/** A method, or a rule that picks one: `auto` by class sizes, `best` by log-loss. */
export type CalibrationChoice = CalibrationMethod | "auto" | "best";

/** One classifier of a calibrated model with a calibrator a class (one in all for two classes). */
export interface CalibratedMember {
  readonly classifier: LinearClassifier;
  /** Empty for `temperature` and `none`. */
  readonly calibrators: readonly Calibrator[];
}

/** Classifiers whose calibrated probabilities are averaged. */
export interface CalibratedModel {
  readonly method: CalibrationMethod;
  readonly classes: number;
  /** One a fold for `isotonic` and `sigmoid`, one in all otherwise. */
  readonly members: readonly CalibratedMember[];
  /** Divides the logits; 1 unless `method` is `temperature`. */
  readonly temperature: number;
}

/** Options of {@linkcode fitCalibrated}. */
export interface FitCalibratedOptions extends FitLogisticRegressionOptions {
  /** Default: `auto`. */
  readonly method?: CalibrationChoice;
  /** Folds. Default: 3. */
  readonly cv?: number;
  /** Called after each fit. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What trains one classifier. Default: the L-BFGS trainer. */
  readonly trainer?: TrainerFactory;
}

/** Makes a trainer over groups of rows. */
export type TrainerFactory = (
  features: Features,
  labels: Int32Array,
  groups: readonly Uint32Array[],
  options: FitLogisticRegressionOptions,
) => Trainer;

/** What {@linkcode fitCalibrated} returns. */
export interface FitCalibratedResult {
  readonly model: CalibratedModel;
  /** Folds that the calibration used; 0 for none. */
  readonly folds: number;
  /** False if a fit ended at `maxIter`. */
  readonly converged: boolean;
  /** Cross-validated log-loss a row of each method, when `best` compared them. */
  readonly losses?: Readonly<Record<CalibrationMethod, number>>;
}

/**
 * Fits a logistic regression whose probabilities are calibrated on rows that its weights did not see.
 *
 * `isotonic` and `sigmoid` follow scikit-learn's `CalibratedClassifierCV`: stratified folds, one
 * classifier a fold trained on the others, one-vs-rest calibrators on the fold's logits, probabilities
 * normalised and averaged over folds. `temperature` divides the logits of one classifier trained on
 * all rows by a constant fitted on out-of-fold logits (Guo et al., 2017): the argmax stays. `auto`
 * takes isotonic if every class has at least max(3, cv) rows, sigmoid if every class has two, else
 * none. `best` takes the method with the least log-loss on out-of-fold logits, where the calibrators
 * that score a fold were fitted on the other folds.
 *
 * @param features n rows.
 * @param labels n class numbers.
 * @throws {MicroLmError} Kind `data` if a class has too few rows for the method.
 *
 * @example
 * ```ts
 * import { fitCalibrated, predictProbabilities } from "micro-lm/mapper";
 * import { assert } from "@std/assert";
 *
 * const data = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
 * const features = { rows: 8, dense: { data, rows: 8, cols: 1 } };
 * const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
 * const { model } = fitCalibrated(features, labels, { classes: 2, method: "isotonic" });
 * const probabilities = predictProbabilities(model, features);
 * assert(probabilities.data[0]! > 0.9);
 * ```
 */
export function fitCalibrated(
  features: Features,
  labels: Int32Array,
  options: FitCalibratedOptions,
): FitCalibratedResult {
  const plan = planCalibration(labels, options);
  const makeTrainer = options.trainer ?? createTrainer;
  if (plan.method === "none") {
    const all = Uint32Array.from({ length: features.rows }, (_, i) => i);
    const fit = makeTrainer(features, labels, [all], options).fit([0]);
    options.onProgress?.(1, 1);
    return {
      model: singleModel("none", fit, options.classes, 1),
      folds: 0,
      converged: fit.converged,
    };
  }
  const groups = stratifiedFolds(labels, plan.folds);
  const trainer = makeTrainer(features, labels, groups, options);
  const total = plan.folds + (plan.method === "isotonic" || plan.method === "sigmoid" ? 0 : 1);
  const folds = groups.map((rows, f) => {
    const fit = trainer.fit(groups.map((_, g) => g).filter((g) => g !== f));
    options.onProgress?.(f + 1, total);
    const logits = decisionFunction(fit.classifier, takeRows(features, rows));
    return { fit, logits, labels: Int32Array.from(rows, (row) => labels[row]!) };
  });
  const losses = plan.method === "best" ? compareMethods(folds, options.classes) : undefined;
  const method = losses ? leastLoss(losses) : plan.method as CalibrationMethod;
  const foldsConverged = folds.every(({ fit }) => fit.converged);
  if (method === "isotonic" || method === "sigmoid") {
    const members = folds.map(({ fit, logits, labels }) => ({
      classifier: fit.classifier,
      calibrators: fitCalibrators(method, logits, labels),
    }));
    const model = { method, classes: options.classes, members, temperature: 1 };
    return { model, folds: plan.folds, converged: foldsConverged, ...(losses && { losses }) };
  }
  const fit = trainer.fit(groups.map((_, g) => g));
  options.onProgress?.(total, total);
  const temperature = method === "temperature" ? fitTemperature(folds) : 1;
  return {
    model: singleModel(method, fit, options.classes, temperature),
    folds: plan.folds,
    converged: foldsConverged && fit.converged,
    ...(losses && { losses }),
  };
}

function singleModel(
  method: "temperature" | "none",
  { classifier }: LogisticRegressionFit,
  classes: number,
  temperature: number,
): CalibratedModel {
  return { method, classes, members: [{ classifier, calibrators: [] }], temperature };
}

function planCalibration(
  labels: Int32Array,
  { classes, method = "auto", cv = 3 }: FitCalibratedOptions,
): { method: CalibrationMethod | "best"; folds: number } {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]!++;
  const smallest = Math.min(...counts);
  if (method === "none") return { method, folds: 0 };
  if (method === "auto") {
    if (smallest >= Math.max(3, cv)) return { method: "isotonic", folds: Math.max(3, cv) };
    if (smallest >= 2) return { method: "sigmoid", folds: Math.min(cv, smallest) };
    return { method: "none", folds: 0 };
  }
  if (smallest < cv) {
    const label = counts.indexOf(smallest);
    throw new MicroLmError(
      "data",
      `Cannot calibrate in ${cv} folds: class number ${label} has ${smallest} rows`,
      { hint: "Add rows to the class, use fewer folds, or the method auto or none" },
    );
  }
  return { method, folds: cv };
}

/** One-vs-rest calibrators; for two classes one, of the difference of the logits. */
function fitCalibrators(
  method: "isotonic" | "sigmoid",
  logits: Matrix<Float64Array>,
  labels: Int32Array,
): Calibrator[] {
  const fit = method === "isotonic" ? fitIsotonic : fitSigmoid;
  const targets = logits.cols === 2 ? [1] : Array.from({ length: logits.cols }, (_, k) => k);
  return targets.map((k) => {
    const scores = Float64Array.from({ length: logits.rows }, (_, i) => scoreOf(logits, i, k));
    return fit(scores, Uint8Array.from(labels, (label) => label === k ? 1 : 0));
  });
}

function scoreOf({ data, cols }: Matrix<Float64Array>, row: number, k: number): number {
  return cols === 2 ? data[row * 2 + 1]! - data[row * 2]! : data[row * cols + k]!;
}

/** Adds one member's normalised probabilities to `out`. */
function addCalibrated(
  out: Float64Array,
  logits: Matrix<Float64Array>,
  calibrators: readonly Calibrator[],
): void {
  const { rows, cols } = logits;
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    if (cols === 2) {
      row[1] = calibrate(calibrators[0]!, scoreOf(logits, i, 1));
      row[0] = 1 - row[1]!;
    } else {
      let sum = 0;
      for (let k = 0; k < cols; k++) {
        row[k] = calibrate(calibrators[k]!, logits.data[i * cols + k]!);
        sum += row[k]!;
      }
      for (let k = 0; k < cols; k++) row[k] = sum > 0 ? row[k]! / sum : 1 / cols;
    }
    for (let k = 0; k < cols; k++) out[i * cols + k]! += row[k]!;
  }
}

/** A model made ready for prediction. */
export interface Predictor {
  (features: Features): Matrix<Float64Array>;
}

/**
 * Prepares a model for repeated prediction: its columns are indexed once.
 *
 * @example
 * ```ts
 * import { createPredictor, fitCalibrated } from "micro-lm/mapper";
 * import { assert } from "@std/assert";
 *
 * const data = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
 * const features = { rows: 8, dense: { data, rows: 8, cols: 1 } };
 * const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
 * const { model } = fitCalibrated(features, labels, { classes: 2, method: "none" });
 * const probabilities = createPredictor(model)(features);
 * assert(probabilities.data[0]! > 0.9);
 * ```
 */
export function createPredictor(model: CalibratedModel): Predictor {
  const members = model.members.map((member): CalibratedMember & { index: ColumnIndex } => ({
    ...member,
    index: indexColumns(member.classifier),
  }));
  return (features) => {
    const { classes, temperature } = model;
    if (model.method === "none" || model.method === "temperature") {
      const { classifier, index } = members[0]!;
      return softmaxRows(decisionFunction(classifier, features, index), temperature);
    }
    const data = new Float64Array(features.rows * classes);
    for (const { classifier, calibrators, index } of members) {
      addCalibrated(data, decisionFunction(classifier, features, index), calibrators);
    }
    for (let i = 0; i < data.length; i++) data[i]! /= members.length;
    return { data, rows: features.rows, cols: classes };
  };
}

/**
 * Class probabilities of each row: rows × classes, each row summing to 1. A row has the same
 * probabilities alone and in any batch.
 *
 * @example
 * ```ts
 * import { fitCalibrated, predictProbabilities } from "micro-lm/mapper";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const data = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
 * const features = { rows: 8, dense: { data, rows: 8, cols: 1 } };
 * const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
 * const { model } = fitCalibrated(features, labels, { classes: 2, method: "none" });
 * const [first, second] = predictProbabilities(model, features).data;
 * assertAlmostEquals(first! + second!, 1);
 * ```
 */
export function predictProbabilities(
  model: CalibratedModel,
  features: Features,
): Matrix<Float64Array> {
  return createPredictor(model)(features);
}

const METHODS = ["isotonic", "sigmoid", "temperature", "none"] as const;

function compareMethods(
  folds: readonly HeldOutFold[],
  classes: number,
): Record<CalibrationMethod, number> {
  const losses = { isotonic: 0, sigmoid: 0, temperature: 0, none: 0 };
  let rows = 0;
  folds.forEach((fold, f) => {
    const others = folds.filter((_, g) => g !== f);
    const pooled = poolFolds(others, classes);
    rows += fold.labels.length;
    for (const method of METHODS) {
      losses[method] += logLoss(crossFit(method, pooled, others, fold), fold.labels);
    }
  });
  for (const method of METHODS) losses[method] /= rows;
  return losses;
}

function poolFolds(folds: readonly HeldOutFold[], classes: number): HeldOutFold {
  const labels = Int32Array.from(folds.flatMap((fold) => [...fold.labels]));
  const data = new Float64Array(labels.length * classes);
  let at = 0;
  for (const { logits } of folds) {
    data.set(logits.data, at);
    at += logits.data.length;
  }
  return { logits: { data, rows: labels.length, cols: classes }, labels };
}

function crossFit(
  method: CalibrationMethod,
  pooled: HeldOutFold,
  others: readonly HeldOutFold[],
  { logits }: HeldOutFold,
): Matrix<Float64Array> {
  if (method === "none") return softmaxRows(logits, 1);
  if (method === "temperature") return softmaxRows(logits, fitTemperature(others));
  const data = new Float64Array(logits.data.length);
  addCalibrated(data, logits, fitCalibrators(method, pooled.logits, pooled.labels));
  return { ...logits, data };
}

/** Sum of −log p of the right class, with p kept away from 0 as scikit-learn does. */
function logLoss({ data, cols }: Matrix<Float64Array>, labels: Int32Array): number {
  return labels.reduce(
    (sum, label, i) => sum - Math.log(Math.max(data[i * cols + label]!, Number.EPSILON)),
    0,
  );
}

function leastLoss(losses: Readonly<Record<CalibrationMethod, number>>): CalibrationMethod {
  return METHODS.reduce((best, method) => losses[method] < losses[best] ? method : best);
}
