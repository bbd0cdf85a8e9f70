/**
 * What others certify on the same draws, and exact intervals: independent of the product's own code.
 */

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) {
    logFactorials.push(logFactorials[i - 1]! + Math.log(i));
  }
  return logFactorials[n]!;
}

/** P(X ≤ k) of a binomial: the plain sum of its terms. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  let sum = 0;
  for (let j = 0; j <= k; j++) {
    const choose = logFactorial(n) - logFactorial(j) - logFactorial(n - j);
    sum += Math.exp(choose + j * Math.log(p) + (n - j) * Math.log1p(-p));
  }
  return Math.min(1, sum);
}

/** Clopper and Pearson's lower bound of a share, one-sided at 95%. */
export function lowerBound(k: number, n: number): number {
  if (k === 0) return 0;
  let low = 0;
  let high = k / n;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (1 - binomialCdf(k - 1, n, middle) < 0.05) low = middle;
    else high = middle;
  }
  return low;
}

/** Rows of one class: scores, and whether acting would be wrong. */
export interface Scored {
  readonly confidence: Float64Array;
  readonly wrong: Uint8Array;
}

/** A way to certify a threshold; null if it certifies none. */
export type Rival = (tuning: Scored, certifying: Scored, limit: number, delta: number) =>
  | number
  | null;

interface Curve {
  readonly thresholds: readonly number[];
  /** P-values on the certifying rows. */
  readonly p: readonly number[];
}

/** Thresholds at quantiles of the tuning scores, from strict to loose, with their p-values. */
function curveOf(tuning: Scored, certifying: Scored, limit: number, steps = 100): Curve {
  const sorted = tuning.confidence.slice().sort();
  const cuts = Array.from(
    { length: Math.min(steps, sorted.length) },
    (_, i) => sorted[Math.floor(i * sorted.length / Math.min(steps, sorted.length))]!,
  );
  const thresholds = [...new Set([0, ...cuts])].sort((a, b) => b - a);
  const order = [...certifying.confidence.keys()]
    .sort((a, b) => certifying.confidence[b]! - certifying.confidence[a]!);
  let n = 0;
  let k = 0;
  const p = thresholds.map((threshold) => {
    while (n < order.length && certifying.confidence[order[n]!]! >= threshold) {
      k += certifying.wrong[order[n++]!]!;
    }
    return n === 0 ? 1 : binomialCdf(k, n, limit);
  });
  return { thresholds, p };
}

/** The loosest of the thresholds whose p-values are rejected by a rule. */
function loosest({ thresholds }: Curve, rejected: readonly number[]): number | null {
  return rejected.length === 0 ? null : thresholds[Math.max(...rejected)]!;
}

const bonferroni: Rival = (tuning, certifying, limit, delta) => {
  const curve = curveOf(tuning, certifying, limit);
  const each = delta / curve.p.length;
  return loosest(curve, [...curve.p.keys()].filter((i) => curve.p[i]! <= each));
};

const holm: Rival = (tuning, certifying, limit, delta) => {
  const curve = curveOf(tuning, certifying, limit);
  const order = [...curve.p.keys()].sort((a, b) => curve.p[a]! - curve.p[b]!);
  const end = order.findIndex((i, rank) => curve.p[i]! > delta / (order.length - rank));
  return loosest(curve, end < 0 ? order : order.slice(0, end));
};

/** From the strictest threshold that is expected to act on so many rows to looser ones. */
function fixedSequence(rows: (limit: number, delta: number) => number): Rival {
  return (tuning, certifying, limit, delta) => {
    const curve = curveOf(tuning, certifying, limit);
    const ratio = certifying.confidence.length / tuning.confidence.length;
    const acts = (threshold: number) =>
      ratio * tuning.confidence.filter((confidence) => confidence >= threshold).length;
    const start = curve.thresholds.findIndex((t) => acts(t) >= rows(limit, delta));
    const from = start < 0 ? curve.p.length - 1 : start;
    const stop = curve.p.findIndex((p, i) => i >= from && p > delta);
    const end = stop < 0 ? curve.p.length : stop;
    return end === from ? null : curve.thresholds[end - 1]!;
  };
}

/** Six walks from starts spread over the rows that a walk needs at least, each with a sixth of the allowance. */
const sixStarts: Rival = (tuning, certifying, limit, delta) => {
  const curve = curveOf(tuning, certifying, limit);
  const ratio = certifying.confidence.length / tuning.confidence.length;
  const sorted = tuning.confidence.toSorted((a, b) => b - a);
  const enough = curve.thresholds.flatMap((threshold, at) => {
    const acts = sorted.filter((confidence) => confidence >= threshold).length;
    return ratio * acts >= zeroErrors(limit, delta) ? [at] : [];
  });
  const ends = Array.from({ length: 6 }, (_, i) => enough[Math.floor(i * enough.length / 6)]!)
    .filter((at) => at !== undefined)
    .map((start) => {
      const stop = curve.p.findIndex((p, at) => at >= start && p > delta / 6);
      return stop === start ? -1 : (stop < 0 ? curve.p.length : stop) - 1;
    });
  return loosest(curve, ends.filter((at) => at >= 0));
};

const zeroErrors = (limit: number, delta: number) => Math.log(delta) / Math.log1p(-limit);

/** By name. */
export const RIVALS: Readonly<Record<string, Rival>> = {
  Bonferroni: bonferroni,
  Holm: holm,
  "six starts": sixStarts,
  "fixed sequence": fixedSequence(() => 1),
  "fixed sequence, 1.5 times zero-error rows": fixedSequence((l, d) => 1.5 * zeroErrors(l, d)),
};
