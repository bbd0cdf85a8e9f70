import { basename, join } from "node:path";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { explainIoError } from "../../core/io_error.ts";
import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { parseCheckpoint, serializeCheckpoint } from "../checkpoint.ts";
import { detectionLabels } from "../iac/detections.ts";
import type { Experiment } from "../config/expand.ts";
import {
  linkTo,
  RUN_FILES,
  runFolderName,
  type RunStatus,
  writeJson,
} from "./experiment_folder.ts";
import { type ExperimentData, writeRunResults } from "./run_results.ts";
import type { StageConfig } from "../config/stage_config.ts";
import type { HeadTrainingState, TrainedHead, TrainHeadOptions } from "../head/training.ts";
import { trainHead } from "../head/train_head.ts";
import type { TorchExperimentOptions } from "../torch/experiment.ts";

/** Options of {@linkcode runExperiment}. */
export interface RunExperimentOptions extends TorchExperimentOptions {
  /** Ends the name of the run folder. Default: `local`. */
  readonly jobId?: string;
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
  /** Folder of an unfinished run to go on with. Default: a new one. */
  readonly folder?: string | undefined;
}

/** What came out of an experiment. */
export interface ExperimentRun {
  readonly folder: string;
  readonly status: RunStatus;
}

/**
 * Trains one experiment into a run folder: `config_used.yaml`, `model.onnx`, the threshold sweep with
 * its curve, the history of evaluations, the predictions on the validation set, and `run.json`, which
 * is written last. All but `run.json` depend on experiment, settings and data alone.
 *
 * A run that tunes layers of `use-lite` has its encoder in `encoder.onnx` too, one of PyTorch a folder
 * `encoder`.
 *
 * @throws {MicroLmError} Kind `data` if training diverges or a checkpoint is damaged, `usage` if layers
 * of another encoder are to be tuned, `write` if the folder cannot be written. The folder's `run.json`
 * then says `failed`.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { expandExperiments, openDataSource } from "micro-lm/stages";
 * import { readStageConfig, runExperiment } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const base_dir = ".artifacts/example-experiment";
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml", {
 *   overrides: { global: { train_path: "fixtures/iac/val.jsonl" }, output: { base_dir } },
 * });
 * const [experiment] = expandExperiments(config, { filter: "ngram" });
 * const source = await openDataSource(config, { openEncoder: (spec) => openEncoder(spec) });
 * const { status } = await runExperiment(experiment!, config, await source.load("ngram"));
 * assertEquals(status.state, "finished");
 * await Deno.remove(base_dir, { recursive: true });
 * ```
 */
export async function runExperiment(
  experiment: Experiment,
  config: StageConfig,
  data: ExperimentData,
  options: RunExperimentOptions = {},
): Promise<ExperimentRun> {
  const { now = () => new Date(), jobId = "local" } = options;
  const started = now();
  const { base_dir } = config.output;
  const folder = options.folder ??
    join(base_dir, runFolderName(experiment.name, started, jobId));
  const key = experimentKey(experiment, config, data);
  const { name, base, seed } = experiment;
  const common = { name, base, seed, key, started: started.toISOString() };
  const settled = (status: Partial<RunStatus>) => ({ ...common, ...status }) as RunStatus;
  await writeJson(join(folder, RUN_FILES.status), settled({ state: "running" }));
  try {
    const { trained, seen, facts } = await train(experiment, config, data, folder, key, options);
    const scores = await writeRunResults(experiment, config, seen, folder, trained);
    const status = settled({
      state: "finished",
      finished: now().toISOString(),
      seconds: (now().getTime() - started.getTime()) / 1000,
      parameters: trained.parameters,
      ...scores,
      ...(facts && { engine: facts }),
    });
    // The link first: a run that is called finished is not begun again, so nothing may be left to do.
    await linkTo(base_dir, `${name}_latest`, basename(folder));
    await writeJson(join(folder, RUN_FILES.status), status);
    await Deno.remove(join(folder, RUN_FILES.checkpoint)).catch(() => {});
    return { folder, status };
  } catch (error) {
    if (!options.signal?.aborted) {
      const reason = error instanceof Error ? error.message : String(error);
      const failed = settled({ state: "failed", error: reason, finished: now().toISOString() });
      // A full disk is a likely reason: the first error is the one to tell.
      await writeJson(join(folder, RUN_FILES.status), failed).catch(() => {});
    }
    throw error;
  }
}

/**
 * Hex sha256 over all that a run's outcome depends on: what has the same key needs no second run.
 *
 * @example
 * ```ts
 * import { expandExperiments, experimentKey, readStageConfig } from "micro-lm/stages";
 * import type { ExperimentData } from "micro-lm/stages";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml");
 * const experiment = expandExperiments(config)[0]!;
 * const files = { train: { sha256: "1" }, validation: { sha256: "2" } };
 * const data = { ...files, encoder: { fingerprint: "3" } } as ExperimentData;
 * const key = experimentKey(experiment, config, data);
 * assertEquals(experimentKey({ ...experiment, name: "other" }, config, data), key);
 * assertNotEquals(experimentKey({ ...experiment, seed: 7 }, config, data), key);
 * ```
 */
export function experimentKey(
  { name: _name, ...experiment }: Experiment,
  { global, early_stopping, threshold_sweep }: StageConfig,
  { train, validation, encoder }: ExperimentData,
): string {
  const { train_path: _train, val_path: _validation, ...settings } = global;
  return sha256Hex(canonicalJson({
    experiment,
    settings,
    early_stopping,
    threshold_sweep,
    train: train.sha256,
    validation: validation.sha256,
    encoder: encoder.fingerprint,
  }));
}

/** What a training left, whatever trained it. */
interface Trained {
  readonly trained: TrainedHead;
  /** The data as the run's encoder sees it. */
  readonly seen: ExperimentData;
  /** What PyTorch ran on. */
  readonly facts?: RunStatus["engine"];
}

async function train(
  experiment: Experiment,
  config: StageConfig,
  data: ExperimentData,
  folder: string,
  key: string,
  options: RunExperimentOptions,
): Promise<Trained> {
  if (experiment.engine === "torch") {
    const { torchExperiment } = await import("../torch/experiment.ts");
    const settings = trainOptions(experiment, config);
    const place = { folder, key };
    const run = await torchExperiment(experiment, config, data, settings, place, options);
    return { trained: run.trained, seen: run.data, facts: run.facts };
  }
  if (experiment.tune !== "head") {
    const { tuneExperiment } = await import("../tune/experiment.ts");
    const settings = trainOptions(experiment, config);
    const place = { folder, key };
    const tuned = await tuneExperiment(experiment, config, data, settings, place, options);
    return { trained: tuned.trained, seen: tuned.data };
  }
  const path = join(folder, RUN_FILES.checkpoint);
  const resume = await readCheckpoint(path, key);
  const { checkpointSeconds = 5, signal } = options;
  let saved = performance.now();
  const save = (state: HeadTrainingState) => writeFileAtomic(path, serializeCheckpoint(state, key));
  const trained = await trainHead(
    { features: data.trainFeatures, labels: detectionLabels(data.train.rows) },
    { features: data.validationFeatures, labels: detectionLabels(data.validation.rows) },
    {
      ...trainOptions(experiment, config),
      ...(resume ? { resume } : {}),
      ...(signal ? { signal } : {}),
      onEvaluation: async (state) => {
        options.onEvaluation?.(state.evaluations.at(-1)!, state.step);
        // A pause, so that signals and timers are heard between two evaluations.
        await new Promise((resolve) => setTimeout(resolve, 0));
        const due = performance.now() - saved >= checkpointSeconds * 1000 || signal?.aborted;
        if (config.global.save_strategy === "no" || !due) return;
        await save(state);
        saved = performance.now();
      },
    },
  );
  return { trained, seen: data };
}

/**
 * The settings of an experiment as options of the training.
 *
 * @example
 * ```ts
 * import { expandExperiments, readStageConfig, trainOptions } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml");
 * const { warmup, evalEvery } = trainOptions(expandExperiments(config)[0]!, config);
 * assertEquals([warmup, evalEvery], [0.1, 50]);
 * ```
 */
export function trainOptions(experiment: Experiment, config: StageConfig): TrainHeadOptions {
  const { global, early_stopping } = config;
  const { evaluation_strategy: strategy } = global;
  return {
    learningRate: experiment.learningRate,
    batchSize: experiment.batchSize,
    epochs: experiment.epochs,
    weightDecay: experiment.weightDecay,
    accumulation: experiment.accumulation,
    seed: experiment.seed,
    head: experiment.head,
    warmup: global.warmup_ratio ?? global.warmup_steps,
    schedule: global.lr_scheduler_type,
    maxGradNorm: global.max_grad_norm,
    classWeight: global.class_weight,
    evalEvery: strategy === "steps" ? global.eval_steps : strategy,
    logEvery: global.logging_steps,
    bestMetric: global.metric_for_best_model,
    greaterIsBetter: global.greater_is_better,
    keepBest: global.load_best_model_at_end,
    ...(global.max_steps === undefined ? {} : { maxSteps: global.max_steps }),
    earlyStopping: early_stopping,
  };
}

async function readCheckpoint(path: string, key: string): Promise<HeadTrainingState | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw explainIoError(error, path, "read");
  }
  return parseCheckpoint(text, key, path);
}
