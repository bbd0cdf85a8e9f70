import { readTaskConfig, taskCommand, type TaskConfig } from "./permission_flags.ts";
import { type MorePermissions, permissionFlags } from "./permission_flags.ts";

/**
 * The line that runs a task again with the permission that it lacked: tasks themselves take no flags of
 * Deno, so a bare `--allow-read=DIR` would help nobody.
 *
 * @param lacking Flags such as `--allow-read=/data`, as the error names them.
 * @returns Undefined where the task is not one of `deno.json`, or nothing is lacking.
 *
 * @example
 * ```ts
 * import { permissionHint } from "./permission_hint.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const config = {
 *   tasks: { train: { command: "deno run -q -P=work --frozen tasks/train.ts" } },
 *   permissions: { work: { read: ["."] } },
 * };
 * assertEquals(
 *   permissionHint(config, "train", ["--labels_csv", "/data/a b.csv"], ["--allow-read=/data"]),
 *   "Put the file into the project, or type: deno run --frozen --allow-read=.,/data " +
 *     "tasks/train.ts --labels_csv '/data/a b.csv'",
 * );
 * ```
 */
export function permissionHint(
  config: TaskConfig,
  task: string,
  args: readonly string[],
  lacking: readonly string[],
): string | undefined {
  const command = taskCommand(config, task);
  const more = morePermissions(lacking);
  if (command === undefined || Object.keys(more).length === 0) return undefined;
  const line = ["deno", "run", "--frozen", ...command.lock, ...permissionFlags(command.set, more)];
  const isFile = more.read !== undefined || more.write !== undefined;
  const start = isFile ? "Put the file into the project, or type: " : "Type: ";
  return start + [...line, command.file, ...args].map(quote).join(" ");
}

function morePermissions(lacking: readonly string[]): MorePermissions {
  const more: Record<string, string[]> = {};
  for (const flag of lacking) {
    const [, kind, value] = /^--allow-(read|write|net|run|ffi|env)=(.+)$/.exec(flag) ?? [];
    if (kind !== undefined && value !== undefined) (more[kind] ??= []).push(value);
  }
  return more;
}

/** The hint for the process as it was started; undefined outside of the project. */
export function hintForThisRun(task: string, hint: string): string | undefined {
  const lacking = hint.match(/--allow-[a-z]+=[^\s,;)]+/g) ?? [];
  try {
    return permissionHint(readTaskConfig(), task, Deno.args, lacking);
  } catch {
    return undefined;
  }
}

/** Quotes a word for a POSIX shell where it needs it. */
function quote(word: string): string {
  return /^[\w@%+=:,./*[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
