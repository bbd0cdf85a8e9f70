import type { NgfSampleRow } from "./bench.ts";
import type { ParseScore } from "./score.ts";

/** Measures of one sample that have a column each, in the documented order. */
const MEASURES = ["precision", "recall", "f1", "jaccard", "hallucination", "omission"] as const;

/**
 * Lays the samples of a bench out as a table: first the documented columns, where `geodesic` is the
 * parser named and `stock` the published stock parser, then order and exactness of all other parsers.
 * Names within a cell are separated by `|`, kept sets in alphabetical order.
 *
 * @param parser The parser that fills the `geodesic` columns. Default: corrected.
 * @throws {RangeError} If the rows lack the parser.
 *
 * @example
 * ```ts
 * import { ngfRowsTable, runNgfBench } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = runNgfBench({ samples: 5, tuningSamples: 50, denoiseSamples: 1 });
 * const table = ngfRowsTable(rows);
 * assertEquals(table.columns.slice(0, 3), ["sample", "true", "geodesic_tasks"]);
 * assertEquals(table.rows.length, 5);
 * ```
 */
export function ngfRowsTable(
  rows: readonly NgfSampleRow[],
  parser = "corrected",
): { columns: string[]; rows: (string | number)[][] } {
  const names = Object.keys(rows[0]?.parsers ?? {});
  if (rows.length > 0 && !names.includes(parser)) {
    throw new RangeError(`Expected one of the parsers ${names.join(", ")}, got "${parser}"`);
  }
  const others = names.filter((name) => name !== parser && name !== "stock");
  const answer = (prefix: string) => ["tasks", "order", "ok"].map((name) => `${prefix}_${name}`);
  const measures = (prefix: string) => MEASURES.map((name) => `${prefix}_${name}`);
  return {
    columns: [
      "sample",
      "true",
      ...answer("geodesic"),
      ...answer("stock"),
      ...measures("geodesic"),
      ...measures("stock"),
      ...others.flatMap((name) => [`${name}_order`, `${name}_ok`]),
    ],
    rows: rows.map(({ sample, truth, parsers }) => {
      const main = parsers[parser]!;
      const stock = parsers["stock"]!;
      return [
        sample,
        truth.join("|"),
        ...answerCells(main),
        ...answerCells(stock),
        ...MEASURES.map((name) => main[name]),
        ...MEASURES.map((name) => stock[name]),
        ...others.flatMap((name) => answerCells(parsers[name]!).slice(1)),
      ];
    }),
  };
}

const answerCells = ({ order, exact }: ParseScore): (string | number)[] => [
  [...order].sort().join("|"),
  order.join("|"),
  Number(exact),
];
