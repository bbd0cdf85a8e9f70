import type { SlurmSettings } from "./settings.ts";

/** What a batch script runs, and where. */
export interface SlurmScriptRequest {
  /** Folder that the tasks run in, the same on all nodes. */
  readonly workdir: string;
  /** Folder of the batch: status files and logs. */
  readonly batchDir: string;
  /** Number of array tasks. */
  readonly tasks: number;
  /** Index in the batch of the array's task 0. Default: 0. */
  readonly offset?: number;
  /** The program and its arguments; the index of the task and its job are added. */
  readonly command: readonly string[];
}

/**
 * Writes the script of a job array, one task an experiment.
 *
 * Each task leaves its exit code in `status/<index>.exit`, whatever ends it, short of `kill -9`, and
 * what it and its `setup` lines say in `logs/task_<index>.log`. A `setup` line or a program in a pipe
 * that fails ends the task; a variable that is not set does so in our own lines alone, because
 * `module load` and `conda activate` read some.
 *
 * @example
 * ```ts
 * import { parseSlurmSettings, slurmScript } from "micro-lm/stages";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const settings = parseSlurmSettings("slurm: { partition: gpu, max_parallel: 2 }", "config.yaml");
 * const script = slurmScript(settings, {
 *   ...{ workdir: "/home/me/micro-lm", batchDir: "/home/me/batch", tasks: 5 },
 *   command: ["deno", "run", "tasks/stage_worker.ts"],
 * });
 * assertStringIncludes(script, "#SBATCH --array=0-4%2\n");
 * assertStringIncludes(script, "set -eo pipefail\n");
 * ```
 */
export function slurmScript(settings: SlurmSettings, request: SlurmScriptRequest): string {
  const { workdir, batchDir, tasks, offset = 0, command } = request;
  const [program, ...args] = command;
  const limit = settings.max_parallel === undefined ? "" : `%${settings.max_parallel}`;
  const flags: readonly (readonly [string, string | number | undefined])[] = [
    ["job-name", settings.job_name],
    ["array", `0-${tasks - 1}${limit}`],
    ["partition", settings.partition],
    ["account", settings.account],
    ["qos", settings.qos],
    ["constraint", settings.constraint],
    ["exclude", settings.exclude],
    ["nodes", 1],
    ["ntasks", 1],
    ["cpus-per-task", settings.cpus_per_task],
    ["mem", settings.mem],
    ["time", settings.time],
    ["gres", settings.gres],
    ["tmp", settings.tmp],
    ["mail-user", settings.mail_user],
    ["mail-type", settings.mail_type],
    ["output", `"${batchDir.replaceAll("%", "%%")}/logs/%A_%a.out"`],
  ];
  const directives = [
    ...flags.filter(([, value]) => value !== undefined).map(([name, value]) =>
      `--${name}=${value}`
    ),
    ...settings.extra,
  ];
  const call = [settings.deno ?? program!, ...args].map(quoteShell).join(" ");
  return `#!/usr/bin/env bash
${directives.map((directive) => `#SBATCH ${directive}`).join("\n")}
set -eo pipefail
batch=${quoteShell(batchDir)}
index=${offset === 0 ? "$SLURM_ARRAY_TASK_ID" : `$((SLURM_ARRAY_TASK_ID + ${offset}))`}
trap 'echo "$?" > "$batch/status/$index.exit"' EXIT
exec >> "$batch/logs/task_$index.log" 2>&1
cd ${quoteShell(workdir)}
${settings.setup.map((line) => `${line}\n`).join("")}${FREE_OF_LOADER}set -u
${call} \\
  --index "$index" --job_id "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
`;
}

/**
 * Deno starts no program while variables of the dynamic loader are set, as `module load` does; the
 * torch engine gets its library path back.
 */
const FREE_OF_LOADER = `export MICRO_LM_LIBRARY_PATH="\${LD_LIBRARY_PATH-}"
unset LD_LIBRARY_PATH LD_PRELOAD
`;

/** Makes a text one word of the shell. */
function quoteShell(text: string): string {
  return /^[\w.,:=@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
