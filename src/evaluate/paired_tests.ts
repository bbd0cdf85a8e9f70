import { createRandom } from "../core/random.ts";

/** An estimate and its percentile interval (Efron, 1979). */
export interface BootstrapInterval {
  readonly value: number;
  readonly ci_low: number;
  readonly ci_high: number;
  readonly level: number;
  readonly resamples: number;
}

/** Options of {@linkcode bootstrapCounts}. */
export interface BootstrapCountsOptions {
  /** Default: 2000. */
  readonly resamples?: number;
  /** Default: 42. */
  readonly seed?: number;
  /** Default: 0.95. */
  readonly level?: number;
}

/**
 * A bootstrap interval of a statistic of summed counts. Groups (rows, or all rows of one file) are
 * drawn with replacement, their counts added up.
 *
 * @param counts groups × columns, row-major.
 * @throws {RangeError} If there is no group.
 *
 * @example
 * ```ts
 * import { bootstrapCounts } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const rightAndAll = Uint32Array.of(1, 1, 1, 1, 0, 1, 1, 1);
 * const { value, ci_high } = bootstrapCounts(rightAndAll, 2, ([right, all]) => right! / all!);
 * assertEquals([value, ci_high], [0.75, 1]);
 * ```
 */
export function bootstrapCounts(
  counts: Uint32Array,
  columns: number,
  statistic: (sums: Float64Array) => number,
  { resamples = 2000, seed = 42, level = 0.95 }: BootstrapCountsOptions = {},
): BootstrapInterval {
  const groups = counts.length / columns;
  if (groups === 0) throw new RangeError("Cannot resample no groups");
  const sums = new Float64Array(columns);
  const add = (group: number) => {
    for (let j = 0; j < columns; j++) sums[j]! += counts[group * columns + j]!;
  };
  for (let group = 0; group < groups; group++) add(group);
  const value = statistic(sums);
  const random = createRandom(seed);
  const drawn = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    sums.fill(0);
    for (let k = 0; k < groups; k++) add(random.integer(groups));
    drawn[i] = statistic(sums);
  }
  drawn.sort();
  const tail = (1 - level) / 2;
  const at = (share: number) =>
    drawn[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!;
  return { value, ci_low: at(tail), ci_high: at(1 - tail), level, resamples };
}

/**
 * Adds up what happened by group: groups × 4, the columns tn, fp, fn, tp.
 *
 * @param groups Name of each row's group. Default: each row is its own.
 *
 * @example
 * ```ts
 * import { confusionByGroup } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = confusionByGroup([1, 0, 1], [1, 1, 0], ["a.pp", "a.pp", "b.pp"]);
 * assertEquals([...counts], [0, 1, 0, 1, 0, 0, 1, 0]);
 * ```
 */
export function confusionByGroup(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  groups?: readonly string[],
): Uint32Array {
  const numbers = new Map<string, number>();
  const numberOf = (row: number) => {
    if (!groups) return row;
    const name = groups[row]!;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  };
  const rows = Array.from(labels, (_, row) => numberOf(row));
  const counts = new Uint32Array(4 * (groups ? numbers.size : rows.length));
  rows.forEach((group, row) => counts[group * 4 + labels[row]! * 2 + predicted[row]!]!++);
  return counts;
}

/**
 * F1 of summed counts tn, fp, fn, tp; 0 where there is nothing to find.
 *
 * @example
 * ```ts
 * import { f1OfCounts } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(f1OfCounts([5, 1, 1, 3]), 0.75);
 * assertEquals(f1OfCounts([5, 0, 0, 0]), 0);
 * ```
 */
export function f1OfCounts([, fp, fn, tp]: ArrayLike<number> & Iterable<number>): number {
  const all = 2 * tp! + fp! + fn!;
  return all === 0 ? 0 : 2 * tp! / all;
}

/** Result of {@linkcode mcNemarTest}. */
export interface McNemarResult {
  /** Rows that only the first gets right. */
  readonly only_first: number;
  /** Rows that only the second gets right. */
  readonly only_second: number;
  /** Two-sided. */
  readonly p_value: number;
  readonly method: "exact binomial";
}

/**
 * Whether two classifiers err equally often on the same rows (McNemar, 1947): the exact two-sided
 * binomial test of the rows that only one of them gets right.
 *
 * @param firstRight 1 where the first classifier is right.
 * @param secondRight 1 where the second one is.
 * @throws {RangeError} If there are not as many of both.
 *
 * @example
 * ```ts
 * import { mcNemarTest } from "micro-lm/evaluate";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { p_value } = mcNemarTest([1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1]);
 * assertAlmostEquals(p_value, 2 / 2 ** 5);
 * ```
 */
export function mcNemarTest(
  firstRight: ArrayLike<number>,
  secondRight: ArrayLike<number>,
): McNemarResult {
  if (firstRight.length !== secondRight.length) {
    throw new RangeError(`Expected pairs, got ${firstRight.length} and ${secondRight.length} rows`);
  }
  let first = 0;
  let second = 0;
  for (let row = 0; row < firstRight.length; row++) {
    if (firstRight[row] === secondRight[row]) continue;
    if (firstRight[row] === 1) first++;
    else second++;
  }
  const n = first + second;
  let tail = 0;
  let logTerm = -n * Math.LN2;
  for (let k = 0; k <= Math.min(first, second); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(n - k) - Math.log(k + 1);
  }
  const p_value = Math.min(1, 2 * tail);
  return { only_first: first, only_second: second, p_value, method: "exact binomial" };
}
