import { CsvParseStream } from "@std/csv/parse-stream";
import { stringify } from "@std/csv/stringify";
import { closest } from "fastest-levenshtein";
import { MicroLmError } from "../errors.ts";
import { readText, STDIN_NAME } from "./text_stream.ts";

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
 * quoted line breaks, CRLF and a byte-order mark are understood, empty lines skipped.
 *
 * @throws {MicroLmError} Kind `data`, naming file and line, for a missing column, a row with a wrong
 * number of fields, a stray quote, an empty file or one that is no text; `missing` if there is none.
 *
 * @example
 * ```ts
 * import { readCsv } from "micro-lm";
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
  const starts = new RecordStarts();
  const rows = ReadableStream.from(starts.track(readText(path))).pipeThrough(new CsvParseStream());
  let columns: readonly string[] | undefined;
  try {
    for await (const row of rows) {
      const line = starts.next();
      if (!columns) {
        columns = row;
        checkHeader(file, line, columns, required);
        continue;
      }
      if (row.length !== columns.length) {
        throw new MicroLmError(
          "data",
          `Expected ${columns.length} fields (${columns.join(", ")}), found ${row.length}`,
          { at: { file, line }, hint: "Put fields that contain commas into double quotes" },
        );
      }
      yield { line, fields: Object.fromEntries(columns.map((name, i) => [name, row[i]!])) };
    }
  } catch (error) {
    throw explainSyntaxError(error, file);
  }
  if (!columns) {
    throw new MicroLmError("data", "Expected a header line, found an empty file", { at: { file } });
  }
}

/** Finds the line that each record starts on: records span lines where quotes do. */
class RecordStarts {
  readonly #lines: number[] = [];
  #line = 1;
  #start = 1;
  #quoted = false;
  #blank = true;

  async *track(chunks: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const chunk of chunks) {
      for (let i = 0; i < chunk.length; i++) this.#see(chunk.charCodeAt(i));
      yield chunk;
    }
    if (!this.#blank) this.#lines.push(this.#start);
  }

  #see(code: number): void {
    if (code === 34) this.#quoted = !this.#quoted;
    if (code !== 10) {
      if (code !== 13) this.#blank = false;
      return;
    }
    this.#line++;
    if (this.#quoted) return;
    if (!this.#blank) this.#lines.push(this.#start);
    this.#start = this.#line;
    this.#blank = true;
  }

  next(): number {
    return this.#lines.shift() ?? this.#start;
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
    const near = closest(missing, [...columns]);
    throw new MicroLmError(
      "data",
      `Expected a column "${missing}", found ${columns.map((name) => `"${name}"`).join(", ")}`,
      { at: { file, line, column: 1 }, hint: `Is "${near}" the column "${missing}"? Rename it` },
    );
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new MicroLmError("data", `Found two columns "${twice}"`, { at: { file, line } });
  }
}

function explainSyntaxError(error: unknown, file: string): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const [, line] = /line (\d+)/.exec(error.message) ?? [];
  const [, column] = /column (\d+)/.exec(error.message) ?? [];
  return new MicroLmError("data", `Cannot parse CSV: a quote is missing or stands within a field`, {
    at: { file, ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) },
    hint: 'Put the whole field into double quotes and write "" for each quote inside it',
    cause: error,
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
 * import { stringifyCsv } from "micro-lm";
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
    return spreadsheetSafe && typeof value === "string" && /^[=+\-@\t\r]/.test(text)
      ? `'${text}`
      : text;
  };
  const cells = rows.map((row) => Object.fromEntries(columns.map((c) => [c, cell(row[c])])));
  return stringify(cells, { columns });
}
