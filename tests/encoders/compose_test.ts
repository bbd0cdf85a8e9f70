import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { composeEncoders } from "../../src/encoders/compose.ts";
import type { Encoder } from "../../src/encoders/encoder.ts";

/** An encoder of fixed blocks that remembers whether it was disposed. */
function fake(name: string, dense: number[][], sparse: [number, number][][]) {
  const state = { disposed: 0 };
  const rows = dense.length;
  const cols = dense[0]?.length ?? 0;
  const encoder: Encoder = {
    spec: name,
    fingerprint: name,
    dims: cols + 10,
    encode: (texts, { onProgress } = {}) => {
      onProgress?.(1, texts.length);
      onProgress?.(texts.length, texts.length);
      return Promise.resolve({
        rows,
        dense: { data: Float32Array.from(dense.flat()), rows, cols },
        sparse: {
          indptr: Uint32Array.from([
            0,
            ...sparse.map((_, i) => sparse.slice(0, i + 1).flat().length),
          ]),
          indices: Uint32Array.from(sparse.flat(), ([column]) => column),
          values: Float32Array.from(sparse.flat(), ([, value]) => value),
          rows,
          cols: 10,
        },
      });
    },
    [Symbol.asyncDispose]: () => {
      state.disposed++;
      return Promise.resolve();
    },
  };
  return { encoder, state };
}

const A = () => fake("a", [[3, 4], [0, 0]], [[[1, 2]], []]);
const B = () => fake("b", [[0, 5], [1, 0]], [[[0, 3], [9, 4]], [[2, 7]]]);

Deno.test("composeEncoders() joins dense blocks, then sparse ones with shifted columns", async () => {
  await using encoder = composeEncoders([
    { encoder: A().encoder, weight: 2 },
    { encoder: B().encoder, weight: 1 },
  ], "a*2+b");
  const { dense, sparse } = await encoder.encode(["x", "y"]);
  const close = (actual: ArrayLike<number>, expected: number[]) => {
    assertEquals(actual.length, expected.length);
    expected.forEach((value, i) => assertAlmostEquals(actual[i]!, value, 1e-6));
  };
  close(dense!.data, [1.2, 1.6, 0, 1, 0, 0, 1, 0]);
  assertEquals([...sparse!.indptr], [0, 3, 4]);
  assertEquals([...sparse!.indices], [1, 10, 19, 12]);
  close(sparse!.values, [2, 0.6, 0.8, 1]);
  assertEquals([dense!.cols, sparse!.cols, encoder.dims], [4, 20, 24]);
});

Deno.test("composeEncoders() counts each text once in the progress of all parts", async () => {
  await using encoder = composeEncoders([
    { encoder: A().encoder, weight: 1 },
    { encoder: B().encoder, weight: 1 },
  ], "a+b");
  const seen: [number, number][] = [];
  await encoder.encode(["x", "y"], { onProgress: (...progress) => seen.push(progress) });
  assertEquals(seen, [[0, 2], [1, 2], [1, 2], [2, 2]]);
});

Deno.test("composeEncoders() disposes each part once and passes its errors on", async () => {
  const a = A();
  const b = B();
  const failing: Encoder = {
    ...b.encoder,
    encode: () => Promise.reject(new RangeError("part failed")),
  };
  const parts = [a.encoder, failing].map((encoder) => ({ encoder, weight: 1 }));
  const encoder = composeEncoders(parts, "a+b");
  await assertRejects(() => encoder.encode(["x", "y"]), RangeError, "part failed");
  await encoder[Symbol.asyncDispose]();
  assertEquals([a.state.disposed, b.state.disposed], [1, 1]);
});
