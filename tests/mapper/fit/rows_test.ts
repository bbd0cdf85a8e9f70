import { assertEquals } from "@std/assert";
import { openEncoder } from "../../../src/encoders/open.ts";
import { encodeInPortions } from "../../../src/mapper/fit/rows.ts";

Deno.test("encodeInPortions() gives the matrix of one batch, and counts on", async () => {
  await using encoder = await openEncoder("ngram");
  const texts = Array.from({ length: 50_003 }, (_, i) => `order ${i % 7} of ${"abc"[i % 3]}`);
  const seen: number[] = [];
  const parts = await encodeInPortions(encoder, texts, (done, total) => {
    seen.push(done);
    assertEquals(total, texts.length);
  });
  assertEquals(parts, await encoder.encode(texts));
  assertEquals(seen.at(-1), texts.length);
  assertEquals(seen, seen.toSorted((a, b) => a - b));
});

Deno.test("encodeInPortions() keeps dense and sparse columns side by side", async () => {
  const sizes: number[] = [];
  const encode = (texts: readonly string[]) => {
    sizes.push(texts.length);
    const rows = texts.length;
    const numbers = texts.map(Number);
    return Promise.resolve({
      rows,
      dense: { data: Float32Array.from(numbers), rows, cols: 1 },
      sparse: {
        indptr: Uint32Array.from({ length: rows + 1 }, (_, i) => i),
        indices: Uint32Array.from(numbers, (number) => number % 5),
        values: Float32Array.from(numbers),
        rows,
        cols: 5,
      },
    });
  };
  const texts = Array.from({ length: 120_000 }, (_, i) => String(i));
  const { rows, dense, sparse } = await encodeInPortions({ encode }, texts, () => {});
  assertEquals(sizes, [50_000, 50_000, 20_000]);
  assertEquals([rows, dense!.rows, sparse!.rows, sparse!.cols], [120_000, 120_000, 120_000, 5]);
  for (const row of [0, 49_999, 50_000, 119_999]) {
    assertEquals(dense!.data[row], row);
    assertEquals([...sparse!.indptr.subarray(row, row + 2)], [row, row + 1]);
    assertEquals([sparse!.indices[row], sparse!.values[row]], [row % 5, row]);
  }
});
