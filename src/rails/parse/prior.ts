/** Where the features of known actions lie: a radial profile around their centre. */
export interface ParserPrior {
  /** Radii, ascending; empty for no profile. */
  readonly radii: ArrayLike<number>;
  /** Plausibility at each radius, 0 to 1. */
  readonly values: ArrayLike<number>;
  /** Of the first two projected features. */
  readonly centre: readonly [number, number];
  /** Three rows; each gives one projected feature. */
  readonly components: readonly (readonly number[])[];
  /** Of each projected feature, and subtracted from each raw one. */
  readonly scales: readonly number[];
  readonly mean: readonly number[];
  /** Samples of the window that the features were taken with, where known. */
  readonly window?: number;
}

/** What a prior looks at in a trace: place, area and mean. */
export type PriorFeatures = readonly [number, number, number];

/**
 * Describes a trace by three numbers: the place of the lobe as a share of the length, the area of the
 * positive part within half a window of it, and the mean of the positive part.
 *
 * @param peak Sample at which the lobe stands.
 * @param window Samples around it.
 *
 * @example
 * ```ts
 * import { priorFeatures } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(priorFeatures(Float64Array.of(0, 1, -1, 0), 1, 3), [0.25, 1, 0.25]);
 * ```
 */
export function priorFeatures(x: Float64Array, peak: number, window: number): PriorFeatures {
  const half = window >> 1;
  const from = Math.max(0, peak - half);
  const to = Math.min(x.length, peak + half + 1);
  let area = 0;
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const value = Math.max(0, x[i]!);
    sum += value;
    if (i >= from && i < to) area += value;
  }
  return [peak / x.length, area, sum / x.length];
}

/**
 * The plausibility of features under a prior, 0 to 1: its profile at the distance of the projected
 * features from the centre, with straight lines between the radii and the end values beyond them. A
 * prior without a profile finds everything plausible: 1.
 *
 * @example
 * ```ts
 * import { priorValue } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prior = {
 *   radii: [0, 2],
 *   values: [1, 0],
 *   centre: [0, 0],
 *   components: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
 *   scales: [1, 1, 1],
 *   mean: [0, 0, 0],
 * } as const;
 * assertEquals(priorValue(prior, [0, 1 + 1e-8, 0]), 0.5);
 * ```
 */
export function priorValue(prior: ParserPrior, features: PriorFeatures): number {
  const { radii, values, centre, components, scales, mean } = prior;
  if (radii.length === 0) return 1;
  let squares = 0;
  for (let k = 0; k < 2; k++) {
    let projected = 0;
    for (let j = 0; j < 3; j++) projected += (features[j]! - mean[j]!) * components[k]![j]!;
    squares += (projected / (scales[k]! + 1e-8) - centre[k]!) ** 2;
  }
  return interpolate(Math.sqrt(squares), radii, values);
}

function interpolate(x: number, xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const last = xs.length - 1;
  if (x <= xs[0]!) return ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  return ys[low]! + (ys[high]! - ys[low]!) * (x - xs[low]!) / (xs[high]! - xs[low]!);
}
