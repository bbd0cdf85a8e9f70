import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../src/core/random.ts";
import { headLayout, headLogits, type HeadShape } from "../../../src/stages/head/head.ts";
import { createTunedHeadGradient } from "../../../src/stages/tune/head.ts";
import { classMetrics } from "../../../src/stages/tune/metrics.ts";

const COLS = 6;
const LABELS = Int32Array.of(0, 2, 1);
const CLASS_WEIGHTS = Float64Array.of(1, 2, 0.5);

const shapeOf = (hidden: number): HeadShape => ({
  classes: 3,
  denseColumns: COLS,
  sparseColumns: 0,
  keptColumns: new Uint32Array(0),
  hidden,
  activation: "tanh",
});

/** Σ w·(−log p(label)) in double precision. */
function lossOf(shape: HeadShape, weights: Float64Array, vectors: Float64Array): number {
  const rows = LABELS.length;
  const dense = { data: vectors as unknown as Float32Array, rows, cols: COLS };
  const { data, cols } = headLogits(shape, weights, { rows, dense });
  let loss = 0;
  LABELS.forEach((label, row) => {
    const logits = [...data.subarray(row * cols, (row + 1) * cols)];
    const total = logits.reduce((sum, v) => sum + Math.exp(v), 0);
    loss += CLASS_WEIGHTS[label]! * (Math.log(total) - logits[label]!);
  });
  return loss;
}

function slopes(values: Float64Array, loss: () => number): number[] {
  return Array.from(values, (at, i) => {
    values[i] = at + 1e-6;
    const above = loss();
    values[i] = at - 1e-6;
    const below = loss();
    values[i] = at;
    return (above - below) / 2e-6;
  });
}

for (const hidden of [0, 4]) {
  Deno.test(`gradients of a head of ${hidden} units and of its inputs are differences`, () => {
    const shape = shapeOf(hidden);
    const random = createRandom(3);
    const weights = Float64Array.from({ length: headLayout(shape).count }, () => random.normal());
    const vectors = Float32Array.from({ length: 3 * COLS }, () => random.normal());
    const vectorGradient = new Float32Array(vectors.length);
    const setup = { dropout: 0, classWeights: CLASS_WEIGHTS };
    const head = createTunedHeadGradient(shape, vectors, vectorGradient, setup);
    const gradient = new Float64Array(weights.length);
    const loss = head.add(weights, gradient, LABELS, 3);
    const inputs = Float64Array.from(vectors);
    const value = () => lossOf(shape, weights, inputs);
    assert(Math.abs(loss - value()) < 1e-9);
    slopes(weights, value).forEach((slope, i) => assert(Math.abs(slope - gradient[i]!) < 1e-6));
    slopes(inputs, value).forEach((slope, i) => {
      assert(Math.abs(slope - vectorGradient[i]!) < 1e-6, `${slope} ${vectorGradient[i]}`);
    });
  });
}

Deno.test("inputs that a linear head drops have no gradient", () => {
  const shape = shapeOf(0);
  const random = createRandom(3);
  const weights = Float64Array.from({ length: headLayout(shape).count }, () => random.normal());
  const vectors = Float32Array.from({ length: 3 * COLS }, () => random.normal());
  const vectorGradient = new Float32Array(vectors.length);
  const setup = { dropout: 0.5, classWeights: CLASS_WEIGHTS };
  const head = createTunedHeadGradient(shape, vectors, vectorGradient, setup);
  const loss = head.add(weights, new Float64Array(weights.length), LABELS, 3, createRandom(1));
  const dropped = Array.from(vectorGradient, (value) => value === 0);
  assert(dropped.includes(true) && dropped.includes(false));
  // The loss is that of the inputs that are left, at twice their size; so are their gradients.
  const left = Float64Array.from(vectors, (value, i) => dropped[i] ? 0 : 2 * value);
  const value = () => lossOf(shape, weights, left);
  assert(Math.abs(loss - value()) < 1e-6);
  slopes(left, value).forEach((slope, i) => {
    if (!dropped[i]) assert(Math.abs(2 * slope - vectorGradient[i]!) < 1e-5);
  });
});

Deno.test("classMetrics() counts class 1 of two, and averages over more", () => {
  const rows = (labels: readonly number[], cols: number) => ({
    data: Float64Array.from(
      labels.flatMap((k) => Array.from({ length: cols }, (_, i) => +(i === k))),
    ),
    rows: labels.length,
    cols,
  });
  const two = classMetrics(rows([1, 1, 0, 0], 2), Int32Array.of(1, 0, 1, 0));
  assertEquals([two.accuracy, two.precision, two.recall, two.f1], [0.5, 0.5, 0.5, 0.5]);
  assert(Math.abs(two.loss - (Math.log(1 + Math.E) - 0.5)) < 1e-12);
  const three = classMetrics(rows([0, 1, 1, 1], 3), Int32Array.of(0, 1, 1, 2));
  assertEquals(three.accuracy, 0.75);
  assert(Math.abs(three.f1 - (1 + 0.8 + 0) / 3) < 1e-12);
  const tie = classMetrics(rows([-1], 2), Int32Array.of(0));
  assertEquals(tie.accuracy, 1);
});
