import type { PointMetrics } from "../../evaluate/metrics.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { type Chart, rounded, shareAxis, startOf, verticalLine } from "./shared.ts";
import { percent } from "../page/escape.ts";
import { metricsTable } from "../sweep/tables.ts";

const CURVES = [
  { name: "coverage", color: "--accent", dash: "solid", symbol: "circle", labeled: false },
  { name: "accuracy_on_fired", color: "--good", dash: "solid", symbol: "square", labeled: true },
  { name: "overall_accuracy", color: "--warm", dash: "dash", symbol: "diamond", labeled: true },
  { name: "wrong_fire_rate", color: "--bad", dash: "solid", symbol: "x", labeled: true },
] as const;

const TITLES = {
  coverage: "coverage",
  accuracy_on_fired: "accuracy on fired",
  overall_accuracy: "overall accuracy",
  wrong_fire_rate: "wrong fires",
} as const;

/** Rates over the thresholds that were tried with the chosen margin. */
export function thresholdChart(outcome: SweepOutcome): Chart {
  const chosen = outcome.chosen.metrics;
  const points = outcome.metrics.filter((point) =>
    point.near_margin === chosen.near_margin && point.min_order === chosen.min_order &&
    point.max_oos === chosen.max_oos
  )
    .toSorted((a, b) => a.threshold - b.threshold);
  const unlabeled = chosen.labeled === 0 ? " No row has a label: only the coverage is known." : "";
  const margin = (chosen.near_margin > 0 ? ` Margin ${chosen.near_margin} throughout.` : "") +
    (chosen.min_order > 0 ? ` Score as an order at least ${chosen.min_order} throughout.` : "") +
    (chosen.max_oos < 1 ? ` Score as out of scope at most ${chosen.max_oos} throughout.` : "");
  return {
    id: "thresholds",
    title: "What a threshold costs and brings",
    caption: "A higher threshold acts on fewer prompts (coverage) and is wrong less often. Bands " +
      `are 95% intervals; the dotted line is the chosen point.${margin}${unlabeled}`,
    figure: {
      traces: CURVES
        .filter((curve) => chosen.labeled > 0 || !curve.labeled)
        .flatMap((curve) => curveTraces(curve, points)),
      layout: {
        xaxis: {
          title: { text: "threshold" },
          range: [
            startOf([...points.map(({ threshold }) => threshold), chosen.threshold]) - 0.02,
            1.02,
          ],
        },
        yaxis: shareAxis("share of rows"),
        ...verticalLine(chosen.threshold, `chosen: ${chosen.threshold}`),
      },
      alt: `Rates over ${points.length} thresholds. At the chosen threshold ${chosen.threshold}: ` +
        `coverage ${percent(chosen.coverage)}, accuracy on fired ` +
        `${percent(chosen.accuracy_on_fired)}, wrong fires ${percent(chosen.wrong_fire_rate)}.`,
    },
    table: metricsTable({ ...outcome, metrics: points }),
  };
}

function curveTraces(
  { name, color, dash, symbol }: typeof CURVES[number],
  points: readonly PointMetrics[],
): Record<string, unknown>[] {
  const known = points.filter((point) => point[name] !== null);
  const x = known.map((point) => point.threshold);
  const low = known.map((point) => rounded(point.rates[name].ci_low));
  const high = known.map((point) => rounded(point.rates[name].ci_high));
  const value = known.map((point) => rounded(point[name]));
  const hidden = { hoverinfo: "skip", showlegend: false, mode: "lines", legendgroup: name };
  return [
    { x, y: low, ...hidden, line: { width: 0, color } },
    {
      x,
      y: high,
      ...hidden,
      line: { width: 0, color },
      fill: "tonexty",
      fillcolor: `${color}-band`,
    },
    {
      x,
      y: value,
      name: TITLES[name],
      legendgroup: name,
      // With many points the symbols would hide the line.
      mode: known.length > 40 ? "lines" : "lines+markers",
      line: { color, dash, width: 2 },
      marker: { color, symbol, size: 7 },
      hoverinfo: "text",
      text: known.map((point) =>
        `threshold ${point.threshold}<br>${TITLES[name]} ${percent(point[name])} (${
          percent(point.rates[name].ci_low)
        } to ${percent(point.rates[name].ci_high)})`
      ),
    },
  ];
}

/** A rate for each threshold and margin. */
export function gridChart(outcome: SweepOutcome): Chart {
  const thresholds = distinct(outcome.metrics.map((point) => point.threshold));
  const margins = distinct(outcome.metrics.map((point) => point.near_margin));
  const about = {
    id: "grid",
    title: "Threshold and margin together",
    caption: "Each cell is one operating point: how high the first probability must be, and how " +
      "far it must lead the second. The chosen point is marked.",
  };
  if (margins.length < 2 || thresholds.length < 2) {
    const few = margins.length < 2 ? "margin" : "threshold";
    return { ...about, missing: `Not drawn: only one ${few} was tried, so there is no grid.` };
  }
  const chosen = outcome.chosen.metrics;
  const same = outcome.metrics.filter((point) =>
    point.min_order === chosen.min_order && point.max_oos === chosen.max_oos
  );
  const at = new Map(same.map((p) => [`${p.threshold} ${p.near_margin}`, p]));
  const views = CURVES
    .filter((curve) => chosen.labeled > 0 || !curve.labeled)
    .map(({ name }) => {
      const cells = margins.map((m) => thresholds.map((t) => at.get(`${t} ${m}`)));
      return {
        name: TITLES[name],
        trace: {
          z: cells.map((row) => row.map((point) => rounded(point?.[name] ?? null))),
          text: cells.map((row) => row.map((point) => percent(point?.[name]))),
        },
      };
    });
  const mark = markCell(
    positionAmong(thresholds, chosen.threshold),
    positionAmong(margins, chosen.near_margin),
    thresholds.length,
  );
  return {
    ...about,
    figure: {
      traces: [heatmap(thresholds, margins, views[0]!.trace), ...mark.traces],
      layout: {
        showlegend: false,
        shapes: mark.shapes,
        xaxis: { title: { text: "threshold" }, ...tickAxis(thresholds) },
        yaxis: { title: { text: "margin" }, ...tickAxis(margins) },
      },
      alt: `Heat map of ${thresholds.length} thresholds by ${margins.length} margins. Chosen: ` +
        `threshold ${chosen.threshold}, margin ${chosen.near_margin}.`,
      views,
    },
    table: metricsTable(outcome),
  };
}

/**
 * Where a value stands on an axis whose ticks are listed values: a certified point lies between them, or
 * beyond the first or the last.
 *
 * @param values Ascending.
 */
export function positionAmong(values: readonly number[], value: number): number {
  const next = values.findIndex((one) => one >= value);
  if (next < 0) return values.length - 0.5;
  if (values[next] === value) return next;
  if (next === 0) return -0.5;
  const before = values[next - 1]!;
  const after = values[next]!;
  return next - 1 + (value - before) / (after - before);
}

/**
 * A frame around a cell; a ring where cells are too small for one, or where the point lies between them.
 * Doubled, to stand out on any colour.
 */
function markCell(
  x: number,
  y: number,
  columns: number,
): { readonly traces: Record<string, unknown>[]; readonly shapes: object[] } {
  const lines = [{ color: "--card", width: 7 }, { color: "--ink", width: 3 }];
  if (columns <= 30 && Number.isInteger(x) && Number.isInteger(y)) {
    const box = { x0: x - 0.5, x1: x + 0.5, y0: y - 0.5, y1: y + 0.5 };
    return { traces: [], shapes: lines.map((line) => ({ type: "rect", ...box, line })) };
  }
  const rings = lines.map(({ color, width }) => ({
    x: [x],
    y: [y],
    mode: "markers",
    hoverinfo: "skip",
    marker: { symbol: "circle-open", size: 16, color, line: { width } },
  }));
  return { traces: rings, shapes: [] };
}

function heatmap(
  thresholds: readonly number[],
  margins: readonly number[],
  trace: Record<string, unknown>,
): Record<string, unknown> {
  return {
    type: "heatmap",
    x: thresholds.map((_, i) => i),
    y: margins.map((_, i) => i),
    ...trace,
    // Numbers in the cells as long as they fit a narrow screen's width.
    ...(thresholds.length <= 10 ? { texttemplate: "%{text}" } : {}),
    customdata: margins.map((m) => thresholds.map((t) => [t, m])),
    hovertemplate:
      "threshold %{customdata[0]}<br>margin %{customdata[1]}<br>%{text}<extra></extra>",
    colorscale: [[0, "--heat-low"], [1, "--heat-high"]],
    colorbar: { tickformat: ".0%", thickness: 12, outlinewidth: 0 },
    // Gaps between many cells would be stripes.
    ...(thresholds.length * margins.length > 300 ? {} : { xgap: 1, ygap: 1 }),
  };
}

/** Ticks at positions, named by their values, few enough to be read. */
function tickAxis(values: readonly number[]): object {
  const step = Math.ceil(values.length / 11);
  const shown = values.map((_, i) => i).filter((i) => i % step === 0);
  return { tickvals: shown, ticktext: shown.map((i) => String(values[i])), showgrid: false };
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
