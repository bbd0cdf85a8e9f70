import type { NgfBenchResult, NgfParserRow } from "../rails/ngf/bench.ts";
import { percent } from "./page/escape.ts";
import { type ChartPage, renderChartPage } from "./page/chart_page.ts";
import { shareAxis } from "./charts/shared.ts";
import type { Table } from "./tables.ts";

/**
 * The parsers of a bench, ours and, below, what was measured or derived elsewhere.
 *
 * @example
 * ```ts
 * import { runNgfBench } from "micro-lm/rails";
 * import { ngfTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const bench = runNgfBench({ samples: 2, tuningSamples: 20, denoiseSamples: 1 });
 * const { columns, rows } = ngfTable(bench);
 * assertEquals([columns[0], rows[0]![0]], ["parser", bench.parsers[0]!.parser]);
 * ```
 */
export function ngfTable({ parsers, reference, samples, seed }: NgfBenchResult): Table {
  const numbers = (row: Omit<NgfBenchResult["reference"][number], "name" | "samples" | "seed">) => [
    ...[row.exact, row.precision, row.recall, row.f1, row.hallucination, row.omission].map(percent),
    row.ms === null ? "–" : row.ms.toFixed(2),
  ];
  return {
    columns: ["parser", "samples", "exact", "P", "R", "F1", "hallucination", "omission", "ms"],
    rows: [
      ...parsers.map((row) => [row.parser, `${samples}, seed ${seed}`, ...numbers(plain(row))]),
      ...reference.map((row) => [
        `${row.samples === null ? "" : "published: "}${row.name}`,
        row.samples === null ? "derived" : `${row.samples}, seed ${row.seed}`,
        ...numbers(row),
      ]),
    ],
  };
}

function plain({ parser: _, ...row }: NgfParserRow) {
  const value = (rate: number | { readonly value: number | null } | null) =>
    rate === null || typeof rate === "number" ? rate : rate.value;
  return {
    exact: value(row.exact),
    precision: value(row.precision),
    recall: value(row.recall),
    f1: value(row.f1),
    hallucination: value(row.hallucination),
    omission: value(row.omission),
    ms: row.ms,
  };
}

/**
 * What each stage of the denoiser gains on hidden clean signals.
 *
 * @example
 * ```ts
 * import { runNgfBench } from "micro-lm/rails";
 * import { denoiseTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const bench = runNgfBench({ samples: 2, tuningSamples: 20, denoiseSamples: 1 });
 * assertEquals(denoiseTable(bench).rows.length, bench.denoise.rows.length);
 * ```
 */
export function denoiseTable({ denoise }: NgfBenchResult): Table {
  const decibels = (value: number | null) => value === null ? "–" : value.toFixed(2);
  return {
    columns: ["noise", "variant", "gain dB", "stage's own dB", "clean traces dB", "exact after it"],
    rows: denoise.rows.map((row) => [
      row.noise,
      row.variant,
      decibels(row.gain_db),
      decibels(row.stage_gain_db),
      decibels(row.clean_snr_db),
      percent(row.parse.exact.value),
    ]),
  };
}

/**
 * The bench as a page with charts.
 *
 * @example
 * ```ts
 * import { runNgfBench } from "micro-lm/rails";
 * import { renderNgfReport } from "micro-lm/report";
 * import { assert } from "@std/assert";
 *
 * const bench = runNgfBench({ samples: 2, tuningSamples: 20, denoiseSamples: 1 });
 * assert(renderNgfReport(bench, "").includes("2 hard traces, seed 42"));
 * ```
 */
export function renderNgfReport(result: NgfBenchResult, plotly: string): string {
  return renderChartPage(ngfPage(result), plotly);
}

/** What came out, in a sentence. */
function ngfLead({ parsers }: NgfBenchResult): string {
  const [best] = parsers.toSorted((a, b) => (plain(b).exact ?? 0) - (plain(a).exact ?? 0));
  if (!best) return "No parser was run.";
  return `Of these parsers ${best.parser} reads most traces exactly: ${
    percent(plain(best).exact)
  }, with ${percent(plain(best).hallucination)} of actions that are not there.`;
}

function ngfPage(result: NgfBenchResult): ChartPage {
  const { parsers, samples, seed, noise_only, tuning } = result;
  const measures = ["exact", "f1", "hallucination", "omission"] as const;
  return {
    title: "ngf-bench",
    notes: [
      ngfLead(result),
      `${samples} hard traces, seed ${seed}; gates fitted on ${tuning.samples} traces of seed ` +
      `${tuning.seed}.`,
      `On noise alone the corrected parser reads an action in ${
        percent(noise_only.corrected.value)
      } of ` +
      `${noise_only.corrected.n} samples, the published rule in ${
        percent(noise_only.parity_report.value)
      }.`,
    ],
    charts: [{
      id: "parsers",
      title: "Parsers",
      caption: "More is better for exact and F1, less for hallucination and omission.",
      figure: {
        alt: "Bars of exact match, F1, hallucination and omission for each parser",
        traces: measures.map((measure) => ({
          type: "bar",
          name: measure,
          x: parsers.map(({ parser }) => parser),
          y: parsers.map((row) => plain(row)[measure]),
        })),
        layout: { barmode: "group", yaxis: shareAxis("share of samples") },
      },
    }],
    tables: [
      {
        id: "rows",
        title: "Every parser",
        caption: "Ours first, then what was published and the ceilings of the generator.",
        table: ngfTable(result),
      },
      {
        id: "denoise",
        title: "The denoiser, stage by stage",
        caption: "Gain in decibels on hidden clean signals.",
        table: denoiseTable(result),
      },
    ],
  };
}
