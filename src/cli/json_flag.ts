import { explainIoError } from "../data/io_error.ts";
import { findJsonFault } from "../data/json_fault.ts";
import { MicroLmError } from "../errors.ts";

/**
 * Reads a flag that takes JSON, or `@` and the path of a file with JSON.
 *
 * @throws {MicroLmError} Kind `usage` where the flag itself is no JSON, with the place; `missing` or
 * `permission` for a file that cannot be read, `data` for one that is no JSON.
 */
export async function readJsonFlag(name: string, value: string | undefined): Promise<unknown> {
  if (value === undefined) return undefined;
  const path = value.startsWith("@") ? value.slice(1) : undefined;
  const text = path === undefined
    ? value
    : await Deno.readTextFile(path).catch((error: unknown) => {
      throw explainIoError(error, path, "read");
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const at = findJsonFault(text);
    const found = at >= text.length ? "its end" : JSON.stringify(text.slice(at, at + 10));
    if (path === undefined) {
      throw new MicroLmError("usage", `Flag "--${name}" takes JSON, found ${found} at ${at + 1}`, {
        hint: `For example --${name} '{"key": 1}', or --${name} @file.json`,
        cause,
      });
    }
    const before = text.slice(0, at).split("\n");
    throw new MicroLmError("data", `Expected JSON, found ${found}`, {
      at: { file: path, line: before.length, column: before.at(-1)!.length + 1 },
      cause,
    });
  }
}
