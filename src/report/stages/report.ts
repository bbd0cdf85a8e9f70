import {
  type AnalysisRow,
  analysisRow,
  type StoredEvaluation,
} from "../../stages/evaluate/analyze.ts";
import type { ChampionRecord } from "../../stages/champion.ts";
import type { RunComparison } from "../../stages/evaluate/compare_runs.ts";
import { htmlPage, htmlTable, htmlText } from "../page/html_page.ts";
import { REPORT_STYLE, THEME_BUTTON, THEME_SCRIPT } from "../page/html_style.ts";
import { PLOT_COLOURS } from "../notebook/legend.ts";
import { plotSvg } from "../notebook/svg.ts";
import {
  baseChart,
  costChart,
  type NamedSweep,
  reductionChart,
  seedChart,
  type StageChart,
  thresholdChart,
} from "./charts.ts";
import {
  comparisonsTable,
  costTable,
  recallTable,
  runsTable,
  seedsTable,
  smellsTable,
} from "./tables.ts";
import type { Table } from "../tables.ts";

/** What a report on the staged pipeline shows. */
export interface StagesReportInput {
  /** Evaluations on all sets, each experiment once a threshold mode. */
  readonly evaluations: readonly StoredEvaluation[];
  /** Sweeps on the validation set. Default: none. */
  readonly sweeps?: readonly NamedSweep[];
  /** Pairs of runs. Default: none. */
  readonly comparisons?: readonly RunComparison[];
  /** The frozen champion, if there is one. */
  readonly champion?: ChampionRecord | undefined;
  /** Sentences to show on top: a gate, a warning. Default: none. */
  readonly notes?: readonly string[];
  /** What evaluated sets share with others, sentence by sentence. Default: nothing. */
  readonly overlap?: readonly string[];
  /** Whether a gate was met, if there was one. */
  readonly verdict?: "pass" | "fail" | undefined;
}

/**
 * Renders the outcome of the staged pipeline as one HTML page that needs nothing but itself: runs,
 * threshold curves, spread of the seeds, false positives removed at fixed recall, paired tests, cost
 * against gain, kinds of findings. Names from files are shown as text whatever they hold.
 *
 * @example
 * ```ts
 * import { renderStagesReport } from "micro-lm/report";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const page = renderStagesReport({ evaluations: [], notes: ["Nothing was <evaluated>"] });
 * assertStringIncludes(page, "Nothing was &lt;evaluated&gt;");
 * ```
 */
export function renderStagesReport(input: StagesReportInput): string {
  return htmlPage({
    title: "Staged pipeline",
    style: `${REPORT_STYLE}\n${STAGES_STYLE}`,
    content: `${header(input)}
<main>
<div class="charts">
${charts(input).map((chart) => chartSection(chart, tablesBeside(input))).join("\n")}
</div>
${tables(input).map(tableSection).join("\n")}
</main>`,
    data: {},
    scripts: [THEME_SCRIPT],
  });
}

/** Pictures take the width of their card; cost stands beside its table. */
const STAGES_STYLE = `
svg { display: block; margin: auto; width: min(100%, 50rem); height: auto; }
.beside { display: grid; gap: 1rem; align-items: center;
  grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.beside > * { min-width: 0; }`;

function header({ champion, notes = [], overlap = [], verdict }: StagesReportInput): string {
  const badge = verdict ? ` <span class="verdict ${verdict}">${verdict.toUpperCase()}</span>` : "";
  const lines = [
    ...(champion
      ? [
        `Champion: ${champion.run}, seed ${champion.seed}, F1 ${
          champion.val_f1.toFixed(3)
        } on the ` +
        `validation set (${champion.rule} of ${champion.candidates.length}), threshold ` +
        `${champion.threshold}.`,
      ]
      : []),
    ...notes,
  ];
  return `<header>
<div class="top"><h1>Staged pipeline${badge}</h1>
${THEME_BUTTON}</div>
${lines.map((line) => `<p>${htmlText(line, 1000)}</p>`).join("\n")}
${overlap.length > 0 ? overlapList(overlap) : ""}
</header>`;
}

/** Closed: one line a pair of files is many, and what they say is small where all is well. */
function overlapList(sentences: readonly string[]): string {
  const items = sentences.map((sentence) => `<li>${htmlText(sentence, 1000)}</li>`).join("\n");
  return `<details><summary>Sets that share rows or scripts: ${sentences.length}</summary>
<ul>
${items}
</ul></details>`;
}

function charts({ evaluations, sweeps = [], champion }: StagesReportInput): StageChart[] {
  const combined = combinedOnce(evaluations);
  const rows = combined.map(analysisRow);
  const seeded = seedRows(evaluations, champion);
  return [
    ...(sweeps.length > 0 ? [thresholdChart(sweeps)] : []),
    ...(seeded.length > 1 ? [seedChart(seeded)] : []),
    ...(rows.length > 0 ? [reductionChart(combined), baseChart(rows), costChart(rows)] : []),
  ];
}

/** Evaluations on the combined set, one a run: the thresholds' own mode where there are several. */
function combinedOnce(evaluations: readonly StoredEvaluation[]): StoredEvaluation[] {
  const byRun = new Map<string, StoredEvaluation>();
  for (const evaluation of evaluations) {
    if (evaluation.metadata.dataset !== "combined") continue;
    const { run, threshold } = evaluation.metadata;
    if (!byRun.has(run) || threshold.mode === "file") byRun.set(run, evaluation);
  }
  return [...byRun.values()];
}

/** Rows of the champion's siblings; without a champion those of the experiment with most seeds. */
function seedRows(
  evaluations: readonly StoredEvaluation[],
  champion?: ChampionRecord,
): AnalysisRow[] {
  const rows = evaluations.map(analysisRow);
  const modes = [...Map.groupBy(rows, ({ threshold_mode }) => threshold_mode).values()];
  const own = modes.find((some) => some.some(({ threshold_mode }) => threshold_mode === "file")) ??
    modes[0] ?? [];
  const names = new Set(champion?.candidates.map(({ run }) => run));
  const siblings = own.filter(({ run }) => names.has(run));
  if (siblings.length > 0) return siblings;
  const groups = [
    ...Map.groupBy(
      own,
      ({ base, lr, epochs, batch_size }) => JSON.stringify([base, lr, epochs, batch_size]),
    ).values(),
  ];
  const seedsOf = (group: typeof rows) => new Set(group.map(({ seed }) => seed)).size;
  const most = groups.toSorted((a, b) => seedsOf(b) - seedsOf(a))[0] ?? [];
  return seedsOf(most) > 1 ? most : [];
}

interface Section {
  readonly title: string;
  readonly table: Table;
}

function tables({ evaluations, comparisons = [], champion }: StagesReportInput): Section[] {
  const rows = evaluations.map(analysisRow);
  const sets = [...Map.groupBy(rows, ({ dataset }) => dataset)]
    .toSorted(([a], [b]) => Number(b === "combined") - Number(a === "combined"));
  const combined = combinedOnce(evaluations);
  const shown = combined.find(({ metadata }) => metadata.run === champion?.run) ??
    combined.toSorted((a, b) => b.results.metrics.f1 - a.results.metrics.f1)[0];
  const sections: Section[] = [
    ...sets.map(([set, own]) => ({ title: `Runs on the set ${set}`, table: runsTable(own, 30) })),
    { title: "False positives removed at fixed recall", table: recallTable(combined, 200) },
    { title: "Paired tests", table: comparisonsTable(comparisons) },
    { title: "Seeds", table: seedsTable(onlyOneMode(rows)) },
    ...(shown
      ? [{ title: `Kinds of findings: ${shown.metadata.run}`, table: smellsTable(shown) }]
      : []),
  ];
  return sections.filter(({ table }) => table.rows.length > 0);
}

/** Summaries must not mix thresholds. */
function onlyOneMode<T extends { readonly threshold_mode: string }>(rows: readonly T[]): T[] {
  const modes = new Set(rows.map(({ threshold_mode }) => threshold_mode));
  const mode = ["file", "argmax", "fixed", "frozen"].find((name) => modes.has(name));
  return rows.filter(({ threshold_mode }) => threshold_mode === mode);
}

/** Tables that stand beside a chart, by its id. */
function tablesBeside({ evaluations }: StagesReportInput): Readonly<Record<string, Table>> {
  return { cost: costTable(combinedOnce(evaluations).map(analysisRow), 30) };
}

function chartSection(
  { id, title, caption, traces, layout }: StageChart,
  beside: Readonly<Record<string, Table>>,
): string {
  const picture = inHouseColours(plotSvg(traces, { ...layout, title: { text: "" } }));
  const table = beside[id];
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${htmlText(title)}</h2>
<p>${htmlText(caption, 1000)}</p>
${table ? `<div class="beside">${picture}<div>${htmlTable(table)}</div></div>` : picture}
</section>`;
}

/** A drawing for notebooks, in the colours of the page's theme. */
function inHouseColours(svg: string): string {
  const names: readonly (readonly [string, string])[] = [
    ["#1b1f24", "ink"],
    ["#59636e", "muted"],
    ["#d5dae1", "line"],
    ...SERIES.map((name, i) => [PLOT_COLOURS[i]!, name] as const),
  ];
  return names.reduce(
    (text, [colour, name]) =>
      text.replaceAll(`fill="${colour}"`, `fill="var(--${name})"`)
        .replaceAll(`stroke="${colour}"`, `stroke="var(--${name})"`),
    svg.replace("background:#fff", "background:none"),
  );
}

/** The first colours of a drawing, as the palette calls them. */
const SERIES = ["accent", "bad", "good", "warm"];

function tableSection({ title, table }: Section): string {
  return `<section><h2>${htmlText(title)}</h2>${htmlTable(table)}</section>`;
}
