import { dirname, join } from "node:path";
import { writeFileAtomic } from "../../../core/atomic_write.ts";
import { sha256Hex } from "../../../core/hash.ts";
import { explainIoError } from "../../../core/io_error.ts";
import type { SentRun } from "../local_messages.ts";
import { readJson, writeJson } from "../../experiment/experiment_folder.ts";
import type { SlurmJobId } from "./client.ts";

/** A job array that was submitted. */
export interface SubmittedArray extends SlurmJobId {
  /** Tasks of the batch that it runs. */
  readonly indices: readonly number[];
  /** Task of the batch that is the array's task 0. */
  readonly offset: number;
}

/** A batch that was handed to Slurm: the content of `job.json`. */
export interface SlurmJob {
  /** Latest arrays of the batch. */
  readonly arrays: readonly SubmittedArray[];
  /** Hex sha256 over config and tasks: the same batch has the same. */
  readonly key: string;
  /** How often each task was submitted. */
  readonly attempts: readonly number[];
  /** Every task has an outcome. */
  readonly done: boolean;
}

/** Files of a batch folder, which the nodes read and write too. */
export interface BatchFolder {
  readonly path: string;
  readonly key: string;
  /** Writes the script of an array and returns its path. */
  writeScript(offset: number, text: string): Promise<string>;
  writeJob(job: SlurmJob): Promise<void>;
  /** Outcome of a task, if it has one yet. */
  readResult(index: number): Promise<SentRun | undefined>;
  /** Exit code that a task left, if its script came to an end. */
  readExit(index: number): Promise<number | undefined>;
  /** Forgets the exit codes of tasks that begin again. */
  clearExits(indices: readonly number[]): Promise<void>;
  /** Forgets the outcomes of tasks that begin again. */
  clearResults(indices: readonly number[]): Promise<void>;
}

/** What goes into a batch folder. */
export interface BatchContent {
  /** The config as it is now: editing it later changes no task. */
  readonly configText: string;
  /** Names the batch instead of the config, of which some may not matter. */
  readonly identity?: string | undefined;
  /** What the tasks do, one name each. */
  readonly names: readonly string[];
}

/** Names of the files in a batch folder. */
export const BATCH_FILES = {
  config: "config.yaml",
  tasks: "tasks.json",
  job: "job.json",
} as const;

/** The path of a task's outcome. */
export function taskResultPath(batchDir: string, index: number): string {
  return join(batchDir, "status", `${index}.json`);
}

/** The path of what a task and its setup said. */
export function taskLogPath(batchDir: string, index: number): string {
  return join(batchDir, "logs", `task_${index}.log`);
}

/** Names a batch by what it does. */
export function batchKey({ configText, identity = configText, names }: BatchContent): string {
  return sha256Hex(JSON.stringify([identity, names]));
}

/** Writes a new batch folder; its name gets a number where another batch has it. */
export async function createBatchFolder(
  wanted: string,
  content: BatchContent,
): Promise<BatchFolder> {
  const path = await makeFolder(wanted);
  for (const folder of ["status", "logs"]) {
    await Deno.mkdir(join(path, folder), { recursive: true });
  }
  await writeFileAtomic(join(path, BATCH_FILES.config), content.configText);
  await writeJson(join(path, BATCH_FILES.tasks), content.names);
  return openBatchFolder(path, batchKey(content));
}

/** Two batches may begin in one second, by which they are named. */
async function makeFolder(wanted: string): Promise<string> {
  await Deno.mkdir(dirname(wanted), { recursive: true }).catch((error) => {
    throw explainIoError(error, wanted, "write");
  });
  for (let n = 1;; n++) {
    const path = n === 1 ? wanted : `${wanted}_${n}`;
    try {
      await Deno.mkdir(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw explainIoError(error, path, "write");
    }
  }
}

/** The latest batch with a key: one that was not seen to its end, unless `ended` ones count as well. */
export async function findBatch(
  root: string,
  key: string,
  { ended }: { readonly ended: boolean },
): Promise<{ readonly folder: BatchFolder; readonly job: SlurmJob } | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(root)) names.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  for (const name of names.sort().reverse()) {
    const path = join(root, name);
    const job = await readJson<SlurmJob>(join(path, BATCH_FILES.job), { optional: true });
    if (job?.key === key && (ended || !job.done)) {
      return { folder: openBatchFolder(path, key), job };
    }
  }
  return undefined;
}

function openBatchFolder(path: string, key: string): BatchFolder {
  const exitPath = (index: number) => join(path, "status", `${index}.exit`);
  return {
    path,
    key,
    async writeScript(offset, text) {
      const script = join(path, offset === 0 ? "array.sh" : `array_${offset}.sh`);
      await writeFileAtomic(script, text);
      return script;
    },
    writeJob: (job) => writeJson(join(path, BATCH_FILES.job), job),
    readResult: (index) => readJson<SentRun>(taskResultPath(path, index), { optional: true }),
    readExit: (index) =>
      Deno.readTextFile(exitPath(index)).then(
        (text) => text.trim() === "" ? undefined : Number(text),
        () => undefined,
      ),
    async clearExits(indices) {
      for (const index of indices) await Deno.remove(exitPath(index)).catch(() => {});
    },
    async clearResults(indices) {
      for (const index of indices) await Deno.remove(taskResultPath(path, index)).catch(() => {});
    },
  };
}
