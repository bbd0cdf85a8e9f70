import { MicroLmError } from "../../core/errors.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { softmaxRows } from "../../mapper/fit/linear_classifier.ts";
import { type AdamW, createAdamW, type DecayRange, normOf } from "../adamw.ts";
import {
  binaryMetrics,
  countConfusion,
  meanLogLoss,
  predictDetections,
} from "../evaluate/binary_metrics.ts";
import { mixSeed, shuffledRows, STREAM, TrainingProgress } from "../progress.ts";
import type { UpdatePlan } from "../update_plan.ts";
import { headLayout, headLogits, type HeadShape, probabilitiesOfTp } from "./head.ts";
import type {
  HeadEvaluation,
  HeadTrainingState,
  LabeledFeatures,
  TrainedHead,
  TrainHeadOptions,
} from "./training.ts";

/** The mutable part of a training. */
export class HeadRun {
  readonly weights: Float64Array;
  readonly seed: number;
  stopped = false;
  readonly #shape: HeadShape;
  readonly #plan: UpdatePlan;
  readonly #options: TrainHeadOptions;
  readonly #optimiser: AdamW;
  readonly #progress: TrainingProgress;
  #best: HeadTrainingState["best"];
  #order: { readonly epoch: number; readonly rows: Uint32Array } | undefined;

  constructor(shape: HeadShape, plan: UpdatePlan, options: TrainHeadOptions) {
    const { count } = headLayout(shape);
    const { resume, seed = 42, weightDecay = 0.01 } = options;
    if (resume && resume.weights.length !== count) {
      throw new MicroLmError(
        "data",
        `Expected a checkpoint of ${count} weights, found ${resume.weights.length}`,
      );
    }
    this.#shape = shape;
    this.#plan = plan;
    this.#options = options;
    this.seed = seed;
    this.#progress = new TrainingProgress(plan, options, resume);
    this.weights = (resume?.weights ?? options.initialWeights)?.slice() ?? initialHead(shape, seed);
    const state = {
      mean: resume?.mean.slice() ?? new Float64Array(count),
      square: resume?.square.slice() ?? new Float64Array(count),
      updates: this.step,
    };
    this.#optimiser = createAdamW(decayRanges(shape, weightDecay), state);
    this.#best = resume?.best ?? { step: 0, value: NaN, weights: this.weights.slice() };
    this.stopped = this.#progress.isPatienceOver;
  }

  /** Updates done. */
  get step(): number {
    return this.#progress.step;
  }

  /** Chance of the next update. */
  dropout(): Random {
    return createRandom(mixSeed(this.seed, STREAM.dropout, this.step));
  }

  /** Order of the rows in an epoch. */
  order(epoch: number, rows: number): Uint32Array {
    const given = this.#options.orders?.[epoch];
    if (given) return given;
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, rows: shuffledRows(rows, this.seed, epoch) };
    }
    return this.#order.rows;
  }

  /** One update from a summed gradient and loss; the gradient is zero afterwards. */
  update(gradient: Float64Array, summedLoss: number, weight: number): void {
    const loss = summedLoss / weight;
    const { schedule, clip } = this.#progress.scale(loss, normOf(gradient) / weight);
    const rate = this.#options.learningRate * schedule;
    this.#optimiser.step(this.weights, gradient, rate, clip / weight);
    this.#progress.advance(loss, rate);
  }

  /** Measures the weights, and keeps them if they are the best so far. */
  evaluate(validation: LabeledFeatures, epoch: number): void {
    const evaluation = this.#measure(validation, epoch);
    const { value, isBetter } = this.#progress.judge(evaluation, this.#best.value);
    if (isBetter) this.#best = { step: this.step, value, weights: this.weights.slice() };
    this.stopped = this.#progress.isPatienceOver;
  }

  /** All that is needed to go on from here. */
  state(): HeadTrainingState {
    const { mean, square } = this.#optimiser.state;
    return {
      ...this.#progress.state(),
      weights: this.weights.slice(),
      mean: mean.slice(),
      square: square.slice(),
      best: this.#best,
    };
  }

  /** The outcome as it stands. */
  finish(): TrainedHead {
    const keepBest = this.#options.keepBest ?? true;
    const chosen = keepBest ? this.#best.weights : this.weights;
    return {
      head: { ...this.#shape, weights: Float32Array.from(chosen) },
      evaluations: this.#progress.evaluations,
      logs: this.#progress.logs,
      bestStep: keepBest ? this.#best.step : this.step,
      steps: this.step,
      totalSteps: this.#plan.total,
      stoppedEarly: this.stopped && this.step < this.#plan.total,
      parameters: chosen.length,
    };
  }

  #measure({ features, labels }: LabeledFeatures, epoch: number): HeadEvaluation {
    const logits = headLogits(this.#shape, this.weights, features);
    const probabilities = probabilitiesOfTp(softmaxRows(logits, 1).data);
    const predicted = predictDetections(probabilities, null);
    const { accuracy, precision, recall, f1 } = binaryMetrics(countConfusion(labels, predicted));
    const loss = meanLogLoss(labels, probabilities);
    return { step: this.step, epoch, loss, accuracy, precision, recall, f1 };
  }
}

/** Zero for a linear head, whose loss is convex; ±1/√inputs for layers, as PyTorch does. */
export function initialHead(shape: HeadShape, seed: number): Float64Array {
  const { inputs, bias, output, outputBias, count } = headLayout(shape);
  const weights = new Float64Array(count);
  if (shape.hidden === 0) return weights;
  const random = createRandom(mixSeed(seed, STREAM.weights, 0));
  // Sparse rows have few entries: scaled by all columns they would start at almost nothing.
  const fan = Math.min(inputs, 1024);
  const fill = (from: number, to: number, limit: number) => {
    for (let i = from; i < to; i++) weights[i] = (2 * random.uniform() - 1) * limit;
  };
  fill(0, bias, 1 / Math.sqrt(fan));
  fill(output, outputBias, 1 / Math.sqrt(shape.hidden));
  return weights;
}

function decayRanges(shape: HeadShape, decay: number): DecayRange[] {
  const { bias, output, outputBias, count } = headLayout(shape);
  return [
    { from: 0, to: bias, decay },
    { from: bias, to: output, decay: 0 },
    { from: output, to: outputBias, decay },
    { from: outputBias, to: count, decay: 0 },
  ];
}
