import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Dataset } from "../../src/data/dataset.ts";
import { createOverlapIndex, lookupBaseline, measureOverlap } from "../../src/data/overlap.ts";
import { createMasker } from "../../src/data/template.ts";
import { DEFI_DOMAIN } from "../../src/domains/defi/domain.ts";

const mask = createMasker(DEFI_DOMAIN.slots);

function dataset(rows: readonly (readonly [string, string | null])[]): Dataset {
  return {
    source: "test",
    sha256: "",
    explicitIds: false,
    skipped: { emptyPrompts: [], emptyLabels: [] },
    rows: rows.map(([prompt, label], i) => ({ id: String(i + 1), line: i + 1, prompt, label })),
  };
}

const TEMPLATES: readonly (readonly [string, string])[] = [
  ["Deposit 10 ETH into Aave!", "deposit <num> <asset> into <asset>"],
  ["swap 1,000.50 usdc -> stETH on BNB Chain", "swap <num> <asset> -> <asset> on <chain>"],
  ["borrow $2.5k DAI from Rocket Pool?", "borrow <num> <asset> from <venue>"],
  ["repay  50%\n of 0xdeadBEEF", "repay <num> of <num>"],
  ["ethereal method", "ethereal method"],
  ["", ""],
];

for (const [prompt, template] of TEMPLATES) {
  Deno.test(`createMasker() reduces ${JSON.stringify(prompt)}`, () => {
    assertEquals(mask(prompt), template);
  });
}

Deno.test("createMasker() without slots masks numbers alone", () => {
  assertEquals(createMasker([])("Pay 3 ETH"), "pay <num> eth");
});

Deno.test("createMasker() ignores case, whatever the text, and survives a megabyte", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
    assertEquals(mask(text.toUpperCase()), mask(text.toUpperCase().toLowerCase()));
  }));
  const start = performance.now();
  for (const hostile of ["1,".repeat(500_000), "a".repeat(1e6), "eth ".repeat(250_000)]) {
    mask(hostile);
  }
  assert(performance.now() - start < 3000);
});

Deno.test("measureOverlap() finds prompts and templates, not chance", () => {
  const train = dataset([["deposit 10 eth", "a"], ["swap 2 eth for usdc", "b"]]);
  const test = dataset([
    ["Deposit 10 ETH ", "a"],
    ["deposit 99 dai", "a"],
    ["stake it", "b"],
    ["swap all eth", null],
  ]);
  const overlap = measureOverlap(createOverlapIndex(train, mask), test, mask);
  assertEquals([overlap.exact.count, overlap.template.count, overlap.rows], [1, 2, 4]);
  assertEquals(overlap.template.examples, ["Deposit 10 ETH ", "deposit 99 dai"]);
});

Deno.test("lookupBaseline() falls back from two words to one to the majority", () => {
  const train = dataset([
    ["put it in", "a"],
    ["put it away", "a"],
    ["put that off", "b"],
    ["leave", "c"],
    ["leave now", "c"],
    ["leave then", "c"],
    ["__proto__ constructor", "b"],
  ]);
  const index = createOverlapIndex(train, mask);
  const test = dataset([
    ["put that on", "b"],
    ["put this", "a"],
    ["unheard of", "c"],
    ["__proto__ constructor", "b"],
    ["unlabelled", null],
  ]);
  assertEquals(lookupBaseline(index, test, mask), {
    labeled: 4,
    two_words: { correct: 4, accuracy: 1 },
    first_word: { correct: 3, accuracy: 0.75 },
  });
  const revived = JSON.parse(JSON.stringify(index));
  assertEquals(lookupBaseline(revived, test, mask).two_words.correct, 4);
});

Deno.test("createOverlapIndex() is small, fast and the same however often it is made", () => {
  const rows = Array.from(
    { length: 10_000 },
    (_, i) => [`deposit ${i} x${i % 700} eth`, "a"] as const,
  );
  const train = dataset([...rows, ["y".repeat(1e6), "b"]]);
  const start = performance.now();
  const index = createOverlapIndex(train, mask);
  const elapsed = performance.now() - start;
  assert(elapsed < 1500, `${elapsed} ms`);
  assertEquals(Uint8Array.fromBase64(index.exact).length, 8 * 10_001);
  assertEquals(Uint8Array.fromBase64(index.template).length, 8 * 701);
  assert(Object.keys(index.two_words).every((key) => key.length <= 80));
  assertEquals(JSON.stringify(createOverlapIndex(train, mask)), JSON.stringify(index));
});
