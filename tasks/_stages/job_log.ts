import { dirname } from "node:path";
import { explainIoError } from "../../src/core/mod.ts";

/** One line of a job file. */
export interface JobLine {
  /** `local` or the scheduler's id. */
  readonly job: string;
  readonly name: string;
  readonly outcome: string;
  /** Where the outcome lies, if anywhere. */
  readonly folder: string;
}

/**
 * Appends lines to a job file, such as `logs/batch_training_jobs.txt`: time, job, name, outcome and
 * folder, with tabs between them.
 *
 * @throws {MicroLmError} Kind `write` or `permission`.
 */
export async function appendJobs(
  path: string,
  lines: readonly JobLine[],
  now: Date = new Date(),
): Promise<void> {
  const text = lines.map(({ job, name, outcome, folder }) =>
    `${[now.toISOString(), job, name, outcome, folder].join("\t")}\n`
  );
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text.join(""), { append: true });
  } catch (error) {
    throw explainIoError(error, path, "write");
  }
}
