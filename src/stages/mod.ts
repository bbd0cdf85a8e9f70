/**
 * The four-stage training of encoder classifiers: experiments, evaluation, champion.
 *
 * @module
 */
export {
  type ChampionCandidate,
  type ChampionChoice,
  type ChampionRecord,
  findCandidates,
  freezeChampion,
  selectChampion,
} from "./champion.ts";
export { type BatchRun, openDataSource, runBatch } from "./config/batch.ts";
export type { OpenStageEncoder } from "./config/open_encoder.ts";
export {
  type EvaluationConfig,
  evaluationFolder,
  parseEvaluationConfig,
  readEvaluationConfig,
  type ThresholdMode,
} from "./config/evaluation_config.ts";
export { expandExperiments, type Experiment } from "./config/expand.ts";
export { parseStageConfig, readStageConfig, type StageConfig } from "./config/stage_config.ts";
export { unusedOptions } from "./config/unused_options.ts";
export {
  ANALYSIS_COLUMNS,
  type AnalysisRow,
  analysisRow,
  collectEvaluations,
  costAgainstGain,
  SMELL_COLUMNS,
  smellRows,
  type StoredEvaluation,
  summarizeSeeds,
} from "./evaluate/analyze.ts";
export {
  binaryMetrics,
  countConfusion,
  type DetectionLabel,
  predictDetections,
} from "./evaluate/binary_metrics.ts";
export { compareEvaluations, type RunComparison } from "./evaluate/compare_runs.ts";
export {
  crossValidate,
  crossValidateTfIdf,
  type CrossValidation,
} from "./evaluate/cross_validate.ts";
export { evaluateRuns, gatherEvaluations, type RunEvaluation } from "./evaluate/evaluate_runs.ts";
export { evaluationOverlap } from "./evaluate/evaluation_overlap.ts";
export { overlapSentences } from "./evaluate/evaluation_summary.ts";
export { finishedRuns } from "./evaluate/finished_runs.ts";
export { measureReduction, thresholdForRecall } from "./evaluate/recall_target.ts";
export {
  hasOverlap,
  measureSetOverlap,
  overlapSentence,
  type SetOverlap,
} from "./evaluate/set_overlap.ts";
export { sweepDetectionThreshold, type ThresholdSweepResult } from "./evaluate/threshold_sweep.ts";
export { refusedProgram } from "./execute/refused_program.ts";
export { type ExecutorEvents, runLocalBatch } from "./execute/local.ts";
export {
  receiveError,
  sendError,
  sendRun,
  type SentRun,
  type WorkerMessage,
  type WorkerRequest,
} from "./execute/local_messages.ts";
export { serveExperiments } from "./execute/local_worker.ts";
export { BATCH_FILES, taskResultPath } from "./execute/slurm/batch_folder.ts";
export { slurmScript } from "./execute/slurm/script.ts";
export { parseSlurmSettings } from "./execute/slurm/settings.ts";
export {
  previewSlurmBatch,
  runSlurmBatch,
  runSlurmTasks,
  type SlurmBatchRequest,
} from "./execute/slurm/slurm.ts";
export {
  followPointers,
  hasLearntNothing,
  listRuns,
  readJson,
  RUN_FILES,
  writeJson,
} from "./experiment/experiment_folder.ts";
export { experimentKey, runExperiment, trainOptions } from "./experiment/run_experiment.ts";
export { type ExperimentData, type ValidationPrediction } from "./experiment/run_results.ts";
export { predictHead, probabilitiesOfTp } from "./head/head.ts";
export { trainHead } from "./head/train_head.ts";
export { readScannerCsv, readUnlabelledCsv } from "./iac/csv.ts";
export { resolveThreshold } from "./iac/detection_threshold.ts";
export { detectionLabels, readDetections } from "./iac/detections.ts";
export { type RawFinding } from "./iac/finding_row.ts";
export { buildIacData, type IacData, isSarif, splitIacData } from "./iac/iac_data.ts";
export {
  detectionId,
  type DetectionRecord,
  detectionRecord,
  IAC_SMELLS,
  IAC_TECHS,
  type IacSmell,
  type IacTech,
  scriptLines,
  stringifyDetections,
} from "./iac/record.ts";
export { readRules } from "./iac/rules.ts";
export { readSarif, type SarifLog, type SarifResult } from "./iac/sarif.ts";
export { rawSarifFinding, readSarifFindings } from "./iac/sarif_findings.ts";
export { type ScanThreshold, scanThreshold } from "./scan/evidence.ts";
export { filterFindings, type JudgedFinding } from "./scan/filter_findings.ts";
export { markSarif } from "./scan/mark_sarif.ts";
export { exportTorchModel } from "./torch/describe.ts";
export { type StartTorchEngine } from "./torch/engine.ts";
export { createTransformer } from "./transformer/transformer.ts";
export { PieceBatches } from "./tune/batches.ts";
export { openTunedUseLite, tunedUseLiteToOnnx } from "./tune/export.ts";
export { classMetrics } from "./tune/metrics.ts";
export { type LabeledPieces, type TunedUseLite, type TuneUseLiteOptions } from "./tune/options.ts";
export { tuneUseLite, useLitePieces } from "./tune/use_lite.ts";
export { flattenUseLite, useLiteTransformerShape } from "./tune/weights.ts";
