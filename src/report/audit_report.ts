import type { AuditReport } from "../rails/audit/audit.ts";
import { renderChartPage } from "./page/chart_page.ts";
import { shareAxis } from "./charts/shared.ts";
import { percent, percentWithInterval } from "./page/escape.ts";
import type { Table } from "./tables.ts";

const RATES = [
  ...["coverage", "abstain_rate", "hallucination_rate", "hallucination_on_fired"] as const,
  ...["multi_accept_rate", "accept_rate_non_exec", "span_yield_rate", "gold_span_recall"] as const,
];

/**
 * The rates of an audit, and how it does on each action.
 *
 * @example
 * ```ts
 * import { auditClasses, auditMetrics } from "micro-lm/rails";
 * import { auditTables } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const report = {
 *   ...{ rows: [], params: {} },
 *   ...{ metrics: auditMetrics([]), perClass: auditClasses([], ["water"]) },
 * };
 * assertEquals(auditTables(report).map(({ id }) => id), ["rates", "classes"]);
 * ```
 */
export function auditTables(
  { metrics, perClass }: AuditReport,
): {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly table: Table;
}[] {
  return [
    {
      id: "rates",
      title: "Evidence",
      caption: "Labels are used for scoring alone.",
      table: {
        columns: ["rate", "value (95%)", "rows"],
        rows: RATES.map((name) => [
          name,
          percentWithInterval(metrics[name]),
          `${metrics[name].k}/${metrics[name].n}`,
        ]),
      },
    },
    {
      id: "classes",
      title: "Actions",
      caption: "Accepted: rows for which the action is accepted first.",
      table: {
        columns: ["action", "n", "accepted", "precision", "recall", "F1", "abstain"],
        rows: perClass.map((row) => [
          row.label,
          row.n,
          row.accepted,
          percent(row.precision),
          percent(row.recall),
          percent(row.f1),
          percent(row.abstain),
        ]),
      },
    },
  ];
}

/**
 * The audit as a page with charts.
 *
 * @example
 * ```ts
 * import { auditClasses, auditMetrics } from "micro-lm/rails";
 * import { renderAuditReport } from "micro-lm/report";
 * import { assert } from "@std/assert";
 *
 * const report = {
 *   ...{ rows: [], params: {} },
 *   ...{ metrics: auditMetrics([]), perClass: auditClasses([], ["water"]) },
 * };
 * assert(renderAuditReport(report, "").includes("0 prompts, judged by evidence alone."));
 * ```
 */
export function renderAuditReport(report: AuditReport, plotly: string): string {
  const { perClass, rows, params } = report;
  const shown = (decision: "PASS" | "ABSTAIN") =>
    rows.filter((row) => row.decision === decision).map(({ rel }) => Number(rel.toFixed(4)));
  return renderChartPage({
    title: "audit-bench",
    notes: [
      `${rows.length} prompts, judged by evidence alone.`,
      `Settings: ${Object.entries(params).map(([name, value]) => `${name} ${value}`).join(", ")}.`,
    ],
    charts: [
      {
        id: "recall",
        title: "Precision and recall by action",
        caption: "Recall counts a row with nothing accepted as missed.",
        figure: {
          alt: "Bars of precision and recall for each action",
          traces: (["precision", "recall"] as const).map((name) => ({
            type: "bar",
            name,
            x: perClass.map(({ label }) => label),
            y: perClass.map((row) => row[name]),
          })),
          layout: { barmode: "group", yaxis: shareAxis("share") },
        },
      },
      {
        id: "shares",
        title: "Share of the strongest action",
        caption: "How much of a prompt's evidence speaks for its strongest action.",
        figure: {
          alt: "Histograms of the strongest action's share, accepted and not",
          traces: (["PASS", "ABSTAIN"] as const).map((decision) => ({
            type: "histogram",
            name: decision === "PASS" ? "accepted" : "nothing accepted",
            x: shown(decision),
            xbins: { start: 0, end: 1.0001, size: 0.05 },
          })),
          layout: { barmode: "stack", xaxis: shareAxis("share of the evidence") },
        },
      },
    ],
    tables: auditTables(report),
  }, plotly);
}
