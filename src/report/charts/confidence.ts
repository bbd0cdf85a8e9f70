import type { ScoredRows } from "../../evaluate/decide.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import {
  confidenceHistogram,
  judgeAnswers,
  type JudgedAnswer,
  reliabilityBins,
  riskCoverage,
  type RowOutcome,
  rowOutcome,
} from "./data.ts";
import { type Chart, NO_LABELS, rounded, shareAxis, startOf, verticalLine } from "./shared.ts";
import { percent, percentWithInterval } from "../page/escape.ts";

/** What accepting more of the answers costs. */
export function riskCoverageChart(outcome: SweepOutcome, scored: ScoredRows): Chart {
  const about = {
    id: "risk-coverage",
    title: "Risk and coverage",
    caption: "Answers are accepted from the most confident down: how many of those accepted are " +
      "wrong. The dashed line is the best possible order of the same answers; the ring is the " +
      "chosen point. Rows whose label is no class of the mapper do not count here.",
  };
  const answers = judged(outcome, scored);
  if (answers.length === 0) return { ...about, missing: missingAnswers(outcome) };
  const curve = riskCoverage(answers);
  const fired = answers.filter(({ row }) => !outcome.rows[row]!.abstain);
  const wrong = fired.filter(({ right }) => !right).length;
  const { aurc, excess_aurc } = outcome.quality;
  const hover = curve.map((point) =>
    `accept ${percent(point.coverage)}, confidence from ${point.confidence.toFixed(4)}<br>` +
    `wrong ${percent(point.risk)}, at best ${percent(point.ideal)}`
  );
  const x = curve.map((point) => rounded(point.coverage));
  // One answer is a curve of one point, which no line shows.
  const mode = curve.length > 1 ? "lines" : "markers";
  return {
    ...about,
    figure: {
      traces: [
        {
          x,
          y: curve.map((point) => rounded(point.risk)),
          mode,
          name: "this mapper",
          hoverinfo: "text",
          text: hover,
          line: { color: "--accent", width: 2 },
          marker: { color: "--accent", size: 8 },
        },
        {
          x,
          y: curve.map((point) => rounded(point.ideal)),
          mode,
          name: "best order",
          hoverinfo: "skip",
          line: { color: "--muted", width: 2, dash: "dash" },
          marker: { color: "--muted", size: 6 },
        },
        ...(fired.length === 0 ? [] : [{
          x: [rounded(fired.length / answers.length)],
          y: [rounded(wrong / fired.length)],
          mode: "markers",
          name: "chosen point",
          marker: { symbol: "circle-open", size: 14, color: "--ink", line: { width: 3 } },
          hoverinfo: "text",
          text: `chosen: acts on ${percent(fired.length / answers.length)}, ` +
            `wrong ${percent(wrong / fired.length)}`,
        }]),
      ],
      layout: {
        xaxis: shareAxis("accepted"),
        yaxis: { title: { text: "wrong among accepted" }, tickformat: ".1~%", rangemode: "tozero" },
      },
      alt: `Risk against coverage over ${answers.length} rows. Area under the curve ` +
        `${shown(aurc)}, of which ${shown(excess_aurc)} could be avoided by a better order.`,
    },
    table: {
      columns: ["accepted", "wrong among them", "at best", "confidence from"],
      rows: everyNth(curve, 25).map((point) => [
        percent(point.coverage),
        percent(point.risk),
        percent(point.ideal),
        point.confidence.toFixed(4),
      ]),
    },
  };
}

/** Whether confidence means what it says. */
export function reliabilityChart(outcome: SweepOutcome, scored: ScoredRows): Chart {
  const answers = judged(outcome, scored);
  const bins = reliabilityBins(answers);
  const about = {
    id: "reliability",
    title: "Is confidence what it says?",
    caption: "Answers of similar confidence form a group, all groups equally large: where points " +
      "lie on the diagonal, 80% confidence means right 8 times in 10. Below it the mapper is too " +
      "sure of itself. Bars are 95% intervals.",
  };
  if (bins.length === 0) return { ...about, missing: missingAnswers(outcome) };
  const value = (bin: typeof bins[number]) => bin.right.value!;
  const from = startOf(bins.map((bin) => bin.meanConfidence));
  return {
    ...about,
    figure: {
      traces: [
        {
          x: [0, 1],
          y: [0, 1],
          mode: "lines",
          name: "as it should be",
          hoverinfo: "skip",
          line: { color: "--muted", dash: "dash", width: 1.5 },
        },
        {
          x: bins.map((bin) => rounded(bin.meanConfidence)),
          y: bins.map((bin) => rounded(value(bin))),
          error_y: {
            type: "data",
            symmetric: false,
            color: "--accent",
            thickness: 1.5,
            width: 4,
            array: bins.map((bin) => rounded(bin.right.ci_high - value(bin))),
            arrayminus: bins.map((bin) => rounded(value(bin) - bin.right.ci_low)),
          },
          mode: "markers",
          name: "groups of answers",
          marker: { color: "--accent", size: 9 },
          hoverinfo: "text",
          text: bins.map((bin) =>
            `confidence ${bin.lowest.toFixed(3)} to ${bin.highest.toFixed(3)}<br>` +
            `right ${percentWithInterval(bin.right)} of ${bin.right.n}`
          ),
        },
      ],
      layout: {
        xaxis: shareAxis("mean confidence", { range: [from - 0.02, 1.02] }),
        yaxis: shareAxis("share right", {
          range: [Math.min(from, startOf(bins.map((bin) => bin.right.ci_low))) - 0.02, 1.02],
        }),
      },
      alt: `Reliability of ${bins.length} groups of answers. Expected calibration error ` +
        `${shown(outcome.quality.ece)}.`,
    },
    table: {
      columns: ["confidence from", "to", "mean", "right (95%)", "rows"],
      rows: bins.map((bin) => [
        bin.lowest.toFixed(4),
        bin.highest.toFixed(4),
        bin.meanConfidence.toFixed(4),
        percentWithInterval(bin.right),
        bin.right.n,
      ]),
    },
  };
}

const SERIES: Readonly<Record<RowOutcome, { name: string; color: string; error: boolean }>> = {
  right: { name: "acted, right", color: "--good", error: false },
  kept_back: { name: "abstained, rightly", color: "--accent", error: false },
  acted: { name: "acted, no label", color: "--accent", error: false },
  abstained: { name: "abstained, no label", color: "--muted", error: false },
  wrong: { name: "acted, wrong", color: "--bad", error: true },
  missed: { name: "abstained, had an action", color: "--warm", error: true },
};

/** How confident right and wrong decisions were. */
export function histogramChart(outcome: SweepOutcome, scored: ScoredRows): Chart {
  const bins = 20;
  const series = confidenceHistogram(scored.confidence, outcome.rows.map(rowOutcome), bins);
  const errors = series.has("wrong") || series.has("missed");
  const about = {
    id: "histogram",
    title: "Confidence by outcome",
    caption: "How many prompts had which confidence. Errors have a panel and a scale of their " +
      "own, or the right answers would hide them.",
  };
  if (series.size === 0) return { ...about, missing: "Not drawn: there are no rows." };
  const edge = (bin: number) => `${(bin / bins).toFixed(2)} to ${((bin + 1) / bins).toFixed(2)}`;
  const occupied = [...series.values()].flatMap((counts) =>
    counts.flatMap((count, bin) => count > 0 ? [bin] : [])
  );
  const present = (Object.keys(SERIES) as RowOutcome[]).filter((name) => series.has(name));
  return {
    ...about,
    figure: {
      traces: present.map((name) => ({
        type: "bar",
        x: series.get(name)!.map((_, bin) => rounded((bin + 0.5) / bins)),
        y: series.get(name)!,
        name: SERIES[name].name,
        width: 0.9 / bins,
        marker: { color: SERIES[name].color },
        ...(SERIES[name].error ? { yaxis: "y2" } : {}),
        hoverinfo: "text",
        hovertext: series.get(name)!.map((count, bin) =>
          `${SERIES[name].name}<br>confidence ${edge(bin)}: ${count}`
        ),
      })),
      layout: {
        barmode: "stack",
        xaxis: {
          title: { text: "confidence" },
          range: [startOf(occupied.map((bin) => bin / bins)) - 0.01, 1.01],
          anchor: errors ? "y2" : "y",
        },
        yaxis: {
          title: { text: "prompts" },
          rangemode: "tozero",
          domain: errors ? [0.55, 1] : [0, 1],
        },
        ...(errors
          ? { yaxis2: { title: { text: "errors" }, rangemode: "tozero", domain: [0, 0.42] } }
          : {}),
        ...verticalLine(outcome.point.threshold, `threshold ${outcome.point.threshold}`),
      },
      alt: `Confidence of ${outcome.rows.length} prompts: ` +
        present.map((name) => `${series.get(name)!.reduce((a, b) => a + b)} ${SERIES[name].name}`)
          .join("; ") +
        ".",
    },
    table: {
      columns: ["confidence", ...present.map((name) => SERIES[name].name)],
      rows: Array.from({ length: bins }, (_, bin) => [
        edge(bin),
        ...present.map((name) => series.get(name)![bin]!),
      ]),
    },
  };
}

function judged({ rows, classes }: SweepOutcome, scored: ScoredRows): JudgedAnswer[] {
  return judgeAnswers(scored, rows.map((row) => row.gold_label || null), classes);
}

function missingAnswers({ chosen }: SweepOutcome): string {
  return chosen.metrics.labeled === 0
    ? NO_LABELS
    : "Not drawn: no row has a label that is a class of the mapper.";
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}

/** At most about `count` of the items, the last among them. */
function everyNth<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, i) => (items.length - 1 - i) % step === 0);
}
