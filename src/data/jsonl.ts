import { MicroLmError } from "../errors.ts";
import { readText, STDIN_NAME } from "./text_stream.ts";

/** A prompt as a JSONL file has it. */
export interface JsonlPrompt {
  readonly line: number;
  readonly prompt: string;
  readonly id?: string;
  readonly label?: string;
}

/**
 * Streams prompts from a JSONL file, `{"prompt": …, "id"?: …, "label"?: …}` or a bare JSON string a
 * line; `-` is standard input. Blank lines are skipped.
 *
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a line that is neither.
 *
 * @example
 * ```ts
 * import { readJsonl } from "micro-lm";
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

/** Streams lines without their ends. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const pieces: string[] = [];
  for await (const chunk of readText(path)) {
    const lines = chunk.split("\n");
    for (const piece of lines.slice(0, -1)) {
      pieces.push(piece);
      yield pieces.join("").replace(/\r$/, "");
      pieces.length = 0;
    }
    pieces.push(lines.at(-1)!);
  }
  const rest = pieces.join("");
  if (rest !== "") yield rest;
}

function parseLine(text: string, file: string, line: number): Omit<JsonlPrompt, "line"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const [, column] = /column (\d+)/.exec(String(cause)) ?? [];
    throw new MicroLmError("data", `Expected JSON, found ${excerpt(text)}`, {
      at: { file, line, column: column ? Number(column) : 1 },
      hint: 'Write a line as {"prompt": "…"} or as a JSON string',
      cause,
    });
  }
  if (typeof value === "string") return { prompt: value };
  const record = value as Record<string, unknown> | null;
  if (typeof record !== "object" || record === null || typeof record["prompt"] !== "string") {
    throw new MicroLmError("data", `Expected a "prompt" text, found ${excerpt(text)}`, {
      at: { file, line, column: 1 },
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
  throw new MicroLmError("data", `Expected "${key}" to be a text, found ${typeof value}`, { at });
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
