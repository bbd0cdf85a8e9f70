import { basename, dirname, join } from "node:path";
import { percentWithInterval, type Table, textTable } from "../../src/report/mod.ts";
import { stringify } from "yaml";
import {
  evaluateRuns,
  type EvaluationConfig,
  evaluationFolder,
  evaluationOverlap,
  finishedRuns,
  followPointers,
  gatherEvaluations,
  readEvaluationConfig,
  resolveThreshold,
  type RunEvaluation,
  runSlurmTasks,
  type SentRun,
  type SlurmBatchRequest,
} from "../../src/stages/mod.ts";
import { ENCODER_FLAGS } from "../_encoder_flags.ts";
import { EXIT, type ExitCode } from "../../src/cli/exit_codes.ts";
import type { FlagValues } from "../../src/cli/flags.ts";
import { createProgress } from "../../src/cli/progress.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";
import { stageEncoderOpener } from "./encoder.ts";
import { appendJobs } from "./job_log.ts";
import { FAIL_ON_OVERLAP, tellOverlap } from "./overlap.ts";
import { batchArguments, slurmRequest, tellSlurmJob } from "./slurm_request.ts";
import { workerArguments } from "./worker_process.ts";
import { thresholdOverrides } from "./threshold_env.ts";

/** Flags of `batch-eval`. */
export const BATCH_EVAL_FLAGS = {
  config: { type: "string", value: "FILE", required: true, help: "Config of the evaluation." },
  filter: {
    type: "string",
    value: "A,B,…",
    help: "Only runs whose folder name contains one of these texts.",
  },
  fail_on_overlap: FAIL_ON_OVERLAP,
  executor: {
    type: "string",
    choices: ["local", "slurm"],
    default: "local",
    help: "Who runs it; slurm reads the block `slurm` of the config, one task a run.",
  },
  logs_dir: {
    type: "string",
    value: "DIR",
    default: "logs",
    help: "Where batch_evaluation_jobs.txt goes.",
  },
  ...ENCODER_FLAGS,
} as const;

type Flags = FlagValues<typeof BATCH_EVAL_FLAGS>;

/** The body of `batch-eval`. */
export async function batchEvalCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const overrides = thresholdOverrides((name) => Deno.env.get(name));
  const config = await readEvaluationConfig(flags.config, { overrides });
  const overlap = await evaluationOverlap(config, onlyFilter(flags));
  const refusal = tellOverlap(overlap, flags.fail_on_overlap, context);
  if (refusal) return refusal;
  // A mistake in this block is one wherever the evaluation runs.
  const slurm = slurmEvaluation(config, flags);
  const { done, failed } = flags.executor === "slurm"
    ? await evaluateOnSlurm(config, slurm, flags, context)
    : { done: await evaluateBatch(config, flags, context), failed: [] };
  const folder = evaluationFolder(config);
  context.say(`\n${await thresholdSentence(config, new Set(done.map(({ run }) => run)).size)}`);
  context.say(`Wrote ${folder}/{<run>/<set>/…, technology_comparison_summary.json, README.md}`);
  context.result({
    folder,
    mode: config.evaluation.threshold.mode,
    overlap: overlap.sentences,
    evaluations: done.map(({ run, dataset, folder, results, overlap: shared }) => ({
      run,
      dataset,
      folder,
      threshold: results.threshold_used,
      n: results.num_samples,
      ...results.metrics,
      overlap: shared,
      intervals: results.intervals,
    })),
    failed: failed.map(({ name }) => name),
  });
  return failed.length > 0 ? EXIT.gate : EXIT.ok;
}

/** Which threshold runs were judged at, and whose it is. */
async function thresholdSentence(
  config: EvaluationConfig,
  runs: number,
): Promise<string> {
  const { mode, value, file } = config.evaluation.threshold;
  if (mode === "argmax") return "Mode argmax: the more probable label wins";
  if (mode === "fixed") return `Mode fixed: threshold ${value} for all ${runs} runs`;
  if (mode === "file" && file === undefined) {
    return `Mode file: each of ${runs} runs at the best threshold of its own sweep`;
  }
  const shared = await resolveThreshold(config, "");
  const path = await followPointers(shared.file!);
  const owner = basename(dirname(await Deno.realPath(path).catch(() => path)));
  return `Mode ${mode}: threshold ${shared.value} of ${owner} for all ${runs} runs`;
}

/** The config as it counts, environment and defaults included: nodes have an environment of their own. */
function slurmEvaluation(config: EvaluationConfig, flags: Flags): SlurmBatchRequest {
  const text = stringify(config, { aliasDuplicateObjects: false });
  return slurmRequest(
    text,
    flags.config,
    config.evaluation.output_dir,
    (batchDir) => workerArguments(flags, [], [...batchArguments(batchDir), "--evaluate"]),
  );
}

async function evaluateOnSlurm(
  config: EvaluationConfig,
  request: SlurmBatchRequest,
  flags: Flags,
  { say, warn }: CommandContext,
): Promise<{ readonly done: RunEvaluation[]; readonly failed: readonly SentRun[] }> {
  const runs = await finishedRuns(config, onlyFilter(flags));
  let job = "";
  const names = runs.map(({ id }) => id);
  const results = await runSlurmTasks(names, request, {
    onJob: (id, ...facts) => {
      job = id;
      tellSlurmJob(say, id, ...facts);
    },
  });
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { name, error } of failed) {
    warn(`${name}: ${[error?.message, error?.hint].filter(Boolean).join("; ")}`);
  }
  const finished = results.filter(({ outcome }) => outcome !== "failed");
  const done = await gatherEvaluations(config, finished.map(({ name }) => name));
  await logEvaluations(done, job, flags.logs_dir);
  say(textTable(evaluationTable(done)));
  return { done, failed };
}

function onlyFilter({ filter }: Pick<Flags, "filter">): { readonly filter?: string } {
  return filter === undefined ? {} : { filter };
}

async function logEvaluations(
  done: readonly RunEvaluation[],
  job: string,
  logsDir: string,
): Promise<void> {
  await appendJobs(
    join(logsDir, "batch_evaluation_jobs.txt"),
    done.map(({ run, dataset, folder }) => ({
      job,
      name: `${run} ${dataset}`,
      outcome: "finished",
      folder,
    })),
  );
}

/** Evaluates runs, prints them and notes them in the job file. */
export async function evaluateBatch(
  config: EvaluationConfig,
  flags: Omit<Flags, "config" | "executor" | "fail_on_overlap">,
  { say }: Pick<CommandContext, "say">,
): Promise<RunEvaluation[]> {
  const progress = createProgress("batch-eval");
  const done = await evaluateRuns(config, {
    openEncoder: stageEncoderOpener(flags),
    ...onlyFilter(flags),
    onEvaluation: (done, total) => progress.update(done, total),
  });
  progress.end();
  await logEvaluations(done, "local", flags.logs_dir);
  say(textTable(evaluationTable(done)));
  return done;
}

function evaluationTable(done: readonly RunEvaluation[]): Table {
  return {
    columns: ["run", "set", "rows", "threshold", "precision", "recall", "F1", "FP removed"],
    rows: done.map(({ run, dataset, results }) => [
      run,
      dataset,
      results.num_samples,
      results.threshold_used === null ? "argmax" : results.threshold_used.toFixed(2),
      results.metrics.precision.toFixed(3),
      results.metrics.recall.toFixed(3),
      results.metrics.f1.toFixed(3),
      percentWithInterval(results.intervals.fp_removed),
    ]),
  };
}
