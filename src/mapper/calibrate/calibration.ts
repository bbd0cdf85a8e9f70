import type { Features } from "../../core/matrix.ts";
import {
  type CalibrationMethod,
  type CalibrationPlan,
  type CalibrationPlanOptions,
  planCalibration,
} from "./calibration_plan.ts";
import {
  chooseC,
  type ChosenC,
  compareMethods,
  fitsToChooseC,
  leastLoss,
} from "./calibration_compare.ts";
import { judgeHeldOut } from "./held_out.ts";
import { decisionFunction } from "../fit/linear_classifier.ts";
import {
  createTrainer,
  DEFAULT_C,
  type FitHow,
  type FitLogisticRegressionOptions,
  type LogisticRegressionFit,
  type Trainer,
} from "../fit/logistic_regression.ts";
import { fitCalibrators } from "./calibrators.ts";
import type { CalibratedModel } from "./predictor.ts";
import { takeRows } from "../fit/rows.ts";
import { fitTemperature, temperatureBound } from "./temperature.ts";

/** Options of {@linkcode fitCalibrated}. */
export interface FitCalibratedOptions
  extends Omit<FitLogisticRegressionOptions, "C">, CalibrationPlanOptions {
  /** Inverse strength of the L2 penalty, or `auto` to choose it by held-out log-loss. Default: 8. */
  readonly C?: number | "auto";
  /** Called within and after each fit: the fits that are done, with the part of the one at work. */
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
  readonly losses?: Readonly<Partial<Record<CalibrationMethod, number>>>;
  /** The C that `auto` chose. */
  readonly chosen?: ChosenC;
  /** What was not done as asked, or what the probabilities do not rest on; `class number N` is one. */
  readonly notes: readonly string[];
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
 * Groups, for example templates, are not torn apart between folds. Where the rows cannot bear a method,
 * or it would only say that the classifier was never wrong, a weaker one is taken and `notes` say so.
 *
 * @param features n rows.
 * @param labels n class numbers.
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
  const { classes, C: asked = DEFAULT_C, ...others } = options;
  const fitting = { ...others, classes, C: asked === "auto" ? DEFAULT_C : asked };
  const choosing = asked === "auto" ? planChoice(labels, options) : undefined;
  const progress = createFitProgress(
    (choosing ? fitsToChooseC(choosing.folds.length) : 0) + 1 + plan.folds.length,
    options.onProgress,
  );
  const chosenC = choosing &&
    chooseBy(features, labels, choosing, makeTrainer, { ...options, ...fitting, progress });
  const C = chosenC?.C ?? fitting.C;
  const choice = chosenC && { chosen: chosenC };
  const unchosen = asked === "auto" && !chosenC ? [NO_CHOICE] : [];
  if (plan.folds.length === 0) {
    const all = Uint32Array.from({ length: features.rows }, (_, i) => i);
    const trainer = makeTrainer(features, labels, [all], { ...fitting, C });
    const fit = progress((within) => trainer.fit([0], within));
    const model = singleModel("none", fit, classes, 1);
    const notes = [...plan.notes, ...unchosen];
    return { model, folds: 0, converged: fit.converged, ...choice, notes };
  }
  const groups = plan.always.length > 0 ? [...plan.folds, plan.always] : plan.folds;
  const numbers = [...groups.keys()];
  const trainer = makeTrainer(features, labels, groups, { ...fitting, C });
  // First, so that the folds start from it.
  const full = progress((within) => trainer.fit(numbers, within));
  const folds = plan.folds.map((rows, f) => {
    const fit = progress((within) => trainer.fit(numbers.filter((g) => g !== f), within));
    const logits = decisionFunction(fit.classifier, takeRows(features, rows));
    return { fit, logits, labels: Int32Array.from(rows, (row) => labels[row]!) };
  });
  const heldOut = judgeHeldOut(folds);
  const losses = plan.methods.length > 1 ? compareMethods(folds, classes, plan.methods) : undefined;
  const chosen = losses ? leastLoss(losses) : plan.methods[0]!;
  const fitted = chosen === "temperature" ? fitTemperature(folds) : 1;
  const refused = refusal(chosen, fitted, heldOut.wrong);
  const method = refused === undefined ? chosen : "none";
  const found = {
    folds: plan.folds.length,
    ...(losses && { losses }),
    ...choice,
    notes: [
      ...plan.notes,
      ...unchosen,
      ...heldOut.notes,
      ...(refused === undefined ? [] : [refused]),
      ...(method === "isotonic" && plan.isotonicNote !== "" ? [plan.isotonicNote] : []),
      ...(temperatureBound(fitted) === "unsure" ? [UNSURE] : []),
    ],
  };
  const foldsConverged = folds.every(({ fit }) => fit.converged);
  if (method === "isotonic" || method === "sigmoid") {
    const members = folds.map(({ fit, logits, labels }) => ({
      classifier: fit.classifier,
      calibrators: fitCalibrators(method, logits, labels),
    }));
    const model = { method, classes, members, temperature: 1 };
    return { model, converged: foldsConverged, ...found };
  }
  const model = singleModel(method, full, classes, method === "temperature" ? fitted : 1);
  return { model, converged: foldsConverged && full.converged, ...found };
}

const NO_CHOICE = `too few rows to choose C by held-out log-loss: it is ${DEFAULT_C}`;

/** Tells each fit how to say how far it is, and counts it. */
type FitProgress = <T>(fit: (within: Pick<FitHow, "onProgress">) => T) => T;

function createFitProgress(
  total: number,
  onProgress: FitCalibratedOptions["onProgress"],
): FitProgress {
  let done = 0;
  let said = 0;
  // A fit that goes on in float64 begins again; what was said stands.
  const report = (now: number) => onProgress?.(said = Math.max(said, now), total);
  return (fit) => {
    const result = fit(onProgress ? { onProgress: (share) => report(done + share) } : {});
    report(++done);
    return result;
  };
}

/** The folds to choose C on: those that a calibration by temperature would have; nothing without any. */
function planChoice(
  labels: Int32Array,
  options: FitCalibratedOptions,
): CalibrationPlan | undefined {
  const plan = planCalibration(labels, { ...options, method: "temperature" });
  return plan.folds.length > 0 ? plan : undefined;
}

function chooseBy(
  features: Features,
  labels: Int32Array,
  { folds, always }: CalibrationPlan,
  makeTrainer: TrainerFactory,
  { progress, ...options }:
    & FitCalibratedOptions
    & FitLogisticRegressionOptions
    & { readonly progress: FitProgress },
): ChosenC {
  const groups = always.length > 0 ? [...folds, always] : folds;
  const trainer = makeTrainer(features, labels, groups, options);
  const judge = (fold: number, C: number) => {
    const others = [...groups.keys()].filter((g) => g !== fold);
    const { classifier } = progress((within) => trainer.fit(others, { ...within, C, rough: true }));
    const rows = folds[fold]!;
    const logits = decisionFunction(classifier, takeRows(features, rows));
    return { logits, labels: Int32Array.from(rows, (row) => labels[row]!) };
  };
  return chooseC([...folds.keys()], judge);
}

const UNSURE =
  "the temperature ended at its bound: on held-out rows confidence means nothing, and " +
  "every one becomes about 1 / classes";

/** Why a method is not used after all: it would give every answer the confidence of the settled. */
function refusal(
  method: CalibrationMethod,
  temperature: number,
  wrong: number,
): string | undefined {
  if (method === "isotonic" && wrong === 0) {
    return "not calibrated: no held-out row was wrong, so every confidence would become 1";
  }
  if (method === "temperature" && temperatureBound(temperature) === "sure") {
    return "not calibrated: no held-out row was wrong enough to say where the temperature lies, " +
      "and at its bound every confidence would be 1";
  }
  return undefined;
}

function singleModel(
  method: "temperature" | "none",
  { classifier }: LogisticRegressionFit,
  classes: number,
  temperature: number,
): CalibratedModel {
  return { method, classes, members: [{ classifier, calibrators: [] }], temperature };
}
