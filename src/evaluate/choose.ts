import type { PointMetrics } from "./metrics.ts";

/** The rule that picks an operating point. */
export type ChooseBy = "abstain_then_acc" | "utility";

/** What a point has to meet. */
export interface GateLimits {
  /** Most rows that abstain although their label does not say so, as a share. Default: 0.10. */
  readonly maxAbstainRate?: number;
  /** Default: 0.85. */
  readonly minOverallAcc?: number;
}

/** Options of {@linkcode chooseOperatingPoint}. */
export interface ChooseOptions extends GateLimits {
  /** Default: `abstain_then_acc`. */
  readonly by?: ChooseBy;
}

/** The chosen point, and why. */
export interface ChosenPoint {
  readonly metrics: PointMetrics;
  /** The rule, in a sentence. */
  readonly why: string;
}

/**
 * Picks the operating point of a sweep.
 *
 * `abstain_then_acc` takes the highest threshold whose needless abstain rate is within the limit, of those
 * that are accurate enough, too, if there are any; where none is within the limit, the point with the
 * highest harmonic mean of coverage and accuracy on fired. `utility` maximises
 * 100 · overall accuracy − 10 · abstain rate. Ties go to the fewer wrong fires, then to the higher
 * accuracy, the higher threshold and the smaller margin. Without labels only the abstain rate counts.
 *
 * The point is chosen on the rows that it is reported on: its accuracy is optimistic to that extent.
 *
 * @throws {RangeError} If there is nothing to choose from.
 *
 * @example
 * ```ts
 * import { chooseOperatingPoint, encodeGold, scoreRows, sweep } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const points = sweep(scored, gold, ["send", "keep"], { thresholds: [0.5, 0.6, 0.7] });
 * assertEquals(chooseOperatingPoint(points).metrics.threshold, 0.6);
 * ```
 */
export function chooseOperatingPoint(
  metrics: readonly PointMetrics[],
  { by = "abstain_then_acc", maxAbstainRate = 0.1, minOverallAcc = 0.85 }: ChooseOptions = {},
): ChosenPoint {
  if (metrics.length === 0) throw new RangeError("Cannot choose from no operating points");
  if (by === "utility") {
    return {
      metrics: best(metrics, [utility, ...TIES]),
      why: "highest 100 * overall accuracy - 10 * abstain rate",
    };
  }
  const admissible = metrics.filter((point) => needlessAbstainRate(point) <= maxAbstainRate);
  const passing = admissible.filter((point) => (point.overall_accuracy ?? 0) >= minOverallAcc);
  if (admissible.length > 0) {
    const accurate = passing.length > 0 && passing.length < admissible.length
      ? ` and an overall accuracy of at least ${minOverallAcc}`
      : "";
    return {
      metrics: best(passing.length > 0 ? passing : admissible, [
        (point) => point.threshold,
        ...TIES,
      ]),
      why: `highest threshold with an abstain rate of at most ${maxAbstainRate}${accurate}`,
    };
  }
  return {
    metrics: best(metrics, [harmonic, ...TIES]),
    why: `no point abstains on at most ${maxAbstainRate}: ` +
      "highest harmonic mean of coverage and accuracy on fired",
  };
}

/**
 * Share of the rows that abstain although their label does not say so; a row without a label counts. 1
 * without rows.
 *
 * @example
 * ```ts
 * import { encodeGold, evaluatePoint, needlessAbstainRate, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "abstain"], ["send", "keep"]);
 * const metrics = evaluatePoint(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * assertEquals([metrics.abstain_rate, needlessAbstainRate(metrics)], [0.5, 0]);
 * ```
 */
export function needlessAbstainRate(metrics: PointMetrics): number {
  const { total, abstain_count, overall_correct, correct_on_fired } = metrics;
  return total === 0 ? 1 : (abstain_count - (overall_correct - correct_on_fired)) / total;
}

type Criterion = (point: PointMetrics) => number;

const TIES: readonly Criterion[] = [
  (point) => -(point.wrong_fire_rate ?? 0),
  (point) => point.overall_accuracy ?? 0,
  (point) => point.threshold,
  (point) => -point.near_margin,
];

function utility(point: PointMetrics): number {
  return 100 * (point.overall_accuracy ?? 0) - 10 * (point.abstain_rate ?? 0);
}

function harmonic({ coverage, accuracy_on_fired: accuracy }: PointMetrics): number {
  const a = coverage ?? 0;
  const b = accuracy ?? 0;
  return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

/** The point that is greatest by the first criterion that tells points apart. */
function best(points: readonly PointMetrics[], criteria: readonly Criterion[]): PointMetrics {
  return points.reduce((leader, point) => {
    for (const criterion of criteria) {
      const difference = criterion(point) - criterion(leader);
      if (difference !== 0) return difference > 0 ? point : leader;
    }
    return leader;
  });
}

/** Whether a point meets its limits. */
export interface GateResult {
  readonly status: "pass" | "fail";
  /** What is not met, in words; empty when passed. */
  readonly failures: readonly string[];
}

/**
 * The one predicate behind a sweep's verdict and its exit code. Limits on accuracy need labels: without
 * them the gate fails and says so.
 *
 * @example
 * ```ts
 * import { checkGate, encodeGold, evaluatePoint, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const metrics = evaluatePoint(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * const { status, failures } = checkGate(metrics, { minOverallAcc: 0.5 });
 * assertEquals([status, ...failures], ["fail", "abstain rate 0.5000 is above 0.1"]);
 * ```
 */
export function checkGate(
  metrics: PointMetrics,
  { maxAbstainRate = 0.1, minOverallAcc = 0.85 }: GateLimits = {},
): GateResult {
  const failures: string[] = [];
  const abstain = needlessAbstainRate(metrics);
  if (abstain > maxAbstainRate) {
    failures.push(`abstain rate ${abstain.toFixed(4)} is above ${maxAbstainRate}`);
  }
  const accuracy = metrics.overall_accuracy;
  if (accuracy === null) failures.push("overall accuracy is unknown: no row has a label");
  else if (accuracy < minOverallAcc) {
    failures.push(`overall accuracy ${accuracy.toFixed(4)} is below ${minOverallAcc}`);
  }
  return { status: failures.length === 0 ? "pass" : "fail", failures };
}
