import { join } from "node:path";
import { percentWithInterval, type Table, textTable } from "../../src/report/mod.ts";
import {
  evaluateRuns,
  type EvaluationConfig,
  evaluationFolder,
  readEvaluationConfig,
  type RunEvaluation,
} from "../../src/stages/mod.ts";
import { ENCODER_FLAGS } from "../_encoder_flags.ts";
import { EXIT, type ExitCode } from "../../src/cli/exit_codes.ts";
import type { FlagValues } from "../../src/cli/flags.ts";
import { createProgress } from "../../src/cli/progress.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";
import { stageEncoderOpener } from "./encoder.ts";
import { appendJobs } from "./job_log.ts";
import { thresholdOverrides } from "./threshold_env.ts";

/** Flags of `batch-eval`. */
export const BATCH_EVAL_FLAGS = {
  config: { type: "string", value: "FILE", required: true, help: "Config of the evaluation." },
  filter: {
    type: "string",
    value: "A,B,…",
    help: "Only runs whose folder name contains one of these texts.",
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
  const done = await evaluateBatch(config, flags, context);
  const folder = evaluationFolder(config);
  context.say(`\nWrote ${folder}/{<run>/<set>/…, technology_comparison_summary.json, README.md}`);
  context.result({
    folder,
    mode: config.evaluation.threshold.mode,
    evaluations: done.map(({ run, dataset, folder, results }) => ({
      run,
      dataset,
      folder,
      threshold: results.threshold_used,
      n: results.num_samples,
      ...results.metrics,
      intervals: results.intervals,
    })),
  });
  return EXIT.ok;
}

/** Evaluates runs, prints them and notes them in the job file. */
export async function evaluateBatch(
  config: EvaluationConfig,
  flags: Omit<Flags, "config">,
  { say }: Pick<CommandContext, "say">,
): Promise<RunEvaluation[]> {
  const { filter, logs_dir } = flags;
  const progress = createProgress("batch-eval");
  const done = await evaluateRuns(config, {
    openEncoder: stageEncoderOpener(flags),
    ...(filter === undefined ? {} : { filter }),
    onEvaluation: (done, total) => progress.update(done, total),
  });
  progress.end();
  await appendJobs(
    join(logs_dir, "batch_evaluation_jobs.txt"),
    done.map(({ run, dataset, folder }) => ({
      job: "local",
      name: `${run} ${dataset}`,
      outcome: "finished",
      folder,
    })),
  );
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
