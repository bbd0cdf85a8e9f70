import type { ClassReport } from "../../evaluate/per_class.ts";
import type { Rate } from "../../evaluate/rate.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { type Confusion, confusionCounts, POOLED } from "./confusion.ts";
import { type Chart, NO_LABELS, plotText, rounded, shareAxis } from "./shared.ts";
import { percent, percentWithInterval, printable } from "../page/escape.ts";
import { classTable } from "../sweep/tables.ts";

const MOST_CONFUSION = 20;
const MOST_BARS = 30;

/** Labels against decisions. */
export function confusionChart(outcome: SweepOutcome): Chart {
  const confusion = confusionCounts(outcome.rows, outcome.classes, MOST_CONFUSION);
  const { labels, decisions, counts, pooled } = confusion;
  const pool = pooled > 0
    ? ` The ${MOST_CONFUSION} classes with the most wrong actions are shown; ${
      pooled.toLocaleString("en")
    } more are pooled as “${POOLED}”.`
    : "";
  const about = {
    id: "confusion",
    title: "What was asked, what was done",
    caption:
      "Each line is a label, each column what the mapper did at the chosen point; colour is " +
      `the share of the line. Wrong actions lie off the diagonal.${pool}`,
  };
  if (labels.length === 0) return { ...about, missing: NO_LABELS };
  return {
    ...about,
    figure: {
      traces: [confusionTrace(confusion)],
      layout: {
        showlegend: false,
        height: 130 + 34 * labels.length,
        xaxis: {
          tickvals: decisions.map((_, k) => k),
          showgrid: false,
          automargin: true,
          ticktext: decisions.map((name) => plotText(name, 20)),
          tickangle: -45,
          title: { text: "decision" },
        },
        yaxis: {
          tickvals: labels.map((_, k) => k),
          showgrid: false,
          automargin: true,
          ticktext: labels.map((name) => plotText(name, 20)),
          autorange: "reversed",
        },
      },
      alt:
        `Counts of ${labels.length} labels by ${decisions.length} decisions; the numbers follow.`,
    },
    table: {
      columns: ["label", ...decisions],
      rows: labels.map((name, i) => [name, ...counts[i]!]),
    },
  };
}

function confusionTrace({ labels, decisions, counts }: Confusion): Record<string, unknown> {
  const shares = counts.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((count) => sum === 0 ? 0 : count / sum);
  });
  return {
    type: "heatmap",
    x: decisions.map((_, k) => k),
    y: labels.map((_, k) => k),
    z: shares.map((row) => row.map((share) => rounded(share))),
    text: counts.map((row) => row.map((count) => count === 0 ? "" : String(count))),
    texttemplate: "%{text}",
    hoverinfo: "text",
    hovertext: counts.map((row, i) =>
      row.map((count, j) =>
        `label ${plotText(labels[i]!, 60)}<br>decision ${plotText(decisions[j]!, 60)}<br>` +
        `${count} rows, ${percent(shares[i]![j])} of the label`
      )
    ),
    zmin: 0,
    zmax: 1,
    showscale: false,
    xgap: 1,
    ygap: 1,
    colorscale: [[0, "--heat-low"], [1, "--heat-high"]],
  };
}

const BARS = [
  { key: "recall", color: "--accent" },
  { key: "precision", color: "--good" },
] as const;

/** Precision and recall of each class. */
export function perClassChart({ perClass }: SweepOutcome): Chart {
  const worst = perClass.toSorted((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2) || b.n - a.n);
  const bars = worst.slice(0, MOST_BARS);
  const cut = bars.length < worst.length
    ? ` ${MOST_BARS} of ${worst.length.toLocaleString("en")} classes are drawn.`
    : "";
  const about = {
    id: "classes",
    title: "Precision and recall by class",
    caption: "Precision: of the actions of a class, how many were right. Recall: of the prompts " +
      "of a class, how many were acted on rightly (abstaining counts as a miss). Worst F1 first; " +
      `lines are 95% intervals.${cut}`,
  };
  if (bars.length === 0) return { ...about, missing: NO_LABELS };
  return {
    ...about,
    figure: {
      traces: BARS.map(({ key, color }) => barTrace(key, color, bars)),
      layout: {
        barmode: "group",
        height: 110 + 46 * bars.length,
        bargap: 0.35,
        xaxis: shareAxis("", { range: [0, 1.02] }),
        yaxis: {
          tickvals: bars.map((_, k) => k),
          automargin: true,
          showgrid: false,
          ticktext: bars.map((report) => `${plotText(report.class, 22)} (${report.n})`),
          range: [bars.length - 0.5, -0.5],
        },
      },
      alt: `Precision and recall of ${bars.length} classes. Worst: ${printable(bars[0]!.class)}, ` +
        `precision ${percentWithInterval(bars[0]!.precision)}, ` +
        `recall ${percentWithInterval(bars[0]!.recall)}.`,
    },
    table: classTable(worst),
  };
}

function barTrace(
  key: "precision" | "recall",
  color: string,
  reports: readonly ClassReport[],
): Record<string, unknown> {
  const known = reports.flatMap((report, k) => {
    const value = report[key].value;
    return value === null ? [] : [{ k, value, rate: report[key] as Rate, name: report.class }];
  });
  return {
    type: "bar",
    orientation: "h",
    name: key,
    x: known.map(({ value }) => rounded(value)),
    y: known.map(({ k }) => k),
    marker: { color },
    error_x: {
      type: "data",
      symmetric: false,
      color: "--ink",
      thickness: 1.2,
      width: 3,
      array: known.map(({ rate, value }) => rounded(rate.ci_high - value)),
      arrayminus: known.map(({ rate, value }) => rounded(value - rate.ci_low)),
    },
    hoverinfo: "text",
    // Bars show `text` inside; the hover has its own.
    hovertext: known.map(({ name, rate }) =>
      `${plotText(name, 60)}<br>${key} ${percentWithInterval(rate)}, ${rate.k} of ${rate.n}`
    ),
  };
}
