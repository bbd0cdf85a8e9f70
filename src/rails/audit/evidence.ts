import { sha256Hex } from "../../core/hash.ts";
import { createRandom } from "../../core/random.ts";
import { autocorrelate, kaiserWindow } from "./kernel.ts";
import type { ReadEvidence, ScoredSpan } from "../wdd/evidence.ts";

/** What decides in the audit; `fitAuditGates` finds values. */
export interface AuditGates {
  /** Least evidence of a span for its class, in log-odds against the mean class. */
  readonly tau_span: number;
  /** Least share of a class at its peak, 0 to 1: shares of all classes sum to 1 at any place. */
  readonly tau_rel: number;
  /** Least evidence of a class at its peak, in log-odds against the mean class. */
  readonly tau_abs: number;
}

/** Spans kept for each class. */
const SPANS_KEPT = 3;

/** How spans are gathered. */
export interface AuditKernel {
  /** Length of the Kaiser kernel in tokens. Default: 64. */
  readonly L?: number;
  /** Its shape. Default: 8.6. */
  readonly beta?: number;
  /** Standard deviation of noise added to the evidence, seeded by the prompt. Default: 0. */
  readonly sigma?: number;
}

/** What the audit finds for one class. */
export interface AuditChannel {
  readonly name: string;
  /** Evidence at the peak. */
  readonly peak: number;
  /** Share of all evidence at the peak. */
  readonly rel: number;
  /** Bin of the peak. */
  readonly at: number;
  /** Strongest spans that do not overlap, each with at least `tau_span`. */
  readonly spans: readonly { readonly text: string; readonly score: number }[];
  readonly accepted: boolean;
}

/** Judges all classes of one prompt. */
export type AuditJudge = (read: ReadEvidence, prompt: string) => AuditChannel[];

/**
 * Makes a function that judges every class of a prompt by its spans.
 *
 * The evidence of each span stands at its centre under a Kaiser kernel; the filter matched to the kernel
 * gathers what is near, with nothing lost at either end of the prompt. Where a class's share of all
 * classes is greatest stands its peak. Overlapping spans add up only as their weights were fitted to: all
 * of them together, so that no word counts twice.
 *
 * @param prior What an average prompt says of each class.
 * @param primitives The classes that may be accepted.
 */
export function createAuditJudge(
  classes: readonly string[],
  prior: Float64Array,
  primitives: readonly string[],
  gates: AuditGates,
  { L = 64, beta = 8.6, sigma = 0 }: AuditKernel = {},
): AuditJudge {
  const response = autocorrelate(kaiserWindow(2 * L, beta));
  return (read, prompt) => {
    const scores = gather(addNoise(read.track.data, sigma, prompt), prior, response);
    const shares = toShares(scores, classes.length);
    return primitives.map((name) => {
      const k = classes.indexOf(name);
      const at = peakOf(shares, classes.length, k);
      const [peak, rel] = at < 0
        ? [0, 0]
        : [scores[at * classes.length + k]!, shares[at * classes.length + k]!];
      const spans = suppress(read.spans, k, gates.tau_span, SPANS_KEPT);
      const accepted = spans.length > 0 && peak >= gates.tau_abs && rel >= gates.tau_rel;
      return { name, peak, rel, at, spans, accepted };
    });
  };
}

function addNoise(data: Float64Array, sigma: number, prompt: string): Float64Array {
  if (sigma === 0) return data;
  const random = createRandom(parseInt(sha256Hex(prompt).slice(0, 8), 16));
  return data.map((x) => x + sigma * random.normal());
}

/** Evidence within reach of each bin: bins × classes. */
function gather(data: Float64Array, prior: Float64Array, response: Float64Array): Float64Array {
  const count = prior.length;
  const bins = data.length / count;
  const out = new Float64Array(data.length);
  for (let at = 0; at < bins; at++) {
    out.set(prior, at * count);
    const to = Math.min(bins, at + response.length);
    for (let b = Math.max(0, at - response.length + 1); b < to; b++) {
      const weight = response[Math.abs(b - at)]!;
      for (let k = 0; k < count; k++) out[at * count + k]! += weight * data[b * count + k]!;
    }
  }
  return out;
}

function toShares(scores: Float64Array, count: number): Float64Array {
  const shares = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += count) {
    const row = scores.subarray(from, from + count);
    const top = Math.max(...row);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += shares[from + k] = Math.exp(row[k]! - top);
    for (let k = 0; k < count; k++) shares[from + k]! /= sum;
  }
  return shares;
}

/** −1 for a prompt without a bin. */
function peakOf(shares: Float64Array, count: number, k: number): number {
  let best = -1;
  for (let at = 0; at * count < shares.length; at++) {
    if (best < 0 || shares[at * count + k]! > shares[best * count + k]!) best = at;
  }
  return best;
}

/** Non-maximum suppression: the strongest spans first, none that shares a token with a stronger one. */
export function suppress(
  spans: readonly ScoredSpan[],
  k: number,
  least: number,
  topk: number,
): { readonly text: string; readonly score: number }[] {
  const ranked = spans.filter(({ evidence }) => evidence[k]! >= least && evidence[k]! > 0)
    .sort((a, b) => b.evidence[k]! - a.evidence[k]!);
  const kept: ScoredSpan[] = [];
  for (const span of ranked) {
    if (kept.length === topk) break;
    if (kept.every((other) => !overlap(span, other))) kept.push(span);
  }
  return kept.map(({ text, evidence }) => ({ text, score: evidence[k]! }));
}

function overlap(a: ScoredSpan, b: ScoredSpan): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}
