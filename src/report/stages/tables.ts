import {
  type AnalysisRow,
  costAgainstGain,
  smellRows,
  summarizeSeeds,
} from "../../stages/evaluate/analyze.ts";
import type { StoredEvaluation } from "../../stages/evaluate/analyze.ts";
import type { RunComparison } from "../../stages/evaluate/compare_runs.ts";
import { percent, percentWithInterval } from "../page/escape.ts";
import type { Table } from "../tables.ts";

/** Runs on one set, best F1 first. */
export function runsTable(rows: readonly AnalysisRow[], limit = 15): Table {
  const sorted = rows.toSorted((a, b) => b.f1 - a.f1 || (a.run < b.run ? -1 : 1));
  return {
    columns: ["run", "rows", "threshold", "precision", "recall", "F1 (95%)", "FP removed (95%)"],
    rows: sorted.slice(0, limit).map((row) => [
      row.run,
      row.n,
      thresholdText(row),
      row.precision.toFixed(3),
      row.recall.toFixed(3),
      `${row.f1.toFixed(3)} (${row.f1_ci_low.toFixed(3)}–${row.f1_ci_high.toFixed(3)})`,
      percentWithInterval({
        value: row.fp_removed,
        ci_low: row.fp_removed_ci_low,
        ci_high: row.fp_removed_ci_high,
      }),
    ]),
  };
}

/** The threshold of a row and how it came about. */
function thresholdText({ threshold, threshold_mode }: AnalysisRow): string {
  return threshold === null ? threshold_mode : `${threshold.toFixed(2)} (${threshold_mode})`;
}

/** What thresholds that keep a share of the true positives keep and remove. */
export function recallTable(evaluations: readonly StoredEvaluation[], limit = 30): Table {
  return {
    columns: ["run", "target recall", "threshold", "recall (95%)", "FP removed (95%)"],
    rows: evaluations.flatMap(({ metadata, results }) =>
      results.at_recall.map(({ target, threshold, recall, removed }) => [
        metadata.run,
        percent(target),
        threshold.toFixed(3),
        percentWithInterval(recall),
        percentWithInterval(removed),
      ])
    ).slice(0, limit),
  };
}

/** How much seeds matter. Runs of a single seed are left out. */
export function seedsTable(rows: readonly AnalysisRow[]): Table {
  return {
    columns: ["base", "set", "metric", "seeds", "mean", "std", "min", "median", "max"],
    rows: summarizeSeeds(rows).filter(({ seeds }) => seeds > 1).map((row) => [
      row.base,
      row.dataset,
      row.metric,
      row.seeds,
      ...[row.mean, row.std, row.min, row.median, row.max].map((n) => n?.toFixed(4) ?? null),
    ]),
  };
}

/** Pairs of runs on the same rows. */
export function comparisonsTable(comparisons: readonly RunComparison[]): Table {
  return {
    columns: ["first", "second", "rows", "only first right", "only second right", "McNemar p"]
      .concat("F1 difference (95%)"),
    rows: comparisons.map(({ first, second, n, mcnemar, f1_difference: d }) => [
      first,
      second,
      n,
      mcnemar.only_first,
      mcnemar.only_second,
      mcnemar.p_value.toPrecision(2),
      `${signed(d.value)} (${signed(d.ci_low)} to ${signed(d.ci_high)})`,
    ]),
  };
}

/** What training cost and brought, cheapest first. */
export function costTable(rows: readonly AnalysisRow[], limit = 15): Table {
  const costs = costAgainstGain(rows);
  const shown = [
    ...costs.filter(({ efficient }) => efficient),
    ...costs.filter(({ efficient }) => !efficient),
  ];
  return {
    columns: ["run", "seconds", "F1", "best for its cost", "parameters"],
    rows: shown.slice(0, limit).map(({ run, seconds, parameters, f1, efficient }) => [
      run.replace(/_\d{8}_\d{6}_job\w+$/, ""),
      seconds.toFixed(1),
      f1.toFixed(3),
      efficient ? "yes" : "",
      parameters,
    ]),
  };
}

/** A run by kind of finding. */
export function smellsTable(evaluation: StoredEvaluation): Table {
  return {
    columns: ["smell", "rows", "TP", "FP", "accuracy", "precision", "recall", "F1"],
    rows: smellRows(evaluation).map((row) => [
      row.smell,
      row.count,
      row.tp_actual,
      row.fp_actual,
      ...[row.accuracy, row.precision, row.recall, row.f1].map((n) => n.toFixed(3)),
    ]),
  };
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}
