import type { z } from "zod";
import { MicroLmError, type SourceLocation } from "../errors.ts";
import { findJsonFault, findRepeatedName } from "./json_fault.ts";
import type { FileCheck } from "../input_file.ts";
import { shorten } from "../shorten.ts";
import { readCheckedText } from "./text_stream.ts";

/** Options of {@linkcode parseJson}. */
export interface ParseJsonOptions {
  /** Where the text stands; a line says on which it begins. */
  readonly at: SourceLocation;
  /** What a right text looks like. */
  readonly hint?: string;
}

/**
 * Parses JSON; a byte-order mark in front is dropped.
 *
 * @throws {MicroLmError} Kind `data`, with line and column of the fault, also for a name that an object has
 * twice.
 */
export function parseJson(text: string, { at, hint }: ParseJsonOptions): unknown {
  const json = text.replace(/^\uFEFF+/, "");
  const fail = (message: string, fault: number, cause?: unknown) => {
    const before = json.slice(0, fault).split("\n");
    const line = (at.line ?? 1) + before.length - 1;
    return new MicroLmError("data", message, {
      at: { file: at.file, line, column: before.at(-1)!.length + 1 },
      cause,
      ...(hint !== undefined && { hint }),
    });
  };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const fault = findJsonFault(json);
    const found = fault < json.length ? JSON.stringify(shorten(json.slice(fault), 20)) : "its end";
    throw fail(`Expected JSON, found ${found}`, fault, cause);
  }
  const twice = findRepeatedName(json);
  if (twice) throw fail(`Expected each name once, found ${nameOf(twice)} again`, twice.at);
  return value;
}

/** A name as messages show it. */
export function nameOf({ name }: { readonly name: string }): string {
  return JSON.stringify(shorten(name, 40));
}

/**
 * Reads a file of JSON: the one reader of all of them, with a byte-order mark or without.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if it cannot be read or is no file; `data`, with
 * line and column, if it is no text or no JSON; what the check of its bytes throws.
 */
export async function readJsonFile(path: string, check?: FileCheck): Promise<unknown> {
  return parseJson(await readCheckedText(path, check), { at: { file: path } });
}

/**
 * Reads a file of JSON with a known form.
 *
 * @param hint What a right file looks like.
 * @throws {MicroLmError} As {@linkcode readJsonFile}; kind `data` with the path of the key if the form is
 * another.
 */
export async function readJsonAs<T>(
  path: string,
  schema: z.ZodType<T>,
  hint: string,
  check?: FileCheck,
): Promise<T> {
  const parsed = schema.safeParse(await readJsonFile(path, check));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new MicroLmError("data", `${issue.message} at "${issue.path.join(".")}"`, {
    at: { file: path },
    hint,
  });
}
