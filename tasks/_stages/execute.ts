import { join } from "node:path";
import {
  type BatchRun,
  type ExecutorEvents,
  expandExperiments,
  type Experiment,
  listRuns,
  parseStageConfig,
  previewSlurmBatch,
  runBatch,
  runLocalBatch,
  runSlurmBatch,
  type SlurmBatchRequest,
  type StageConfig,
  unusedOptions,
} from "../../src/stages/mod.ts";
import { readConfigText } from "../../src/core/mod.ts";
import type { ENCODER_FLAGS } from "../_encoder_flags.ts";
import type { FlagValues } from "../../src/cli/flags.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";
import { stageEncoderOpener } from "./encoder.ts";
import { appendJobs } from "./job_log.ts";
import { createLiveTable } from "./live.ts";
import { batchArguments, slurmRequest, tellSlurmJob } from "./slurm_request.ts";
import { type OVERRIDE_FLAGS, overrideArguments, startTorch, withOverrides } from "./torch.ts";
import { workerArguments } from "./worker_process.ts";

/** What a batch is to do, and how. */
export interface BatchRequest
  extends FlagValues<typeof ENCODER_FLAGS>, FlagValues<typeof OVERRIDE_FLAGS> {
  readonly config: string;
  readonly filter?: string | undefined;
  readonly exclude?: string | undefined;
  readonly max_experiments?: number | undefined;
  readonly jobs: number;
  readonly executor: string;
  readonly resume: boolean;
  readonly logs_dir: string;
}

/** A batch that is ready to run. */
export interface PlannedBatch {
  readonly request: BatchRequest;
  readonly config: StageConfig;
  readonly experiments: readonly Experiment[];
  readonly slurm: SlurmBatchRequest;
  /** Options of the config that change nothing. */
  readonly unused: readonly string[];
}

/** Reads and checks a config and lists what it asks for; nothing is written. */
export async function planBatch(request: BatchRequest): Promise<PlannedBatch> {
  const configText = await readConfigText(request.config);
  const config = withOverrides(
    parseStageConfig(configText, { file: request.config }),
    request,
  );
  const { filter, exclude, max_experiments } = request;
  const experiments = expandExperiments(config, {
    ...(filter === undefined ? {} : { filter }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(max_experiments === undefined ? {} : { maxExperiments: max_experiments }),
  });
  const models = experiments.map(({ model }) => model);
  const slurm = slurmRequest(
    configText,
    request.config,
    config.output.results_dir,
    (batchDir) =>
      workerArguments(request, models, [
        ...batchArguments(batchDir),
        ...(request.resume ? ["--resume"] : []),
        ...overrideArguments(request),
      ], { isTorch: usesTorch(experiments) }),
  );
  const unused = unusedOptions(configText, config, experiments);
  return { request, config, experiments, slurm, unused };
}

/** The script that `--executor slurm` would submit. */
export function previewScript({ experiments, slurm }: PlannedBatch): string {
  return previewSlurmBatch(experiments.length, slurm);
}

/** Runs a batch with a live table; returns one entry an experiment, in order. */
export async function executeBatch(
  plan: PlannedBatch,
  { say, warn }: Pick<CommandContext, "say" | "warn">,
): Promise<BatchRun[]> {
  const { request, config, experiments } = plan;
  if (!request.resume) await warnOfFinished(config, experiments, warn);
  const table = createLiveTable(experiments, {
    say,
    // How many tasks a cluster runs at once, it does not say.
    jobs: request.executor === "slurm" ? 1 : request.jobs,
  });
  const timer = setInterval(() => table.tick(), 1000);
  let job = "local";
  const logged: Promise<void>[] = [];
  const jobsFile = join(request.logs_dir, "batch_training_jobs.txt");
  const events: ExecutorEvents = {
    onStart: (experiment) => table.advance(experiment, 0),
    onEvaluation: (experiment, { epoch }) => table.advance(experiment, epoch),
    onRun: (run) => {
      table.add(run);
      const { experiment: { name }, outcome, folder = "" } = run;
      logged.push(appendJobs(jobsFile, [{ job, name, outcome, folder }]));
    },
  };
  try {
    // A folder that cannot be written is known before hours of work.
    await appendJobs(jobsFile, []);
    if (request.executor === "slurm") {
      return await runSlurmBatch(experiments, plan.slurm, {
        ...events,
        resume: request.resume,
        onJob: (id, ...facts) => {
          job = id;
          tellSlurmJob(say, id, ...facts);
        },
      });
    }
    return request.jobs > 1 && experiments.length > 1
      ? await runOnWorkers(plan, events)
      : await runHere(plan, events);
  } finally {
    clearInterval(timer);
    table.end();
    await Promise.all(logged);
  }
}

async function runHere(plan: PlannedBatch, events: ExecutorEvents): Promise<BatchRun[]> {
  const { request, config, experiments } = plan;
  return await runBatch(config, {
    only: experiments.map(({ name }) => name),
    openEncoder: stageEncoderOpener(request),
    startTorch,
    resume: request.resume,
    onStart: ({ experiment }) => events.onStart?.(experiment),
    onEvaluation: ({ experiment }, evaluation) => events.onEvaluation?.(experiment, evaluation),
    onRun: (_, run) => events.onRun?.(run),
  });
}

async function runOnWorkers(plan: PlannedBatch, events: ExecutorEvents): Promise<BatchRun[]> {
  const { request, experiments } = plan;
  const models = experiments.map(({ model }) => model);
  const more = ["--config", request.config, ...overrideArguments(request)];
  const args = workerArguments(request, models, more, { isTorch: usesTorch(experiments) });
  return await runLocalBatch(experiments, {
    ...events,
    jobs: request.jobs,
    resume: request.resume,
    startWorker: () =>
      new Deno.Command("deno", { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
        .spawn(),
  });
}

function usesTorch(experiments: readonly Experiment[]): boolean {
  return experiments.some(({ engine }) => engine === "torch");
}

async function warnOfFinished(
  config: StageConfig,
  experiments: readonly Experiment[],
  warn: CommandContext["warn"],
): Promise<void> {
  const runs = await listRuns(config.output.base_dir).catch(() => []);
  const known = new Set(
    runs.filter(({ status }) => status.state === "finished").map(({ status }) => status.name),
  );
  const count = experiments.filter(({ name }) => known.has(name)).length;
  if (count === 0) return;
  warn(
    `${count} of ${experiments.length} have a finished run already; --resume does not repeat it`,
  );
}
