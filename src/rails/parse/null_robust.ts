/** Deviations of a normal variable: the median absolute one times this is the standard one. */
const MAD_TO_SD = 1.4826;

/** A null below this share of the observed value is rounding. */
const LEAST_SCALE = 1e-9;

/** The null of a curve at one sample: what circular shifts of the trace show there. */
export interface ShiftNull {
  readonly median: number;
  /** Standard deviation, from the median absolute deviation. */
  readonly scale: number;
}

/**
 * The null of a curve at one sample under circular shifts of the trace: median and robust standard
 * deviation.
 *
 * A shift only re-indexes the curve, so every shift costs one look-up, and all shifts are taken that move
 * the sample at least half a template away from itself: the null is exact and needs no random numbers.
 *
 * @param curve Correlation or strength at every sample.
 * @param index The sample to judge.
 * @param width Of the template.
 * @param scratch At least as long as the curve.
 *
 * @example
 * ```ts
 * import { nullZ, shiftNull } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const curve = Float64Array.from({ length: 101 }, (_, t) => t === 50 ? 10 : (t % 5) - 2);
 * assertAlmostEquals(nullZ(curve[50]!, shiftNull(curve, 50, 9)), 10 / 1.4826, 1e-6);
 * ```
 */
export function shiftNull(
  curve: Float64Array,
  index: number,
  width: number,
  scratch: Float64Array = new Float64Array(curve.length),
): ShiftNull {
  const length = curve.length;
  const half = width >> 1;
  let count = 0;
  for (let shift = half + 1; shift < length - half; shift++) {
    const at = index - shift;
    scratch[count++] = curve[at < 0 ? at + length : at]!;
  }
  // Too few shifts to tell: nothing stands out.
  if (count < 3) return { median: 0, scale: Infinity };
  const median = select(scratch, count);
  for (let k = 0; k < count; k++) scratch[k] = Math.abs(scratch[k]! - median);
  return { median, scale: MAD_TO_SD * select(scratch, count) };
}

/**
 * How far a value stands above a null, in its standard deviations; 0 where neither varies.
 *
 * @example
 * ```ts
 * import { nullZ } from "micro-lm/rails";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertAlmostEquals(nullZ(5, { median: 1, scale: 2 }), 2, 1e-6);
 * assertEquals(nullZ(1, { median: 1, scale: 0 }), 0);
 * ```
 */
export function nullZ(value: number, { median, scale }: ShiftNull): number {
  const above = value - median;
  return above === 0 ? 0 : above / (scale + LEAST_SCALE * Math.abs(value));
}

/** The upper median of the first `count` values, which it reorders (Hoare, 1961). */
function select(values: Float64Array, count: number): number {
  const wanted = count >> 1;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const held = values[i]!;
      values[i++] = values[j]!;
      values[j--] = held;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return values[wanted]!;
}
