import { createHash } from "node:crypto";
import { findJsonFault } from "../../core/json_fault.ts";
import { shorten } from "../../core/shorten.ts";
import { STDIN_NAME } from "../../core/text_stream.ts";
import { MicroLmError } from "../../core/errors.ts";
import { readByteLines, readChunks } from "./lines.ts";

/** A prompt of a bulk run. */
export interface BulkRow {
  /** Name of the input, for messages. */
  readonly file: string;
  /** Line in the input, from 1: the row's id. */
  readonly line: number;
  readonly prompt: string;
  readonly id?: string;
  /** The right label, if the input says it. */
  readonly label?: string;
  /** The whole line, for what a run may take from it: `policy`, `context`, `grid`, `pairs`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an input file is, found in one pass. */
export interface InputFacts {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Lines of an input: after `from`, up to and including `to`; from 1. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** One of several parts of an input, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Reads a shard as flags have it, `i/n`.
 *
 * @throws {MicroLmError} Kind `usage` for anything but whole numbers with 1 ≤ i ≤ n.
 *
 * @example
 * ```ts
 * import { parseShard } from "micro-lm/run";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseShard("2/8"), { index: 2, count: 8 });
 * assertThrows(() => parseShard("0/8"), Error, "Expected a shard from 1/8 to 8/8");
 * ```
 */
export function parseShard(text: string): Shard {
  const [, i = "", n = ""] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const index = Number(i);
  const count = Number(n);
  if (i !== "" && index >= 1 && index <= count) return { index, count };
  const range = count >= 1 ? `1/${count} to ${count}/${count}` : "1/N to N/N";
  throw new MicroLmError("usage", `Expected a shard from ${range}, got "${text}"`);
}

/** The lines of a shard: neighbours, so that the outputs of all shards in order are the whole. */
export function shardRange({ index, count }: Shard, lines: number): LineRange {
  const edge = (i: number) => Number((BigInt(lines) * BigInt(i)) / BigInt(count));
  return { from: edge(index - 1), to: edge(index) };
}

/** Counts and hashes a file. */
export async function surveyInput(path: string): Promise<InputFacts> {
  const hash = createHash("sha256");
  let lines = 0;
  let bytes = 0;
  let last = 10;
  for await (const chunk of readChunks(path)) {
    hash.update(chunk);
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    bytes += chunk.length;
    last = chunk.at(-1) ?? last;
  }
  return { lines: last === 10 ? lines : lines + 1, bytes, sha256: hash.digest("hex") };
}

/**
 * Streams the prompts of a range of lines of a JSONL file; blank lines are none. `-` is standard
 * input.
 *
 * @throws {MicroLmError} Kind `data`, naming file, line and column, for a line that is neither a
 * JSON string nor an object with a `prompt`.
 */
export async function* readBulkRows(path: string, range: LineRange): AsyncGenerator<BulkRow> {
  const file = path === "-" ? STDIN_NAME : path;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = range.from;
  if (range.to <= line) return;
  for await (const { bytes } of readByteLines(path, { skip: line })) {
    line++;
    const text = decode(decoder, bytes, { file, line });
    if (text.trim() !== "") yield readRow(text, { file, line });
    if (line >= range.to) return;
  }
}

interface Place {
  readonly file: string;
  readonly line: number;
}

const HINT = 'Write a line as {"prompt": "…"} or as a JSON string';

function decode(decoder: TextDecoder, bytes: Uint8Array, at: Place): string {
  try {
    const text = decoder.decode(bytes);
    return at.line === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
  } catch (cause) {
    throw new MicroLmError("data", "Expected text, found bytes that are not UTF-8", {
      at,
      hint: "The file looks binary; save it as UTF-8 text",
      cause,
    });
  }
}

function readRow(text: string, at: Place): BulkRow {
  const value = parse(text, at);
  const isObject = typeof value === "object" && value !== null;
  const fields = (isObject ? value : { prompt: value }) as Record<string, unknown>;
  const { prompt } = fields;
  if (typeof prompt !== "string") {
    throw refuse(`a "prompt" text, found ${excerpt(value)}`, { ...at, column: 1 });
  }
  const id = readName(fields, "id", at);
  const label = readName(fields, "label", at);
  return {
    ...at,
    prompt,
    ...(id !== undefined && { id }),
    ...(label !== undefined && { label }),
    fields,
  };
}

function parse(text: string, at: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const fault = findJsonFault(text);
    const found = fault < text.length ? excerpt(text.slice(fault)) : "the end of the line";
    throw refuse(`JSON, found ${found}`, { ...at, column: fault + 1 }, cause);
  }
}

function readName(
  fields: Readonly<Record<string, unknown>>,
  key: "id" | "label",
  at: Place,
): string | undefined {
  const value = fields[key] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw refuse(`"${key}" to be a text, found ${excerpt(value)}`, { ...at, column: 1 });
}

function refuse(
  expected: string,
  at: Place & { readonly column: number },
  cause?: unknown,
): MicroLmError {
  return new MicroLmError("data", `Expected ${expected}`, { at, hint: HINT, cause });
}

function excerpt(value: unknown): string {
  return shorten(typeof value === "string" ? value : JSON.stringify(value));
}
