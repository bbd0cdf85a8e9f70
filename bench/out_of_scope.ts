// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What tells prompts out of scope best: confidence, logits, novelty, or the score that is fitted from them.
 *
 * `deno task bench:out-of-scope [--encoders lite,use-lite] [--banking DIR] [--tasks PREFIX]`
 * (`--tol 1e-6`; `--dtype int8`, `--runtime native` for models)
 *
 * Prints AUROC, the probability that a row in scope has the better score, and, for what is kept, the 95%
 * interval of its gain over the confidence that decisions see. The rows judged are never fitted on:
 *
 * - `banking near`: BANKING77 (`train.csv` and `test.csv` in DIR), a quarter of the intents held out, twice;
 * - `banking far`: the same mapper on the DeFi development set;
 * - `defi`: four authors of the training set learn, the others are judged; what must abstain is out of scope.
 *   Once with rows that must abstain in the training, once with the actions alone.
 */
import { parseArgs } from "@std/cli/parse-args";
import { openEncoder, readLabeledCsv } from "../mod.ts";
import { rankAbove } from "../src/core/mod.ts";
import type { Features } from "../src/core/matrix.ts";
import type { EngineChoice } from "../src/encoders/onnx/engine.ts";
import type { ModelDtype } from "../src/encoders/sentence_transformer/onnx.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { createNoveltyMeter, fitCalibrated, knownColumns } from "../src/mapper/mod.ts";
import type { CalibratedModel } from "../src/mapper/calibrate/predictor.ts";
import { decisionFunction, softmaxRows } from "../src/mapper/fit/linear_classifier.ts";
import { takeRows } from "../src/mapper/fit/rows.ts";
import { compareAuroc } from "../src/mapper/out_of_scope/auroc_gain.ts";
import { fitOosScore } from "../src/mapper/out_of_scope/fit.ts";
import { createLeadMeter, scoreOos } from "../src/mapper/out_of_scope/score.ts";
import { textTable } from "../src/report/mod.ts";

const args = parseArgs(Deno.args, {
  string: ["encoders", "banking", "tol", "dtype", "runtime", "tasks"],
});
const tol = Number(args.tol ?? 1e-6);
const engine = {
  ...(args.dtype ? { dtype: args.dtype as ModelDtype } : {}),
  ...(args.runtime ? { runtime: args.runtime as EngineChoice } : {}),
};
const TEMPERATURES = [0.25, 0.5, 1, 2, 4];
/** Rows an intent of BANKING77 that are learned. */
const SHOTS = 40;

interface Row {
  readonly prompt: string;
  readonly label: string;
  readonly group: string;
}

interface Task {
  readonly name: string;
  readonly train: readonly Row[];
  /** Sets of rows to judge by name; the label `abstain` is out of scope. */
  readonly judged: Readonly<Record<string, readonly Row[]>>;
}

const tasks = [...await bankingTasks(), ...await defiTasks()]
  .filter(({ name }) => name.startsWith((args.tasks as string | undefined) ?? ""));
for (const spec of ((args.encoders as string | undefined) ?? "lite").split(",")) {
  await using encoder = await openEncoder(spec, engine);
  const table = [];
  for (const task of tasks) table.push(...await judge(task, spec, encoder.encode));
  console.log(textTable({
    columns: [
      ...["encoder", "task", "in+out", "T", "confidence", "T=1", "energy", "max logit"],
      ...["novelty", "rank sum", "fitted", "gain", "95% interval", "kept"],
    ],
    rows: table,
  }));
}

async function read(path: string, group?: string): Promise<Row[]> {
  const { rows } = await readLabeledCsv(path, group === undefined ? {} : { group });
  return rows.map(({ prompt, label, group }, i) => ({
    prompt,
    label: label!,
    group: group ?? `${i}`,
  }));
}

async function bankingTasks(): Promise<Task[]> {
  if (!args.banking) return [];
  const [all, test] = [
    await read(`${args.banking}/train.csv`),
    await read(`${args.banking}/test.csv`),
  ];
  const far = outside(await read("fixtures/defi/defi_mapper_labeled_mini.csv"));
  const intents = [...new Set(all.map(({ label }) => label))].sort();
  return [0, 1].map((seed): Task => {
    const isOut = (label: string) => (intents.indexOf(label) * 7 + seed * 3) % 4 === 0;
    const seen = new Map<string, number>();
    const train = all.filter(({ label }) => {
      seen.set(label, (seen.get(label) ?? 0) + 1);
      return !isOut(label) && seen.get(label)! <= SHOTS;
    });
    const inside = test.filter(({ label }) => !isOut(label));
    const near = outside(test.filter(({ label }) => isOut(label)));
    return {
      name: `banking ${seed + 1}`,
      train,
      judged: { near: [...inside, ...near], far: [...inside, ...far] },
    };
  });
}

async function defiTasks(): Promise<Task[]> {
  const all = await read("fixtures/defi/defi_mapper_train.csv", "author");
  const LEARNED = ["a1", "a2", "a3", "a5"];
  const train = all.filter(({ group }) => LEARNED.includes(group));
  const judged = { "other authors": all.filter(({ group }) => !LEARNED.includes(group)) };
  return [
    { name: "defi", train, judged },
    { name: "defi, actions", train: train.filter(({ label }) => label !== ABSTAIN_CLASS), judged },
  ];
}

function outside(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, label: ABSTAIN_CLASS }));
}

async function judge(
  { name, train, judged }: Task,
  spec: string,
  encode: (texts: readonly string[]) => Promise<Features>,
): Promise<(string | number)[][]> {
  const prompts = train.map(({ prompt }) => prompt);
  const features = await encode(prompts);
  const acting = Uint32Array.from(
    train.keys().filter((i) => train[i]!.label !== ABSTAIN_CLASS),
  );
  const classes = [...new Set(Array.from(acting, (i) => train[i]!.label))].sort();
  const fitting = { C: 8, tol, classWeight: "balanced" } as const;
  const { model } = fitCalibrated(
    takeRows(features, acting),
    Int32Array.from(acting, (i) => classes.indexOf(train[i]!.label)),
    {
      ...fitting,
      classes: classes.length,
      method: "temperature",
      groups: Array.from(acting, (i) => train[i]!.group),
    },
  );
  await using ngram = await openEncoder("ngram");
  const fit = fitOosScore({
    features,
    ngrams: (await ngram.encode(prompts)).sparse!,
    labels: train.map(({ label }) => label),
    groups: train.map(({ group }) => group),
    hasHead: true,
    temperature: model.temperature,
  }, fitting);
  console.error(name, spec, JSON.stringify(fit));
  const measureNovelty = createNoveltyMeter(await knownColumns(prompts));
  const lines = [];
  for (const [set, rows] of Object.entries(judged)) {
    const x = await encode(rows.map(({ prompt }) => prompt));
    const novelty = await measureNovelty(rows.map(({ prompt }) => prompt));
    const of = kinds(rows);
    const confidence = mostProbable(model, x, model.temperature);
    const area = (scores: Float64Array) => rankAbove(of(scores).inside, of(scores).outside)!;
    const known = novelty.map((value) => 1 - value);
    const { energy, most } = logitScores(model, x);
    const fitted = fit.score
      ? scoreOos(fit.score, { lead: createLeadMeter(model, -1)(x), novelty }).map((v) => -v)
      : confidence;
    const gain = compareAuroc([{ own: of(fitted), other: of(confidence) }]);
    const show = (value: number) => value.toFixed(3);
    const { inside, outside: out } = of(confidence);
    lines.push([
      ...[spec, `${name} ${set}`, `${inside.length}+${out.length}`, model.temperature.toFixed(2)],
      show(area(confidence)),
      show(area(mostProbable(model, x, 1))),
      ...[energy, most, known].map(area).map(show),
      show(area(sumOfRanks(confidence, known))),
      show(gain.auroc),
      show(gain.auroc - gain.other),
      `${show(gain.ci_low)} … ${show(gain.ci_high)}`,
      fit.score ? (fit.score.novelty > 0 ? "with novelty" : "without") : "no",
    ]);
    const byTemperature = TEMPERATURES.map((T) => `${T}: ${show(area(mostProbable(model, x, T)))}`);
    console.log(
      `${spec}, ${name} ${set}, AUROC of confidence by temperature: ${byTemperature.join("  ")}`,
    );
  }
  return lines;
}

function kinds(rows: readonly Row[]) {
  return (values: Float64Array) => ({
    inside: values.filter((_, i) => rows[i]!.label !== ABSTAIN_CLASS),
    outside: values.filter((_, i) => rows[i]!.label === ABSTAIN_CLASS),
  });
}

function mostProbable(model: CalibratedModel, x: Features, temperature: number): Float64Array {
  const { data, rows, cols } = softmaxRows(logitsOf(model, x), temperature);
  return Float64Array.from(
    { length: rows },
    (_, i) => Math.max(...data.subarray(i * cols, (i + 1) * cols)),
  );
}

function logitsOf(model: CalibratedModel, x: Features) {
  return decisionFunction(model.members[0]!.classifier, x);
}

function logitScores(model: CalibratedModel, x: Features) {
  const { data, rows, cols } = logitsOf(model, x);
  const most = new Float64Array(rows);
  const energy = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const own = data.subarray(i * cols, (i + 1) * cols);
    most[i] = Math.max(...own);
    energy[i] = most[i]! + Math.log(own.reduce((sum, z) => sum + Math.exp(z - most[i]!), 0));
  }
  return { most, energy };
}

function sumOfRanks(a: Float64Array, b: Float64Array): Float64Array {
  const [first, second] = [ranks(a), ranks(b)];
  return first!.map((rank, i) => rank + second![i]!);
}

function ranks(values: Float64Array): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  order.forEach((i, rank) => found[i] = rank);
  return found;
}
