import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { readByteLines } from "../bulk/lines.ts";
import type { TraceHead } from "./trace.ts";
import { openTraceLine, TRACE_START, type TraceLine, type TraceRepair } from "./line.ts";

/** The first thing that is wrong with a trace. */
export interface TraceFault {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly message: string;
}

/** What {@linkcode verifyTrace} found. */
export interface TraceVerification {
  readonly ok: boolean;
  /** The end of what is right: the whole trace, or what stands before the fault. */
  readonly head: TraceHead;
  readonly fault: TraceFault | null;
  /** Lines before which a torn tail was cut off. */
  readonly repairs: readonly (TraceRepair & { readonly line: number })[];
  /** Lines after the one with the expected hash; null if none was expected or it is not there. */
  readonly lines_after_expected: number | null;
}

/** Options of {@linkcode verifyTrace}. */
export interface VerifyTraceOptions {
  /**
   * A head that the trace had before. Lines may have followed since; if it is not there, lines were
   * cut off at the end or the whole was written anew. Default: none, and such a cut is not seen.
   */
  readonly expectHash?: string;
  /** Called with the number of lines that were looked at. */
  readonly onProgress?: (lines: number) => void;
}

/**
 * Checks that a trace is as it was written: finds any edit, cut, insertion or change of order, and
 * says where. A cut at the end needs an anchor: `expectHash`. Reads the lines that are there at the
 * start, in constant memory.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the file cannot be read.
 *
 * @example
 * ```ts
 * import { openTrace, verifyTrace } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const { path } = openTrace(".artifacts/example-empty.jsonl");
 * assertEquals((await verifyTrace(path)).ok, true);
 * await Deno.writeTextFile(path, "{}\n");
 * assertEquals((await verifyTrace(path)).fault?.line, 1);
 * await Deno.remove(path);
 * ```
 */
export async function verifyTrace(
  path: string,
  { expectHash, onProgress }: VerifyTraceOptions = {},
): Promise<TraceVerification> {
  let head: TraceHead = { count: 0, hash: TRACE_START };
  let expectedAt = expectHash === TRACE_START ? 0 : null;
  let fault: TraceFault | null = null;
  const repairs: (TraceRepair & { line: number })[] = [];
  for await (const step of walkTrace(path)) {
    if ("message" in step) {
      fault = step;
      break;
    }
    head = { count: step.n, hash: step.hash };
    if (step.hash === expectHash) expectedAt = step.n;
    if (step.repaired) repairs.push({ line: step.n, ...step.repaired });
    onProgress?.(step.n);
  }
  if (!fault && expectHash !== undefined && expectedAt === null) {
    const message = "no line has the expected hash: lines were cut off at the end, or it is the " +
      "hash of another trace";
    fault = { line: head.count + 1, message };
  }
  const after = expectedAt === null ? null : head.count - expectedAt;
  return { ok: fault === null, head, fault, repairs, lines_after_expected: after };
}

/**
 * Streams the lines of a trace, each checked against the one before. A torn tail is no line yet.
 *
 * @throws {MicroLmError} Kind `data` at the first line that is not as it was written; `missing` or
 * `permission` if the file cannot be read.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { openTrace, readTrace } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const trace = openTrace(".artifacts/example-read.jsonl");
 * const request = { prompt: "swap 2 ETH for USDC" };
 * const { hash } = trace.append(await runtime.run(request), request, runtime);
 * const lines = await Array.fromAsync(readTrace(trace.path));
 * assertEquals(lines.map((line) => [line.n, line.hash]), [[1, hash]]);
 * await Deno.remove(trace.path);
 * ```
 */
export async function* readTrace(path: string): AsyncGenerator<TraceLine> {
  for await (const step of walkTrace(path)) {
    if (!("message" in step)) yield step;
    else if (step.message !== TORN) {
      throw new MicroLmError("data", `The line ${step.message}`, {
        at: { file: path, line: step.line },
        hint: `See more with: deno task trace verify ${path}`,
      });
    }
  }
}

const TORN = "is torn: it has no end. The next append cuts it off and says so";

async function* walkTrace(path: string): AsyncGenerator<TraceLine | TraceFault> {
  let head: TraceHead = { count: 0, hash: TRACE_START };
  for await (const { bytes, isWhole } of readByteLines(path, { size: sizeNow(path) })) {
    const line = head.count + 1;
    if (!isWhole) {
      yield { line, message: TORN };
      return;
    }
    const opened = openTraceLine(bytes);
    const message = "fault" in opened ? opened.fault : chainFault(opened.line, head);
    if (message !== null || "fault" in opened) {
      yield { line, message: message! };
      return;
    }
    yield opened.line;
    head = { count: line, hash: opened.line.hash };
  }
}

function chainFault({ n, prev }: TraceLine, head: TraceHead): string | null {
  const line = head.count + 1;
  if (n !== line) return `is out of place: it was written as line ${n}, here it is line ${line}`;
  return prev === head.hash ? null : "does not follow the line before: that was another one";
}

/** Under the lock, so that no other process is in the middle of a line. */
function sizeNow(path: string): number {
  try {
    using file = Deno.openSync(path);
    file.lockSync(false);
    return file.statSync().size;
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}
