import { closest, distance } from "../../core/text/edits.ts";
import type { z } from "zod";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError, type SourceLocation } from "../../core/errors.ts";
import { parseYaml, yamlIssueText, yamlPathName } from "../../core/yaml_document.ts";

/** Larger files of a domain are refused unread, in bytes. */
const MAX_BYTES = 1 << 20;

/** A checked YAML file that still knows where everything stood. */
export interface DomainFile<T> {
  readonly path: string;
  readonly value: T;
  /** Where the value at a path of keys stands, or the nearest one around it. */
  locate(path: readonly PropertyKey[]): SourceLocation;
}

/**
 * Reads a YAML 1.2 file (JSON is YAML, too) and checks it against a schema. Nothing in it is executed.
 *
 * @throws {MicroLmError} Kind `missing`, or `data` with file, line and column of the first fault.
 */
export async function readDomainFile<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<DomainFile<T>> {
  const { value, locate, locateKey } = parseYaml(await readText(path), path);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { path, value: parsed.data, locate };
  // A misspelt key first: that its right spelling is missing only follows from it.
  const issue = parsed.error.issues.find(({ code }) => code === "unrecognized_keys") ??
    parsed.error.issues[0]!;
  const isUnknown = issue.code === "unrecognized_keys";
  const keys = isUnknown ? [...issue.path, issue.keys[0]!] : issue.path;
  const fault = isUnknown ? "unknown key" : yamlIssueText(issue);
  throw new MicroLmError("data", `${yamlPathName(keys)}: ${fault}`, {
    at: isUnknown ? locateKey(keys) : locate(keys),
    cause: parsed.error,
  });
}

/** The error for a name that is not declared, with the closest that is. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  at: SourceLocation,
): MicroLmError {
  const near = known.length > 0 ? closest(name, [...known]) : undefined;
  const meant = near !== undefined && distance(name, near) <= Math.max(2, name.length / 3);
  return new MicroLmError(
    "data",
    `Unknown ${what} "${name}"${meant ? `, did you mean "${near}"?` : ""}`,
    { at, hint: known.length > 0 ? `Known: ${known.join(", ")}` : `No ${what} is declared` },
  );
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await Deno.stat(path);
    if (size <= MAX_BYTES) {
      return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
    }
  } catch (error) {
    if (error instanceof TypeError) {
      throw new MicroLmError("data", "Expected UTF-8 text", { at: { file: path }, cause: error });
    }
    throw explainIoError(error, path, "read");
  }
  throw new MicroLmError("data", `Expected at most ${MAX_BYTES} bytes, found more`, {
    at: { file: path },
  });
}
