import type { Matrix } from "../matrix.ts";
import { ABSTAIN_CLASS, type ScoredRows } from "./decide.ts";
import { type Gold, GOLD_ABSTAIN } from "./metrics.ts";

/**
 * How good the probabilities are, whatever the threshold. Over the rows whose label is a class of the
 * mapper; null where such rows, or right or wrong answers among them, are missing.
 */
export interface ProbabilityQuality {
  /** Rows that count. */
  readonly n: number;
  /** Expected calibration error of the top class, 15 bins of equal mass (Guo et al., 2017). */
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

interface Answer {
  readonly confidence: number;
  readonly right: boolean;
}

/**
 * Measures probabilities against labels.
 *
 * @param probabilities rows × classes.
 */
export function measureQuality(
  { data, cols }: Matrix<Float64Array>,
  scored: ScoredRows,
  gold: Gold,
  classes: readonly string[],
): ProbabilityQuality {
  const abstainClass = classes.indexOf(ABSTAIN_CLASS);
  const answers: Answer[] = [];
  let brier = 0;
  let loss = 0;
  gold.labels.forEach((coded, row) => {
    const label = coded === GOLD_ABSTAIN ? abstainClass : coded;
    if (label < 0) return;
    answers.push({ confidence: scored.confidence[row]!, right: scored.top[row] === label });
    for (let k = 0; k < cols; k++) {
      brier += (data[row * cols + k]! - (k === label ? 1 : 0)) ** 2;
    }
    loss -= Math.log(Math.max(data[row * cols + label]!, Number.EPSILON));
  });
  const n = answers.length;
  if (n === 0) {
    const none = { ece: null, brier: null, log_loss: null };
    return { n, ...none, auroc_correct: null, aurc: null, excess_aurc: null };
  }
  answers.sort((a, b) => b.confidence - a.confidence);
  const aurc = areaUnderRiskCoverage(answers);
  const ideal = areaUnderRiskCoverage(
    answers.toSorted((a, b) => Number(b.right) - Number(a.right)),
  );
  return {
    n,
    ece: calibrationError(answers),
    brier: brier / n,
    log_loss: loss / n,
    auroc_correct: auroc(answers),
    aurc,
    excess_aurc: aurc - ideal,
  };
}

function calibrationError(answers: readonly Answer[]): number {
  const n = answers.length;
  let error = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const from = Math.floor(bin * n / BINS);
    const to = Math.floor((bin + 1) * n / BINS);
    let gap = 0;
    for (let i = from; i < to; i++) gap += answers[i]!.confidence - Number(answers[i]!.right);
    error += Math.abs(gap) / n;
  }
  return error;
}

/** By the rank sum of the right answers (Mann and Whitney, 1947); ties share their mean rank. */
function auroc(descending: readonly Answer[]): number | null {
  const n = descending.length;
  const right = descending.filter((answer) => answer.right).length;
  if (right === 0 || right === n) return null;
  let ranks = 0;
  for (let from = 0; from < n;) {
    let to = from;
    while (to < n && descending[to]!.confidence === descending[from]!.confidence) to++;
    // Ascending ranks of this tie: n − to + 1 … n − from.
    const mean = n - (from + to - 1) / 2;
    for (let i = from; i < to; i++) if (descending[i]!.right) ranks += mean;
    from = to;
  }
  return (ranks - right * (right + 1) / 2) / (right * (n - right));
}

/** Mean over k of the share of wrong answers among the first k; ties are taken as they stand. */
function areaUnderRiskCoverage(answers: readonly Answer[]): number {
  let wrong = 0;
  let area = 0;
  answers.forEach(({ right }, i) => {
    if (!right) wrong++;
    area += wrong / (i + 1);
  });
  return area / answers.length;
}
