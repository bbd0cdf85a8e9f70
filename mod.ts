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
export * from "./src/mapper/stratified_folds.ts";
export * from "./src/mapper/train.ts";
export * from "./src/mapper/wordmap.ts";

export * from "./src/domains/domain.ts";
export * from "./src/domains/registry.ts";
export { DEFI_LEXICON } from "./src/domains/defi/lexicon.ts";
export * from "./src/domains/defi/taxonomy.ts";

export * from "./src/evaluate/choose.ts";
export * from "./src/evaluate/decide.ts";
export * from "./src/evaluate/decision_rows.ts";
export * from "./src/evaluate/metrics.ts";
export * from "./src/evaluate/per_class.ts";
export * from "./src/evaluate/quality.ts";
export * from "./src/evaluate/rate.ts";
export * from "./src/evaluate/run_sweep.ts";
export * from "./src/evaluate/sweep.ts";

export * from "./src/report/escape.ts";
export * from "./src/report/sweep_report.ts";
export * from "./src/report/tables.ts";
