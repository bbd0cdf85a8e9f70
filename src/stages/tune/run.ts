import { MicroLmError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import { type AdamW, clipFactor, normOf, scheduleFactor } from "../adamw.ts";
import type { HeadEvaluation, HeadLog } from "../head/training.ts";
import type { TuneBest, TunedGroup, TuneState, TuneUseLiteOptions } from "./options.ts";
import type { UpdatePlan } from "../update_plan.ts";

/** One array of weights with its gradient, optimiser and learning rate. */
export interface TrainedGroup<T extends Float32Array | Float64Array> extends TunedGroup<T> {
  readonly gradient: T;
  readonly optimiser: AdamW;
  readonly learningRate: number;
}

/** The mutable part of a fine-tuning: progress, best weights, patience. */
export class TuneRun {
  step: number;
  readonly #encoder: TrainedGroup<Float32Array>;
  readonly #head: TrainedGroup<Float64Array>;
  readonly #plan: UpdatePlan;
  readonly #options: TuneUseLiteOptions;
  readonly #evaluations: HeadEvaluation[];
  readonly #logs: HeadLog[];
  #best: TuneBest;
  #stopping: TuneState["stopping"];
  #pending: TuneState["pending"];

  constructor(
    encoder: TrainedGroup<Float32Array>,
    head: TrainedGroup<Float64Array>,
    plan: UpdatePlan,
    options: TuneUseLiteOptions,
  ) {
    const { resume } = options;
    this.#encoder = encoder;
    this.#head = head;
    this.#plan = plan;
    this.#options = options;
    this.step = resume?.step ?? 0;
    this.#evaluations = [...resume?.evaluations ?? []];
    this.#logs = [...resume?.logs ?? []];
    this.#best = resume?.best ?? this.#snapshot(null);
    this.#stopping = resume?.stopping ?? { best: null, waited: 0 };
    this.#pending = resume?.pending ?? { loss: 0, updates: 0 };
  }

  get isDone(): boolean {
    return this.step >= this.#plan.total || this.#isPatienceOver();
  }

  get evaluations(): readonly HeadEvaluation[] {
    return this.#evaluations;
  }

  /** One update from summed gradients and loss; the gradients are zero afterwards. */
  update(summedLoss: number, weight: number): void {
    const { maxGradNorm = 1, schedule = "linear", logEvery = 25 } = this.#options;
    const encoder = this.#encoder;
    const head = this.#head;
    const loss = summedLoss / weight;
    const norm = Math.hypot(normOf(asDoubles(encoder.gradient)), normOf(head.gradient)) / weight;
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw new MicroLmError(
        "data",
        `Training diverged: the loss of update ${this.step + 1} of ${this.#plan.total} is ${loss}`,
        { hint: "Lower the learning rate, lengthen the warm-up or clip gradients (max_grad_norm)" },
      );
    }
    const { warmup, total } = this.#plan;
    const factor = scheduleFactor({ kind: schedule, warmup, total }, this.step);
    const scale = (maxGradNorm > 0 ? clipFactor(norm, maxGradNorm) : 1) / weight;
    const rate = encoder.learningRate * factor;
    encoder.optimiser.step(asDoubles(encoder.weights), asDoubles(encoder.gradient), rate, scale);
    head.optimiser.step(head.weights, head.gradient, head.learningRate * factor, scale);
    this.step++;
    this.#log(loss, rate, logEvery);
  }

  /** Notes what the weights are worth, and keeps them if they are the best so far. */
  evaluate(evaluation: HeadEvaluation): void {
    this.#evaluations.push(evaluation);
    const { bestMetric = "f1", earlyStopping } = this.#options;
    const greater = this.#options.greaterIsBetter ?? bestMetric !== "loss";
    const value = evaluation[bestMetric];
    const { value: best } = this.#best;
    const isBetter = best === null || (greater ? value > best : value < best);
    if (isBetter) this.#best = this.#snapshot(value);
    if (!earlyStopping?.enabled) return;
    const { metric, mode, min_delta } = earlyStopping;
    const signed = mode === "max" ? evaluation[metric] : -evaluation[metric];
    const { best: top, waited } = this.#stopping;
    const improved = top === null || signed - top > min_delta;
    this.#stopping = improved ? { best: signed, waited: 0 } : { best: top, waited: waited + 1 };
  }

  /** All that is needed to go on from here. */
  state(): TuneState {
    return {
      step: this.step,
      encoder: copy(this.#encoder),
      head: copy(this.#head),
      best: this.#best,
      stopping: this.#stopping,
      pending: this.#pending,
      evaluations: [...this.#evaluations],
      logs: [...this.#logs],
    };
  }

  /** The weights that training ends with, and the record of it. */
  finish() {
    const keepBest = this.#options.keepBest ?? true;
    const { encoder, head, step } = keepBest ? this.#best : this.#snapshot(null);
    return {
      encoder,
      head,
      evaluations: this.#evaluations,
      logs: this.#logs,
      bestStep: step,
      steps: this.step,
      totalSteps: this.#plan.total,
      stoppedEarly: this.step < this.#plan.total,
      parameters: encoder.length + head.length,
    };
  }

  #log(loss: number, rate: number, every: number): void {
    const { loss: sum, updates } = this.#pending;
    this.#pending = { loss: sum + loss, updates: updates + 1 };
    if (this.step % every !== 0 && this.step !== this.#plan.total) return;
    const mean = this.#pending.loss / this.#pending.updates;
    this.#logs.push({ step: this.step, loss: mean, learning_rate: rate });
    this.#pending = { loss: 0, updates: 0 };
  }

  #snapshot(value: number | null): TuneBest {
    const encoder = this.#encoder.weights.slice();
    const head = this.#head.weights.slice();
    return { step: this.step, value, encoder, head };
  }

  #isPatienceOver(): boolean {
    const { earlyStopping } = this.#options;
    return earlyStopping?.enabled === true && this.#stopping.waited >= earlyStopping.patience;
  }
}

/** Order of the rows in an epoch. */
export function shuffledRows(rows: number, seed: number, epoch: number): Uint32Array {
  const list = Array.from({ length: rows }, (_, i) => i);
  createRandom(mixSeed(seed, 0x85ebca6b, epoch)).shuffle(list);
  return Uint32Array.from(list);
}

/** A seed of its own for each purpose and number, as in the training of heads. */
export function mixSeed(seed: number, stream: number, n: number): number {
  return (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream, n + 1)) | 0;
}

/** The optimiser reads and writes numbers by index, whatever their width in memory. */
export function asDoubles(values: Float32Array): Float64Array {
  return values as unknown as Float64Array;
}

function copy<T extends Float32Array | Float64Array>(group: TunedGroup<T>): TunedGroup<T> {
  const { weights, mean, square } = group;
  return {
    weights: weights.slice() as T,
    mean: mean.slice() as T,
    square: square.slice() as T,
  };
}
