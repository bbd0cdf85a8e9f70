import type { Decision } from "../evaluate/decide.ts";
import type { Comparison } from "../trust/compare.ts";
import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { riskCoverage, type RiskCoveragePoint } from "./charts/data.ts";
import { type Chart, plotText, rounded, shareAxis, startOf } from "./charts/shared.ts";
import { renderChartPage } from "./page/chart_page.ts";
import { percent } from "./page/escape.ts";

/** A mapper of a comparison: what it is called, and what it decided, row by row. */
export interface ComparedMapper {
  readonly name: string;
  readonly decisions: readonly Decision[];
}

/** Options of {@linkcode renderCompareReport}. */
export interface CompareReportInput {
  readonly prompts: readonly string[];
  /** What is right; `abstain` for nothing. */
  readonly gold: readonly string[];
  readonly first: ComparedMapper;
  readonly second: ComparedMapper;
  /** What {@linkcode compareDecisions} found. */
  readonly found: Comparison;
}

/**
 * Two mappers side by side, as a page with charts: the verdict, the differences with their intervals, what
 * each pays for coverage, each class, and the prompts that flip.
 *
 * @param plotly The source of plotly.js, which the page carries: {@linkcode readPlotly}.
 *
 * @example
 * ```ts
 * import { compareDecisions } from "micro-lm/trust";
 * import { renderCompareReport } from "micro-lm/report";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const gold = ["a", "b", "a", "b"];
 * const decide = (labels: readonly string[]) =>
 *   labels.map((label) => ({
 *     ...{ label, predicted: label, reason: "fired" as const },
 *     ...{ confidence: 0.9, margin: 0.8, threshold: 0.5 },
 *   }));
 * const [first, second] = [gold.map(() => "a"), gold];
 * const found = compareDecisions({ gold, first, second, groups: gold.map((_, i) => `${i}`) });
 * const page = renderCompareReport({
 *   ...{ prompts: ["w", "x", "y", "z"], gold, found },
 *   first: { name: "old", decisions: decide(first) },
 *   second: { name: "new", decisions: decide(second) },
 * }, "");
 * assertStringIncludes(page, "new is right on 50.0 points more of 4 rows");
 * ```
 */
export function renderCompareReport(input: CompareReportInput, plotly: string): string {
  const { first, second, found } = input;
  const { mcnemar, group_test, different, accuracy } = found;
  const better = accuracy.value > 0 ? second.name : first.name;
  return renderChartPage({
    title: `${first.name} and ${second.name}`,
    verdict: { text: different ? `${better} is better` : "no difference", isGood: different },
    notes: [
      leadOf(input),
      `Only ${first.name} is right on ${mcnemar.only_first} rows, only ${second.name} on ` +
      `${mcnemar.only_second}. Over ${found.groups} templates p = ` +
      `${group_test.p_value.toPrecision(2)}; different means below 0.01.`,
      "Each decides at its own operating point.",
    ],
    charts: [differences(input), riskChart(input), recallChart(input)],
    tables: [flipsTable(input)],
  }, plotly);
}

const points = (value: number) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;

function leadOf({ first, second, found: { accuracy, rows } }: CompareReportInput): string {
  const [better, worse] = accuracy.value >= 0 ? [second, first] : [first, second];
  if (accuracy.value === 0) return `${first.name} and ${second.name} are right on as many rows.`;
  return `${better.name} is right on ${
    (100 * Math.abs(accuracy.value)).toFixed(1)
  } points more of ` +
    `${rows.toLocaleString("en")} rows than ${worse.name} (95% interval of the difference ` +
    `${points(accuracy.ci_low)} to ${points(accuracy.ci_high)}).`;
}

const MEASURES = [
  ["accuracy", "right"],
  ["coverage", "acted on"],
  ["wrong_rate", "wrong actions"],
] as const;

/** Second less first, with intervals. */
function differences({ first, second, found }: CompareReportInput): Chart {
  const names = MEASURES.map(([, name]) => name);
  const values = MEASURES.map(([key]) => found[key]);
  return {
    id: "differences",
    title: "What differs",
    caption:
      `${second.name} less ${first.name}, in points of all rows. Bars are 95% intervals over ` +
      "templates: where one crosses the line, these rows show no difference.",
    figure: {
      traces: [{
        type: "scatter",
        mode: "markers",
        x: values.map(({ value }) => rounded(100 * value)),
        y: names,
        marker: { color: "--accent", size: 11 },
        error_x: {
          type: "data",
          symmetric: false,
          color: "--accent",
          array: values.map(({ value, ci_high }) => rounded(100 * (ci_high - value))),
          arrayminus: values.map(({ value, ci_low }) => rounded(100 * (value - ci_low))),
        },
        hoverinfo: "x+y",
      }],
      layout: {
        showlegend: false,
        xaxis: { title: { text: "points" }, zeroline: true, zerolinewidth: 2 },
        yaxis: { autorange: "reversed" },
      },
      alt: MEASURES.map(([key, name]) => `${name} ${points(found[key].value)}`).join("; "),
    },
    table: {
      columns: ["rate", "points", "from", "to"],
      rows: MEASURES.map(([key, name]) => [
        name,
        ...[found[key].value, found[key].ci_low, found[key].ci_high].map(points),
      ]),
    },
  };
}

function curveOf({ gold }: CompareReportInput, { decisions }: ComparedMapper): RiskCoveragePoint[] {
  const answers = decisions.map(({ predicted, confidence }, row) => ({
    row,
    confidence,
    right: predicted === gold[row],
  }));
  return riskCoverage(answers.sort((a, b) => b.confidence - a.confidence));
}

/** What accepting more of the answers costs, for both. */
function riskChart(input: CompareReportInput): Chart {
  const pair = [[input.first, "--warm"], [input.second, "--accent"]] as const;
  const curves = pair.map(([mapper, color]) => ({ mapper, color, curve: curveOf(input, mapper) }));
  return {
    id: "risk",
    title: "Risk and coverage",
    caption:
      "Most probable classes are accepted from the most confident down, abstain among them: " +
      "how many of those accepted are wrong. Lower is better.",
    figure: {
      traces: curves.map(({ mapper, color, curve }) => ({
        type: "scatter",
        mode: curve.length > 1 ? "lines" : "markers",
        name: plotText(mapper.name),
        x: curve.map(({ coverage }) => rounded(coverage)),
        y: curve.map(({ risk }) => rounded(risk)),
        line: { color, width: 2 },
        marker: { color, size: 8 },
      })),
      layout: {
        xaxis: shareAxis("accepted"),
        yaxis: { title: { text: "wrong among accepted" }, tickformat: ".1~%", rangemode: "tozero" },
      },
      alt: curves.map(({ mapper, curve }) =>
        `${mapper.name}: ${percent(curve.at(-1)?.risk ?? null)} wrong if all are accepted`
      ).join("; "),
    },
  };
}

/** How many rows of each label are right. */
function recallChart({ gold, first, second }: CompareReportInput): Chart {
  const labels = [...new Set(gold)].sort();
  const recallOf = ({ decisions }: ComparedMapper, label: string) => {
    const own = decisions.filter((_, row) => gold[row] === label);
    return own.filter((decision) => (decision.label ?? ABSTAIN_CLASS) === label).length /
      own.length;
  };
  const rows = labels.map((label) => ({
    label,
    n: gold.filter((other) => other === label).length,
    shares: [recallOf(first, label), recallOf(second, label)],
  })).sort((a, b) => (b.shares[1]! - b.shares[0]!) - (a.shares[1]! - a.shares[0]!));
  const from = startOf(rows.flatMap(({ shares }) => shares));
  return {
    id: "classes",
    title: "Right by label",
    caption: "The label that the second gains most on stands first.",
    figure: {
      traces: [[first, "--warm"] as const, [second, "--accent"] as const].map(
        ([{ name }, color], i) => ({
          type: "scatter",
          mode: "markers",
          name: plotText(name),
          x: rows.map(({ shares }) => rounded(shares[i]!)),
          y: rows.map(({ label, n }) => `${plotText(label)} (${n})`),
          marker: { color, size: 11, symbol: i === 0 ? "diamond" : "circle" },
        }),
      ),
      layout: {
        height: 150 + 34 * rows.length,
        xaxis: shareAxis("share right", { range: [from - 0.02, 1.02] }),
        yaxis: { autorange: "reversed" },
      },
      alt: rows.map(({ label, shares }) => `${label} ${shares.map(percent).join(" and ")}`)
        .join("; "),
    },
    table: {
      columns: ["label", "rows", first.name, second.name, "points"],
      rows: rows.map(({ label, n, shares: [a, b] }) => [
        label,
        n,
        percent(a!),
        percent(b!),
        points(b! - a!),
      ]),
    },
  };
}

const SHOWN = 200;

function flipsTable({ prompts, gold, first, second, found }: CompareReportInput) {
  const said = ({ decisions }: ComparedMapper, row: number) =>
    decisions[row]!.label ?? ABSTAIN_CLASS;
  return {
    id: "flips",
    title: "Prompts that flip",
    caption: `${found.flips.length} prompts on which one of the two is right, or both err ` +
      `differently; ${SHOWN} at most.`,
    table: {
      columns: ["prompt", "label", first.name, second.name],
      rows: found.flips.slice(0, SHOWN).map((row) => [
        prompts[row]!,
        gold[row]!,
        said(first, row),
        said(second, row),
      ]),
    },
  };
}
