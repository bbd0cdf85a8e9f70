import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { textTable } from "../src/report/mod.ts";
import { type BatchRun, sendRun } from "../src/stages/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { executeBatch, planBatch, type PlannedBatch, previewScript } from "./_stages/execute.ts";
import { formatSeconds } from "./_stages/live.ts";

/** Flags of `batch-train`. */
const BATCH_TRAIN_FLAGS = {
  config: { type: "string", value: "FILE", required: true, help: "Config of the stage." },
  filter: {
    type: "string",
    value: "A,B,…",
    help: "Only experiments whose base name contains one of these texts.",
  },
  exclude: { type: "string", value: "A,B,…", help: "No experiments whose base name does." },
  max_experiments: { type: "integer", min: 1, help: "Only the first ones of what is left." },
  dry_run: {
    type: "boolean",
    help: "List the experiments, or with --executor slurm print the script; write nothing.",
  },
  jobs: { type: "integer", min: 1, max: 256, default: 1, help: "Local worker processes." },
  executor: {
    type: "string",
    choices: ["local", "slurm"],
    default: "local",
    help: "Who runs it; slurm reads the block `slurm` of the config.",
  },
  resume: {
    type: "boolean",
    help:
      "Do not repeat runs that finished with the same settings and data, and go on with those " +
      "that were interrupted.",
  },
  logs_dir: {
    type: "string",
    value: "DIR",
    default: "logs",
    help: "Where batch_training_jobs.txt goes.",
  },
  ...ENCODER_FLAGS,
} as const;

/** The body of `batch-train`. */
async function batchTrainCommand(
  flags: FlagValues<typeof BATCH_TRAIN_FLAGS>,
  context: CommandContext,
): Promise<ExitCode> {
  const plan = await planBatch(flags);
  if (flags.dry_run) return printPlan(plan, context);
  const started = performance.now();
  const runs = await executeBatch(plan, context);
  const seconds = (performance.now() - started) / 1000;
  printOutcome(runs, seconds, context);
  context.result({ seconds, runs: runs.map(sendRun) });
  return runs.some(({ outcome }) => outcome === "failed") ? EXIT.gate : EXIT.ok;
}

function printPlan(plan: PlannedBatch, { say, result }: CommandContext): ExitCode {
  const names = plan.experiments.map(({ name }) => name);
  if (plan.request.executor === "slurm") {
    const script = previewScript(plan);
    say(script.trimEnd());
    result({ experiments: names, script });
    return EXIT.ok;
  }
  for (const name of names) say(name);
  say(`${names.length} experiments`);
  result({ experiments: names });
  return EXIT.ok;
}

function printOutcome(
  runs: readonly BatchRun[],
  seconds: number,
  { say }: Pick<CommandContext, "say">,
): void {
  const count = (outcome: BatchRun["outcome"]) =>
    runs.filter((run) => run.outcome === outcome).length;
  say(
    `\n${count("finished")} finished, ${count("skipped")} skipped, ${count("failed")} failed in ` +
      formatSeconds(seconds),
  );
  const best = runs.filter(({ status }) => status?.val_f1 !== undefined)
    .toSorted((a, b) => b.status!.val_f1! - a.status!.val_f1!)
    .slice(0, 5);
  if (best.length === 0) return;
  say("\nBest on the validation set");
  say(textTable({
    columns: ["experiment", "val F1", "parameters", "folder"],
    rows: best.map(({ experiment, status, folder }) => [
      experiment.name,
      status!.val_f1!.toFixed(3),
      status!.parameters ?? null,
      folder ?? null,
    ]),
  }));
}

await runCommand({
  name: "batch-train",
  summary: "Trains all experiments of a stage's config; a batch that was killed can be resumed.",
  example: "deno task batch-train --config configs/encoder/stage1_offline.yaml --jobs 2 --resume",
  flags: BATCH_TRAIN_FLAGS,
}, batchTrainCommand);
