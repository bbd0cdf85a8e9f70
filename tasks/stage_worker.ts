import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { readLines } from "../src/data/mod.ts";
import {
  BATCH_FILES,
  evaluateRuns,
  readEvaluationConfig,
  readJson,
  readStageConfig,
  sendError,
  type SentRun,
  serveExperiments,
  taskResultPath,
  type WorkerMessage,
  type WorkerRequest,
  writeJson,
} from "../src/stages/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { stageEncoderOpener } from "./_stages/encoder.ts";
import { OVERRIDE_FLAGS, startTorch, withOverrides } from "./_stages/torch.ts";
import { join } from "node:path";

/** Flags of `stages:worker`. */
const WORKER_FLAGS = {
  config: { type: "string", value: "FILE", required: true, help: "Config of the stage." },
  batch_dir: { type: "string", value: "DIR", help: "Folder of a Slurm batch: run one task of it." },
  index: { type: "integer", min: 0, help: "Array task to run, with --batch_dir." },
  job_id: { type: "string", default: "local", help: "Ends the names of run folders." },
  resume: { type: "boolean", help: "With --batch_dir: do not repeat what is finished." },
  evaluate: { type: "boolean", help: "With --batch_dir: the tasks are runs to evaluate." },
  ...OVERRIDE_FLAGS,
  ...ENCODER_FLAGS,
} as const;

type Flags = FlagValues<typeof WORKER_FLAGS>;

/**
 * Runs experiments for `batch-train`: those that lines of JSON on standard input name, or one array
 * task of a Slurm batch. What happens goes to standard output, one line of JSON each.
 */
async function workerCommand(flags: Flags): Promise<ExitCode> {
  if (flags.batch_dir === undefined) {
    const config = withOverrides(await readStageConfig(flags.config), flags);
    const open = { startTorch, openEncoder: stageEncoderOpener(flags) };
    const options = { jobId: flags.job_id, ...open };
    await serveExperiments(config, requestsOfStdin(), { ...options, send });
    return EXIT.ok;
  }
  const index = flags.index ?? 0;
  const { batch_dir: folder } = flags;
  const name = (await readJson<string[]>(join(folder, BATCH_FILES.tasks)))[index];
  if (name === undefined) {
    throw new MicroLmError("usage", `The batch "${folder}" has no task ${index}`);
  }
  const task = { folder, index, name };
  await (flags.evaluate ? evaluateTask(task, flags) : trainTask(task, flags));
  return EXIT.ok;
}

interface BatchTask {
  readonly folder: string;
  readonly index: number;
  readonly name: string;
}

function saveResult({ folder, index }: BatchTask, run: SentRun): Promise<void> {
  return writeJson(taskResultPath(folder, index), run);
}

async function trainTask(task: BatchTask, flags: Flags): Promise<void> {
  const { folder, index, name } = task;
  const config = withOverrides(await readStageConfig(flags.config), flags);
  // A task that ended without an outcome was here before: what it began is not thrown away.
  const before = await wasBegun(folder, index);
  const resume = flags.resume || before;
  const ended = Promise.withResolvers<void>();
  await serveExperiments(config, oneRequest({ name, resume }, ended.promise), {
    jobId: flags.job_id,
    startTorch,
    openEncoder: stageEncoderOpener(flags),
    send: async (message) => {
      send(message);
      if (message.type === "run") await saveResult(task, message.run);
      const isInput = message.type === "fatal" && message.error.kind !== null;
      if (isInput) await saveResult(task, { name, outcome: "failed", error: message.error });
      if (message.type === "run" || message.type === "fatal") ended.resolve();
    },
  });
}

/** A mistake in the input is an outcome; whatever else ends the task makes it begin again. */
async function evaluateTask(task: BatchTask, flags: Flags): Promise<void> {
  const { name } = task;
  try {
    const config = await readEvaluationConfig(flags.config);
    await evaluateRuns(config, { openEncoder: stageEncoderOpener(flags), only: [name] });
    await saveResult(task, { name, outcome: "finished" });
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    await saveResult(task, { name, outcome: "failed", error: sendError(error) });
  }
}

function send(message: WorkerMessage): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

async function* requestsOfStdin(): AsyncGenerator<WorkerRequest> {
  for await (const line of readLines("-")) yield JSON.parse(line) as WorkerRequest;
}

/** Ends when the run has: the end of the requests would stop it. */
async function* oneRequest(
  request: WorkerRequest,
  ended: Promise<void>,
): AsyncGenerator<WorkerRequest> {
  yield request;
  await ended;
}

async function wasBegun(folder: string, index: number): Promise<boolean> {
  const mark = join(folder, "status", `${index}.begun`);
  try {
    await Deno.stat(mark);
    return true;
  } catch {
    await writeFileAtomic(mark, "");
    return false;
  }
}

await runCommand({
  name: "stages:worker",
  summary: "Runs experiments for batch-train, which starts it; not meant to be called by hand.",
  example: "deno task batch-train --config configs/encoder/stage4_offline.yaml --jobs 2",
  flags: WORKER_FLAGS,
}, workerCommand);
