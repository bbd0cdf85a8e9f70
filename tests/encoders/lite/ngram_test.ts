import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { openNgramEncoder } from "../../../src/encoders/lite/ngram.ts";
import { lengthOf, rowOf } from "../battery.ts";

const ENCODER = await openNgramEncoder();

async function rows(...texts: string[]): Promise<ReturnType<typeof rowOf>[]> {
  const features = await ENCODER.encode(texts);
  return texts.map((_, i) => rowOf(features, i));
}

const SAME: readonly (readonly [what: string, string, string])[] = [
  ["case", "Swap ETH", "sWAP eth"],
  ["compatibility forms", "ｓｗａｐ ﬁve", "swap five"],
  ["white space", "swap \t eth\n", "swap eth"],
  ["zero-width and control characters", "sw\u200bap\u0007 e\u00adth", "swap eth"],
  ["the digits of a number", "send 7 eth", "send 1,234.50 eth"],
  ["punctuation between words", "swap, eth!", "swap eth"],
];

for (const [what, a, b] of SAME) {
  Deno.test(`ngram rows ignore ${what}`, async () => {
    const [first, second] = await rows(a, b);
    assertEquals(first, second);
    assert(first!.columns.length > 0);
  });
}

const DIFFERENT: readonly (readonly [string, string])[] = [
  ["swap eth", "eth swap"],
  ["swap", "swaps"],
  ["send 7", "send"],
  ["to", "too"],
  ["stake", "unstake"],
];

for (const [a, b] of DIFFERENT) {
  Deno.test(`ngram rows tell "${a}" from "${b}"`, async () => {
    const [first, second] = await rows(a, b);
    assertNotEquals(first, second);
  });
}

Deno.test("a short word gives its word, its pair and its boundary n-grams", async () => {
  // word, pair with the start, <ab, ab>, <ab>
  const [row] = await rows("ab");
  assertEquals(row!.columns.length, 5);
  const [chars, pair, word] = [...new Set([...row!.values].map(Math.abs))].sort((x, y) => x - y);
  assertAlmostEquals(word! / chars!, 4, 1e-5);
  assertAlmostEquals(pair! / chars!, 3, 1e-5);
});

Deno.test("a word gives n-grams of its first 40 characters only", async () => {
  const letters = Array.from(
    { length: 4000 },
    (_, i) => "abcdefghijklmnopqrstuvwxyz"[(i * i) % 26]!,
  );
  const [short, long] = await rows(letters.slice(0, 40).join(""), letters.join(""));
  const shared = short!.columns.filter((column) => long!.columns.includes(column));
  // All but the word itself and its pair with the start.
  assertEquals([short!.columns.length, long!.columns.length], Array(2).fill(shared.length + 2));
});

Deno.test("repeated features enter as square roots", async () => {
  const [row] = await rows("ab ab ab ab");
  const biggest = Math.max(...row!.values.map(Math.abs));
  const smallest = Math.min(...row!.values.map(Math.abs));
  // The word occurs four times (2·√4), a pair with the start once (1.5), characters four times (0.5·√4).
  assertAlmostEquals(biggest / smallest, 4, 1e-5);
});

Deno.test("signs are balanced and columns spread", async () => {
  const words = Array.from({ length: 2000 }, (_, i) => `w${i.toString(36)}q`);
  const { columns, values } = (await rows(words.join(" ")))[0]!;
  const negative = values.filter((value) => value < 0).length / values.length;
  assert(negative > 0.45 && negative < 0.55, `${negative} of the signs are negative`);
  const low = columns.filter((column) => column < 1 << 17).length / columns.length;
  assert(low > 0.45 && low < 0.55, `${low} of the columns are in the lower half`);
});

Deno.test("ngram rows of any text have length one or zero", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary", maxLength: 40 })), async (texts) => {
      const features = await ENCODER.encode(texts);
      for (const i of texts.keys()) {
        const length = lengthOf(features, i);
        assert(length === 0 || Math.abs(length - 1) < 1e-5, JSON.stringify(texts[i]));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("fewer bits fold the same features into fewer columns", async () => {
  await using small = await openNgramEncoder({ bits: 8 });
  assertEquals(small.dims, 256);
  assertNotEquals(small.fingerprint, ENCODER.fingerprint);
  const { columns } = rowOf(await small.encode(["deposit ten eth into aave please"]), 0);
  assert(columns.every((column) => column < 256));
});

Deno.test("a megabyte takes a few times as long as its tenth, for words and for one word", async () => {
  const time = async (text: string) => {
    const start = performance.now();
    await ENCODER.encode([text]);
    return performance.now() - start;
  };
  for (const unit of ["send money to my card ", "x", "1.", "é"]) {
    const repeat = (units: number) => unit.repeat(units / unit.length);
    await time(repeat(1e5));
    const tenth = await time(repeat(1e5));
    const whole = await time(repeat(1e6));
    assert(whole < 40 * tenth + 200, `${JSON.stringify(unit)}: ${tenth} ms, then ${whole} ms`);
  }
});

/** What the encoder tells apart by hand in ASCII, and what it drops. */
const ASCII = fc.array(
  fc.oneof(
    fc.constantFrom(..."aZ09 '.,\t\n\u0000\u001f\u007f!<>@[`{"),
    fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
  ),
  { maxLength: 60 },
).map((characters) => characters.join(""));

Deno.test("plain ASCII gives what the folding of all text gives, bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(ASCII, async (text) => {
      // A soft hyphen vanishes, but not before the text has gone the way of all others.
      const [plain, folded] = await rows(text, `${text}\u00ad`);
      assertEquals(plain, folded, JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("columns ascend, for every number of bits that they have", async () => {
  for (const bits of [8, 10, 18, 24]) {
    await using encoder = await openNgramEncoder({ bits });
    const text = Array.from({ length: 3000 }, (_, i) => `w${i.toString(36)}q`).join(" ");
    const { columns } = rowOf(await encoder.encode([text]), 0);
    assert(columns.length > 200);
    columns.forEach((column, i) => assert(i === 0 || column > columns[i - 1]!));
    assert(columns.at(-1)! < 1 << bits);
  }
});
