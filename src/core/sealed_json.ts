import { isAscii, isUtf8 } from "node:buffer";
import { canonicalJson } from "./canonical_json.ts";
import { MicroLmError } from "./errors.ts";
import { sha256Hex } from "./hash.ts";
import { type FileCheck, readWholeBytes } from "./input_file.ts";
import { decodeWhole } from "./text/text_stream.ts";

/** The hash that a sealed value carries: of the canonical JSON of everything else in it. */
export function sealOf(body: object): string {
  return sha256Hex(canonicalJson(body));
}

/** A file of canonical JSON with its hash: equal bodies give equal bytes. */
export function seal(body: object): { readonly text: string; readonly sha256: string } {
  const sha256 = sealOf(body);
  return { text: `${canonicalJson({ ...body, sha256 })}\n`, sha256 };
}

/** What stands in a sealed file. */
export interface Sealed {
  /** All but the hash. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The hash: of the canonical JSON of the body. */
  readonly sha256: string;
  /** The hash that the body would have without one of its keys. */
  sealWithout(key: string): string;
}

/**
 * Opens the bytes of a sealed file.
 *
 * A file as {@linkcode seal} writes it is canonical, so that its own bytes are hashed; the canonical text
 * of any other is made first, which takes several times as long.
 *
 * @throws {Error} If it is no JSON in UTF-8, of none of the schemas, or not what was sealed.
 */
export function openSealed(bytes: Uint8Array<ArrayBuffer>, ...schemas: readonly string[]): Sealed {
  // Each byte a character: one half of the memory, and places in it are those of the bytes.
  const raw = latin1(bytes);
  const text = isAscii(bytes) ? raw : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const sealed = parseSealed(text, schemas);
  const { sha256, ...body } = sealed;
  const mark = isCanonical(raw, sealed) ? findKey(raw, "sha256", sha256) : undefined;
  const hashOf = (gaps: readonly Gap[]) => hashWithout(bytes.subarray(0, -1), gaps);
  if (
    typeof sha256 !== "string" ||
    (mark === undefined || hashOf([mark]) !== sha256) && sealOf(body) !== sha256
  ) throw new Error("the content does not match its hash: the file was changed or damaged");
  return {
    body,
    sha256,
    sealWithout: (key) => {
      const { [key]: value, ...rest } = body;
      const gap = mark && findKey(raw, key, value);
      if (!gap || (gap.from <= mark.to && mark.from <= gap.to)) return sealOf(rest);
      return hashOf(gap.from < mark.from ? [gap, mark] : [mark, gap]);
    },
  };
}

function parseSealed(
  text: string,
  schemas: readonly string[],
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

function latin1(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** JSON of a string or literal, each byte of its UTF-8 a character. */
function rawJson(value: unknown): string {
  const json = JSON.stringify(value);
  return /[\u0080-\uffff]/.test(json) ? latin1(new TextEncoder().encode(json)) : json;
}

/** Whether a text, up to its line break, is the canonical JSON of what was read from it. */
function isCanonical(raw: string, value: unknown): boolean {
  return endOfCanonical(raw, 0, value) === raw.length - 1 && raw.endsWith("\n");
}

/** From this length on a slice, which is compared as a block, is faster than to go character by character. */
const LONG = 64;

/**
 * Where the JSON of a string ends that begins at some place of a text; −1 if it does not. First it is compared
 * as it stands: whatever is escaped is longer than what it stands for, and to write it takes many times as long.
 */
function endOfString(raw: string, at: number, value: string): number {
  const end = at + value.length + 1;
  const isPlain = raw[at] === '"' && raw[end] === '"' &&
    (value.length < LONG ? raw.startsWith(value, at + 1) : raw.slice(at + 1, end) === value);
  if (isPlain) return end + 1;
  const part = rawJson(value);
  return raw.startsWith(part, at) ? at + part.length : -1;
}

/** Where the canonical JSON of a value ends that begins at some place of a text; −1 if it does not. */
function endOfCanonical(raw: string, at: number, value: unknown): number {
  if (typeof value === "string") return endOfString(raw, at, value);
  if (typeof value !== "object" || value === null) {
    const part = String(value);
    return raw.startsWith(part, at) ? at + part.length : -1;
  }
  const isArray = Array.isArray(value);
  const keys = Object.keys(value);
  let end = raw[at] === (isArray ? "[" : "{") ? at + 1 : -1;
  for (let i = 0; i < keys.length && end >= 0; i++) {
    const key = keys[i]!;
    if (i > 0 && raw[end++] !== ",") return -1;
    if (!isArray) {
      // Of an object, whole numbers come first whoever wrote it.
      if (i > 0 && keys[i - 1]! > key && !/^\d+$/.test(keys[i - 1]!)) return -1;
      end = endOfString(raw, end, key);
      if (end < 0 || raw[end++] !== ":") return -1;
    }
    end = endOfCanonical(raw, end, (value as Record<string, unknown>)[key]);
  }
  return end >= 0 && raw[end] === (isArray ? "]" : "}") ? end + 1 : -1;
}

/** A stretch of bytes. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Where a key of canonical JSON stands, with its value and a comma; undefined if that cannot be said. */
function findKey(raw: string, key: string, value: unknown): Gap | undefined {
  if (value === undefined) return undefined;
  // Within a string a quote has a backslash before it, so this is a key with its value.
  const part = `${rawJson(key)}:${latin1(new TextEncoder().encode(canonicalJson(value)))}`;
  const from = raw.indexOf(part);
  if (from < 0 || from !== raw.lastIndexOf(part)) return undefined;
  const to = from + part.length;
  return raw[from - 1] === ","
    ? { from: from - 1, to }
    : { from, to: raw[to] === "," ? to + 1 : to };
}

/** Hash of bytes without some gaps, in order. */
function hashWithout(bytes: Uint8Array, gaps: readonly Gap[]): string {
  const ends = [...gaps.map(({ from }) => from), bytes.length];
  return sha256Hex(...ends.map((end, i) => bytes.subarray(gaps[i - 1]?.to ?? 0, end)));
}

/**
 * Reads a sealed file.
 *
 * @param what Names the content in messages.
 * @param unpack Is given the content without its hash, and that; throws an error that says what is wrong.
 * @param check Sees the bytes before anything in them is believed. Default: none.
 * @throws {MicroLmError} Kind `missing`, `permission` or `data`; what the check throws.
 */
export async function readSealed<T>(
  path: string,
  what: string,
  schema: string,
  unpack: (body: unknown, sha256: string) => T,
  check?: FileCheck,
): Promise<T> {
  const bytes = await readWholeBytes(path);
  await check?.(path, bytes);
  const text = isPlain(bytes) ? bytes : new TextEncoder().encode(await decodeWhole(bytes, path));
  try {
    const { body, sha256 } = openSealed(text, schema);
    return unpack(body, sha256);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Cannot load ${what} "${path}": ${reason}`, { cause });
  }
}

/** Whether bytes are UTF-8 without a mark in front, as {@linkcode seal} writes it. */
function isPlain(bytes: Uint8Array): boolean {
  return bytes[0] === "{".charCodeAt(0) && isUtf8(bytes);
}

/** Refuses NaN and infinity. */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`${what} contain ${values[i]}`);
  }
}
