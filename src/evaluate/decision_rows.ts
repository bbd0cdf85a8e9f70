import type { Row } from "../data/dataset.ts";
import { compilePoint, describeDecision, type OperatingPoint, type ScoredRows } from "./decide.ts";
import { encodeGold, GOLD_ABSTAIN } from "./metrics.ts";

/** The decision on one row, as files carry it: first the documented columns, then ours. */
export interface DecisionRow {
  readonly prompt: string;
  /** Empty where the row has no label. */
  readonly gold_label: string;
  /** The most probable class, also when abstaining. */
  readonly predicted: string;
  /** In full precision, so that every metric can be computed again. */
  readonly confidence: number;
  readonly abstain: boolean;
  /** The threshold that applied to the predicted class. */
  readonly threshold: number;
  /** 1-based position. */
  readonly row: number;
  readonly id: string;
  /** The action; empty when abstaining. */
  readonly label: string;
  readonly reason: string;
  readonly margin: number;
  /** Empty where the row has no label. */
  readonly correct: boolean | "";
  /** Share of the prompt that the training did not know; empty where it was not measured. */
  readonly novelty: number | "";
  /** The certificate of the operating point; empty without one. */
  readonly certificate: string;
  /** Probability that the prompt is an order at all; empty where the mapper has no head for it. */
  readonly order_score: number | "";
  /** Probability that the prompt is out of scope; empty where the mapper has no score for it. */
  readonly oos_score: number | "";
}

/** Columns of a rows CSV, in order. */
export const DECISION_COLUMNS: readonly (keyof DecisionRow)[] = [
  ...["prompt", "gold_label", "predicted", "confidence", "abstain", "threshold"] as const,
  ...["row", "id", "label", "reason", "margin", "correct", "novelty"] as const,
  ...["certificate", "order_score", "oos_score"] as const,
];

/**
 * Decides on every row at one operating point.
 *
 * @param certificate Id of the point's certificate. Default: none.
 *
 * @example
 * ```ts
 * import { decisionRows, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ id: "1", line: 2, prompt: "send 5 ETH", label: "send" }];
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1), rows: 1, cols: 2 });
 * const [row] = decisionRows(rows, scored, ["send", "keep"], { threshold: 0.7 });
 * assertEquals([row!.label, row!.confidence, row!.correct], ["send", 0.9, true]);
 * ```
 */
export function decisionRows(
  rows: readonly Row[],
  scored: ScoredRows,
  classes: readonly string[],
  point: OperatingPoint,
  certificate = "",
): DecisionRow[] {
  const compiled = compilePoint(point, classes);
  const gold = encodeGold(rows.map((row) => row.label), classes).labels;
  return rows.map((row, i) => {
    const decision = describeDecision(scored, i, classes, compiled);
    const right = decision.label === null ? gold[i] === GOLD_ABSTAIN : decision.label === row.label;
    return {
      prompt: row.prompt,
      gold_label: row.label ?? "",
      predicted: decision.predicted,
      confidence: decision.confidence,
      abstain: decision.label === null,
      threshold: decision.threshold,
      row: i + 1,
      id: row.id,
      label: decision.label ?? "",
      reason: decision.reason,
      margin: decision.margin,
      correct: row.label === null ? "" : right,
      novelty: decision.novelty ?? "",
      certificate,
      order_score: decision.order_score ?? "",
      oos_score: decision.oos_score ?? "",
    };
  });
}
