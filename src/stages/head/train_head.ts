import { MicroLmError } from "../../core/errors.ts";
import { shapeHead } from "./head.ts";
import { createHeadGradient } from "./gradient.ts";
import { HeadRun } from "./run.ts";
import type { LabeledFeatures, TrainedHead, TrainHeadOptions } from "./training.ts";
import { planUpdates } from "../update_plan.ts";

const CLASSES = 2;

/**
 * Trains a classification head over fixed features: cross-entropy, AdamW, mini-batches.
 *
 * The loss of an update is Σ w·(−log p(label)) / Σ w over its rows. A linear head starts at zero; a
 * hidden layer starts uniform in ±1/√n, n its inputs, at most 1024. The result depends on data and
 * options alone: a training that was stopped and resumed ends with the same bytes.
 *
 * @throws {MicroLmError} Kind `data` if a class has no row, or the loss stops being finite.
 *
 * @example
 * ```ts
 * import { predictHead, trainHead } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const dense = { data: Float32Array.of(-1, -0.8, 0.9, 1), rows: 4, cols: 1 };
 * const data = { features: { rows: 4, dense }, labels: Int32Array.of(0, 0, 1, 1) };
 * const { head } = await trainHead(data, data, { learningRate: 0.1, batchSize: 2, epochs: 20 });
 * const { data: p } = predictHead(head, data.features);
 * assertEquals([0, 1, 2, 3].map((row) => p[row * 2 + 1]! > 0.5), [false, false, true, true]);
 * ```
 */
export async function trainHead(
  train: LabeledFeatures,
  validation: LabeledFeatures,
  options: TrainHeadOptions,
): Promise<TrainedHead> {
  const { hidden = 0, activation = "relu", dropout = 0 } = options.head ?? {};
  const shape = shapeHead(train.features, { classes: CLASSES, hidden, activation });
  const classWeights = weighClasses(train.labels, options.classWeight ?? "none");
  const plan = planUpdates(train.labels.length, options);
  const run = new HeadRun(shape, plan, options);
  const gradient = createHeadGradient(shape, { ...train, classWeights }, dropout);
  const buffer = new Float64Array(run.weights.length);
  while (run.step < plan.total && !run.stopped) {
    options.signal?.throwIfAborted();
    const { epoch, from, to } = plan.rowsOf(run.step);
    const order = run.order(epoch, train.labels.length);
    const random = dropout > 0 ? run.dropout() : undefined;
    const loss = gradient.add(run.weights, buffer, order, from, to, random);
    run.update(buffer, loss, totalWeight(train.labels, classWeights, order, from, to));
    if (plan.evaluatesAfter(run.step)) {
      run.evaluate(validation, epoch + 1);
      await options.onEvaluation?.(run.state());
    }
  }
  return run.finish();
}

/** Weight of each class in the loss: 1, or n / (2 · rows of the class). */
export function weighClasses(labels: Int32Array, kind: "none" | "balanced"): Float64Array {
  const counts = new Float64Array(CLASSES);
  for (const label of labels) counts[label]!++;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new MicroLmError(
      "data",
      `Expected training rows of both labels, found none of "${empty === 0 ? "FP" : "TP"}"`,
    );
  }
  return counts.map((count) => kind === "none" ? 1 : labels.length / (CLASSES * count));
}

function totalWeight(
  labels: Int32Array,
  weights: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += weights[labels[order[i]!]!]!;
  return sum;
}
