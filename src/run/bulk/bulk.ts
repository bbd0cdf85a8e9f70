import { MicroLmError } from "../../core/errors.ts";
import { checkOutputs } from "../../core/outputs.ts";
import type { ReadOptions } from "../../data/records.ts";
import { DEFAULT_TOP_K } from "../map_prompts.ts";
import type { MicroRuntime } from "../runtime_types.ts";
import { inBlocks } from "./blocks.ts";
import { type LineRange, readBulkRows, refuseChange, shardRange, surveyInput } from "./input.ts";
import {
  bulkFiles,
  describeJob,
  linked,
  type MapFileOptions,
  readFinished,
  writeMeta,
} from "./job.ts";
import { openPart, type RowSink, stdoutSink } from "./output.ts";
import { type MappedRow, mapRows, type RowMaker, type RunRow, runRows } from "./rows.ts";
import { BulkTally, type BulkTotals } from "./tally.ts";

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
  await writeMeta(output, `${output}.part`, { job, range: facts && range, totals });
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
