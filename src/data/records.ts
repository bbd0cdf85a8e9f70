import { inputName } from "../core/input_file.ts";
import { peekText } from "../core/text/peek.ts";
import { readText } from "../core/text/text_stream.ts";
import type { ColumnOptions } from "./columns.ts";
import { hasHeader } from "./csv/csv_dialect.ts";
import { type FileFormat, findFormat } from "./file_format.ts";
import { parseJsonl, splitLines } from "./jsonl.ts";
import { MAX_FIELD, MAX_JSON_LINE } from "./limits.ts";

/** How a file of prompts is to be read, where its content does not say it. */
export interface ReadOptions extends ColumnOptions {
  /** Column of a table that says which rows belong together. Default: none. */
  readonly group?: string;
  /** Default: what the content says, and where it could be either the extension. */
  readonly format?: FileFormat;
  /** What stands between the fields of a table. Default: found in its header. */
  readonly delimiter?: string;
}

/** A prompt of a file, whatever its format. */
export interface PromptRecord {
  /** Line that it starts on, from 1. */
  readonly line: number;
  readonly prompt: string;
  readonly id?: string;
  readonly label?: string;
  readonly group?: string;
  /** All keys of a line of JSON; none for other formats. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode readRecords}. */
export interface ReadRecordsOptions extends ReadOptions {
  /** Lines to pass over. Default: 0. */
  readonly from?: number;
  /** The last line on which a prompt may start. Default: that of the file. */
  readonly to?: number;
  /** Is told what was taken for granted, in sentences. */
  readonly onNote?: (note: string) => void;
}

const NO_FIELDS = {};

/** Characters of white space in front of the first line that are waited for. */
const HEAD_CHARS = 1 << 16;

/**
 * Streams the prompts of a CSV, JSONL or plain text file; `-` is standard input. Prompts come as soon as
 * their lines do.
 *
 * @throws {MicroLmError} As reading CSV and JSONL does, with file, line and column.
 *
 * @example
 * ```ts
 * import { readRecords } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * for await (const { line, label } of readRecords("fixtures/defi/defi_mapper_labeled_mini.csv")) {
 *   assertEquals([line, label], [2, "deposit_asset"]);
 *   break;
 * }
 * ```
 */
export async function* readRecords(
  path: string,
  { from = 0, to = Infinity, ...options }: ReadRecordsOptions = {},
): AsyncGenerator<PromptRecord> {
  const file = inputName(path);
  const { head, text } = await peekText(readText(path), hasFirstLine);
  const format = options.format ?? findFormat(path, head, options);
  const records = format === "csv"
    ? tableRecords(text, file, options)
    : format === "jsonl"
    ? parseJsonl(splitLines(text, file, { maxLength: MAX_JSON_LINE }), file, { ...options, from })
    : lineRecords(text, file);
  for await (const record of records) {
    if (record.line > to) return;
    if (record.line > from) yield record;
    if (record.line === to) return;
  }
}

function hasFirstLine(head: string): boolean {
  return head.length > HEAD_CHARS || hasHeader(head.trimStart());
}

async function* tableRecords(
  text: AsyncIterable<string>,
  file: string,
  options: ReadRecordsOptions,
): AsyncGenerator<PromptRecord> {
  // Whoever reads lines needs no parser of tables.
  const { parseCsv } = await import("./csv/csv.ts");
  const { group } = options;
  const required = ["prompt", ...(group === undefined ? [] : [group])];
  for await (const { line, fields } of parseCsv(text, file, { ...options, required })) {
    const { prompt, id, label } = fields;
    yield {
      line,
      prompt: prompt!,
      ...(id !== undefined && { id }),
      ...(label !== undefined && { label }),
      ...(group !== undefined && { group: fields[group]! }),
      fields: NO_FIELDS,
    };
  }
}

async function* lineRecords(
  text: AsyncIterable<string>,
  file: string,
): AsyncGenerator<PromptRecord> {
  let line = 0;
  for await (const prompt of splitLines(text, file, { maxLength: MAX_FIELD })) {
    yield { line: ++line, prompt, fields: NO_FIELDS };
  }
}
