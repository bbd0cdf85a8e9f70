import type { Features, Matrix } from "../../core/matrix.ts";
import type { CalibrationMethod } from "./calibration_plan.ts";
import { addCalibrated, type Calibrator } from "./calibrators.ts";
import {
  type ColumnIndex,
  decisionFunction,
  indexColumns,
  type LinearClassifier,
  softmaxRows,
} from "../fit/linear_classifier.ts";

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

/** Prepares a head for repeated use: the probability that each row is an order. */
export function createOrderScorer(head: CalibratedModel): (features: Features) => Float64Array {
  const predict = createPredictor(head);
  return (features) => predict(features).data.filter((_, i) => i % 2 === 1);
}
