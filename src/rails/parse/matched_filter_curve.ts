/** What a half-sine lobe explains of a trace, centred at each sample. */
export interface LobeCurves {
  /** Least-squares height of the lobe, in the units of the trace. */
  readonly height: Float64Array;
  /** Height over its standard error under unit white noise: equal noise at every sample. */
  readonly strength: Float64Array;
  /** Correlation of window and lobe, −1 to 1: how much of the window looks like the lobe. */
  readonly shape: Float64Array;
}

/** Fits lobes to traces of one length; see {@linkcode createLobeFilter}. */
export type LobeFilter = (x: Float64Array, out?: LobeCurves) => LobeCurves;

/** Below this share of the trace's energy a window counts as flat: it is rounding. */
const FLAT = 1e-12;

/**
 * Room for the curves of a trace.
 *
 * @example
 * ```ts
 * import { createLobeCurves, createLobeFilter } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const room = createLobeCurves(50);
 * const found = createLobeFilter(50, 9)(new Float64Array(50), room);
 * assertEquals([found === room, room.shape.length], [true, 50]);
 * ```
 */
export function createLobeCurves(length: number): LobeCurves {
  const [height, strength, shape] = [0, 0, 0].map(() => new Float64Array(length));
  return { height: height!, strength: strength!, shape: shape! };
}

/**
 * Prepares a filter that fits a half-sine lobe and a straight line around every sample of a trace, by
 * least squares. Windows at the ends meet the part of the lobe that lies over the trace, so that a lobe at
 * the border is not misjudged; the line keeps drifts from passing for half a lobe there.
 *
 * The cost is a few operations a sample, whatever the width: a lobe centred at i is
 * cos θ(n − i) = cos θi · cos θn + sin θi · sin θn, so that running sums of x cos θn and x sin θn give
 * every window.
 *
 * @param length Samples of the traces.
 * @param width Samples of the lobe; an even number is raised by one.
 * @throws {RangeError} If the lobe is longer than the trace or shorter than 4 samples.
 *
 * @example
 * ```ts
 * import { argMax, createLobeFilter } from "micro-lm/rails";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const lobe = (t: number) => 1 + 2 * Math.max(0, Math.cos(Math.PI * (t - 30) / 20));
 * const trace = Float64Array.from({ length: 100 }, (_, t) => Math.abs(t - 30) <= 10 ? lobe(t) : 1);
 * const { height, shape } = createLobeFilter(100, 21)(trace);
 * assertEquals(argMax(shape), 30);
 * assertAlmostEquals(height[30]!, 2, 1e-9);
 * ```
 */
export function createLobeFilter(length: number, width: number): LobeFilter {
  const half = width >> 1;
  if (half < 2 || 2 * half + 1 > length) {
    throw new RangeError(`Expected a lobe of 4 to ${length} samples, got ${width}`);
  }
  const theta = Math.PI / (2 * half);
  const cos = Float64Array.from({ length }, (_, n) => Math.cos(theta * n));
  const sin = Float64Array.from({ length }, (_, n) => Math.sin(theta * n));
  const lobe = lobeSums(length, half, theta);
  const sums = {
    x: new Float64Array(length + 1),
    xx: new Float64Array(length + 1),
    nx: new Float64Array(length + 1),
    cos: new Float64Array(length + 1),
    sin: new Float64Array(length + 1),
  };
  return (x, out = createLobeCurves(length)) => {
    const flat = FLAT * accumulate(x, cos, sin, sums);
    for (let i = 0; i < length; i++) {
      const from = i < half ? 0 : i - half;
      const to = i + half < length ? i + half + 1 : length;
      const count = to - from;
      const sum = sums.x[to]! - sums.x[from]!;
      const dot = cos[i]! * (sums.cos[to]! - sums.cos[from]!) +
        sin[i]! * (sums.sin[to]! - sums.sin[from]!);
      const spread = count * (count * count - 1) / 12;
      const drift = sums.nx[to]! - sums.nx[from]! - sum * (from + to - 1) / 2;
      const covariance = dot - sum * lobe.mean[i]! - lobe.slope[i]! * drift;
      const energy = sums.xx[to]! - sums.xx[from]! - sum * sum / count - drift * drift / spread;
      out.height[i] = covariance / lobe.energy[i]!;
      out.strength[i] = covariance / lobe.norm[i]!;
      out.shape[i] = energy > flat ? covariance / (Math.sqrt(energy) * lobe.norm[i]!) : 0;
    }
    return out;
  };
}

/** Mean and slope of the part of the lobe over the trace, its energy about that line, and the root. */
function lobeSums(length: number, half: number, theta: number) {
  const [mean, slope, energy] = [0, 0, 0].map(() => new Float64Array(length));
  const [sum, squares, moments] = [0, 0, 0].map(() => new Float64Array(2 * half + 2));
  for (let k = 0; k <= 2 * half; k++) {
    const value = Math.cos(theta * (k - half));
    sum![k + 1] = sum![k]! + value;
    squares![k + 1] = squares![k]! + value * value;
    moments![k + 1] = moments![k]! + value * k;
  }
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, half - i);
    const to = Math.min(2 * half + 1, length + half - i);
    const count = to - from;
    const total = sum![to]! - sum![from]!;
    const drift = moments![to]! - moments![from]! - total * (from + to - 1) / 2;
    const spread = count * (count * count - 1) / 12;
    mean![i] = total / count;
    slope![i] = drift / spread;
    energy![i] = squares![to]! - squares![from]! - total * mean![i]! - drift * slope![i]!;
  }
  return { mean: mean!, slope: slope!, energy: energy!, norm: energy!.map(Math.sqrt) };
}

/** Running sums of the trace about its mean; returns its energy. */
function accumulate(
  x: Float64Array,
  cos: Float64Array,
  sin: Float64Array,
  sums: Readonly<Record<"x" | "xx" | "nx" | "cos" | "sin", Float64Array>>,
): number {
  const length = cos.length;
  if (x.length !== length) throw new RangeError(`Expected ${length} samples, got ${x.length}`);
  let total = 0;
  for (let n = 0; n < length; n++) total += x[n]!;
  const mean = total / length;
  for (let n = 0; n < length; n++) {
    const d = x[n]! - mean;
    sums.x[n + 1] = sums.x[n]! + d;
    sums.xx[n + 1] = sums.xx[n]! + d * d;
    sums.nx[n + 1] = sums.nx[n]! + d * n;
    sums.cos[n + 1] = sums.cos[n]! + d * cos[n]!;
    sums.sin[n + 1] = sums.sin[n]! + d * sin[n]!;
  }
  return sums.xx[length]!;
}
