import { inputName, readChunks } from "../../core/input_file.ts";
import { MicroLmError } from "../../core/errors.ts";

/** A line as bytes, without its end. */
export interface ByteLine {
  readonly bytes: Uint8Array;
  /** False for what follows the last end of a line. */
  readonly isWhole: boolean;
}

/** Options of {@linkcode readByteLines}. */
export interface ReadByteLinesOptions {
  /** Bytes of the file to look at. Default: all. */
  readonly size?: number;
  /** Lines at the start to pass over. Default: 0. */
  readonly skip?: number;
}

/** A file without lines cannot fill the memory. */
const MAX_LINE = 1 << 26;
const NEWLINE = 10;

/**
 * Streams the lines of a file, byte for byte; `-` is standard input.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data` for a line above 64 MiB.
 */
export async function* readByteLines(
  path: string,
  { size = Infinity, skip = 0 }: ReadByteLinesOptions = {},
): AsyncGenerator<ByteLine> {
  let line = 1;
  let rest: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readChunks(path, size)) {
    let from = 0;
    for (let to = 0; (to = chunk.indexOf(NEWLINE, from)) >= 0; from = to + 1) {
      if (line > skip) yield { bytes: join(rest, chunk.subarray(from, to)), isWhole: true };
      [line, length] = [line + 1, 0];
      if (rest.length > 0) rest = [];
    }
    if (line > skip && from < chunk.length) rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE) {
      throw new MicroLmError(
        "data",
        `Expected a line of at most ${MAX_LINE} bytes, found a longer one`,
        { at: { file: inputName(path), line, column: 1 } },
      );
    }
  }
  if (rest.length > 0) yield { bytes: join(rest), isWhole: false };
}

/** Writes all bytes at the file's position. */
export function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function join(rest: readonly Uint8Array[], last?: Uint8Array): Uint8Array {
  const parts = last ? [...rest, last] : rest;
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
