import { type FlagValues, usage } from "../src/cli/flags.ts";

/** Flags of tasks that a cluster can do in shards. */
export const EXECUTOR_FLAGS = {
  executor: {
    type: "string",
    choices: ["local", "slurm"],
    default: "local",
    help: "Who does it: this process, or a job array on Slurm, merged in order.",
  },
  shards: {
    type: "integer",
    min: 1,
    max: 100_000,
    help: "With --executor slurm: tasks of the job array. Default: 8.",
  },
  slurm: {
    type: "string",
    value: "FILE",
    help: "With --executor slurm: YAML with the block `slurm`, as configs of stages have it. " +
      "Default: the cluster's own settings.",
  },
  batches_dir: {
    type: "string",
    value: "DIR",
    help: "With --executor slurm: where batches/ with scripts, logs and shards goes, on a disk " +
      "that the nodes see. Default: .artifacts.",
  },
} as const;

/** The values of {@linkcode EXECUTOR_FLAGS}. */
export type ExecutorFlags = FlagValues<typeof EXECUTOR_FLAGS>;

/** Names of the flags that say who does the work, not what it is. */
export const EXECUTOR_NAMES: readonly string[] = Object.keys(EXECUTOR_FLAGS);

/**
 * Refuses what does not go together.
 *
 * @throws {MicroLmError} Kind `usage`.
 */
export function checkExecutor(task: string, flags: ExecutorFlags & { shard?: unknown }): void {
  const own = (["shards", "slurm", "batches_dir"] as const).find((name) =>
    flags[name] !== undefined
  );
  if (flags.executor === "local" && own !== undefined) {
    throw usage({ name: task }, `Flag "--${own}" needs --executor slurm`);
  }
  if (flags.executor === "slurm" && flags.shard !== undefined) {
    throw usage({ name: task }, 'Flag "--shard" is for one process, and --executor slurm for many');
  }
}
