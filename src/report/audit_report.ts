import type { AuditReport } from "../rails/audit/audit.ts";
import type { RefutationMetrics } from "../rails/audit/refute.ts";
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

/** What the evidence says against the answers of a mapper. */
export interface AuditRefutation extends RefutationMetrics {
  /** Least share of the evidence that an answer needs. */
  readonly tau: number;
  /** The answers that it refutes. */
  readonly refuted: readonly {
    readonly prompt: string;
    readonly answer: string;
    readonly gold: string;
  }[];
}

/** Options of {@linkcode renderAuditReport}. */
export interface RenderAuditReportOptions {
  /** Default: no mapper was asked. */
  readonly refutation?: AuditRefutation | null;
}

/** Rows that a page lists of one kind. */
const SHOWN = 100;

function refutationTables({ tau, caught, refused, refuted }: AuditRefutation) {
  const right = ({ answer, gold }: AuditRefutation["refuted"][number]) => answer === gold;
  return [{
    id: "refutes",
    title: "What it refutes of the mapper",
    caption: "Answers that no span speaks for, answers to prompts that forbid to act" +
      (tau > 0 ? `, and those with less than ${tau.toFixed(3)} of the evidence.` : "."),
    table: {
      columns: ["answers", "refuted (95%)", "rows"],
      rows: ([["wrong ones", caught], ["right ones", refused]] as const).map(([name, rate]) => [
        name,
        percentWithInterval(rate),
        `${rate.k}/${rate.n}`,
      ]),
    },
  }, {
    id: "refuted",
    title: "Answers that it refutes",
    caption: `Right ones, which it should have let pass, first; ${SHOWN} at most.`,
    table: {
      columns: ["answer was", "prompt", "mapper's answer", "label"],
      rows: refuted.toSorted((a, b) => Number(right(b)) - Number(right(a))).slice(0, SHOWN)
        .map((row) => [right(row) ? "right" : "wrong", row.prompt, row.answer, row.gold]),
    },
  }];
}

/** What was accepted against the labels, and why nothing was where that is so. */
function rowTables({ rows }: AuditReport) {
  const wrong = rows.filter(({ pred, gold }) => pred !== null && gold !== null && pred !== gold);
  const reasons = [...Map.groupBy(rows, ({ reason }) => reason)];
  return [{
    id: "reasons",
    title: "Why it decides as it does",
    caption: "What stood in the way of an action; pass where nothing did.",
    table: {
      columns: ["reason", "rows", "share"],
      rows: reasons.toSorted(([, a], [, b]) => b.length - a.length)
        .map(([reason, own]) => [reason, own.length, percent(own.length / rows.length)]),
    },
  }, {
    id: "wrong",
    title: "Accepted, and wrong",
    caption: `The strongest first; ${SHOWN} of ${wrong.length} at most.`,
    table: {
      columns: ["prompt", "accepted", "label", "share"],
      rows: wrong.toSorted((a, b) => b.rel - a.rel).slice(0, SHOWN)
        .map(({ prompt, pred, gold, rel }) => [prompt, pred, gold, Number(rel.toFixed(3))]),
    },
  }].filter(({ table }) => table.rows.length > 0);
}

/** What came out, in a sentence. */
function auditLead({ rows, metrics }: AuditReport): string {
  const { coverage, hallucination_on_fired } = metrics;
  if (rows.length === 0) return "There was no prompt to judge.";
  const wrong = hallucination_on_fired.n === 0
    ? ""
    : `; of those ${percent(hallucination_on_fired.value)} are wrong`;
  return `The evidence alone accepts an action in ${percent(coverage.value)} of ` +
    `${rows.length.toLocaleString("en")} prompts${wrong}.`;
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
export function renderAuditReport(
  report: AuditReport,
  plotly: string,
  { refutation }: RenderAuditReportOptions = {},
): string {
  const { perClass, rows, params } = report;
  const shown = (decision: "PASS" | "ABSTAIN") =>
    rows.filter((row) => row.decision === decision).map(({ rel }) => Number(rel.toFixed(4)));
  return renderChartPage({
    title: "audit-bench",
    notes: [
      auditLead(report),
      ...(refutation
        ? [
          `Of the mapper's wrong answers it refutes ${percent(refutation.caught.value)}, of the ` +
          `right ones ${percent(refutation.refused.value)}.`,
        ]
        : []),
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
            marker: { color: decision === "PASS" ? "--accent" : "--muted" },
            x: shown(decision),
            xbins: { start: 0, end: 1.0001, size: 0.05 },
          })),
          layout: { barmode: "stack", xaxis: shareAxis("share of the evidence") },
        },
      },
    ],
    tables: [
      ...auditTables(report),
      ...(refutation ? refutationTables(refutation) : []),
      ...rowTables(report),
    ],
  }, plotly);
}
