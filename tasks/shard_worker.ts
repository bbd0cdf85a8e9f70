import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { readConfigText } from "../src/core/mod.ts";
import { BATCH_FILES, readJson, sendError, taskResultPath, writeJson } from "../src/stages/mod.ts";
import { partPath, type ShardedTask, type ShardsConfig } from "./_shards.ts";
import { join } from "node:path";
import { parse } from "yaml";

/** Flags of a shard's process. */
const WORKER_FLAGS = {
  config: { type: "string", value: "FILE", required: true, help: "Config of the batch." },
  batch_dir: { type: "string", value: "DIR", required: true, help: "Folder of the batch." },
  index: { type: "integer", min: 0, required: true, help: "Which shard, from 0." },
  job_id: { type: "string", default: "local", help: "Its job." },
} as const;

/** Does a shard of a task: `I/N`, into a file. */
type DoShard = (
  config: ShardsConfig,
  shard: string,
  path: string,
  context: CommandContext,
) => Promise<unknown>;

/** The flags were checked where they were typed. */
const SHARDS: Readonly<Record<ShardedTask, DoShard>> = {
  map: async ({ flags }, shard, out, context) => {
    const { mapCommand } = await import("./_map.ts");
    const own = { ...flags, shard, out, resume: true, executor: "local" };
    await mapCommand(own as unknown as Parameters<typeof mapCommand>[0], context);
  },
  "audit-bench": async ({ flags, key }, shard, out) => {
    const { auditShard } = await import("./_audit_bench.ts");
    await auditShard(flags as unknown as Parameters<typeof auditShard>[0], { key, shard, out });
  },
};

/** Does one shard of a batch; a mistake in the input is an outcome, all else makes it begin again. */
async function shardCommand(
  { config: file, batch_dir, index }: FlagValues<typeof WORKER_FLAGS>,
  context: CommandContext,
): Promise<ExitCode> {
  const { shards } = parse(await readConfigText(file)) as { readonly shards: ShardsConfig };
  const name = (await readJson<readonly string[]>(join(batch_dir, BATCH_FILES.tasks)))[index];
  if (name === undefined) {
    throw new MicroLmError("usage", `The batch "${batch_dir}" has no task ${index}`);
  }
  for (const [variable, value] of Object.entries(shards.env)) {
    if (value === null) Deno.env.delete(variable);
    else Deno.env.set(variable, value);
  }
  const result = taskResultPath(batch_dir, index);
  try {
    await SHARDS[shards.task](shards, name, partPath(batch_dir, index), context);
    await writeJson(result, { name, outcome: "finished" });
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind === "unavailable") throw error;
    await writeJson(result, { name, outcome: "failed", error: sendError(error) });
  }
  return EXIT.ok;
}

await runCommand({
  name: "shards:worker",
  summary: "Does a shard for --executor slurm, which starts it; not meant to be called by hand.",
  example: "deno task map --in prompts.jsonl --out mapped.jsonl --executor slurm --shards 8",
  flags: WORKER_FLAGS,
}, shardCommand);
