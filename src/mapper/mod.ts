/**
 * The calibrated linear classifier over an encoder: fitting, calibration, its file, its ONNX export.
 *
 * @module
 */
export {
  type CalibrationChoice,
  createPredictor,
  fitCalibrated,
  predictProbabilities,
} from "./calibrate/calibration.ts";
export { calibrate, fitIsotonic, fitSigmoid } from "./calibrate/calibrators.ts";
export { stratifiedFolds } from "./calibrate/stratified_folds.ts";
export { parseArtifact, type PinnedPoint, serializeArtifact } from "./file/artifact.ts";
export { openArtifact } from "./file/mapper_file.ts";
export { decisionFunction } from "./fit/linear_classifier.ts";
export { fitLogisticRegression } from "./fit/logistic_regression.ts";
export { createMlTrainer } from "./fit/solver_ml.ts";
export { createNoveltyMeter, knownColumns } from "./novelty.ts";
export { type ExportedMapper, exportMapperOnnx } from "./onnx/export_onnx.ts";
export { openWordmap } from "./wordmap.ts";
