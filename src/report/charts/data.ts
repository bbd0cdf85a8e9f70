import { ABSTAIN_CLASS, type ScoredRows } from "../../evaluate/decide.ts";
import type { DecisionRow } from "../../evaluate/decision_rows.ts";
import { encodeGold, GOLD_ABSTAIN } from "../../evaluate/metrics.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";

/** An answer that a label can judge. */
export interface JudgedAnswer {
  /** Position of the row, from 0. */
  readonly row: number;
  /** Probability of the most probable class. */
  readonly confidence: number;
  /** Whether that class is the label. */
  readonly right: boolean;
}

/**
 * The answers that probabilities are judged by, the most confident first: those of the rows whose
 * label is a class of the mapper, as in {@linkcode measureQuality}.
 *
 * @param labels One a row; null where a row has none.
 *
 * @example
 * ```ts
 * import { scoreRows } from "micro-lm/evaluate";
 * import { judgeAnswers } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.6, 0.4, 0.1, 0.9), rows: 2, cols: 2 });
 * const answers = judgeAnswers(scored, ["swap", "stake"], ["swap", "stake"]);
 * assertEquals(answers.map((answer) => answer.confidence), [0.9, 0.6]);
 * ```
 */
export function judgeAnswers(
  scored: ScoredRows,
  labels: readonly (string | null)[],
  classes: readonly string[],
): JudgedAnswer[] {
  const abstainClass = classes.indexOf(ABSTAIN_CLASS);
  const answers: JudgedAnswer[] = [];
  encodeGold(labels, classes).labels.forEach((coded, row) => {
    const label = coded === GOLD_ABSTAIN ? abstainClass : coded;
    // A prompt without evidence has no probabilities to judge.
    if (label < 0 || scored.confidence[row] === 0) return;
    answers.push({ row, confidence: scored.confidence[row]!, right: scored.top[row] === label });
  });
  return answers.sort((a, b) => b.confidence - a.confidence);
}

/** What accepting the most confident share of the answers costs. */
export interface RiskCoveragePoint {
  /** Share of the answers that are accepted. */
  readonly coverage: number;
  /** Share of the accepted that are wrong. */
  readonly risk: number;
  /** The least risk at this coverage: all right answers accepted first. */
  readonly ideal: number;
  /** Least confidence that is accepted. */
  readonly confidence: number;
}

/**
 * The risk–coverage curve (El-Yaniv and Wiener, 2010), a point for each confidence that occurs: equal
 * confidences are accepted together, as any threshold would.
 *
 * @param answers The most confident first.
 * @param maxPoints Long curves are thinned to about so many points. Default: 400.
 *
 * @example
 * ```ts
 * import { riskCoverage } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const curve = riskCoverage([
 *   { row: 0, confidence: 0.9, right: true },
 *   { row: 1, confidence: 0.6, right: false },
 * ]);
 * assertEquals(curve.map(({ coverage, risk }) => [coverage, risk]), [[0.5, 0], [1, 0.5]]);
 * ```
 */
export function riskCoverage(
  answers: readonly JudgedAnswer[],
  maxPoints = 400,
): RiskCoveragePoint[] {
  const n = answers.length;
  const rightTotal = answers.filter((answer) => answer.right).length;
  const points: RiskCoveragePoint[] = [];
  let wrong = 0;
  let kept = 0;
  answers.forEach(({ confidence, right }, i) => {
    if (!right) wrong++;
    const accepted = i + 1;
    if (accepted < n && answers[accepted]!.confidence === confidence) return;
    if (accepted < n && accepted - kept < n / maxPoints) return;
    kept = accepted;
    points.push({
      coverage: accepted / n,
      risk: wrong / accepted,
      ideal: Math.max(0, accepted - rightTotal) / accepted,
      confidence,
    });
  });
  return points;
}

/** Answers of similar confidence. */
export interface ReliabilityBin {
  readonly lowest: number;
  readonly highest: number;
  readonly meanConfidence: number;
  /** Share of right answers. */
  readonly right: Rate;
}

/**
 * Bins of equal mass for a reliability diagram (Nguyen and O'Connor, 2015): the same bins as the
 * calibration error of {@linkcode measureQuality}, by rising confidence; empty ones are left out.
 *
 * @param answers The most confident first.
 * @param bins Default: 15.
 *
 * @example
 * ```ts
 * import { reliabilityBins } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const [bin] = reliabilityBins([{ row: 0, confidence: 0.9, right: true }]);
 * assertEquals(bin?.right.value, 1);
 * ```
 */
export function reliabilityBins(answers: readonly JudgedAnswer[], bins = 15): ReliabilityBin[] {
  const n = answers.length;
  return Array.from(
    { length: bins },
    (_, bin) => answers.slice(Math.floor(bin * n / bins), Math.floor((bin + 1) * n / bins)),
  )
    .filter((group) => group.length > 0)
    .map((group) => ({
      lowest: group.at(-1)!.confidence,
      highest: group[0]!.confidence,
      meanConfidence: group.reduce((sum, { confidence }) => sum + confidence, 0) / group.length,
      right: rate(group.filter(({ right }) => right).length, group.length),
    }))
    .reverse();
}

/** What a decision turned out to be; the last two are all that is known without a label. */
export type RowOutcome = "right" | "wrong" | "kept_back" | "missed" | "acted" | "abstained";

/**
 * Judges a decision: `right` and `wrong` acted, `kept_back` abstained as the label asks, `missed`
 * abstained although the label is an action.
 *
 * @example
 * ```ts
 * import { rowOutcome } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rowOutcome({ gold_label: "swap", abstain: true, correct: false }), "missed");
 * ```
 */
export function rowOutcome(
  { gold_label, abstain, correct }: Pick<DecisionRow, "gold_label" | "abstain" | "correct">,
): RowOutcome {
  if (gold_label === "") return abstain ? "abstained" : "acted";
  if (abstain) return correct ? "kept_back" : "missed";
  return correct ? "right" : "wrong";
}

/**
 * Counts confidences in bins of equal width over 0 to 1, one series an outcome that occurs.
 *
 * @param bins Default: 20.
 *
 * @example
 * ```ts
 * import { confidenceHistogram } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(confidenceHistogram([0.1, 1], ["acted", "acted"], 2).get("acted"), [1, 1]);
 * ```
 */
export function confidenceHistogram(
  confidence: ArrayLike<number>,
  outcomes: readonly RowOutcome[],
  bins = 20,
): Map<RowOutcome, number[]> {
  const series = new Map<RowOutcome, number[]>();
  outcomes.forEach((outcome, row) => {
    const counts = series.get(outcome) ?? new Array<number>(bins).fill(0);
    // Sums of probabilities may round to a hair above 1.
    counts[Math.max(0, Math.min(bins - 1, Math.floor(confidence[row]! * bins)))]!++;
    series.set(outcome, counts);
  });
  return series;
}
