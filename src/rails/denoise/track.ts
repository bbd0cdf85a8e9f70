import type { Matrix } from "../../core/matrix.ts";
import type { Random } from "../../core/random.ts";
import { insert } from "./filters.ts";

/** What the tracker needs; see `DenoiseTracesOptions` for the meaning. */
export interface TrackSettings {
  readonly gate: { readonly confidence: number; readonly noiseFloor: number } | null;
  readonly guard: { readonly probes: number; readonly spread: number } | null;
}

/** Share of a step taken when the gate doubts it, and when the guard rejects it. */
const DOUBTED = 0.5;
const REJECTED = 0.3;
/** Beyond this many standard deviations no probe would vote otherwise. */
const CERTAIN = 6;
/** Last observations whose median says where the trace is heading. */
const RECENT = 9;
/** Share of a step that the recent observations must reach for it to be no phantom. */
const SUPPORT = 0.3;
/** Samples between which filtered noise has lost its memory. */
const LAG = 12;

/**
 * Follows filtered observations over time, all channels as one position: each step goes to the newest
 * observation, less far where it is lost in the noise or where the recent observations point elsewhere.
 * Looks at observations only, never past the present sample.
 *
 * @param filtered Channels × samples.
 * @param observed The observations before filtering, same shape; the guard's witness.
 */
export function track(
  filtered: Matrix<Float64Array>,
  observed: Matrix<Float64Array>,
  { gate, guard }: TrackSettings,
  random: Random,
): Matrix<Float64Array> {
  const { rows, cols, data } = filtered;
  const out = new Float64Array(rows * cols);
  const position = Float64Array.from({ length: rows }, (_, p) => data[p * cols]!);
  const step = new Float64Array(rows);
  const heading = new Float64Array(rows);
  const noise = gate ? noiseVariance(filtered) : 0;
  for (let t = 0; t < cols; t++) {
    let squares = 0;
    for (let p = 0; p < rows; p++) {
      step[p] = data[p * cols + t]! - position[p]!;
      squares += step[p]! * step[p]!;
    }
    let share = 1;
    if (gate) {
      const confidence = noise > 0 ? 1 - Math.exp(-squares / (2 * noise)) : 1;
      if (confidence < gate.confidence || Math.sqrt(squares) < gate.noiseFloor) share = DOUBTED;
    }
    if (guard && guard.probes > 1) {
      recentMedian(observed, t, heading);
      if (!agrees(position, step, heading, guard, random)) share = REJECTED;
    }
    for (let p = 0; p < rows; p++) {
      position[p]! += share * step[p]!;
      out[p * cols + t] = position[p]!;
    }
  }
  return { data: out, rows, cols };
}

/**
 * Whether from most places around the position the recent observations lie far enough in the step's
 * direction. A probe scatters normally in all channels, so that along the step it is one normal number.
 */
function agrees(
  position: Float64Array,
  step: Float64Array,
  heading: Float64Array,
  { probes, spread }: { readonly probes: number; readonly spread: number },
  random: Random,
): boolean {
  let dot = 0;
  let length = 0;
  let distance = 0;
  for (let p = 0; p < step.length; p++) {
    dot += step[p]! * (heading[p]! - position[p]! - SUPPORT * step[p]!);
    length += step[p]! ** 2;
    distance += position[p]! ** 2;
  }
  const reach = spread * Math.sqrt(distance * length);
  if (Math.abs(dot) > CERTAIN * reach) return dot > 0;
  let votes = 0;
  for (let k = 0; k < probes; k++) if (dot - reach * random.normal() > 0) votes++;
  return 2 * votes > probes;
}

const recent = new Float64Array(RECENT);

function recentMedian({ data, rows, cols }: Matrix<Float64Array>, t: number, out: Float64Array) {
  const count = Math.min(RECENT, t + 1);
  for (let p = 0; p < rows; p++) {
    const end = p * cols + t;
    for (let k = 0; k < count; k++) insert(recent, k, data[end - k]!);
    out[p] = recent[count >> 1]!;
  }
}

/** Noise variance of all channels together, from differences over a lag (median absolute one). */
function noiseVariance({ data, rows, cols }: Matrix<Float64Array>): number {
  const lag = Math.min(LAG, cols - 1);
  if (lag < 1) return 0;
  const differences = new Float64Array(cols - lag);
  let total = 0;
  for (let p = 0; p < rows; p++) {
    for (let t = lag; t < cols; t++) {
      differences[t - lag] = Math.abs(data[p * cols + t]! - data[p * cols + t - lag]!);
    }
    differences.sort();
    total += (1.4826 * differences[differences.length >> 1]!) ** 2 / 2;
  }
  return total;
}
