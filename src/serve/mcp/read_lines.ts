import { Buffer } from "node:buffer";

/** A line without its end; of one beyond the limit only the length is known. */
export interface Line {
  readonly bytes: Uint8Array | null;
  readonly length: number;
}

const NEWLINE = 10;

/**
 * The lines of a stream, blank ones left out. No more than the limit is kept of a line: what is longer is
 * passed over up to its end.
 */
export async function* readLines(
  input: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const add = (piece: Uint8Array) => {
    length += piece.length;
    if (length > maxBytes) pieces = [];
    else pieces.push(piece);
  };
  const take = (): Line => {
    const line = { bytes: length > maxBytes ? null : Buffer.concat(pieces), length };
    [pieces, length] = [[], 0];
    return line;
  };
  for await (const bytes of input) {
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      add(bytes.subarray(from, to));
      from = to + 1;
      const line = take();
      if (!isBlank(line)) yield line;
    }
    if (from < bytes.length) add(bytes.subarray(from));
  }
  const last = take();
  if (!isBlank(last)) yield last;
}

function isBlank({ bytes }: Line): boolean {
  return bytes !== null && bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
