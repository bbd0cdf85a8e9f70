import { MicroLmError } from "../errors.ts";
import { explainIoError } from "./io_error.ts";

/** The name under which `-` appears in messages. */
export const STDIN_NAME = "standard input";

/**
 * Streams a file's text, or standard input for `-`. A leading byte-order mark is dropped.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if it cannot be opened, `data` if it is no
 * UTF-8 text.
 */
export async function* readText(path: string): AsyncGenerator<string> {
  const name = path === "-" ? STDIN_NAME : path;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  const decode = (bytes?: Uint8Array): string => {
    let text: string;
    try {
      text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw notText(name, line, "bytes that are not UTF-8", cause);
    }
    if (text.includes("\0")) throw notText(name, line, "a NUL character");
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) line++;
    return text;
  };
  try {
    const stream = path === "-" ? Deno.stdin.readable : (await Deno.open(path)).readable;
    for await (const bytes of stream) yield decode(bytes);
    const rest = decode();
    if (rest !== "") yield rest;
  } catch (error) {
    throw explainIoError(error, name, "read");
  }
}

function notText(file: string, line: number, found: string, cause?: unknown): MicroLmError {
  return new MicroLmError("data", `Expected text, found ${found}`, {
    at: { file, line },
    hint: "The file looks binary; save it as UTF-8 text",
    cause,
  });
}
