import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { Encoder } from "../../src/encoders/encoder.ts";
import type { Features } from "../../src/core/matrix.ts";

/** Texts that break careless encoders, and a few ordinary ones. */
export const HOSTILE: readonly string[] = [
  "   \n\t\u3000",
  "\0\x1b[31m\x7f",
  "\u202eevil\u200d\u2060\ufeff",
  "\ud800",
  "\udc00 lone \ud83d",
  "💥".repeat(50),
  "👩‍👩‍👧‍👦 family",
  "x".repeat(5000),
  "1,".repeat(3000),
  `a${"\u0301".repeat(5000)}`,
  "نص عربي 日本語 हिन्दी",
  "▁▁ ▁",
  "<s> </s> � extra_token_id_1",
  "= + - @ __proto__ constructor",
  "a",
  "deposit 10 ETH into aave",
];

/** Registers the tests that every encoder must pass. */
export function testEncoder(name: string, open: () => Promise<Encoder>): void {
  const check = (behaviour: string, run: (encoder: Encoder) => Promise<void>) =>
    Deno.test(`${name}: ${behaviour}`, async () => {
      await using encoder = await open();
      await run(encoder);
    });

  check("rows, columns and entries are in range and finite", async (encoder) => {
    assertSane(await encoder.encode(HOSTILE), HOSTILE.length, encoder.dims);
  });

  check("no text gives no rows", async (encoder) => {
    assertSane(await encoder.encode([]), 0, encoder.dims);
  });

  check("empty text gives a zero row, an ordinary one does not", async (encoder) => {
    const features = await encoder.encode(["", "send money to Bob", " \n"]);
    assertEquals(lengthOf(features, 0), 0);
    assert(lengthOf(features, 1) > 0.5);
    assertEquals(lengthOf(features, 2), 0);
  });

  check("different texts give different rows", async (encoder) => {
    const features = await encoder.encode(["send money to Bob", "what is the weather"]);
    assertNotEquals(rowOf(features, 0), rowOf(features, 1));
  });

  check("a row depends neither on its neighbours nor on their order", async (encoder) => {
    const all = await encoder.encode(HOSTILE);
    const reversed = await encoder.encode(HOSTILE.toReversed());
    for (const [i, text] of HOSTILE.entries()) {
      const alone = rowOf(await encoder.encode([text]), 0);
      assertEquals(rowOf(all, i), alone, JSON.stringify(text.slice(0, 20)));
      assertEquals(rowOf(reversed, HOSTILE.length - 1 - i), alone);
    }
  });

  check("opening it again gives the same fingerprint and rows", async (encoder) => {
    await using again = await open();
    assertEquals(encoder.fingerprint, again.fingerprint);
    assertEquals(/^[0-9a-f]{64}$/.test(encoder.fingerprint), true);
    assertEquals(await encoder.encode(HOSTILE), await again.encode(HOSTILE));
  });

  check("progress rises to the number of texts", async (encoder) => {
    const seen: number[] = [];
    const texts = Array.from({ length: 5000 }, () => "swap");
    await encoder.encode(texts, {
      onProgress: (done, total) => {
        assertEquals(total, texts.length);
        seen.push(done);
      },
    });
    assert(seen.length > 1 && seen.every((done, i) => i === 0 || done >= seen[i - 1]!));
    assertEquals(seen.at(-1), texts.length);
  });

  check("a signal stops it, before the first batch or between two", async (encoder) => {
    const reason = new RangeError("enough");
    await assertRejects(
      () => encoder.encode(["swap"], { signal: AbortSignal.abort(reason) }),
      RangeError,
      "enough",
    );
    const controller = new AbortController();
    const done = encoder.encode(Array.from({ length: 5000 }, () => "swap"), {
      onProgress: () => controller.abort(reason),
      signal: controller.signal,
    });
    await assertRejects(() => done, RangeError, "enough");
  });

  check("calls at the same time do not mix", async (encoder) => {
    const texts = Array.from({ length: 2500 }, (_, i) => `swap ${"abc"[i % 3]} token${i % 7}`);
    const [first, second] = await Promise.all([
      encoder.encode(texts),
      encoder.encode(texts.toReversed()),
    ]);
    for (const i of [0, 1, 2047, 2048, 2499]) {
      assertEquals(rowOf(first!, i), rowOf(second!, texts.length - 1 - i));
    }
  });
}

/** One row: its dense values, sparse columns and sparse values. */
export function rowOf({ dense, sparse }: Features, row: number): {
  dense: Float32Array;
  columns: Uint32Array;
  values: Float32Array;
} {
  const from = sparse?.indptr[row] ?? 0;
  const to = sparse?.indptr[row + 1] ?? 0;
  return {
    dense: dense?.data.slice(row * dense.cols, (row + 1) * dense.cols) ?? new Float32Array(),
    columns: sparse?.indices.slice(from, to) ?? new Uint32Array(),
    values: sparse?.values.slice(from, to) ?? new Float32Array(),
  };
}

/** Euclidean length of a row over both blocks. */
export function lengthOf(features: Features, row: number): number {
  const { dense, values } = rowOf(features, row);
  return Math.sqrt([...dense, ...values].reduce((sum, value) => sum + value * value, 0));
}

function assertSane({ rows, dense, sparse }: Features, expected: number, dims: number): void {
  assertEquals(rows, expected);
  assertEquals((dense?.cols ?? 0) + (sparse?.cols ?? 0), dims);
  if (dense) {
    assertEquals([dense.rows, dense.data.length], [rows, rows * dense.cols]);
    assert(dense.data.every(Number.isFinite));
  }
  if (!sparse) return;
  assertEquals([sparse.rows, sparse.indptr.length, sparse.indptr[0]], [rows, rows + 1, 0]);
  assertEquals(sparse.indptr[rows], sparse.indices.length);
  assertEquals(sparse.values.length, sparse.indices.length);
  assert(sparse.values.every(Number.isFinite));
  for (let row = 0; row < rows; row++) {
    const columns = sparse.indices.subarray(sparse.indptr[row], sparse.indptr[row + 1]);
    assert(columns.every((c, i) => c < sparse.cols && (i === 0 || c > columns[i - 1]!)));
  }
}
