import { canonicalJson } from "./canonical_json.ts";
import { MicroLmError } from "./errors.ts";
import { sha256Hex } from "./hash.ts";
import type { FileCheck } from "./input_file.ts";
import { readCheckedText } from "./text/text_stream.ts";

/** The hash that a sealed value carries: of the canonical JSON of everything else in it. */
export function sealOf(body: object): string {
  return sha256Hex(canonicalJson(body));
}

/** A file of canonical JSON with its hash: equal bodies give equal bytes. */
export function seal(body: object): { readonly text: string; readonly sha256: string } {
  const sha256 = sealOf(body);
  return { text: `${canonicalJson({ ...body, sha256 })}\n`, sha256 };
}

/**
 * Parses the text of a sealed file, whose hash is still to be checked.
 *
 * @throws {Error} If it is no JSON, or of none of the schemas.
 */
export function parseSealed(
  text: string,
  ...schemas: readonly string[]
): Readonly<Record<string, unknown>> {
  let json: Readonly<Record<string, unknown>> | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(
      `it is no complete JSON (${text.length} characters): truncated or another format`,
    );
  }
  if (json && schemas.includes(json["schema"] as string)) return json;
  const expected = schemas.map((schema) => `"${schema}"`).join(" or ");
  throw new Error(
    `expected schema ${expected}, found ${JSON.stringify(json?.["schema"]) ?? "none"}`,
  );
}

/**
 * The body of a sealed value.
 *
 * @throws {Error} If it is not what was sealed.
 */
export function unseal<T extends object>(sealed: T): Omit<T, "sha256"> {
  const { sha256, ...body } = sealed as T & { readonly sha256?: unknown };
  if (sealOf(body) === sha256) return body;
  throw new Error("the content does not match its hash: the file was changed or damaged");
}

/**
 * Reads a sealed file.
 *
 * @param what Names the content in messages.
 * @param unpack Is given the content without its hash; throws an error that says what is wrong.
 * @param check Sees the bytes before anything in them is believed. Default: none.
 * @throws {MicroLmError} Kind `missing`, `permission` or `data`; what the check throws.
 */
export async function readSealed<T>(
  path: string,
  what: string,
  schema: string,
  unpack: (body: unknown) => T,
  check?: FileCheck,
): Promise<T> {
  const text = await readCheckedText(path, check);
  try {
    return unpack(unseal(parseSealed(text, schema)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Cannot load ${what} "${path}": ${reason}`, { cause });
  }
}

/** Refuses NaN and infinity. */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`${what} contain ${values[i]}`);
  }
}
