import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { readWholeText } from "../../core/text_stream.ts";

/** JSON in canonical order with the hash of everything else in it. */
export function seal(body: object): { readonly text: string; readonly sha256: string } {
  const sha256 = sha256Hex(canonicalJson(body));
  return { text: `${canonicalJson({ ...body, sha256 })}\n`, sha256 };
}

/**
 * Reads a sealed file.
 *
 * @param what Names the content in messages.
 * @param unpack Is given the content without its hash; throws an error that says what is wrong.
 * @throws {MicroLmError} Kind `missing`, `permission` or `data`.
 */
export async function readSealed<T>(
  path: string,
  what: string,
  schema: string,
  unpack: (body: unknown) => T,
): Promise<T> {
  const text = await readWholeText(path);
  try {
    return unpack(unseal(text, schema));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Cannot load ${what} "${path}": ${reason}`, { cause });
  }
}

/** Checks the hash of a sealed text and returns its content. */
function unseal(text: string, schema: string): unknown {
  let json: { schema?: unknown; sha256?: unknown } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error("it is no complete JSON: truncated or another format");
  }
  if (json?.schema !== schema) {
    throw new Error(
      `expected schema "${schema}", found ${JSON.stringify(json?.schema) ?? "none"}`,
    );
  }
  const { sha256, ...body } = json;
  if (sha256Hex(canonicalJson(body)) !== sha256) {
    throw new Error("the content does not match its hash: the file was changed or damaged");
  }
  return body;
}

/** Refuses NaN and infinity. */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`${what} contains ${values[i]}`);
  }
}
