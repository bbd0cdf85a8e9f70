import type { Matrix } from "../../core/matrix.ts";
import type { CalibrationMethod } from "./calibration_plan.ts";
import { addCalibrated, fitCalibrators } from "./calibrators.ts";
import { softmaxRows } from "../fit/linear_classifier.ts";
import { fitTemperature, type HeldOutFold } from "./temperature.ts";

/** Log-loss a row of each method on folds whose calibrators were fitted on the other folds. */
export function compareMethods(
  folds: readonly HeldOutFold[],
  classes: number,
  methods: readonly CalibrationMethod[],
): Partial<Record<CalibrationMethod, number>> {
  const losses: Partial<Record<CalibrationMethod, number>> = {};
  const rows = folds.reduce((sum, fold) => sum + fold.labels.length, 0);
  for (const method of methods) {
    let loss = 0;
    folds.forEach((fold, f) => {
      const others = folds.filter((_, g) => g !== f);
      loss += logLoss(crossFit(method, poolFolds(others, classes), others, fold), fold.labels);
    });
    losses[method] = loss / rows;
  }
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

/** Log-loss a row at the temperature that makes it least. */
export function lossAtBestTemperature(folds: readonly HeldOutFold[]): number {
  const temperature = fitTemperature(folds);
  const loss = (part: HeldOutFold) => logLoss(softmaxRows(part.logits, temperature), part.labels);
  const rows = folds.reduce((sum, part) => sum + part.labels.length, 0);
  return folds.reduce((sum, part) => sum + loss(part), 0) / rows;
}

/** What `auto` chooses C from. */
const CANDIDATES = [0.5, 2, 8, 32, 128] as const;

/** Fits that a choice of C takes. */
export function fitsToChooseC(folds: number): number {
  return CANDIDATES.length + 2 * (folds - 1);
}

/** Which C was chosen, and the held-out log-loss a row of each that stayed in the running. */
export interface ChosenC {
  readonly C: number;
  readonly losses: Readonly<Record<string, number>>;
}

/**
 * Chooses C by the log-loss of held-out rows at their best temperature: without one, the loss would ask for
 * a large C where all that is wrong is the confidence.
 *
 * Successive halving: all candidates on the first fold, the best two on the others.
 */
export function chooseC(
  folds: readonly number[],
  judge: (fold: number, C: number) => HeldOutFold,
): ChosenC {
  const held = new Map<number, HeldOutFold[]>(CANDIDATES.map((C) => [C, []]));
  const lossOf = (C: number) => lossAtBestTemperature(held.get(C)!);
  const ranked = (candidates: readonly number[]) =>
    candidates.map((C) => ({ C, loss: lossOf(C) })).sort((a, b) => a.loss - b.loss);
  for (const C of CANDIDATES) held.get(C)!.push(judge(folds[0]!, C));
  const finalists = ranked(CANDIDATES).slice(0, 2).map(({ C }) => C).sort((a, b) => a - b);
  for (const fold of folds.slice(1)) {
    for (const C of finalists) held.get(C)!.push(judge(fold, C));
  }
  const order = ranked(finalists);
  return { C: order[0]!.C, losses: Object.fromEntries(order.map(({ C, loss }) => [C, loss])) };
}

/** The method with the least loss; the first among equals. */
export function leastLoss(losses: Partial<Record<CalibrationMethod, number>>): CalibrationMethod {
  const methods = Object.keys(losses) as CalibrationMethod[];
  return methods.reduce((best, method) => losses[method]! < losses[best]! ? method : best);
}
