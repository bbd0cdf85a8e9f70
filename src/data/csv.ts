import { CsvParseStream } from "@std/csv/parse-stream";
import { closest } from "fastest-levenshtein";
import { MicroLmError } from "../core/errors.ts";
import { CsvPositions, type RecordPosition } from "./csv_positions.ts";
import { shorten } from "../core/shorten.ts";
import { readText, STDIN_NAME } from "../core/text_stream.ts";

/** A row of a CSV file: its fields by column name, and the line that it starts on. */
export interface CsvRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Options of {@linkcode readCsv}. */
export interface ReadCsvOptions {
  /** Columns that the header must have. */
  readonly required?: readonly string[];
}

/**
 * Streams the rows of a CSV file (RFC 4180) with a header line; `-` is standard input. Quoted commas,
 * quoted line breaks, CRLF and a byte-order mark are understood, empty lines skipped. A line break
 * inside quotes becomes a line feed, however it was written.
 *
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a missing or repeated column, a
 * row with a wrong number of fields, a misplaced quote, an empty file or one that is no text; `missing`
 * if there is none.
 *
 * @example
 * ```ts
 * import { readCsv } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const path = "fixtures/defi/defi_mapper_labeled_large.csv";
 * for await (const { line, fields } of readCsv(path, { required: ["prompt", "label"] })) {
 *   assertEquals(line, 2);
 *   assertEquals(Object.keys(fields), ["prompt", "label"]);
 *   break;
 * }
 * ```
 */
export async function* readCsv(
  path: string,
  { required = [] }: ReadCsvOptions = {},
): AsyncGenerator<CsvRow> {
  const file = path === "-" ? STDIN_NAME : path;
  const positions = new CsvPositions(file);
  const text = ReadableStream.from(positions.track(readText(path)));
  let columns: readonly string[] | undefined;
  try {
    for await (const row of text.pipeThrough(new CsvParseStream())) {
      const position = positions.next();
      if (!columns) {
        columns = row;
        checkHeader(file, position.line, columns, required);
        continue;
      }
      if (row.length !== columns.length) throw wrongCount(file, position, columns, row);
      yield {
        line: position.line,
        fields: Object.fromEntries(columns.map((name, i) => [name, row[i]!])),
      };
    }
  } catch (error) {
    throw error instanceof SyntaxError ? explainSyntaxError(error, file, positions) : error;
  }
  if (!columns) {
    throw new MicroLmError("data", "Expected a header line, found an empty file", {
      at: { file, line: 1, column: 1 },
    });
  }
}

function checkHeader(
  file: string,
  line: number,
  columns: readonly string[],
  required: readonly string[],
): void {
  const missing = required.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    const near = closest(missing, columns.map((name) => name.slice(0, 50)));
    throw new MicroLmError(
      "data",
      `Expected a column "${missing}", found ${listColumns(columns)}`,
      { at: { file, line, column: 1 }, hint: `Is "${near}" the column "${missing}"? Rename it` },
    );
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new MicroLmError("data", `Expected columns with different names, found two "${twice}"`, {
      at: { file, line, column: 1 },
    });
  }
}

/** A file without a header has a prompt there, which may be long. */
function listColumns(columns: readonly string[]): string {
  const names = columns.slice(0, 10).map((name) => JSON.stringify(shorten(name, 50)));
  return names.join(", ") + (columns.length > 10 ? `, … (${columns.length} columns)` : "");
}

function wrongCount(
  file: string,
  { line, misfit }: RecordPosition,
  columns: readonly string[],
  row: readonly string[],
): MicroLmError {
  return new MicroLmError(
    "data",
    `Expected ${columns.length} fields (${columns.join(", ")}), found ${row.length}`,
    {
      at: { file, ...(misfit ?? { line }) },
      hint: row.length > columns.length
        ? "Put fields that contain commas into double quotes"
        : "A field may be empty, but not its comma missing",
    },
  );
}

function explainSyntaxError(
  cause: SyntaxError,
  file: string,
  { fault }: CsvPositions,
): MicroLmError {
  const line = Number(/\bline (\d+)/.exec(cause.message)?.[1] ?? 1);
  const { found, ...position } = fault ?? { found: "a misplaced quote", line };
  return new MicroLmError("data", `Expected CSV as in RFC 4180, found ${found}`, {
    at: { file, ...position },
    hint: 'Put the whole field into double quotes and write "" for each quote inside it',
    cause,
  });
}

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
