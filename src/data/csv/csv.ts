import { CsvParseStream } from "@std/csv/parse-stream";
import { MicroLmError, type SourceLocation } from "../../core/errors.ts";
import { inputName } from "../../core/input_file.ts";
import { peekText } from "../../core/text/peek.ts";
import { readText } from "../../core/text/text_stream.ts";
import {
  type ColumnOptions,
  listColumns,
  missingColumnHint,
  nameColumns,
  type NamedColumns,
} from "../columns.ts";
import { findDialect, hasHeader } from "./csv_dialect.ts";
import { CsvPositions, type RecordPosition } from "./csv_positions.ts";

/** A row of a CSV file: its fields by column name, and the line that it starts on. */
export interface CsvRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Options of {@linkcode readCsv}. */
export interface ReadCsvOptions extends ColumnOptions {
  /** Columns that the header must have. */
  readonly required?: readonly string[];
  /** What stands between fields. Default: comma, semicolon or tab, as the header has it. */
  readonly delimiter?: string;
  /** Longest field in characters. Default: 2^20. */
  readonly maxField?: number;
  /** Is told what was taken for granted, in sentences. */
  readonly onNote?: (note: string) => void;
}

/**
 * Streams the rows of a CSV file (RFC 4180) with a header line; `-` is standard input. Quoted commas,
 * quoted line breaks, CRLF and a byte-order mark are understood, empty lines skipped, and so are UTF-16,
 * semicolons or tabs for commas, a `sep=` line and columns without a name. Where `prompt` or `label` are
 * required, their synonyms are too. A line break inside quotes becomes a line feed, however it was
 * written.
 *
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a missing or repeated column, a
 * row with a wrong number of fields, a field above the limit, a misplaced quote, an empty file or one that
 * is no text; `missing` if there is none.
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
  options: ReadCsvOptions = {},
): AsyncGenerator<CsvRow> {
  yield* parseCsv(readText(path), inputName(path), options);
}

/** Streams the rows of CSV text, as {@linkcode readCsv} does; `file` is for messages. */
export async function* parseCsv(
  chunks: AsyncIterable<string>,
  file: string,
  options: ReadCsvOptions = {},
): AsyncGenerator<CsvRow> {
  const { required = [], maxField, onNote } = options;
  const { head, text } = await peekText(chunks, hasHeader);
  const { delimiter, skip } = findDialect(
    head,
    options.delimiter,
    (names) => hasColumns(names, options, required),
  );
  const positions = new CsvPositions(file, {
    delimiter,
    line: skip > 0 ? 2 : 1,
    ...(maxField !== undefined && { maxField }),
  });
  const tracked = ReadableStream.from(positions.track(inPieces(dropStart(text, skip))));
  let header: Header | undefined;
  const surplus: number[] = [];
  try {
    for await (const row of tracked.pipeThrough(new CsvParseStream({ separator: delimiter }))) {
      const position = positions.next();
      if (!header) {
        header = readHeader(row, { file, line: position.line, column: 1 }, options);
        continue;
      }
      const { columns, least } = header;
      const isSurplusEmpty = row.slice(columns.length).every((field) => field.trim() === "");
      if (row.length < least || !isSurplusEmpty) throw wrongCount(file, position, columns, row);
      if (row.length > columns.length) surplus.push(position.line);
      yield { line: position.line, fields: toFields(columns, row) };
    }
  } catch (error) {
    throw error instanceof SyntaxError ? explainSyntaxError(error, file, positions) : error;
  }
  if (!header) {
    throw new MicroLmError("data", "Expected a header line, found an empty file", {
      at: { file, line: 1, column: 1 },
    });
  }
  if (surplus.length > 0) {
    onNote?.(
      `${surplus.length} rows have empty fields behind the last column, from line ${surplus[0]}`,
    );
  }
}

/**
 * Characters that are parsed at a time: the library makes an error, with all its context, of each row of
 * another length, and the first of them ends the reading here.
 */
const PIECE = 1024;

async function* inPieces(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.slice(at, at + PIECE);
  }
}

interface Header {
  /** Names, as the reader knows them; empty for columns that nobody reads. */
  readonly columns: readonly string[];
  /** Fields that a row must have: all but the columns at the end that have no name. */
  readonly least: number;
}

function readHeader(
  row: readonly string[],
  at: SourceLocation,
  { required = [], onNote, ...options }: ReadCsvOptions,
): Header {
  const { names, notes } = nameAt(row, at, options, required);
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new MicroLmError("data", `Expected a column "${missing}", found ${listColumns(row)}`, {
      at,
      hint: missingColumnHint(row, missing),
    });
  }
  const twice = names.find((name, i) => name !== "" && names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new MicroLmError("data", `Expected columns with different names, found two "${twice}"`, {
      at,
    });
  }
  notes.forEach((note) => onNote?.(note));
  const unnamed = row.filter((name) => name.trim() === "").length;
  if (unnamed > 0) onNote?.(`${unnamed} columns without a name are left out`);
  return { columns: names, least: row.findLastIndex((name) => name.trim() !== "") + 1 };
}

function nameAt(
  row: readonly string[],
  at: SourceLocation,
  options: ColumnOptions,
  required: readonly string[],
): NamedColumns {
  if (!usesRoles(options, required)) return { names: row.map((name) => name.trim()), notes: [] };
  try {
    return nameColumns(row, options, required);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    throw new MicroLmError(error.kind, error.message, {
      at,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}

/** Other tables than prompts with labels have columns of their own, which nobody renames. */
function usesRoles(options: ColumnOptions, required: readonly string[]): boolean {
  return options.promptColumn !== undefined || options.labelColumn !== undefined ||
    required.includes("prompt") || required.includes("label");
}

function hasColumns(
  names: readonly string[],
  options: ColumnOptions,
  required: readonly string[],
): boolean {
  if (!usesRoles(options, required)) return required.every((name) => names.includes(name));
  try {
    const named = nameColumns(names, options, required).names;
    return required.every((name) => named.includes(name));
  } catch {
    return false;
  }
}

function toFields(columns: readonly string[], row: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    columns.flatMap((name, i) => name === "" ? [] : [[name, row[i] ?? ""]]),
  );
}

async function* dropStart(text: AsyncIterable<string>, length: number): AsyncGenerator<string> {
  let left = length;
  for await (const chunk of text) {
    yield chunk.slice(left);
    left = Math.max(0, left - chunk.length);
  }
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
        ? "Put fields that contain the delimiter into double quotes"
        : "A field may be empty, but not its delimiter missing",
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
