import { MicroLmError } from "../../core/errors.ts";
import type { ScoredRows } from "../../evaluate/decide.ts";
import { RATE_NAMES } from "../../evaluate/metrics.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { type Chart, sweepCharts } from "../charts/charts.ts";
import { chartSections } from "../page/chart_page.ts";
import { errorsSection, listRows, PRINTED } from "./errors_table.ts";
import { percent } from "../page/escape.ts";
import { htmlPage, htmlText } from "../page/html_page.ts";
import REPORT_SCRIPT from "../page/page.js" with { type: "text" };
import { PALETTE, REPORT_STYLE, THEME_BUTTON, THEME_SCRIPT } from "../page/html_style.ts";
import { evidenceLines, qualityLines } from "./lines.ts";
import type { SweepContext } from "./report.ts";

/** What a report shows: all of it is in memory at the end of a sweep. */
export interface ReportInput {
  readonly outcome: SweepOutcome;
  readonly context: SweepContext;
  /** The scored rows that the outcome was computed from, in the same order. */
  readonly scored: ScoredRows;
  /** Sentences to show near the top: a certificate, a warning. Default: none. */
  readonly notes?: readonly string[];
}

/**
 * Renders a sweep as one HTML page that needs nothing but itself: no network, no other file. Prompts,
 * class names and paths are shown as text whatever they hold; long prompts are cut and say so. What
 * cannot be drawn, without labels for example, is replaced by the reason.
 *
 * @param plotly The source of plotly.js, which the page carries: {@linkcode readPlotly}.
 * @throws {RangeError} If there is not one scored row a decision, or `plotly` cannot stand in a page.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { scoreRows } from "micro-lm/evaluate";
 * import { openWordmap } from "micro-lm/mapper";
 * import { renderHtmlReport } from "micro-lm/report";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const dataset = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const scored = scoreRows(await mapper.predictProbabilities(dataset.rows.map((r) => r.prompt)));
 * const outcome = await runSweep(mapper, dataset, { thresholds: [0.5, 0.9] });
 * const context = {
 *   ...{ bench: "sweep", mapper: mapper.source, prompts: dataset.source },
 *   ...{ data_sha256: dataset.sha256, skipped: dataset.skipped, timestamp: "2026-01-01T00:00:00Z" },
 *   ...{ maxAbstainRate: 0.1, minOverallAcc: 0.85, chooseBy: "abstain_then_acc" },
 * };
 * // In earnest: await readPlotly()
 * const page = renderHtmlReport({ outcome, context, scored }, "globalThis.Plotly = {};");
 * assertStringIncludes(page, "Risk and coverage");
 * ```
 */
export function renderHtmlReport(input: ReportInput, plotly: string): string {
  const { outcome, context, scored } = input;
  if (scored.top.length !== outcome.rows.length) {
    throw new RangeError(
      `Expected ${outcome.rows.length} scored rows, one a decision, got ${scored.top.length}`,
    );
  }
  const charts = sweepCharts(outcome, scored);
  const listed = listRows(outcome.rows, scored);
  const figures = charts.flatMap(({ id, figure }) => figure ? [{ id, ...figure }] : []);
  return htmlPage({
    title: `${context.bench}: ${outcome.verdict.status}`,
    style: REPORT_STYLE,
    content: `<a class="skip" href="#content">Skip to the charts</a>
${header(input)}
<main>
${ratesList(outcome)}
${charts.length > 0 ? navigation(charts, listed.errors) : ""}
${chartSections(charts)}
${errorsSection(listed)}
${factsSection(input)}
</main>
<footer>The charts are drawn by plotly.js (MIT licence), which this page carries.</footer>`,
    data: {
      figures: figures.map(({ alt: _, ...figure }) => figure),
      palette: PALETTE,
      printed: PRINTED,
    },
    scripts: [plotly, REPORT_SCRIPT, THEME_SCRIPT],
  });
}

/**
 * Reads the plotly.js that the charts of a page need, about 1.4 MB.
 *
 * @throws {MicroLmError} Kind `missing` if the package is not installed.
 *
 * @example
 * ```ts
 * import { readPlotly } from "micro-lm/report";
 * import { assert, assertStringIncludes } from "@std/assert";
 *
 * const plotly = await readPlotly();
 * assertStringIncludes(plotly.slice(0, 200), "plotly.js");
 * assert(plotly.length > 1e6);
 * ```
 */
export async function readPlotly(): Promise<string> {
  let main = import.meta.resolve("plotly.js-cartesian-dist-min");
  if (main.startsWith("npm:")) {
    // In a project that depends on this one, the package is installed when something of it is imported.
    await import("plotly.js-cartesian-dist-min/package.json", { with: { type: "json" } });
    main = import.meta.resolve("plotly.js-cartesian-dist-min");
  }
  const path = new URL(main);
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new MicroLmError("missing", "Cannot find the package plotly.js-cartesian-dist-min", {
      hint: "Run deno install",
      cause,
    });
  }
}

function header({ outcome, context, notes = [] }: ReportInput): string {
  const { chosen, verdict: { status, ok, failures, remarks } } = outcome;
  const { threshold, near_margin, min_order, max_oos, labeled, total } = chosen.metrics;
  const margin = (near_margin > 0 ? `, margin ${near_margin}` : "") +
    (min_order > 0 ? `, order ${min_order}` : "") +
    (max_oos < 1 ? `, out of scope ${max_oos}` : "");
  const badge = `<span class="verdict ${ok ? "pass" : "fail"}">${status.toUpperCase()}</span>`;
  const reasons = failures.length > 0 ? `Not met: ${failures.join("; ")}.` : "";
  const lines = [
    `Chosen: threshold ${threshold}${margin} (${chosen.why}).`,
    `${total.toLocaleString("en")} prompts, ${
      labeled.toLocaleString("en")
    } with a label. Limits: ` +
    `abstain rate at most ${context.maxAbstainRate}, overall accuracy at least ` +
    `${context.minOverallAcc}.`,
    ...remarks.map((remark) => `The limits alone say: ${remark}.`),
    ...(outcome.certification?.certificate ? [] : [
      "The point was chosen on the rows that it is reported on: expect a little less on others.",
    ]),
    ...notes,
  ];
  return `<header>
<div class="top"><h1>${htmlText(context.bench)} ${badge}</h1>
${THEME_BUTTON}</div>
<p class="lead">${htmlText(leadOf(outcome))}</p>
${reasons ? `<p class="missing">${htmlText(reasons, 1000)}</p>` : ""}
${lines.map((line) => `<p>${htmlText(line, 1000)}</p>`).join("\n")}
</header>`;
}

/** What the chosen point comes to, in a sentence. */
function leadOf({ chosen: { metrics } }: SweepOutcome): string {
  const acts = `At the chosen point it acts on ${percent(metrics.coverage)} of the prompts`;
  return metrics.accuracy_on_fired === null
    ? `${acts}.`
    : `${acts}, and ${percent(metrics.accuracy_on_fired)} of those actions are right.`;
}

function ratesList({ chosen }: SweepOutcome): string {
  const cells = RATE_NAMES.map((name) => {
    const { value, ci_low, ci_high, k, n } = chosen.metrics.rates[name];
    const detail = value === null
      ? "no row to count"
      : `${percent(ci_low)} to ${percent(ci_high)}, ${k.toLocaleString("en")} of ${
        n.toLocaleString("en")
      }`;
    return `<div><dt>${name.replaceAll("_", " ")}</dt><dd>${
      percent(value)
    }<small>${detail}</small></dd></div>`;
  });
  const macro = `<div><dt>macro F1</dt><dd>${
    percent(chosen.metrics.macro_f1)
  }<small>mean over the classes</small></dd></div>`;
  return `<dl class="rates">${cells.join("\n")}${macro}</dl>`;
}

function navigation(charts: readonly Chart[], errors: boolean): string {
  const links = [
    ...charts.map(({ id, title }) => [id, title]),
    ["errors", errors ? "Errors" : "Closest to the threshold"],
    ["facts", "Run"],
  ];
  return `<nav aria-label="Sections"><ul>${
    links.map(([id, title]) => `<li><a href="#${id}">${htmlText(title!)}</a></li>`).join("")
  }</ul></nav>`;
}

function factsSection({ outcome, context }: ReportInput): string {
  const { backend, encoder = "", sha256 } = context.mapper;
  const facts: [string, string | number][] = [
    ["prompts", context.prompts],
    ["data sha256", context.data_sha256],
    ["empty prompts", context.skipped.emptyPrompts.length],
    ["empty labels", context.skipped.emptyLabels.length],
    ["mapper", `${backend} ${encoder}`.trim()],
    ["mapper sha256", sha256],
    ["classes", outcome.classes.length],
    ["operating points tried", outcome.metrics.length],
    ["chosen by", context.chooseBy],
    ["time", context.timestamp],
  ];
  const lines = [...qualityLines(outcome), ...evidenceLines(outcome)];
  return `<section id="facts" aria-labelledby="facts-title">
<h2 id="facts-title">Run</h2>
${lines.map((line) => `<p>${htmlText(line, 1000)}</p>`).join("\n")}
<table class="facts"><tbody>${
    facts.map(([name, value]) =>
      `<tr><th scope="row">${name}</th><td>${htmlText(String(value), 400)}</td></tr>`
    ).join("\n")
  }</tbody></table>
</section>`;
}
