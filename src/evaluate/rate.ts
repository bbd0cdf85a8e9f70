/** A share with its uncertainty. */
export interface Rate {
  /** k / n; null when n is 0. */
  readonly value: number | null;
  readonly ci_low: number;
  readonly ci_high: number;
  readonly n: number;
  readonly k: number;
  readonly method: "wilson";
}

/** 97.5 % quantile of the standard normal distribution: two-sided 95 %. */
const Z = 1.959963984540054;

/**
 * The share k / n with its 95 % score interval (Wilson, 1927). Without observations the value is null
 * and the interval is 0 to 1: nothing is known.
 *
 * @throws {RangeError} Unless 0 ≤ k ≤ n.
 *
 * @example
 * ```ts
 * import { rate } from "micro-lm/evaluate";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertAlmostEquals(rate(9, 10).ci_low, 0.5958, 1e-4);
 * assertEquals(rate(0, 0).value, null);
 * ```
 */
export function rate(k: number, n: number): Rate {
  if (!(k >= 0 && k <= n)) throw new RangeError(`Expected 0 <= k <= n, got k = ${k}, n = ${n}`);
  if (n === 0) return { value: null, ci_low: 0, ci_high: 1, n, k, method: "wilson" };
  const p = k / n;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {
    value: p,
    // Rounding must not push the bound past the value that it encloses.
    ci_low: k === 0 ? 0 : Math.min(p, centre - half),
    ci_high: k === n ? 1 : Math.max(p, centre + half),
    n,
    k,
    method: "wilson",
  };
}
