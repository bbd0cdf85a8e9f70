/**
 * micro-lm turns a short prompt into one of a few known actions, or abstains and says why.
 *
 * A mapper is a sentence encoder and a calibrated linear classifier, trained from a CSV; an operating
 * point says when it fires. This module holds the verbs of a user; the rooms behind it are
 * `micro-lm/data`, `/encoders`, `/mapper`, `/evaluate`, `/domains`, `/rails`, `/run`, `/stages`,
 * `/report`, `/serve` and `/core`. Importing it loads no model.
 *
 * @example Five lines from CSV to decision
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("lite");
 * const mapper = await trainMapper(data, encoder);
 * const [decision] = await mapper.decide(["deposit 10 ETH into aave"], { threshold: 0.5 });
 * assertEquals(decision!.label, "deposit_asset");
 * ```
 *
 * @module
 */
export { type ErrorKind, MicroLmError } from "./src/core/errors.ts";
export { type Dataset, readLabeledCsv, readPrompts, type Row } from "./src/data/dataset.ts";
export { joinLabels } from "./src/data/join_labels.ts";
export type { Domain } from "./src/domains/domain.ts";
export { openDomain } from "./src/domains/registry.ts";
export type { Encoder } from "./src/encoders/encoder.ts";
export { openEncoder, type OpenEncoderOptions } from "./src/encoders/open.ts";
export type { Certificate } from "./src/evaluate/certify/certificate.ts";
export { certify } from "./src/evaluate/certify/certify.ts";
export { type AbstainReason, decide, type Decision } from "./src/evaluate/decide.ts";
export {
  type DecidingMapper,
  openMapper,
  type TrainedDecidingMapper,
  trainMapper,
} from "./src/evaluate/deciding_mapper.ts";
export { type ClassReport, reportClasses, suggestThresholds } from "./src/evaluate/per_class.ts";
export { runSweep, type RunSweepOptions, type SweepOutcome } from "./src/evaluate/run_sweep.ts";
export { parseThresholds } from "./src/evaluate/sweep.ts";
export type { MapperArtifact } from "./src/mapper/file/artifact.ts";
export { loadMapper, type OpenMapperOptions, saveMapper } from "./src/mapper/file/mapper_file.ts";
export type { Mapper } from "./src/mapper/mapper.ts";
export type { OperatingPoint } from "./src/mapper/operating_point.ts";
export type { TrainedMapper, TrainMapperOptions } from "./src/mapper/train.ts";
export type { RunRecord } from "./src/run/record/record.ts";
export {
  openRuntime,
  type OpenRuntimeOptions,
  runMicro,
  type RunMicroOptions,
} from "./src/run/runtime.ts";
export type { MicroRuntime, RunRequest } from "./src/run/runtime_types.ts";
