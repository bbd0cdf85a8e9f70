import { MicroLmError } from "../core/errors.ts";
import { createRandom } from "../core/random.ts";
import { clipFactor, scheduleFactor } from "./adamw.ts";
import type {
  HeadEvaluation,
  HeadLog,
  HeadTrainingState,
  TrainHeadOptions,
} from "./head/training.ts";
import type { UpdatePlan } from "./update_plan.ts";

/** Settings that every training has. */
type ProgressOptions = Pick<
  TrainHeadOptions,
  | "maxGradNorm"
  | "schedule"
  | "logEvery"
  | "bestMetric"
  | "greaterIsBetter"
  | "earlyStopping"
>;

/** What a checkpoint keeps of the progress of a training. */
export type ProgressState = Pick<
  HeadTrainingState,
  "step" | "stopping" | "pending" | "evaluations" | "logs"
>;

/** How far a training is, whatever it trains: updates, losses, evaluations, patience. */
export class TrainingProgress {
  /** Updates done. */
  step: number;
  readonly evaluations: HeadEvaluation[];
  readonly logs: HeadLog[];
  readonly #plan: UpdatePlan;
  readonly #options: ProgressOptions;
  #stopping: ProgressState["stopping"];
  #pending: ProgressState["pending"];

  constructor(plan: UpdatePlan, options: ProgressOptions, resume: ProgressState | undefined) {
    this.#plan = plan;
    this.#options = options;
    this.step = resume?.step ?? 0;
    this.evaluations = [...resume?.evaluations ?? []];
    this.logs = [...resume?.logs ?? []];
    this.#stopping = resume?.stopping ?? { best: null, waited: 0 };
    this.#pending = resume?.pending ?? { loss: 0, updates: 0 };
  }

  /** Whether evaluations have not become better for as long as early stopping waits. */
  get isPatienceOver(): boolean {
    const { earlyStopping } = this.#options;
    return earlyStopping?.enabled === true && this.#stopping.waited >= earlyStopping.patience;
  }

  /** The schedule's share of the learning rate for the next update. */
  get schedule(): number {
    const { schedule: kind = "linear" } = this.#options;
    const { warmup, total } = this.#plan;
    return scheduleFactor({ kind, warmup, total }, this.step);
  }

  /** @throws {MicroLmError} Kind `data` for a loss or a gradient that is not finite. */
  refuseDivergence(loss: number, norm = 0): void {
    if (Number.isFinite(loss) && Number.isFinite(norm)) return;
    throw new MicroLmError(
      "data",
      `Training diverged: the loss of update ${this.step + 1} of ${this.#plan.total} is ${loss}`,
      { hint: "Lower the learning rate, lengthen the warm-up or clip gradients (max_grad_norm)" },
    );
  }

  /**
   * What the next update is scaled by: the schedule's share of the learning rate, and the clipping of
   * the gradient.
   *
   * @throws {MicroLmError} Kind `data` for a loss or a gradient that is not finite.
   */
  scale(loss: number, norm: number): { readonly schedule: number; readonly clip: number } {
    this.refuseDivergence(loss, norm);
    const { maxGradNorm = 1 } = this.#options;
    return {
      schedule: this.schedule,
      clip: maxGradNorm > 0 ? clipFactor(norm, maxGradNorm) : 1,
    };
  }

  /** Counts an update that was made. */
  advance(loss: number, learning_rate: number): void {
    this.step++;
    const pending = { loss: this.#pending.loss + loss, updates: this.#pending.updates + 1 };
    const { logEvery = 25 } = this.#options;
    const isDue = this.step % logEvery === 0 || this.step === this.#plan.total;
    if (isDue) {
      this.logs.push({ step: this.step, loss: pending.loss / pending.updates, learning_rate });
    }
    this.#pending = isDue ? { loss: 0, updates: 0 } : pending;
  }

  /**
   * Notes an evaluation.
   *
   * @param best The value of the best weights so far; null or NaN for none.
   * @returns The value of these weights, and whether they are better.
   */
  judge(
    evaluation: HeadEvaluation,
    best: number | null,
  ): { readonly value: number; readonly isBetter: boolean } {
    this.evaluations.push(evaluation);
    const { bestMetric = "f1" } = this.#options;
    const greater = this.#options.greaterIsBetter ?? bestMetric !== "loss";
    const value = evaluation[bestMetric];
    this.#wait(evaluation);
    const isFirst = best === null || Number.isNaN(best);
    return { value, isBetter: isFirst || (greater ? value > best : value < best) };
  }

  #wait(evaluation: HeadEvaluation): void {
    const { earlyStopping } = this.#options;
    if (!earlyStopping?.enabled) return;
    const { metric, mode, min_delta } = earlyStopping;
    const signed = mode === "max" ? evaluation[metric] : -evaluation[metric];
    const { best, waited } = this.#stopping;
    const improved = best === null || signed - best > min_delta;
    this.#stopping = improved ? { best: signed, waited: 0 } : { best, waited: waited + 1 };
  }

  /** All that is needed to go on from here. */
  state(): ProgressState {
    return {
      step: this.step,
      stopping: this.#stopping,
      pending: this.#pending,
      evaluations: [...this.evaluations],
      logs: [...this.logs],
    };
  }
}

/** Keeps the streams of initial weights, orders and dropout apart. */
export const STREAM = { weights: 0x9e3779b1, order: 0x85ebca6b, dropout: 0xc2b2ae35 } as const;

/** A seed of its own for each purpose and number. */
export function mixSeed(seed: number, stream: number, n: number): number {
  return (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream, n + 1)) | 0;
}

/** Order of the rows in an epoch. */
export function shuffledRows(rows: number, seed: number, epoch: number): Uint32Array {
  const list = Array.from({ length: rows }, (_, i) => i);
  createRandom(mixSeed(seed, STREAM.order, epoch)).shuffle(list);
  return Uint32Array.from(list);
}
