import { basename, join, relative } from "node:path";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Features } from "../../core/matrix.ts";
import {
  binaryMetrics,
  countConfusion,
  DETECTION_LABELS,
  predictDetections,
} from "../evaluate/binary_metrics.ts";
import { detectionLabels, type DetectionSet } from "../iac/detections.ts";
import type { Experiment } from "../config/expand.ts";
import { predictHead, probabilitiesOfTp } from "../head/head.ts";
import { linkTo, RUN_FILES, type RunStatus, writeJson, writeYaml } from "./experiment_folder.ts";
import type { StageConfig } from "../config/stage_config.ts";
import type { SetOverlap } from "../evaluate/set_overlap.ts";
import { sweepDetectionThreshold, type ThresholdSweepResult } from "../evaluate/threshold_sweep.ts";
import type { TrainedHead } from "../head/training.ts";

/** What an experiment is trained and validated on. */
export interface ExperimentData {
  readonly train: DetectionSet;
  readonly validation: DetectionSet;
  /** What the validation set shares with the training set. */
  readonly overlap: SetOverlap;
  readonly trainFeatures: Features;
  readonly validationFeatures: Features;
  /** What made the features. */
  readonly encoder: { readonly spec: string; readonly fingerprint: string; readonly dims: number };
}

/** Validation rows and what the run says about them: the content of `validation_predictions.json`. */
export interface ValidationPrediction {
  readonly sample_id: string;
  readonly smell: string;
  readonly true_label: string;
  /** p(TP). */
  readonly probability: number;
}

/** What a run is worth on its validation set. */
type RunScores = Pick<RunStatus, "val_score" | "val_f1" | "threshold" | "baseline_f1">;

/** Writes what a run leaves behind and returns its scores. */
export async function writeRunResults(
  experiment: Experiment,
  config: StageConfig,
  data: ExperimentData,
  folder: string,
  trained: TrainedHead,
): Promise<RunScores> {
  const { headToOnnx } = await import("../head/onnx.ts");
  const { rows } = data.validation;
  const labels = detectionLabels(rows);
  const p = probabilitiesOfTp(predictHead(trained.head, data.validationFeatures).data);
  const { threshold_sweep: settings } = config;
  const sweep = settings.enabled ? sweepDetectionThreshold(p, labels, settings) : undefined;
  const weights = headToOnnx(trained.head);
  await writeFileAtomic(join(folder, RUN_FILES.weights), weights);
  if (sweep) await writeJson(join(folder, RUN_FILES.sweep), sweep);
  const predictions: ValidationPrediction[] = rows.map(({ id, smell, label }, i) => ({
    sample_id: id,
    smell,
    true_label: label,
    probability: p[i]!,
  }));
  await writeJson(join(folder, RUN_FILES.validation), predictions);
  const { head, evaluations, logs, ...facts } = trained;
  await writeJson(join(folder, RUN_FILES.history), { ...facts, evaluations, logs });
  const used = {
    ...describeRun(experiment, config, data),
    head: {
      labels: DETECTION_LABELS,
      dense_columns: head.denseColumns,
      sparse_columns: head.sparseColumns,
      kept_columns: head.keptColumns.length,
      hidden: head.hidden,
      activation: head.activation,
    },
    weights_sha256: sha256Hex(weights),
  };
  await writeYaml(join(folder, RUN_FILES.config), used);
  await writeLogs(config, folder, used, trained);
  return scoreRun(config, trained, sweep, labels, p);
}

function describeRun(
  experiment: Experiment,
  { global, early_stopping, threshold_sweep }: StageConfig,
  { train, validation, overlap, encoder }: ExperimentData,
): Record<string, unknown> {
  const facts = ({ path, sha256, rows }: DetectionSet) => ({ path, sha256, rows: rows.length });
  const { model, learningRate, batchSize, epochs, accumulation, ...rest } = experiment;
  return {
    experiment: {
      name: rest.name,
      base: rest.base,
      model_name: model,
      learning_rate: learningRate,
      batch_size: batchSize,
      num_epochs: epochs,
      weight_decay: rest.weightDecay,
      gradient_accumulation_steps: accumulation,
      seed: rest.seed,
      gradient_checkpointing: rest.gradientCheckpointing,
      tune: rest.tune,
      head: rest.head,
      ...(rest.engine && { engine: rest.engine, pooling: rest.pooling }),
    },
    global,
    early_stopping,
    threshold_sweep,
    data: { train: facts(train), validation: facts(validation), overlap },
    encoder,
  };
}

function scoreRun(
  { global }: StageConfig,
  { evaluations, bestStep }: TrainedHead,
  sweep: ThresholdSweepResult | undefined,
  labels: Int32Array,
  p: Float64Array,
): RunScores {
  const threshold = sweep?.best_threshold ?? null;
  const best = evaluations.find(({ step }) => step === bestStep) ?? evaluations.at(-1)!;
  const { f1 } = binaryMetrics(countConfusion(labels, predictDetections(p, threshold)));
  const everyone = new Uint8Array(p.length).fill(1);
  return {
    val_score: best[global.metric_for_best_model],
    val_f1: f1,
    threshold,
    baseline_f1: binaryMetrics(countConfusion(labels, everyone)).f1,
  };
}

/** The second folder of a run: its config, its log, and a link to the first. */
async function writeLogs(
  config: StageConfig,
  folder: string,
  used: unknown,
  { logs, evaluations }: TrainedHead,
): Promise<void> {
  const id = basename(folder);
  const results = join(config.output.results_dir, id);
  await writeYaml(join(results, RUN_FILES.config), used);
  const lines = [
    ...logs.map(({ step, loss, learning_rate }) => ({
      step,
      text: `step ${step} loss ${loss.toFixed(6)} learning_rate ${learning_rate.toExponential(4)}`,
    })),
    ...evaluations.map(({ step, loss, f1, accuracy }) => ({
      step,
      text: `step ${step} eval_loss ${loss.toFixed(6)} eval_f1 ${f1.toFixed(6)} eval_accuracy ${
        accuracy.toFixed(6)
      }`,
    })),
  ].sort((a, b) => a.step - b.step).map(({ text }) => `${text}\n`);
  await writeFileAtomic(join(results, "logs", "training.log"), lines.join(""));
  await linkTo(results, "model", relative(results, folder));
}
