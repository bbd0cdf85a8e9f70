/**
 * A half-sine lobe of unit length: sin over `width` points from 0 to π, divided by its norm.
 *
 * @param width Samples; at least 3 are used.
 *
 * @example
 * ```ts
 * import { halfSine } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const lobe = halfSine(5);
 * assertAlmostEquals(lobe.reduce((sum, x) => sum + x * x, 0), 1, 1e-6);
 * ```
 */
export function halfSine(width: number): Float64Array {
  const w = Math.max(3, width);
  const lobe = Float64Array.from({ length: w }, (_, i) => Math.sin((i * Math.PI) / (w - 1)));
  let squares = 0;
  for (const x of lobe) squares += x * x;
  const norm = Math.sqrt(squares) + 1e-8;
  return lobe.map((x) => x / norm);
}

/**
 * Centred moving average of an odd number of samples; the ends are mirrored, without repeating the end
 * sample. An even `width` is raised by one, so that the length stays.
 *
 * @throws {RangeError} If the trace is not longer than half the window.
 *
 * @example
 * ```ts
 * import { movingAverage } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...movingAverage(Float64Array.of(0, 3, 6), 3)], [2, 3, 4]);
 * ```
 */
export function movingAverage(
  x: Float64Array,
  width: number,
  out: Float64Array = new Float64Array(x.length),
): Float64Array {
  const half = Math.max(0, width) >> 1;
  const last = x.length - 1;
  if (half > last) {
    throw new RangeError(`Expected more than ${half} samples for a window of ${width}`);
  }
  const count = 2 * half + 1;
  for (let i = 0; i <= last; i++) {
    let sum = 0;
    for (let j = i - half; j <= i + half; j++) {
      sum += x[j < 0 ? -j : j > last ? 2 * last - j : j]!;
    }
    out[i] = sum / count;
  }
  return out;
}

/**
 * Correlation of a trace with a template at every sample, of the trace's length:
 * c[i] = Σ_j x[i + j − ⌊w/2⌋] · template[j], with zeros outside the trace.
 *
 * @throws {RangeError} If the template is longer than the trace.
 *
 * @example
 * ```ts
 * import { correlateSame } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const curve = correlateSame(Float64Array.of(0, 0, 1, 0, 0), Float64Array.of(1, 2, 1));
 * assertEquals([...curve], [0, 1, 2, 1, 0]);
 * ```
 */
export function correlateSame(
  x: Float64Array,
  template: Float64Array,
  out: Float64Array = new Float64Array(x.length),
): Float64Array {
  const length = x.length;
  const width = template.length;
  if (width > length) {
    throw new RangeError(`Expected a template of at most ${length} samples, got ${width}`);
  }
  const half = width >> 1;
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, half - i);
    const to = Math.min(width, length + half - i);
    let sum = 0;
    for (let j = from; j < to; j++) sum += x[i + j - half]! * template[j]!;
    out[i] = sum;
  }
  return out;
}

/**
 * Place of the greatest value; the first among equals.
 *
 * @example
 * ```ts
 * import { argMax } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(argMax(Float64Array.of(1, 3, 2, 3)), 1);
 * ```
 */
export function argMax(x: Float64Array): number {
  let best = 0;
  for (let i = 1; i < x.length; i++) if (x[i]! > x[best]!) best = i;
  return best;
}
