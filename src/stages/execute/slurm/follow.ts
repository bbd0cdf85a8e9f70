import { MicroLmError } from "../../../core/errors.ts";
import { sendError, type SentRun } from "../local_messages.ts";
import type { SlurmJob, SubmittedArray } from "./batch_folder.ts";
import { hasEnded, jobLabel, type TaskStates } from "./client.ts";
import { type ArrayPlace, submitArrays, taskLabel } from "./submit.ts";
import { taskEvidence } from "./task_evidence.ts";

/** What a follower tells, and how it waits. */
export interface FollowOptions {
  /** Called when the outcome of a task is known. */
  readonly onResult?: (index: number, result: SentRun) => void;
  /** Called when an array is submitted. */
  readonly onArray?: (array: SubmittedArray) => void;
  /** Waits. Default: a timer. */
  readonly sleep?: ((seconds: number) => Promise<void>) | undefined;
}

/** Looks in a row without an answer, after which Slurm is given up. */
const MAX_SILENCE = 30;
/** Looks at the files of a task that has failed: network disks show them late. */
const LATE_LOOKS = 3;
/** Seconds that a task may be without an outcome although nothing says that it failed. */
const LATE_SECONDS = 60;

/**
 * Sees a batch to its end: waits for its arrays, collects outcomes, submits again what ended without
 * one and what Slurm did not take before.
 *
 * @param names One a task.
 * @returns One outcome a task, in order.
 * @throws {MicroLmError} Kind `missing` if Slurm stops answering, `usage` if it refuses an array.
 */
export async function followBatch(
  names: readonly string[],
  first: SlurmJob,
  place: ArrayPlace,
  options: FollowOptions,
): Promise<SentRun[]> {
  const { folder, settings } = place;
  const results = new Map<number, SentRun>();
  const settle = (index: number, result: SentRun) => {
    results.set(index, result);
    options.onResult?.(index, result);
  };
  for (let job = first;;) {
    const dead = await waitForArrays(job.arrays, names, place, results, settle, options);
    for (const [index, state] of dead) {
      const attempts = job.attempts[index]!;
      // Who cancels a task does not want it again.
      if (attempts <= settings.retries && state !== "CANCELLED") continue;
      const array = job.arrays.find(({ indices }) => indices.includes(index))!;
      const error = await deadTask(place, array, index, state, attempts);
      settle(index, { name: names[index]!, outcome: "failed", error: sendError(error) });
    }
    const left = [...names.keys()].filter((index) => !results.has(index));
    if (left.length === 0) {
      await folder.writeJob({ ...job, done: true });
      return [...names.keys()].map((index) => results.get(index)!);
    }
    job = await submitJob(left, job.attempts, place, options);
  }
}

/** Submits tasks and remembers it. */
export async function submitJob(
  indices: readonly number[],
  before: readonly number[],
  place: ArrayPlace,
  { onArray }: FollowOptions,
): Promise<SlurmJob> {
  const arrays = await submitArrays(indices, place);
  const submitted = new Set(arrays.flatMap((array) => array.indices));
  const attempts = before.map((count, index) => count + Number(submitted.has(index)));
  const job = { arrays, key: place.folder.key, attempts, done: false };
  await place.folder.writeJob(job);
  for (const array of arrays) onArray?.(array);
  return job;
}

/** Waits until each task of some arrays has ended; returns the state of those without an outcome. */
async function waitForArrays(
  arrays: readonly SubmittedArray[],
  names: readonly string[],
  { folder, client, settings }: ArrayPlace,
  results: ReadonlyMap<number, SentRun>,
  settle: (index: number, result: SentRun) => void,
  { sleep = waitSeconds }: FollowOptions,
): Promise<Map<number, string>> {
  const looks = new Map<number, number>();
  const dead = new Map<number, string>();
  const patience = Math.max(LATE_LOOKS, Math.ceil(LATE_SECONDS / settings.poll_seconds));
  const isOpen = (index: number) => !results.has(index) && !dead.has(index);
  for (let silence = 0;;) {
    const open = arrays.filter(({ indices }) => indices.some(isOpen));
    const answers = await Promise.all(open.map((array) => client.states(array)));
    silence = answers.includes(null) ? silence + 1 : 0;
    if (silence >= MAX_SILENCE) {
      const silent = open[answers.indexOf(null)]!;
      throw new MicroLmError(
        "unavailable",
        `Slurm no longer answers about job ${jobLabel(silent)}`,
        {
          hint: "Run the command again with --resume when it does",
        },
      );
    }
    for (const index of names.keys()) {
      if (results.has(index)) continue;
      const result = await folder.readResult(index);
      if (result) settle(index, result);
    }
    for (const [i, { indices, offset }] of open.entries()) {
      for (const index of indices.filter(isOpen)) {
        const state = endState(answers[i]!, index - offset);
        if (state === null) looks.delete(index);
        if (state === null || state === undefined) continue;
        const seen = (looks.get(index) ?? 0) + 1;
        looks.set(index, seen);
        const isQuiet = (state === "COMPLETED" || state === "UNKNOWN") &&
          await folder.readExit(index) === undefined;
        if (seen >= (isQuiet ? patience : LATE_LOOKS)) dead.set(index, state);
      }
    }
    if (!arrays.some(({ indices }) => indices.some(isOpen))) return dead;
    await sleep(settings.poll_seconds);
  }
}

/** State in which a task has ended; null if it has not, undefined if Slurm does not answer. */
function endState(states: TaskStates | null, task: number): string | null | undefined {
  if (states === null) return undefined;
  if (states === "unknown") return "UNKNOWN";
  const state = states.get(task) ?? "PENDING";
  return hasEnded(state) ? state : null;
}

async function deadTask(
  { folder }: ArrayPlace,
  array: SubmittedArray,
  index: number,
  state: string,
  attempts: number,
): Promise<MicroLmError> {
  const { exit, said, logs } = await taskEvidence(folder, array, index);
  const code = exit === undefined ? "" : `, exit code ${exit}`;
  const times = attempts > 1 ? ` after ${attempts} attempts` : "";
  const task = taskLabel(array, index);
  const where = logs.length === 0
    ? "it left no log: its script did not begin"
    : `its log: ${logs.join(", ")}`;
  const last = said === undefined ? "" : `: ${said}`;
  return new MicroLmError(
    "unavailable",
    `Slurm ended task ${task} (${state}${code}) without an outcome${times}${last}; ${where}`,
    { hint: `Ask Slurm why: sacct --jobs=${array.id}_${index - array.offset} --long` },
  );
}

function waitSeconds(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
