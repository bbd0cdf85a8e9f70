import { MicroLmError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import { createAdamW } from "../adamw.ts";
import { headLayout, type HeadShape } from "../head/head.ts";
import type { Transformer } from "../transformer/transformer.ts";
import { transformerParts } from "../transformer/shape.ts";
import type { TuneUseLiteOptions } from "./options.ts";
import { mixSeed } from "../progress.ts";
import { asDoubles, type TrainedGroup } from "./run.ts";

const WEIGHT_DECAY = 0.01;
const HEAD_LEARNING_RATE = 0.01;
const WEIGHTS_STREAM = 0x9e3779b1;

/** The head that reads the vectors of a transformer. */
export function tunedHeadShape(width: number, options: TuneUseLiteOptions): HeadShape {
  const { hidden = 0, activation = "relu" } = options.head ?? {};
  const { classes = 2 } = options;
  const keptColumns = new Uint32Array(0);
  return { classes, denseColumns: width, sparseColumns: 0, keptColumns, hidden, activation };
}

/** The tuned weights of the encoder, in the transformer's memory. */
export function encoderGroup(
  { weights: all, gradient, tunedFrom, shape }: Transformer,
  { weightDecay = WEIGHT_DECAY, learningRate, resume }: TuneUseLiteOptions,
): TrainedGroup<Float32Array> {
  const weights = all.subarray(tunedFrom);
  if (resume) weights.set(checkLength(resume.encoder.weights, weights.length));
  const mean = resume?.encoder.mean.slice() ?? new Float32Array(weights.length);
  const square = resume?.encoder.square.slice() ?? new Float32Array(weights.length);
  const ranges = transformerParts(shape).filter(({ from }) => from >= tunedFrom).map((part) => ({
    from: part.from - tunedFrom,
    to: part.from - tunedFrom + part.rows * part.cols,
    decay: part.decays ? weightDecay : 0,
  }));
  const state = { mean: asDoubles(mean), square: asDoubles(square), updates: resume?.step ?? 0 };
  return { weights, gradient, mean, square, learningRate, optimiser: createAdamW(ranges, state) };
}

/** The weights of the head. */
export function headGroup(
  shape: HeadShape,
  options: TuneUseLiteOptions,
): TrainedGroup<Float64Array> {
  const { resume, initialHead, weightDecay = WEIGHT_DECAY, seed = 42 } = options;
  const { bias, output, outputBias, count } = headLayout(shape);
  const given = resume?.head.weights ?? initialHead;
  const weights = given
    ? Float64Array.from(checkLength(given, count))
    : initialHeadWeights(shape, seed);
  const mean = resume?.head.mean.slice() ?? new Float64Array(count);
  const square = resume?.head.square.slice() ?? new Float64Array(count);
  const ranges = [
    { from: 0, to: bias, decay: weightDecay },
    { from: bias, to: output, decay: 0 },
    { from: output, to: outputBias, decay: weightDecay },
    { from: outputBias, to: count, decay: 0 },
  ];
  const { headLearningRate: learningRate = HEAD_LEARNING_RATE } = options;
  const optimiser = createAdamW(ranges, { mean, square, updates: resume?.step ?? 0 });
  return { weights, gradient: new Float64Array(count), mean, square, learningRate, optimiser };
}

/** Weight of each class in the loss: 1, or n / (classes · texts of the class). */
export function weighTextClasses(
  labels: Int32Array,
  classes: number,
  kind: "none" | "balanced",
): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new MicroLmError(
      "data",
      `Expected training texts of every class, found none of ${empty}`,
    );
  }
  return counts.map((count) => kind === "none" ? 1 : labels.length / (classes * count));
}

/** Zero for a linear head, uniform in ±1/√n for layers with n inputs, as in the training of heads. */
function initialHeadWeights(shape: HeadShape, seed: number): Float64Array {
  const { inputs, bias, output, outputBias, count } = headLayout(shape);
  const weights = new Float64Array(count);
  if (shape.hidden === 0) return weights;
  const random = createRandom(mixSeed(seed, WEIGHTS_STREAM, 0));
  const fill = (from: number, to: number, limit: number) => {
    for (let i = from; i < to; i++) weights[i] = (2 * random.uniform() - 1) * limit;
  };
  fill(0, bias, 1 / Math.sqrt(Math.min(inputs, 1024)));
  fill(output, outputBias, 1 / Math.sqrt(shape.hidden));
  return weights;
}

function checkLength<T extends ArrayLike<number>>(values: T, expected: number): T {
  if (values.length === expected) return values;
  throw new MicroLmError("data", `Expected ${expected} weights, found ${values.length}`, {
    hint: "They belong to another head, or to a training that tuned another part of the encoder",
  });
}
