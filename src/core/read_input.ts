import { closest, distance } from "./text/edits.ts";
import type { z } from "zod";
import { MicroLmError } from "./errors.ts";

/** Where and why an input was refused, for messages. */
export interface Schema {
  /** `policy` or `context`. */
  readonly name: string;
  /** Paths of all keys that are known, such as `mapper.model_path`. */
  readonly keys: readonly string[];
  /** Keys of other systems, and what to say about them. */
  readonly renamed: Readonly<Record<string, string>>;
}

/** An input that is not of the expected shape, whatever it means. */
export class InputShapeError extends MicroLmError {}

/**
 * Reads an input by its schema.
 *
 * @throws {InputShapeError} Kind `usage`, naming the path, what was found and what was expected; for
 * an unknown key also the closest known one.
 */
export function readInput<T>(input: unknown, type: z.ZodType<T>, schema: Schema): T {
  refuseProto(input, schema);
  const parsed = type.safeParse(input);
  if (parsed.success) return parsed.data;
  throw describeFault(input, parsed.error.issues[0]!, schema);
}

/** What copies an object may take this key for something else than a key, or drop it without a word. */
function refuseProto(input: unknown, { name }: Schema): void {
  const found: [value: unknown, path: string][] = [[input, name]];
  for (const [value, path] of found) {
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) {
      throw new InputShapeError("usage", `Unknown key "${path}.__proto__"`);
    }
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === "object" && item !== null) found.push([item, `${path}.${key}`]);
    }
  }
}

function describeFault(input: unknown, issue: z.core.$ZodIssue, schema: Schema): InputShapeError {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return unknownKey(path, issue.keys[0]!, schema);
  const found = show(path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | null | undefined)?.[key],
    input,
  ));
  const where = [schema.name, ...path].join(".");
  return new InputShapeError("usage", `Expected ${where} to be ${issue.message}, got ${found}`);
}

function unknownKey(path: readonly string[], key: string, schema: Schema): InputShapeError {
  const full = [...path, key].join(".");
  const message = `Unknown key "${schema.name}.${full}"`;
  const renamed = Object.hasOwn(schema.renamed, full) ? schema.renamed[full] : undefined;
  if (renamed !== undefined) return new InputShapeError("usage", message, { hint: renamed });
  const known = schema.keys;
  // The same name elsewhere is what was meant more often than a similar one here
  const moved = known.find((name) => name.split(".").at(-1) === key);
  const near = moved ?? closest(full, [...known]);
  const meant = moved !== undefined || distance(full, near) <= Math.max(2, full.length / 3);
  return new InputShapeError("usage", meant ? `${message}, did you mean "${near}"?` : message, {
    hint: `Known: ${known.join(", ")}`,
  });
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
