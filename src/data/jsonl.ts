import { MicroLmError, type SourceLocation } from "../core/errors.ts";
import { inputName } from "../core/input_file.ts";
import { findJsonFault } from "../core/text/json_fault.ts";
import { shorten } from "../core/shorten.ts";
import { readText } from "../core/text/text_stream.ts";
import type { ColumnOptions } from "./columns.ts";
import { MAX_FIELD } from "./limits.ts";

/** A prompt as a JSONL file has it. */
export interface JsonlPrompt {
  readonly line: number;
  readonly prompt: string;
  readonly id?: string;
  readonly label?: string;
}

/** Options of {@linkcode readLines}. */
export interface ReadLinesOptions {
  /** Longest line in characters. Default: 2^26, so that a file without lines cannot fill the memory. */
  readonly maxLength?: number;
}

const MAX_LINE = 1 << 26;
const HINT = 'Write a line as {"prompt": "…"} or as a JSON string';

/** A line of a JSONL file with all that stands in it. */
export interface JsonlRecord extends JsonlPrompt {
  /** The keys of the line; those of a bare string are none. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode parseJsonl}. */
export interface ParseJsonlOptions extends ColumnOptions {
  /** Lines to pass over. Default: 0. */
  readonly from?: number;
}

/**
 * Streams the prompts in lines of JSON, `{"prompt": …, "id"?: …, "label"?: …}` or a bare JSON string
 * each; blank lines are skipped.
 *
 * @param file For messages.
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a line that is neither and for a
 * prompt above 2^20 characters.
 */
export async function* parseJsonl(
  lines: AsyncIterable<string>,
  file: string,
  { from = 0, promptColumn = "prompt", labelColumn = "label" }: ParseJsonlOptions = {},
): AsyncGenerator<JsonlRecord> {
  const keys: Keys = { prompt: promptColumn, label: labelColumn };
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line > from && text.trim() !== "") yield parseLine(text, { file, line }, keys);
  }
}

/**
 * Streams lines without their ends; `-` is standard input.
 *
 * @throws {MicroLmError} As reading does, and kind `data` for a line longer than any prompt can be.
 *
 * @example
 * ```ts
 * import { readLines } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = await Array.fromAsync(readLines("fixtures/defi/defi_mapper_labeled_mini.csv"));
 * assertEquals([lines.length, lines[0]], [361, "prompt,label"]);
 * ```
 */
export async function* readLines(
  path: string,
  options: ReadLinesOptions = {},
): AsyncGenerator<string> {
  yield* splitLines(readText(path), inputName(path), options);
}

/** Splits text into lines, as {@linkcode readLines} does; `file` is for messages. */
export async function* splitLines(
  chunks: AsyncIterable<string>,
  file: string,
  { maxLength = MAX_LINE }: ReadLinesOptions = {},
): AsyncGenerator<string> {
  let line = 1;
  let length = 0;
  const pieces: string[] = [];
  const take = (): string => {
    const text = pieces.join("");
    [line, length, pieces.length] = [line + 1, 0, 0];
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  };
  for await (const chunk of chunks) {
    for (const [i, part] of chunk.split("\n").entries()) {
      if (i > 0) yield take();
      pieces.push(part);
      length += part.length;
      if (length > maxLength) {
        throw new MicroLmError(
          "data",
          `Expected a line of at most ${maxLength} characters, found a longer one`,
          { at: { file, line, column: 1 }, hint: "No prompt is that long: is a line end missing?" },
        );
      }
    }
  }
  if (length > 0) yield take();
}

interface Place {
  readonly file: string;
  readonly line: number;
}

interface Keys {
  readonly prompt: string;
  readonly label: string;
}

function parseLine(text: string, at: Place, keys: Keys): JsonlRecord {
  const value = parseValue(text, at);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const fields = (isObject ? value : {}) as Record<string, unknown>;
  const prompt = isObject ? fields[keys.prompt] : value;
  if (typeof prompt !== "string") {
    throw refuse(`a "${keys.prompt}" text, found ${excerpt(value)}`, { ...at, column: 1 });
  }
  if (prompt.length > MAX_FIELD) {
    throw refuse(`a prompt of at most ${MAX_FIELD} characters, found ${prompt.length}`, {
      ...at,
      column: 1,
    });
  }
  const numbers = exactNumbers(text);
  const id = readName(fields["id"] ?? undefined, numbers["id"], "id", at);
  const label = readName(fields[keys.label] ?? undefined, numbers[keys.label], keys.label, at);
  return {
    line: at.line,
    prompt,
    ...(id !== undefined && { id }),
    ...(label !== undefined && { label }),
    fields,
  };
}

function parseValue(text: string, at: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const fault = findJsonFault(text);
    const found = fault < text.length ? excerpt(text.slice(fault)) : "the end of the line";
    throw refuse(`JSON, found ${found}`, { ...at, column: fault + 1 }, cause);
  }
}

/** Numbers of sixteen digits and more, which lose their last ones in a double. */
const LONG_NUMBER = /\d{16}/;

/**
 * The digits of whole numbers that a double does not hold, by key of the outermost object; parsed anew,
 * because only few lines have any.
 */
function exactNumbers(text: string): Readonly<Record<string, string>> {
  if (!LONG_NUMBER.test(text)) return {};
  const digits = new Map<object, Record<string, string>>();
  const root: unknown = JSON.parse(
    text,
    function (this: object, key: string, value: unknown, context?: { readonly source?: string }) {
      const source = context?.source;
      if (typeof value !== "number" || Number.isSafeInteger(value) || !source) return value;
      if (!/^-?\d+$/.test(source)) return value;
      digits.set(this, { ...digits.get(this), [key]: source });
      return value;
    },
  );
  return digits.get(root as object) ?? {};
}

function readName(
  value: unknown,
  digits: string | undefined,
  key: string,
  at: Place,
): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number") return digits ?? String(value);
  throw refuse(`"${key}" to be a text, found ${excerpt(value)}`, { ...at, column: 1 });
}

function refuse(expected: string, at: SourceLocation, cause?: unknown): MicroLmError {
  return new MicroLmError("data", `Expected ${expected}`, { at, hint: HINT, cause });
}

function excerpt(value: unknown): string {
  return shorten(typeof value === "string" ? value : JSON.stringify(value));
}
