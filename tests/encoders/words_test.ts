import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { composeEncoders } from "../../src/encoders/compose.ts";
import { openNgramEncoder } from "../../src/encoders/lite/ngram.ts";
import { openSentenceTransformer } from "../../src/encoders/sentence_transformer/encoder.ts";
import { openUseLiteEncoder } from "../../src/encoders/use_lite/encoder.ts";
import { inTempFolder } from "../temp.ts";
import { DIMS, EMBEDDINGS, tinyModel, VOCABULARY, writeModel } from "./tiny_transformer.ts";

const length = (row: Float32Array) => Math.hypot(...row);

Deno.test("a transformer's words are the means of their tokens, of length one", async () => {
  await inTempFolder(async (folder) => {
    await writeModel(folder, tinyModel());
    await using encoder = await openSentenceTransformer(folder);
    const [found, none] = await encoder.words!.encode([["swap", "eths", "borrow"], []]);
    assertEquals([found!.rows, found!.cols, none!.rows], [3, DIMS, 0]);
    const tokens: readonly (readonly string[])[] = [["swap"], ["eth", "##s"]];
    tokens.forEach((pieces, word) => {
      const mean = Array.from({ length: DIMS }, (_, j) =>
        pieces.reduce(
          (sum, piece) => sum + EMBEDDINGS[VOCABULARY.indexOf(piece) * DIMS + j]!,
          0,
        ));
      const norm = Math.hypot(...mean);
      mean.forEach((x, j) => assertAlmostEquals(found!.data[word * DIMS + j]!, x / norm, 1e-6));
    });
    // Six tokens are read, two of them special: the fifth word finds no place
    const [long] = await encoder.words!.encode([["swap", "eth", "swap", "eth", "borrow"]]);
    assertAlmostEquals(length(long!.data.subarray(3 * DIMS, 4 * DIMS)), 1, 1e-6);
    assertEquals([...long!.data.subarray(4 * DIMS)], [0, 0, 0]);
  });
});

Deno.test("a tokenizer that does not keep words apart gives no vectors of words", async () => {
  await inTempFolder(async (folder) => {
    const files = tinyModel();
    const tokenizer = files["tokenizer.json"] as Record<string, unknown>;
    const joined = { type: "Replace", pattern: { String: " " }, content: "" };
    await writeModel(folder, {
      ...files,
      "tokenizer.json": { ...tokenizer, normalizer: joined },
    });
    await using encoder = await openSentenceTransformer(folder);
    await assertRejects(
      () => encoder.words!.encode([["swap", "eth"]]),
      MicroLmError,
      "keeps words apart",
    );
  });
});

Deno.test("use-lite's words depend on their text, and on nothing beside it", async () => {
  await using encoder = await openUseLiteEncoder({
    ...{ dtype: "int8", threads: 1, cacheDir: ".artifacts/models" },
  });
  const river = ["the", "bank", "of", "the", "river"];
  const money = ["the", "bank", "lends", "money"];
  const { words } = encoder;
  const [first, second] = await words!.encode([river, money]);
  const [alone] = await words!.encode([money]);
  const at = (found: { readonly data: Float32Array; readonly cols: number }, word: number) =>
    found.data.subarray(word * found.cols, (word + 1) * found.cols);
  assertEquals([second!.rows, second!.cols], [4, words!.dims]);
  assertEquals(at(alone!, 1), at(second!, 1));
  assert(at(first!, 1).some((x, j) => Math.abs(x - at(second!, 1)[j]!) > 0.01));
  for (let word = 0; word < 4; word++) assertAlmostEquals(length(at(second!, word)), 1, 1e-5);
  const [long] = await words!.encode([Array.from({ length: 300 }, () => "deposit")]);
  assertEquals(length(at(long!, 299)), 0);
});

Deno.test("a composed encoder passes on the words of a part", async () => {
  await using ngram = await openNgramEncoder({ bits: 8 });
  const words = { dims: 1, encode: () => Promise.resolve([]) };
  const parts = [{ encoder: ngram, weight: 1 }, { encoder: { ...ngram, words }, weight: 1 }];
  assertEquals(composeEncoders(parts, "a+b").words, words);
  assertEquals(composeEncoders(parts.slice(0, 1), "a").words, undefined);
});
