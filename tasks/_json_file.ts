import type { z } from "zod";
import { explainIoError, findJsonFault } from "../src/core/mod.ts";
import { MicroLmError } from "../mod.ts";

/**
 * Reads a file of JSON.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if it cannot be read, `data` with line and column if
 * it is no JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await Deno.readTextFile(path).catch((error: unknown) => {
    throw explainIoError(error, path, "read");
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const at = findJsonFault(text);
    const before = text.slice(0, at).split("\n");
    const position = { line: before.length, column: before.at(-1)!.length + 1 };
    const found = at >= text.length ? "its end" : JSON.stringify(text.slice(at, at + 10));
    throw new MicroLmError("data", `Expected JSON, found ${found}`, {
      at: { file: path, ...position },
      cause,
    });
  }
}

/**
 * Reads a file of JSON with a known form.
 *
 * @param hint What a right file looks like.
 * @throws {MicroLmError} As {@linkcode readJsonFile}; kind `data` with the path of the key if the form is
 * another.
 */
export async function readJsonAs<T>(path: string, schema: z.ZodType<T>, hint: string): Promise<T> {
  const parsed = schema.safeParse(await readJsonFile(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new MicroLmError("data", `${issue.message} at "${issue.path.join(".")}"`, {
    at: { file: path },
    hint,
  });
}
