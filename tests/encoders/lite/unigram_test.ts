import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Tokenizer } from "@huggingface/tokenizers";
import { readPackageFile } from "../../../src/encoders/lite/energetic_weights.ts";
import {
  loadUnigram,
  repairScores,
  type UnigramPiece,
} from "../../../src/encoders/lite/unigram.ts";

const PIECES = JSON.parse(
  new TextDecoder().decode(await readPackageFile("vocab.json")),
) as UnigramPiece[];
const SCORES = repairScores(PIECES);
const unigram = await loadUnigram();

/** The same vocabulary and scores in the reference tokenizer; markers are out of reach for both. */
const REFERENCE = new Tokenizer(
  {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFKC" },
        { type: "Strip", strip_left: true, strip_right: true },
        { type: "Replace", pattern: { Regex: "\\s+" }, content: "▁" },
        { type: "Prepend", prepend: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: "Unigram",
      unk_id: 0,
      vocab: PIECES.map(([piece], i) => i < 6 ? [`\u0000marker${i}`, -99] : [piece, SCORES[i]!]),
    },
  } as unknown as ConstructorParameters<typeof Tokenizer>[0],
  {} as never,
);

function pieces(text: string): string {
  return [...unigram.encode(text)].map((id) => PIECES[id]![0]).join(" ");
}

const ORDINARY: readonly (readonly [string, string])[] = [
  ["the cat", "▁the ▁cat"],
  ["send it at 10:00", "▁send ▁it ▁at ▁10 :00"],
  ["", ""],
  ["   ", ""],
];

for (const [text, expected] of ORDINARY) {
  Deno.test(`the pretrained tokenizer splits ${JSON.stringify(text)}`, () => {
    assertEquals(pieces(text), expected);
  });
}

Deno.test("a lost score of zero does not tear words apart", () => {
  const colon = PIECES.findIndex(([piece]) => piece === ":");
  const zero = PIECES.findIndex(([piece]) => piece === ":00");
  assert(SCORES[colon]! < -5 && SCORES[zero]! < -10);
  assertEquals(SCORES.slice(6).every((score) => score < 0), true);
  assertEquals([...unigram.encode("note: this")].includes(colon), true);
});

const WORDS =
  "deposit withdraw ETH 10,000.5 stETH into aave? Please! naïve café 日本語 💥 http://x.io 10:00 e-mail don't ﬁnal ２ : :) (: a_b C++"
    .split(" ");

Deno.test("the tokenizer agrees with @huggingface/tokenizers on 300 sentences", () => {
  for (let i = 0; i < 300; i++) {
    const text = Array.from({ length: 1 + i % 9 }, (_, j) => WORDS[(i * 7 + j * j) % WORDS.length])
      .join(" ");
    assertEquals([...unigram.encode(text)], REFERENCE.encode(text).ids, text);
  }
});

Deno.test("the tokenizer agrees with @huggingface/tokenizers on arbitrary text", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((s) => s.trim() !== "");
  fc.assert(
    fc.property(text, (s) => {
      assertEquals([...unigram.encode(s)], REFERENCE.encode(s).ids, JSON.stringify(s));
    }),
    { numRuns: 300 },
  );
});

Deno.test("plain ASCII is split as its normal form is", () => {
  const code = fc.oneof(fc.integer({ min: 0, max: 127 }), fc.constantFrom(9, 10, 11, 12, 13, 32));
  const text = fc.array(code, { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(text, (s) => {
      const expected = unigram.encodeNormalized(unigram.normalize(s));
      assertEquals(unigram.encode(s), expected, JSON.stringify(s));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a megabyte takes well under a second, surrogates alone do no harm", () => {
  const start = performance.now();
  assert(unigram.encode("deposit ".repeat(125_000)).length >= 125_000);
  unigram.encode("x".repeat(1_000_000));
  assert(performance.now() - start < 2000);
  assertEquals(unigram.encode("\ud800").length, 2);
});
