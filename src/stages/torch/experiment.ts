import { join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";
import type { Experiment } from "../config/expand.ts";
import type { StageConfig } from "../config/stage_config.ts";
import type { RunStatus } from "../experiment/experiment_folder.ts";
import type { ExperimentData } from "../experiment/run_results.ts";
import type { Head, HeadShape } from "../head/head.ts";
import { initialHead } from "../head/run.ts";
import { weighClasses } from "../head/train_head.ts";
import type { TrainedHead, TrainHeadOptions } from "../head/training.ts";
import { detectionLabels, type DetectionSet } from "../iac/detections.ts";
import { mixSeed, shuffledRows, STREAM, TrainingProgress } from "../progress.ts";
import type { TuneExperimentOptions } from "../tune/experiment.ts";
import { classMetrics } from "../tune/metrics.ts";
import { planUpdates } from "../update_plan.ts";
import {
  readTorchCheckpoint,
  removeTorchCheckpoint,
  type TorchCheckpoint,
  torchWeightsFile,
  writeTorchCheckpoint,
} from "./checkpoint.ts";
import { openTorchEngine, type StartTorchEngine, type TorchEngine } from "./engine.ts";
import { openTorchRunEncoder, TORCH_ENCODER, torchFolder } from "./run_encoder.ts";

/** How a training on PyTorch runs. */
export interface TorchExperimentOptions extends TuneExperimentOptions {
  /** Starts what trains. Default: nothing does. */
  readonly startTorch?: StartTorchEngine | undefined;
  /** Opens the encoder that PyTorch wrote. Default: in WebAssembly. */
  readonly openEncoder?: OpenStageEncoder | undefined;
}

/** What a training leaves to be written as every run is. */
export interface TorchExperiment {
  readonly trained: TrainedHead;
  /** The data as the tuned encoder sees it. */
  readonly data: ExperimentData;
  /** What trained it. */
  readonly facts: NonNullable<RunStatus["engine"]>;
}

/** Saving may take this share of the time at most, once models are large. */
const SAVING_SHARE = 0.05;

/**
 * Trains an experiment on PyTorch: what to do stands here, how in `engines/torch_worker.py`. The tuned
 * encoder goes to the folder `encoder` of the run, as a sentence-transformers model with weights in ONNX.
 *
 * Orders of rows, schedule, evaluations, patience and the initial head are those of the other engines.
 *
 * @param settings Those of the head's training.
 * @throws {MicroLmError} Kind `missing` without the engine's environment, `unavailable` if the worker
 * dies, `data` if training diverges or a model cannot be read, `usage` for `tune: last_layer`.
 */
export async function torchExperiment(
  experiment: Experiment,
  { global }: StageConfig,
  data: ExperimentData,
  settings: TrainHeadOptions,
  { folder, key }: { readonly folder: string; readonly key: string },
  options: TorchExperimentOptions,
): Promise<TorchExperiment> {
  const { head = { hidden: 0, activation: "relu", dropout: 0 }, keepBest = true } = settings;
  const shape: HeadShape = {
    classes: 2,
    denseColumns: data.encoder.dims,
    sparseColumns: 0,
    keptColumns: new Uint32Array(0),
    hidden: head.hidden,
    activation: head.activation,
  };
  await using engine = openTorchEngine(requireStart(options.startTorch));
  const labels = detectionLabels(data.train.rows);
  const facts = await engine.ask("open", {
    model: await torchFolder(experiment.model),
    pooling: experiment.pooling ?? "auto",
    max_length: global.max_length,
    precision: global.bf16 ? "bf16" : global.fp16 ? "fp16" : "no",
    checkpointing: experiment.gradientCheckpointing,
    frozen: isFrozen(experiment),
    hidden: head.hidden,
    activation: head.activation,
    dropout: head.dropout,
    head: [...initialHead(shape, experiment.seed)],
    weight_decay: settings.weightDecay ?? 0.01,
    max_grad_norm: settings.maxGradNorm ?? 1,
    class_weights: [...weighClasses(labels, settings.classWeight ?? "none")],
    train: texts(data.train),
    labels: [...labels],
    validation: texts(data.validation),
  });
  const resume = await readTorchCheckpoint(folder, key);
  if (resume) await engine.ask("load", { path: join(folder, resume.weights) });
  const run = new TorchRun(engine, data, settings, { folder, key }, resume);
  await run.train(global.save_strategy !== "no", options);
  const { head: weights, peak_bytes } = await engine.ask("finish", {
    best: keepBest,
    folder: join(folder, TORCH_ENCODER),
  });
  await removeTorchCheckpoint(folder);
  const { parameters, dims: _, ...ranOn } = facts;
  const trainedHead: Head = { ...shape, weights: Float32Array.from(weights) };
  return {
    trained: { head: trainedHead, ...run.record(keepBest), parameters },
    data: await encodeAgain(data, folder, options),
    facts: { ...ranOn, peak_bytes },
  };
}

/** The worker's training as seen from here. */
class TorchRun {
  readonly #engine: TorchEngine;
  readonly #data: ExperimentData;
  readonly #settings: TrainHeadOptions;
  readonly #place: { readonly folder: string; readonly key: string };
  readonly #plan: ReturnType<typeof planUpdates>;
  readonly #progress: TrainingProgress;
  #best: TorchCheckpoint["best"];
  #order: { readonly epoch: number; readonly rows: Uint32Array } | undefined;
  #saved = performance.now();
  #savingTook = 0;

  constructor(
    engine: TorchEngine,
    data: ExperimentData,
    settings: TrainHeadOptions,
    place: { readonly folder: string; readonly key: string },
    resume: TorchCheckpoint | null,
  ) {
    this.#engine = engine;
    this.#data = data;
    this.#settings = settings;
    this.#place = place;
    this.#plan = planUpdates(data.train.rows.length, settings);
    this.#progress = new TrainingProgress(this.#plan, settings, resume?.progress);
    this.#best = resume?.best ?? { step: 0, value: null };
  }

  async train(saves: boolean, options: TorchExperimentOptions): Promise<void> {
    const progress = this.#progress;
    while (progress.step < this.#plan.total && !progress.isPatienceOver) {
      options.signal?.throwIfAborted();
      await this.#update();
      if (!this.#plan.evaluatesAfter(progress.step)) continue;
      await this.#evaluate();
      options.onEvaluation?.(progress.evaluations.at(-1)!, progress.step);
      if (saves) await this.#saveIfDue(options);
    }
  }

  async #update(): Promise<void> {
    const progress = this.#progress;
    const { seed = 42, learningRate, batchSize } = this.#settings;
    const { epoch, from, to } = this.#plan.rowsOf(progress.step);
    if (this.#order?.epoch !== epoch) {
      const count = this.#data.train.rows.length;
      this.#order = { epoch, rows: shuffledRows(count, seed, epoch) };
    }
    const rows = [...this.#order.rows.subarray(from, to)];
    const batches = Array.from(
      { length: Math.ceil(rows.length / batchSize) },
      (_, i) => rows.slice(i * batchSize, (i + 1) * batchSize),
    );
    const rate = learningRate * progress.schedule;
    // A seed an update, so that a resumed training drops what the whole one would have dropped.
    const chance = mixSeed(seed, STREAM.dropout, progress.step) >>> 0;
    const { loss } = await this.#engine.ask("update", { batches, rate, seed: chance });
    progress.refuseDivergence(loss ?? NaN);
    progress.advance(loss!, rate);
  }

  async #evaluate(): Promise<void> {
    const progress = this.#progress;
    const { logits } = await this.#engine.ask("evaluate", {});
    const { epoch } = this.#plan.rowsOf(progress.step - 1);
    const matrix = { data: Float64Array.from(logits.flat()), rows: logits.length, cols: 2 };
    const measured = classMetrics(matrix, detectionLabels(this.#data.validation.rows));
    const evaluation = { step: progress.step, epoch: epoch + 1, ...measured };
    const { value, isBetter } = progress.judge(evaluation, this.#best.value);
    if (!isBetter) return;
    await this.#engine.ask("keep", {});
    this.#best = { step: progress.step, value };
  }

  async #saveIfDue({ checkpointSeconds = 5, signal }: TorchExperimentOptions): Promise<void> {
    const { folder, key } = this.#place;
    const started = performance.now();
    const pause = Math.max(checkpointSeconds * 1000, this.#savingTook / SAVING_SHARE);
    if (started - this.#saved < pause && !signal?.aborted) return;
    const weights = torchWeightsFile(this.#progress.step);
    await this.#engine.ask("save", { path: join(folder, weights) });
    const progress = this.#progress.state();
    await writeTorchCheckpoint(folder, key, { progress, best: this.#best, weights });
    this.#saved = performance.now();
    this.#savingTook = this.#saved - started;
  }

  record(keepBest: boolean): Omit<TrainedHead, "head" | "parameters"> {
    const { step, evaluations, logs } = this.#progress;
    return {
      evaluations,
      logs,
      bestStep: keepBest ? this.#best.step : step,
      steps: step,
      totalSteps: this.#plan.total,
      stoppedEarly: step < this.#plan.total,
    };
  }
}

function texts({ rows }: DetectionSet): string[] {
  return rows.map(({ text }) => text);
}

function isFrozen({ name, tune }: Experiment): boolean {
  if (tune !== "last_layer") return tune === "head";
  throw new MicroLmError("usage", `Cannot tune the last layer of "${name}" on torch`, {
    hint: "Set `tune: full`, or `tune: head`",
  });
}

/** The way to start a worker, or the reason why there is none. */
export function requireStart(start: StartTorchEngine | undefined): StartTorchEngine {
  if (start) return start;
  throw new MicroLmError("usage", "Cannot train on torch: nothing starts its engine here", {
    hint: "Use deno task batch-train, or give `startTorch`",
  });
}

/** Vectors as the written encoder gives them, so that evaluation sees what validation saw. */
async function encodeAgain(
  data: ExperimentData,
  folder: string,
  { openEncoder, signal }: TorchExperimentOptions,
): Promise<ExperimentData> {
  await using encoder = await openTorchRunEncoder(folder, openEncoder);
  const { spec, fingerprint, dims } = encoder;
  const validationFeatures = await encoder.encode(texts(data.validation), signal ? { signal } : {});
  return { ...data, validationFeatures, encoder: { spec, fingerprint, dims } };
}
