/**
 * Clamps samples that stand more than `z` standard deviations from the mean of the trace: phantoms.
 *
 * A lobe that is short against the trace stands out as well and loses its top; {@linkcode localClamp}
 * spares it.
 *
 * @param z Default: 3.
 *
 * @example
 * ```ts
 * import { phantomClamp } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const trace = new Float64Array(100);
 * trace[50] = 10;
 * assert(phantomClamp(trace)[50]! < 3.2);
 * ```
 */
export function phantomClamp(x: Float64Array, z = 3): Float64Array {
  let sum = 0;
  for (const value of x) sum += value;
  const mean = sum / x.length;
  let squares = 0;
  for (const value of x) squares += (value - mean) ** 2;
  const sd = Math.sqrt(squares / x.length);
  return x.map((value) => {
    const standard = (value - mean) / (sd + 1e-8);
    return mean + Math.max(-z, Math.min(z, standard)) * sd;
  });
}

/** Samples on each side that {@linkcode localClamp} compares with. */
const LOCAL_HALF = 5;

/**
 * Clamps samples that stand more than `z` robust standard deviations from the median around them
 * (Hampel, 1974), so that wide lobes keep their height. The scale is that of the whole trace.
 *
 * @param z Default: 3.
 *
 * @example
 * ```ts
 * import { localClamp } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = Float64Array.from({ length: 40 }, (_, t) => t % 2);
 * trace[20] = 50;
 * assertEquals(localClamp(trace)[20]! < 6, true);
 * ```
 */
export function localClamp(x: Float64Array, z = 3): Float64Array {
  const median = medianFilter(x, 2 * LOCAL_HALF + 1);
  const deviations = x.map((value, t) => Math.abs(value - median[t]!)).sort();
  const limit = z * 1.4826 * deviations[deviations.length >> 1]!;
  // A trace that is smooth but for single samples has no scale to judge them by.
  if (limit === 0) return x.slice();
  return x.map((value, t) => {
    const middle = median[t]!;
    return Math.max(middle - limit, Math.min(middle + limit, value));
  });
}

/**
 * Running median of an odd number of samples, the ends mirrored without repeating the end sample. An
 * even `width` is raised by one.
 *
 * @param width Default: 5.
 * @throws {RangeError} If the trace is not longer than half the window.
 *
 * @example
 * ```ts
 * import { medianFilter } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...medianFilter(Float64Array.of(1, 9, 1, 1, 1), 3)], [9, 1, 1, 1, 1]);
 * ```
 */
export function medianFilter(x: Float64Array, width = 5): Float64Array {
  const half = width >> 1;
  const last = x.length - 1;
  if (half > last) {
    throw new RangeError(`Expected more than ${half} samples for a window of ${width}`);
  }
  const window = new Float64Array(2 * half + 1);
  const out = new Float64Array(x.length);
  for (let i = 0; i <= last; i++) {
    for (let k = 0; k <= 2 * half; k++) {
      const j = i + k - half;
      insert(window, k, x[j < 0 ? -j : j > last ? 2 * last - j : j]!);
    }
    out[i] = window[half]!;
  }
  return out;
}

/** Puts a value among the `count` sorted ones before it. */
export function insert(sorted: Float64Array, count: number, value: number): void {
  let at = count;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}

/**
 * Exponential moving average that is not biased towards zero at the start: the weighted sum of the past
 * over the sum of its weights.
 *
 * @param alpha Weight of the newest sample, 0 to 1. Default: 0.2.
 *
 * @example
 * ```ts
 * import { emaFilter } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(emaFilter(Float64Array.of(4, 4, 4))[2]!, 4, 1e-9);
 * ```
 */
export function emaFilter(x: Float64Array, alpha = 0.2): Float64Array {
  const out = new Float64Array(x.length);
  let sum = 0;
  let weight = 0;
  for (let t = 0; t < x.length; t++) {
    sum = alpha * x[t]! + (1 - alpha) * sum;
    weight = alpha + (1 - alpha) * weight;
    out[t] = sum / (weight + 1e-12);
  }
  return out;
}

/** Options of {@linkcode hybridFilter}. */
export interface HybridFilterOptions {
  /** Standard deviations of the clamp. Default: 3. */
  readonly clampZ?: number;
  /** Samples of the median. Default: 5. */
  readonly medianWidth?: number;
  /** Weight of the newest sample in the average. Default: 0.2. */
  readonly alpha?: number;
}

/**
 * Clamps phantoms, takes the running median, then the exponential average.
 *
 * @example
 * ```ts
 * import { hybridFilter } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(hybridFilter(new Float64Array(9).fill(2))[8]!, 2, 1e-9);
 * ```
 */
export function hybridFilter(x: Float64Array, options: HybridFilterOptions = {}): Float64Array {
  const { clampZ = 3, medianWidth = 5, alpha = 0.2 } = options;
  return emaFilter(medianFilter(phantomClamp(x, clampZ), medianWidth), alpha);
}

/**
 * Signal over noise in decibels: 10 log10(mean s² / (mean n² + 1e-20)), n = observed − signal.
 *
 * @throws {RangeError} If the lengths differ.
 *
 * @example
 * ```ts
 * import { snrDb } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(snrDb([1, -1], [1.1, -1.1]), 20, 1e-9);
 * ```
 */
export function snrDb(signal: ArrayLike<number>, observed: ArrayLike<number>): number {
  if (signal.length !== observed.length) {
    throw new RangeError(`Expected ${signal.length} observed samples, got ${observed.length}`);
  }
  let power = 0;
  let noise = 0;
  for (let t = 0; t < signal.length; t++) {
    power += signal[t]! ** 2;
    noise += (observed[t]! - signal[t]!) ** 2;
  }
  return 10 * Math.log10(power / signal.length / (noise / signal.length + 1e-20));
}
