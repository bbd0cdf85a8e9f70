/**
 * A Kaiser window of unit length (Kaiser and Schafer, 1980): I0(β √(1 − x²)) for x from −1 to 1.
 *
 * @param length Samples, at least 1.
 * @param beta Shape; greater is narrower. Default: 8.6.
 *
 * @example
 * ```ts
 * import { kaiserWindow } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const window = kaiserWindow(5);
 * assertAlmostEquals(window.reduce((sum, x) => sum + x * x, 0), 1, 1e-12);
 * assertAlmostEquals(window[0]!, window[4]!, 1e-12);
 * ```
 */
export function kaiserWindow(length: number, beta = 8.6): Float64Array {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`Expected a window of at least 1 sample, got ${length}`);
  }
  const window = Float64Array.from({ length }, (_, n) => {
    const x = length === 1 ? 0 : 2 * n / (length - 1) - 1;
    return besselI0(beta * Math.sqrt(Math.max(0, 1 - x * x)));
  });
  const norm = Math.sqrt(window.reduce((sum, x) => sum + x * x, 0));
  return window.map((x) => x / norm);
}

/** Modified Bessel function of order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Autocorrelation of a window at shifts 0 … length − 1: what a filter matched to it answers. */
export function autocorrelate(window: Float64Array): Float64Array {
  return window.map((_, shift) => {
    let sum = 0;
    for (let i = 0; i + shift < window.length; i++) sum += window[i]! * window[i + shift]!;
    return sum;
  });
}
