/**
 * micro-lm turns a short prompt into one of a few known actions, or abstains and says why.
 *
 * A mapper is a sentence encoder and a calibrated linear classifier, trained from a CSV; an operating
 * point says when it fires. Importing this module loads no model.
 *
 * @example Train, decide
 * ```ts
 * import {
 *   createMasker,
 *   createPredictor,
 *   decide,
 *   openEncoder,
 *   readLabeledCsv,
 *   trainMapper,
 * } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
 * await using encoder = await openEncoder("lite");
 * const { model, classes } = await trainMapper(data, encoder, { mask: createMasker([]) });
 * const { data: probabilities } = createPredictor(model)(
 *   await encoder.encode(["deposit 10 ETH into aave"]),
 * );
 * assertEquals(decide(probabilities, classes, { threshold: 0.5 }).label, "deposit_asset");
 * ```
 *
 * @module
 */
export * from "./src/core/errors.ts";
export * from "./src/core/hash.ts";
export * from "./src/core/matrix.ts";
export * from "./src/core/random.ts";

export * from "./src/core/atomic_write.ts";
export * from "./src/data/csv.ts";
export * from "./src/data/dataset.ts";
export * from "./src/data/jsonl.ts";
export * from "./src/data/overlap.ts";
export * from "./src/data/template.ts";

export * from "./src/encoders/compose.ts";
export * from "./src/encoders/encoder.ts";
export * from "./src/encoders/endpoint/encoder.ts";
export * from "./src/encoders/hub/hub.ts";
export * from "./src/encoders/hub/model_store.ts";
export * from "./src/encoders/lite/ngram.ts";
export * from "./src/encoders/open.ts";
export * from "./src/encoders/onnx/engine.ts";
export * from "./src/encoders/sentence_transformer/encoder.ts";
export type { ModelDtype } from "./src/encoders/sentence_transformer/onnx.ts";
export * from "./src/encoders/spec.ts";
export { openStaticEncoder } from "./src/encoders/lite/static.ts";
export * from "./src/encoders/lite/unigram.ts";
export * from "./src/encoders/use_lite/encoder.ts";
export type { UseLiteWeights } from "./src/encoders/use_lite/weights.ts";
export * from "./src/encoders/cache/vector_cache.ts";
export * from "./src/encoders/cache/folder.ts";

export * from "./src/mapper/file/artifact.ts";
export * from "./src/mapper/calibrate/calibration.ts";
export * from "./src/mapper/calibrate/calibrators.ts";
export { decisionFunction, type LinearClassifier } from "./src/mapper/fit/linear_classifier.ts";
export {
  fitLogisticRegression,
  type FitLogisticRegressionOptions,
  type LogisticRegressionFit,
  type Trainer,
} from "./src/mapper/fit/logistic_regression.ts";
export * from "./src/mapper/drift.ts";
export * from "./src/mapper/onnx/export_onnx.ts";
export * from "./src/mapper/mapper.ts";
export * from "./src/mapper/file/mapper_file.ts";
export * from "./src/mapper/novelty.ts";
export * from "./src/mapper/calibrate/stratified_folds.ts";
export * from "./src/mapper/train.ts";
export * from "./src/mapper/wordmap.ts";

export * from "./src/domains/domain.ts";
export {
  type ActionSlots,
  type FolderDomain,
  isFolderDomain,
} from "./src/domains/folder/domain.ts";
export type { FolderStep } from "./src/domains/folder/steps.ts";
export { loadDomain } from "./src/domains/load_domain.ts";
export * from "./src/domains/registry.ts";
export * from "./src/domains/arc/grid/apply.ts";
export * from "./src/domains/arc/read/colors.ts";
export * from "./src/domains/arc/domain.ts";
export * from "./src/domains/arc/execute.ts";
export * from "./src/domains/arc/grid/grid.ts";
export * from "./src/domains/arc/grid/inverse.ts";
export * from "./src/domains/arc/grid/ops.ts";
export * from "./src/domains/arc/read/parse_prompt.ts";
export * from "./src/domains/arc/plan_hash.ts";
export * from "./src/domains/arc/plan_text.ts";
export type { ArcRefusal } from "./src/domains/arc/read/reading.ts";
export * from "./src/domains/arc/grid/render_svg.ts";
export * from "./src/domains/arc/grid/render_text.ts";
export * from "./src/domains/arc/grid/symmetry.ts";
export * from "./src/domains/arc/taxonomy.ts";
export * from "./src/domains/arc/verify.ts";
export type { Span } from "./src/domains/arc/read/words.ts";
export type { Amount } from "./src/domains/defi/amounts.ts";
export * from "./src/domains/defi/clean.ts";
export * from "./src/domains/defi/guards.ts";
export { DEFI_LEXICON } from "./src/domains/defi/lexicon.ts";
export * from "./src/domains/defi/nonexec.ts";
export * from "./src/domains/defi/order_verbs.ts";
export * from "./src/domains/defi/plan.ts";
export { hfOf, ltvOf, type Positions } from "./src/domains/defi/positions.ts";
export * from "./src/domains/defi/segment.ts";
export * from "./src/domains/defi/steps.ts";
export * from "./src/domains/defi/taxonomy.ts";

export * from "./src/evaluate/certify/binomial.ts";
export * from "./src/evaluate/bootstrap.ts";
export * from "./src/evaluate/certify/certificate.ts";
export * from "./src/evaluate/certify/certify.ts";
export * from "./src/evaluate/choose.ts";
export * from "./src/evaluate/cost.ts";
export * from "./src/evaluate/decide.ts";
export * from "./src/evaluate/decision_rows.ts";
export * from "./src/evaluate/metrics.ts";
export * from "./src/evaluate/optimise.ts";
export * from "./src/evaluate/per_class.ts";
export * from "./src/evaluate/quality.ts";
export * from "./src/evaluate/rate.ts";
export * from "./src/evaluate/run_sweep.ts";
export * from "./src/evaluate/selection.ts";
export * from "./src/evaluate/certify/split_groups.ts";
export * from "./src/evaluate/sweep.ts";

export * from "./src/rails/audit/audit.ts";
export type { AuditChannel, AuditGates, AuditKernel } from "./src/rails/audit/evidence.ts";
export * from "./src/rails/audit/gates.ts";
export { kaiserWindow } from "./src/rails/audit/kernel.ts";
export * from "./src/rails/audit/metrics.ts";
export * from "./src/rails/audit/refute.ts";
export * from "./src/rails/audit/row.ts";
export * from "./src/rails/denoise/denoise.ts";
export {
  emaFilter,
  hybridFilter,
  type HybridFilterOptions,
  localClamp,
  medianFilter,
  phantomClamp,
  snrDb,
} from "./src/rails/denoise/filters.ts";
export * from "./src/rails/denoise/stream.ts";
export * from "./src/rails/funnel.ts";
export * from "./src/rails/parse/matched_filter.ts";
export * from "./src/rails/parse/matched_filter_curve.ts";
export * from "./src/rails/ngf/bench.ts";
export * from "./src/rails/ngf/denoise_bench.ts";
export * from "./src/rails/ngf/parity.ts";
export * from "./src/rails/ngf/reference.ts";
export * from "./src/rails/ngf/score.ts";
export * from "./src/rails/ngf/table.ts";
export * from "./src/rails/parse/null_robust.ts";
export * from "./src/rails/parse/null_shifts.ts";
export * from "./src/rails/parse/parser.ts";
export * from "./src/rails/parse/calibrate.ts";
export * from "./src/rails/parse/prior.ts";
export type { ChannelVerdict, ParsedChannel, ParseResult } from "./src/rails/parse/result.ts";
export * from "./src/rails/spans.ts";
export * from "./src/rails/traces/easy.ts";
export * from "./src/rails/traces/hard.ts";
export * from "./src/rails/traces/simple.ts";
export * from "./src/rails/warp/warp.ts";
export * from "./src/rails/wdd/wdd.ts";
export * from "./src/rails/wdd/decide.ts";
export {
  createEvidenceReader,
  type EvidenceReader,
  type EvidenceTrack,
  type ReadEvidence,
  type ScoredSpan,
  type SpanEvidence,
  sumTrack,
} from "./src/rails/wdd/evidence.ts";
export * from "./src/rails/wdd/file.ts";
export type { FitEvidenceOptions } from "./src/rails/wdd/fit_evidence.ts";
export * from "./src/rails/wdd/model.ts";
export { shuffleTracks } from "./src/rails/wdd/null.ts";
export * from "./src/rails/wdd/terms.ts";

export * from "./src/run/bulk/bulk.ts";
export { parseShard, type Shard } from "./src/run/bulk/input.ts";
export type { MappedRow, RunRow } from "./src/run/bulk/rows.ts";
export type { BulkTotals } from "./src/run/bulk/tally.ts";
export * from "./src/run/context.ts";
export * from "./src/run/evidence.ts";
export * from "./src/run/operating_point.ts";
export * from "./src/run/suite/perturb.ts";
export * from "./src/run/policy.ts";
export * from "./src/run/profile.ts";
export * from "./src/run/reasons.ts";
export * from "./src/run/record/record.ts";
export { checkRunRecord, runRecordJsonSchema } from "./src/run/record/schema.ts";
export * from "./src/run/trace/replay.ts";
export type { JsonDifference } from "./src/run/trace/replay_diff.ts";
export * from "./src/run/runtime.ts";
export * from "./src/run/runtime_types.ts";
export * from "./src/run/suite/suite.ts";
export * from "./src/run/suite/file.ts";
export * from "./src/run/trace/trace.ts";
export {
  TRACE_SCHEMA,
  TRACE_START,
  type TraceLine,
  type TraceRepair,
  type TraceVersions,
} from "./src/run/trace/line.ts";
export type {
  TracedGate,
  TracedHashes,
  TracedInputs,
  TracedRun,
  TracedRuntime,
} from "./src/run/trace/run.ts";
export * from "./src/run/trace/verify.ts";
export { MICRO_LM_VERSION } from "./src/run/trace/version.ts";

export * from "./src/stages/evaluate/analyze.ts";
export * from "./src/stages/config/batch.ts";
export {
  type BinaryMetricName,
  type BinaryMetrics,
  binaryMetrics,
  type ConfusionCounts,
  countConfusion,
  DETECTION_LABELS,
  type DetectionLabel,
  predictDetections,
} from "./src/stages/evaluate/binary_metrics.ts";
export * from "./src/stages/champion.ts";
export * from "./src/stages/evaluate/compare_runs.ts";
export * from "./src/stages/evaluate/cross_validate.ts";
export * from "./src/stages/iac/detection_threshold.ts";
export * from "./src/stages/iac/detections.ts";
export * from "./src/stages/evaluate/evaluate_runs.ts";
export * from "./src/stages/config/evaluation_config.ts";
export type {
  DetailedPrediction,
  EvaluationMetadata,
  EvaluationResults,
  SmellMetrics,
} from "./src/stages/evaluate/evaluation_results.ts";
export {
  expandExperiments,
  type ExpandExperimentsOptions,
  type Experiment,
} from "./src/stages/config/expand.ts";
export {
  type Head,
  type HeadShape,
  predictHead,
  probabilitiesOfTp,
} from "./src/stages/head/head.ts";
export * from "./src/stages/head/training.ts";
export * from "./src/stages/iac/iac_data.ts";
export * from "./src/stages/iac/csv.ts";
export * from "./src/stages/iac/record.ts";
export * from "./src/stages/evaluate/paired_tests.ts";
export * from "./src/stages/evaluate/recall_target.ts";
export type { RunConfig } from "./src/stages/config/run_config.ts";
export * from "./src/stages/experiment/run_experiment.ts";
export {
  listRuns,
  type RunStatus,
  type StoredRun,
} from "./src/stages/experiment/experiment_folder.ts";
export type { ExperimentData, ValidationPrediction } from "./src/stages/experiment/run_results.ts";
export * from "./src/stages/execute/slurm/script.ts";
export * from "./src/stages/execute/slurm/settings.ts";
export * from "./src/stages/config/stage_config.ts";
export * from "./src/stages/evaluate/threshold_sweep.ts";
export * from "./src/stages/head/train_head.ts";
export type { Tune } from "./src/stages/transformer/shape.ts";
export {
  openTunedUseLite,
  type OpenTunedUseLiteOptions,
  tunedUseLiteToOnnx,
} from "./src/stages/tune/export.ts";
export type {
  LabeledPieces,
  TuneBest,
  TunedGroup,
  TunedUseLite,
  TuneState,
  TuneUseLiteOptions,
} from "./src/stages/tune/options.ts";
export { tuneUseLite, useLitePieces } from "./src/stages/tune/use_lite.ts";
export type { YamlConfigOptions } from "./src/core/strict_yaml.ts";

export * from "./src/report/arc/page.ts";
export * from "./src/report/audit_report.ts";
export * from "./src/report/charts/confusion.ts";
export * from "./src/report/charts/data.ts";
export * from "./src/report/page/chart_page.ts";
export * from "./src/report/page/escape.ts";
export * from "./src/report/sweep/html_report.ts";
export * from "./src/report/ngf_report.ts";
export * from "./src/report/notebook/notebook.ts";
export * from "./src/report/stages/report.ts";
export type { NamedSweep } from "./src/report/stages/charts.ts";
export * from "./src/report/sweep/lines.ts";
export * from "./src/report/sweep/report.ts";
export * from "./src/report/sweep/tables.ts";
export * from "./src/report/tables.ts";

export * from "./src/serve/limits.ts";
export * from "./src/serve/log_writer.ts";
export * from "./src/serve/mcp_server.ts";
export * from "./src/serve/start_server.ts";
