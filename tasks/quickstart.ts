import {
  type Dataset,
  joinLabels,
  loadMapper,
  openDomain,
  openMapper,
  type OperatingPoint,
  parseThresholds,
  readLabeledCsv,
  readPrompts,
  runSweep,
  type SweepOutcome,
} from "../mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { percent, type SweepContext, textTable } from "../src/report/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { LARGE_RECIPE, PRODUCT_RECIPE } from "./_product_recipe.ts";
import { DEFAULT_MAPPER } from "./_runtime_flags.ts";
import { printSweep, writeSweep } from "./_sweep_output.ts";
import { printTraining, runTraining, trainingFiles } from "./_train.ts";

const FIXTURES = "fixtures/defi";
const PROMPTS = `${FIXTURES}/defi_mapper_5k_prompts.jsonl`;
const MINI = `${FIXTURES}/defi_mapper_labeled_mini.csv`;
const LIMITS = { maxAbstainRate: 0.05, minOverallAcc: 0.85 };
const EXAMPLES = [
  "deposit 10 ETH into aave",
  "swap 2 ETH for USDC",
  "could you pay back 500 dai of my loan",
  "claim my staking rewards on lido",
  "what's the weather in Lisbon tomorrow?",
];

/** What a newcomer tries next. */
const NEXT = [
  'deno task run "swap 2 ETH for USDC" --context \'{"oracle": {"age_sec": 5}}\'',
  "deno task serve",
  "deno task train --labels_csv YOUR.csv --calibrate --out_path .artifacts/your_mapper.json",
];

await runCommand({
  name: "quickstart",
  summary: "Trains two mappers, sweeps the held-out 5,000 prompts, maps five prompts.",
  example: "deno task quickstart",
  flags: {
    out_dir: {
      type: "string",
      value: "FOLDER",
      writes: (folder: string) => [
        ...trainingFiles(`${folder}/large_mapper.json`),
        ...["summary.json", "metrics.csv", "rows.csv", "report.md", "report.html"]
          .map((name) => `${folder}/${name}`),
      ],
      default: ".artifacts/quickstart",
      help: "Where the mapper of the 1,000 rows, summary, metrics, rows and report go.",
    },
    out_path: {
      type: "string",
      value: "FILE",
      writes: trainingFiles,
      default: DEFAULT_MAPPER,
      help:
        "Where the product's mapper goes, with the chosen operating point: where run, map and " +
        "serve look.",
    },
  },
}, async ({ out_dir, out_path: mapperPath }, context) => {
  const { say } = context;
  const largePath = `${out_dir}/large_mapper.json`;
  say("1. Train on 1,000 rows, sweep 5,000 prompts whose templates and phrasings it never saw\n");
  printTraining(await runTraining({ ...LARGE_RECIPE, out_path: largePath }, context), context);
  say("");
  const large = await sweepLarge(largePath, out_dir, context);

  say("\n2. Train the mapper that everything here uses, choose its point on development prompts\n");
  printTraining(await runTraining({ ...PRODUCT_RECIPE, out_path: mapperPath }, context), context);
  const product = await choosePoint(mapperPath);
  const { threshold, minOrder } = product.point;
  say(
    `Chosen on ${product.chosen.metrics.total} other prompts: threshold ${threshold}, order ${minOrder}\n`,
  );
  say(textTable({
    columns: ["mapper", "5,000: right", "abstain", "right on fired", "fired on what must abstain"],
    rows: [
      ["1,000 rows", ...await reportRow(largePath, large.point)],
      ["product", ...await reportRow(mapperPath, product.point)],
    ],
  }));

  say("\n3. Map five prompts\n");
  await using mapper = await openMapper(mapperPath);
  const decisions = (await mapper.decide(EXAMPLES)).map((one, i) => ({
    prompt: EXAMPLES[i]!,
    ...one,
  }));
  say(textTable({
    columns: ["prompt", "action", "confidence", "why"],
    rows: decisions.map((row) => [
      row.prompt,
      row.label ?? "abstain",
      percent(row.confidence),
      row.reason === "fired" ? "" : `${row.reason} (${row.predicted})`,
    ]),
  }));
  say(`\nWrote ${mapperPath}, which acts at the chosen point wherever it is opened`);
  say(`Wrote ${out_dir}/: summary.json, metrics.csv, rows.csv, report.md, report.html`);
  say(`\nOpen ${out_dir}/report.html in a browser, or type next:\n`);
  for (const command of NEXT) say(`  ${command}`);
  context.result({ decisions, status: large.gate.status, out_dir });
  return large.gate.status === "pass" ? EXIT.ok : EXIT.gate;
});

/** The documented sweep: its point is chosen on the rows that it is reported on. */
async function sweepLarge(
  path: string,
  out_dir: string,
  context: CommandContext,
): Promise<SweepOutcome> {
  const artifact = await loadMapper(path);
  await using mapper = await openMapper(path);
  const dataset = joinLabels(
    await readPrompts(PROMPTS),
    await readLabeledCsv(`${FIXTURES}/defi_mapper_labeled_5k.csv`, { empty: "keep" }),
  );
  const outcome = await runSweep(mapper, dataset, {
    thresholds: parseThresholds("0.3:0.7:0.05"),
    ...LIMITS,
    training: {
      index: artifact.training.overlap,
      mask: createMasker((await openDomain(artifact.domain)).slots),
    },
  });
  const about = contextOf("quickstart", mapper.source, PROMPTS, dataset);
  await writeSweep(outcome, about, {
    rows_csv: `${out_dir}/rows.csv`,
    out_csv: `${out_dir}/metrics.csv`,
    out_summary: `${out_dir}/summary.json`,
    out_report: `${out_dir}/report.md`,
    out_html: `${out_dir}/report.html`,
    out_mapper: path,
    artifact,
  });
  printSweep(outcome, about, context);
  return outcome;
}

/** Chooses the product's point on the set that is there to be looked at, and writes it into the file. */
async function choosePoint(path: string): Promise<SweepOutcome> {
  const artifact = await loadMapper(path);
  await using mapper = await openMapper(path);
  const dataset = await readLabeledCsv(MINI, { empty: "keep" });
  const outcome = await runSweep(mapper, dataset, {
    thresholds: parseThresholds("0.3:0.7:0.05"),
    // The set has few prompts that are nearly orders: it cannot judge lower scores
    minOrders: [0.2, 0.3, 0.4, 0.5],
    chooseBy: "utility",
    ...LIMITS,
  });
  const about = contextOf("quickstart", mapper.source, MINI, dataset);
  await writeSweep(outcome, about, { out_mapper: path, artifact });
  return outcome;
}

/** What a mapper does at its point on sets that chose nothing of it, or the 5,000 that chose it. */
async function reportRow(path: string, point: OperatingPoint): Promise<string[]> {
  await using mapper = await openMapper(path);
  const at = async (file: string) => {
    const { rows } = await readLabeledCsv(`${FIXTURES}/${file}`, { empty: "keep" });
    const decisions = await mapper.decide(rows.map(({ prompt }) => prompt), point);
    const fired = decisions.filter(({ label }) => label !== null).length;
    const right = decisions.filter(({ label }, i) => label !== null && label === rows[i]!.label);
    return { total: rows.length, fired, right: right.length };
  };
  const all = await at("defi_mapper_labeled_5k.csv");
  const none = await at("defi_nonexec.csv");
  return [
    percent(all.right / all.total),
    percent(1 - all.fired / all.total),
    percent(all.right / all.fired),
    `${none.fired} of ${none.total}`,
  ];
}

function contextOf(
  bench: string,
  mapper: SweepContext["mapper"],
  prompts: string,
  { sha256, skipped }: Dataset,
): SweepContext {
  return {
    bench,
    mapper,
    prompts,
    data_sha256: sha256,
    skipped,
    ...LIMITS,
    chooseBy: "abstain_then_acc",
    timestamp: new Date().toISOString(),
  };
}
