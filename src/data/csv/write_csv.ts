/** Options of {@linkcode stringifyCsv}. */
export interface StringifyCsvOptions {
  /**
   * Puts an apostrophe before text that a spreadsheet would run as a formula. Default: false, because
   * the text is then no longer the text.
   */
  readonly spreadsheetSafe?: boolean;
}

/**
 * Writes rows as CSV text (RFC 4180) with a header line and line feeds; null becomes an empty field.
 *
 * @example
 * ```ts
 * import { stringifyCsv } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ prompt: 'say "hi", twice', n: 2 }];
 * assertEquals(stringifyCsv(rows, ["prompt", "n"]), 'prompt,n\n"say ""hi"", twice",2\n');
 * ```
 */
export function stringifyCsv(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  { spreadsheetSafe = false }: StringifyCsvOptions = {},
): string {
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    const formula = spreadsheetSafe && typeof value === "string" && isFormula(text);
    return quote(formula ? `'${text}` : text);
  };
  const write = (cells: readonly string[]) =>
    // An empty line would be no row at all.
    cells.length === 1 && cells[0] === "" ? '""\n' : `${cells.join(",")}\n`;
  const lines = rows.map((row) =>
    write(columns.map((name) => cell(Object.hasOwn(row, name) ? row[name] : null)))
  );
  return write(columns.map(quote)) + lines.join("");
}

// Not `stringify` of @std/csv, which ends lines with CRLF and leaves a lone carriage return bare.
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Numbers are no formulas, also not when they are texts. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}
