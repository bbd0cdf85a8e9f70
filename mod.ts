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
export * from "./src/errors.ts";
export * from "./src/hash.ts";
export * from "./src/matrix.ts";
export * from "./src/random.ts";

export * from "./src/data/atomic_write.ts";
export * from "./src/data/csv.ts";
export * from "./src/data/dataset.ts";
export * from "./src/data/jsonl.ts";
export * from "./src/data/overlap.ts";
export * from "./src/data/template.ts";

export * from "./src/encoders/compose.ts";
export * from "./src/encoders/encoder.ts";
export * from "./src/encoders/endpoint.ts";
export * from "./src/encoders/hub.ts";
export * from "./src/encoders/model_store.ts";
export * from "./src/encoders/ngram.ts";
export * from "./src/encoders/open.ts";
export * from "./src/encoders/runtime.ts";
export * from "./src/encoders/sentence_transformer.ts";
export type { ModelDtype } from "./src/encoders/sentence_transformer_onnx.ts";
export * from "./src/encoders/spec.ts";
export { openStaticEncoder } from "./src/encoders/static.ts";
export * from "./src/encoders/unigram.ts";
export * from "./src/encoders/use_lite.ts";
export type { UseLiteWeights } from "./src/encoders/use_lite_weights.ts";
export * from "./src/encoders/vector_cache.ts";
export * from "./src/encoders/vector_cache_folder.ts";

export * from "./src/mapper/artifact.ts";
export * from "./src/mapper/calibration.ts";
export * from "./src/mapper/calibrators.ts";
export { decisionFunction, type LinearClassifier } from "./src/mapper/linear_classifier.ts";
export {
  fitLogisticRegression,
  type FitLogisticRegressionOptions,
  type LogisticRegressionFit,
  type Trainer,
} from "./src/mapper/logistic_regression.ts";
export * from "./src/mapper/drift.ts";
export * from "./src/mapper/export_onnx.ts";
export * from "./src/mapper/mapper.ts";
export * from "./src/mapper/mapper_file.ts";
export * from "./src/mapper/novelty.ts";
export * from "./src/mapper/stratified_folds.ts";
export * from "./src/mapper/train.ts";
export * from "./src/mapper/wordmap.ts";

export * from "./src/domains/domain.ts";
export {
  type ActionSlots,
  type FolderDomain,
  isFolderDomain,
} from "./src/domains/folder_domain.ts";
export type { FolderStep } from "./src/domains/folder_domain_steps.ts";
export { loadDomain } from "./src/domains/load_domain.ts";
export * from "./src/domains/registry.ts";
export * from "./src/domains/arc/apply.ts";
export * from "./src/domains/arc/colors.ts";
export * from "./src/domains/arc/domain.ts";
export * from "./src/domains/arc/execute.ts";
export * from "./src/domains/arc/grid.ts";
export * from "./src/domains/arc/inverse.ts";
export * from "./src/domains/arc/ops.ts";
export * from "./src/domains/arc/parse_prompt.ts";
export * from "./src/domains/arc/plan_hash.ts";
export * from "./src/domains/arc/plan_text.ts";
export type { ArcRefusal } from "./src/domains/arc/reading.ts";
export * from "./src/domains/arc/render_svg.ts";
export * from "./src/domains/arc/render_text.ts";
export * from "./src/domains/arc/symmetry.ts";
export * from "./src/domains/arc/taxonomy.ts";
export * from "./src/domains/arc/verify.ts";
export type { Span } from "./src/domains/arc/words.ts";
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

export * from "./src/evaluate/binomial.ts";
export * from "./src/evaluate/bootstrap.ts";
export * from "./src/evaluate/certificate.ts";
export * from "./src/evaluate/certify.ts";
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
export * from "./src/evaluate/split_groups.ts";
export * from "./src/evaluate/sweep.ts";

export * from "./src/rails/audit.ts";
export type { AuditChannel, AuditGates, AuditKernel } from "./src/rails/audit_evidence.ts";
export * from "./src/rails/audit_gates.ts";
export { kaiserWindow } from "./src/rails/audit_kernel.ts";
export * from "./src/rails/audit_metrics.ts";
export * from "./src/rails/audit_refute.ts";
export * from "./src/rails/audit_row.ts";
export * from "./src/rails/denoise.ts";
export {
  emaFilter,
  hybridFilter,
  type HybridFilterOptions,
  localClamp,
  medianFilter,
  phantomClamp,
  snrDb,
} from "./src/rails/denoise_filters.ts";
export * from "./src/rails/denoise_stream.ts";
export * from "./src/rails/funnel.ts";
export * from "./src/rails/matched_filter.ts";
export * from "./src/rails/matched_filter_curve.ts";
export * from "./src/rails/ngf_bench.ts";
export * from "./src/rails/ngf_denoise_bench.ts";
export * from "./src/rails/ngf_parity.ts";
export * from "./src/rails/ngf_reference.ts";
export * from "./src/rails/ngf_score.ts";
export * from "./src/rails/ngf_table.ts";
export * from "./src/rails/null_robust.ts";
export * from "./src/rails/null_shifts.ts";
export * from "./src/rails/parser.ts";
export * from "./src/rails/parser_calibrate.ts";
export * from "./src/rails/parser_prior.ts";
export type { ChannelVerdict, ParsedChannel, ParseResult } from "./src/rails/parser_result.ts";
export * from "./src/rails/spans.ts";
export * from "./src/rails/traces.ts";
export * from "./src/rails/traces_hard.ts";
export * from "./src/rails/traces_simple.ts";
export * from "./src/rails/warp.ts";
export * from "./src/rails/wdd.ts";
export * from "./src/rails/wdd_decide.ts";
export {
  createEvidenceReader,
  type EvidenceReader,
  type EvidenceTrack,
  type ReadEvidence,
  type ScoredSpan,
  type SpanEvidence,
  sumTrack,
} from "./src/rails/wdd_evidence.ts";
export * from "./src/rails/wdd_file.ts";
export type { FitEvidenceOptions } from "./src/rails/wdd_fit_evidence.ts";
export * from "./src/rails/wdd_model.ts";
export { shuffleTracks } from "./src/rails/wdd_null.ts";
export * from "./src/rails/wdd_terms.ts";

export * from "./src/run/bulk.ts";
export { parseShard, type Shard } from "./src/run/bulk_input.ts";
export type { MappedRow, RunRow } from "./src/run/bulk_rows.ts";
export type { BulkTotals } from "./src/run/bulk_tally.ts";
export * from "./src/run/context.ts";
export * from "./src/run/evidence.ts";
export * from "./src/run/operating_point.ts";
export * from "./src/run/perturb.ts";
export * from "./src/run/policy.ts";
export * from "./src/run/profile.ts";
export * from "./src/run/reasons.ts";
export * from "./src/run/record.ts";
export { checkRunRecord, runRecordJsonSchema } from "./src/run/record_schema.ts";
export * from "./src/run/replay.ts";
export type { JsonDifference } from "./src/run/replay_diff.ts";
export * from "./src/run/runtime.ts";
export * from "./src/run/runtime_types.ts";
export * from "./src/run/suite.ts";
export * from "./src/run/suite_file.ts";
export * from "./src/run/trace.ts";
export {
  TRACE_SCHEMA,
  TRACE_START,
  type TraceLine,
  type TraceRepair,
  type TraceVersions,
} from "./src/run/trace_line.ts";
export type {
  TracedGate,
  TracedHashes,
  TracedInputs,
  TracedRun,
  TracedRuntime,
} from "./src/run/trace_run.ts";
export * from "./src/run/trace_verify.ts";
export { MICRO_LM_VERSION } from "./src/run/trace_version.ts";

export * from "./src/stages/analyze.ts";
export * from "./src/stages/batch.ts";
export {
  type BinaryMetricName,
  type BinaryMetrics,
  binaryMetrics,
  type ConfusionCounts,
  countConfusion,
  DETECTION_LABELS,
  type DetectionLabel,
  predictDetections,
} from "./src/stages/binary_metrics.ts";
export * from "./src/stages/champion.ts";
export * from "./src/stages/compare_runs.ts";
export * from "./src/stages/cross_validate.ts";
export * from "./src/stages/detection_threshold.ts";
export * from "./src/stages/detections.ts";
export * from "./src/stages/evaluate_runs.ts";
export * from "./src/stages/evaluation_config.ts";
export type {
  DetailedPrediction,
  EvaluationMetadata,
  EvaluationResults,
  SmellMetrics,
} from "./src/stages/evaluation_results.ts";
export {
  expandExperiments,
  type ExpandExperimentsOptions,
  type Experiment,
} from "./src/stages/expand.ts";
export { type Head, type HeadShape, predictHead, probabilitiesOfTp } from "./src/stages/head.ts";
export * from "./src/stages/head_training.ts";
export * from "./src/stages/iac_data.ts";
export * from "./src/stages/iac_data_csv.ts";
export * from "./src/stages/iac_data_record.ts";
export * from "./src/stages/paired_tests.ts";
export * from "./src/stages/recall_target.ts";
export type { RunConfig } from "./src/stages/run_config.ts";
export * from "./src/stages/run_experiment.ts";
export { listRuns, type RunStatus, type StoredRun } from "./src/stages/run_folder.ts";
export type { ExperimentData, ValidationPrediction } from "./src/stages/run_results.ts";
export * from "./src/stages/slurm_script.ts";
export * from "./src/stages/slurm_settings.ts";
export * from "./src/stages/stage_config.ts";
export * from "./src/stages/threshold_sweep.ts";
export * from "./src/stages/train_head.ts";
export type { Tune } from "./src/stages/transformer_shape.ts";
export {
  openTunedUseLite,
  type OpenTunedUseLiteOptions,
  tunedUseLiteToOnnx,
} from "./src/stages/tune_export.ts";
export type {
  LabeledPieces,
  TuneBest,
  TunedGroup,
  TunedUseLite,
  TuneState,
  TuneUseLiteOptions,
} from "./src/stages/tune_options.ts";
export { tuneUseLite, useLitePieces } from "./src/stages/tune_use_lite.ts";
export type { YamlConfigOptions } from "./src/stages/yaml_config.ts";

export * from "./src/report/arc_page.ts";
export * from "./src/report/audit_report.ts";
export * from "./src/report/chart_confusion.ts";
export * from "./src/report/chart_data.ts";
export * from "./src/report/chart_page.ts";
export * from "./src/report/escape.ts";
export * from "./src/report/html_report.ts";
export * from "./src/report/ngf_report.ts";
export * from "./src/report/notebook.ts";
export * from "./src/report/stages_report.ts";
export type { NamedSweep } from "./src/report/stages_report_charts.ts";
export * from "./src/report/sweep_lines.ts";
export * from "./src/report/sweep_report.ts";
export * from "./src/report/sweep_tables.ts";
export * from "./src/report/tables.ts";

export * from "./src/serve/limits.ts";
export * from "./src/serve/log_writer.ts";
export * from "./src/serve/mcp_server.ts";
export * from "./src/serve/start_server.ts";
