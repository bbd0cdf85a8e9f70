import { createRandom } from "../../core/random.ts";
import { createTraces, type Traces } from "../traces/easy.ts";
import { applyWarp, truncateWarp, type Warp } from "../warp/warp.ts";
import type { EvidenceTrack } from "./evidence.ts";

/** Samples of a bin; a token has two bins. */
export const SAMPLES_PER_BIN = 2;

/** Noise of the traces as a share of one action's lobe: a floor far above rounding for the null. */
const NOISE_FLOOR = 0.1;

/** Widths of a lobe that stand in silence on each side: enough for the null of a short prompt. */
export const PADS = 2;

/** How evidence becomes one trace a class. */
export interface TraceSettings {
  readonly classes: readonly string[];
  /** Which classes are actions; the others only compete. */
  readonly primitives: readonly string[];
  readonly warp: Warp;
  /** Mean of each class in the space of the evidence: classes × classes, row-major. */
  readonly means: Float64Array;
  /** What an average prompt says of each class before its words are looked at. */
  readonly prior: Float64Array;
  /** Leading components of the warp that are used. */
  readonly k: number;
  /** Samples of the lobe. */
  readonly templateWidth: number;
}

/** Makes traces of evidence; see {@linkcode createTraceMaker}. */
export type TraceMaker = (track: EvidenceTrack, seed: number) => Traces;

/**
 * Makes a function that turns evidence into traces: each bin is warped and compared with the prototype of
 * every class, the comparison is pooled over a lobe around each sample, and the trace of an action is how
 * far it leads over all other classes there, or zero. At any sample one action at most stands out.
 *
 * Two widths of a lobe of silence stand on both sides, so that what is said first or last weighs as much as
 * what is said in between; a little seeded noise gives the null a scale. Heights are in units of what the mean prompt of a class shows.
 */
export function createTraceMaker(settings: TraceSettings): TraceMaker {
  const { classes, primitives, templateWidth } = settings;
  const { slopes, offsets, unit } = compare(settings);
  const channels = primitives.map((name) => classes.indexOf(name));
  const reach = Math.max(1, Math.round(templateWidth / 2));
  return (track, seed) => {
    const scores = project(track, slopes, classes.length);
    const pad = PADS * templateWidth;
    const length = 2 * pad + SAMPLES_PER_BIN * track.bins;
    const traces = primitives.map(() => new Float64Array(length));
    const pooled = new Float64Array(classes.length);
    for (let t = 0; t < length; t++) {
      pool(scores, track.bins, t - pad, reach, offsets, pooled);
      channels.forEach((channel, p) => {
        const lead = leadOf(pooled, channel);
        if (lead > 0) traces[p]![t] = lead / unit;
      });
    }
    const random = createRandom(seed);
    for (const trace of traces) {
      trace.forEach((x, t) => trace[t] = x + NOISE_FLOOR * random.normal());
    }
    return createTraces(Object.fromEntries(primitives.map((name, p) => [name, traces[p]!])));
  };
}

/** The linear rule of the nearest prototype in warped space: slopes classes × classes, and offsets. */
function compare({ classes, warp, means, prior, k }: TraceSettings) {
  const used = truncateWarp(warp, k);
  const count = classes.length;
  const start = applyWarp(used, prior);
  const slopes = new Float64Array(count * count);
  const offsets = new Float64Array(count);
  const prototypes: Float64Array[] = [];
  for (let c = 0; c < count; c++) {
    const prototype = applyWarp(used, means.subarray(c * count, (c + 1) * count));
    prototypes.push(prototype);
    prototype.forEach((x, i) => {
      offsets[c]! += x * start[i]! - x * x / 2;
      for (let j = 0; j < count; j++) {
        slopes[c * count + j]! += x * used.components.data[i * count + j]! / used.scales[i]!;
      }
    });
  }
  return { slopes, offsets, unit: unitOf(prototypes) };
}

/** What the mean prompt of a class leads by, on average: half the squared distance to the next prototype. */
function unitOf(prototypes: readonly Float64Array[]): number {
  const leads = prototypes.map((a) =>
    Math.min(
      ...prototypes.filter((b) => b !== a).map((b) =>
        a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / 2
      ),
    )
  );
  return Math.max(Number.MIN_VALUE, leads.reduce((a, b) => a + b) / leads.length);
}

function project(track: EvidenceTrack, slopes: Float64Array, count: number): Float64Array {
  const out = new Float64Array(track.bins * count);
  for (let b = 0; b < track.bins; b++) {
    for (let c = 0; c < count; c++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += slopes[c * count + j]! * track.data[b * count + j]!;
      out[b * count + c] = sum;
    }
  }
  return out;
}

function pool(
  scores: Float64Array,
  bins: number,
  sample: number,
  reach: number,
  offsets: Float64Array,
  out: Float64Array,
): void {
  const count = offsets.length;
  out.set(offsets);
  const from = Math.max(0, Math.ceil((sample - reach) / SAMPLES_PER_BIN));
  const to = Math.min(bins - 1, Math.floor((sample + reach) / SAMPLES_PER_BIN));
  for (let b = from; b <= to; b++) {
    const weight = Math.cos(Math.PI / 2 * (b * SAMPLES_PER_BIN - sample) / reach);
    for (let c = 0; c < count; c++) out[c]! += weight * scores[b * count + c]!;
  }
}

/** How far one class leads over the best other one. */
function leadOf(scores: Float64Array, channel: number): number {
  let rival = -Infinity;
  for (let c = 0; c < scores.length; c++) {
    if (c !== channel && scores[c]! > rival) rival = scores[c]!;
  }
  return scores[channel]! - rival;
}
