import type { Chart } from "../charts/shared.ts";
import { htmlPage, htmlTable, htmlText } from "./html_page.ts";
import REPORT_SCRIPT from "./page.js" with { type: "text" };
import { PALETTE, REPORT_STYLE, THEME_BUTTON, THEME_SCRIPT } from "./html_style.ts";
import type { Table } from "../tables.ts";

/** What a page of charts shows. All texts are shown as text, whatever they hold. */
export interface ChartPage {
  readonly title: string;
  /** What came out, in a word, and whether that is good. Default: none. */
  readonly verdict?: { readonly text: string; readonly isGood: boolean };
  /** Sentences below the title; the first says what came out. */
  readonly notes: readonly string[];
  readonly charts: readonly Chart[];
  /** Tables below the charts. */
  readonly tables: readonly {
    readonly id: string;
    readonly title: string;
    readonly caption: string;
    readonly table: Table;
  }[];
}

/**
 * Renders charts and tables as one HTML page that needs nothing but itself.
 *
 * @param plotly The source of plotly.js, which the page carries: {@linkcode readPlotly}.
 *
 * @example
 * ```ts
 * import { renderChartPage } from "micro-lm/report";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const table = { columns: ["class", "n"], rows: [["swap", 5]] };
 * const tables = [{ id: "counts", title: "Counts", caption: "Rows by class.", table }];
 * const page = { title: "Data <raw>", notes: ["A note."], charts: [], tables };
 * // In earnest: await readPlotly()
 * const html = renderChartPage(page, "globalThis.Plotly = {};");
 * assertStringIncludes(html, "<h1>Data &lt;raw&gt;</h1>");
 * assertStringIncludes(html, "Rows by class.");
 * ```
 */
export function renderChartPage(page: ChartPage, plotly: string): string {
  const { title, verdict, notes, charts, tables } = page;
  const figures = charts.flatMap(({ id, figure }) => figure ? [{ id, ...figure }] : []);
  return htmlPage({
    title,
    style: REPORT_STYLE,
    content: `<a class="skip" href="#content">Skip to the charts</a>
<header>
<div class="top"><h1>${htmlText(title)}${badge(verdict)}</h1>
${THEME_BUTTON}</div>
${
      notes.map((line, i) => `<p${i === 0 ? ' class="lead"' : ""}>${htmlText(line, 1000)}</p>`)
        .join("\n")
    }
</header>
<main>
${chartSections(charts)}
${tables.map(tableSection).join("\n")}
</main>
<footer>The charts are drawn by plotly.js (MIT licence), which this page carries.</footer>`,
    data: { figures: figures.map(({ alt: _, ...figure }) => figure), palette: PALETTE, printed: 0 },
    scripts: [plotly, REPORT_SCRIPT, THEME_SCRIPT],
  });
}

function badge(verdict: ChartPage["verdict"]): string {
  if (!verdict) return "";
  return ` <span class="verdict${verdict.isGood ? " pass" : ""}">${htmlText(verdict.text)}</span>`;
}

function tableSection({ id, title, caption, table }: ChartPage["tables"][number]): string {
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${htmlText(title)}</h2>
<p>${htmlText(caption, 1000)}</p>
${htmlTable(table)}
</section>`;
}

/** The charts of a page in pairs, and below them why others are not there. */
export function chartSections(charts: readonly Chart[]): string {
  const of = (isDrawn: boolean) =>
    charts.filter(({ figure }) => (figure !== undefined) === isDrawn).map(chartSection).join("\n");
  return `<div class="charts" id="content">
${of(true)}
</div>
${of(false)}`;
}

/** One chart of a page with its caption and its numbers. */
function chartSection({ id, title, caption, figure, missing, table }: Chart): string {
  const views = figure?.views
    ? `<form class="controls" hidden><label>Colour shows <select id="view-${id}"></select></label></form>`
    : "";
  const picture = figure
    ? `${views}<div class="plot" id="plot-${id}" role="figure" aria-label="${
      htmlText(figure.alt, 1000)
    }"></div>`
    : `<p class="missing">${htmlText(missing ?? "Not drawn.", 1000)}</p>`;
  const numbers = table && figure
    ? `<details><summary>The numbers</summary>${htmlTable(table)}</details>`
    : "";
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${htmlText(title)}</h2>
<p>${htmlText(caption, 1000)}</p>
${picture}
${numbers}
</section>`;
}
