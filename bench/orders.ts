// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How prompts of several sets are read, through all gates: what is right, wrong and refused.
 *
 * `deno task bench:orders [--mapper FILE] [--red DIR] [--data DIR] [--point .4]`
 *
 * `read` is the share of orders whose right actions the reading alone leaves open; the mapper has to choose them,
 * and the guards to pass them, for `right`.
 *
 * The mapper acts at the point in its file unless `--point` gives a threshold. `--red` names the folder of
 * `neg_dev.csv`, `pos_dev.csv` and `slots_dev.jsonl`, `--data` that of `dev.csv` and `dev_multi.jsonl`. `--list SET` prints the prompts of a set that went wrong,
 * `--time` what a reading takes and nothing else.
 */
import { parseArgs } from "@std/cli/parse-args";
import { type MicroRuntime, openRuntime, readLabeledCsv, type RunRecord } from "../mod.ts";
import { proposeOrders, readOrders } from "../src/domains/defi/read/orders.ts";
import { runHealthy } from "./orders_facts.ts";
import { judgeSlots, type SlotCase } from "./orders_slots.ts";

const args = parseArgs(Deno.args, {
  string: ["mapper", "red", "data", "point", "list"],
  boolean: ["time"],
});
const mapperPath = (args.mapper as string | undefined) ?? ".artifacts/defi_mapper.json";
const point = args.point === undefined ? {} : { point: { threshold: Number(args.point) } };

interface Row {
  readonly prompt: string;
  /** The actions in order, joined by commas; `abstain` in place of any that is none of the eight. */
  readonly label: string;
}

await using runtime = await openRuntime({ modelPath: mapperPath, ...point });

if (args.time) {
  const { rows } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_5k.csv");
  for (const { prompt } of rows.slice(0, 1000)) readOrders(prompt);
  const begun = performance.now();
  for (const { prompt } of rows) readOrders(prompt);
  const ms = (performance.now() - begun) / rows.length;
  console.log(`a reading takes ${ms.toFixed(3)} ms, on average over ${rows.length} prompts`);
  Deno.exit(0);
}

const FIXTURES = [
  ["mini", "fixtures/defi/defi_mapper_labeled_mini.csv"],
  ["5k", "fixtures/defi/defi_mapper_labeled_5k.csv"],
  ["stress", "fixtures/defi/defi_mapper_stress_labeled.csv"],
  ["unseen verbs", "fixtures/defi/defi_mapper_unseen_verbs.csv"],
  ["nonexec", "fixtures/defi/defi_nonexec.csv"],
] as const;

console.log(`mapper ${mapperPath} at ${args.point ?? "its own point"}`);
console.log("set             n  right  wrong   held   read  acted-on-abstain");
for (const [name, path] of FIXTURES) await report(name, await rowsOf(path));
await report("natural dev", await naturalOf("tests/run/natural/development.txt"));
await report("natural held", await naturalOf("tests/run/natural_prompts.txt"));
if (args.red) {
  await report("red neg", await rowsOf(`${args.red}/neg_dev.csv`));
  await report("red pos", await rowsOf(`${args.red}/pos_dev.csv`));
  await reportSlots(`${args.red}/slots_dev.jsonl`);
}
if (args.data) {
  await report("real dev", await rowsOf(`${args.data}/dev.csv`));
  await report("real multi", await multiOf(`${args.data}/dev_multi.jsonl`));
}

async function rowsOf(path: string): Promise<Row[]> {
  const { rows } = await readLabeledCsv(path);
  return rows.map(({ prompt, label }) => ({ prompt, label: label ?? "abstain" }));
}

async function naturalOf(path: string): Promise<Row[]> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [label, prompt] = line.split("\t") as [string, string];
    return { prompt, label };
  });
}

async function multiOf(path: string): Promise<Row[]> {
  return (await jsonLines<{ prompt: string; sequence: string[] }>(path))
    .map(({ prompt, sequence }) => ({ prompt, label: sequence.join() }));
}

async function jsonLines<T>(path: string): Promise<T[]> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as T);
}

async function run(prompt: string): Promise<RunRecord> {
  return await runHealthy(runtime as MicroRuntime, prompt);
}

async function report(name: string, rows: readonly Row[]): Promise<void> {
  const count = { orders: 0, right: 0, wrong: 0, held: 0, none: 0, acted: 0, read: 0 };
  for (const { prompt, label } of rows) {
    const record = await run(prompt);
    const mustAbstain = label.split(",").includes("abstain");
    const got = record.plan.sequence.join();
    const outcome = mustAbstain
      ? record.ok ? "acted" : "none"
      : !record.ok
      ? "held"
      : got === label
      ? "right"
      : "wrong";
    if (!mustAbstain && isRead(prompt, label)) count.read++;
    if (mustAbstain) {
      count.none++;
      if (record.ok) count.acted++;
    } else {
      count.orders++;
      count[outcome as "right" | "wrong" | "held"]++;
    }
    if (args.list === name && outcome !== "none" && outcome !== "right") {
      const why = record.aux.gates.find(({ ok }) => !ok);
      const said = record.aux.mappings.map((m) => `${m.predicted} ${m.confidence.toFixed(2)}`);
      console.log(
        [
          outcome,
          prompt,
          label,
          got,
          why?.gate ?? "",
          JSON.stringify(why?.detail ?? ""),
          said.join(),
        ]
          .join(" | "),
      );
    }
  }
  const share = (n: number, of: number) =>
    of === 0 ? "    -" : `${(100 * n / of).toFixed(1)}%`.padStart(6);
  console.log(
    `${name.padEnd(13)} ${String(rows.length).padStart(4)} ${share(count.right, count.orders)} ` +
      `${share(count.wrong, count.orders)} ${share(count.held, count.orders)} ` +
      `${share(count.read, count.orders)} ${
        share(count.acted, count.none)
      } (${count.acted}/${count.none})`,
  );
}

/** Whether the reading alone leaves the right actions open, whatever the mapper makes of them. */
function isRead(prompt: string, label: string): boolean {
  const wanted = label.split(",");
  const proved = readOrders(prompt).orders;
  const orders = proved.length > 0 ? proved : proposeOrders(prompt)?.orders ?? [];
  return orders.length === wanted.length &&
    orders.every(({ allowed }, i) => (allowed as readonly string[]).includes(wanted[i]!));
}

async function reportSlots(path: string): Promise<void> {
  const count: Record<string, number> = {};
  for (const row of await jsonLines<SlotCase>(path)) {
    const record = await run(row.prompt);
    const outcome = judgeSlots(row, record);
    count[outcome] = (count[outcome] ?? 0) + 1;
    if (args.list === "slots" && outcome !== "right" && outcome !== "refused") {
      const steps = record.plan.steps.map((s) => JSON.stringify(s));
      const why = record.aux.gates.find(({ ok }) => !ok);
      console.log(
        outcome,
        "|",
        row.prompt,
        "|",
        steps.join(" "),
        why?.gate,
        JSON.stringify(why?.detail),
      );
    }
  }
  const readable = (count["right"] ?? 0) + (count["missed"] ?? 0) + (count["lost"] ?? 0) +
    (count["danger"] ?? 0);
  const accepted = (count["right"] ?? 0) + (count["lost"] ?? 0) + (count["danger"] ?? 0) +
    (count["accepted"] ?? 0);
  const wrong = accepted - (count["right"] ?? 0);
  console.log("red slots    ", JSON.stringify(count));
  console.log(
    `  wrong among accepted ${wrong}/${accepted}, readable refused ${
      count["missed"] ?? 0
    }/${readable}`,
  );
}
