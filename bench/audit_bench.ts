// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * The audit and WDD on the DeFi sets: `deno task bench:audit [mapper.json]`.
 *
 * Fitted on the training set, gates chosen on the development set, then printed for the sets that are for
 * reporting only.
 */
import { type Dataset, openMapper, readLabeledCsv } from "../mod.ts";
import { DEFI_DOMAIN, DEFI_LEXICON, detectNonExecutable } from "../src/domains/mod.ts";
import {
  fitAuditGates,
  fitRefutation,
  fitWdd,
  openEvidenceEncoder,
  openWdd,
  refutationMetrics,
  runAudit,
  shuffleTracks,
  type WddModel,
} from "../src/rails/mod.ts";

const percent = (x: number | null) => x === null ? "-" : `${(100 * x).toFixed(1)}%`;
const folder = "fixtures/defi/";
const read = (name: string) => readLabeledCsv(`${folder}${name}.csv`, { empty: "keep" });
const asked = (data: Dataset) =>
  data.rows as unknown as { id: string; prompt: string; label: string }[];
const { slots, primitives } = DEFI_DOMAIN;
const forbids = (prompt: string) => detectNonExecutable(prompt) !== null;

/** Kinds of refusal that name no sense of their own: such prompts are noise to the evidence. */
const NOTHING = new Set(["order", "not_understood", "out_of_domain", "empty"]);

const lexicon = DEFI_LEXICON;
await using encoder = await openEvidenceEncoder({ lexicon, slots });
const training = asked(await read("defi_mapper_labeled_large"));
const tuning = asked(await read("defi_mapper_labeled_mini"));
const isBackground = (prompt: string) => NOTHING.has(detectNonExecutable(prompt)?.kind ?? "order");
const started = performance.now();
const model = await fitWdd(training, encoder, { primitives, slots, lexicon, isBackground });
console.log(`fit: ${((performance.now() - started) / 1000).toFixed(1)} s`);

const open = { tau_span: 0.05, tau_rel: 0, tau_abs: -Infinity };
const tuned = await runAudit(tuning, model, encoder, { gates: open, forbids });
const limits = [0.01, 0.02, 0.03, 0.05, 0.1];
const SETS = [
  "defi_mapper_labeled_mini",
  "defi_mapper_labeled_5k",
  "defi_mapper_stress_labeled",
  "defi_mapper_unseen_verbs",
  "defi_nonexec",
];
const REPORTED = Deno.args.includes("--tuning-only") ? SETS.slice(0, 1) : SETS;

/** Milliseconds a prompt, by what was timed: said once at the end, since they differ from run to run. */
const times = new Map<string, number[]>();
const note = (what: string, begun: number, rows: number) =>
  times.set(what, [...times.get(what) ?? [], (performance.now() - begun) / rows]);

const mapperPath = Deno.args.find((arg) => !arg.startsWith("--"));
for (const name of REPORTED) {
  const rows = asked(await read(name));
  console.log(`\n${name} (${rows.length})`);
  for (const guard of [true, false]) {
    for (const maxHallucination of guard ? limits : [0.01, 0.05]) {
      const gates = fitAuditGates(tuned.rows, { maxHallucination });
      const begun = performance.now();
      const { metrics: m } = await runAudit(rows, model, encoder, {
        gates,
        ...(guard && { forbids }),
      });
      console.log([
        `  audit tuned to ${percent(maxHallucination)}${guard ? "" : ", no guard"}:`,
        `coverage ${percent(m.coverage.value)}`,
        `hallucination ${percent(m.hallucination_rate.value)}`,
        `on fired ${percent(m.hallucination_on_fired.value)}`,
        `multi ${percent(m.multi_accept_rate.value)}`,
        `non-exec accepted ${percent(m.accept_rate_non_exec.value)}`,
        `gold spans ${percent(m.gold_span_recall.value)}`,
      ].join("  "));
      note("audit", begun, rows.length);
    }
  }
  if (mapperPath) await reportRefutation(mapperPath, rows);
  await reportWdd(rows);
}
reportNoise(model);
for (const [what, list] of times) {
  const sorted = list.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0]!, sorted.at(-1)!].map((ms) => ms.toFixed(2));
  console.log(`ms a prompt, ${what}: ${least} to ${most}`);
}

async function reportRefutation(path: string, rows: typeof tuning): Promise<void> {
  await using mapper = await openMapper(path);
  const labelsOf = async (some: typeof tuning, threshold: number) => {
    const { data } = await mapper.predictProbabilities(some.map(({ prompt }) => prompt));
    const n = mapper.classes.length;
    return some.map((_, i) => {
      const own = [...data.subarray(i * n, (i + 1) * n)];
      const top = Math.max(...own);
      const label = mapper.classes[own.indexOf(top)]!;
      return label === "abstain" || top < threshold ? null : label;
    });
  };
  for (const guard of [false, true]) {
    const options = { gates: open, ...(guard && { forbids }) };
    const { rows: fitting } = await runAudit(tuning, model, encoder, options);
    const { rows: audited } = await runAudit(rows, model, encoder, options);
    for (const threshold of [0, 0.4]) {
      for (const limit of ["observed", "bounded"] as const) {
        const tau = fitRefutation(fitting, await labelsOf(tuning, threshold), { limit });
        const labels = await labelsOf(rows, threshold);
        const { caught, refused } = refutationMetrics(audited, labels, tau);
        console.log(
          `  mapper at ${threshold}${guard ? ", guard" : ""}, gate tuned to 3% ${limit}: caught ` +
            `${caught.k}/${caught.n} = ${percent(caught.value)}, right ones refused ` +
            `${percent(refused.value)}`,
        );
      }
    }
  }
}

async function reportWdd(rows: typeof tuning): Promise<void> {
  for (const falseAlarmRate of [0.01, 0.05]) {
    for (const template_width of [64, 96]) {
      const wdd = openWdd(model, encoder, {
        falseAlarmRate,
        policy: { template_width, z_abs: 0.1 },
      });
      const begun = performance.now();
      const results = await wdd.detect(rows.map(({ prompt }) => prompt));
      note("WDD", begun, rows.length);
      for (const guard of [false, true]) {
        const keep = results.map(({ keep }, i) => guard && forbids(rows[i]!.prompt) ? [] : keep);
        const share = (test: (i: number) => boolean, of: (i: number) => boolean) => {
          const some = rows.keys().filter(of).toArray();
          return some.length === 0 ? null : some.filter(test).length / some.length;
        };
        const action = (i: number) => rows[i]!.label !== "abstain";
        console.log([
          `  WDD ${falseAlarmRate}, width ${template_width}${guard ? ", guard" : ""}:`,
          `pass ${percent(share((i) => keep[i]!.length > 0, action))}`,
          `label kept ${percent(share((i) => keep[i]!.includes(rows[i]!.label), action))}`,
          `multi ${percent(share((i) => keep[i]!.length > 1, action))}`,
          `non-exec passed ${percent(share((i) => keep[i]!.length > 0, (i) => !action(i)))}`,
        ].join("  "));
      }
    }
  }
}

/** New noise: other shuffles than those of the calibration. */
function reportNoise(of: WddModel): void {
  for (const falseAlarmRate of [0.01, 0.05]) {
    const wdd = openWdd(of, encoder, { falseAlarmRate });
    const results = wdd.judge(shuffleTracks(of.background, 2000, 12_345));
    const passed = results.filter(({ decision }) => decision === "PASS").length;
    console.log(`WDD ${falseAlarmRate}: passes ${passed} of 2000 new noise tracks`);
  }
}
