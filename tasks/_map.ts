import type { MapFileOptions, MapFileSummary, PolicyInput, Rails } from "../src/run/mod.ts";
import { mapFile } from "../src/run/bulk/bulk.ts";
import { parseShard } from "../src/run/bulk/input.ts";
import { bulkFiles } from "../src/run/bulk/job.ts";
import { OPEN_FLAGS, openKeys, readPolicy, warnOfIgnored } from "./_policy_flags.ts";
import type { MicroRuntime, RunRequest } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { formatFlag, readOptions, TABLE_FLAGS } from "./_input_flags.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { openFlaggedRuntime, policyEnvironment, RUNTIME_FLAGS } from "./_runtime_flags.ts";
import { checkExecutor, EXECUTOR_FLAGS } from "./_shard_flags.ts";

/** Flags of `map`. */
export const MAP_FLAGS = {
  in: {
    type: "string",
    value: "FILE",
    data: true,
    required: true,
    help:
      'Prompts: {"prompt": …, "id"?: …, "label"?: …} or a JSON string a line, a CSV, or plain ' +
      "lines, by content; - is standard input, answered as it comes.",
  },
  out: {
    type: "string",
    value: "FILE",
    writes: bulkFiles,
    required: true,
    help: "One row a prompt, in the same order; - is standard output.",
  },
  shard: {
    type: "string",
    value: "I/N",
    help: "Only the I-th of N parts of the input. The outputs of all parts in order are the whole.",
  },
  ...EXECUTOR_FLAGS,
  resume: { type: "boolean", help: "Go on where a killed run of the same job was." },
  run: {
    type: "boolean",
    help: "Full runs instead of mapper decisions: plan, gates, guards. Lines may have a policy, " +
      "context, grid or pairs of their own.",
  },
  top_k: {
    type: "integer",
    min: 1,
    max: 1000,
    default: 3,
    help: "Without --run: most probable classes to name, with their probabilities.",
  },
  policy: {
    type: "string",
    value: "JSON|@FILE",
    help: "Policy of all rows; lines only make it stricter.",
  },
  ...OPEN_FLAGS,
  context: { type: "string", value: "JSON|@FILE", help: "With --run: context of all rows." },
  rails: {
    type: "string",
    choices: ["stage11", "stage10", "none"],
    help: "With --run: what looks at prompts beside the mapper. Default: stage10.",
  },
  T: {
    type: "integer",
    min: 1,
    max: 100_000,
    help: "With --run: samples of a trace. Default: 180.",
  },
  ...TABLE_FLAGS,
  format: formatFlag("--in"),
  ...RUNTIME_FLAGS,
} as const;

type Flags = FlagValues<typeof MAP_FLAGS>;

/** The body of `map`: rows to a file, totals for people and `--json`. */
export async function mapCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  checkFlags(flags);
  const env = policyEnvironment();
  const policy = await readJsonFlag("policy", flags.policy);
  const said = await readPolicy(policy, env);
  checkPolicy(policy, flags);
  await using runtime = await openFlaggedRuntime(flags, context, {
    modelPath: said?.mapper.model_path,
    openKeys: openKeys(flags),
    useWordmapFallback: asksForFallback(policy),
    mapsOnly: !flags.run,
    outputs: bulkFiles(flags.out).map((path) => ({ name: "--out", path })),
  });
  await warnOfIgnored(runtime, { operator: policy, env }, context);
  const started = performance.now();
  const options = {
    resume: flags.resume,
    reading: readOptions(flags),
    ...(flags.run
      ? { run: await readRequest(flags, policy, env) }
      : { ...(said && { policy: said.mapper }), topK: flags.top_k }),
  };
  if (flags.executor === "slurm") {
    const summary = await mapOnSlurm(runtime, flags, options, context);
    return summary === null ? EXIT.gate : tell(flags, summary, started, context);
  }
  const progress = createProgress("map");
  const summary = await mapFile(runtime, flags.in, flags.out, {
    ...options,
    ...(flags.shard !== undefined && { shard: parseShard(flags.shard) }),
    onProgress: progress.update,
  }).finally(progress.end).catch(ignoreGoneReader);
  return summary === undefined ? EXIT.ok : tell(flags, summary, started, context);
}

/** Null if shards have failed, which were named then. */
async function mapOnSlurm(
  runtime: MicroRuntime,
  flags: Flags,
  options: MapFileOptions,
  context: CommandContext,
): Promise<MapFileSummary | null> {
  const { planShards } = await import("../src/run/bulk/shards.ts");
  const plan = await planShards(runtime, flags.in, flags.out, options);
  if (plan.finished) return plan.finished;
  const { runShards } = await import("./_shards.ts");
  const shards = await runShards(flags, {
    ...{ task: "map", key: plan.key, resume: flags.resume, isPart: plan.isPart },
    env: policyEnvironment(),
  }, context);
  if (shards === null) return null;
  const summary = await plan.merge(shards.parts);
  await shards.remove();
  return summary;
}

function tell(
  flags: Flags,
  summary: MapFileSummary,
  started: number,
  context: CommandContext,
): ExitCode {
  const seconds = (performance.now() - started) / 1000;
  if (flags.out !== "-") {
    for (const line of describe(flags.out, summary, seconds)) context.say(line);
  }
  context.result({ out: flags.out, ...summary, seconds });
  return EXIT.ok;
}

/** Who reads the rows may have seen enough of them, as `head` does. */
function ignoreGoneReader(error: unknown): undefined {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}

function checkFlags(flags: Flags): void {
  checkExecutor("map", flags);
  if (flags.executor === "slurm" && (flags.in === "-" || flags.out === "-")) {
    throw usage({ name: "map" }, "Slurm needs files, not standard input or output");
  }
  if (flags.shard !== undefined) {
    parseShard(flags.shard);
    if (flags.in === "-" || flags.out === "-") {
      throw usage({ name: "map" }, "A shard needs files, not standard input or output");
    }
  }
  const onlyRun = (["context", "rails", "T"] as const).find((name) => flags[name] !== undefined);
  if (onlyRun && !flags.run) throw usage({ name: "map" }, `Flag "--${onlyRun}" needs --run`);
  const json = (flags as { json?: boolean }).json;
  if (json && flags.out === "-") {
    throw usage({ name: "map" }, 'Flag "--json" needs another --out than "-"');
  }
}

function checkPolicy(policy: unknown, { run }: Flags): void {
  const other = Object.keys(policy ?? {}).find((key) => key !== "mapper");
  if (other !== undefined && !run) {
    throw usage(
      { name: "map" },
      `Key "policy.${other}" needs --run: no guard looks at mapped rows`,
    );
  }
}

/** Thousands of rows of the wrong mapper are worse than none: unlike a single run, only if asked for. */
function asksForFallback(policy: unknown): boolean {
  const { mapper } = (policy ?? {}) as PolicyInput;
  return mapper?.use_wordmap_fallback === true;
}

async function readRequest(
  { context, rails, T }: Flags,
  policy: unknown,
  env: RunRequest["env"],
): Promise<Omit<RunRequest, "prompt">> {
  const read = await readJsonFlag("context", context);
  return {
    ...(policy !== undefined && { policy }),
    ...(read !== undefined && { context: read }),
    ...(rails !== undefined && { rails: rails as Rails }),
    ...(T !== undefined && { T }),
    ...(env && { env }),
  };
}

function describe(out: string, summary: MapFileSummary, seconds: number): string[] {
  const { rows, resumed, reasons, labelled, labelled_fired, labelled_correct } = summary;
  const made = rows - resumed;
  const speed = made > 0 ? `, ${Math.round(made / seconds)} rows/s` : "";
  const before = resumed > 0 ? `, ${resumed} of them before` : "";
  const counts = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  return [
    `Wrote ${out}: ${rows} rows${before}${speed}`,
    ...(counts.length > 0 ? [`  ${counts.join(", ")}`] : []),
    ...(labelled > 0
      ? [`  of ${labelled} with a label ${labelled_fired} fired, ${labelled_correct} as labelled`]
      : []),
  ];
}
