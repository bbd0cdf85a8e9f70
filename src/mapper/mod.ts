/**
 * The calibrated linear classifier over an encoder: fitting, calibration, its file, its ONNX export.
 *
 * @module
 */
export { fitCalibrated } from "./calibrate/calibration.ts";
export { createPredictor, predictProbabilities } from "./calibrate/predictor.ts";
export { type CalibrationChoice } from "./calibrate/calibration_plan.ts";
export { calibrate, fitIsotonic, fitSigmoid } from "./calibrate/calibrators.ts";
export { groupedFolds, stratifiedFolds } from "./calibrate/folds.ts";
export { certificateFault, certificateId } from "./certificate_check.ts";
export { parseArtifact, serializeArtifact } from "./file/artifact.ts";
export { openArtifact } from "./file/mapper_file.ts";
export { decisionFunction } from "./fit/linear_classifier.ts";
export { fitLogisticRegression } from "./fit/logistic_regression.ts";
export { createMlTrainer } from "./fit/solver_ml.ts";
export { createNoveltyMeter, knownColumns } from "./novelty.ts";
export { type ExportedMapper, exportMapperOnnx } from "./onnx/export_onnx.ts";
export { type OrderHeadChoice, wantsOrderHead } from "./order_head.ts";
export { type OutOfFold, predictOutOfFold } from "./out_of_fold.ts";
export { type OosScore, scoreOos } from "./out_of_scope/score.ts";
export {
  fromPinned,
  PINNED_POINT,
  pinnedFault,
  type PinnedPoint,
  toPinned,
} from "./pinned_point.ts";
export { type TrainingForms } from "./training_rows.ts";
export { openWordmap } from "./wordmap.ts";
