import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { normalizeNfkc } from "../../src/core/text/nfkc.ts";
import { createMasker } from "../../src/data/template.ts";

const mask = createMasker([
  { name: "asset", words: ["eth", "aave", "a.b"] },
  { name: "venue", words: ["aave", "rocket pool", "rocket", "1inch"] },
]);

const CASES: readonly (readonly [string, string, string])[] = [
  ["the first of two slots that share a word", "aave", "<asset>"],
  ["the longer of two words", "via Rocket  Pool, then Rocket", "via <venue>, then <venue>"],
  ["words that begin with a digit", "on 1inch", "on <venue>"],
  ["a dot as itself", "a.b axb", "<asset> axb"],
  ["whole words only", "ethos beth eth-eth", "ethos beth <asset>-<asset>"],
  [
    "units and signs",
    "$20 1,000.5 10k 5% 2.5bn 0xABC 1e-5",
    "<num> <num> <num> <num> <num> <num> <num>",
  ],
  ["an amount that touches its asset", "send 10ETH", "send <num> <asset>"],
  ["a number in a name as a name", "2x x2 v3pool", "2x x2 v3pool"],
  ["full-width letters and digits", "ｅｔｈ １０", "<asset> <num>"],
  ["punctuation and space at the end", " now . !?… ", "now"],
];

for (const [what, prompt, template] of CASES) {
  Deno.test(`createMasker() takes ${what}`, () => assertEquals(mask(prompt), template));
}

Deno.test("createMasker() changes nothing in a template", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "ETH",
      "eth",
      "rocket",
      "pool",
      "10",
      "1,0",
      "0x",
      "%",
      ".",
      "!",
      " ",
      "\n",
      "İ",
      "½",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const template = mask(pieces.join(""));
      assertEquals(mask(template), template);
    }),
    { numRuns: 3000 },
  );
});

const MEGABYTE = 1e6;
const HOSTILE: readonly (readonly [string, string])[] = [
  ["digits before a letter", "1".repeat(MEGABYTE) + "x"],
  ["numbers with dots before a letter", "1.".repeat(MEGABYTE / 2) + "1x"],
  ["dots before a letter", ".".repeat(MEGABYTE) + "x"],
  ["exponents", "1e".repeat(MEGABYTE / 2)],
  ["spaces before a letter", " ".repeat(MEGABYTE) + "x"],
  ["slot words that touch", "eth".repeat(MEGABYTE / 3)],
  ["combining marks", "a" + "\u0301\u0323".repeat(MEGABYTE / 2)],
  ["half-width marks", "a" + "\uff9e\u0323".repeat(MEGABYTE / 2)],
];

for (const [what, prompt] of HOSTILE) {
  Deno.test(`createMasker() takes linear time on ${what}`, () => {
    const start = performance.now();
    mask(prompt);
    const elapsed = performance.now() - start;
    assert(elapsed < 2000, `${elapsed} ms`);
  });
}

Deno.test("normalizeNfkc() is NFKC but for texts with thirty combining marks in a row", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertEquals(normalizeNfkc(text), text.normalize("NFKC"));
  }));
  assertEquals(
    normalizeNfkc("a" + "\u0301".repeat(29)),
    ("a" + "\u0301".repeat(29)).normalize("NFKC"),
  );
  assert(normalizeNfkc("a" + "\u0301".repeat(31)).includes("\u034F"));
});
