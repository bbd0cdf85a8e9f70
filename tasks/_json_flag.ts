import { findJsonFault, findRepeatedName } from "../src/core/text/json_fault.ts";
import { readJsonFile } from "../src/core/text/json_text.ts";
import { MicroLmError } from "../src/core/errors.ts";

/**
 * Reads a flag that takes JSON, or `@` and the path of a file with JSON.
 *
 * @throws {MicroLmError} Kind `usage` where the flag itself is no JSON, with the place; what reading the
 * file throws.
 */
export async function readJsonFlag(name: string, value: string | undefined): Promise<unknown> {
  if (value === undefined) return undefined;
  if (value.startsWith("@")) return await readJsonFile(value.slice(1));
  try {
    const json = JSON.parse(value);
    const twice = findRepeatedName(value);
    if (!twice) return json;
    throw new MicroLmError("usage", `Flag "--${name}" has "${twice.name}" twice`, {
      hint: "Leave one of them out: nobody could tell which one counts",
    });
  } catch (cause) {
    if (cause instanceof MicroLmError) throw cause;
    const at = findJsonFault(value);
    const found = at >= value.length ? "its end" : JSON.stringify(value.slice(at, at + 10));
    throw new MicroLmError("usage", `Flag "--${name}" takes JSON, found ${found} at ${at + 1}`, {
      hint: `For example --${name} '{"key": 1}', or --${name} @file.json`,
      cause,
    });
  }
}
