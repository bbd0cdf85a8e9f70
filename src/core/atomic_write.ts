import { basename, dirname, join, resolve } from "node:path";
import { explainIoError } from "./io_error.ts";

/** Links that lead to each other, as Linux has it. */
const MOST_LINKS = 40;

/** What a file is to contain: as a whole, or piece by piece. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file as a whole or not at all: to a temporary name in the same folder, then renamed, so
 * that a killed run or a full disk leaves the old content. Missing folders are made. A link stays a
 * link, a file keeps its mode, and what is no file, like `/dev/stdout`, is written to directly.
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
    const { mode } = target;
    if (temporary && mode !== null) await io(() => Deno.chmod(temporary, mode));
    if (temporary) await io(() => file.sync());
    if (temporary) await io(() => Deno.rename(temporary, target.path));
  } catch (error) {
    if (temporary) await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

interface Target {
  readonly path: string;
  readonly isDevice: boolean;
  /** Of the file that is replaced; null where there is none. */
  readonly mode: number | null;
}

/** Where the content goes: renaming over a link or a device would replace it by a file. */
async function resolveTarget(path: string): Promise<Target> {
  try {
    const { isFile, isDirectory, mode } = await Deno.stat(path);
    if (!isFile) return { path, isDevice: !isDirectory, mode: null };
    return { path: await Deno.realPath(path), isDevice: false, mode: mode && mode & 0o7777 };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { path: realPathOf(path), isDevice: false, mode: null };
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

/**
 * Where a path leads once every link is followed, also where there is nothing yet: a link to nowhere
 * leads to where its file would be. Without waiting: a task asks for dozens of them at its start, and to
 * hand each to another thread takes ten times as long as to answer it.
 *
 * @throws {Deno.errors.FilesystemLoop} For links that lead in a circle.
 */
export function realPathOf(path: string): string {
  let at = path;
  for (let i = 0; i < MOST_LINKS; i++) {
    try {
      return Deno.realPathSync(at);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    const target = linkTarget(at);
    if (target === null) return join(realFolder(dirname(resolve(at))), basename(at));
    at = resolve(dirname(resolve(at)), target);
  }
  throw new Deno.errors.FilesystemLoop(`More than ${MOST_LINKS} links`);
}

function realFolder(folder: string): string {
  return folder === dirname(folder) ? folder : realPathOf(folder);
}

function linkTarget(path: string): string | null {
  try {
    return Deno.lstatSync(path).isSymlink ? Deno.readLinkSync(path) : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Whether an error says that there is nothing at a path. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
