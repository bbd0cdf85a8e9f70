import {
  decide,
  joinLabels,
  loadMapper,
  openDomain,
  openMapper,
  parseThresholds,
  readLabeledCsv,
  readPrompts,
  runSweep,
} from "../mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { percent, textTable } from "../src/report/mod.ts";
import { DEFAULT_ENCODER_FLAGS } from "./_encoder_flags.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { printSweep, writeSweep } from "./_sweep_output.ts";
import { DEFAULT_MAPPER } from "./_runtime_flags.ts";
import { printTraining, runTraining } from "./_train.ts";

const FIXTURES = "fixtures/defi";
const PROMPTS = `${FIXTURES}/defi_mapper_5k_prompts.jsonl`;
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
  summary: "Trains on the fixtures, sweeps the held-out 5,000 prompts, maps five prompts.",
  example: "deno task quickstart",
  flags: {
    out_dir: {
      type: "string",
      value: "FOLDER",
      default: ".artifacts/quickstart",
      help: "Where summary, metrics, rows and report go.",
    },
    out_path: {
      type: "string",
      value: "FILE",
      default: DEFAULT_MAPPER,
      help:
        "Where the mapper goes, with the chosen operating point: where run, map and serve look.",
    },
  },
}, async ({ out_dir, out_path: mapperPath }, context) => {
  const { say } = context;
  say("1. Train\n");
  const run = await runTraining({
    labels_csv: `${FIXTURES}/defi_mapper_labeled_large.csv`,
    out_path: mapperPath,
    sbert: "lite",
    domain: "defi",
    C: 8,
    max_iter: 2000,
    tol: 1e-4,
    calibration_method: "best",
    calibration_cv: 3,
    class_weight: "balanced",
    solver: "lbfgs",
    seed: 0,
    class_names: undefined,
    ...DEFAULT_ENCODER_FLAGS,
  }, context);
  printTraining(run, context);

  say("\n2. Sweep 5,000 prompts whose templates and phrasings the training never saw\n");
  const artifact = await loadMapper(mapperPath);
  await using mapper = await openMapper(mapperPath);
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
  const about = {
    bench: "quickstart",
    mapper: mapper.source,
    prompts: PROMPTS,
    data_sha256: dataset.sha256,
    skipped: dataset.skipped,
    ...LIMITS,
    chooseBy: "abstain_then_acc",
    timestamp: new Date().toISOString(),
  };
  await writeSweep(outcome, about, {
    rows_csv: `${out_dir}/rows.csv`,
    out_csv: `${out_dir}/metrics.csv`,
    out_summary: `${out_dir}/summary.json`,
    out_report: `${out_dir}/report.md`,
    out_html: `${out_dir}/report.html`,
    out_mapper: mapperPath,
    artifact,
  });
  printSweep(outcome, about, context);

  say("\n3. Map five prompts\n");
  const { data, cols } = await mapper.predictProbabilities(EXAMPLES);
  const decisions = EXAMPLES.map((prompt, i) => ({
    prompt,
    ...decide(data.subarray(i * cols, (i + 1) * cols), mapper.classes, outcome.point),
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
  context.result({ decisions, status: outcome.gate.status, out_dir });
  return outcome.gate.status === "pass" ? EXIT.ok : EXIT.gate;
});
