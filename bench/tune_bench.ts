// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What fine-tuning use-lite is worth with few examples: BANKING77, 50 of its classes, 10 training and 10
 * validation prompts a class from the train file, all test prompts of those classes. Classes and prompts
 * are drawn by the seed. The head on the frozen encoder, the last layer and the whole encoder are trained
 * on the same prompts under the same early stopping; each tuned run starts from the trained head.
 *
 *     deno task bench:tune FOLDER [seeds] [--select]
 *
 * FOLDER holds train.csv and test.csv with the columns prompt and label. `--select` tries the grid that
 * the settings were chosen from, on the validation prompts alone.
 */
import { readCsv } from "../src/data/mod.ts";
import { createRandom } from "../src/core/mod.ts";
import {
  classMetrics,
  createTransformer,
  flattenUseLite,
  type LabeledPieces,
  PieceBatches,
  predictHead,
  type TunedUseLite,
  tuneUseLite,
  type TuneUseLiteOptions,
  useLitePieces,
  useLiteTransformerShape,
} from "../src/stages/mod.ts";

const CLASSES = 50;
const SHOTS = 10;

type Part = "train" | "validation" | "test";
type Split = Readonly<Record<Part, LabeledPieces>>;
type Settings =
  & Pick<TuneUseLiteOptions, "tune" | "learningRate" | "epochs">
  & Partial<TuneUseLiteOptions>;

const COMMON = {
  classes: CLASSES,
  batchSize: 16,
  evalEvery: "epoch",
  bestMetric: "accuracy",
  warmup: 0.1,
  earlyStopping: { enabled: true, patience: 4, min_delta: 0, metric: "accuracy", mode: "max" },
} as const;

const HEAD: Settings = {
  tune: "head",
  learningRate: 0,
  headLearningRate: 0.03,
  weightDecay: 0.001,
  epochs: 40,
};
const CHOSEN: readonly Settings[] = [
  { tune: "last_layer", learningRate: 3e-4, epochs: 10 },
  { tune: "full", learningRate: 3e-4, epochs: 10 },
];
const GRID: readonly Settings[] = [
  ...[0.01, 0.03, 0.1, 0.3].flatMap((headLearningRate) =>
    [0.01, 0.001].map((weightDecay) => ({ ...HEAD, headLearningRate, weightDecay }))
  ),
  ...[1e-4, 3e-4, 1e-3].map((learningRate) => ({
    tune: "last_layer" as const,
    learningRate,
    epochs: 10,
  })),
  ...[1e-4, 3e-4].map((learningRate) => ({ tune: "full" as const, learningRate, epochs: 10 })),
];

const [folder, seeds = "1,2,3", flag] = Deno.args;
if (!folder) throw new RangeError("Expected the folder of train.csv and test.csv");
for (const seed of seeds.split(",").map(Number)) {
  const split = await drawSplit(folder, seed);
  const head = await report(split, { ...HEAD, seed });
  for (const settings of flag === "--select" ? GRID : CHOSEN) {
    await report(split, {
      ...settings,
      seed,
      ...(settings.tune === "head" ? {} : { initialHead: head.head.weights }),
    });
  }
}

async function report(split: Split, settings: Settings): Promise<TunedUseLite> {
  const start = performance.now();
  const tuned = await tuneUseLite(split.train, split.validation, { ...COMMON, ...settings });
  const seconds = (performance.now() - start) / 1000;
  const best = tuned.evaluations.find(({ step }) => step === tuned.bestStep)!;
  const { tune, learningRate, headLearningRate = 0.01, weightDecay = 0.01, seed } = settings;
  console.log([
    `seed ${seed} ${tune}`.padEnd(18),
    `lr ${learningRate} head ${headLearningRate} decay ${weightDecay}`.padEnd(34),
    `validation ${(100 * best.accuracy).toFixed(1)}`,
    flag === "--select" ? "" : `test ${(100 * testAccuracy(tuned, split.test)).toFixed(2)}`,
    `epoch ${best.epoch} of ${tuned.evaluations.length}`,
    `${seconds.toFixed(0)} s, ${(tuned.bytes / 2 ** 20).toFixed(0)} MiB`,
    `${tuned.parameters} parameters`,
  ].join("  "));
  return tuned;
}

function testAccuracy(
  { weights, head }: TunedUseLite,
  { pieces, labels }: LabeledPieces,
): number {
  const shape = useLiteTransformerShape(weights);
  const flat = flattenUseLite(weights);
  const encoder = createTransformer(shape, flat, weights.positions, { tune: "head" });
  const data = new PieceBatches(encoder, pieces).encode();
  const dense = { data, rows: labels.length, cols: shape.width };
  const probabilities = predictHead(head, { rows: labels.length, dense });
  const logits = { ...probabilities, data: probabilities.data.map(Math.log) };
  return classMetrics(logits, labels).accuracy;
}

async function drawSplit(folder: string, seed: number): Promise<Split> {
  const read = async (name: string) => {
    const rows: { prompt: string; label: string }[] = [];
    for await (const { fields } of readCsv(`${folder}/${name}.csv`)) {
      rows.push({ prompt: fields.prompt!, label: fields.label! });
    }
    return rows;
  };
  const train = await read("train");
  const test = await read("test");
  const random = createRandom(seed);
  const names = random.shuffle([...new Set(train.map(({ label }) => label))].sort());
  const texts: Record<Part, { text: string; label: number }[]> = {
    train: [],
    validation: [],
    test: [],
  };
  names.slice(0, CLASSES).forEach((name, label) => {
    const own = train.filter((row) => row.label === name).map(({ prompt }) => prompt);
    const drawn = random.shuffle([...new Set(own)]);
    const add = (part: Part, prompts: readonly string[]) =>
      texts[part].push(...prompts.map((text) => ({ text, label })));
    add("train", drawn.slice(0, SHOTS));
    add("validation", drawn.slice(SHOTS, 2 * SHOTS));
    add("test", test.filter((row) => row.label === name).map(({ prompt }) => prompt));
  });
  const finish = async (part: Part): Promise<LabeledPieces> => ({
    pieces: await useLitePieces(texts[part].map(({ text }) => text)),
    labels: Int32Array.from(texts[part], ({ label }) => label),
  });
  return {
    train: await finish("train"),
    validation: await finish("validation"),
    test: await finish("test"),
  };
}
