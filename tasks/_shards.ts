import { MicroLmError } from "../mod.ts";
import {
  type MorePermissions,
  permissionFlags,
  readTaskConfig,
  taskCommand,
} from "../src/cli/permission_flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { readConfigText } from "../src/core/mod.ts";
import type { Shard } from "../src/run/mod.ts";
import { parseSlurmSettings, runSlurmTasks, type SlurmBatchRequest } from "../src/stages/mod.ts";
import { EXECUTOR_NAMES, type ExecutorFlags } from "./_shard_flags.ts";
import { batchArguments, slurmRequest, tellSlurmJob } from "./_stages/slurm_request.ts";
import { join, relative, resolve } from "node:path";
import { parse, stringify } from "yaml";

/** Tasks that can be done in shards. */
export type ShardedTask = "map" | "audit-bench";

/** What every shard of a batch does, as the batch's config says it to the nodes. */
export interface ShardsConfig {
  readonly task: ShardedTask;
  /** Names what all shards depend on. */
  readonly key: string;
  /** The flags of the task, but for those that differ between shards. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Variables of the environment, which nodes may have others of; null for one that is not set. */
  readonly env: Readonly<Record<string, string | null>>;
}

/** What {@linkcode runShards} needs beside the flags. */
export interface ShardsRequest extends Pick<ShardsConfig, "task" | "key"> {
  /** Take up an earlier batch of the same job. */
  readonly resume: boolean;
  /** Whether a file is what the shard was to make. */
  readonly isPart: (path: string, shard: Shard) => Promise<boolean>;
  /** Variables that the task reads. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What the shards have made. */
export interface Shards {
  /** One file a shard, in order. */
  readonly parts: readonly string[];
  /** Removes them. */
  remove(): Promise<void>;
}

/**
 * Does a task as one job array on Slurm.
 *
 * @returns Null if shards have failed: each was named then.
 * @throws {MicroLmError} Kind `data` for a fault in the block `slurm`, as `runSlurmTasks`.
 */
export async function runShards(
  flags: ExecutorFlags & Readonly<Record<string, unknown>>,
  request: ShardsRequest,
  context: Pick<CommandContext, "say" | "warn" | "result">,
): Promise<Shards | null> {
  const count = flags.shards ?? 8;
  const names = Array.from({ length: count }, (_, i) => `${i + 1}/${count}`);
  const progress = createProgress("shards");
  let folder = "";
  let done = 0;
  const results = await runSlurmTasks(names, await batchOf(flags, request), {
    resume: request.resume,
    isKept: (index, batch) => request.isPart(partPath(batch, index), { index: index + 1, count }),
    onJob: (id, tasks, isFound, where) => {
      tellSlurmJob(context.say, id, tasks, isFound, where);
    },
    onFolder: (where) => folder = where,
    onResult: () => progress.update(++done, count),
  }).finally(progress.end);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { name, error } of failed) {
    context.warn(`shard ${name}: ${[error?.message, error?.hint].filter(Boolean).join("; ")}`);
  }
  if (failed.length > 0) {
    context.say(
      `Wrote nothing: ${failed.length} of ${count} shards failed; with --resume they alone are ` +
        `done again, ${folder}`,
    );
    context.result({ failed: failed.map(({ name }) => name), folder });
    return null;
  }
  return {
    parts: names.map((_, i) => partPath(folder, i)),
    remove: () => Deno.remove(join(folder, "parts"), { recursive: true }).catch(() => {}),
  };
}

/** The file that a shard of a batch goes to. */
export function partPath(batchDir: string, index: number): string {
  return join(batchDir, "parts", String(index), "rows.jsonl");
}

async function batchOf(
  flags: ExecutorFlags & Readonly<Record<string, unknown>>,
  { task, key, env = {} }: ShardsRequest,
): Promise<SlurmBatchRequest> {
  const { slurm: file } = flags;
  const slurm = file === undefined ? {} : await readSettings(file);
  const own = Object.entries(flags).filter(([name, value]) =>
    value !== undefined && !NOT_OF_A_SHARD.includes(name)
  );
  const shards: ShardsConfig = {
    ...{ task, key, flags: Object.fromEntries(own) },
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? null])),
  };
  const text = stringify({ slurm, shards }, { aliasDuplicateObjects: false });
  const batch = slurmRequest(
    text,
    file ?? "--slurm",
    flags.batches_dir ?? ".artifacts",
    (batchDir) => [...denoArguments(task, flags, batchDir), ...batchArguments(batchDir)],
  );
  // Who asks for more memory after a failure resumes the same batch.
  return { ...batch, identity: stringify(shards) };
}

/** Who does the work, and where it goes, which is not the same for all shards. */
const NOT_OF_A_SHARD = [...EXECUTOR_NAMES, "out", "out_dir", "shard", "resume", "json"];

async function readSettings(file: string): Promise<unknown> {
  const text = await readConfigText(file);
  const settings = parseSlurmSettings(text, file);
  if (parse(text)?.slurm !== undefined) return settings;
  throw new MicroLmError("data", "Expected the block `slurm`, found none", {
    at: { file },
    hint: "Such as slurm: { partition: cpu, mem: 4G }; see docs/guides/stages.md",
  });
}

/** Nodes get what the task has, but for Slurm's programs, and what this very process may read. */
function denoArguments(
  task: ShardedTask,
  { runtime, ...flags }: Readonly<Record<string, unknown>>,
  batchDir: string,
): string[] {
  const config = readTaskConfig();
  const ffi = { name: "ffi", path: "node_modules" } as const;
  const isNative = runtime !== undefined && runtime !== "wasm" &&
    Deno.permissions.querySync(ffi).state === "granted";
  const command = taskCommand(config, isNative ? `${task}:native` : task)!;
  const { run: _, ...set } = command.set;
  const files = Object.values(flags)
    .filter((value) => typeof value === "string")
    .map((value) => value.replace(/^@/, ""));
  const more: MorePermissions = {
    read: [batchDir, ...files].filter((path) => isOutside(path) && isReadable(path)),
    write: [batchDir].filter(isOutside),
  };
  return [
    ...["run", "--quiet", "--no-prompt", "--frozen"],
    ...command.lock,
    ...permissionFlags(set, more),
    "tasks/shard_worker.ts",
  ];
}

function isOutside(path: string): boolean {
  return /^(\.\.|\/)/.test(relative(Deno.cwd(), resolve(path)));
}

function isReadable(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
