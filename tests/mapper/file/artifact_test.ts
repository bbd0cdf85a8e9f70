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
import { packArray, packGroups } from "../../../src/core/packed_arrays.ts";
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
    members: {
      codes?: string;
      exponent?: number;
      exponents?: string;
      weights?: string;
      intercepts: string;
    }[];
    merged?: { rows: string; shares: string | { values: string; which: string } };
  };
  calibration: { method: string; members: { kind: string; x: string }[][] };
  encoder: { fingerprint: string };
  extra?: number;
}

const SINGLES = "micro-lm/mapper@1";
const ROW_STEPS = "micro-lm/mapper@4";

/** The same mapper as the fourth format has it: each row in steps of its own, 2,047 at most. */
function inRowSteps(text: string): string {
  const artifact = parseArtifact(text);
  const members = artifact.model.members.map(({ classifier, calibrators }) => {
    const weights = classifier.weights.slice();
    for (let at = 0; at < weights.length; at += classifier.classes) {
      const row = weights.subarray(at, at + classifier.classes);
      const step = 2 ** Math.max(-120, Math.ceil(Math.log2(Math.max(...row.map(Math.abs)) / 2047)));
      row.forEach((weight, i) => row[i] = Math.round(weight / step) * step + 0);
    }
    return { classifier: { ...classifier, weights }, calibrators };
  });
  const old = { ...artifact, model: { ...artifact.model, members } };
  const written = serializeArtifact(old, { ...artifact, schema: ROW_STEPS });
  assert(written.includes('"exponents"'));
  return written;
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
    'expected schema "micro-lm/mapper@1" or "micro-lm/mapper@2" or "micro-lm/mapper@3" or "micro-lm/mapper@4" or "micro-lm/mapper@5", found "other"',
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
    tampered((json) => json.classifier.members[0]!.exponents = "AAAA", inRowSteps(TEXT)),
    "exponents, found 3",
  ],
  [
    "an exponent beyond all weights",
    tampered((json) => json.classifier.members[0]!.exponent = 999),
    "found 999",
  ],
  [
    "shares of which there are none",
    tampered((json) => Object.assign(json.classifier.merged!.shares, { values: "" })),
    "Expected one of 0 numbers, found another",
  ],
  [
    "other rows than columns",
    tampered((json) => json.classifier.merged!.rows = packGroups(Uint32Array.of(0, 1))),
    "expected rows and shares of",
  ],
  ...["micro-lm/mapper@1", "micro-lm/mapper@4"].map((schema) =>
    [
      `steps in ${schema}`,
      tampered((json) => json.schema = schema),
      `"${schema}" does not go with weights and columns packed like this`,
    ] as const
  ),
  [
    "steps of rows in the newest format",
    tampered((json) => json.schema = "micro-lm/mapper@5", inRowSteps(TEXT)),
    '"micro-lm/mapper@5" does not go with weights and columns packed like this',
  ],
  [
    "an intercept that is no number",
    tampered((json) => json.classifier.members[0]!.intercepts = NOT_A_NUMBER),
    "the intercepts contain NaN",
  ],
  [
    "sparse columns out of order",
    tampered(
      (json) => json.classifier.sparse_columns = packArray(Uint32Array.of(2, 1)),
      inRowSteps(TEXT),
    ),
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
  }, serializeArtifact(parseArtifact(await trained("none")), { ...ABOUT, schema: SINGLES }));
  await assertOpens(old, await trained("none"));
});

Deno.test("files of the fourth format open, predict the same and keep their bytes", async () => {
  for (const text of [TEXT, await trained("none")]) await assertOpens(inRowSteps(text), text, 2e-3);
});

/** That an old file is read and written as it is, and predicts as a new one up to what was rounded. */
async function assertOpens(old: string, text: string, tolerance = 1e-6): Promise<void> {
  const artifact = parseArtifact(old);
  assertEquals(serializeArtifact(artifact, artifact), old);
  const pinned = serializeArtifact(artifact, { ...artifact, operating_point: { threshold: 0.5 } });
  assertEquals(parseArtifact(pinned).core_sha256, artifact.sha256);
  await using before = await openArtifact(artifact, "old");
  await using now = await openArtifact(parseArtifact(text), "new");
  const [a, b] = [
    await before.predictProbabilities(PROMPTS),
    await now.predictProbabilities(PROMPTS),
  ];
  a.data.forEach((p, i) => assertAlmostEquals(p, b.data[i]!, tolerance));
}

const CLASSIFIER = {
  classes: 7,
  denseColumns: 100,
  sparseColumns: new Uint32Array(0),
  intercepts: new Float64Array(7),
};

Deno.test("weights are off by half a step of 2^-10, whatever their row; what is stored is used", () => {
  const random = createRandom(5);
  const weights = Float32Array.from({ length: 700 }, () => random.normal() ** 3);
  weights.fill(0, 70, 77);
  const members = [{ classifier: { ...CLASSIFIER, weights }, calibrators: [] }];
  const rounded = roundModel({ method: "none", classes: 7, members, temperature: 1 });
  const stored = rounded.members[0]!.classifier.weights;
  weights.forEach((weight, i) => assert(Math.abs(stored[i]! - weight) <= 2 ** -11));
  assert(weights.some((weight, i) => Math.abs(stored[i]! - weight) > 2 ** -12));
  assertEquals(roundModel(rounded), rounded);
  assertEquals(unpackModel(packModel(rounded), 7, 100), rounded);
});

Deno.test("weights of more than 32 have larger steps, millions of them, too", () => {
  const large = new Float32Array(700).fill(100, 0, 7);
  const members = [{ classifier: { ...CLASSIFIER, weights: large }, calibrators: [] }];
  const model = { method: "none", classes: 7, members, temperature: 1 } as const;
  const [member] = packModel(roundModel(model)).classifier.members;
  assertEquals("exponent" in member! && member.exponent, -8);
  const many = new Float32Array(7 * 1_200_000);
  const classifier = { ...CLASSIFIER, denseColumns: 1_200_000, weights: many };
  const [wide] =
    packModel({ ...model, members: [{ classifier, calibrators: [] }] }).classifier.members;
  assertEquals("exponent" in wide! && wide.exponent, -8);
});

Deno.test("rows that columns share are counted as columns name them, and weights follow", () => {
  const classifier = {
    classes: 2,
    denseColumns: 1,
    sparseColumns: Uint32Array.of(3, 5, 9),
    merged: { rows: Uint32Array.of(1, 0, 1), shares: Float32Array.of(0.5, 1, -0.5) },
    weights: Float32Array.of(1, -1, 2, -2, 3, -3),
    intercepts: new Float64Array(2),
  };
  const members = [{ classifier, calibrators: [] }];
  const rounded = roundModel({ method: "none", classes: 2, members, temperature: 1 });
  const ordered = rounded.members[0]!.classifier;
  assertEquals([...ordered.merged!.rows], [0, 1, 0]);
  assertEquals([...ordered.weights], [1, -1, 3, -3, 2, -2]);
  assertEquals(expandClassifier(ordered), expandClassifier(classifier));
  assertEquals(unpackModel(packModel(rounded), 2, 20), rounded);
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
