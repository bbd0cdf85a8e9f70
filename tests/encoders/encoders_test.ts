import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { composeEncoders } from "../../src/encoders/compose.ts";
import type { Encoder } from "../../src/encoders/encoder.ts";
import { openNgramEncoder } from "../../src/encoders/lite/ngram.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { parseEncoderSpec } from "../../src/encoders/spec.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import type { Features } from "../../src/core/matrix.ts";

const HOSTILE = [
  "",
  "   \n\t",
  "\0\x1b[31m\u202e\u200d",
  "\ud800 lone",
  "💥".repeat(50),
  "x".repeat(5000),
  "1,".repeat(3000),
  `a${"\u0301".repeat(20_000)}`,
  "deposit 10 ETH into aave",
  "DEPOSIT 10 ETH INTO AAVE",
];

/** One row of features, columns and values. */
function rowOf({ dense, sparse }: Features, row: number): { dense: number[]; sparse: number[] } {
  const slice = (values: ArrayLike<number>, from: number, to: number) =>
    Array.prototype.slice.call(values, from, to) as number[];
  const [from, to] = sparse ? [sparse.indptr[row]!, sparse.indptr[row + 1]!] : [0, 0];
  return {
    dense: dense ? slice(dense.data, row * dense.cols, (row + 1) * dense.cols) : [],
    sparse: sparse ? [...slice(sparse.indices, from, to), ...slice(sparse.values, from, to)] : [],
  };
}

function assertSane(features: Features, encoder: Encoder): void {
  const { dense, sparse } = features;
  assertEquals((dense?.cols ?? 0) + (sparse?.cols ?? 0), encoder.dims);
  for (const values of [dense?.data, sparse?.values]) {
    assert(!values || values.every((value) => Number.isFinite(value)));
  }
  if (!sparse) return;
  for (let row = 0; row < sparse.rows; row++) {
    const columns = sparse.indices.slice(sparse.indptr[row], sparse.indptr[row + 1]);
    assert(columns.every((c, i) => c < sparse.cols && (i === 0 || c > columns[i - 1]!)));
  }
}

for (const spec of ["static", "ngram", "lite", "static*2+ngram*0.5", "ngram+ngram", "use-lite"]) {
  Deno.test(`encoder ${spec} meets the contract of encoders`, async () => {
    await using encoder = await openEncoder(spec);
    await using again = await openEncoder(spec);
    assertEquals(encoder.fingerprint, again.fingerprint);
    assertEquals((await encoder.encode([])).rows, 0);
    const all = await encoder.encode(HOSTILE);
    assertEquals(all.rows, HOSTILE.length);
    assertSane(all, encoder);
    const reversed = await again.encode(HOSTILE.toReversed());
    for (let i = 0; i < HOSTILE.length; i++) {
      const alone = rowOf(await encoder.encode([HOSTILE[i]!]), 0);
      assertEquals(rowOf(all, i), alone);
      assertEquals(rowOf(reversed, HOSTILE.length - 1 - i), alone);
    }
    assertEquals(rowOf(all, 0).dense.every((value) => value === 0), true);
    assertEquals(rowOf(all, 0).sparse, []);
  });
}

Deno.test("lite reads a command in capitals as it reads it in lower case", async () => {
  await using encoder = await openEncoder("lite");
  const features = await encoder.encode(HOSTILE);
  assertEquals(rowOf(features, 8), rowOf(features, 9));
});

Deno.test("the ngram encoder masks numbers and tells words from their order", async () => {
  await using encoder = await openNgramEncoder();
  const features = await encoder.encode([
    "send 5 eth",
    "send 1,234.5 eth",
    "not now",
    "now not",
    "se​nd 5 eth",
  ]);
  assertEquals(rowOf(features, 0), rowOf(features, 1));
  assertEquals(rowOf(features, 0), rowOf(features, 4));
  assert(JSON.stringify(rowOf(features, 2)) !== JSON.stringify(rowOf(features, 3)));
  const values = rowOf(features, 2).sparse.slice(-5);
  assert(values.some((value) => value < 0) || values.some((value) => value > 0));
  await assertRejects(async () => await openNgramEncoder({ bits: 3 }), RangeError);
});

Deno.test("composeEncoders() scales each block to its weight", async () => {
  const parts = await Promise.all(["static", "ngram"].map((name) => openEncoder(name)));
  await using encoder = composeEncoders(
    parts.map((part, i) => ({ encoder: part, weight: i + 1 })),
    "test",
  );
  const { dense, sparse } = await encoder.encode(["swap 2 ETH for USDC"]);
  const length = (values: Float32Array) => Math.hypot(...values);
  assertAlmostEquals(length(dense!.data), 1, 1e-5);
  assertAlmostEquals(length(sparse!.values), 2, 1e-5);
});

Deno.test("weights, parts and their order change the fingerprint", async () => {
  const prints = await Promise.all(
    ["ngram", "ngram*2", "static+ngram", "ngram+static"].map(async (spec) => {
      await using encoder = await openEncoder(spec);
      return encoder.fingerprint;
    }),
  );
  assertEquals(new Set(prints).size, prints.length);
});

const SPECS: readonly (readonly [string, readonly (readonly [string, number])[]])[] = [
  ["lite", [["static", 1], ["ngram", 1]]],
  ["static*2+ngram", [["static", 2], ["ngram", 1]]],
  [" static + ngram * 0.5 ", [["static", 1], ["ngram", 0.5]]],
  ["./models/x", [["./models/x", 1]]],
  ["sentence-transformers/all-MiniLM-L6-v2*3", [["sentence-transformers/all-MiniLM-L6-v2", 3]]],
  ["[http://h/v1#a+b]*2+ngram", [["http://h/v1#a+b", 2], ["ngram", 1]]],
];

for (const [spec, expected] of SPECS) {
  Deno.test(`parseEncoderSpec() reads "${spec}"`, () => {
    const parts = parseEncoderSpec(spec).map(({ name, weight }) => [name, weight] as const);
    assertEquals(parts, [...expected]);
  });
}

for (const spec of ["", "+", "a+", "a*", "a*x", "a*0", "a*-1", "a*2*3", "[a", "a]b"]) {
  Deno.test(`parseEncoderSpec() refuses "${spec}"`, () => {
    const error = assertThrows(() => parseEncoderSpec(spec), MicroLmError);
    assertEquals(error.kind, "usage");
  });
}

Deno.test("openEncoder() names the closest encoder", async () => {
  const error = await assertRejects(() => openEncoder("ngran"), MicroLmError, '"ngran"');
  assertEquals(error.hint?.includes('Did you mean "ngram"?'), true);
});
