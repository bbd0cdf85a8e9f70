import { join } from "node:path";
import { writeFileAtomic } from "../../../core/atomic_write.ts";
import { sha256Hex } from "../../../core/hash.ts";
import type { SentRun } from "../local_messages.ts";
import { readJson, writeJson } from "../../experiment/experiment_folder.ts";

/** A batch that was handed to Slurm: the content of `job.json`. */
export interface SlurmJob {
  /** Latest job of the batch. */
  readonly id: string;
  /** Hex sha256 over config and experiments: the same batch has the same. */
  readonly key: string;
  /** Array tasks of the latest job. */
  readonly indices: readonly number[];
  /** How often tasks were submitted again. */
  readonly retries: number;
  /** Every task has an outcome. */
  readonly done: boolean;
}

/** Files of a batch folder, which the nodes read and write too. */
export interface BatchFolder {
  readonly path: string;
  readonly script: string;
  readonly key: string;
  writeJob(job: SlurmJob): Promise<void>;
  /** Outcome of an array task, if it has one yet. */
  readResult(index: number): Promise<SentRun | undefined>;
}

/** What goes into a batch folder. */
export interface BatchContent {
  /** The config as it is now: editing it later changes no task. */
  readonly configText: string;
  /** Names of the experiments, one an array task. */
  readonly names: readonly string[];
  /** Of the job array. */
  readonly script: string;
}

/** Names of the files in a batch folder. */
export const BATCH_FILES = {
  config: "config.yaml",
  tasks: "tasks.json",
  script: "array.sh",
  job: "job.json",
} as const;

/** The path of an array task's outcome. */
export function taskResultPath(batchDir: string, index: number): string {
  return join(batchDir, "status", `${index}.json`);
}

/** Names a batch by what it trains. */
export function batchKey(configText: string, names: readonly string[]): string {
  return sha256Hex(JSON.stringify([configText, names]));
}

/** Writes a new batch folder. */
export async function createBatchFolder(path: string, content: BatchContent): Promise<BatchFolder> {
  const { configText, names, script } = content;
  for (const folder of ["status", "logs"]) {
    await Deno.mkdir(join(path, folder), { recursive: true });
  }
  await writeFileAtomic(join(path, BATCH_FILES.config), configText);
  await writeJson(join(path, BATCH_FILES.tasks), names);
  await writeFileAtomic(join(path, BATCH_FILES.script), script);
  return openBatchFolder(path, batchKey(configText, names));
}

/** The latest batch with a key that was not seen to its end. */
export async function findOpenBatch(
  root: string,
  key: string,
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
    if (job && job.key === key && !job.done) return { folder: openBatchFolder(path, key), job };
  }
  return undefined;
}

function openBatchFolder(path: string, key: string): BatchFolder {
  return {
    path,
    script: join(path, BATCH_FILES.script),
    key,
    writeJob: (job) => writeJson(join(path, BATCH_FILES.job), job),
    readResult: (index) => readJson<SentRun>(taskResultPath(path, index), { optional: true }),
  };
}
