/** Share of the error allowance that belongs to the first attempt; all others have the rest. */
const FIRST = 0.98;

/**
 * The share of the error allowance that an attempt on the same data has: 0.98 for the first, and of what
 * is left 1 / (i · (i + 1)) for the i-th after it. The shares of all attempts together are 1, so that
 * whoever tries one split after the other breaks a promise no more often than with a single one.
 *
 * @param attempt From 1.
 * @throws {RangeError} Unless `attempt` is a whole number from 1.
 *
 * @example
 * ```ts
 * import { attemptShare } from "micro-lm/evaluate";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(attemptShare(1), 0.98);
 * assertAlmostEquals(attemptShare(2), 0.01);
 * ```
 */
export function attemptShare(attempt: number): number {
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new RangeError(`Expected a number of the attempt from 1, got ${attempt}`);
  }
  return attempt === 1 ? FIRST : (1 - FIRST) / ((attempt - 1) * attempt);
}
