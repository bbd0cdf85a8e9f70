import type { UseLiteWeights } from "../../encoders/use_lite/weights.ts";
import { createRandom } from "../../core/random.ts";
import { headLogits, type HeadShape } from "../head/head.ts";
import type { HeadEvaluation } from "../head/training.ts";
import { createTransformer, type Transformer } from "../transformer/transformer.ts";
import { PieceBatches } from "./batches.ts";
import { encoderGroup, headGroup, tunedHeadShape, weighTextClasses } from "./groups.ts";
import { createTunedHeadGradient, type TunedHeadGradient } from "./head.ts";
import { classMetrics } from "./metrics.ts";
import type { LabeledPieces, TunedUseLite, TuneUseLiteOptions } from "./options.ts";
import { mixSeed, shuffledRows } from "../progress.ts";
import { type TrainedGroup, TuneRun } from "./run.ts";
import {
  flattenUseLite,
  roundToHalf,
  unflattenUseLite,
  useLiteTransformerShape,
} from "./weights.ts";
import { planUpdates, type UpdatePlan } from "../update_plan.ts";

/** Keeps the chance of dropout apart from that of the orders. */
const DROPOUT_STREAM = 0xc2b2ae35;

/** Vectors of an encoder that does not change: computed once. */
interface FrozenVectors {
  readonly train: Float32Array;
  readonly validation: Float32Array;
}

/** A fine-tuning with its memory. */
export class TuneSession {
  readonly run: TuneRun;
  readonly plan: UpdatePlan;
  readonly #original: UseLiteWeights;
  readonly #options: TuneUseLiteOptions;
  readonly #seed: number;
  readonly #train: LabeledPieces;
  readonly #validation: LabeledPieces;
  readonly #transformer: Transformer;
  readonly #batches: PieceBatches;
  readonly #validationBatches: PieceBatches;
  readonly #frozen: FrozenVectors | undefined;
  readonly #vectors: Float32Array;
  readonly #encoder: TrainedGroup<Float32Array>;
  readonly #head: TrainedGroup<Float64Array>;
  readonly #headShape: HeadShape;
  readonly #headGradient: TunedHeadGradient;
  readonly #classWeights: Float64Array;
  readonly #labels: Int32Array;
  #order: { readonly epoch: number; readonly rows: Uint32Array } = {
    epoch: -1,
    rows: new Uint32Array(0),
  };

  constructor(
    original: UseLiteWeights,
    train: LabeledPieces,
    validation: LabeledPieces,
    options: TuneUseLiteOptions,
  ) {
    const { classes = 2, classWeight = "none", tune, maxRows = 512, head } = options;
    this.#original = original;
    this.#options = options;
    this.#seed = options.seed ?? 42;
    this.#train = train;
    this.#validation = validation;
    this.#classWeights = weighTextClasses(train.labels, classes, classWeight);
    this.#transformer = createTransformer(
      useLiteTransformerShape(original),
      flattenUseLite(original),
      original.positions,
      { tune, checkpointing: options.gradientCheckpointing ?? false, maxRows },
    );
    this.#batches = new PieceBatches(this.#transformer, train.pieces);
    this.#validationBatches = new PieceBatches(this.#transformer, validation.pieces);
    this.#frozen = this.#precompute();
    const { vectors, vectorGradient } = this.#transformer;
    this.#vectors = this.#frozen ? vectors.slice() : vectors;
    this.#headShape = tunedHeadShape(this.#transformer.shape.width, options);
    this.#encoder = encoderGroup(this.#transformer, options);
    this.#head = headGroup(this.#headShape, options);
    this.#headGradient = createTunedHeadGradient(
      this.#headShape,
      this.#vectors,
      this.#frozen ? vectors.slice() : vectorGradient,
      { dropout: head?.dropout ?? 0, classWeights: this.#classWeights },
    );
    this.#labels = new Int32Array(this.#transformer.maxRows);
    const { initialWeights: _, resume: _resume, onEvaluation: _call, ...planOptions } = options;
    this.plan = planUpdates(train.labels.length, planOptions);
    this.run = new TuneRun(this.#encoder, this.#head, this.plan, options);
  }

  /** Goes over the texts of one update, in as many batches as memory asks for, and moves the weights. */
  update(): void {
    const { run } = this;
    const { epoch, from, to } = this.plan.rowsOf(run.step);
    const { labels } = this.#train;
    if (this.#order.epoch !== epoch) {
      this.#order = { epoch, rows: shuffledRows(labels.length, this.#seed, epoch) };
    }
    const { rows } = this.#order;
    const isDropping = (this.#options.head?.dropout ?? 0) > 0;
    const seed = mixSeed(this.#seed, DROPOUT_STREAM, run.step);
    const random = isDropping ? createRandom(seed) : undefined;
    let loss = 0;
    let weight = 0;
    for (let i = from; i < to; i++) weight += this.#classWeights[labels[rows[i]!]!]!;
    for (let at = from; at < to;) {
      const next = this.#batches.fill(rows, at, to);
      this.#forward(at, next);
      const { weights, gradient } = this.#head;
      loss += this.#headGradient.add(weights, gradient, this.#labels, next - at, random);
      if (!this.#frozen) this.#transformer.backward(this.#batches.batch);
      at = next;
    }
    run.update(loss, weight);
  }

  /** Measures the weights on the validation texts. */
  evaluate(): HeadEvaluation {
    const { labels } = this.#validation;
    const data = this.#frozen?.validation ?? this.#validationBatches.encode();
    const dense = { data, rows: labels.length, cols: this.#transformer.shape.width };
    const logits = headLogits(this.#headShape, this.#head.weights, { rows: labels.length, dense });
    const { step } = this.run;
    const { epoch } = this.plan.rowsOf(step - 1);
    return { step, epoch: epoch + 1, ...classMetrics(logits, labels) };
  }

  finish(): TunedUseLite {
    const { encoder, head, ...record } = this.run.finish();
    const { weights: all, tunedFrom, bytes } = this.#transformer;
    const { precision = "fp32" } = this.#options;
    const flat = all.slice();
    flat.set(encoder, tunedFrom);
    const weights = unflattenUseLite(flat, this.#original);
    return {
      ...record,
      head: { ...this.#headShape, weights: Float32Array.from(head) },
      weights: precision === "fp16" ? roundWeights(weights, flat) : weights,
      precision,
      bytes: bytes + 2 * encoder.byteLength + 4 * head.byteLength,
    };
  }

  /** Brings labels and vectors of the texts of a batch to the front. */
  #forward(from: number, to: number): void {
    const { width } = this.#transformer.shape;
    if (!this.#frozen) this.#transformer.forward(this.#batches.batch);
    for (let i = from; i < to; i++) {
      const row = this.#order.rows[i]!;
      this.#labels[i - from] = this.#train.labels[row]!;
      if (!this.#frozen) continue;
      const vector = this.#frozen.train.subarray(row * width, (row + 1) * width);
      this.#vectors.set(vector, (i - from) * width);
    }
  }

  /** Computes what never changes. */
  #precompute(): FrozenVectors | undefined {
    const { tune } = this.#options;
    const sets = [this.#batches, this.#validationBatches] as const;
    if (tune === "last_layer") { for (const set of sets) set.keepLower(); }
    if (tune !== "head") return undefined;
    return { train: sets[0].encode(), validation: sets[1].encode() };
  }
}

/** Rounds all weights, which are views of `flat`, and the positions. */
function roundWeights(weights: UseLiteWeights, flat: Float32Array): UseLiteWeights {
  roundToHalf(flat);
  return { ...weights, positions: roundToHalf(weights.positions.slice()) };
}
