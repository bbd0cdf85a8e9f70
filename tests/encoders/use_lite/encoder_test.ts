import { assert, assertEquals, assertGreaterOrEqual, assertNotEquals } from "@std/assert";
import { assertRejects } from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { loadUnigram } from "../../../src/encoders/lite/unigram.ts";
import { type OnnxEncoder, openUseLiteEncoder } from "../../../src/encoders/use_lite/encoder.ts";
import type { UseLiteDtype } from "../../../src/encoders/use_lite/shape.ts";
import { loadReference, type Reference } from "../use_lite_reference.ts";
import { HOSTILE, variedTexts } from "../use_lite_texts.ts";

const DTYPES: readonly UseLiteDtype[] = ["fp32", "int8"];
/** Least cosine with the published graph. */
const LEAST = { fp32: 0.99999, int8: 0.99 };

const open = (dtype: UseLiteDtype): Promise<OnnxEncoder> =>
  openUseLiteEncoder({ dtype, threads: 1, cacheDir: ".artifacts/models" });

async function vectors(encoder: OnnxEncoder, texts: readonly string[]): Promise<Float32Array[]> {
  const { dense } = await encoder.encode(texts);
  return texts.map((_, i) => dense!.data.slice(i * 512, (i + 1) * 512));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.prototype.reduce.call(a, (sum, value, i) => sum as number + value * b[i]!, 0) as number;

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/** Batches of at most 200 places, padding included: padding costs the reference time. */
function evaluateInBatches(reference: Reference, rows: readonly Uint32Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  while (out.length < rows.length) {
    const from = out.length;
    let to = from + 1;
    const width = () => Math.max(...rows.slice(from, to + 1).map((row) => row.length));
    while (to < rows.length && (to + 1 - from) * width() <= 200) to++;
    out.push(...reference(rows.slice(from, to)));
  }
  return out;
}

Deno.test("use-lite agrees with the published graph on 200 texts", async () => {
  const unigram = await loadUnigram();
  const pieces = (text: string) => unigram.encode(text).subarray(0, 128);
  const texts = variedTexts(200).toSorted((a, b) => pieces(a).length - pieces(b).length);
  // Some batches of mixed lengths: there the published graph pads and masks.
  for (const i of [3, 40, 90]) [texts[i], texts[170 - i]] = [texts[170 - i]!, texts[i]!];
  const expected = evaluateInBatches(loadReference(), texts.map(pieces));
  assertEquals([texts.length, pieces(texts.at(-1)!).length], [200, 128]);
  for (const dtype of DTYPES) {
    await using encoder = await open(dtype);
    (await vectors(encoder, texts)).forEach((vector, i) => {
      const similar = cosine(vector, expected[i]!);
      assertGreaterOrEqual(similar, LEAST[dtype], `${dtype}: ${similar} for "${texts[i]}"`);
      if (dtype === "int8") return;
      const error = vector.reduce((max, v, j) => Math.max(max, Math.abs(v - expected[i]![j]!)), 0);
      assert(error < 2e-6, `${error} for "${texts[i]}"`);
    });
  }
});

for (const dtype of DTYPES) {
  Deno.test(`use-lite ${dtype} gives a text the same bits alone and in any batch`, async () => {
    await using encoder = await open(dtype);
    await using other = await open(dtype);
    const texts = ["", ...variedTexts(30)];
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push(...await vectors(encoder, [text]));
    const batches = fc.array(fc.nat(texts.length - 1), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(batches, batches, async (left, right) => {
        // Two encoders at once and two calls at once share the engine.
        const results = await Promise.all([
          vectors(encoder, left.map((i) => texts[i]!)),
          vectors(other, right.map((i) => texts[i]!)),
          vectors(encoder, right.map((i) => texts[i]!)),
        ]);
        assertEquals(results, [left, right, right].map((batch) => batch.map((i) => alone[i]!)));
      }),
      { numRuns: 8 },
    );
  });

  Deno.test(`use-lite ${dtype} meets the contract of encoders`, async () => {
    await using encoder = await open(dtype);
    assertEquals([encoder.dims, encoder.runtime, encoder.dtype], [512, "wasm", dtype]);
    assertEquals((await encoder.encode([])).rows, 0);
    const [none, blank, ...others] = await vectors(encoder, ["", " \n\t", ...HOSTILE]);
    assert(none!.every((value) => value === 0) && blank!.every((value) => value === 0));
    others.forEach((vector, i) => {
      assert(vector.every(Number.isFinite), HOSTILE[i]);
      assert(Math.abs(Math.sqrt(dot(vector, vector)) - 1) < 1e-5, HOSTILE[i]);
    });
  });
}

Deno.test("use-lite reads the first 128 pieces, of a megabyte too", async () => {
  await using encoder = await open("int8");
  const word = " a";
  assertEquals((await loadUnigram()).encode(word.repeat(128)).length, 128);
  const [cut, longer, huge] = await vectors(
    encoder,
    [128, 129, 500_000].map((n) => word.repeat(n)),
  );
  const [shorter] = await vectors(encoder, [word.repeat(127)]);
  assertEquals(longer, cut);
  assertEquals(huge, cut);
  assertNotEquals(shorter, cut);
});

Deno.test("use-lite reports progress and stops when told", async () => {
  await using encoder = await open("int8");
  const texts = variedTexts(40);
  const seen: number[][] = [];
  const stop = new AbortController();
  await encoder.encode(texts, { onProgress: (...progress) => seen.push(progress) });
  assertEquals(seen, [[32, 40], [40, 40]]);
  const onProgress = () => stop.abort(new RangeError("enough"));
  await assertRejects(() => encoder.encode(texts, { onProgress, signal: stop.signal }), RangeError);
});

Deno.test("the number type is part of the fingerprint and checked", async () => {
  await using single = await open("fp32");
  await using again = await open("fp32");
  await using integer = await open("int8");
  assertEquals(single.fingerprint, again.fingerprint);
  assertNotEquals(single.fingerprint, integer.fingerprint);
  const error = await assertRejects(() => open("fp16" as UseLiteDtype), MicroLmError, '"fp16"');
  assertEquals(error.kind, "usage");
});
