import { MicroLmError } from "../../core/errors.ts";
import { softmaxRows } from "../../mapper/fit/softmax.ts";
import { createRandom, type Random } from "../../core/random.ts";
import {
  type AdamW,
  clipFactor,
  createAdamW,
  type DecayRange,
  normOf,
  scheduleFactor,
} from "../adamw.ts";
import {
  binaryMetrics,
  countConfusion,
  meanLogLoss,
  predictDetections,
} from "../evaluate/binary_metrics.ts";
import { headLayout, headLogits, type HeadShape, probabilitiesOfTp } from "./head.ts";
import type {
  HeadEvaluation,
  HeadLog,
  HeadTrainingState,
  LabeledFeatures,
  TrainedHead,
  TrainHeadOptions,
} from "./training.ts";
import type { UpdatePlan } from "../update_plan.ts";

/** Keeps the streams of initial weights, orders and dropout apart. */
const STREAM = { weights: 0x9e3779b1, order: 0x85ebca6b, dropout: 0xc2b2ae35 } as const;

/** The mutable part of a training. */
export class HeadRun {
  readonly weights: Float64Array;
  readonly seed: number;
  step: number;
  stopped = false;
  readonly #shape: HeadShape;
  readonly #plan: UpdatePlan;
  readonly #options: TrainHeadOptions;
  readonly #optimiser: AdamW;
  readonly #evaluations: HeadEvaluation[];
  readonly #logs: HeadLog[];
  #best: HeadTrainingState["best"];
  #stopping: HeadTrainingState["stopping"];
  #pending: HeadTrainingState["pending"];
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
    this.step = resume?.step ?? 0;
    this.weights = (resume?.weights ?? options.initialWeights)?.slice() ?? initial(shape, seed);
    const state = {
      mean: resume?.mean.slice() ?? new Float64Array(count),
      square: resume?.square.slice() ?? new Float64Array(count),
      updates: this.step,
    };
    this.#optimiser = createAdamW(decayRanges(shape, weightDecay), state);
    this.#evaluations = [...resume?.evaluations ?? []];
    this.#logs = [...resume?.logs ?? []];
    this.#best = resume?.best ?? { step: 0, value: NaN, weights: this.weights.slice() };
    this.#stopping = resume?.stopping ?? { best: null, waited: 0 };
    this.#pending = resume?.pending ?? { loss: 0, updates: 0 };
    this.stopped = this.#isPatienceOver();
  }

  /** Chance of the next update. */
  dropout(): Random {
    return createRandom(mix(this.seed, STREAM.dropout, this.step));
  }

  /** Order of the rows in an epoch. */
  order(epoch: number, rows: number): Uint32Array {
    const given = this.#options.orders?.[epoch];
    if (given) return given;
    if (this.#order?.epoch !== epoch) {
      const list = Array.from({ length: rows }, (_, i) => i);
      createRandom(mix(this.seed, STREAM.order, epoch)).shuffle(list);
      this.#order = { epoch, rows: Uint32Array.from(list) };
    }
    return this.#order.rows;
  }

  /** One update from a summed gradient and loss; the gradient is zero afterwards. */
  update(gradient: Float64Array, summedLoss: number, weight: number): void {
    const { learningRate, maxGradNorm = 1, schedule = "linear", logEvery = 25 } = this.#options;
    const loss = summedLoss / weight;
    const norm = normOf(gradient) / weight;
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw new MicroLmError(
        "data",
        `Training diverged: the loss of update ${this.step + 1} of ${this.#plan.total} is ${loss}`,
        { hint: "Lower the learning rate, lengthen the warm-up or clip gradients (max_grad_norm)" },
      );
    }
    const { warmup, total } = this.#plan;
    const rate = learningRate * scheduleFactor({ kind: schedule, warmup, total }, this.step);
    const clip = maxGradNorm > 0 ? clipFactor(norm, maxGradNorm) : 1;
    this.#optimiser.step(this.weights, gradient, rate, clip / weight);
    this.step++;
    const { loss: sum, updates } = this.#pending;
    this.#pending = { loss: sum + loss, updates: updates + 1 };
    if (this.step % logEvery !== 0 && this.step !== this.#plan.total) return;
    const mean = this.#pending.loss / this.#pending.updates;
    this.#logs.push({ step: this.step, loss: mean, learning_rate: rate });
    this.#pending = { loss: 0, updates: 0 };
  }

  /** Measures the weights, and keeps them if they are the best so far. */
  evaluate(validation: LabeledFeatures, epoch: number): void {
    const evaluation = this.#measure(validation, epoch);
    this.#evaluations.push(evaluation);
    const { bestMetric = "f1", earlyStopping } = this.#options;
    const greater = this.#options.greaterIsBetter ?? bestMetric !== "loss";
    const value = evaluation[bestMetric];
    const gain = greater ? value - this.#best.value : this.#best.value - value;
    if (!(gain <= 0)) this.#best = { step: this.step, value, weights: this.weights.slice() };
    if (!earlyStopping?.enabled) return;
    const { metric, mode, min_delta } = earlyStopping;
    const signed = mode === "max" ? evaluation[metric] : -evaluation[metric];
    const { best, waited } = this.#stopping;
    const improved = best === null || signed - best > min_delta;
    this.#stopping = improved ? { best: signed, waited: 0 } : { best, waited: waited + 1 };
    this.stopped = this.#isPatienceOver();
  }

  /** All that is needed to go on from here. */
  state(): HeadTrainingState {
    const { mean, square } = this.#optimiser.state;
    return {
      step: this.step,
      weights: this.weights.slice(),
      mean: mean.slice(),
      square: square.slice(),
      best: this.#best,
      stopping: this.#stopping,
      pending: this.#pending,
      evaluations: [...this.#evaluations],
      logs: [...this.#logs],
    };
  }

  /** The outcome as it stands. */
  finish(): TrainedHead {
    const keepBest = this.#options.keepBest ?? true;
    const chosen = keepBest ? this.#best.weights : this.weights;
    return {
      head: { ...this.#shape, weights: Float32Array.from(chosen) },
      evaluations: this.#evaluations,
      logs: this.#logs,
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

  #isPatienceOver(): boolean {
    const { earlyStopping } = this.#options;
    return earlyStopping?.enabled === true && this.#stopping.waited >= earlyStopping.patience;
  }
}

/** Zero for a linear head, whose loss is convex; ±1/√inputs for layers, as PyTorch does. */
function initial(shape: HeadShape, seed: number): Float64Array {
  const { inputs, bias, output, outputBias, count } = headLayout(shape);
  const weights = new Float64Array(count);
  if (shape.hidden === 0) return weights;
  const random = createRandom(mix(seed, STREAM.weights, 0));
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

/** A seed of its own for each purpose and number. */
function mix(seed: number, stream: number, n: number): number {
  return (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream, n + 1)) | 0;
}
