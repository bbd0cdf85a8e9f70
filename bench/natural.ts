// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * The reporting sets of natural prompts, through all gates: totals alone, never a row.
 *
 * `deno task bench:natural [--mapper FILE] [--threshold 0.45 --min_order 0.2]`
 *
 * The facts are those of a healthy account, so that no guard objects and only the reading decides. The
 * mapper acts at the point in its file, or at the one that is named.
 */
import { parseArgs } from "@std/cli/parse-args";
import { openRuntime, readLabeledCsv } from "../mod.ts";
import { ABSTAIN_CLASS, rate } from "../src/evaluate/mod.ts";
import { percentWithInterval, textTable } from "../src/report/mod.ts";
import { runHealthy } from "./orders_facts.ts";

const args = parseArgs(Deno.args, { string: ["mapper", "threshold", "min_order"] });
await using runtime = await openRuntime({
  modelPath: (args["mapper"] as string | undefined) ?? ".artifacts/defi_mapper.json",
  ...(args["threshold"] !== undefined && {
    point: {
      threshold: Number(args["threshold"]),
      min_order: Number(args["min_order"] ?? 0.2),
    },
  }),
});

/** A prompt and its actions in order; null where nothing may be done. */
interface Case {
  readonly prompt: string;
  readonly sequence: readonly string[] | null;
}

const { rows } = await readLabeledCsv("fixtures/defi/defi_natural_test.csv");
const natural = rows.map(({ prompt, label }): Case => ({
  prompt,
  sequence: label === ABSTAIN_CLASS ? null : [label!],
}));
const lines = (await Deno.readTextFile("fixtures/defi/defi_plans_test.jsonl")).split("\n");
const plans = lines.filter((line) => line.trim() !== "").map((line): Case => {
  const { prompt, sequence, foreign } = JSON.parse(line);
  return { prompt, sequence: foreign || sequence.includes(ABSTAIN_CLASS) ? null : sequence };
});

console.log(textTable({
  columns: ["set", "orders", "right", "wrong", "refused by", "must abstain", "acted on"],
  rows: [await judge("natural", natural), await judge("plans", plans)],
}));

async function judge(name: string, cases: readonly Case[]): Promise<string[]> {
  let right = 0;
  let wrong = 0;
  let acted = 0;
  const refusedBy: Record<string, number> = {};
  for (const { prompt, sequence } of cases) {
    const record = await runHealthy(runtime, prompt);
    if (sequence === null) {
      if (record.ok) acted++;
    } else if (!record.ok) {
      const gate = record.aux.gates.find(({ ok }) => !ok)!.gate;
      refusedBy[gate] = (refusedBy[gate] ?? 0) + 1;
    } else if (record.plan.sequence.join() === sequence.join()) right++;
    else wrong++;
  }
  const none = cases.filter(({ sequence }) => sequence === null).length;
  const orders = cases.length - none;
  return [
    name,
    String(orders),
    percentWithInterval(rate(right, orders)),
    percentWithInterval(rate(wrong, orders)),
    Object.entries(refusedBy).map(([gate, n]) => `${gate} ${n}`).join(", "),
    String(none),
    `${acted} (${percentWithInterval(rate(acted, none))})`,
  ];
}
