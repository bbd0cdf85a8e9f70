import { MicroLmError, type SourceLocation } from "./errors.ts";
import { explainIoError } from "./io_error.ts";

/** The name under which `-` appears in messages. */
export const STDIN_NAME = "standard input";

/**
 * Streams a file's text, or standard input for `-`. A leading byte-order mark is dropped.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if it cannot be read, `data` (with line and
 * column) if it is no UTF-8 text.
 */
export async function* readText(path: string): AsyncGenerator<string> {
  const name = path === "-" ? STDIN_NAME : path;
  const position = new TextPosition(name);
  let tail = new Uint8Array(0);
  try {
    const stream = path === "-" ? Deno.stdin.readable : (await Deno.open(path)).readable;
    for await (const chunk of stream) {
      const bytes = concat(tail, chunk);
      const end = bytes.length - cutOffBytes(bytes);
      tail = bytes.slice(end);
      if (end > 0) yield decode(bytes.subarray(0, end), position);
    }
    if (tail.length > 0) decode(tail, position);
  } catch (error) {
    throw explainIoError(error, name, "read");
  }
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
    const last = text.lastIndexOf("\n");
    let line = this.#line;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) line++;
    const column = last < 0 ? this.#column + text.length : text.length - last;
    return { file: this.#file, line, column };
  }

  /** Goes past `text` and returns it without the byte-order mark that a file may begin with. */
  advance(text: string): string {
    const shown = !this.#started && text.startsWith("\uFEFF") ? text.slice(1) : text;
    this.#started = true;
    const { line, column } = this.after(shown);
    [this.#line, this.#column] = [line!, column!];
    return shown;
  }
}

function decode(bytes: Uint8Array, position: TextPosition): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notText(position.after(validPrefix(bytes)), "bytes that are not UTF-8", cause);
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) throw notText(position.after(text.slice(0, nul)), "a NUL character");
  return position.advance(text);
}

/** Number of bytes at the end that begin a character which the next chunk completes. */
function cutOffBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** The text before the first byte that is not UTF-8, found by bisection. */
function validPrefix(bytes: Uint8Array): string {
  let text = "";
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      text = decoder.decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return text;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function notText(at: SourceLocation, found: string, cause?: unknown): MicroLmError {
  return new MicroLmError("data", `Expected text, found ${found}`, {
    at,
    hint: "The file looks binary; save it as UTF-8 text",
    cause,
  });
}
