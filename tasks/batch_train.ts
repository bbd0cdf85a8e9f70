import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { textTable } from "../src/report/mod.ts";
import {
  type BatchRun,
  hasLearntNothing,
  hasOverlap,
  measureSetOverlap,
  overlapSentence,
  readDetections,
  sendRun,
  type SetOverlap,
  type StageConfig,
} from "../src/stages/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { crossValidateBatch } from "./_stages/cross_validate.ts";
import { executeBatch, planBatch, type PlannedBatch, previewScript } from "./_stages/execute.ts";
import { FAIL_ON_OVERLAP, tellOverlap, type ToldOverlap } from "./_stages/overlap.ts";
import { formatSeconds } from "./_stages/live.ts";
import { OVERRIDE_FLAGS } from "./_stages/torch.ts";

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
  cross_validate: {
    type: "integer",
    min: 2,
    max: 50,
    help: "Instead of training: folds by script over all rows; prints F1 and what would go.",
  },
  rows: {
    type: "string",
    value: "FILE,…",
    help: "With --cross_validate: these rows instead of the config's.",
  },
  ...OVERRIDE_FLAGS,
  fail_on_overlap: FAIL_ON_OVERLAP,
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
  if (plan.unused.length > 0) {
    context.warn(`without effect on these experiments: ${plan.unused.join(", ")}`);
  }
  if (flags.dry_run) return printPlan(plan, context);
  if (flags.cross_validate !== undefined) {
    return await crossValidateBatch(plan, flags.cross_validate, flags.rows, context);
  }
  const overlap = await trainingOverlap(plan.config);
  const refusal = tellOverlap(overlap, flags.fail_on_overlap, context);
  if (refusal) return refusal;
  const started = performance.now();
  const runs = await executeBatch(plan, context);
  const seconds = (performance.now() - started) / 1000;
  printOutcome(runs, seconds, context);
  warnOfBaseline(runs, context);
  context.result({ seconds, overlap: overlap.measured, runs: runs.map(sendRun) });
  return runs.some(({ outcome }) => outcome === "failed") ? EXIT.gate : EXIT.ok;
}

/** What the validation set of a config shares with its training set. */
async function trainingOverlap({ global }: StageConfig): Promise<TrainingOverlap> {
  const fields = { textField: global.text_field };
  const train = await readDetections(global.train_path, fields);
  const validation = await readDetections(global.val_path, fields);
  const measured = measureSetOverlap(train.rows, validation.rows);
  const isShared = hasOverlap(measured);
  const sentence = overlapSentence(global.val_path, global.train_path, measured);
  return { measured, isShared, sentences: isShared ? [sentence] : [] };
}

interface TrainingOverlap extends ToldOverlap {
  readonly measured: SetOverlap;
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

/** Rates that are meant for fine-tuning, for example, leave a head where it began. */
function warnOfBaseline(
  runs: readonly BatchRun[],
  { warn }: Pick<CommandContext, "warn">,
): void {
  const idle = runs.filter(({ status }) => status && hasLearntNothing(status));
  if (idle.length === 0) return;
  const { experiment, status } = idle[0]!;
  warn(
    `${idle.length} of ${runs.length} runs have learnt nothing, such as ${experiment.name}: F1 ` +
      `${status!.val_f1!.toFixed(3)}, and calling every finding a TP has ` +
      `${status!.baseline_f1!.toFixed(3)}; try other learning rates or more epochs`,
  );
}

await runCommand({
  name: "batch-train",
  summary: "Trains all experiments of a stage's config; a batch that was killed can be resumed.",
  example: "deno task batch-train --config configs/encoder/stage1_offline.yaml --jobs 2 --resume",
  flags: BATCH_TRAIN_FLAGS,
}, batchTrainCommand);
