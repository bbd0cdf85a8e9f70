import { dirname } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { writeAllSync } from "../bulk/lines.ts";
import type { RunRecord } from "../record/record.ts";
import type { RunRequest } from "../runtime_types.ts";
import {
  openTraceLine,
  sealTraceLine,
  TRACE_SCHEMA,
  TRACE_START,
  type TraceRepair,
  traceVersions,
} from "./line.ts";
import { describeRun, type TracedRuntime } from "./run.ts";

/** Options of {@linkcode openTrace}. */
export interface OpenTraceOptions {
  /** Whether a line is on the disk, not only with the system, before it counts. Default: true. */
  readonly durable?: boolean;
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
}

/** Where a trace ends. */
export interface TraceHead {
  /** Lines so far. */
  readonly count: number;
  /** Hash of the last line; {@linkcode TRACE_START} if there is none. */
  readonly hash: string;
}

/** A file with one line a run, each bound to the line before by a hash. */
export interface Trace {
  readonly path: string;
  /**
   * Appends a run. Waits while another process appends. A torn tail is cut off; the line says so.
   *
   * @param runtime The one that ran the request.
   * @returns Where the trace ends now. Kept elsewhere, it is the anchor that shows a later cut.
   * @throws {MicroLmError} Kind `write` or `permission`; `data` if the last line is not as it was
   * written.
   */
  append(record: RunRecord, request: RunRequest, runtime: TracedRuntime): TraceHead;
}

/**
 * Opens a trace for appending, and makes the file if there is none. Several processes may append to
 * one file: each append holds the file's lock. A process that is killed leaves at most a torn last
 * line.
 *
 * @throws {MicroLmError} Kind `write` or `permission` if the file cannot be written.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { openTrace, verifyTrace } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const trace = openTrace(".artifacts/example-trace.jsonl");
 * const request = { prompt: "swap 2 ETH for USDC" };
 * const { hash } = trace.append(await runtime.run(request), request, runtime);
 *
 * const { ok, head } = await verifyTrace(trace.path);
 * assertEquals([ok, head], [true, { count: 1, hash }]);
 * await Deno.remove(trace.path);
 * ```
 */
export function openTrace(path: string, options: OpenTraceOptions = {}): Trace {
  const { durable = true, now = () => new Date() } = options;
  openFile(path).close();
  return {
    path,
    append: (record, request, runtime) => {
      const run = describeRun(record, request, runtime);
      return withLock(path, (file) => {
        const { last, end, torn } = readEnd(file);
        const { count, hash: prev } = headOf(last, path);
        const n = count + 1;
        const repaired = torn.length > 0 ? { repaired: repairOf(torn) } : {};
        const at = now().toISOString();
        const versions = traceVersions();
        const line = { schema: TRACE_SCHEMA, n, prev, at, versions, ...run, ...repaired } as const;
        const { text, hash } = sealTraceLine(line);
        writeLine(file, end, text);
        if (durable) file.syncDataSync();
        return { count: n, hash };
      });
    },
  };
}

/**
 * Reads where a trace ends, from its last line alone: what stands before is not looked at.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data` if the last line is not as it was
 * written.
 *
 * @example
 * ```ts
 * import { openTrace, readTraceHead, TRACE_START } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const { path } = openTrace(".artifacts/example-head.jsonl");
 * assertEquals(readTraceHead(path), { count: 0, hash: TRACE_START });
 * await Deno.remove(path);
 * ```
 */
export function readTraceHead(path: string): TraceHead {
  try {
    using file = Deno.openSync(path);
    file.lockSync(false);
    return headOf(readEnd(file).last, path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}

function openFile(path: string): Deno.FsFile {
  const open = () => Deno.openSync(path, { read: true, write: true, create: true });
  try {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(dirname(path), { recursive: true });
      return open();
    }
  } catch (error) {
    throw explainIoError(error, path, "write");
  }
}

/** The system releases the lock of a process that dies. */
function withLock<T>(path: string, run: (file: Deno.FsFile) => T): T {
  using file = openFile(path);
  try {
    file.lockSync(true);
    return run(file);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw error;
    throw explainIoError(error, path, "write");
  }
}

interface FileEnd {
  /** The last whole line, if there is one. */
  readonly last: Uint8Array | null;
  /** Where whole lines end. */
  readonly end: number;
  /** What follows them. */
  readonly torn: Uint8Array;
}

const NEWLINE = 10;

/** Reads back from the end, further and further, until a whole line is in view. */
function readEnd(file: Deno.FsFile): FileEnd {
  const { size } = file.statSync();
  for (let length = 1 << 16;; length *= 4) {
    const from = Math.max(0, size - length);
    const bytes = readAt(file, from, size - from);
    const end = bytes.lastIndexOf(NEWLINE);
    const before = end > 0 ? bytes.lastIndexOf(NEWLINE, end - 1) : -1;
    if (from > 0 && before < 0) continue;
    const torn = bytes.subarray(end + 1);
    if (end < 0) return { last: null, end: 0, torn };
    return { last: bytes.subarray(before + 1, end), end: from + end + 1, torn };
  }
}

function readAt(file: Deno.FsFile, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  file.seekSync(from, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}

function headOf(last: Uint8Array | null, path: string): TraceHead {
  if (last === null) return { count: 0, hash: TRACE_START };
  const opened = openTraceLine(last);
  if ("line" in opened) return { count: opened.line.n, hash: opened.line.hash };
  throw new MicroLmError("data", `The last line ${opened.fault}`, {
    at: { file: path },
    hint: `See what is wrong with: deno task trace verify ${path}`,
  });
}

function repairOf(torn: Uint8Array): TraceRepair {
  return { bytes: torn.length, sha256: sha256Hex(torn) };
}

/**
 * Writes over a torn tail before what is left of it is cut off, so that a process that is killed in
 * between cannot remove a tail that no line speaks of.
 */
function writeLine(file: Deno.FsFile, end: number, text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  file.seekSync(end, Deno.SeekMode.Start);
  try {
    writeAllSync(file, bytes);
  } catch (error) {
    file.truncateSync(end);
    throw error;
  }
  file.truncateSync(end + bytes.length);
}
