import type { Features } from "../../core/matrix.ts";
import type { Head } from "./head.ts";
import type { EarlyStoppingConfig, HeadConfig, StageMetric } from "../config/stage_config.ts";

/** Encoded detections with their labels: 0 is FP, 1 is TP. */
export interface LabeledFeatures {
  readonly features: Features;
  readonly labels: Int32Array;
}

/** Settings of {@linkcode trainHead}. */
export interface TrainHeadOptions {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Updates after which training ends. Default: all of the epochs. */
  readonly maxSteps?: number;
  /** Default: 0.01. Biases do not decay. */
  readonly weightDecay?: number;
  /** Batches an update; equal to a batch of that many times the size. Default: 1. */
  readonly accumulation?: number;
  /** Default: 42. */
  readonly seed?: number;
  /** Default: linear, no dropout. */
  readonly head?: HeadConfig;
  /** Updates of rising learning rate, or their share of all if below 1. Default: 0. */
  readonly warmup?: number;
  /** Default: `linear`. */
  readonly schedule?: "linear" | "cosine" | "constant";
  /** Largest norm of a gradient; 0 turns clipping off. Default: 1. */
  readonly maxGradNorm?: number;
  /** Weight of each class in the loss: 1, or n / (2 · rows of the class). Default: `none`. */
  readonly classWeight?: "none" | "balanced";
  /** Updates between two evaluations; `epoch` evaluates after each, `no` at the end. Default: 100. */
  readonly evalEvery?: number | "epoch" | "no";
  /** Updates between two entries of the training loss. Default: 25. */
  readonly logEvery?: number;
  /** The metric that the best weights are chosen by. Default: `f1`. */
  readonly bestMetric?: StageMetric;
  /** Default: true, false for `loss`. */
  readonly greaterIsBetter?: boolean;
  /** Return the best weights, not the last. Default: true. */
  readonly keepBest?: boolean;
  /** Default: off. */
  readonly earlyStopping?: EarlyStoppingConfig;
  /** Weights to start from, in the order of {@linkcode Head}. Default: by the seed. */
  readonly initialWeights?: Float64Array;
  /** Order of the rows by epoch. Default: shuffled by the seed. */
  readonly orders?: readonly Uint32Array[];
  /** Continues from here. Default: from the start. */
  readonly resume?: HeadTrainingState;
  /** Called after each evaluation, with all that is needed to go on from there. */
  readonly onEvaluation?: (state: HeadTrainingState) => Promise<void> | void;
  /** Stops between two updates. */
  readonly signal?: AbortSignal;
}

/** Metrics on the validation set after some updates. */
export interface HeadEvaluation {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Mean training loss since the entry before. */
export interface HeadLog {
  readonly step: number;
  readonly loss: number;
  readonly learning_rate: number;
}

/** Everything that a stopped training needs to end with the same bytes. */
export interface HeadTrainingState {
  /** Updates done. */
  readonly step: number;
  readonly weights: Float64Array;
  readonly mean: Float64Array;
  readonly square: Float64Array;
  readonly best: { readonly step: number; readonly value: number; readonly weights: Float64Array };
  readonly stopping: { readonly best: number | null; readonly waited: number };
  readonly pending: { readonly loss: number; readonly updates: number };
  readonly evaluations: readonly HeadEvaluation[];
  readonly logs: readonly HeadLog[];
}

/** A trained head and how it came about. */
export interface TrainedHead {
  readonly head: Head;
  readonly evaluations: readonly HeadEvaluation[];
  readonly logs: readonly HeadLog[];
  /** Update after which the returned weights were as they are. */
  readonly bestStep: number;
  /** Updates done. */
  readonly steps: number;
  /** Updates that there would have been without early stopping. */
  readonly totalSteps: number;
  readonly stoppedEarly: boolean;
  /** Numbers that were trained. */
  readonly parameters: number;
}
