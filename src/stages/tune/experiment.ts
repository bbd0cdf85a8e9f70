import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { detectionLabels, type DetectionSet } from "../iac/detections.ts";
import type { Experiment } from "../config/expand.ts";
import type { HeadEvaluation, TrainedHead, TrainHeadOptions } from "../head/training.ts";
import type { ExperimentData } from "../experiment/run_results.ts";
import type { StageConfig } from "../config/stage_config.ts";
import { trainHead } from "../head/train_head.ts";
import { parseTuneCheckpoint, serializeTuneCheckpoint } from "./checkpoint.ts";
import { openTunedUseLite, tunedUseLiteToOnnx } from "./export.ts";
import type { LabeledPieces, TuneState, TuneUseLiteOptions } from "./options.ts";
import { tuneUseLite, useLitePieces } from "./use_lite.ts";

/** Files of a run that fine-tunes, beside those of every run. */
export const TUNE_FILES = { encoder: "encoder.onnx", checkpoint: "checkpoint.bin" } as const;

/** The one encoder that can be fine-tuned. */
const TUNABLE = "use-lite";

/** Options of {@linkcode tuneExperiment}. */
export interface TuneExperimentOptions {
  /** Least seconds between two checkpoints. Default: 5. */
  readonly checkpointSeconds?: number;
  /** Called after each evaluation. */
  readonly onEvaluation?: (evaluation: HeadEvaluation, totalSteps: number) => void;
  /** Stops between two updates; what was done since the last checkpoint is done again. */
  readonly signal?: AbortSignal | undefined;
}

/** What a fine-tuning leaves to be written as every run is. */
export interface TunedExperiment {
  readonly trained: TrainedHead;
  /** The data as the tuned encoder sees it. */
  readonly data: ExperimentData;
}

/**
 * Fine-tunes the encoder of an experiment and writes it to `encoder.onnx` in the run folder.
 *
 * The head is trained first, on the vectors of the encoder as it was: a head that knows nothing yet
 * would pull the encoder in random directions (Kumar et al., 2022).
 *
 * @param settings Those of the head's training.
 * @throws {MicroLmError} Kind `usage` if the encoder cannot be tuned; what {@linkcode tuneUseLite} throws.
 */
export async function tuneExperiment(
  experiment: Experiment,
  { global }: StageConfig,
  data: ExperimentData,
  settings: TrainHeadOptions,
  { folder, key }: { readonly folder: string; readonly key: string },
  options: TuneExperimentOptions,
): Promise<TunedExperiment> {
  checkTunable(experiment);
  const resume = await readState(join(folder, TUNE_FILES.checkpoint), key);
  const initialHead = resume ? undefined : await firstHead(data, settings, options);
  const { initialWeights: _weights, resume: _resume, orders: _orders, ...common } = settings;
  const tuned = await tuneUseLite(await pieces(data.train), await pieces(data.validation), {
    ...common,
    tune: experiment.tune,
    precision: global.fp16 ? "fp16" : "fp32",
    gradientCheckpointing: experiment.gradientCheckpointing,
    ...(initialHead ? { initialHead } : {}),
    ...(resume ? { resume } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    onEvaluation: keepState(global.save_strategy !== "no", folder, key, options),
  });
  const model = await tunedUseLiteToOnnx(tuned);
  await writeFileAtomic(join(folder, TUNE_FILES.encoder), model);
  await Deno.remove(join(folder, TUNE_FILES.checkpoint)).catch(() => {});
  const { weights: _, precision: _precision, bytes: _bytes, ...trained } = tuned;
  return { trained, data: await encodeAgain(data, model) };
}

function checkTunable({ model, tune }: Experiment): void {
  if (model === TUNABLE) return;
  throw new MicroLmError(
    "usage",
    `Cannot tune "${tune}" of "${model}": only the layers of ${TUNABLE} can be trained here`,
    { hint: `Set \`tune: head\`, or \`model_name: ${TUNABLE}\`` },
  );
}

async function firstHead(
  data: ExperimentData,
  settings: TrainHeadOptions,
  { signal }: TuneExperimentOptions,
): Promise<Float32Array> {
  const { head } = await trainHead(
    { features: data.trainFeatures, labels: detectionLabels(data.train.rows) },
    { features: data.validationFeatures, labels: detectionLabels(data.validation.rows) },
    { ...settings, learningRate: 0.01, ...(signal ? { signal } : {}) },
  );
  return head.weights;
}

async function pieces({ rows }: DetectionSet): Promise<LabeledPieces> {
  return {
    pieces: await useLitePieces(rows.map(({ text }) => text)),
    labels: detectionLabels(rows),
  };
}

function keepState(
  saves: boolean,
  folder: string,
  key: string,
  { checkpointSeconds = 5, onEvaluation, signal }: TuneExperimentOptions,
): NonNullable<TuneUseLiteOptions["onEvaluation"]> {
  let saved = performance.now();
  return async (evaluation, total, state) => {
    onEvaluation?.(evaluation, total);
    // A pause, so that signals and timers are heard between two evaluations.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const due = performance.now() - saved >= checkpointSeconds * 1000 || signal?.aborted;
    if (!saves || !due) return;
    const bytes = serializeTuneCheckpoint(state(), key);
    await writeFileAtomic(join(folder, TUNE_FILES.checkpoint), bytes);
    saved = performance.now();
  };
}

async function readState(path: string, key: string): Promise<TuneState | null> {
  try {
    return parseTuneCheckpoint(await Deno.readFile(path), key, path);
  } catch (error) {
    if (error instanceof MicroLmError) throw error;
    if (error instanceof Deno.errors.NotFound) return null;
    throw explainIoError(error, path, "read");
  }
}

/** Vectors as the written encoder gives them, so that evaluation sees what validation saw. */
async function encodeAgain(data: ExperimentData, model: Uint8Array): Promise<ExperimentData> {
  await using encoder = await openTunedUseLite(model);
  const { spec, fingerprint, dims } = encoder;
  const vectors = ({ rows }: DetectionSet) => encoder.encode(rows.map(({ text }) => text));
  const validationFeatures = await vectors(data.validation);
  return { ...data, validationFeatures, encoder: { spec, fingerprint, dims } };
}
