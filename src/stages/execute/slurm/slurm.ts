import { join } from "node:path";
import type { BatchRun } from "../../config/batch.ts";
import type { Experiment } from "../../config/expand.ts";
import type { ExecutorEvents } from "../local.ts";
import { receiveRun, type SentRun } from "../local_messages.ts";
import {
  type BatchFolder,
  batchKey,
  createBatchFolder,
  findBatch,
  type SlurmJob,
} from "./batch_folder.ts";
import { createSlurmClient, hasEnded, jobLabel, type SlurmClient } from "./client.ts";
import { followBatch, type FollowOptions, submitJob } from "./follow.ts";
import { slurmScript } from "./script.ts";
import type { SlurmSettings } from "./settings.ts";
import type { ArrayPlace } from "./submit.ts";

/** What {@linkcode runSlurmTasks} needs beside the names of the tasks. */
export interface SlurmBatchRequest {
  readonly settings: SlurmSettings;
  /** Text of the config that the nodes read. */
  readonly configText: string;
  /** What makes it the same batch on resuming. Default: that text. */
  readonly identity?: string;
  /** Absolute path of the folder that batch folders go to, on a disk that the nodes see. */
  readonly root: string;
  /** Name of a new batch folder. */
  readonly name: string;
  /** Absolute path of the folder that the tasks run in. */
  readonly workdir: string;
  /** The worker program and its arguments, given the batch folder. */
  readonly command: (batchDir: string) => readonly string[];
}

/** Options of {@linkcode runSlurmTasks}. */
export interface RunSlurmTasksOptions extends Pick<FollowOptions, "onResult" | "sleep"> {
  /** Default: Slurm's programs. */
  readonly client?: SlurmClient;
  /** Follow a job of the same batch that is still there rather than submit another. Default: true. */
  readonly resume?: boolean;
  /**
   * Whether what a task of an earlier batch has made is still there; such tasks are not repeated, though
   * the batch may have ended. Default: a batch is taken up only while its job is there.
   */
  readonly isKept?: (index: number, folder: string) => Promise<boolean>;
  /** Called with the folder of the batch. */
  readonly onFolder?: (path: string) => void;
  /** Called when a job array is submitted or found. */
  readonly onJob?: (job: string, tasks: number, isFound: boolean, folder: string) => void;
}

/** Options of {@linkcode runSlurmBatch}. */
export interface RunSlurmBatchOptions
  extends Omit<RunSlurmTasksOptions, "onResult">, Pick<ExecutorEvents, "onRun"> {}

/**
 * Runs experiments on Slurm; see {@linkcode runSlurmTasks}.
 *
 * @returns One entry an experiment, in order.
 * @throws {MicroLmError} As {@linkcode runSlurmTasks}.
 */
export async function runSlurmBatch(
  experiments: readonly Experiment[],
  request: SlurmBatchRequest,
  { onRun, ...options }: RunSlurmBatchOptions = {},
): Promise<BatchRun[]> {
  const results = await runSlurmTasks(experiments.map(({ name }) => name), request, {
    ...options,
    onResult: (index, sent) => onRun?.(receiveRun(experiments[index]!, sent)),
  });
  return results.map((sent, index) => receiveRun(experiments[index]!, sent));
}

/**
 * Runs tasks as a job array on Slurm (several where a cluster takes none so long), follows it to its
 * end and collects the outcomes from the tasks' status files. Tasks that end without one (time, memory,
 * a lost node) are submitted again, as often as the settings say, and go on from their checkpoints.
 *
 * @param names What the tasks do, one name each.
 * @returns One outcome a task, in order.
 * @throws {MicroLmError} Kind `missing` without Slurm or if it stops answering, `usage` if it refuses
 * the job, `write` if the batch folder cannot be written.
 */
export async function runSlurmTasks(
  names: readonly string[],
  request: SlurmBatchRequest,
  options: RunSlurmTasksOptions = {},
): Promise<SentRun[]> {
  const { client = createSlurmClient(), resume = true, isKept, onFolder, onJob, onResult, sleep } =
    options;
  const { settings, workdir, configText, identity } = request;
  const content = { configText, identity, names };
  const place = (folder: ArrayPlace["folder"]): ArrayPlace => ({
    folder,
    client,
    settings,
    workdir,
    command: request.command(folder.path),
    tasks: names.length,
  });
  const follow = (folder: ArrayPlace["folder"]): FollowOptions => ({
    sleep,
    onResult: (index, result) => onResult?.(index, result),
    onArray: (array) => onJob?.(jobLabel(array), array.indices.length, false, folder.path),
  });
  const ended = isKept !== undefined;
  const open = resume ? await findBatch(request.root, batchKey(content), { ended }) : undefined;
  if (open && !open.job.done && await isActive(open.job, client)) {
    const { folder, job } = open;
    onFolder?.(folder.path);
    for (const array of job.arrays) {
      onJob?.(jobLabel(array), array.indices.length, true, folder.path);
    }
    return await followBatch(names, job, place(folder), follow(folder));
  }
  const isTaken = open !== undefined && isKept !== undefined;
  const folder = isTaken
    ? open.folder
    : await createBatchFolder(join(request.root, request.name), content);
  onFolder?.(folder.path);
  const kept = isTaken ? await keptResults(names, folder, isKept) : new Map<number, SentRun>();
  if (kept.size === names.length) return [...kept.values()];
  const left = [...names.keys()].filter((index) => !kept.has(index));
  const none = names.map(() => 0);
  const job = await submitJob(left, none, place(folder), follow(folder));
  return await followBatch(names, job, place(folder), follow(folder));
}

/** The outcomes of an earlier batch that stand; all others are forgotten. */
async function keptResults(
  names: readonly string[],
  folder: BatchFolder,
  isKept: NonNullable<RunSlurmTasksOptions["isKept"]>,
): Promise<Map<number, SentRun>> {
  const kept = new Map<number, SentRun>();
  for (const index of names.keys()) {
    const result = await folder.readResult(index);
    if (result === undefined || result.outcome === "failed") continue;
    if (await isKept(index, folder.path)) kept.set(index, result);
  }
  await folder.clearResults([...names.keys()].filter((index) => !kept.has(index)));
  return kept;
}

async function isActive({ arrays }: SlurmJob, client: SlurmClient): Promise<boolean> {
  for (const array of arrays) {
    const states = await client.states(array);
    if (states === null || states === "unknown") continue;
    if ([...states.values()].some((state) => !hasEnded(state))) return true;
  }
  return false;
}

/** The script of the (first) job array that {@linkcode runSlurmTasks} would submit. */
export function previewSlurmBatch(
  tasks: number,
  { settings, root, name, workdir, command }: SlurmBatchRequest,
): string {
  const batchDir = join(root, name);
  const size = Math.min(tasks, settings.max_array);
  return slurmScript(settings, { workdir, batchDir, tasks: size, command: command(batchDir) });
}
