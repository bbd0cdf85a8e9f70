import { binomialTail, rowsToCertify } from "./binomial.ts";
import type { CertificationFailure } from "./certificate.ts";
import type { OperatingPoint, ScoredRows } from "../decide.ts";
import { countOutcomes, type Gold, type OutcomeCounts } from "../metrics.ts";

/** Rows with their labels. */
export interface Part {
  readonly scored: ScoredRows;
  readonly gold: Gold;
}

/** What is to be certified, on which rows. */
export interface CertifyTask {
  /** Fixes the order. */
  readonly first: Part;
  /** Certifies. */
  readonly second: Part;
  readonly classes: readonly string[];
  readonly limit: number;
  readonly confidence: number;
  readonly split: readonly [number, number, number];
}

/** What became of a walk along a path. */
export interface Walk {
  readonly start: number;
  /** The loosest point before the first that failed. */
  readonly passed?: Tested;
  /** The point where the walk began. */
  readonly begun?: Tested;
}

/** A point and what the certifying rows say of it. */
export interface Tested {
  readonly at: number;
  readonly point: OperatingPoint;
  readonly n: number;
  readonly k: number;
  readonly p_value: number;
}

/** What a walk counts and allows. */
export interface WalkOptions {
  /** Accepted rows that the first point is expected to have. */
  readonly needed: number;
  /** Largest p-value that passes. */
  readonly allowance: number;
  readonly countsOf: (counts: OutcomeCounts) => { readonly n: number; readonly k: number };
}

/** Tests the points of a path one by one until the first fails (fixed-sequence testing). */
export function walkPath(
  { first, second, classes, limit }: CertifyTask,
  path: readonly OperatingPoint[],
  { needed, allowance, countsOf }: WalkOptions,
): Walk {
  const ratio = second.scored.top.length / Math.max(1, first.scored.top.length);
  const expected = (point: OperatingPoint) =>
    ratio * countsOf(countOutcomes(first.scored, first.gold, point, classes)).n;
  const enough = path.findIndex((point) => expected(point) >= needed);
  // Where no point is expected to have enough rows, the loosest one is the only one worth testing.
  const start = enough < 0 ? path.length - 1 : enough;
  let passed: Tested | undefined;
  let begun: Tested | undefined;
  for (let at = start; at < path.length; at++) {
    const point = path[at]!;
    const { n, k } = countsOf(countOutcomes(second.scored, second.gold, point, classes));
    const tested = { at, point, n, k, p_value: n === 0 ? 1 : binomialTail(k, n, limit) };
    begun ??= tested;
    if (tested.p_value > allowance) break;
    passed = tested;
  }
  return { start, ...(passed && { passed }), ...(begun && { begun }) };
}

/** Why the first point failed, and how many more rows would let it pass. */
export function explainFailure(
  { second, limit, confidence, split }: CertifyTask,
  { begun }: Walk,
): CertificationFailure {
  const { n, k } = begun ?? { n: 0, k: 0 };
  const needed = rowsToCertify(n === 0 ? 0 : k / n, limit, confidence);
  const share = split[1] / (split[0] + split[1] + split[2]);
  const rowsAnAction = n === 0 ? null : second.scored.top.length / n;
  const missing = needed === null || rowsAnAction === null
    ? null
    : Math.max(1, Math.ceil((rowsAnAction * (needed - n)) / share));
  return {
    reason: n === 0
      ? "no labelled row acts at the strictest point"
      : k / n >= limit
      ? `${k} of ${n} actions are wrong at the strictest point, which is not below ${limit}`
      : `${k} wrong of ${n} actions at the strictest point do not show a rate of at most ${limit}`,
    more_rows: missing,
    n,
    k,
  };
}
