// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Evidence of words alone against evidence of words in their prompt, each author judged by what the others
 * wrote: `deno task bench:rails-evidence [SPEC[:DTYPE]…]`, such as `use-lite:int8 ./model:int8`.
 *
 * Mapper and evidence are fitted on two thirds of the authors of the product's training set and judged on
 * the others. Words come from each encoder once, whatever the number of folds.
 */
import process from "node:process";
import {
  openDomain,
  openEncoder,
  type OpenEncoderOptions,
  readLabeledCsv,
  trainMapper,
} from "../mod.ts";
import { createMasker, takeDataset } from "../src/data/mod.ts";
import { groupedFolds } from "../src/mapper/mod.ts";
import {
  fitWdd,
  openEvidenceEncoder,
  openWdd,
  supports,
  type WddResult,
} from "../src/rails/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { decideAll } from "../src/run/mod.ts";

const FOLDS = 3;
const POINT = { threshold: 0.45, minOrder: 0.2 };
/** Shares of the right actions that may be refuted. */
const REFUSED = [0.01, 0.02, 0.05];

const domain = await openDomain("defi");
const { primitives, slots, lexicon } = domain;
const data = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv", { group: "author" });
const prompts = data.rows.map(({ prompt }) => prompt);
const gold = data.rows.map(({ label }) => label!);
const groups = data.rows.map(({ group }) => group!);
const classes = [...primitives, "abstain"];
const folds = groupedFolds(
  Int32Array.from(gold, (label) => classes.indexOf(label)),
  groups,
  FOLDS,
);
const others = folds.map((own) => {
  const mine = new Set(own);
  return prompts.keys().filter((i) => !mine.has(i)).toArray();
});
const refused = prompts.map((prompt) => (domain.planner!.read(prompt).refusal ?? null) !== null);

const labels: (string | null)[] = [];
await using lite = await openEncoder("lite");
for (const [fold, own] of folds.entries()) {
  const mapper = await trainMapper(takeDataset(data, others[fold]!), lite, {
    ...{ C: 8, tol: 6e-5, method: "temperature", forms: domain.planner!.trainingForms! },
    mask: createMasker(slots),
  });
  const decisions = await decideAll(mapper, [...own].map((i) => prompts[i]!), POINT);
  own.forEach((row, i) => labels[row] = decisions[i]!.label);
}
console.error("mappers fitted");

/** Each text's words once. */
function rememberWords(found: Awaited<ReturnType<typeof openEvidenceEncoder>>) {
  type Vectors = Awaited<ReturnType<NonNullable<typeof found.words>["encode"]>>[number];
  const known = new Map<string, Vectors>();
  const timed = { ms: 0, texts: 0 };
  if (!found.words) return { encoder: found, timed };
  const { dims, encode } = found.words;
  const words = {
    dims,
    encode: async (texts: readonly (readonly string[])[]) => {
      const fresh = texts.filter((text) => !known.has(text.join(" ")));
      const begun = cpuMs();
      const vectors = await encode(fresh);
      timed.ms += cpuMs() - begun;
      timed.texts += fresh.length;
      fresh.forEach((text, i) => known.set(text.join(" "), vectors[i]!));
      return texts.map((text) => known.get(text.join(" "))!);
    },
  };
  return { encoder: { ...found, words }, timed };
}

/** Of all threads of this process: the wall's depends on who else is at work. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const acts = prompts.keys().filter((i) => labels[i] !== null && !refused[i]).toArray();
const isRight = (i: number) => labels[i] === gold[i];
console.log(
  `${prompts.length} prompts; ${acts.length} actions pass the gates of the words, ` +
    `${acts.filter((i) => !isRight(i)).length} of them wrong`,
);
const table: string[][] = [];
for (const named of [undefined, ...Deno.args]) {
  const [, context, dtype] = /^(.*?)(?::(fp32|fp16|int8|q4))?$/.exec(named ?? "")!;
  const how = dtype ? { dtype } as OpenEncoderOptions : {};
  await using found = await openEvidenceEncoder(
    { lexicon, slots },
    context ? { context } : {},
    how,
  );
  const { encoder, timed } = rememberWords(found);
  const results: WddResult[] = [];
  let ms = 0;
  for (const [fold, own] of folds.entries()) {
    const rows = others[fold]!;
    const model = await fitWdd(
      rows.map((i) => ({ prompt: prompts[i]!, label: gold[i]! })),
      encoder,
      {
        ...{ primitives, slots, lexicon },
        groups: rows.map((i) => groups[i]!),
        isBackground: (prompt) => domain.planner!.read(prompt).refusal === null,
      },
    );
    const detector = openWdd(model, encoder);
    const begun = cpuMs();
    const wordsBefore = timed.ms;
    const some = await detector.detect([...own].map((i) => prompts[i]!));
    ms += cpuMs() - begun - (timed.ms - wordsBefore);
    own.forEach((row, i) => results[row] = some[i]!);
    console.error(named ?? "static", fold);
  }
  const cost = ms / prompts.length + timed.ms / Math.max(1, timed.texts);
  table.push([
    context ? context.split("/").at(-1)! + (dtype ? ` ${dtype}` : "") : "static",
    ...[alone(results), pair(results)].map((share) => percent(share)),
    ...REFUSED.map((share) => percent(caughtAt(results, share, shareOf))),
    ...REFUSED.map((share) => percent(caughtAt(results, share, heightOf))),
    ...byDefault(results),
    cost.toFixed(1),
  ]);
}
console.log(textTable({
  columns: [
    "evidence",
    "rails alone, 1% wrong",
    "mapper and rails, 1% wrong",
    ...REFUSED.map((share) => `errors refuted at ${percent(share)} of the right, by share`),
    ...REFUSED.map((share) => `at ${percent(share)}, by lobes`),
    "by default: errors refuted, right refuted",
    "ms a prompt",
  ],
  rows: table,
}));

/** What the default policy refutes. */
function byDefault(results: readonly WddResult[]): string[] {
  const refuted = (some: readonly number[]) =>
    some.filter((i) => !supports(results[i]!, [labels[i]!])).length / some.length;
  const shares = [acts.filter((i) => !isRight(i)), acts.filter(isRight)].map(refuted);
  return [shares.map((share) => `${(100 * share).toFixed(1)}%`).join(", ")];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 0 : 1)}%`;
}

/** The lobe of an action. */
function heightOf({ channels }: WddResult, action: string): number {
  return channels.find(({ name }) => name === action)!.height ?? 0;
}

/** What the whole prompt says for an action. */
function shareOf({ channels }: WddResult, action: string): number {
  return channels.find(({ name }) => name === action)!.share;
}

/** Share of the orders that get an action at the least height with 1% wrong actions of all prompts. */
function coverageAt(
  of: readonly { readonly row: number; readonly action: string; readonly at: number }[],
) {
  const orders = gold.filter((label) => label !== "abstain").length;
  let best = 0;
  let wrong = 0;
  let covered = 0;
  for (const { row, action } of of.toSorted((a, b) => b.at - a.at)) {
    if (action !== gold[row]) wrong++;
    if (gold[row] !== "abstain") covered++;
    if (wrong <= 0.01 * prompts.length) best = covered / orders;
  }
  return best;
}

function alone(results: readonly WddResult[]): number {
  return coverageAt(
    prompts.keys().filter((row) => !refused[row]).map((row) => {
      const [top] = results[row]!.channels.toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0));
      return { row, action: top!.name, at: top!.height ?? 0 };
    }).toArray(),
  );
}

function pair(results: readonly WddResult[]): number {
  return coverageAt(
    acts.map((row) => ({ row, action: labels[row]!, at: shareOf(results[row]!, labels[row]!) })),
  );
}

/** Share of the wrong actions that are refuted where so many of the right ones are. */
function caughtAt(results: readonly WddResult[], share: number, judge: typeof shareOf): number {
  const shares = (some: readonly number[]) =>
    some.map((i) => judge(results[i]!, labels[i]!)).sort((a, b) => a - b);
  const right = shares(acts.filter(isRight));
  const least = right[Math.floor(share * right.length)]!;
  const wrong = shares(acts.filter((i) => !isRight(i)));
  return wrong.filter((one) => one < least).length / wrong.length;
}
