import { closest, distance } from "fastest-levenshtein";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError, type SourceLocation } from "../../core/errors.ts";

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
  const lines = new LineCounter();
  const text = await readText(path);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line, column: col };
  };
  const [broken] = document.errors;
  if (broken) {
    throw new MicroLmError("data", `Expected YAML: ${broken.message}`, {
      at: at(broken.pos[0]),
      cause: broken,
    });
  }
  const locate = (keys: readonly PropertyKey[]): SourceLocation => {
    const offset = offsetOf(document, keys);
    return offset === undefined ? { file: path } : at(offset);
  };
  const parsed = schema.safeParse(toValue(document, path));
  if (parsed.success) return { path, value: parsed.data, locate };
  // A misspelt key first: that its right spelling is missing only follows from it.
  const issue = parsed.error.issues.find(({ code }) => code === "unrecognized_keys") ??
    parsed.error.issues[0]!;
  const keys = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  throw new MicroLmError("data", `${nameOf(keys)}: ${messageOf(issue)}`, {
    at: issue.code === "unrecognized_keys" ? at(keyOffset(document, keys)) : locate(keys),
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

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Expected YAML: ${reason}`, { at: { file }, cause });
  }
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return "unknown key";
  return issue.message.replace(/^Invalid input: /, "");
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "the document" : path.map(String).join(".");
}

/** Where a key itself stands: its value may begin on another line. */
function keyOffset(document: Document, path: readonly PropertyKey[]): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = isMap(parent) ? parent.items : [];
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] ?? 0 : 0;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
