import { MicroLmError } from "../mod.ts";
import {
  readTraceHead,
  type ReplayDifference,
  replayTrace,
  requireSignedHead,
  type TraceHead,
  verifyTrace,
} from "../src/run/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { openVerifier, VERIFY_FLAG } from "./_signing.ts";
import { readMapperConfig } from "./_mapper_config.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** Flags of `trace`. */
export const TRACE_FLAGS = {
  expect_hash: {
    type: "string",
    value: "HASH",
    help:
      "For verify: a head that the trace had before. It has to be there still; lines that were " +
      "cut off at the end are not found without it.",
  },
  ...VERIFY_FLAG,
} as const;

/** Flags of `replay`. */
export const REPLAY_FLAGS = {
  trace: { type: "string", value: "FILE", required: true, help: "The trace." },
  mapper_path: {
    type: "string",
    value: "FILES",
    help: "Mappers of the trace, found by their hashes; several are separated by commas. " +
      "Default: .artifacts/defi_mapper.json; the keyword mapper needs none.",
  },
  config: {
    type: "string",
    value: "FILE",
    help:
      "A pinned operating point that names the mapper. The points themselves are the logged ones.",
  },
  wdd_path: {
    type: "string",
    value: "FILE",
    help: "Evidence of the rails. Default: what train left beside the mappers (.rails.json).",
  },
  ...VERIFY_FLAG,
  ...OPEN_MAPPER_FLAGS,
} as const;

/** The body of `trace`: `verify FILE` or `head FILE`. */
export async function traceCommand(
  { expect_hash, verify }: FlagValues<typeof TRACE_FLAGS>,
  { positional, say, paint, warn, result }: CommandContext,
): Promise<ExitCode> {
  const [action, path, ...more] = positional;
  if ((action !== "verify" && action !== "head") || path === undefined || more.length > 0) {
    throw usage({ name: "trace" }, 'Expected "verify FILE" or "head FILE"');
  }
  const key = await openVerifier({ verify });
  if (action === "head") {
    if (key) throw usage({ name: "trace" }, 'Flag "--verify" goes with "verify FILE"');
    const head = readTraceHead(path);
    say(describeHead(head));
    result(head);
    return EXIT.ok;
  }
  if (expect_hash !== undefined && !/^[0-9a-f]{64}$/.test(expect_hash)) {
    throw usage({ name: "trace" }, `Flag "--expect_hash" takes a hex sha256, got "${expect_hash}"`);
  }
  const total = linesOf(path);
  const progress = createProgress("verify");
  const found = await verifyTrace(path, {
    ...(expect_hash !== undefined && { expectHash: expect_hash }),
    onProgress: (lines) => progress.update(lines, total),
  }).finally(progress.end);
  for (const { line, bytes } of found.repairs) {
    warn(`before line ${line} a torn tail of ${bytes} bytes was cut off: a process was killed`);
  }
  const { fault, head, lines_after_expected: after } = found;
  if (key && !fault) await requireSignedHead(path, head, key);
  if (fault) say(`${path}:${fault.line}: ${fault.message}`);
  const verdict = fault ? paint.bad("right up to there") : paint.good("right");
  say(`${verdict}: ${describeHead(head)}`);
  if (after !== null) say(`lines after the expected hash: ${after}`);
  if (key && !fault) say(`signed by the key ${key.id}`);
  result({ ...found, ...(key && { signed_by: fault ? null : key.id }) });
  return found.ok ? EXIT.ok : EXIT.gate;
}

/** The body of `replay`: runs every request of a trace again. */
export async function replayCommand(
  flags: FlagValues<typeof REPLAY_FLAGS>,
  context: CommandContext,
): Promise<ExitCode> {
  const { say, paint, warn, result } = context;
  const key = await openVerifier(flags);
  // The chain is followed line by line from here on: its end binds them all
  if (key) await requireSignedHead(flags.trace, readTraceHead(flags.trace), key);
  const total = linesOf(flags.trace);
  const progress = createProgress("replay");
  const differences: ReplayDifference[] = [];
  const summary = await replayTrace(flags.trace, {
    modelPaths: await modelPathsOf(flags),
    mapper: mapperOptions(flags, context),
    ...(flags.wdd_path !== undefined && { evidencePath: flags.wdd_path }),
    onDifference: (difference) => {
      if (differences.length < LISTED) differences.push(difference);
    },
    onProgress: (lines) => progress.update(lines, total),
  }).finally(progress.end);
  for (const { line, prompt, differences: places } of differences) {
    say(`${flags.trace}:${line}: ${show(prompt)}`);
    for (const { path, logged, replayed } of places) {
      say(`  ${path}: logged ${show(logged)}, replayed ${show(replayed)}`);
    }
  }
  const { lines, equal, different, other_versions } = summary;
  if (different > differences.length) say(`and ${different - differences.length} more`);
  if (other_versions > 0) {
    warn(`${other_versions} lines were written by other versions or on another kind of machine`);
  }
  const isSame = equal === lines;
  const counted = paint[isSame ? "good" : "bad"](`${equal} of ${lines} runs`);
  say(`${counted} came out the same, bit for bit`);
  result({ ...summary, differences });
  return different === 0 ? EXIT.ok : EXIT.gate;
}

/** Differing runs that are shown; all are counted. */
const LISTED = 100;

async function modelPathsOf(
  { mapper_path, config }: FlagValues<typeof REPLAY_FLAGS>,
): Promise<string[]> {
  if (config === undefined) return (mapper_path ?? ".artifacts/defi_mapper.json").split(",");
  if (mapper_path !== undefined) {
    throw new MicroLmError("usage", "Expected --config or --mapper_path, got both");
  }
  const { model_path } = await readMapperConfig(config);
  return model_path === null ? [] : [model_path];
}

/** Lines as the last one counts them, for the bar; 0 if that is not as it was written. */
function linesOf(path: string): number {
  try {
    return readTraceHead(path).count;
  } catch (error) {
    if (error instanceof MicroLmError && error.kind === "data") return 0;
    throw error;
  }
}

function describeHead({ count, hash }: TraceHead): string {
  return `${count} lines, head ${hash}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
