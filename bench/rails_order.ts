// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Order of steps: what the evidence shows in a prompt of several steps, against what the words are read as,
 * and for ARC also what a mapper of single steps says. `deno task bench:rails-order defi_mapper.json`
 *
 * Nothing is chosen on these rows.
 */
import { openDomain, openEncoder, openRuntime, readLabeledCsv, trainMapper } from "../mod.ts";
import { createMasker, mapLabels, readCsv } from "../src/data/mod.ts";
import { openModelEncoder, openWdd } from "../src/rails/mod.ts";
import { DEFAULT_POLICY, fitRails } from "../src/run/mod.ts";

interface Tally {
  rows: number;
  read: number;
  shown: number;
  both: number;
  readRight: number;
  shownRight: number;
  agree: number;
  agreeRight: number;
}

const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
/** A repeated action has one lobe. */
const once = (sequence: readonly string[]) => [...new Set(sequence)];

function tally(
  rows: readonly {
    readonly gold: readonly string[];
    readonly read: readonly string[];
    readonly shown: readonly string[];
  }[],
): Tally {
  const count = (test: (row: typeof rows[number]) => boolean) => rows.filter(test).length;
  const isBoth = ({ read, shown }: typeof rows[number]) => read.length > 0 && shown.length > 0;
  const agrees = (row: typeof rows[number]) => isBoth(row) && same(once(row.read), row.shown);
  return {
    rows: rows.length,
    read: count(({ read }) => read.length > 0),
    shown: count(({ shown }) => shown.length > 0),
    both: count(isBoth),
    readRight: count(({ read, gold }) => read.length > 0 && same(read, gold)),
    shownRight: count(({ shown, gold }) => shown.length > 0 && same(shown, once(gold))),
    agree: count(agrees),
    agreeRight: count((row) => agrees(row) && same(row.read, row.gold)),
  };
}

function print(name: string, t: Tally): void {
  console.log(
    `${name}: ${t.rows} prompts; read ${t.read}, right ${t.readRight}; shown by the evidence ` +
      `${t.shown}, right ${t.shownRight}; both speak ${t.both}, agree ${t.agree}, then right ` +
      `${t.agreeRight}`,
  );
}

const [mapperPath = ".artifacts/defi_mapper.json"] = Deno.args;

async function defi(): Promise<void> {
  const lines = (await Deno.readTextFile("fixtures/defi/defi_plans_test.jsonl")).trim().split("\n");
  const plans = lines.map((line) =>
    JSON.parse(line) as { prompt: string; sequence: string[]; foreign: boolean }
  ).filter(({ foreign }) => !foreign);
  await using runtime = await openRuntime({ modelPath: mapperPath, useWordmapFallback: false });
  for (const stage of ["stage10", "stage11"] as const) {
    for (const T of [180, 360]) {
      const detector = await (await runtime.evidence())!
        .detector({ ...DEFAULT_POLICY.audit, z_abs: 0.3, keep_frac: 0.3 }, { stage, T });
      const results = await detector.detect(plans.map(({ prompt }) => prompt));
      const rows = [];
      for (const [i, { prompt, sequence }] of plans.entries()) {
        const { aux } = await runtime.run({ prompt, rails: "none" });
        const read = aux.mappings.map(({ predicted }) => predicted);
        rows.push({ gold: sequence, read, shown: results[i]!.order });
      }
      print(`defi plans, ${stage}, T ${T}`, tally(rows));
    }
  }
}

async function arc(): Promise<void> {
  const domain = await openDomain("arc");
  const read = async (name: string) =>
    mapLabels(await readLabeledCsv(`fixtures/arc/${name}.csv`), (l) => domain.canonicalLabel(l));
  const training = await read("arc_steps_train");
  await using encoder = await openEncoder("lite");
  const mapper = await trainMapper(training, encoder, { mask: createMasker(domain.slots) });
  const steps = await read("arc_steps_test");
  const decisions = await mapper.decide(steps.rows.map(({ prompt }) => prompt), { threshold: 0.5 });
  const model = await fitRails(training, domain);
  await using spans = await openModelEncoder(model);
  const wdd = openWdd(model, spans);
  const found = await wdd.detect(steps.rows.map(({ prompt }) => prompt));
  const counts = { grammar: [0, 0], mapper: [0, 0], rails: [0, 0], agree: [0, 0] };
  await using runtime = await openRuntime({ domain: "arc" });
  for (const [i, { prompt, label }] of steps.rows.entries()) {
    const { label: parsed } = await runtime.run({ prompt, rails: "none" });
    const add = (who: keyof typeof counts, said: string | null) => {
      if (said === null) return;
      counts[who][0]!++;
      if (said === label) counts[who][1]!++;
    };
    const mapped = decisions[i]!.label;
    add("grammar", parsed);
    add("mapper", mapped);
    // The words refuse what is no order before the evidence is asked
    const best = found[i]!.channels.filter(({ kept }) => kept)
      .toSorted((a, b) => b.score - a.score)[0]?.name ?? null;
    add("rails", parsed === null ? null : best);
    add("agree", parsed !== null && parsed === mapped ? parsed : null);
  }
  const actions = steps.rows.filter(({ label }) => label !== "abstain").length;
  for (const [who, [acts, right]] of Object.entries(counts)) {
    console.log(
      `arc steps (${steps.rows.length}, ${actions} operations), ${who}: acts on ${acts}, right ${right}`,
    );
  }
  const plans = await readLabeledCsv("fixtures/arc/arc_plans_test.csv");
  const table = await Array.fromAsync(readCsv("fixtures/arc/arc_plans_test.csv"));
  const golds = table.map(({ fields }) =>
    fields["plan"]!.split(";").map((step) => step.replace(/\(.*/, ""))
  );
  const results = await openWdd(model, spans, { T: 360, policy: { z_abs: 0.3, keep_frac: 0.3 } })
    .detect(plans.rows.map(({ prompt }) => prompt));
  const rows = [];
  for (const [i, { prompt }] of plans.rows.entries()) {
    const { sequence } = await runtime.run({ prompt, rails: "none" });
    rows.push({ gold: golds[i]!, read: sequence, shown: results[i]!.order });
  }
  print("arc plans, stage10, T 360", tally(rows.filter(({ gold }) => gold[0] !== "abstain")));
}

await defi();
await arc();
