import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Tokenizer } from "@huggingface/tokenizers";
import { readPrompts } from "../../src/data/dataset.ts";
import { readPackageFile } from "../../src/encoders/lite/energetic_weights.ts";
import {
  createUnigram,
  loadUnigram,
  repairScores,
  type UnigramPiece,
} from "../../src/encoders/lite/unigram.ts";

const PIECES = JSON.parse(
  new TextDecoder().decode(await readPackageFile("vocab.json")),
) as UnigramPiece[];
const unigram = await loadUnigram();

/** The reference with the usual Metaspace pre-tokenizer; markers are out of reach for both. */
function reference(pieces: readonly UnigramPiece[]): (text: string) => number[] {
  const scores = repairScores(pieces);
  const tokenizer = new Tokenizer(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "NFKC" },
          { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
          { type: "Strip", strip_left: true, strip_right: true },
        ],
      },
      pre_tokenizer: {
        type: "Metaspace",
        replacement: "▁",
        prepend_scheme: "always",
        split: false,
      },
      post_processor: null,
      decoder: null,
      model: {
        type: "Unigram",
        unk_id: 0,
        vocab: pieces.map(([piece], i) => i < 6 ? [`\0marker${i}`, -1] : [piece, scores[i]!]),
      },
    } as unknown as ConstructorParameters<typeof Tokenizer>[0],
    {} as never,
  );
  return (text) => tokenizer.encode(text).ids;
}

const expected = reference(PIECES);

Deno.test("the tokenizer agrees with the reference on 1,500 different prompts", async () => {
  const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
  const prompts = [...new Set(rows.map((row) => row.prompt))].slice(0, 1500);
  assertEquals(prompts.length, 1500);
  for (const prompt of prompts) assertEquals([...unigram.encode(prompt)], expected(prompt), prompt);
});

Deno.test("the tokenizer agrees with the reference on pieces put together at random", () => {
  const piece = fc.oneof(
    fc.integer({ min: 6, max: PIECES.length - 1 }).map((id) => PIECES[id]![0].replace("▁", " ")),
    fc.constantFrom(
      "\x85",
      ":",
      ":00",
      ":30",
      "”5",
      "://",
      ":)",
      " : ",
      "\ue000",
      "\ue000\ue001",
      "�",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 15 }).map((parts) => parts.join(""));
  fc.assert(
    // A marker written out, or "▁" itself in front, is read differently on purpose.
    fc.property(text.filter((s) => s.trim() !== "" && !/^\s*▁|�/.test(s)), (s) => {
      assertEquals([...unigram.encode(s)], expected(s), JSON.stringify(s));
    }),
    { numRuns: 1500 },
  );
});

/** What each text is split into; the pieces with a colon are those that lost their score. */
const SPLITS: readonly (readonly [text: string, pieces: string])[] = [
  ["send it at 10:00", "▁send ▁it ▁at ▁10 :00"],
  ["meet at 9:30", "▁meet ▁at ▁9 :30"],
  ["note: this", "▁note : ▁this"],
  ["a: b", "▁a : ▁b"],
  ["http://x", "▁http :// x"],
  ["10:45", "▁10 : 45"],
];

for (const [text, split] of SPLITS) {
  Deno.test(`the pretrained tokenizer splits "${text}" as "${split}"`, () => {
    assertEquals([...unigram.encode(text)].map((id) => PIECES[id]![0]).join(" "), split);
  });
}

Deno.test("repaired scores lie between those of their neighbours", () => {
  const scores = repairScores(PIECES);
  const lost = PIECES.flatMap(([, score], i) =>
    i >= 6 && (score === null || score >= 0) ? [i] : []
  );
  assertEquals(lost, [57, 255, 604, 658, 4177, 4258, 4445, 5920, 6600]);
  for (const i of lost) assert(scores[i - 1]! >= scores[i]! && scores[i]! >= scores[i + 1]!);
});

Deno.test("unknown characters become one piece, where a known one ends the run", () => {
  const unknown = (text: string) => [...unigram.encode(text)].filter((id) => id === 0).length;
  const CASES: readonly (readonly [string, number])[] = [
    ["\ue000", 1],
    ["\ue000\ue001\u{10ffff}\ud800", 1],
    ["\ue000a\ue001", 2],
    ["\ue000 \ue001", 2],
  ];
  for (const [text, count] of CASES) assertEquals(unknown(text), count, JSON.stringify(text));
});

Deno.test("markers written in a text are text", () => {
  for (const text of ["<s>", "</s>", "extra_token_id_1"]) {
    assert([...unigram.encode(text)].every((id) => id === 0 || id >= 6), text);
  }
});

const MARKERS = Array.from({ length: 6 }, (_, i) => [`<${i}>`, 0] as const);

// Few different scores: equally probable covers must be told apart as the reference does.
Deno.test("createUnigram() agrees with the reference on vocabularies of its own", () => {
  const piece = fc.string({ unit: fc.constantFrom(..."▁ab😀"), minLength: 1, maxLength: 3 });
  const vocabulary = fc.array(fc.tuple(piece, fc.integer({ min: -4, max: -1 })), {
    minLength: 1,
    maxLength: 12,
  });
  const text = fc.string({ unit: fc.constantFrom(..."abc 😀"), maxLength: 12 });
  fc.assert(
    fc.property(vocabulary, text.filter((s) => s.trim() !== ""), (own, s) => {
      const pieces = [...MARKERS, ...own];
      assertEquals([...createUnigram(pieces).encode(s)], reference(pieces)(s));
    }),
    { numRuns: 500 },
  );
});

Deno.test("createUnigram() refuses more pieces than its table can tell apart", () => {
  const many = Array.from({ length: 70_000 }, (_, i) => [`${i}`.padStart(6, "x"), -1] as const);
  const distinct = many.map(([text], i) =>
    [String.fromCharCode(0x4e00 + i % 20_000) + text, -1] as const
  );
  assertThrows(() => createUnigram([...MARKERS, ...distinct]), RangeError, "so many pieces");
});
