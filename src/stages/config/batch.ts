import type { Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { Features } from "../../core/matrix.ts";
import { type DetectionSet, readDetections } from "../iac/detections.ts";
import { expandExperiments, type ExpandExperimentsOptions, type Experiment } from "./expand.ts";
import {
  experimentKey,
  runExperiment,
  type RunExperimentOptions,
} from "../experiment/run_experiment.ts";
import { listRuns, type RunStatus, type StoredRun } from "../experiment/experiment_folder.ts";
import type { ExperimentData } from "../experiment/run_results.ts";
import { measureSetOverlap } from "../evaluate/set_overlap.ts";
import type { OpenStageEncoder } from "./open_encoder.ts";
import type { StageConfig } from "./stage_config.ts";
import type { HeadEvaluation } from "../head/training.ts";

/** Where a batch is. */
export interface BatchPosition {
  /** Position of the experiment, from 0. */
  readonly index: number;
  readonly total: number;
  readonly experiment: Experiment;
}

/** Outcome of one experiment of a batch. */
export interface BatchRun {
  readonly experiment: Experiment;
  /** `skipped`: it was finished before. */
  readonly outcome: "finished" | "skipped" | "failed";
  /** Missing if the run failed before it had a folder. */
  readonly folder?: string;
  readonly status?: RunStatus;
  /** Why it failed. */
  readonly error?: Error;
}

/** Options of {@linkcode runBatch}. */
export interface RunBatchOptions
  extends
    ExpandExperimentsOptions,
    Pick<RunExperimentOptions, "jobId" | "now" | "checkpointSeconds" | "startTorch"> {
  readonly openEncoder: OpenStageEncoder;
  /** Skips what is finished and goes on with what is not. Default: true. */
  readonly resume?: boolean;
  /** Called before an experiment. */
  readonly onStart?: (position: BatchPosition) => void;
  /** Called after each evaluation. */
  readonly onEvaluation?: (position: BatchPosition, evaluation: HeadEvaluation) => void;
  /** Called after an experiment. */
  readonly onRun?: (position: BatchPosition, run: BatchRun) => void;
  /** Stops the batch between two updates. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the experiments of a config one after the other. A failed experiment does not stop the others.
 * Texts are encoded once for each encoder.
 *
 * @returns One entry an experiment, in order.
 * @throws {MicroLmError} Kind `usage` if the filters leave nothing; `data` or `missing` for the data
 * files; as {@linkcode RunBatchOptions.signal} says when stopped.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { readStageConfig, runBatch } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const base_dir = ".artifacts/example-batch";
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml", {
 *   overrides: { global: { train_path: "fixtures/iac/val.jsonl" }, output: { base_dir } },
 * });
 * const options = { openEncoder: (spec: string) => openEncoder(spec), filter: "ngram" };
 * const [run] = await runBatch(config, { ...options, maxExperiments: 1 });
 * assertEquals(run!.outcome, "finished");
 * await Deno.remove(base_dir, { recursive: true });
 * ```
 */
export async function runBatch(config: StageConfig, options: RunBatchOptions): Promise<BatchRun[]> {
  const experiments = expandExperiments(config, options);
  const source = await openDataSource(config, options);
  const known = options.resume === false ? [] : await runsSoFar(config.output.base_dir);
  const runs: BatchRun[] = [];
  for (const [index, experiment] of experiments.entries()) {
    options.signal?.throwIfAborted();
    const position = { index, total: experiments.length, experiment };
    options.onStart?.(position);
    const run = await runOne(position, config, source, known, options);
    options.signal?.throwIfAborted();
    runs.push(run);
    options.onRun?.(position, run);
  }
  return runs;
}

async function runOne(
  position: BatchPosition,
  config: StageConfig,
  source: DataSource,
  known: readonly StoredRun[],
  options: RunBatchOptions,
): Promise<BatchRun> {
  const { experiment } = position;
  try {
    const data = await source.load(experiment.model, experiment);
    const earlier = findRun(known, experiment, experimentKey(experiment, config, data));
    if (earlier?.status.state === "finished") {
      return { experiment, outcome: "skipped", folder: earlier.folder, status: earlier.status };
    }
    const { jobId, now, checkpointSeconds, signal, startTorch, openEncoder } = options;
    const run = await runExperiment(experiment, config, data, {
      ...(jobId === undefined ? {} : { jobId }),
      ...(now === undefined ? {} : { now }),
      ...(checkpointSeconds === undefined ? {} : { checkpointSeconds }),
      folder: earlier?.folder,
      startTorch,
      openEncoder,
      signal,
      onEvaluation: (evaluation) => options.onEvaluation?.(position, evaluation),
    });
    return { experiment, outcome: "finished", ...run };
  } catch (error) {
    // A defect, a full disk or a missing permission would hit the next run too.
    const isOfThisRun = error instanceof MicroLmError &&
      error.kind !== "permission" && error.kind !== "write";
    if (!isOfThisRun) throw error;
    return { experiment, outcome: "failed", error };
  }
}

/** The finished run with a key, else the latest unfinished one. */
function findRun(
  runs: readonly StoredRun[],
  { name }: Experiment,
  key: string,
): StoredRun | undefined {
  const same = runs.filter(({ status }) => status.name === name && status.key === key);
  return same.findLast(({ status }) => status.state === "finished") ?? same.at(-1);
}

async function runsSoFar(baseDir: string): Promise<StoredRun[]> {
  try {
    return await listRuns(baseDir);
  } catch (error) {
    if (error instanceof MicroLmError && error.kind === "missing") return [];
    throw error;
  }
}

/** Gives the data of an experiment; opens each encoder once. */
export interface DataSource {
  /** With the engine `torch` the model is described, not used: its features are what is trained. */
  load(
    model: string,
    how?: Pick<Experiment, "engine" | "pooling">,
  ): Promise<ExperimentData>;
}

/**
 * Reads the data files of a config and prepares to encode them. Only the latest encoder is kept.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { openDataSource, readStageConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml", {
 *   overrides: { global: { train_path: "fixtures/iac/val.jsonl" } },
 * });
 * const source = await openDataSource(config, { openEncoder: (spec) => openEncoder(spec) });
 * const { train, trainFeatures } = await source.load("ngram");
 * assertEquals(trainFeatures.rows, train.rows.length);
 * ```
 */
export async function openDataSource(
  { global }: StageConfig,
  { openEncoder, signal, startTorch }: Pick<
    RunBatchOptions,
    "openEncoder" | "signal" | "startTorch"
  >,
): Promise<DataSource> {
  const fields = { textField: global.text_field };
  const train = await readDetections(global.train_path, fields);
  const validation = await readDetections(global.val_path, fields);
  const overlap = measureSetOverlap(train.rows, validation.rows);
  let last: { readonly key: string; readonly data: ExperimentData } | undefined;
  const encode = (encoder: Encoder, { rows }: DetectionSet): Promise<Features> =>
    encoder.encode(rows.map(({ text }) => text), signal ? { signal } : {});
  return {
    load: async (model, { engine, pooling = "auto" } = {}) => {
      const key = JSON.stringify([model, engine, engine && pooling]);
      if (last?.key === key) return last.data;
      if (engine === "torch") {
        const { describeTorchModel } = await import("../torch/describe.ts");
        const facts = await describeTorchModel(model, pooling, global.max_length, startTorch);
        const blank = ({ rows }: DetectionSet): Features => ({ rows: rows.length });
        const data = {
          ...{ train, validation, overlap },
          trainFeatures: blank(train),
          validationFeatures: blank(validation),
          encoder: { spec: model, ...facts },
        };
        last = { key, data };
        return data;
      }
      await using encoder = await openEncoder(model, { maxLength: global.max_length });
      const { spec, fingerprint, dims } = encoder;
      const data = {
        train,
        validation,
        overlap,
        trainFeatures: await encode(encoder, train),
        validationFeatures: await encode(encoder, validation),
        encoder: { spec, fingerprint, dims },
      };
      last = { key, data };
      return data;
    },
  };
}
