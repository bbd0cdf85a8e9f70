import { createHash } from "node:crypto";
import { inputName, readChunks } from "../../core/input_file.ts";
import { decodeText } from "../../core/text/text_stream.ts";
import { MicroLmError } from "../../core/errors.ts";
import { type PromptRecord, type ReadOptions, readRecords } from "../../data/records.ts";

/**
 * A prompt of a bulk run. Its line is the row's id; its fields are what a run may take from a line:
 * `policy`, `context`, `grid`, `pairs`.
 */
export interface BulkRow extends PromptRecord {
  /** Name of the input, for messages. */
  readonly file: string;
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

/**
 * Counts and hashes a file.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data`, with line and column, if it is no text.
 */
export async function surveyInput(path: string): Promise<InputFacts> {
  const hash = createHash("sha256");
  let lines = 0;
  let bytes = 0;
  let isEnded = true;
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of readChunks(path)) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  for await (const text of decodeText(hashed(), inputName(path))) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
    isEnded = text.endsWith("\n");
  }
  return { lines: isEnded ? lines : lines + 1, bytes, sha256: hash.digest("hex") };
}

/** Size and hash of a file of any content. */
export async function hashFile(path: string): Promise<Omit<InputFacts, "lines">> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of readChunks(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Refuses a file that is no longer what it was when the work began: some rows would be those of another
 * text.
 *
 * @throws {MicroLmError} Kind `data`.
 */
export async function refuseChange(path: string, before: InputFacts): Promise<void> {
  const now = await hashFile(path);
  if (now.sha256 === before.sha256) return;
  throw new MicroLmError(
    "data",
    `Expected the ${before.bytes} bytes that the run began with, found ${now.bytes} others`,
    {
      at: { file: path },
      hint: "The file was changed during the run: map it again from the start",
    },
  );
}

/**
 * Streams the prompts whose first line is in a range; blank lines of JSONL are none. `-` is standard input.
 *
 * @throws {MicroLmError} As {@linkcode readRecords}.
 */
export async function* readBulkRows(
  path: string,
  range: LineRange,
  options: ReadOptions = {},
): AsyncGenerator<BulkRow> {
  const file = inputName(path);
  if (range.to <= range.from) return;
  for await (const record of readRecords(path, { ...options, ...range })) yield { file, ...record };
}
