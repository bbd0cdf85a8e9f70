import { assert, assertEquals } from "@std/assert";
import type { Features } from "../../../src/core/matrix.ts";
import { createRandom } from "../../../src/core/random.ts";
import { readLabeledCsv } from "../../../src/data/dataset.ts";
import { createMasker } from "../../../src/data/template.ts";
import { composeEncoders } from "../../../src/encoders/compose.ts";
import type { Encoder } from "../../../src/encoders/encoder.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { chooseBlocks } from "../../../src/mapper/calibrate/choose_blocks.ts";
import { parseArtifact, serializeArtifact } from "../../../src/mapper/file/artifact.ts";
import { openArtifact, openTrained } from "../../../src/mapper/file/mapper_file.ts";
import { predictOutOfFold } from "../../../src/mapper/out_of_fold.ts";
import { trainMapper } from "../../../src/mapper/train.ts";

const ROWS = 300;
const CLASSES = 3;
const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);

/** Vectors that lie about a centre of their class; without a signal they lie anywhere. */
function block(cols: number, signal: number, seed: number): Features {
  const random = createRandom(seed);
  const centres = Array.from({ length: CLASSES * cols }, () => random.normal());
  const data = Float32Array.from(
    { length: ROWS * cols },
    (_, at) =>
      random.normal() + signal * centres[labels[Math.floor(at / cols)]! * cols + at % cols]!,
  );
  return { rows: ROWS, dense: { data, rows: ROWS, cols } };
}

const unused = (spec: string): Encoder => ({
  spec,
  fingerprint: spec,
  dims: 1,
  encode: () => Promise.reject(new Error("not asked")),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
const join = composeEncoders([
  { encoder: unused("a"), weight: 1 },
  { encoder: unused("b"), weight: 1 },
], "a+b").blocks!.join;

Deno.test("chooseBlocks() gives a block of noise less than the block with the signal", () => {
  const seen: [number, number][] = [];
  const choose = (blocks: Features[]) =>
    chooseBlocks(join, { blocks, labels }, {
      classes: CLASSES,
      onProgress: (done, total) => seen.push([done, total]),
    })!;
  const [signal, noise] = [block(8, 1, 1), block(60, 0, 2)];
  const { weights, spread, losses } = choose([signal, noise]);
  assertEquals(weights[0], 1);
  assert(weights[1]! <= 1 / 4, weights.join());
  const [first, last] = Object.values(losses);
  assert(last! < first!);
  assertEquals(choose([noise, signal]).weights, [weights[1]!, 1]);
  assertEquals(choose([signal, noise]), { weights, spread, losses }, "the same twice");
  assert(seen.every(([done, total]) => done <= total));
  assertEquals(seen.at(-1)![0], seen.at(-1)![1]);
});

Deno.test("chooseBlocks() leaves blocks alone that are worth the same", () => {
  const blocks = [block(8, 1, 1), block(8, 1, 1)];
  const { weights, losses } = chooseBlocks(join, { blocks, labels }, { classes: CLASSES })!;
  assertEquals(weights, [1, 1]);
  assert(Object.keys(losses).every((key) => key.includes("weights 1,1,")));
});

Deno.test("chooseBlocks() chooses a spread where rows of a class vary along what all classes share", () => {
  const random = createRandom(4);
  const features = block(60, 0.5, 5);
  const { data, cols } = features.dense!;
  // A few directions in which every row lies anywhere, far from where its class is
  const directions = Array.from({ length: 6 * cols }, () => random.normal());
  for (let row = 0; row < ROWS; row++) {
    for (let d = 0; d < 6; d++) {
      const far = 4 * random.normal();
      for (let j = 0; j < cols; j++) data[row * cols + j]! += far * directions[d * cols + j]!;
    }
  }
  const { spread, losses } = chooseBlocks(([only]) => only!, { blocks: [features], labels }, {
    classes: CLASSES,
  })!;
  assert(spread > 0, JSON.stringify(losses));
  assert(Object.keys(losses).at(-1)!.endsWith(`spread ${spread}`));
});

Deno.test("chooseBlocks() chooses nothing where no fold can be judged", () => {
  const lone = labels.map((_, row) => row === 0 ? 1 : 0);
  const blocks = [block(8, 1, 1), block(8, 1, 2)];
  assertEquals(chooseBlocks(join, { blocks, labels: lone }, { classes: 2 }), undefined);
});

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const OPTIONS = { mask: createMasker([]), method: "none", C: "auto" } as const;

Deno.test("C auto chooses weights that nobody wrote, and the file opens with them", async () => {
  const data = await readLabeledCsv(MINI);
  await using encoder = await openEncoder("static+ngram");
  const train = () => trainMapper(data, encoder, OPTIONS);
  const mapper = await train();
  const { weights } = mapper.training.chosen_blocks!;
  assert(weights.some((weight) => weight < 1), weights.join());
  const named = ["static", "ngram"].map((name, i) =>
    weights[i] === 1 ? name : `${name}*${weights[i]}`
  );
  assertEquals(mapper.encoder.spec, named.join("+"));
  const text = serializeArtifact(mapper, { domain: "generic", flags: {} });
  assertEquals(serializeArtifact(await train(), { domain: "generic", flags: {} }), text);
  await using opened = await openArtifact(parseArtifact(text), "test");
  await using weighed = await openEncoder(mapper.encoder.spec);
  const prompts = data.rows.slice(0, 20).map((row) => row.prompt);
  assertEquals(
    await opened.predictProbabilities(prompts),
    await openTrained(mapper, weighed).predictProbabilities(prompts),
  );
});

Deno.test("C auto leaves written weights alone", async () => {
  const data = await readLabeledCsv(MINI);
  await using encoder = await openEncoder("static*1+ngram");
  const mapper = await trainMapper(data, encoder, OPTIONS);
  assertEquals(mapper.training.chosen_blocks!.weights, [1]);
  assertEquals(mapper.encoder.spec, "static*1+ngram");
});

Deno.test("each fold of a cross-validation chooses its weights from its own rows", async () => {
  const data = await readLabeledCsv(MINI);
  await using encoder = await openEncoder("static+ngram");
  const folds = { ...OPTIONS, folds: 2, foldSeed: 0 };
  const weighed = await predictOutOfFold(data, encoder, folds);
  await using equal = await openEncoder("static*1+ngram");
  const plain = await predictOutOfFold(data, equal, folds);
  assertEquals(weighed.classes, plain.classes);
  assert(weighed.probabilities.data.some((p, i) => p !== plain.probabilities.data[i]));
});
