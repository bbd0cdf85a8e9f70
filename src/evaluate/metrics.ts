import {
  ABSTAIN_CLASS,
  compilePoint,
  decideRow,
  type OperatingPoint,
  type ScoredRows,
} from "./decide.ts";
import { type Rate, rate } from "./rate.ts";

/** What the labels of the rows are: class numbers, and how those that are none are coded. */
export interface Gold {
  /** Class number, {@linkcode GOLD_ABSTAIN}, {@linkcode GOLD_OTHER} or {@linkcode GOLD_NONE}. */
  readonly labels: Int32Array;
  /** Labelled rows. */
  readonly labeled: number;
}

/** The row must abstain. */
export const GOLD_ABSTAIN = -1;
/** The row asks for a class that the mapper does not have. */
export const GOLD_OTHER = -2;
/** The row has no label. */
export const GOLD_NONE = -3;

/**
 * Resolves labels to class numbers; a label `abstain` is coded as such whether or not it is a class.
 *
 * @example
 * ```ts
 * import { encodeGold, GOLD_ABSTAIN, GOLD_NONE, GOLD_OTHER } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const { labels, labeled } = encodeGold(["keep", "abstain", "burn", null], ["send", "keep"]);
 * assertEquals([...labels], [1, GOLD_ABSTAIN, GOLD_OTHER, GOLD_NONE]);
 * assertEquals(labeled, 3);
 * ```
 */
export function encodeGold(labels: readonly (string | null)[], classes: readonly string[]): Gold {
  const numbers = new Map(classes.map((name, k) => [name, k]));
  const coded = Int32Array.from(labels, (label) => {
    if (label === null) return GOLD_NONE;
    if (label === ABSTAIN_CLASS) return GOLD_ABSTAIN;
    return numbers.get(label) ?? GOLD_OTHER;
  });
  return { labels: coded, labeled: coded.filter((label) => label !== GOLD_NONE).length };
}

/** Counts of decisions at one operating point. */
export interface OutcomeCounts {
  readonly total: number;
  readonly labeled: number;
  readonly fired: number;
  /** Fired rows that have a label. */
  readonly firedLabeled: number;
  readonly correctOnFired: number;
  /** Fired and right, or abstained where the label says so. */
  readonly overallCorrect: number;
  /** Fired with another label than the row's, or where it says abstain. */
  readonly wrongFires: number;
  /** By class: rows of the class, rows fired as it, and rows of the class fired as it. */
  readonly support: Uint32Array;
  readonly firedAs: Uint32Array;
  readonly hits: Uint32Array;
}

/**
 * Applies the decision rule to all rows and counts.
 *
 * @example
 * ```ts
 * import { countOutcomes, encodeGold, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.8, 0.2), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const counts = countOutcomes(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * assertEquals([counts.fired, counts.correctOnFired, counts.wrongFires], [2, 1, 1]);
 * assertEquals([...counts.firedAs], [2, 0]);
 * ```
 */
export function countOutcomes(
  scored: ScoredRows,
  gold: Gold,
  point: OperatingPoint,
  classes: readonly string[],
): OutcomeCounts {
  const compiled = compilePoint(point, classes);
  const support = new Uint32Array(classes.length);
  const firedAs = new Uint32Array(classes.length);
  const hits = new Uint32Array(classes.length);
  const total = scored.top.length;
  let fired = 0;
  let firedLabeled = 0;
  let correctOnFired = 0;
  let abstainedRightly = 0;
  for (let row = 0; row < total; row++) {
    const label = gold.labels[row]!;
    if (label >= 0) support[label]!++;
    if (decideRow(scored, row, compiled) !== 0) {
      if (label === GOLD_ABSTAIN) abstainedRightly++;
      continue;
    }
    fired++;
    if (label === GOLD_NONE) continue;
    firedLabeled++;
    const top = scored.top[row]!;
    firedAs[top]!++;
    if (top === label) {
      correctOnFired++;
      hits[top]!++;
    }
  }
  return {
    total,
    labeled: gold.labeled,
    fired,
    firedLabeled,
    correctOnFired,
    overallCorrect: correctOnFired + abstainedRightly,
    wrongFires: firedLabeled - correctOnFired,
    support,
    firedAs,
    hits,
  };
}

/**
 * The numbers of one operating point: first the documented columns, then ours. Plain rates are null
 * where nothing was counted, never NaN.
 */
export interface PointMetrics {
  readonly threshold: number;
  readonly total: number;
  /** Rows that abstain; the documented files have this count twice. */
  readonly abstain: number;
  readonly abstain_count: number;
  readonly abstain_rate: number | null;
  readonly coverage: number | null;
  readonly fired: number;
  readonly correct_on_fired: number;
  readonly accuracy_on_fired: number | null;
  readonly overall_correct: number;
  readonly overall_accuracy: number | null;
  readonly near_margin: number;
  readonly labeled: number;
  readonly wrong_fire_count: number;
  /** Share of labelled rows that fire wrongly. */
  readonly wrong_fire_rate: number | null;
  /** Mean F1 over the actions that occur as label or answer; abstaining on one counts as a miss. */
  readonly macro_f1: number | null;
  /** Least score as an order. */
  readonly min_order: number;
  /** Largest score as out of scope; 1 for any. */
  readonly max_oos: number;
  readonly rates: Readonly<Record<RateName, Rate>>;
}

/** Names of the rates that carry intervals. */
export type RateName =
  | "abstain_rate"
  | "coverage"
  | "accuracy_on_fired"
  | "overall_accuracy"
  | "wrong_fire_rate";

/** The rates that carry intervals, in the order of the columns. */
export const RATE_NAMES: readonly RateName[] = [
  "abstain_rate",
  "coverage",
  "accuracy_on_fired",
  "overall_accuracy",
  "wrong_fire_rate",
];

/**
 * Evaluates one operating point on scored rows.
 *
 * @example
 * ```ts
 * import { encodeGold, evaluatePoint, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const metrics = evaluatePoint(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * assertEquals([metrics.coverage, metrics.accuracy_on_fired], [0.5, 1]);
 * ```
 */
export function evaluatePoint(
  scored: ScoredRows,
  gold: Gold,
  point: OperatingPoint,
  classes: readonly string[],
): PointMetrics {
  const counts = countOutcomes(scored, gold, point, classes);
  const { total, fired, labeled } = counts;
  const abstained = total - fired;
  const rates = {
    abstain_rate: rate(abstained, total),
    coverage: rate(fired, total),
    accuracy_on_fired: rate(counts.correctOnFired, counts.firedLabeled),
    overall_accuracy: rate(counts.overallCorrect, labeled),
    wrong_fire_rate: rate(counts.wrongFires, labeled),
  };
  return {
    threshold: point.threshold,
    total,
    abstain: abstained,
    abstain_count: abstained,
    abstain_rate: rates.abstain_rate.value,
    coverage: rates.coverage.value,
    fired,
    correct_on_fired: counts.correctOnFired,
    accuracy_on_fired: rates.accuracy_on_fired.value,
    overall_correct: counts.overallCorrect,
    overall_accuracy: rates.overall_accuracy.value,
    near_margin: point.nearMargin ?? 0,
    labeled,
    wrong_fire_count: counts.wrongFires,
    wrong_fire_rate: rates.wrong_fire_rate.value,
    macro_f1: macroF1(counts, classes),
    min_order: point.minOrder ?? 0,
    max_oos: point.maxOos ?? 1,
    rates,
  };
}

function macroF1(counts: OutcomeCounts, classes: readonly string[]): number | null {
  const scores = classes.flatMap((name, k) => {
    const sum = counts.support[k]! + counts.firedAs[k]!;
    return name === ABSTAIN_CLASS || sum === 0 ? [] : [2 * counts.hits[k]! / sum];
  });
  return scores.length === 0 ? null : scores.reduce((a, b) => a + b) / scores.length;
}

/** Columns of a metrics CSV, in order. */
export const METRICS_COLUMNS: readonly string[] = [
  "threshold",
  "total",
  "abstain",
  "abstain_count",
  "abstain_rate",
  "coverage",
  "fired",
  "correct_on_fired",
  "accuracy_on_fired",
  "overall_correct",
  "overall_accuracy",
  "near_margin",
  "labeled",
  "wrong_fire_count",
  "wrong_fire_rate",
  "macro_f1",
  ...RATE_NAMES.flatMap((name) => [`${name}_ci_low`, `${name}_ci_high`]),
  "min_order",
  "max_oos",
];

/**
 * One row of a metrics CSV.
 *
 * @example
 * ```ts
 * import { encodeGold, evaluatePoint, METRICS_COLUMNS, metricsRow, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const metrics = evaluatePoint(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * assertEquals(Object.keys(metricsRow(metrics)).sort(), [...METRICS_COLUMNS].sort());
 * ```
 */
export function metricsRow(metrics: PointMetrics): Record<string, unknown> {
  const { rates, ...plain } = metrics;
  const bounds = RATE_NAMES.flatMap((name) => [
    [`${name}_ci_low`, rates[name].ci_low],
    [`${name}_ci_high`, rates[name].ci_high],
  ]);
  return { ...plain, ...Object.fromEntries(bounds) };
}
