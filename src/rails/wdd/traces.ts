import { createRandom } from "../../core/random.ts";
import { denoiseTraces } from "../denoise/denoise.ts";
import { createTraces, type Traces } from "../traces/easy.ts";
import { applyWarp, truncateWarp, type Warp } from "../warp/warp.ts";
import type { EvidenceTrack } from "./evidence.ts";

/**
 * How traces are made. `stage10`: the evidence as it is, for the matched filter and the parser. `stage11`:
 * the evidence is warped first, and the traces are denoised.
 */
export type RailsStage = "stage10" | "stage11";

/** Noise of the traces as a share of one action's lobe: a floor far above rounding for the null. */
const NOISE_FLOOR = 0.1;

/** Share of the samples that stand in silence on each side. */
const SILENCE = 0.25;

/** Greatest share of the samples that a lobe takes. */
const MOST_LOBE = 0.3;

/** Share of the reach of a sample in which words count fully; from there on the less the farther. */
const FLAT = 0.5;

/** Samples of the shortest lobe. */
export const LEAST_LOBE = 8;

/** How evidence becomes one trace a class. */
export interface TraceSettings {
  readonly stage: RailsStage;
  /** Samples of a trace. */
  readonly T: number;
  readonly classes: readonly string[];
  /** Which classes are actions. */
  readonly primitives: readonly string[];
  readonly warp: Warp;
  /** Mean of each class in the space of the evidence: classes × classes, row-major. */
  readonly means: Float64Array;
  /** What a prompt says of each class before its words are looked at. */
  readonly prior: Float64Array;
  /** Leading components of the warp that are used. */
  readonly k: number;
  /** Samples of the lobe; {@linkcode lobeWidth}. */
  readonly width: number;
}

/** Makes traces of evidence; see {@linkcode createTraceMaker}. */
export type TraceMaker = (track: EvidenceTrack, seed: number) => Traces;

/** Samples of the lobe in traces of `T`: as many as are asked for, as far as silence is left around it. */
export function lobeWidth(asked: number, T: number): number {
  return Math.max(LEAST_LOBE, Math.min(asked, Math.floor(MOST_LOBE * T)));
}

/** Share of the samples that a token takes, as long as all find room: four of 180. */
const TOKEN_SHARE = 1 / 45;

/** Samples of a token. */
function samplesPerToken(tokens: number, T: number): number {
  return T * Math.min(TOKEN_SHARE, (1 - 2 * SILENCE) / Math.max(1, tokens));
}

/** Sample on which a bin stands: the words are in the middle of the trace. */
function sampleOf(bin: number, bins: number, T: number): number {
  return T / 2 + (bin - (bins - 1) / 2) / 2 * samplesPerToken((bins + 1) / 2, T);
}

/** The token of a prompt that stands at a sample. */
export function tokenAt(sample: number, tokens: number, T: number): number {
  const at = (tokens - 1) / 2 + (sample - T / 2) / samplesPerToken(tokens, T);
  return Math.max(0, Math.min(tokens - 1, Math.round(at)));
}

/**
 * Makes a function that turns evidence into traces of `T` samples: the words of a prompt take their middle
 * half at most, in order; the evidence is pooled over a lobe around each sample, and the trace of an action is
 * how far it leads over all other actions there, or zero. At any sample one action at most stands out.
 * Whether a prompt asks for anything at all is judged by its reading, before evidence is asked: against
 * `abstain` the plainest orders, which have the fewest words, would show least.
 *
 * A little seeded noise gives the null a scale. Heights are in units of what the mean prompt of a class
 * shows.
 */
export function createTraceMaker(settings: TraceSettings): TraceMaker {
  const { stage, T, classes, primitives, width } = settings;
  const rule = stage === "stage11" ? nearestPrototype(settings) : asItIs(settings);
  const channels = primitives.map((name) => classes.indexOf(name));
  const reach = width / 2;
  return (track, seed) => {
    const scores = project(track, rule.slopes, classes.length);
    const random = createRandom(seed);
    const traces = primitives.map(() => new Float64Array(T));
    const pooled = new Float64Array(classes.length);
    for (let t = 0; t < T; t++) {
      pool(scores, { bins: track.bins, T, t, reach }, rule.offsets, pooled);
      channels.forEach((channel, p) => {
        const lead = Math.max(0, leadOf(pooled, channel, channels)) / rule.unit;
        traces[p]![t] = lead + NOISE_FLOOR * random.normal();
      });
    }
    const made = createTraces(Object.fromEntries(primitives.map((name, p) => [name, traces[p]!])));
    return stage === "stage11" ? denoiseTraces(made, { seed }) : made;
  };
}

/** Linear scores of classes: slopes classes × classes, offsets, and what a mean prompt leads by. */
interface Rule {
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
  readonly unit: number;
}

/** Log-odds, as they were fitted. */
function asItIs({ classes, primitives, prior, means }: TraceSettings): Rule {
  const count = classes.length;
  const slopes = new Float64Array(count * count);
  for (let c = 0; c < count; c++) slopes[c * count + c] = 1;
  const channels = primitives.map((name) => classes.indexOf(name));
  const leads = channels.map((c) => leadOf(means.slice(c * count, (c + 1) * count), c, channels));
  return { slopes, offsets: prior, unit: meanOf(leads) };
}

/** The linear rule of the nearest prototype in warped space. */
function nearestPrototype({ classes, primitives, warp, means, prior, k }: TraceSettings): Rule {
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
  // Half the squared distance to the next prototype is what the mean prompt of a class leads by
  const actions = prototypes.filter((_, c) => primitives.includes(classes[c]!));
  const leads = actions.map((a) =>
    Math.min(
      ...prototypes.filter((b) => b !== a).map((b) =>
        a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / 2
      ),
    )
  );
  return { slopes, offsets, unit: meanOf(leads) };
}

function meanOf(leads: readonly number[]): number {
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

interface Place {
  readonly bins: number;
  readonly T: number;
  readonly t: number;
  readonly reach: number;
}

function pool(
  scores: Float64Array,
  { bins, T, t, reach }: Place,
  offsets: Float64Array,
  out: Float64Array,
): void {
  const count = offsets.length;
  out.set(offsets);
  for (let b = 0; b < bins; b++) {
    const away = Math.abs(sampleOf(b, bins, T) - t);
    if (away >= reach) continue;
    const weight = Math.cos(Math.PI / 2 * Math.max(0, away / reach - FLAT) / (1 - FLAT));
    for (let c = 0; c < count; c++) out[c]! += weight * scores[b * count + c]!;
  }
}

/** How far one class leads over the best of the others that compete. */
function leadOf(scores: Float64Array, channel: number, competing: readonly number[]): number {
  let rival = -Infinity;
  for (const c of competing) if (c !== channel && scores[c]! > rival) rival = scores[c]!;
  // One action alone leads over nothing
  return rival === -Infinity ? scores[channel]! : scores[channel]! - rival;
}
