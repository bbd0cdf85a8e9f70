import { MicroLmError } from "./errors.ts";
import { explainIoError } from "./io_error.ts";

/** The name under which `-` appears in messages. */
const STDIN_NAME = "standard input";

/** Bytes that a file may have which is read as a whole: more than any mapper, less than memory. */
const MOST_BYTES = 1 << 28;

/** Bytes that are read at a time. */
const CHUNK_BYTES = 1 << 16;

/** Checks the bytes of a file that decides something, before anything in them is believed. */
export type FileCheck = (path: string, bytes: Uint8Array) => Promise<void>;

/** What messages call an input. */
export function inputName(path: string): string {
  return path === "-" ? STDIN_NAME : path;
}

/**
 * Opens a file for reading. What is no file is refused before it is opened: a pipe without a writer
 * waits for ever, a device has no end.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `missing` for a folder, pipe, socket or device.
 */
async function openInput(path: string): Promise<Deno.FsFile> {
  try {
    refuseOther(path, await Deno.stat(path));
    return await Deno.open(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}

/**
 * Streams the bytes of a file, or of standard input for `-`.
 *
 * @param size Bytes to stop after. Default: all.
 * @throws {MicroLmError} As {@linkcode openInput}; kind `data` for a file that something writes to while all
 * of it is read.
 */
export async function* readChunks(path: string, size = Infinity): AsyncGenerator<Uint8Array> {
  const stream = path === "-" ? Deno.stdin.readable : unchanged(path, await openInput(path));
  let left = size;
  try {
    for await (const chunk of stream) {
      yield chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= chunk.length;
      if (left <= 0) return;
    }
  } catch (error) {
    throw explainIoError(error, inputName(path), "read");
  }
}

/** The bytes of a file that stays as it is: else the first half may be of one text, the rest of another. */
async function* unchanged(path: string, file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  using opened = file;
  const before = await opened.stat();
  let bytes = 0;
  // A file that grows as fast as it is read has no end
  while (bytes <= before.size) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await opened.read(chunk);
    if (length === null) break;
    bytes += length;
    yield chunk.subarray(0, length);
  }
  const { size, mtime } = await opened.stat();
  const isSame = size === before.size && mtime?.getTime() === before.mtime?.getTime();
  if (isSame && bytes <= size) return;
  throw new MicroLmError("data", "Expected a file that stays as it is, found it changed", {
    at: { file: path },
    hint: "Something wrote to it while it was read: begin again once it is done",
  });
}

/**
 * Refuses a file that is too large to be read as a whole.
 *
 * @throws {MicroLmError} Kind `data`; as {@linkcode openInput} if it is no file.
 */
export async function checkSize(path: string, most = MOST_BYTES): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
    refuseOther(path, info);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
  if (info.size <= most) return;
  throw new MicroLmError("data", `Expected at most ${most} bytes, found ${info.size}`, {
    at: { file: path },
  });
}

/**
 * Reads a file's bytes as a whole.
 *
 * @throws {MicroLmError} As {@linkcode checkSize}.
 */
export async function readWholeBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    await checkSize(path);
    return await Deno.readFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}

function refuseOther(path: string, info: Deno.FileInfo): void {
  if (info.isFile) return;
  throw new MicroLmError("missing", `Cannot read "${path}": it is ${kindOf(info)}, not a file`, {
    hint: info.isDirectory
      ? "Name a file inside it"
      : "Give what it holds on standard input where the task takes -, or save it as a file",
  });
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a pipe";
  if (info.isSocket) return "a socket";
  return "a device";
}
