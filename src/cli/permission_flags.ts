/** What a permission set of `deno.json` grants; lists of folders, hosts, programs and variables. */
export interface PermissionSet {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly net?: readonly string[];
  readonly run?: readonly string[];
  readonly ffi?: readonly string[];
  readonly env?: { readonly allow?: readonly string[]; readonly ignore?: readonly string[] };
}

/** The part of `deno.json` that says what tasks may do. */
export interface TaskConfig {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly permissions: Readonly<Record<string, PermissionSet>>;
}

/** What a process needs beyond its set. */
export type MorePermissions = Partial<
  Record<"read" | "write" | "net" | "run" | "ffi" | "env", readonly string[]>
>;

/**
 * Reads `deno.json` of the working folder.
 *
 * @throws {Deno.errors.NotFound} Outside of the project's folder.
 *
 * @example
 * ```ts
 * import { readTaskConfig } from "./permission_flags.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readTaskConfig().permissions["work"]?.read, ["."]);
 * ```
 */
export function readTaskConfig(): TaskConfig {
  return JSON.parse(Deno.readTextFileSync("deno.json")) as TaskConfig;
}

/**
 * Spells a permission set as flags of `deno run`. A flag replaces what a set says of the same kind, so
 * whoever adds one folder has to name all of them.
 *
 * @example
 * ```ts
 * import { permissionFlags } from "./permission_flags.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const set = { read: ["."], env: { ignore: ["LOG_STREAM"] } };
 * assertEquals(permissionFlags(set, { read: ["/data"] }), [
 *   "--allow-read=.,/data",
 *   "--ignore-env=LOG_STREAM",
 * ]);
 * ```
 */
export function permissionFlags(set: PermissionSet, more: MorePermissions = {}): string[] {
  const flags: string[] = [];
  for (const kind of ["read", "write", "net", "run", "ffi"] as const) {
    const values = [...new Set([...set[kind] ?? [], ...more[kind] ?? []])];
    if (values.length > 0) flags.push(`--allow-${kind}=${values.join(",")}`);
  }
  const names = [...set.env?.allow ?? [], ...more.env ?? []];
  if (names.length > 0) flags.push(`--allow-env=${names.join(",")}`);
  if (set.env?.ignore) flags.push(`--ignore-env=${set.env.ignore.join(",")}`);
  return flags;
}

/** A task of `deno.json` as its file, its permission set, its lock file and the flags that it fixes. */
export interface TaskCommand {
  readonly file: string;
  readonly set: PermissionSet;
  readonly lock: readonly string[];
}

/**
 * Finds the file and the permission set of a task; undefined for one that is no plain `deno run`.
 *
 * @example
 * ```ts
 * import { readTaskConfig, taskCommand } from "./permission_flags.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(taskCommand(readTaskConfig(), "train")?.file, "tasks/train.ts");
 * ```
 */
export function taskCommand(config: TaskConfig, name: string): TaskCommand | undefined {
  const words = config.tasks[name]?.command.split(" ") ?? [];
  const file = words.find((word) => word.endsWith(".ts"));
  const set = words.find((word) => word.startsWith("-P="))?.slice(3);
  if (words[1] !== "run" || file === undefined || set === undefined) return undefined;
  const permissions = config.permissions[set];
  if (permissions === undefined) return undefined;
  return { file, set: permissions, lock: words.filter((word) => word.startsWith("--lock=")) };
}
