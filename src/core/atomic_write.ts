import { dirname } from "node:path";
import { explainIoError } from "./io_error.ts";

/** What a file is to contain: as a whole, or piece by piece. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file as a whole or not at all: to a temporary name in the same folder, then renamed, so
 * that a killed run or a full disk leaves the old content. Missing folders are made. A link stays a
 * link, and what is no file, like `/dev/stdout`, is written to directly.
 *
 * @throws {MicroLmError} Kind `write` if the file cannot be written, `permission` if Deno forbids it.
 * Errors of an iterable pass through.
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "micro-lm/core";
 * import { assertEquals } from "@std/assert";
 *
 * await writeFileAtomic(".artifacts/example.txt", "hello");
 * assertEquals(await Deno.readTextFile(".artifacts/example.txt"), "hello");
 * await Deno.remove(".artifacts/example.txt");
 * ```
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const io = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw explainIoError(error, path, "write");
    }
  };
  const target = await io(() => resolveTarget(path));
  const temporary = target.isDevice ? undefined : `${target.path}.${crypto.randomUUID()}.tmp`;
  if (temporary) await io(() => Deno.mkdir(dirname(target.path), { recursive: true }));
  try {
    using file = await io(() =>
      Deno.open(temporary ?? target.path, { write: true, createNew: temporary !== undefined })
    );
    for await (const piece of pieces(content)) await io(() => writeAll(file, piece));
    if (temporary) await io(() => file.sync());
    if (temporary) await io(() => Deno.rename(temporary, target.path));
  } catch (error) {
    if (temporary) await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Where the content goes: renaming over a link or a device would replace it by a file. */
async function resolveTarget(path: string): Promise<{ path: string; isDevice: boolean }> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isFile) return { path: await Deno.realPath(path), isDevice: false };
    return { path, isDevice: !isDirectory };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { path, isDevice: false };
    throw error;
  }
}

async function* pieces(content: FileContent): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const whole = typeof content === "string" || content instanceof Uint8Array;
  for await (const piece of whole ? [content] : content) {
    yield typeof piece === "string" ? encoder.encode(piece) : piece;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
