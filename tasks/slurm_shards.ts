import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { permissionFlags, readTaskConfig, taskCommand } from "../src/cli/permission_flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { checkOutputs, readConfigText, writeFileAtomic } from "../src/core/mod.ts";
import {
  BATCH_FILES,
  readJson,
  runSlurmTasks,
  type SentRun,
  taskResultPath,
  writeJson,
} from "../src/stages/mod.ts";
import { slurmRequest, tellSlurmJob } from "./_stages/slurm_request.ts";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** The flags of `map:slurm`; what stands after `--` is for `map`. */
const FLAGS = {
  shards: { type: "integer", min: 1, max: 100_000, default: 8, help: "Tasks of the job array." },
  config: {
    type: "string",
    value: "FILE",
    help: "YAML with the block `slurm` of a stage's config. Default: the cluster's own settings.",
  },
  batches_dir: {
    type: "string",
    value: "DIR",
    default: ".artifacts",
    help: "Where batches/ with scripts, logs and parts goes: a disk that the nodes see.",
  },
  batch_dir: { type: "string", value: "DIR", help: "On a node: the batch to run one task of." },
  index: { type: "integer", min: 0, help: "On a node: which task." },
  job_id: { type: "string", help: "On a node: its job." },
} as const;

type Flags = FlagValues<typeof FLAGS>;

/** What a batch does, as its config says it to the nodes. */
interface Shards {
  readonly args: readonly string[];
  readonly count: number;
}

/** Exit codes that say what is wrong with the input: trying again changes nothing. */
const INPUT_CODES: readonly number[] = [64, 65, 66, 73, 77];

/** The body of `map:slurm`. */
async function slurmShardsCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  if (flags.batch_dir !== undefined) return await runShard(flags.batch_dir, flags.index ?? 0);
  const { args, out } = readMapArguments(context.positional);
  await checkOutputs(filesIn(args), [{ name: "OUT", path: out }]);
  const settings = flags.config === undefined ? {} : parse(await readConfigText(flags.config));
  const shards: Shards = { args, count: flags.shards };
  const text = stringify({ slurm: settings?.slurm ?? {}, shards });
  const request = slurmRequest(
    text,
    flags.config ?? "--config",
    flags.batches_dir,
    (batchDir) => ["run", "-q", "--no-prompt", "--frozen", ...permissionFlags(NODE), ...[
      "tasks/slurm_shards.ts",
      "--batch_dir",
      batchDir,
    ]],
  );
  let folder = "";
  const names = Array.from({ length: flags.shards }, (_, i) => `${i + 1}/${flags.shards}`);
  const results = await runSlurmTasks(names, request, {
    onJob: (id, tasks, isFound, where) => {
      folder = where;
      tellSlurmJob(context.say, id, tasks, isFound, where);
    },
  });
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { name, error } of failed) {
    context.warn(`shard ${name}: ${[error?.message, error?.hint].filter(Boolean).join("; ")}`);
  }
  if (failed.length > 0) {
    context.say(`Wrote nothing: ${failed.length} of ${names.length} shards failed, ${folder}`);
    context.result({ out: null, failed: failed.map(({ name }) => name) });
    return EXIT.gate;
  }
  await merge(names.map((_, i) => partPath(folder, i)), out);
  context.say(`Wrote ${out}: ${names.length} shards in order`);
  context.result({ out, failed: [] });
  return EXIT.ok;
}

/** What a task needs on a node: to start `map` with its own permissions. */
const NODE = {
  read: ["."],
  write: [".artifacts", ".cache"],
  run: ["deno"],
  env: { ignore: ["LOG_TOKENS", "LOG_STREAM"] },
};

function readMapArguments(words: readonly string[]): { args: string[]; out: string } {
  const refused = words.find((word) => /^--(shard|out|resume|json)(=|$)/.test(word));
  const [out, ...args] = words;
  if (out === undefined || out.startsWith("-") || refused !== undefined) {
    throw new MicroLmError(
      "usage",
      refused === undefined ? "Expected -- OUT [flags of map]" : `Cannot take ${refused} here`,
      { hint: "deno task map:slurm --shards 8 -- out.jsonl --in prompts.jsonl --top_k 1" },
    );
  }
  return { args, out };
}

/** What may be a file that `map` reads: every value of a flag. */
function filesIn(args: readonly string[]) {
  const values = args.map((word) =>
    word.startsWith("--") ? word.split("=").slice(1).join("=") : word
  );
  return values.filter((path) => path !== "").map((path) => ({ name: "a file of map", path }));
}

/** One task of a batch, on its node. */
async function runShard(batchDir: string, index: number): Promise<ExitCode> {
  const { shards } = parse(await readConfigText(join(batchDir, BATCH_FILES.config))) as {
    readonly shards: Shards;
  };
  const name = (await readJson<readonly string[]>(join(batchDir, BATCH_FILES.tasks)))[index]!;
  const { file, set } = taskCommand(readTaskConfig(), "map")!;
  const { code, stderr } = await new Deno.Command("deno", {
    args: ["run", "-q", "--no-prompt", "--frozen", ...permissionFlags(set), file].concat(
      shards.args,
      ["--shard", name, "--out", partPath(batchDir, index), "--resume"],
    ),
    stderr: "piped",
  }).output();
  await Deno.stderr.write(stderr);
  if (code !== EXIT.ok && !INPUT_CODES.includes(code)) return code as ExitCode;
  // Below an error stands its hint, indented.
  const lines = new TextDecoder().decode(stderr).split("\n");
  const words = lines.findLast((line) => /^\S/.test(line)) ?? "";
  const error = { kind: "data" as const, message: words.replace(/^error: /, "") };
  const outcome: SentRun = code === EXIT.ok
    ? { name, outcome: "finished" }
    : { name, outcome: "failed", error };
  await writeJson(taskResultPath(batchDir, index), outcome);
  return EXIT.ok;
}

function partPath(batchDir: string, index: number): string {
  return join(batchDir, "logs", `part_${index}.jsonl`);
}

/** The parts one after the other, which are the output of the whole. */
async function merge(parts: readonly string[], out: string): Promise<void> {
  await writeFileAtomic(out, bytesOf(parts));
  // What `map` wrote about an earlier output is about that one.
  await Deno.remove(`${out}.meta.json`).catch(() => {});
  for (const part of parts) {
    await Deno.remove(part);
    await Deno.remove(`${part}.meta.json`).catch(() => {});
  }
}

async function* bytesOf(files: readonly string[]): AsyncIterable<Uint8Array> {
  for (const file of files) yield* (await Deno.open(file)).readable;
}

await runCommand({
  name: "map:slurm",
  summary: "Maps many prompts as one job array on Slurm; the shards are merged in order, and are " +
    "byte for byte the output of deno task map.",
  example: "deno task map:slurm --shards 8 -- out.jsonl --in prompts.jsonl",
  positional: "-- OUT [flags of map]",
  flags: FLAGS,
}, slurmShardsCommand);
