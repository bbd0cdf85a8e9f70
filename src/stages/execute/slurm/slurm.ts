import { join } from "node:path";
import { MicroLmError } from "../../../core/errors.ts";
import type { BatchRun } from "../../config/batch.ts";
import type { Experiment } from "../../config/expand.ts";
import type { ExecutorEvents } from "../local.ts";
import { receiveRun } from "../local_messages.ts";
import {
  type BatchFolder,
  batchKey,
  createBatchFolder,
  findOpenBatch,
  type SlurmJob,
} from "./batch_folder.ts";
import { createSlurmClient, hasEnded, type SlurmClient } from "./client.ts";
import { slurmScript } from "./script.ts";
import type { SlurmSettings } from "./settings.ts";

/** What {@linkcode runSlurmBatch} needs beside the experiments. */
export interface SlurmBatchRequest {
  readonly settings: SlurmSettings;
  /** Text of the config that the nodes read. */
  readonly configText: string;
  /** Absolute path of the folder that batch folders go to, on a disk that the nodes see. */
  readonly root: string;
  /** Name of a new batch folder. */
  readonly name: string;
  /** Absolute path of the folder that the tasks run in. */
  readonly workdir: string;
  /** The worker program and its arguments, given the batch folder. */
  readonly command: (batchDir: string) => readonly string[];
}

/** Options of {@linkcode runSlurmBatch}. */
export interface RunSlurmBatchOptions extends Pick<ExecutorEvents, "onRun"> {
  /** Default: Slurm's programs. */
  readonly client?: SlurmClient;
  /** Follow a job of the same batch that is still there rather than submit another. Default: true. */
  readonly resume?: boolean;
  /** Called when a job is submitted or found. */
  readonly onJob?: (jobId: string, tasks: number, isFound: boolean, folder: string) => void;
  /** Waits. Default: a timer. */
  readonly sleep?: (seconds: number) => Promise<void>;
}

/** Looks in a row without an answer, after which Slurm is given up. */
const MAX_SILENCE = 30;
/** Looks at the files of a task that has ended: network disks show them late. */
const LATE_LOOKS = 3;

/**
 * Runs experiments as one job array on Slurm, follows it to its end and collects the outcomes from the
 * tasks' status files. Tasks that end without one (time, memory, a lost node) are submitted again, as
 * often as the settings say, and go on from their checkpoints.
 *
 * @returns One entry an experiment, in order.
 * @throws {MicroLmError} Kind `missing` without Slurm or if it stops answering, `usage` if it refuses
 * the job, `write` if the batch folder cannot be written.
 */
export async function runSlurmBatch(
  experiments: readonly Experiment[],
  request: SlurmBatchRequest,
  options: RunSlurmBatchOptions = {},
): Promise<BatchRun[]> {
  const { client = createSlurmClient() } = options;
  const { folder, job } = await findOrSubmit(experiments, request, client, options);
  const follower = new Follower(experiments, folder, client, request.settings, options);
  await follower.follow(job);
  return follower.outcomes();
}

/** The script of the job array that {@linkcode runSlurmBatch} would submit. */
export function previewSlurmBatch(
  experiments: readonly Experiment[],
  { settings, root, name, workdir, command }: SlurmBatchRequest,
): string {
  const batchDir = join(root, name);
  const tasks = experiments.length;
  return slurmScript(settings, { workdir, batchDir, tasks, command: command(batchDir) });
}

async function findOrSubmit(
  experiments: readonly Experiment[],
  request: SlurmBatchRequest,
  client: SlurmClient,
  { resume = true, onJob }: RunSlurmBatchOptions,
): Promise<{ readonly folder: BatchFolder; readonly job: SlurmJob }> {
  const names = experiments.map(({ name }) => name);
  const key = batchKey(request.configText, names);
  const open = resume ? await findOpenBatch(request.root, key) : undefined;
  if (open) {
    const states = await client.states(open.job.id);
    const isActive = states !== null && states !== "unknown" &&
      [...states.values()].some((state) => !hasEnded(state));
    if (isActive) {
      onJob?.(open.job.id, open.job.indices.length, true, open.folder.path);
      return open;
    }
  }
  const script = previewSlurmBatch(experiments, request);
  const path = join(request.root, request.name);
  const folder = await createBatchFolder(path, { configText: request.configText, names, script });
  const id = await client.submit(folder.script);
  const job = { id, key, indices: [...names.keys()], retries: 0, done: false };
  await folder.writeJob(job);
  onJob?.(id, names.length, false, folder.path);
  return { folder, job };
}

/** Sees a batch to its end. */
class Follower {
  readonly #experiments: readonly Experiment[];
  readonly #folder: BatchFolder;
  readonly #client: SlurmClient;
  readonly #settings: SlurmSettings;
  readonly #options: RunSlurmBatchOptions;
  readonly #runs = new Map<number, BatchRun>();

  constructor(
    experiments: readonly Experiment[],
    folder: BatchFolder,
    client: SlurmClient,
    settings: SlurmSettings,
    options: RunSlurmBatchOptions,
  ) {
    this.#experiments = experiments;
    this.#folder = folder;
    this.#client = client;
    this.#settings = settings;
    this.#options = options;
  }

  async follow(first: SlurmJob): Promise<void> {
    for (let job = first;;) {
      const dead = await this.#followJob(job);
      const isLast = job.retries >= this.#settings.retries;
      // Who cancels a task does not want it again.
      const again = [...dead].flatMap(([index, state]) =>
        isLast || state === "CANCELLED" ? [] : [index]
      );
      for (const [index, state] of dead) {
        if (!again.includes(index)) this.#settle(index, this.#deadRun(index, state, job));
      }
      if (again.length === 0) return await this.#folder.writeJob({ ...job, done: true });
      const id = await this.#client.submit(this.#folder.script, again);
      job = { ...job, id, indices: again, retries: job.retries + 1 };
      await this.#folder.writeJob(job);
      this.#options.onJob?.(id, again.length, false, this.#folder.path);
    }
  }

  outcomes(): BatchRun[] {
    return this.#experiments.map((_, index) => this.#runs.get(index)!);
  }

  /** Waits until each task of a job has ended; returns the state of those without an outcome. */
  async #followJob(job: SlurmJob): Promise<Map<number, string>> {
    const { sleep = waitSeconds } = this.#options;
    const looks = new Map<number, number>();
    const dead = new Map<number, string>();
    for (let silence = 0;;) {
      const states = await this.#client.states(job.id);
      silence = states === null ? silence + 1 : 0;
      if (silence >= MAX_SILENCE) {
        throw new MicroLmError("unavailable", `Slurm no longer answers about job ${job.id}`, {
          hint: "Run the command again with --resume when it does",
        });
      }
      await this.#collect();
      for (const index of job.indices) {
        if (this.#runs.has(index) || states === null) continue;
        const state = states === "unknown" ? "UNKNOWN" : states.get(index) ?? "PENDING";
        if (states !== "unknown" && !hasEnded(state)) continue;
        looks.set(index, (looks.get(index) ?? 0) + 1);
        if (looks.get(index)! >= LATE_LOOKS) dead.set(index, state);
      }
      if (job.indices.every((index) => this.#runs.has(index) || dead.has(index))) return dead;
      await sleep(this.#settings.poll_seconds);
    }
  }

  async #collect(): Promise<void> {
    for (const [index, experiment] of this.#experiments.entries()) {
      if (this.#runs.has(index)) continue;
      const sent = await this.#folder.readResult(index);
      if (sent) this.#settle(index, receiveRun(experiment, sent));
    }
  }

  #settle(index: number, run: BatchRun): void {
    this.#runs.set(index, run);
    this.#options.onRun?.(run);
  }

  #deadRun(index: number, state: string, { id, retries }: SlurmJob): BatchRun {
    const times = retries > 0 ? ` after ${retries + 1} attempts` : "";
    const error = new MicroLmError(
      "unavailable",
      `Slurm ended task ${id}_${index} (${state}) without an outcome${times}`,
      { hint: `Its log: ${join(this.#folder.path, "logs", `task_${index}.log`)}` },
    );
    return { experiment: this.#experiments[index]!, outcome: "failed", error };
  }
}

function waitSeconds(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
