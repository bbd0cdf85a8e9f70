import { markdownText, printable } from "./page/escape.ts";

/** A cell: numbers are aligned to the right. */
export type Cell = string | number | null;

/** Rows under column names. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Lays a table out for a terminal: columns padded, numbers and percentages to the right.
 *
 * @example
 * ```ts
 * import { textTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const table = { columns: ["class", "n"], rows: [["swap", 5], ["borrow", 12]] };
 * assertEquals(textTable(table), "class    n\nswap     5\nborrow  12");
 * ```
 */
export function textTable({ columns, rows }: Table): string {
  const cells = rows.map((row) => row.map(cellText));
  const widths = columns.map((name, j) =>
    cells.reduce((widest, row) => Math.max(widest, row[j]!.length), name.length)
  );
  const right = columns.map((_, j) => cells.length > 0 && cells.every((row) => isNumeric(row[j]!)));
  const line = (row: readonly string[]) =>
    row.map((text, j) => right[j] ? text.padStart(widths[j]!) : text.padEnd(widths[j]!))
      .join("  ").trimEnd();
  return [columns, ...cells].map(line).join("\n");
}

/**
 * Writes a table as Markdown; text is escaped.
 *
 * @example
 * ```ts
 * import { markdownTable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const table = { columns: ["class", "n"], rows: [["a|b", 5], ["swap", null]] };
 * assertEquals(
 *   markdownTable(table),
 *   "| class | n |\n| --- | --- |\n| a\\|b | 5 |\n| swap | – |",
 * );
 * ```
 */
export function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(row.map((cell) => markdownText(rawText(cell))))),
  ].join("\n");
}

function cellText(cell: Cell): string {
  return printable(rawText(cell), 200);
}

function rawText(cell: Cell): string {
  return cell === null ? "–" : String(cell);
}

function isNumeric(text: string): boolean {
  return /^[-–]?[\d.,]*%?( \(.*\))?$/.test(text);
}
