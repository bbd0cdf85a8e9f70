import type { AnalysisRow } from "../../stages/evaluate/analyze.ts";
import type { StoredEvaluation } from "../../stages/evaluate/analyze.ts";
import { PLOT_COLOURS } from "../notebook/legend.ts";
import type { ThresholdSweepResult } from "../../stages/evaluate/threshold_sweep.ts";

/** A picture of the pipeline, in Plotly's words, and what it says. */
export interface StageChart {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly traces: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** A sweep on the validation set, and whose it is. */
export interface NamedSweep {
  readonly name: string;
  readonly sweep: ThresholdSweepResult;
}

/** Precision, recall and F1 over the threshold for one run; F1 alone for several. */
export function thresholdChart(sweeps: readonly NamedSweep[]): StageChart {
  const lines = sweeps.length === 1
    ? (["f1", "precision", "recall"] as const).map((metric) => ({ ...sweeps[0]!, metric }))
    : sweeps.slice(0, 6).map((one) => ({ ...one, metric: "f1" as const }));
  return {
    id: "thresholds",
    title: "Threshold on the validation set",
    caption: sweeps.map(({ name, sweep }) =>
      `${name}: best ${sweep.metric} ${sweep.best_score.toFixed(3)} at ${sweep.best_threshold}`
    ).join("; "),
    traces: lines.map(({ name, sweep, metric }) => ({
      type: "scatter",
      mode: "lines",
      name: sweeps.length === 1 ? metric : name,
      x: sweep.curve.map(({ threshold }) => threshold),
      y: sweep.curve.map((point) => point[metric]),
    })),
    layout: { xaxis: { title: { text: "threshold" } }, yaxis: { title: { text: "score" } } },
  };
}

/** How far the F1 of the seeds lie apart on each set: a point a seed, a line from the least to the most. */
export function seedChart(rows: readonly AnalysisRow[]): StageChart {
  const sets = [...new Set(rows.map(({ dataset }) => dataset))];
  return {
    id: "seeds",
    title: "F1 over the seeds",
    caption: "Each point is one seed, and the line its set's range: what luck is worth.",
    traces: sets.map((dataset) => {
      const own = rows.filter((row) => row.dataset === dataset).toSorted((a, b) => a.f1 - b.f1);
      return {
        type: "scatter",
        mode: "lines+markers",
        name: dataset,
        x: own.map(() => dataset),
        y: own.map(({ f1 }) => f1),
      };
    }),
    layout: { xaxis: { title: { text: "test set" } }, yaxis: { title: { text: "F1" } } },
  };
}

/** What each run keeps and removes at the thresholds that were to keep a share. */
export function reductionChart(evaluations: readonly StoredEvaluation[]): StageChart {
  const targets = evaluations[0]?.results.at_recall.map(({ target }) => target) ?? [];
  return {
    id: "reduction",
    title: "False positives removed against true positives kept",
    caption: "Each point is a run at a threshold that was chosen on the validation set to keep a " +
      "share of the true positives. Up and to the right is better.",
    traces: targets.map((target) => {
      const points = evaluations.flatMap(({ results }) =>
        results.at_recall.filter((point) => point.target === target)
      );
      return {
        type: "scatter",
        mode: "markers",
        name: `to keep ${Math.round(target * 1000) / 10}%`,
        x: points.map(({ recall }) => recall.value),
        y: points.map(({ removed }) => removed.value),
      };
    }),
    layout: {
      xaxis: { title: { text: "true positives kept" }, tickformat: ".0%" },
      yaxis: { title: { text: "false positives removed" }, tickformat: ".0%" },
    },
  };
}

/** F1 over seconds of training, one series an experiment. */
export function costChart(rows: readonly AnalysisRow[]): StageChart {
  const bases = [...Map.groupBy(rows, ({ base }) => base)]
    .toSorted(([, a], [, b]) => bestF1(b) - bestF1(a));
  return {
    id: "cost",
    title: "Cost against gain",
    caption: "Seconds of training and F1 on the test set, by base experiment.",
    traces: bases.slice(0, PLOT_COLOURS.length).map(([name, own]) => ({
      type: "scatter",
      mode: "markers",
      name,
      x: own.map(({ seconds }) => seconds ?? 0),
      y: own.map(({ f1 }) => f1),
    })),
    layout: { xaxis: { title: { text: "seconds" } }, yaxis: { title: { text: "F1" } } },
  };
}

/** The best F1 of each base experiment. */
export function baseChart(rows: readonly AnalysisRow[]): StageChart {
  const best = [...Map.groupBy(rows, ({ base }) => base)].map(([base, own]) => ({
    base,
    f1: bestF1(own),
  })).sort((a, b) => a.f1 - b.f1);
  return {
    id: "bases",
    title: "Best F1 of each base experiment",
    caption: "On the test set: a look back, nothing was chosen by it.",
    traces: [{
      type: "bar",
      orientation: "h",
      x: best.map(({ f1 }) => f1),
      y: best.map(({ base }) => base),
    }],
    layout: { xaxis: { title: { text: "F1" }, range: [0, 1] } },
  };
}

function bestF1(rows: readonly AnalysisRow[]): number {
  return rows.reduce((best, { f1 }) => Math.max(best, f1), 0);
}
