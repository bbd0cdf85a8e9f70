// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Where the knowledge of what is no order belongs: in a class of the classifier, in a head of its own, or
 * in both.
 *
 * `deno task bench:order-score [--train FILE] [--data DIR] [--tol 1e-4] [--authors]`
 *
 * Each author of the training set is judged by what the others wrote; the sets of others by all of
 * it. A line gives the share of orders that come out right where at most a given share of what must abstain
 * is acted on, at the best pair of thresholds for it: a bound on what any choice of a point can reach.
 * Mapper alone, no gates. `--authors` prints each author, too. `--data` names the folder of the real prompts, `dev.csv`.
 */
import { parseArgs } from "@std/cli/parse-args";
import { openEncoder, readLabeledCsv } from "../mod.ts";
import type { Features } from "../src/core/matrix.ts";
import { readOrders } from "../src/domains/mod.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { fitCalibrated, predictProbabilities } from "../src/mapper/mod.ts";
import { takeRows } from "../src/mapper/fit/rows.ts";

const args = parseArgs(Deno.args, { string: ["data", "tol", "train"], boolean: ["authors"] });
const trainPath = (args.train as string | undefined) ?? "fixtures/defi/defi_mapper_train.csv";
const tol = Number(args.tol ?? 1e-4);
const MOST_ACTED = [0.1, 0.05, 0.02];
const GRID = Array.from({ length: 50 }, (_, i) => i / 50);

interface Row {
  readonly prompt: string;
  readonly label: string;
  readonly group: string;
}

/** What a variant says of a row: its action, and how sure it is of the action and of the order. */
interface Score {
  readonly action: string;
  readonly confidence: number;
  readonly order: number;
}

type Scorer = (features: Features) => Score[];

await using encoder = await openEncoder("lite");
const rows = await read(trainPath, "author");
const ACTIONS = [...new Set(rows.map(({ label }) => label))].filter((l) => l !== ABSTAIN_CLASS)
  .sort();
const authors = [...new Set(rows.map(({ group }) => group))].filter((name) => name !== "").sort();
const features = await encode(rows);

const sets: [string, readonly Row[]][] = [[
  "mini",
  await read(
    "fixtures/defi/defi_mapper_labeled_mini.csv",
  ),
]];
if (args.data) sets.push(["real dev", await read(`${args.data}/dev.csv`)]);

const held = new Map<string, { rows: Row[]; scores: Score[] }>();
for (const author of authors) {
  const inside = numbers((row) => row.group === author);
  const scorers = fitVariants(numbers((row) => row.group !== author));
  const own = takeRows(features, inside);
  for (const [name, score] of scorers) {
    const all = held.get(name) ?? { rows: [], scores: [] };
    held.set(name, all);
    all.rows.push(...Array.from(inside, (i) => rows[i]!));
    all.scores.push(...score(own));
  }
}
print("authors, each judged by the others", held);
for (const author of args.authors ? authors : []) {
  print(
    `  author ${author}`,
    new Map([...held].map(([name, { rows, scores }]) => {
      const mine = [...rows.keys()].filter((i) => rows[i]!.group === author);
      return [name, { rows: mine.map((i) => rows[i]!), scores: mine.map((i) => scores[i]!) }];
    })),
  );
}
const full = fitVariants(numbers(() => true));
for (const [name, set] of sets) {
  const own = await encode(set);
  print(name, new Map([...full].map(([v, score]) => [v, { rows: [...set], scores: score(own) }])));
  const readable = set.map((row) => ({ row, orders: readOrders(row.prompt).orders }))
    .filter(({ orders }) => orders.length === 1);
  const clauses = await encode(
    readable.map(({ row, orders }) => ({ ...row, prompt: orders[0]!.order })),
  );
  const whole = await encode(readable.map(({ row }) => row));
  const kept = readable.map(({ row }) => row);
  print(
    `${name}, read, action by clause`,
    new Map([...full].map(([v, score]) => {
      const orders = score(whole);
      return [v, {
        rows: kept,
        scores: score(clauses).map((one, i) => ({ ...one, order: orders[i]!.order })),
      }];
    })),
  );
}

async function read(path: string, group?: string): Promise<Row[]> {
  const { rows } = await readLabeledCsv(path, group === undefined ? {} : { group });
  return rows.map(({ prompt, label, group }) => ({ prompt, label: label!, group: group ?? "" }));
}

async function encode(rows: readonly Row[]): Promise<Features> {
  return await encoder.encode(rows.map(({ prompt }) => prompt));
}

function numbers(keep: (row: Row) => boolean): Uint32Array {
  return Uint32Array.from([...rows.keys()].filter((i) => keep(rows[i]!)));
}

function fitVariants(train: Uint32Array): Map<string, Scorer> {
  const nine = fit(train, [...ACTIONS, ABSTAIN_CLASS], ({ label }) => label);
  const acting = train.filter((i) => rows[i]!.label !== ABSTAIN_CLASS);
  const eight = fit(acting, ACTIONS, ({ label }) => label);
  const head = fit(train, ["no", "yes"], ({ label }) => label === ABSTAIN_CLASS ? "no" : "yes");
  const order = (x: Features) => head(x).map((p) => p[1]!);
  return new Map<string, Scorer>([
    ["9 classes", (x) => nine(x).map((p) => best(p, 1))],
    ["8 classes, head", (x) => join(eight(x), order(x))],
    ["9 classes, head", (x) => join(nine(x), order(x))],
    ["9, best action, head", (x) => join(nine(x).map(actionsOnly), order(x))],
  ]);
}

function join(probabilities: readonly number[][], order: readonly number[]): Score[] {
  return probabilities.map((p, i) => best(p, order[i]!));
}

function fit(
  train: Uint32Array,
  classes: readonly string[],
  label: (row: Row) => string,
): (features: Features) => number[][] {
  const labels = Int32Array.from(train, (i) => classes.indexOf(label(rows[i]!)));
  const { model } = fitCalibrated(takeRows(features, train), labels, {
    classes: classes.length,
    C: 8,
    tol,
    classWeight: "balanced",
    method: "none",
  });
  return (x) => {
    const { data, rows, cols } = predictProbabilities(model, x);
    return Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
  };
}

/** Probabilities of the actions, given that one is meant. */
function actionsOnly(probabilities: readonly number[]): number[] {
  const own = probabilities.slice(0, ACTIONS.length);
  const sum = own.reduce((a, b) => a + b);
  return own.map((p) => p / sum);
}

/** The most probable class; of order where it is no action. */
function best(probabilities: readonly number[], order: number): Score {
  const confidence = Math.max(...probabilities);
  const k = probabilities.indexOf(confidence);
  return { action: ACTIONS[k] ?? ABSTAIN_CLASS, confidence, order };
}

function print(title: string, variants: Map<string, { rows: Row[]; scores: Score[] }>): void {
  console.log(`\n${title}`);
  for (const [name, { rows, scores }] of variants) {
    const none = rows.filter(({ label }) => label === ABSTAIN_CLASS).length;
    const cells = MOST_ACTED.map((limit) => {
      const { right, wrong, acted, ta, to } = frontier(rows, scores, limit);
      const orders = rows.length - none;
      const share = (n: number, of: number) => of === 0 ? "-" : `${(100 * n / of).toFixed(1)}%`;
      return `${share(right, orders)} right ${share(wrong, orders)} wrong ${
        share(acted, none)
      } acted (${ta}/${to})`;
    });
    console.log(`  ${name.padEnd(20)} n ${rows.length - none}+${none}  ${cells.join("  |  ")}`);
  }
}

/** The most right orders at a pair of thresholds that acts on at most a share of what must abstain. */
function frontier(rows: readonly Row[], scores: readonly Score[], limit: number) {
  const none = rows.filter(({ label }) => label === ABSTAIN_CLASS).length;
  let best = { right: 0, wrong: 0, acted: 0, ta: 1, to: 1 };
  for (const ta of GRID) {
    for (const to of GRID) {
      let right = 0;
      let wrong = 0;
      let acted = 0;
      scores.forEach(({ action, confidence, order }, i) => {
        if (action === ABSTAIN_CLASS || confidence < ta || order < to) return;
        const gold = rows[i]!.label;
        if (gold === ABSTAIN_CLASS) acted++;
        else if (gold === action) right++;
        else wrong++;
      });
      if (acted <= limit * none && right > best.right) best = { right, wrong, acted, ta, to };
    }
  }
  return best;
}
