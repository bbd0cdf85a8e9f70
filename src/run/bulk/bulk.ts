import { isAbsent, realPathOf, writeFileAtomic } from "../../core/atomic_write.ts";
import { MicroLmError } from "../../core/errors.ts";
import { explainIoError } from "../../core/io_error.ts";
import { checkOutputs } from "../../core/outputs.ts";
import { readJsonFile } from "../../core/text/json_text.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import {
  hashFile,
  type LineRange,
  readBulkRows,
  refuseChange,
  type Shard,
  shardRange,
  surveyInput,
} from "./input.ts";
import type { ReadOptions } from "../../data/records.ts";
import { inBlocks } from "./blocks.ts";
import { openPart, type RowSink, stdoutSink } from "./output.ts";
import { type MappedRow, mapRows, type RowMaker, type RunRow, runRows } from "./rows.ts";
import { BulkTally, type BulkTotals } from "./tally.ts";
import { DEFAULT_TOP_K } from "../map_prompts.ts";
import type { MapperPolicy } from "../policy/mapper_policy.ts";
import { DEFAULT_POLICY } from "../policy/policy.ts";
import type { MicroRuntime, RunRequest } from "../runtime_types.ts";
import { honouredEnvironment } from "../trace/run.ts";
import { MICRO_LM_VERSION } from "../../core/version.ts";

/** Names the format of `OUT.meta.json`. */
const BULK_SCHEMA = "micro-lm/bulk@1";

/** Options of {@linkcode mapFile}. */
export interface MapFileOptions {
  /** The part of the input to work on. Default: all of it. */
  readonly shard?: Shard;
  /** Go on with what a killed process left. Default: false, begin anew. */
  readonly resume?: boolean;
  /** Mapper decisions only: what differs from the mapper's own operating point. Default: nothing. */
  readonly policy?: MapperPolicy;
  /** Mapper decisions only: most probable classes to name. Default: 3. */
  readonly topK?: number;
  /** Full runs instead of mapper decisions: what all of them are asked. Default: none. */
  readonly run?: Omit<RunRequest, "prompt">;
  /** How the input is to be read, where its content does not say it. Default: nothing. */
  readonly reading?: ReadOptions;
  /** Called with the lines that are done and those of the shard; not for standard input. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What {@linkcode mapFile} has done. */
export interface MapFileSummary extends BulkTotals {
  /** Rows that were there already. */
  readonly resumed: number;
}

/** Milliseconds that a block waits for more rows from a pipe, whose writer may wait for the answer. */
const PIPE_WAIT_MS = 5;

/**
 * Maps every prompt of a file to one row of another: JSONL (`{"prompt": …, "id"?: …, "label"?: …}` or a
 * bare JSON string a line), CSV or plain lines. Rows keep the order of the input and carry its line number
 * as `row`; blank lines of JSONL give none. Memory does not grow with the file. From standard input rows
 * are answered as they come.
 *
 * Rows are written to `OUT.part`, which becomes `OUT` at the end; with `resume` a killed run goes on
 * where it was, and no row is lost or doubled. With `shard` the outputs of all shards, one after the
 * other, are byte for byte the output of the whole. `OUT.meta.json` says what the rows depend on.
 * An endpoint as encoder may answer differently from call to call; every other gives equal bytes.
 *
 * @param input A file, or `-` for standard input: then there are no shards and nothing to resume.
 * @param output A file, or `-` for standard output.
 * @throws {MicroLmError} Kind `data` for a line that is no prompt (what is done stays for a resume), for an
 * input that changes under the run and for rows of another job on resuming; `usage` for a shard or a resume without a file; `missing`,
 * `write` or `permission` for the files; as `map` and `run` of the runtime.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { mapFile } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const [input, output] = [".artifacts/example-in.jsonl", ".artifacts/example-out.jsonl"];
 * await Deno.writeTextFile(input, '"swap 2 ETH for USDC"\n{"prompt": "hello", "id": "b"}\n');
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const { rows, labels } = await mapFile(runtime, input, output);
 * assertEquals([rows, labels], [2, { swap_asset: 1 }]);
 * for (const path of [input, output, `${output}.meta.json`]) await Deno.remove(path);
 * ```
 */
export async function mapFile(
  runtime: MicroRuntime,
  input: string,
  output: string,
  options: MapFileOptions = {},
): Promise<MapFileSummary> {
  const { shard, resume = false } = options;
  if ((shard || resume) && (input === "-" || (resume && output === "-"))) {
    const what = shard && input === "-" ? "A shard" : "Resuming";
    throw new MicroLmError("usage", `${what} needs files, got standard input or output`);
  }
  // A link stays a link: parts and facts stand beside what it leads to
  const target = output === "-" ? output : await linked(output);
  await checkOutputs(
    [{ name: "the input", path: input }],
    bulkFiles(target).map((path) => ({ name: "the output", path })),
  );
  const { topK = DEFAULT_TOP_K } = options;
  const make = options.run
    ? runRows(runtime, options.run)
    : mapRows(runtime, options.policy, { topK });
  const tally = new BulkTally();
  if (input === "-" && output === "-") {
    using sink = stdoutSink();
    await copyRows({ input, range: ALL, make, sink, tally, reading: options.reading });
    return { ...tally.totals(), resumed: 0 };
  }
  return await mapToFile(runtime, input, target, { ...options, make, tally });
}

const ALL: LineRange = { from: 0, to: Infinity };

interface Work extends MapFileOptions {
  readonly make: RowMaker;
  readonly tally: BulkTally;
}

async function mapToFile(
  runtime: MicroRuntime,
  input: string,
  output: string,
  { make, tally, ...options }: Work,
): Promise<MapFileSummary> {
  const { shard = { index: 1, count: 1 }, resume = false, onProgress } = options;
  const facts = input === "-" ? null : await surveyInput(input);
  const range = facts ? shardRange(shard, facts.lines) : ALL;
  const onLine = (line: number) => facts && onProgress?.(line - range.from, range.to - range.from);
  const copy = { input, make, tally, onLine, reading: options.reading };
  if (output === "-") {
    using sink = stdoutSink();
    await copyRows({ ...copy, range, sink });
    if (facts) await refuseChange(input, facts);
    return { ...tally.totals(), resumed: 0 };
  }
  const job = describeJob(runtime, options, { input: facts, shard });
  const done = resume ? await readFinished(output, job) : null;
  if (done) return { ...done, resumed: done.rows };
  const { sink, last } = await openPart(output, {
    resume,
    job,
    range,
    onRow: (row) => tally.add(row as MappedRow | RunRow),
  });
  using _open = sink;
  const resumed = tally.totals().rows;
  await copyRows({ ...copy, range: { from: last, to: range.to }, sink });
  if (facts) await refuseChange(input, facts);
  const totals = tally.totals();
  const written = await hashFile(`${output}.part`);
  const covered = facts && { from: range.from + 1, to: range.to };
  const meta = { ...job, range: covered, totals, output: written };
  await writeFileAtomic(metaPath(output), `${JSON.stringify(meta, null, 2)}\n`);
  await sink.finish();
  return { ...totals, resumed };
}

interface Copy {
  readonly input: string;
  readonly range: LineRange;
  readonly make: RowMaker;
  readonly sink: RowSink;
  readonly tally: BulkTally;
  readonly onLine?: (line: number) => void;
  readonly reading: ReadOptions | undefined;
}

async function copyRows(
  { input, range, make, sink, tally, onLine, reading }: Copy,
): Promise<void> {
  const rows = readBulkRows(input, range, reading);
  for await (const block of inBlocks(rows, input === "-" ? PIPE_WAIT_MS : Infinity)) {
    const rows = await make(block);
    let text = "";
    for (const row of rows) {
      tally.add(row);
      text += `${JSON.stringify(row)}\n`;
    }
    sink.write(text);
    onLine?.(block.at(-1)!.line);
  }
}

/** All that the rows depend on: equal jobs give equal bytes. */
function describeJob(
  { domain, source, isFallback, point }: MicroRuntime,
  { policy = DEFAULT_POLICY.mapper, topK = DEFAULT_TOP_K, run, reading = {} }: MapFileOptions,
  { input, shard }: { readonly input: unknown; readonly shard: Shard },
): Record<string, unknown> {
  return {
    schema: BULK_SCHEMA,
    input,
    shard,
    reading,
    mode: run ? "run" : "map",
    top_k: run ? null : topK,
    domain,
    mapper: source,
    is_fallback: isFallback,
    operating_point: point(run ? DEFAULT_POLICY.mapper : policy),
    request: run ? { ...run, env: honouredEnvironment(run.env ?? {}) } : null,
    version: MICRO_LM_VERSION,
  };
}

/** All files that are made for an output, the unfinished ones included. */
export function bulkFiles(output: string): string[] {
  if (output === "-") return [];
  return [output, metaPath(output), `${output}.part`, `${output}.part.json`];
}

const metaPath = (output: string): string => `${output}.meta.json`;

/**
 * The totals of a finished output of the same job, so that a repeated job has nothing to do; null where there
 * is none, or where the output is no longer what was written.
 */
async function readFinished(output: string, job: unknown): Promise<BulkTotals | null> {
  try {
    const isUnfinished = await exists(`${output}.part`);
    if (isUnfinished || !await exists(output)) return null;
    const meta = await readJsonFile(metaPath(output)) as Record<string, unknown>;
    const { range: _, totals, output: written, ...before } = meta;
    const isSame = canonicalJson(before) === canonicalJson(job) &&
      canonicalJson(written) === canonicalJson(await hashFile(output));
    return isSame ? totals as BulkTotals : null;
  } catch {
    return null;
  }
}

/** Where a link leads; a path that is none stays as it is written. */
async function linked(path: string): Promise<string> {
  try {
    return (await Deno.lstat(path)).isSymlink ? await realPathOf(path) : path;
  } catch (error) {
    if (isAbsent(error)) return path;
    throw explainIoError(error, path, "write");
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
