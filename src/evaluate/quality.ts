import type { Matrix } from "../core/matrix.ts";
import { ABSTAIN_CLASS, type ScoredRows } from "./decide.ts";
import { type Gold, GOLD_ABSTAIN } from "./metrics.ts";

/**
 * How good the probabilities are, whatever the threshold. Over the rows whose label is a class of the
 * mapper; null where such rows, or right or wrong answers among them, are missing.
 */
export interface ProbabilityQuality {
  /** Rows that count. */
  readonly n: number;
  /**
   * Expected calibration error of the top class, 15 bins of equal mass (Guo et al., 2017). Here and below
   * rows of equal confidence share their mean, so that the order of the rows changes nothing.
   */
  readonly ece: number | null;
  /** Mean of Σₖ (pₖ − 1[k = label])² (Brier, 1950): 0 to 2. */
  readonly brier: number | null;
  /** Mean of −log p(label), p kept above 2⁻⁵² as scikit-learn does. */
  readonly log_loss: number | null;
  /** Probability that a right answer has more confidence than a wrong one, ties counting half. */
  readonly auroc_correct: number | null;
  /** Mean selective risk over all coverages (Geifman and El-Yaniv, 2017): less is better. */
  readonly aurc: number | null;
  /** What of it a perfect ranking of the same answers would avoid (Geifman et al., 2019). */
  readonly excess_aurc: number | null;
}

const BINS = 15;

/** Rows that count, by falling confidence; parallel arrays. */
export interface Answers {
  readonly confidence: Float64Array;
  /** 1 where the top class is the label. */
  readonly right: Uint8Array;
  /** Brier score and −log p of each row. */
  readonly brier: Float64Array;
  readonly loss: Float64Array;
  /** Class number of the label. */
  readonly label: Int32Array;
}

/**
 * Measures probabilities against labels.
 *
 * @param probabilities rows × classes.
 *
 * @example
 * ```ts
 * import { encodeGold, measureQuality, scoreRows } from "micro-lm/evaluate";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const matrix = { data: Float64Array.of(0.9, 0.1, 0.6, 0.4), rows: 2, cols: 2 };
 * const gold = encodeGold(["a", "b"], ["a", "b"]);
 * const quality = measureQuality(matrix, scoreRows(matrix), gold, ["a", "b"]);
 * assertAlmostEquals(quality.brier!, (0.02 + 0.72) / 2, 1e-12);
 * assertEquals(quality.auroc_correct, 1);
 * ```
 */
export function measureQuality(
  probabilities: Matrix<Float64Array>,
  scored: ScoredRows,
  gold: Gold,
  classes: readonly string[],
): ProbabilityQuality {
  return qualityOf(collectAnswers(probabilities, scored, gold, classes));
}

/**
 * The rows whose label is a class of the mapper, by falling confidence.
 *
 * @example
 * ```ts
 * import { collectAnswers, encodeGold, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const matrix = { data: Float64Array.of(0.6, 0.4, 0.9, 0.1), rows: 2, cols: 2 };
 * const gold = encodeGold(["b", "a"], ["a", "b"]);
 * const { confidence, right } = collectAnswers(matrix, scoreRows(matrix), gold, ["a", "b"]);
 * assertEquals([...confidence], [0.9, 0.6]);
 * assertEquals([...right], [1, 0]);
 * ```
 */
export function collectAnswers(
  { data, cols }: Matrix<Float64Array>,
  { top, confidence }: ScoredRows,
  { labels }: Gold,
  classes: readonly string[],
): Answers {
  const abstainClass = classes.indexOf(ABSTAIN_CLASS);
  const labelOf = (row: number) => labels[row] === GOLD_ABSTAIN ? abstainClass : labels[row]!;
  // A prompt without evidence has no probabilities to judge.
  const rows = [...labels.keys()].filter((row) => labelOf(row) >= 0 && confidence[row]! > 0);
  const brierOf = (row: number) => {
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      sum += (data[row * cols + k]! - (k === labelOf(row) ? 1 : 0)) ** 2;
    }
    return sum;
  };
  const answers = rows.map((row) => ({
    confidence: confidence[row]!,
    right: top[row] === labelOf(row) ? 1 : 0,
    brier: brierOf(row),
    loss: -Math.log(Math.max(data[row * cols + labelOf(row)]!, Number.EPSILON)),
    label: labelOf(row),
  }));
  // Down to what tells rows apart: sums and draws are then the same in any order of the rows.
  answers.sort((a, b) =>
    b.confidence - a.confidence || a.right - b.right || a.label - b.label || a.loss - b.loss ||
    a.brier - b.brier
  );
  return {
    confidence: Float64Array.from(answers, (answer) => answer.confidence),
    right: Uint8Array.from(answers, (answer) => answer.right),
    brier: Float64Array.from(answers, (answer) => answer.brier),
    loss: Float64Array.from(answers, (answer) => answer.loss),
    label: Int32Array.from(answers, (answer) => answer.label),
  };
}

/**
 * The measures over answers, each counted as often as its weight says.
 *
 * @param weights Whole numbers, one an answer. Default: 1 each.
 *
 * @example
 * ```ts
 * import { collectAnswers, encodeGold, qualityOf, scoreRows } from "micro-lm/evaluate";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const matrix = { data: Float64Array.of(0.9, 0.1, 0.6, 0.4), rows: 2, cols: 2 };
 * const gold = encodeGold(["a", "b"], ["a", "b"]);
 * const answers = collectAnswers(matrix, scoreRows(matrix), gold, ["a", "b"]);
 * const { n, brier } = qualityOf(answers, Uint16Array.of(3, 1));
 * assertEquals(n, 4);
 * assertAlmostEquals(brier!, (3 * 0.02 + 0.72) / 4, 1e-12);
 * ```
 */
export function qualityOf(
  answers: Answers,
  weights: Uint16Array = new Uint16Array(answers.right.length).fill(1),
): ProbabilityQuality {
  const n = weights.reduce((sum, weight) => sum + weight, 0);
  if (n === 0) {
    const none = { ece: null, brier: null, log_loss: null };
    return { n, ...none, auroc_correct: null, aurc: null, excess_aurc: null };
  }
  const { brier, loss, right } = answers;
  const wrong = n - weighted(right, weights);
  const ties = poolTies(answers, weights);
  const aurc = areaUnderRiskCoverage(ties, n);
  return {
    n,
    ece: calibrationError(ties, n),
    brier: weighted(brier, weights) / n,
    log_loss: weighted(loss, weights) / n,
    auroc_correct: auroc(ties, wrong, n),
    aurc,
    excess_aurc: aurc - leastArea(wrong, n),
  };
}

function weighted(values: Float64Array | Uint8Array, weights: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[i]! * weights[i]!;
  return sum;
}

/** Answers of one confidence: how many, and how many of them are right. */
interface Tie {
  readonly confidence: number;
  readonly count: number;
  readonly right: number;
}

/** By falling confidence. */
function poolTies({ confidence, right }: Answers, weights: Uint16Array): Tie[] {
  const ties: { confidence: number; count: number; right: number }[] = [];
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    if (ties.at(-1)?.confidence !== confidence[i]) {
      ties.push({ confidence: confidence[i]!, count: 0, right: 0 });
    }
    const tie = ties.at(-1)!;
    tie.count += weight;
    tie.right += weight * right[i]!;
  });
  return ties;
}

function calibrationError(ties: readonly Tie[], n: number): number {
  let error = 0;
  let gap = 0;
  let seen = 0;
  let bin = 1;
  for (const { confidence, count, right } of ties) {
    for (let left = count; left > 0;) {
      const end = Math.floor(bin * n / BINS);
      const some = Math.min(left, end - seen);
      gap += some * (confidence - right / count);
      seen += some;
      left -= some;
      if (seen < end) continue;
      error += Math.abs(gap);
      gap = 0;
      bin++;
    }
  }
  return error / n;
}

/** By the rank sum of the right answers (Mann and Whitney, 1947); ties share their mean rank. */
function auroc(ties: readonly Tie[], wrong: number, n: number): number | null {
  if (wrong === 0 || wrong === n) return null;
  let pairs = 0;
  let above = 0;
  for (const { count, right } of ties) {
    pairs += (count - right) * (above + right / 2);
    above += right;
  }
  return pairs / ((n - wrong) * wrong);
}

/** Mean over k of the share of wrong answers among the first k, on average over the orders of ties. */
function areaUnderRiskCoverage(ties: readonly Tie[], n: number): number {
  let wrong = 0;
  let seen = 0;
  let area = 0;
  for (const { count, right } of ties) {
    const rate = (count - right) / count;
    for (let i = 1; i <= count; i++) area += (wrong + i * rate) / (seen + i);
    wrong += count - right;
    seen += count;
  }
  return area / n;
}

/** The same with all wrong answers at the end. */
function leastArea(wrong: number, n: number): number {
  let area = 0;
  for (let i = 1; i <= wrong; i++) area += i / (n - wrong + i);
  return area / n;
}
