// deno-lint-ignore-file no-console -- a benchmark prints
/** How prompts for grids are read, all of the plan or nothing: `deno task bench:arc`. */
import { readCsv } from "../src/data/mod.ts";
import { formatArcPlan, parseArcPrompt } from "../src/domains/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { percentWithInterval, textTable } from "../src/report/mod.ts";

const SETS: readonly (readonly [file: string, half?: string])[] = [
  ["arc_steps_train.csv"],
  ["arc_plans_train.csv"],
  ["arc_steps_test.csv"],
  ["arc_plans_test.csv"],
  ["handwritten.csv", "dev"],
  ["handwritten.csv", "test"],
];

const rows: string[][] = [];
for (const [file, half] of SETS) {
  const count = { plans: 0, right: 0, others: 0, abstain: 0, carriedOut: 0 };
  for await (const { fields: row } of readCsv(`fixtures/arc/${file}`)) {
    if (half !== undefined && row["half"] !== half) continue;
    const parse = parseArcPrompt(row["prompt"]!);
    const read = parse.executable ? formatArcPlan(parse.plan) : null;
    if (row["plan"]!.startsWith("abstain")) {
      count.abstain++;
      if (read !== null) count.carriedOut++;
      continue;
    }
    count.plans++;
    if (read === row["plan"]) count.right++;
    else if (read !== null) count.others++;
  }
  rows.push([
    half === undefined ? file : `${file}, ${half}`,
    String(count.plans),
    percentWithInterval(rate(count.right, count.plans)),
    percentWithInterval(rate(count.others, count.plans)),
    `${count.carriedOut}/${count.abstain}`,
  ]);
}
console.log(textTable({
  columns: ["set", "plans", "exact plan", "another plan", "carried out, must abstain"],
  rows,
}));
