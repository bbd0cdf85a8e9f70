import { sealOf } from "../../core/sealed_json.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import type { TracedRun } from "./run.ts";
import { traceShapeFault } from "./shape.ts";
import { MICRO_LM_VERSION } from "../../core/version.ts";

/** Names the format of trace lines. */
export const TRACE_SCHEMA = "micro-lm/trace@1";

/** What the first line names as the hash of the line before. */
export const TRACE_START: string = "0".repeat(64);

/** Programs that a run depends on. */
export interface TraceVersions {
  readonly micro_lm: string;
  readonly deno: string;
  readonly v8: string;
  /** Machine family, such as `x86_64-unknown-linux-gnu`. */
  readonly target: string;
}

/** A tail that a killed process had left and that was cut off. */
export interface TraceRepair {
  readonly bytes: number;
  /** Hex sha256 of what was cut off. */
  readonly sha256: string;
}

/** One line of a trace. Its text is canonical JSON: keys sorted, no spaces. */
export interface TraceLine extends TracedRun {
  readonly schema: typeof TRACE_SCHEMA;
  /** Number of the line, from 1. */
  readonly n: number;
  /** `hash` of the line before; {@linkcode TRACE_START} in the first. */
  readonly prev: string;
  /** When the line was written, ISO 8601. */
  readonly at: string;
  readonly versions: TraceVersions;
  /** Only if something had to be cut off before this line. */
  readonly repaired?: TraceRepair;
  /** Hex sha256 of the canonical JSON of everything else in the line. */
  readonly hash: string;
}

/** Completes a line by its hash. */
export function sealTraceLine(
  body: Omit<TraceLine, "hash">,
): { readonly text: string; readonly hash: string } {
  const hash = sealOf(body);
  return { text: canonicalJson({ ...body, hash }), hash };
}

/** What is wrong with a line by itself, or the line. */
export type OpenedTraceLine =
  | { readonly line: TraceLine }
  | { readonly fault: string };

/** Reads a line back; any text but the one that was sealed is a fault. */
export function openTraceLine(bytes: Uint8Array): OpenedTraceLine {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return check(JSON.parse(text), text);
  } catch {
    return { fault: "is no JSON" };
  }
}

function check(line: TraceLine | null, text: string): OpenedTraceLine {
  if (typeof line !== "object" || line?.schema !== TRACE_SCHEMA) {
    return { fault: `is no line of a trace (${TRACE_SCHEMA})` };
  }
  const { hash: _, ...body } = line;
  const sealed = sealTraceLine(body);
  // Also spaces, repeated keys and other spellings of the same values.
  if (sealed.text !== text) return { fault: "was edited: it is not what was sealed by its hash" };
  const fault = traceShapeFault(line);
  return fault === null ? { line } : { fault };
}

/** The versions of this process. */
export function traceVersions(): TraceVersions {
  const { deno, v8 } = Deno.version;
  return { micro_lm: MICRO_LM_VERSION, deno, v8, target: Deno.build.target };
}
