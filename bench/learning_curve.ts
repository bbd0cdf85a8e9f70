// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What more training rows bring: the mapper of `fixtures/defi/defi_mapper_train.csv` by size, and how the
 * encoders compare.
 *
 * `deno task bench:learning-curve [--encoder lite] [--sizes 500,1000,2000] [--data DIR]`
 * (`--dtype int8`, `--runtime native` for models)
 *
 * Each size is the first part of one shuffle, so that a smaller set is part of a larger one. Trained as the product is (order head, temperature, readings of the domain),
 * without the 1,000 rows of `large`. Mapper alone, no gates, at threshold 0.4 and order 0.5 throughout. A
 * line gives the share of rows that are right, acted on or left as the label says, on the set for
 * development, on the generated 5,000 and, with `--data`, on the folder of real prompts (`dev.csv`);
 * the 95% intervals, and those of what the step from the line before brings a thousand rows, are bootstraps over
 * templates, 1,000 draws, the same draws for all sizes.
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Dataset, openDomain, openEncoder, readLabeledCsv, trainMapper } from "../mod.ts";
import type { EngineChoice } from "../src/encoders/onnx/engine.ts";
import type { ModelDtype } from "../src/encoders/sentence_transformer/onnx.ts";
import { createRandom } from "../src/core/mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { textTable } from "../src/report/mod.ts";

const args = parseArgs(Deno.args, { string: ["encoder", "sizes", "data", "dtype", "runtime"] });
const POINT = { threshold: 0.4, minOrder: 0.5 };
const DRAWS = 1000;
const engine = {
  ...(args.dtype ? { dtype: args.dtype as ModelDtype } : {}),
  ...(args.runtime ? { runtime: args.runtime as EngineChoice } : {}),
};

await using encoder = await openEncoder((args.encoder as string | undefined) ?? "lite", engine);
const { slots, planner } = await openDomain("defi");
const mask = createMasker(slots);
const all = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv", { group: "author" });
const rows = createRandom(0).shuffle([...all.rows]);
const sizes = ((args.sizes as string | undefined) ??
  "500,1000,2000,3000,4000,5000,6000,7000,8000,9000,10000").split(",").map(Number);
const sets: [string, Dataset][] = [
  ["mini", await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv")],
  ["5k", await readLabeledCsv("fixtures/defi/defi_mapper_labeled_5k.csv")],
];
if (args.data) sets.push(["real dev", await readLabeledCsv(`${args.data}/dev.csv`)]);
const drawn = new Map(sets.map(([name, set]) => [name, drawTemplates(set)]));

const before = new Map<string, Float64Array>();
let previous = 0;
const table = [];
for (const size of sizes) {
  const training = { ...all, rows: rows.slice(0, size) };
  const mapper = await trainMapper(training, encoder, {
    ...{ mask, C: 8, tol: 1e-4, cv: 3, classWeight: "balanced", method: "temperature" },
    ...{ orderHead: "on", forms: planner!.trainingForms! },
  });
  const line: (string | number)[] = [size];
  for (const [name, { rows }] of sets) {
    const decisions = await mapper.decide(rows.map(({ prompt }) => prompt), POINT);
    const right = decisions.map(({ label }, i) => (label ?? ABSTAIN_CLASS) === rows[i]!.label);
    const rates = drawn.get(name)!.map((numbers) => shareOf(numbers, right));
    const mean = right.filter(Boolean).length / right.length;
    const earlier = before.get(name);
    const thousands = (size - previous) / 1000;
    const gains = earlier && rates.map((rate, i) => (rate - earlier[i]!) / thousands);
    before.set(name, Float64Array.from(rates));
    line.push(
      `${percent(mean)} (${interval(rates)})`,
      gains ? `${percent(median(gains))} (${interval(gains)})` : "",
    );
  }
  previous = size;
  table.push(line);
  console.error(line.join("  "));
}
console.log(textTable({
  columns: ["rows", ...sets.flatMap(([name]) => [name, "a thousand more"])],
  rows: table,
}));

/** Row numbers of each draw: templates drawn with replacement. */
function drawTemplates({ rows }: Dataset): Uint32Array[] {
  const templates = [...Map.groupBy(rows.keys(), (i) => mask(rows[i]!.prompt)).values()];
  const random = createRandom(1);
  return Array.from(
    { length: DRAWS },
    () => Uint32Array.from(templates.flatMap(() => templates[random.integer(templates.length)]!)),
  );
}

function shareOf(numbers: Uint32Array, right: readonly boolean[]): number {
  let sum = 0;
  for (const i of numbers) if (right[i]) sum++;
  return sum / numbers.length;
}

function interval(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => percent(sorted[Math.floor(share * (sorted.length - 1))]!);
  return `${at(0.025)} … ${at(0.975)}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}`;
}
