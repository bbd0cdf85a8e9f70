import { MicroLmError, type SourceLocation } from "../errors.ts";
import { checkSize, type FileCheck, inputName, readChunks, readWholeBytes } from "../input_file.ts";
import { type Encoding, findEncoding, nameBinary } from "./text_encoding.ts";

/** Bytes that are looked at to tell encoding and line ends. */
const HEAD_BYTES = 1 << 16;

/**
 * Streams a file's text, or standard input for `-`. Byte-order marks at the start are dropped, UTF-16
 * is read where one says so, and lines that end with a carriage return alone get line feeds.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if it cannot be read or is no file, `data` (with
 * line and column) if it is no text.
 */
export async function* readText(path: string): AsyncGenerator<string> {
  yield* decodeText(readChunks(path), inputName(path));
}

/**
 * Reads a file's text as a whole.
 *
 * @throws {MicroLmError} As {@linkcode readText}; kind `data` for more than `most` bytes, by default 2^28.
 */
export async function readWholeText(path: string, most?: number): Promise<string> {
  await checkSize(path, most);
  return (await Array.fromAsync(readText(path))).join("");
}

/**
 * Reads a file's text as a whole, once its bytes have passed a check: what is checked is what is read.
 *
 * @throws {MicroLmError} As {@linkcode readWholeText}; what the check throws.
 */
export async function readCheckedText(
  path: string,
  check: FileCheck | undefined,
): Promise<string> {
  if (!check) return await readWholeText(path);
  const bytes = await readWholeBytes(path);
  await check(path, bytes);
  return await decodeWhole(bytes, path);
}

/**
 * Decodes the bytes of a whole file as {@linkcode readText} does.
 *
 * @throws {MicroLmError} Kind `data`, with line and column, if they are no text.
 */
export async function decodeWhole(bytes: Uint8Array, name: string): Promise<string> {
  return (await Array.fromAsync(decodeText(once(bytes), name))).join("");
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

/**
 * Decodes bytes as {@linkcode readText} does.
 *
 * @param name What messages call the source.
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
  const position = new TextPosition(name);
  let decode: Decode | undefined;
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = concat(rest, chunk);
    if (!decode && bytes.length < HEAD_BYTES && !chunk.includes(LINE_FEED)) {
      rest = bytes;
      continue;
    }
    decode ??= chooseDecoder(bytes, position);
    const { text, used } = decode(bytes, false);
    rest = bytes.slice(used);
    if (text !== "") yield text;
  }
  decode ??= chooseDecoder(rest, position);
  const { text } = decode(rest, true);
  if (text !== "") yield text;
}

const LINE_FEED = 10;

/** Decodes as many of the bytes as make whole characters. */
type Decode = (
  bytes: Uint8Array,
  isEnd: boolean,
) => { readonly text: string; readonly used: number };

function chooseDecoder(head: Uint8Array, position: TextPosition): Decode {
  const binary = nameBinary(head);
  if (binary) throw notText(position.after(""), binary.found, binary.hint);
  const encoding = findEncoding(head);
  const whole = head.subarray(0, head.length - encoding.cutOff(head));
  const start = decodeBytes(whole, encoding, position);
  const hasLoneReturns = /\r[^\n]/.test(start) && !start.includes("\n");
  return (bytes, isEnd) => {
    const used = isEnd ? bytes.length : bytes.length - encoding.cutOff(bytes);
    const text = decodeBytes(bytes.subarray(0, used), encoding, position);
    const lines = hasLoneReturns ? text.replace(/\r(?!\n)/g, "\n") : text;
    return { text: position.advance(lines), used };
  };
}

/** Keeps count of where the next character of a text stands. */
class TextPosition {
  readonly #file: string;
  #line = 1;
  #column = 1;
  #started = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Where the character after `text` stands. */
  after(text: string): SourceLocation {
    const shown = this.#withoutMark(text);
    const last = shown.lastIndexOf("\n");
    let line = this.#line;
    for (let at = shown.indexOf("\n"); at >= 0; at = shown.indexOf("\n", at + 1)) line++;
    const column = last < 0 ? this.#column + shown.length : shown.length - last;
    return { file: this.#file, line, column };
  }

  /** Goes past `text` and returns it without the byte-order marks that a file may begin with. */
  advance(text: string): string {
    const { line, column } = this.after(text);
    const shown = this.#withoutMark(text);
    this.#started ||= text !== "";
    [this.#line, this.#column] = [line!, column!];
    return shown;
  }

  #withoutMark(text: string): string {
    return this.#started ? text : text.replace(/^\uFEFF+/, "");
  }
}

function decodeBytes(bytes: Uint8Array, encoding: Encoding, position: TextPosition): string {
  let text: string;
  try {
    text = new TextDecoder(encoding.label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const at = position.after(validPrefix(bytes, encoding));
    throw notText(at, `bytes that are not ${encoding.name}`, encoding.hint(bytes), cause);
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) throw notText(position.after(text.slice(0, nul)), "a NUL character");
  return text;
}

/** The text before the first byte that is no text, found by bisection. */
function validPrefix(bytes: Uint8Array, { label }: Encoding): string {
  let text = "";
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
      text = decoder.decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return text;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function notText(
  at: SourceLocation,
  found: string,
  hint = "The file looks binary; save it as UTF-8 text",
  cause?: unknown,
): MicroLmError {
  return new MicroLmError("data", `Expected text, found ${found}`, { at, hint, cause });
}
