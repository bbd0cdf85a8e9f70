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
export { type BatchRun, openDataSource, type OpenStageEncoder, runBatch } from "./config/batch.ts";
export {
  type EvaluationConfig,
  evaluationFolder,
  parseEvaluationConfig,
  readEvaluationConfig,
  type ThresholdMode,
} from "./config/evaluation_config.ts";
export { expandExperiments, type Experiment } from "./config/expand.ts";
export { parseStageConfig, readStageConfig, type StageConfig } from "./config/stage_config.ts";
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
export { crossValidate } from "./evaluate/cross_validate.ts";
export { evaluateRuns, type RunEvaluation } from "./evaluate/evaluate_runs.ts";
export {
  bootstrapCounts,
  confusionByGroup,
  f1OfCounts,
  mcNemarTest,
} from "./evaluate/paired_tests.ts";
export { measureReduction, thresholdForRecall } from "./evaluate/recall_target.ts";
export { sweepDetectionThreshold, type ThresholdSweepResult } from "./evaluate/threshold_sweep.ts";
export { type ExecutorEvents, runLocalBatch } from "./execute/local.ts";
export {
  sendRun,
  type SentRun,
  type WorkerMessage,
  type WorkerRequest,
} from "./execute/local_messages.ts";
export { serveExperiments } from "./execute/local_worker.ts";
export { BATCH_FILES, taskResultPath } from "./execute/slurm/batch_folder.ts";
export { slurmScript } from "./execute/slurm/script.ts";
export { parseSlurmSettings } from "./execute/slurm/settings.ts";
export { previewSlurmBatch, runSlurmBatch, type SlurmBatchRequest } from "./execute/slurm/slurm.ts";
export { listRuns, readJson, RUN_FILES, writeJson } from "./experiment/experiment_folder.ts";
export { experimentKey, runExperiment, trainOptions } from "./experiment/run_experiment.ts";
export { type ExperimentData, type ValidationPrediction } from "./experiment/run_results.ts";
export { predictHead, probabilitiesOfTp } from "./head/head.ts";
export { trainHead } from "./head/train_head.ts";
export { readScannerCsv } from "./iac/csv.ts";
export { resolveThreshold } from "./iac/detection_threshold.ts";
export { detectionLabels, readDetections } from "./iac/detections.ts";
export { buildIacData, type IacData, splitIacData } from "./iac/iac_data.ts";
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
export { createTransformer } from "./transformer/transformer.ts";
export { PieceBatches } from "./tune/batches.ts";
export { openTunedUseLite, tunedUseLiteToOnnx } from "./tune/export.ts";
export { classMetrics } from "./tune/metrics.ts";
export { type LabeledPieces, type TunedUseLite, type TuneUseLiteOptions } from "./tune/options.ts";
export { tuneUseLite, useLitePieces } from "./tune/use_lite.ts";
export { flattenUseLite, useLiteTransformerShape } from "./tune/weights.ts";
