import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../src/core/random.ts";
import { createTransformer } from "../../src/stages/transformer/transformer.ts";
import {
  transformerParts,
  type TransformerShape,
  transformerSize,
  tunedFrom,
} from "../../src/stages/transformer/shape.ts";
import { referenceVector } from "./tune_reference.ts";

const SHAPE: TransformerShape = {
  pieces: 7,
  embedding: 16,
  width: 24,
  heads: 2,
  inner: 32,
  longest: 11,
};
// A piece alone, a piece twice, lengths that are no multiple of 4 or 8, and a text without a piece.
const TEXTS = [[3], [1, 2, 2, 5, 0], [], [6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4], [4, 4]];

const random = createRandom(5);
const noise = (length: number, size: number, centre = 0) =>
  Float32Array.from({ length }, () => centre + size * random.normal());
const weights = new Float32Array(transformerSize(SHAPE));
for (const { name, from, rows, cols } of transformerParts(SHAPE)) {
  const centre = name.endsWith(".scale") ? 1 : 0;
  const size = rows > 1 ? 0.8 / Math.sqrt(rows) : 0.2;
  weights.set(noise(rows * cols, name === "embedding" ? 0.7 : size, centre), from);
}
const positions = noise(SHAPE.longest * SHAPE.embedding, 0.5);
const direction = noise(TEXTS.length * SHAPE.width, 1);

function batchOf(texts: readonly (readonly number[])[]) {
  const starts = Int32Array.from([0, ...texts.map((_, i) => texts.slice(0, i + 1).flat().length)]);
  const ids = Uint32Array.from(texts.flat());
  return { texts: texts.length, rows: ids.length, starts, ids };
}

/** Σ direction · vector over the texts: its gradient at the vectors is the direction. */
function referenceLoss(values: Float64Array): number {
  let loss = 0;
  TEXTS.forEach((ids, text) => {
    if (ids.length === 0) return;
    const vector = referenceVector(SHAPE, values, positions, ids);
    vector.forEach((v, j) => loss += v * direction[text * SHAPE.width + j]!);
  });
  return loss;
}

function gradientOf(options: Parameters<typeof createTransformer>[3]): Float32Array {
  const transformer = createTransformer(SHAPE, weights, positions, options);
  const batch = batchOf(TEXTS);
  transformer.forward(batch);
  transformer.vectorGradient.set(direction);
  transformer.backward(batch);
  return transformer.gradient.slice();
}

Deno.test("a transformer's vectors are those of the formulas in double precision", () => {
  const transformer = createTransformer(SHAPE, weights, positions);
  transformer.forward(batchOf(TEXTS));
  TEXTS.forEach((ids, text) => {
    const found = transformer.vectors.subarray(text * SHAPE.width, (text + 1) * SHAPE.width);
    const expected = ids.length === 0
      ? new Array(SHAPE.width).fill(0)
      : referenceVector(SHAPE, weights, positions, ids);
    found.forEach((value, j) => assertAlmostEquals(value, expected[j]!, 1e-6));
  });
});

Deno.test("a transformer's gradients are central differences in double precision", () => {
  const gradient = gradientOf({ tune: "full" });
  const values = Float64Array.from(weights);
  for (const { name, from, rows, cols } of transformerParts(SHAPE)) {
    let difference = 0;
    let size = 0;
    // Every fifth number of a small array, every 97th of a large one.
    for (let i = from; i < from + rows * cols; i += rows * cols > 200 ? 97 : 5) {
      const at = values[i]!;
      const step = 1e-5;
      values[i] = at + step;
      const above = referenceLoss(values);
      values[i] = at - step;
      const slope = (above - referenceLoss(values)) / (2 * step);
      values[i] = at;
      difference = Math.max(difference, Math.abs(slope - gradient[i]!));
      size = Math.max(size, Math.abs(slope));
    }
    // Keys have a bias that no attention weight depends on: its slopes are rounding.
    assert(size > 1e-3, `${name}: no gradient to compare, ${size}`);
    assert(difference < 2e-5 * Math.max(size, 0.1), `${name}: ${difference} of ${size}`);
  }
});

Deno.test("checkpointing gives the same gradients in less memory, the last layer a part of them", () => {
  const full = gradientOf({ tune: "full" });
  assertEquals(gradientOf({ tune: "full", checkpointing: true }), full);
  assertEquals(gradientOf({ tune: "last_layer" }), full.subarray(tunedFrom(SHAPE, "last_layer")));
  const bytes = (checkpointing: boolean) =>
    createTransformer(SHAPE, weights, positions, { checkpointing, maxRows: 256 }).bytes;
  assert(bytes(true) < bytes(false));
});

Deno.test("a text has the same bits alone, in any batch, and from the known lower layers", () => {
  const transformer = createTransformer(SHAPE, weights, positions, { tune: "last_layer" });
  const batch = batchOf(TEXTS);
  transformer.forward(batch);
  const all = transformer.vectors.slice(0, TEXTS.length * SHAPE.width);
  transformer.forward({ ...batch, lower: transformer.lower(batch) });
  assertEquals(transformer.vectors.slice(0, all.length), all);
  TEXTS.forEach((text, i) => {
    transformer.forward(batchOf([text]));
    const expected = all.subarray(i * SHAPE.width, (i + 1) * SHAPE.width);
    assertEquals(transformer.vectors.slice(0, SHAPE.width), expected);
  });
});

Deno.test("createTransformer() checks sizes", () => {
  const short = weights.subarray(1);
  assertThrows(() => createTransformer(SHAPE, short, positions), RangeError, "weights");
  const transformer = createTransformer(SHAPE, weights, positions, { maxRows: 12 });
  assertThrows(() => transformer.forward(batchOf(TEXTS)), RangeError, "at most 12");
});
