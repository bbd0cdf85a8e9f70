import { rankAbove } from "../../core/rank_above.ts";
import { softmaxRows } from "../fit/linear_classifier.ts";
import type { HeldOutFold } from "./temperature.ts";

/** What held-out rows say about confidence as such, before any calibration. */
export interface HeldOutJudgement {
  readonly wrong: number;
  /** P(a right answer has more confidence than a wrong one), ties half; null without either. */
  readonly auroc: number | null;
  readonly notes: readonly string[];
}

/** Below this, confidence hardly tells right from wrong. */
const WEAK = 0.6;
/** Answers of each kind that it takes to say so. */
const ENOUGH = 10;

/** Whether confidence tells right answers from wrong ones on rows that the classifier did not see. */
export function judgeHeldOut(folds: readonly HeldOutFold[]): HeldOutJudgement {
  const right: number[] = [];
  const wrong: number[] = [];
  for (const { logits, labels } of folds) {
    const { data, cols } = softmaxRows(logits, 1);
    labels.forEach((label, row) => {
      const own = data.subarray(row * cols, (row + 1) * cols);
      const most = Math.max(...own);
      (own.indexOf(most) === label ? right : wrong).push(most);
    });
  }
  const auroc = rankAbove(right, wrong);
  const isWeak = auroc !== null && auroc < WEAK && Math.min(right.length, wrong.length) >= ENOUGH;
  return {
    wrong: wrong.length,
    auroc,
    notes: isWeak
      ? [
        `confidence hardly tells right from wrong on held-out rows (AUROC ${auroc.toFixed(2)}): ` +
        "no threshold will make this mapper safe; add rows, or another encoder",
      ]
      : [],
  };
}
