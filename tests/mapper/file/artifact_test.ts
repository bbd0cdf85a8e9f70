import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { sha256Hex } from "../../../src/core/hash.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { createMasker } from "../../../src/data/template.ts";
import { readLabeledCsv } from "../../../src/data/dataset.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { parseArtifact, serializeArtifact } from "../../../src/mapper/file/artifact.ts";
import { canonicalJson } from "../../../src/core/canonical_json.ts";
import { loadMapper, openArtifact, openMapper } from "../../../src/mapper/file/mapper_file.ts";
import {
  packArray,
  packIntegers,
  unpackArray,
  unpackIntegers,
} from "../../../src/core/packed_arrays.ts";
import fc from "fast-check";
import { createRandom } from "../../../src/core/random.ts";
import { expandClassifier } from "../../../src/mapper/fit/linear_classifier.ts";
import { packModel, roundModel, unpackModel } from "../../../src/mapper/file/packed_model.ts";
import { trainMapper } from "../../../src/mapper/train.ts";
import { inTempFolder, write } from "../../temp.ts";

const ABOUT = { domain: "defi", flags: { C: 8 } };
const PROMPTS = ["deposit 10 ETH into aave", "", "swap 1 eth for dai"];

async function trained(method: "isotonic" | "sigmoid" | "none"): Promise<string> {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder("lite");
  const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method });
  return serializeArtifact(mapper, ABOUT);
}

const TEXT = await trained("isotonic");

Deno.test("training twice gives the same bytes", async () => {
  assertEquals(await trained("isotonic"), TEXT);
});

for (const method of ["isotonic", "sigmoid", "none"] as const) {
  Deno.test(`a ${method} mapper reads back and predicts the same bits`, async () => {
    const text = await trained(method);
    const artifact = parseArtifact(text);
    assertEquals(serializeArtifact(artifact, artifact), text);
    await inTempFolder(async (folder) => {
      await using direct = await openArtifact(artifact, "memory");
      await using loaded = await openMapper(await write(folder, "m.json", text));
      const expected = await direct.predictProbabilities(PROMPTS);
      assertEquals(await loaded.predictProbabilities(PROMPTS), expected);
      for (let i = 0; i < PROMPTS.length; i++) {
        const alone = await loaded.predictProbabilities([PROMPTS[i]!]);
        assertEquals(alone.data, expected.data.slice(i * expected.cols, (i + 1) * expected.cols));
      }
    });
  });
}

Deno.test("labels of the data stand in the file where there are some, and change nothing else", () => {
  const artifact = parseArtifact(TEXT);
  const ownLabels = { park_funds: "deposit_asset", small_talk: null };
  const text = serializeArtifact(artifact, { ...ABOUT, ownLabels });
  const { training: { own_labels, ...training }, sha256, ...rest } = JSON.parse(text);
  const { training: before, sha256: __, ...others } = JSON.parse(TEXT);
  assertEquals([own_labels, training, rest], [ownLabels, before, others]);
  const again = parseArtifact(text);
  assertEquals([again.ownLabels, again.sha256], [ownLabels, sha256]);
  assertEquals(again.training, artifact.training);
  assertEquals(serializeArtifact(again, again), text);
  assertEquals(Object.hasOwn(artifact, "ownLabels"), false);
});

for (const labels of [{ "": "swap_asset" }, { a: "" }, { a: 3 }, ["a"]]) {
  Deno.test(`a mapper whose labels are ${JSON.stringify(labels)} is refused`, () => {
    const text = tampered((json) =>
      Object.assign((json as unknown as { training: object }).training, { own_labels: labels })
    );
    assertThrows(() => parseArtifact(text), Error, "training.own_labels");
  });
}

/** Changes the parsed artifact and gives it a right hash again. */
function tampered(change: (json: ArtifactLike) => void, text = TEXT): string {
  const { sha256: _, ...body } = JSON.parse(text);
  change(body);
  return `${canonicalJson({ ...body, sha256: sha256Hex(canonicalJson(body)) })}\n`;
}

interface ArtifactLike {
  schema: string;
  classes: string[];
  classifier: {
    sparse_columns: string;
    members: { codes?: string; exponents?: string; weights?: string; intercepts: string }[];
    merged?: { rows: string; shares: string };
  };
  calibration: { method: string; members: { kind: string; x: string }[][] };
  encoder: { fingerprint: string };
  extra?: number;
}

/** A member with its weights in float32, as the first formats have them. */
function inSingles(weights: Float32Array, json: ArtifactLike) {
  return { weights: packArray(weights), intercepts: json.classifier.members[0]!.intercepts };
}

const NOT_A_NUMBER = packArray(Float64Array.of(NaN, 0, 0, 0, 0, 0, 0, 0, 0));

const BROKEN: readonly (readonly [string, string, string])[] = [
  ["a truncated file", TEXT.slice(0, TEXT.length / 2), "truncated"],
  ["an empty file", "", "truncated"],
  ["a flipped byte", TEXT.replace('"rows":360', '"rows":361'), "does not match its hash"],
  [
    "another format",
    '{"schema":"other"}',
    'expected schema "micro-lm/mapper@1" or "micro-lm/mapper@2" or "micro-lm/mapper@3" or "micro-lm/mapper@4", found "other"',
  ],
  ["a list", "[]", "found none"],
  ["null", "null", "found none"],
  ["a missing class", tampered((json) => json.classes.pop()), "weights in steps"],
  ["an unknown key", tampered((json) => json.extra = 1), "extra"],
  [
    "weights of the wrong shape",
    tampered((json) => json.classifier.members[0] = inSingles(new Float32Array(8), json)),
    "weights, found 8",
  ],
  [
    "text that is no base64",
    tampered((json) => json.classifier.members[0]!.codes = "!!"),
    "Cannot load",
  ],
  [
    "too few steps",
    tampered((json) => json.classifier.members[0]!.codes = "AAAA"),
    "weights in steps, found another number",
  ],
  [
    "too few exponents",
    tampered((json) => json.classifier.members[0]!.exponents = "AAAA"),
    "exponents, found 3",
  ],
  [
    "steps in a format without them",
    tampered((json) => json.schema = "micro-lm/mapper@1"),
    "does not go with weights in steps",
  ],
  [
    "an intercept that is no number",
    tampered((json) => json.classifier.members[0]!.intercepts = NOT_A_NUMBER),
    "the intercepts contain NaN",
  ],
  [
    "sparse columns out of order",
    tampered((json) => json.classifier.sparse_columns = packArray(Uint32Array.of(2, 1))),
    "do not ascend",
  ],
  [
    "a missing calibrator",
    tampered((json) => json.calibration.members[0]!.pop()),
    "calibrators",
  ],
  ["the wrong method", tampered((json) => json.calibration.method = "sigmoid"), "calibrators"],
];

for (const [what, text, message] of BROKEN) {
  Deno.test(`loadMapper() refuses ${what}`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "m.json", text);
      const error = await assertRejects(() => loadMapper(path), MicroLmError);
      assertEquals(error.kind, "data");
      assertStringIncludes(error.message, message);
    });
  });
}

Deno.test("files of the first format open, predict the same and keep their bytes", async () => {
  const { model } = parseArtifact(await trained("none"));
  const plain = expandClassifier(model.members[0]!.classifier);
  const old = tampered((json) => {
    json.schema = "micro-lm/mapper@1";
    json.classifier.members = [inSingles(plain.weights, json)];
    delete json.classifier.merged;
  }, await trained("none"));
  const artifact = parseArtifact(old);
  assertEquals(serializeArtifact(artifact, artifact), old);
  await using before = await openArtifact(artifact, "old");
  await using now = await openArtifact(parseArtifact(await trained("none")), "new");
  const [a, b] = [
    await before.predictProbabilities(PROMPTS),
    await now.predictProbabilities(PROMPTS),
  ];
  a.data.forEach((p, i) => assertAlmostEquals(p, b.data[i]!, 1e-6));
});

Deno.test("weights in steps are off by 2^-12 of the largest of their row", () => {
  const random = createRandom(5);
  const weights = Float32Array.from({ length: 700 }, () => random.normal() ** 3);
  weights.fill(0, 70, 77);
  const classifier = {
    classes: 7,
    denseColumns: 100,
    sparseColumns: new Uint32Array(0),
    weights,
    intercepts: new Float64Array(7),
  };
  const members = [{ classifier, calibrators: [] }];
  const rounded = roundModel({ method: "none", classes: 7, members, temperature: 1 });
  const stored = rounded.members[0]!.classifier.weights;
  for (let at = 0; at < 700; at += 7) {
    const largest = Math.max(...weights.subarray(at, at + 7).map(Math.abs));
    for (let i = at; i < at + 7; i++) assert(Math.abs(stored[i]! - weights[i]!) <= largest / 2046);
  }
  assertEquals(roundModel(rounded), rounded);
  assertEquals(unpackModel(packModel(rounded), 7, 100), rounded);
});

Deno.test("packIntegers() is inverted, whatever the numbers", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.integer({ min: -2047, max: 2047 }), fc.integer({ min: -2, max: 2 }))),
    fc.integer({ min: 1, max: 9 }),
    (numbers, cols) => {
      const values = Int16Array.from(numbers.slice(0, numbers.length - numbers.length % cols));
      const text = packIntegers(values, cols);
      assertEquals(unpackIntegers(text, values.length / cols, cols), values);
      assertThrows(() => unpackIntegers(text, values.length / cols + 2, cols), RangeError);
    },
  ));
});

Deno.test("loadMapper() refuses a pickle and says why", async () => {
  await inTempFolder(async (folder) => {
    for (const bytes of [[0x80, 4, 0x95], [0x78, 0x9c, 1], [0x1f, 0x8b, 8]]) {
      const path = await write(folder, "m.joblib", Uint8Array.from(bytes));
      const error = await assertRejects(() => loadMapper(path), MicroLmError, "ickle");
      assertStringIncludes(error.hint!, "runs whatever code it holds");
    }
  });
});

Deno.test("loadMapper() says how to make a mapper that is not there", async () => {
  const error = await assertRejects(() => loadMapper("no/mapper.json"), MicroLmError);
  assertEquals(error.kind, "missing");
  assertStringIncludes(error.hint!, "deno task train");
});

Deno.test("openMapper() refuses another encoder, naming both", async () => {
  const other = parseArtifact(tampered((json) => json.encoder.fingerprint = "0".repeat(64)));
  const error = await assertRejects(() => openArtifact(other, "m.json"), MicroLmError);
  assertStringIncludes(error.message, "000000000000");
});

Deno.test("canonicalJson() sorts keys at every depth and keeps odd ones", () => {
  const odd = JSON.parse('{"b":[{"d":1,"c":2}],"a":{"__proto__":3}}');
  assertEquals(canonicalJson(odd), '{"a":{"__proto__":3},"b":[{"c":2,"d":1}]}');
});

Deno.test("unpackArray() inverts packArray() and refuses broken elements", () => {
  const values = Float32Array.of(1.5, -0, 3e38);
  assertEquals(unpackArray(packArray(values), Float32Array), values);
  assert(assertThrows(() => unpackArray("AAA=", Float32Array), RangeError));
});
