import type { GroupRecord } from "./path_rows.ts";

/**
 * Stakes that are bet, as shares of the largest that no group can ruin. A grid, because the best one
 * depends on the error rate.
 */
const STAKES = [1, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.03];

/** What a bound on groups is scaled by. */
export interface Scale {
  /** Largest P(wrong | acted) that is to be shown. */
  readonly limit: number;
  /** Most rows that a group has, in any part. */
  readonly largest: number;
}

/**
 * The logarithm of what each stake of 1 becomes by betting, group by group, that actions are wrong less
 * often than the limit.
 *
 * A group with w wrong actions of a pays 1 − s · (w − limit · a) / ((1 − limit) · m) for a stake s, with m
 * rows in the largest group. Groups are independent and rows within them need not be. Where the limit is
 * not kept, E[w] ≥ limit · E[a], nobody is expected to gain, so that the inverse of the gain, with stakes
 * fixed before, is a p-value (Waudby-Smith and Ramdas, 2024; Markov's inequality).
 */
export function logGains(records: readonly GroupRecord[], { limit, largest }: Scale): number[] {
  return STAKES.map((stake) => {
    const bet = stake / ((1 - limit) * largest);
    let sum = 0;
    for (const { acted, wrong, groups } of records) {
      sum += groups * Math.log(Math.max(0, 1 - bet * (wrong - limit * acted)));
    }
    return sum;
  });
}

/**
 * The logarithm of the gain on rows that certify, the capital being spread over the stakes as they did on
 * rows that do not: a portfolio (Cover, 1991), fixed before the certifying labels are seen.
 *
 * @param before Log gains of the stakes on rows that do not certify.
 * @param now The same on rows that certify.
 */
export function portfolioGain(before: readonly number[], now: readonly number[]): number {
  return logSum(before.map((gain, i) => gain + now[i]!)) - logSum(before);
}

/**
 * The gain that is expected of more groups like those before: `ratio` times as many, half a row more wrong
 * than they were.
 */
export function predictedGain(
  before: readonly number[],
  ratio: number,
  { largest }: Pick<Scale, "largest">,
): number {
  const now = before.map((gain, i) =>
    ratio * (gain + 0.5 * Math.log1p(-STAKES[i]! / (largest + 1)))
  );
  return portfolioGain(before, now);
}

function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  if (most === -Infinity) return -Infinity;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
