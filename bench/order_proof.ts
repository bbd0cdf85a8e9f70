// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How the proof of an order and its score share the work: of prompts that the reading lets through, how
 * many orders a least score keeps and how many that are none it stops, by the strength of the proof.
 *
 * `deno task bench:order-proof [--data DIR] [--tol 1e-4]`
 *
 * Each author of the training set is scored by what the others wrote, the other sets by all of it; the
 * head learns as that of the product does.
 */
import { parseArgs } from "@std/cli/parse-args";
import { openEncoder, readLabeledCsv } from "../mod.ts";
import { orderWithin } from "../src/domains/mod.ts";
import { proposeOrders, readOrders } from "../src/domains/defi/read/orders.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { takeRows } from "../src/mapper/fit/rows.ts";
import { fitOrderHead } from "../src/mapper/order_head.ts";
import { createOrderScorer } from "../src/mapper/calibrate/predictor.ts";
import { proofOf } from "../src/domains/defi/run.ts";
import { blendScores } from "../src/run/decide_orders.ts";

const args = parseArgs(Deno.args, { string: ["data", "tol"] });
const options = { C: 8, tol: Number(args["tol"] ?? 1e-4), classWeight: "balanced" } as const;
const FLOORS = [0, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9];

interface Row {
  readonly prompt: string;
  readonly isOrder: boolean;
  readonly group: string;
}

interface Scored {
  readonly isOrder: boolean;
  readonly kind: string;
  readonly score: number;
}

await using encoder = await openEncoder("lite");
const rows = await read("fixtures/defi/defi_mapper_train.csv", "author");
const taught = [...rows, ...await read("fixtures/defi/defi_mapper_labeled_large.csv")].flatMap(
  (row) => {
    const within = orderWithin(row.prompt);
    const isOther = within !== null && within !== row.prompt;
    return isOther ? [row, { ...row, prompt: within, isOrder: true }] : [row];
  },
);
const features = await encoder.encode(taught.map(({ prompt }) => prompt));
const authors = [...new Set(rows.map(({ group }) => group))].sort();

console.log("orders kept / others let through at a least score of");
console.log(`${"".padEnd(20)}${FLOORS.map((floor) => String(floor).padStart(9)).join("")}`);
const held: Scored[] = [];
for (const author of authors) {
  const head = fit(numbers((row) => row.group !== author));
  held.push(...await score(rows.filter((row) => row.group === author), head));
}
print("authors, each scored by the others", held);
const head = fit(numbers(() => true));
print("mini", await score(await read("fixtures/defi/defi_mapper_labeled_mini.csv"), head));
print("natural, development", await score(await readNatural(), head));
if (args["data"]) {
  print("real, development", await score(await read(`${args["data"]}/dev.csv`), head));
}

async function read(path: string, group?: string): Promise<Row[]> {
  const { rows } = await readLabeledCsv(path, group === undefined ? {} : { group });
  return rows.map(({ prompt, label, group }) => ({
    prompt,
    isOrder: label !== ABSTAIN_CLASS,
    group: group ?? "",
  }));
}

async function readNatural(): Promise<Row[]> {
  const text = await Deno.readTextFile("tests/run/natural/development.txt");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [label, prompt] = line.split("\t") as [string, string];
    return { prompt, isOrder: !label.split(",").includes(ABSTAIN_CLASS), group: "" };
  });
}

function numbers(keep: (row: Row) => boolean): Uint32Array {
  return Uint32Array.from([...taught.keys()].filter((i) => keep(taught[i]!)));
}

function fit(train: Uint32Array) {
  const isOrder = Int32Array.from(train, (i) => taught[i]!.isOrder ? 1 : 0);
  const groups = Array.from(train, (i) => taught[i]!.group);
  return createOrderScorer(
    fitOrderHead(takeRows(features, train), isOrder, { ...options, groups }).model,
  );
}

type Scorer = ReturnType<typeof fit>;

async function score(some: readonly Row[], head: Scorer): Promise<Scored[]> {
  const readable = some.map((row) => ({ row, orders: ordersOf(row.prompt) }))
    .filter(({ orders }) => orders.length > 0);
  const whole = head(await encoder.encode(readable.map(({ row }) => row.prompt)));
  const own = head(await encoder.encode(readable.map(({ orders }) => orders[0]!.order)));
  return readable.map(({ row: { isOrder }, orders }, i) => {
    const proof = proofOf(orders);
    return {
      isOrder,
      kind: `${orders.length === 1 ? "one" : "several"}, ${proof}`,
      score: proof === "lax" ? blendScores(whole[i]!, own[i]!) : whole[i]!,
    };
  });
}

function ordersOf(prompt: string) {
  const { orders } = readOrders(prompt);
  return orders.length > 0 ? orders : proposeOrders(prompt)?.orders ?? [];
}

function print(title: string, scored: readonly Scored[]): void {
  console.log(title);
  for (const kind of [...new Set(scored.map(({ kind }) => kind))].sort()) {
    const own = scored.filter((one) => one.kind === kind);
    const cells = FLOORS.map((floor) => {
      const kept = own.filter(({ score }) => score >= floor);
      const orders = kept.filter(({ isOrder }) => isOrder).length;
      return `${orders}/${kept.length - orders}`.padStart(9);
    });
    console.log(`  ${kind.padEnd(18)}${cells.join("")}`);
  }
}
