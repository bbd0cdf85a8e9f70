import { join } from "node:path";
import { shorten } from "../../../core/shorten.ts";
import { type BatchFolder, type SubmittedArray, taskLogPath } from "./batch_folder.ts";

/** What a task that ended without an outcome left behind. */
export interface TaskEvidence {
  /** Exit code of its script, if that came to an end. */
  readonly exit: number | undefined;
  /** The last thing that it or its setup said. */
  readonly said: string | undefined;
  /** Logs that exist. */
  readonly logs: readonly string[];
}

/** Looks for the logs of a task: its own, and what Slurm wrote of it. */
export async function taskEvidence(
  folder: BatchFolder,
  { id, offset }: SubmittedArray,
  index: number,
): Promise<TaskEvidence> {
  const candidates = [
    taskLogPath(folder.path, index),
    join(folder.path, "logs", `${id}_${index - offset}.out`),
  ];
  const logs: string[] = [];
  let said: string | undefined;
  for (const path of candidates) {
    const text = await Deno.readTextFile(path).catch(() => undefined);
    if (text === undefined || text.trim() === "") continue;
    logs.push(path);
    // Lines of JSON are what a worker reports, not what went wrong.
    said ??= text.split("\n").findLast((line) => line.trim() !== "" && !line.startsWith("{"));
  }
  return {
    exit: await folder.readExit(index),
    said: said === undefined ? undefined : shorten(said, 300),
    logs,
  };
}
