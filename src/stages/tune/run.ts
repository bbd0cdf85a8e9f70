import { type AdamW, normOf } from "../adamw.ts";
import type { HeadEvaluation } from "../head/training.ts";
import { TrainingProgress } from "../progress.ts";
import type { UpdatePlan } from "../update_plan.ts";
import type { TuneBest, TunedGroup, TuneState, TuneUseLiteOptions } from "./options.ts";

/** One array of weights with its gradient, optimiser and learning rate. */
export interface TrainedGroup<T extends Float32Array | Float64Array> extends TunedGroup<T> {
  readonly gradient: T;
  readonly optimiser: AdamW;
  readonly learningRate: number;
}

/** The mutable part of a fine-tuning: progress and best weights. */
export class TuneRun {
  readonly #encoder: TrainedGroup<Float32Array>;
  readonly #head: TrainedGroup<Float64Array>;
  readonly #plan: UpdatePlan;
  readonly #options: TuneUseLiteOptions;
  readonly #progress: TrainingProgress;
  #best: TuneBest;

  constructor(
    encoder: TrainedGroup<Float32Array>,
    head: TrainedGroup<Float64Array>,
    plan: UpdatePlan,
    options: TuneUseLiteOptions,
  ) {
    this.#encoder = encoder;
    this.#head = head;
    this.#plan = plan;
    this.#options = options;
    this.#progress = new TrainingProgress(plan, options, options.resume);
    this.#best = options.resume?.best ?? this.#snapshot(null);
  }

  /** Updates done. */
  get step(): number {
    return this.#progress.step;
  }

  get isDone(): boolean {
    return this.step >= this.#plan.total || this.#progress.isPatienceOver;
  }

  get evaluations(): readonly HeadEvaluation[] {
    return this.#progress.evaluations;
  }

  /** One update from summed gradients and loss; the gradients are zero afterwards. */
  update(summedLoss: number, weight: number): void {
    const encoder = this.#encoder;
    const head = this.#head;
    const loss = summedLoss / weight;
    const norm = Math.hypot(normOf(asDoubles(encoder.gradient)), normOf(head.gradient)) / weight;
    const { schedule, clip } = this.#progress.scale(loss, norm);
    const scale = clip / weight;
    const rate = encoder.learningRate * schedule;
    encoder.optimiser.step(asDoubles(encoder.weights), asDoubles(encoder.gradient), rate, scale);
    head.optimiser.step(head.weights, head.gradient, head.learningRate * schedule, scale);
    this.#progress.advance(loss, rate);
  }

  /** Notes what the weights are worth, and keeps them if they are the best so far. */
  evaluate(evaluation: HeadEvaluation): void {
    const { value, isBetter } = this.#progress.judge(evaluation, this.#best.value);
    if (isBetter) this.#best = this.#snapshot(value);
  }

  /** All that is needed to go on from here. */
  state(): TuneState {
    return {
      ...this.#progress.state(),
      encoder: copy(this.#encoder),
      head: copy(this.#head),
      best: this.#best,
    };
  }

  /** The weights that training ends with, and the record of it. */
  finish() {
    const keepBest = this.#options.keepBest ?? true;
    const { encoder, head, step } = keepBest ? this.#best : this.#snapshot(null);
    return {
      encoder,
      head,
      evaluations: this.#progress.evaluations,
      logs: this.#progress.logs,
      bestStep: step,
      steps: this.step,
      totalSteps: this.#plan.total,
      stoppedEarly: this.step < this.#plan.total,
      parameters: encoder.length + head.length,
    };
  }

  #snapshot(value: number | null): TuneBest {
    const encoder = this.#encoder.weights.slice();
    const head = this.#head.weights.slice();
    return { step: this.step, value, encoder, head };
  }
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
