import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { canonicalJson } from "../../../src/core/canonical_json.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { openNgramEncoder } from "../../../src/encoders/lite/ngram.ts";
import { createSpanReader } from "../../../src/rails/spans.ts";
import { createEvidenceReader, sumTrack } from "../../../src/rails/wdd/evidence.ts";
import { hashWdd, loadWdd, saveWdd } from "../../../src/rails/wdd/file.ts";
import { checkWddEncoder, fitWdd, type LabeledPrompt } from "../../../src/rails/wdd/model.ts";
import {
  type EvidenceEncoder,
  openEvidenceEncoder,
  requireWords,
} from "../../../src/rails/wdd/open_encoder.ts";
import { openWdd } from "../../../src/rails/wdd/wdd.ts";
import { inTempFolder } from "../../temp.ts";

/** Two actions that share all of their short runs: which it is, says a word that stands far away. */
const FILLER = ["and", "then", "so", "well", "now"];
const ROWS: LabeledPrompt[] = Array.from({ length: 40 }, (_, i) => {
  const between = Array.from({ length: 4 }, (_, j) => FILLER[(i + j) % FILLER.length]).join(" ");
  const even = i % 2 === 0;
  return [
    { prompt: `alpha ${between} ${even ? "alpha" : "omega"}`, label: even ? "paint" : "move" },
    { prompt: `omega ${between} ${even ? "omega" : "alpha"}`, label: even ? "paint" : "move" },
    { prompt: `how old is tree ${i}`, label: "abstain" },
  ];
}).flat();

const ngram = await openNgramEncoder({ bits: 12 });
/** A model that sees in each word whether the text begins and ends alike. */
const seeing: EvidenceEncoder = {
  ...ngram,
  fingerprint: "seeing",
  context: "toy",
  dtype: "int8",
  words: {
    dims: 2,
    encode: (texts) =>
      Promise.resolve(texts.map((words) => {
        const own = words[0] === words.at(-1) ? [1, 0] : [0, 1];
        return { data: Float32Array.from(words.flatMap(() => own)), rows: words.length, cols: 2 };
      })),
  },
};
const options = { primitives: ["paint", "move"] };
const model = await fitWdd(ROWS, seeing, options);
const read = createSpanReader();
const NEW = ["alpha so now and then alpha", "alpha so now and then omega"];

Deno.test("contextual evidence tells apart what spans alone cannot", async () => {
  const lead = async (encoder: EvidenceEncoder) => {
    const fitted = await fitWdd(ROWS, encoder, options);
    const found = await createEvidenceReader(fitted.evidence, encoder)(NEW.map(read));
    return found.map(({ track }) => sumTrack(track)).map((sum) => sum[0]! - sum[1]!);
  };
  const [alike, apart] = await lead(seeing);
  assert(alike! > 1 && apart! < -1, `${alike} and ${apart}`);
  const [same, other] = await lead(ngram);
  assert(Math.abs(same! - other!) < alike! - apart!, `${same} and ${other}`);
  const found = await openWdd(model, seeing).detect(NEW);
  const [paint, move] = found.map(({ channels }) => channels[0]!.score - channels[1]!.score);
  assert(paint! > 0 && move! < 0, `${paint} and ${move}`);
});

Deno.test("a model of contextual evidence is saved, read and bound as it is", async () => {
  assertEquals([model.encoder.context, model.encoder.dtype], ["toy", "int8"]);
  assertEquals(model.evidence.context!.length, 2 * 3);
  checkWddEncoder(model, seeing);
  assertThrows(() => checkWddEncoder(model, ngram), MicroLmError, "that the evidence was fitted");
  const static_ = await fitWdd(ROWS, ngram, options);
  assertEquals([static_.evidence.context, static_.encoder.context], [undefined, undefined]);
  assertNotEquals(hashWdd(model), hashWdd(static_));
  await inTempFolder(async (folder) => {
    const path = `${folder}/wdd.json`;
    await saveWdd(path, model);
    const loaded = await loadWdd(path);
    assertEquals(hashWdd(loaded), hashWdd(model));
    assertEquals(loaded.evidence.context, model.evidence.context);
    // Sealed again by somebody who left a part out
    const { sha256: _, ...file } = JSON.parse(await Deno.readTextFile(path));
    const { context: _weights, ...without } = file;
    const odd = { ...file, context: file.context.slice(0, 4) };
    for (const changed of [without, odd]) {
      const text = canonicalJson(changed);
      await Deno.writeTextFile(path, canonicalJson({ ...changed, sha256: sha256Hex(text) }));
      await assertRejects(() => loadWdd(path), MicroLmError);
    }
  });
});

Deno.test("openEvidenceEncoder() binds words and spans together, and refuses what has no words", async () => {
  const words = { lexicon: null, slots: [] };
  const how = { dtype: "int8" } as const;
  await using both = await openEvidenceEncoder(words, { context: "use-lite" }, how);
  await using spans = await openEvidenceEncoder(words);
  assertEquals([both.context, both.dtype, spans.context], ["use-lite", "int8", undefined]);
  assertNotEquals(both.fingerprint, spans.fingerprint);
  assertEquals(both.dims, spans.dims);
  requireWords(both);
  await assertRejects(
    () => openEvidenceEncoder(words, { context: "lite" }),
    MicroLmError,
    "no vectors of words",
  );
});
