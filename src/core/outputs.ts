import { dirname, resolve } from "node:path";
import { isAbsent, realPathOf } from "./atomic_write.ts";
import { MicroLmError } from "./errors.ts";
import { explainIoError } from "./io_error.ts";

/** A file that a task reads or writes, and what messages call it. */
export interface NamedFile {
  /** For example `--out`. */
  readonly name: string;
  /** `-` is standard input or output, and no file. */
  readonly path: string;
}

/** What is not a file and may be written to nevertheless. */
const STREAMS = /^\/dev\/(null|stdout|stderr|tty|fd\/\d+)$/;

/** What a path leads to. */
interface Place {
  readonly file: NamedFile;
  /** Without links, also where there is no file yet. */
  readonly real: string;
  /** Device and number of a file that exists. */
  readonly inode: string | null;
}

/**
 * Refuses outputs that would destroy an input or each other, or that cannot be written, before there
 * is any work. Files are the same by their real path, by a link to the same content, or by names that
 * differ in case alone unless both exist and are two.
 *
 * @param inputs Files that are read; absent ones are no fault here.
 * @param outputs All that will be written, parts and companions included. Needs `--allow-read` and
 * `--allow-write` for each.
 * @throws {MicroLmError} Kind `usage` for an output that is also an input or another output; `write` for
 * a folder, a pipe, a socket or a device; `permission` for what may not be written, by its real path.
 *
 * @example
 * ```ts
 * import { checkOutputs } from "micro-lm/core";
 * import { assertRejects } from "@std/assert";
 *
 * const input = { name: "--in", path: ".artifacts/a.csv" };
 * const output = { name: "--out", path: ".artifacts/../.artifacts/a.csv" };
 * await assertRejects(() => checkOutputs([input], [output]), Error, "--in and --out");
 * ```
 */
export async function checkOutputs(
  inputs: readonly NamedFile[],
  outputs: readonly NamedFile[],
): Promise<void> {
  if (outputs.length === 0) return;
  const known: Place[] = [];
  for (const file of inputs) {
    // Whoever reads it says what is wrong with it
    if (file.path !== "-") known.push(inputPlace(file));
  }
  for (const file of outputs) {
    if (file.path === "-" || STREAMS.test(file.path)) continue;
    const place = await writablePlace(file);
    const twin = known.find((other) => isSame(other, place));
    if (twin) throw sameFile(twin.file, file);
    known.push(place);
  }
}

function sameFile(one: NamedFile, other: NamedFile): MicroLmError {
  const paths = one.path === other.path ? `"${one.path}"` : `"${one.path}" and "${other.path}"`;
  return new MicroLmError(
    "usage",
    `Expected different files, got the same one for ${one.name} and ${other.name}: ${paths}`,
    { hint: `Write ${other.name} to another file: the content of ${one.name} would be lost` },
  );
}

function isSame(one: Place, other: Place): boolean {
  if (one.real === other.real) return true;
  if (one.inode !== null && other.inode !== null) return one.inode === other.inode;
  return fold(one.real) === fold(other.real);
}

/** Names are alike on a disk that ignores case and forms of Unicode. */
function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Of a file that cannot be looked at its name is all that is known. */
function inputPlace(file: NamedFile): Place {
  try {
    return placeOf(file);
  } catch {
    return { file, real: resolve(file.path), inode: null };
  }
}

function placeOf(file: NamedFile): Place {
  const real = realPathOf(file.path);
  const info = statOf(real);
  return {
    file,
    real,
    inode: info?.isFile && info.ino !== null ? `${info.dev}:${info.ino}` : null,
  };
}

async function writablePlace(file: NamedFile): Promise<Place> {
  try {
    const place = placeOf(file);
    const info = statOf(place.real);
    if (info && !info.isFile) throw notAFile(file.path, info);
    if (!info) requireFolder(file.path, dirname(place.real));
    const { state } = await Deno.permissions.query({ name: "write", path: place.real });
    if (state !== "granted") throw new Deno.errors.NotCapable(`Requires write access to it`);
    return place;
  } catch (error) {
    throw explainIoError(error, file.path, "write");
  }
}

function notAFile(path: string, info: Deno.FileInfo): MicroLmError {
  const kind = info.isDirectory
    ? "a folder"
    : info.isFifo
    ? "a pipe"
    : info.isSocket
    ? "a socket"
    : "a device";
  return new MicroLmError("write", `Cannot write "${path}": it is ${kind}, not a file`, {
    hint: "Name a file; where a task takes -, that is standard output",
  });
}

/** Folders that are absent are made; what is no folder cannot hold a file. */
function requireFolder(path: string, folder: string): void {
  const info = statOf(folder);
  if (!info) return folder === dirname(folder) ? undefined : requireFolder(path, dirname(folder));
  if (info.isDirectory) return;
  throw new MicroLmError("write", `Cannot write "${path}": "${folder}" is not a folder`);
}

function statOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
