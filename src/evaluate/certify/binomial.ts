/**
 * P(X ≤ k) for X binomial with n trials of probability p, summed exactly.
 *
 * @throws {RangeError} Unless n is a whole number, 0 ≤ k ≤ n and 0 ≤ p ≤ 1.
 *
 * @example
 * ```ts
 * import { binomialTail } from "micro-lm/evaluate";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Fifty-nine rows without an error show, with 95% confidence, an error rate of at most 5%.
 * assertAlmostEquals(binomialTail(0, 59, 0.05), 0.0485, 1e-4);
 * ```
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (!(Number.isInteger(n) && Number.isInteger(k) && k >= 0 && k <= n && p >= 0 && p <= 1)) {
    throw new RangeError(`Expected 0 <= k <= n and a probability, got k ${k}, n ${n}, p ${p}`);
  }
  if (k === n || p === 0) return 1;
  if (p === 1) return 0;
  // Terms fall off on both sides of the mode: begin at the largest one in the sum and go down.
  const mode = Math.min(k, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const largest = logTerm(mode, n, p);
  let sum = 1;
  let term = 1;
  for (let j = mode; j > 0 && term > 1e-18; j--) {
    term *= j / ((n - j + 1) * odds);
    sum += term;
  }
  term = 1;
  for (let j = mode; j < k && term > 1e-18; j++) {
    term *= ((n - j) * odds) / (j + 1);
    sum += term;
  }
  return Math.min(1, Math.exp(largest) * sum);
}

/** log of the probability of exactly k. */
function logTerm(k: number, n: number, p: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k) +
    k * Math.log(p) + (n - k) * Math.log1p(-p);
}

/** log n! by Stirling's series, exact sums below 32. */
function logFactorial(n: number): number {
  if (n < 32) {
    let sum = 0;
    for (let i = 2; i <= n; i++) sum += Math.log(i);
    return sum;
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
}

/**
 * Rows without an error that show an error rate of at most `limit`: the least n with (1 − limit)ⁿ ≤ 1 −
 * confidence.
 *
 * @example
 * ```ts
 * import { zeroErrorRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.05, 0.02, 0.01].map((limit) => zeroErrorRows(limit, 0.95)), [59, 149, 299]);
 * ```
 */
export function zeroErrorRows(limit: number, confidence: number): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-limit));
}

/**
 * The least number of accepted rows that would certify `limit` if errors went on at `errorRate`, rounded
 * up to whole errors; null if that rate is not below the limit, where no number of rows would.
 *
 * The exact tail is a saw-tooth in the number of rows, so that a number that certifies may be followed by
 * one that does not: for each number of errors the least number of rows that certifies is set against the
 * most rows that have no more errors.
 *
 * @example
 * ```ts
 * import { rowsToCertify } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 0.01, 0.03].map((rate) => rowsToCertify(rate, 0.02, 0.95)), [149, 590, null]);
 * ```
 */
export function rowsToCertify(
  errorRate: number,
  limit: number,
  confidence: number,
): number | null {
  if (!(errorRate < limit)) return null;
  const allowance = 1 - confidence;
  let rows = zeroErrorRows(limit, confidence);
  if (!(errorRate > 0)) return rows;
  for (let errors = 1;;) {
    rows = leastRows(errors, limit, allowance, rows);
    const found = Math.max(rows, Math.floor((errors - 1) / errorRate) + 1);
    const actual = Math.ceil(errorRate * found);
    if (actual <= errors) return found;
    // With fewer errors than this many rows have, still more rows would be needed.
    errors = Math.max(errors + 1, Math.ceil(errorRate * rows));
  }
}

/**
 * How many of the actions a test counts. The exact tail is a saw-tooth: from one number of rows at which
 * one more error may be among them to the next, more rows are only more chances of an error. So of n rows
 * the test takes the first m, in an order that knows nothing of labels, with m the last such number up to
 * n: whatever passes with all rows passes with these, too, and its chance to pass if the rate were the
 * limit is still at most the allowance. Too few for any test are all taken.
 *
 * @example
 * ```ts
 * import { countedRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * // 59 rows without an error, or 93 with one, show 5% with 95% confidence.
 * assertEquals([40, 59, 92, 93].map((n) => countedRows(n, 0.05, 0.05)), [40, 59, 59, 93]);
 * ```
 */
export function countedRows(n: number, limit: number, allowance: number): number {
  // The most errors that pass with all rows: the tail grows with them.
  let [errors, tooMany] = [-1, n];
  while (tooMany - errors > 1) {
    const middle = Math.floor((errors + tooMany) / 2);
    if (binomialTail(middle, n, limit) <= allowance) errors = middle;
    else tooMany = middle;
  }
  return errors < 0 ? n : leastRows(errors, limit, allowance, errors);
}

/** The least n ≥ from at which so many errors pass: the tail falls with n. */
function leastRows(errors: number, limit: number, allowance: number, from: number): number {
  const passes = (n: number) => binomialTail(errors, n, limit) <= allowance;
  let low = Math.max(from, errors) - 1;
  let step = 1;
  while (!passes(low + step)) {
    low += step;
    step *= 2;
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
