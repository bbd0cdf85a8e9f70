import { type PointMetrics, RATE_NAMES } from "../../evaluate/metrics.ts";
import type { ClassReport } from "../../evaluate/per_class.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { percent, percentWithInterval } from "../page/escape.ts";
import type { Table } from "../tables.ts";

/**
 * The points of a sweep as a table, the chosen one marked.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { metricsTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * const { columns, rows } = metricsTable(outcome);
 * assertEquals(columns[0], "threshold");
 * assertEquals(rows.map((row) => [row[0], row.at(-1)]), [[0.5, "chosen"], [0.9, ""]]);
 * ```
 */
export function metricsTable(outcome: SweepOutcome): Table {
  const margins = new Set(outcome.metrics.map((row) => row.near_margin)).size > 1;
  const orders = new Set(outcome.metrics.map((row) => row.min_order)).size > 1;
  const scopes = new Set(outcome.metrics.map((row) => row.max_oos)).size > 1;
  return {
    columns: [
      "threshold",
      ...(margins ? ["margin"] : []),
      ...(orders ? ["order"] : []),
      ...(scopes ? ["out of scope"] : []),
      "abstain",
      "coverage",
      "acc. on fired",
      "overall acc.",
      "wrong fires",
      "macro F1",
      "",
    ],
    rows: outcome.metrics.map((row) => [
      row.threshold,
      ...(margins ? [row.near_margin] : []),
      ...(orders ? [row.min_order] : []),
      ...(scopes ? [row.max_oos] : []),
      ...[row.abstain_rate, row.coverage, row.accuracy_on_fired, row.overall_accuracy].map(percent),
      percent(row.wrong_fire_rate),
      percent(row.macro_f1),
      row === outcome.chosen.metrics ? "chosen" : "",
    ]),
  };
}

/**
 * Precision, recall and abstentions of each class.
 *
 * @example
 * ```ts
 * import { reportClasses } from "micro-lm";
 * import { classTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence: 0.9, abstain: false });
 * const { rows } = classTable(reportClasses([row("swap"), row("swap"), row("swap")]));
 * assertEquals(rows.map(([name, n, fired, precision]) => [name, n, fired, precision]), [
 *   ["swap", 3, 3, "100.0% (43.9–100.0)"],
 * ]);
 * ```
 */
export function classTable(reports: readonly ClassReport[]): Table {
  return {
    columns: ["class", "n", "fired", "precision (95%)", "recall (95%)", "F1", "abstain"],
    rows: reports.map((report) => [
      report.class,
      report.n,
      report.fired,
      percentWithInterval(report.precision),
      percentWithInterval(report.recall),
      percent(report.f1),
      percent(report.abstain_rate.value),
    ]),
  };
}

/**
 * The rates of the chosen point with their intervals.
 *
 * @example
 * ```ts
 * import { encodeGold, evaluatePoint, scoreRows } from "micro-lm/evaluate";
 * import { chosenTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const metrics = evaluatePoint(scored, gold, { threshold: 0.7 }, ["send", "keep"]);
 * const [first] = chosenTable(metrics).rows;
 * assertEquals(first, ["abstain_rate", "50.0% (9.5–90.5)", "1/2"]);
 * ```
 */
export function chosenTable({ rates }: PointMetrics): Table {
  return {
    columns: ["rate", "value (95%)", "rows"],
    rows: RATE_NAMES.map((name) => [
      name,
      percentWithInterval(rates[name]),
      `${rates[name].k}/${rates[name].n}`,
    ]),
  };
}
