import { explainIoError } from "../../core/io_error.ts";
import { HEADER_BYTES, recordBytesOf, unpackHeader } from "./format.ts";

/** Where vectors are cached unless told otherwise. */
export const DEFAULT_VECTOR_CACHE = ".cache/embeddings";

/** One file of a vector cache. */
export interface VectorCacheEntry {
  readonly path: string;
  /** What the user called the encoder, number type and engine. Empty if the file is damaged. */
  readonly spec: string;
  /** Fingerprint of the encoder. Empty if the file is damaged. */
  readonly fingerprint: string;
  readonly dims: number;
  /** Number of vectors. */
  readonly records: number;
  /** Size of the file. */
  readonly bytes: number;
}

/**
 * Lists the files of a vector cache, by path; an absent folder is empty.
 *
 * @param dir Default: `.cache/embeddings`.
 * @throws {MicroLmError} Kind `permission` or `missing` if the folder cannot be read.
 *
 * @example
 * ```ts
 * import { vectorCacheStats } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await vectorCacheStats(".artifacts/no-such-cache"), []);
 * ```
 */
export async function vectorCacheStats(dir = DEFAULT_VECTOR_CACHE): Promise<VectorCacheEntry[]> {
  const entries: VectorCacheEntry[] = [];
  for (const path of await listFiles(dir)) entries.push(await inspect(path));
  return entries;
}

/**
 * Deletes the files of a vector cache, or those of one encoder; returns what was deleted.
 *
 * Processes that have them open go on with what they hold.
 *
 * @param dir Default: `.cache/embeddings`.
 * @throws {MicroLmError} Kind `permission` or `write` if a file cannot be deleted.
 *
 * @example
 * ```ts
 * import { clearVectorCache } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await clearVectorCache(".artifacts/no-such-cache"), []);
 * ```
 */
export async function clearVectorCache(
  dir = DEFAULT_VECTOR_CACHE,
  options: ClearVectorCacheOptions = {},
): Promise<VectorCacheEntry[]> {
  const { spec } = options;
  const all = await vectorCacheStats(dir);
  const chosen = all.filter((entry) =>
    spec === undefined || `${entry.spec} `.startsWith(`${spec} `)
  );
  for (const { path } of chosen) {
    await Deno.remove(path).catch((error: unknown) => {
      throw explainIoError(error, path, "write");
    });
  }
  return chosen;
}

/** Options of {@linkcode clearVectorCache}. */
export interface ClearVectorCacheOptions {
  /** Delete the vectors of encoders that were called this, whatever number type and engine. Default: all. */
  readonly spec?: string;
}

async function listFiles(dir: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(dir));
    return names.filter(({ isFile, name }) => isFile && name.endsWith(".vec"))
      .map(({ name }) => `${dir}/${name}`).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw explainIoError(error, dir, "read");
  }
}

async function inspect(path: string): Promise<VectorCacheEntry> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    const start = new Uint8Array(HEADER_BYTES);
    const read = await file.read(start) ?? 0;
    const header = unpackHeader(start.subarray(0, read));
    if (!header) return { path, spec: "", fingerprint: "", dims: 0, records: 0, bytes: size };
    const { spec, fingerprint, dims } = header;
    const records = Math.floor((size - HEADER_BYTES) / recordBytesOf(dims));
    return { path, spec, fingerprint, dims, records, bytes: size };
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}
