import type { Matrix } from "../core/matrix.ts";
import { rankAbove } from "../core/rank_above.ts";
import { ABSTAIN_CLASS, type ScoredRows } from "./decide.ts";
import { type Gold, GOLD_ABSTAIN } from "./metrics.ts";
import type { Answers } from "./quality.ts";
import { type Rate, rate } from "./rate.ts";

/** How well the mapper tells what to answer from what to leave. */
export interface SelectionQuality {
  /** Rows that ask for an action, and rows that must abstain. */
  readonly in_scope: number;
  readonly must_abstain: number;
  /** Probability that a row in scope has more confidence in an action; null if one kind is missing. */
  readonly auroc_scope: number | null;
  /** Share of rows that must abstain above the confidence that 95% of the rows in scope reach. */
  readonly fpr_at_95_recall: Rate | null;
  /** The first for novelty instead of confidence, where it was measured. */
  readonly auroc_novelty: number | null;
  /** The same for the score as out of scope; null for a mapper without it. */
  readonly auroc_oos: number | null;
  /** Accuracy among the most confident rows, by the share of rows. */
  readonly accuracy_at_coverage: readonly {
    readonly coverage: number;
    readonly accuracy: Rate;
  }[];
}

const COVERAGES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

/**
 * Measures selection: in-scope rows against those that must abstain by their confidence in any action, and
 * accuracy at fixed coverage.
 *
 * @param scored Novelty and score as out of scope, one a row each, if measured.
 *
 * @example
 * ```ts
 * import { collectAnswers, encodeGold, measureSelection, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const classes = ["send", "keep"];
 * const matrix = { data: Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.5, 0.5), rows: 3, cols: 2 };
 * const gold = encodeGold(["send", "keep", "abstain"], classes);
 * const answers = collectAnswers(matrix, scoreRows(matrix), gold, classes);
 * const { in_scope, must_abstain, auroc_scope } = measureSelection(matrix, answers, gold, classes);
 * assertEquals([in_scope, must_abstain, auroc_scope], [2, 1, 1]);
 * ```
 */
export function measureSelection(
  probabilities: Matrix<Float64Array>,
  answers: Answers,
  { labels }: Gold,
  classes: readonly string[],
  { novelty, oos }: Pick<ScoredRows, "novelty" | "oos"> = {},
): SelectionQuality {
  const scores = actionConfidence(probabilities, classes);
  const inScope = [...labels.keys()].filter((row) => labels[row]! >= 0);
  const outside = [...labels.keys()].filter((row) => labels[row] === GOLD_ABSTAIN);
  const both = inScope.length > 0 && outside.length > 0;
  return {
    in_scope: inScope.length,
    must_abstain: outside.length,
    auroc_scope: rankAbove(pick(scores, inScope), pick(scores, outside)),
    fpr_at_95_recall: both ? falsePositives(scores, inScope, outside) : null,
    auroc_novelty: novelty ? rankAbove(pick(novelty, outside), pick(novelty, inScope)) : null,
    auroc_oos: oos ? rankAbove(pick(oos, outside), pick(oos, inScope)) : null,
    accuracy_at_coverage: COVERAGES.flatMap((coverage) => {
      const n = Math.round(coverage * answers.right.length);
      if (n === 0) return [];
      const k = rightAmong(answers, n);
      return [{ coverage, accuracy: rate(k, n) }];
    }),
  };
}

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

/** Right answers among the n most confident ones, on average over the orders of equal confidences. */
function rightAmong({ confidence, right }: Answers, n: number): number {
  const last = confidence[n - 1]!;
  let above = 0;
  let tied = 0;
  let rightTied = 0;
  let rightAbove = 0;
  right.forEach((one, i) => {
    if (confidence[i]! > last) {
      above++;
      rightAbove += one;
    } else if (confidence[i] === last) {
      tied++;
      rightTied += one;
    }
  });
  return rightAbove + rightTied * (n - above) / tied;
}

/** The highest probability of a class that acts. */
function actionConfidence(
  { data, rows, cols }: Matrix<Float64Array>,
  classes: readonly string[],
): Float64Array {
  const abstain = classes.indexOf(ABSTAIN_CLASS);
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < cols; k++) {
      if (k !== abstain) scores[row] = Math.max(scores[row]!, data[row * cols + k]!);
    }
  }
  return scores;
}

function falsePositives(scores: Float64Array, inScope: number[], outside: number[]): Rate {
  const sorted = Float64Array.from(inScope, (row) => scores[row]!).sort();
  const threshold = sorted[Math.floor(0.05 * sorted.length)]!;
  return rate(outside.filter((row) => scores[row]! >= threshold).length, outside.length);
}
