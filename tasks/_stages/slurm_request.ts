import { join, resolve } from "node:path";
import { BATCH_FILES, parseSlurmSettings, type SlurmBatchRequest } from "../../src/stages/mod.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";

/**
 * What Slurm is asked to do for a config.
 *
 * @param configText What the nodes read.
 * @param file What messages call it.
 * @param worker The arguments of deno, given the batch folder.
 * @throws {MicroLmError} Kind `data` for a fault in the block `slurm`: it is one wherever a batch runs.
 */
export function slurmRequest(
  configText: string,
  file: string,
  resultsDir: string,
  worker: (batchDir: string) => readonly string[],
): SlurmBatchRequest {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  return {
    settings: parseSlurmSettings(configText, file),
    configText,
    root: resolve(resultsDir, "batches"),
    name: `${time}_slurm`,
    workdir: Deno.cwd(),
    command: (batchDir) => [Deno.execPath(), ...worker(batchDir)],
  };
}

/** The arguments that make a worker run one task of a batch. */
export function batchArguments(batchDir: string): string[] {
  return ["--config", join(batchDir, BATCH_FILES.config), "--batch_dir", batchDir];
}

/** Says which job runs a batch. */
export function tellSlurmJob(
  say: CommandContext["say"],
  job: string,
  tasks: number,
  isFound: boolean,
  folder: string,
): void {
  say(`${isFound ? "Following" : "Submitted"} Slurm job ${job}: ${tasks} tasks, ${folder}`);
}
