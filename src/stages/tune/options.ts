import type { UseLiteWeights } from "../../encoders/use_lite/weights.ts";
import type { HeadEvaluation, HeadLog, TrainedHead, TrainHeadOptions } from "../head/training.ts";
import type { Tune } from "../transformer/shape.ts";

/** Texts as pieces, with their labels. */
export interface LabeledPieces {
  /** At most 128 pieces a text, as `use-lite` reads them: see {@linkcode useLitePieces}. */
  readonly pieces: readonly Uint32Array[];
  /** Class number of each text. */
  readonly labels: Int32Array;
}

/** Settings of {@linkcode tuneUseLite}; those of the head's training mean the same here. */
export interface TuneUseLiteOptions extends
  Pick<
    TrainHeadOptions,
    | "batchSize"
    | "epochs"
    | "weightDecay"
    | "accumulation"
    | "seed"
    | "head"
    | "warmup"
    | "schedule"
    | "maxGradNorm"
    | "classWeight"
    | "evalEvery"
    | "logEvery"
    | "bestMetric"
    | "greaterIsBetter"
    | "keepBest"
    | "earlyStopping"
    | "signal"
  > {
  /** What is trained besides the head. */
  readonly tune: Tune;
  /** Of the encoder's weights. */
  readonly learningRate: number;
  /** Of the head's weights: their inputs are of length one, so they move further. Default: 0.01. */
  readonly headLearningRate?: number;
  /** Default: 2. */
  readonly classes?: number;
  /** Number type that the encoder is stored in. Training computes in single precision. Default: `fp32`. */
  readonly precision?: "fp32" | "fp16";
  /** Compute activations twice rather than keep them. Same result. Default: false. */
  readonly gradientCheckpointing?: boolean;
  /** Most pieces that go through the encoder at once; changes memory and speed. Default: 512. */
  readonly maxRows?: number;
  /** Weights of the encoder to start from. Default: the pretrained ones. */
  readonly initialWeights?: UseLiteWeights;
  /** Weights of the head to start from, in the order of {@linkcode Head}. Default: by the seed. */
  readonly initialHead?: ArrayLike<number>;
  /** Continues from here. Default: from the start. */
  readonly resume?: TuneState;
  /** Called after each evaluation; `state` copies all that is needed to go on from there. */
  readonly onEvaluation?: (
    evaluation: HeadEvaluation,
    totalSteps: number,
    state: () => TuneState,
  ) => Promise<void> | void;
}

/** Weights with the optimiser's means. */
export interface TunedGroup<T> {
  readonly weights: T;
  readonly mean: T;
  readonly square: T;
}

/** Everything that a stopped fine-tuning needs to end with the same bytes. */
export interface TuneState {
  /** Updates done. */
  readonly step: number;
  readonly encoder: TunedGroup<Float32Array>;
  readonly head: TunedGroup<Float64Array>;
  readonly best: TuneBest;
  readonly stopping: { readonly best: number | null; readonly waited: number };
  readonly pending: { readonly loss: number; readonly updates: number };
  readonly evaluations: readonly HeadEvaluation[];
  readonly logs: readonly HeadLog[];
}

/** The best weights so far. */
export interface TuneBest {
  readonly step: number;
  /** Value of the metric; null before the first evaluation. */
  readonly value: number | null;
  readonly encoder: Float32Array;
  readonly head: Float64Array;
}

/** A fine-tuned encoder with its head, and how they came about. */
export interface TunedUseLite extends TrainedHead {
  /** All weights of the encoder. */
  readonly weights: UseLiteWeights;
  readonly precision: "fp32" | "fp16";
  /** Bytes of weights, gradients, activations and the optimiser's means. */
  readonly bytes: number;
}
