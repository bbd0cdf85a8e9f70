import { MicroLmError } from "../core/errors.ts";
import { findJsonFault } from "../core/json_fault.ts";
import { shorten } from "../core/shorten.ts";
import { readText, STDIN_NAME } from "../core/text_stream.ts";

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

/**
 * Streams prompts from a JSONL file, `{"prompt": …, "id"?: …, "label"?: …}` or a bare JSON string a
 * line; `-` is standard input. Blank lines are skipped.
 *
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a line that is neither.
 *
 * @example
 * ```ts
 * import { readJsonl } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * for await (const { line, prompt } of readJsonl("fixtures/defi/defi_mapper_5k_prompts.jsonl")) {
 *   assertEquals([line, typeof prompt], [1, "string"]);
 *   break;
 * }
 * ```
 */
export async function* readJsonl(path: string): AsyncGenerator<JsonlPrompt> {
  const file = path === "-" ? STDIN_NAME : path;
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    if (text.trim() !== "") yield { line, ...parseLine(text, file, line) };
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
  for await (const chunk of readText(path)) {
    const parts = chunk.split("\n");
    for (const [i, part] of parts.entries()) {
      if (i > 0) yield take();
      pieces.push(part);
      length += part.length;
    }
    if (length > maxLength) {
      throw new MicroLmError(
        "data",
        `Expected a line of at most ${maxLength} characters, found a longer one`,
        { at: { file: path === "-" ? STDIN_NAME : path, line, column: 1 } },
      );
    }
  }
  if (length > 0) yield take();
}

function parseLine(text: string, file: string, line: number): Omit<JsonlPrompt, "line"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const fault = findJsonFault(text);
    const found = fault < text.length ? excerpt(text.slice(fault)) : "the end of the line";
    throw new MicroLmError("data", `Expected JSON, found ${found}`, {
      at: { file, line, column: fault + 1 },
      hint: HINT,
      cause,
    });
  }
  if (typeof value === "string") return { prompt: value };
  const record = value as Record<string, unknown> | null;
  if (typeof record !== "object" || record === null || typeof record["prompt"] !== "string") {
    throw new MicroLmError("data", `Expected a "prompt" text, found ${excerpt(value)}`, {
      at: { file, line, column: 1 },
      hint: HINT,
    });
  }
  return {
    prompt: record["prompt"],
    ...optional(record, "id", { file, line }),
    ...optional(record, "label", { file, line }),
  };
}

function optional(
  record: Readonly<Record<string, unknown>>,
  key: "id" | "label",
  at: { readonly file: string; readonly line: number },
): { id?: string; label?: string } {
  const value = record[key];
  if (value === undefined || value === null) return {};
  if (typeof value === "string" || typeof value === "number") return { [key]: String(value) };
  throw new MicroLmError("data", `Expected "${key}" to be a text, found ${excerpt(value)}`, {
    at: { ...at, column: 1 },
  });
}

function excerpt(value: unknown): string {
  return shorten(typeof value === "string" ? value : JSON.stringify(value));
}
