import type { Dataset } from "../mod.ts";
import {
  DEFAULT_MIN_ORDER,
  encodeGold,
  evaluatePoint,
  type Rate,
  scoreRows,
} from "../src/evaluate/mod.ts";
import type { OutOfFold } from "../src/mapper/mod.ts";
import { percentWithInterval, printable, textTable } from "../src/report/mod.ts";

/** Thresholds at which a cross-validation is reported; 0 is the mapper without abstaining. */
const THRESHOLDS = [0, 0.3, 0.5, 0.7, 0.9];

/** What a cross-validation found at one threshold. */
export interface CrossValidatedPoint {
  readonly threshold: number;
  readonly coverage: Rate;
  readonly accuracy_on_fired: Rate;
  /** Fired and right, or abstained where the label says so, of all rows. */
  readonly overall_accuracy: Rate;
}

/** What a cross-validation found. */
export interface CrossValidation {
  readonly folds: number;
  readonly rows: number;
  /** Classes whose templates all stand in one fold: none of their rows could be right. */
  readonly lacking: readonly string[];
  readonly points: readonly CrossValidatedPoint[];
}

/** Judges what mappers said to rows that they had not seen. */
export function judgeOutOfFold(
  dataset: Dataset,
  { classes, probabilities, order, lacking }: OutOfFold,
  folds: number,
): CrossValidation {
  const scored = scoreRows(probabilities, undefined, order);
  const orders = order && { minOrder: DEFAULT_MIN_ORDER };
  const gold = encodeGold(dataset.rows.map(({ label }) => label), classes);
  const points = THRESHOLDS.map((threshold) => {
    const { rates } = evaluatePoint(scored, gold, { threshold, ...orders }, classes);
    const { coverage, accuracy_on_fired, overall_accuracy } = rates;
    return { threshold, coverage, accuracy_on_fired, overall_accuracy };
  });
  return { folds, rows: dataset.rows.length, lacking, points };
}

/** A cross-validation for people. */
export function crossValidationLines({ folds, rows, lacking, points }: CrossValidation): string[] {
  const table = textTable({
    columns: ["threshold", "coverage", "accuracy on fired", "overall accuracy"],
    rows: points.map((point) => [
      point.threshold,
      percentWithInterval(point.coverage),
      percentWithInterval(point.accuracy_on_fired),
      percentWithInterval(point.overall_accuracy),
    ]),
  });
  const names = lacking.map((name) => `"${printable(name)}"`).join(", ");
  return [
    `Out of ${folds} folds, no template in two of them, ${rows} prompts (95% intervals, rows taken as ` +
    "independent):",
    table,
    ...(lacking.length > 0 ? [`Held out whole, so never right: ${names}`] : []),
  ];
}
