import { explainIoError } from "../../core/io_error.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Matrix } from "../../core/matrix.ts";
import type { EncodeOptions, Encoder } from "../encoder.ts";
import { VectorFile } from "./file.ts";
import { DEFAULT_VECTOR_CACHE } from "./folder.ts";
import { KEY_BYTES } from "./format.ts";

/** Options of {@linkcode withVectorCache}. */
export interface VectorCacheOptions {
  /** Folder of the cache files. Default: `.cache/embeddings`. */
  readonly dir?: string;
  /** Size that no cache file exceeds. Default: 1 GiB. */
  readonly maxBytes?: number;
  /** New vectors are written after this many texts: what a killed run can lose. Default: 256. */
  readonly flushRows?: number;
}

/** An encoder with a cache, and what the cache did so far. */
export interface CachedEncoder extends Encoder {
  /** Texts whose vectors were found, repetitions within a call included. */
  readonly hits: number;
  /** Texts that were encoded. */
  readonly misses: number;
}

const DEFAULT_MAX_BYTES = 1 << 30;
const DEFAULT_FLUSH_ROWS = 256;

/**
 * Puts a cache of vectors, one file per fingerprint and engine, in front of a dense encoder.
 *
 * Each text is encoded once, whatever the number of calls, processes and runs; vectors come out of the
 * cache bit by bit as they went in. The file survives `kill -9` at any moment and may be used by several
 * processes at once. At `maxBytes` the older vectors make room. Texts are known by 128 bits of their
 * sha256. Disposing it disposes the encoder.
 *
 * @throws {MicroLmError} Kind `write` or `permission` if the cache file cannot be used, `data` if it is
 * something else.
 * @throws {RangeError} If `maxBytes` or `flushRows` holds no vector. `encode` throws one if the encoder
 * gives sparse features.
 *
 * @example
 * ```ts
 * import { openStaticEncoder, withVectorCache } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await withVectorCache(await openStaticEncoder(), {
 *   dir: ".artifacts/example-cache",
 * });
 * await encoder.encode(["swap 2 ETH", "swap 2 ETH"]);
 * assertEquals(encoder.misses <= 1, true);
 * await Deno.remove(".artifacts/example-cache", { recursive: true });
 * ```
 */
export async function withVectorCache(
  encoder: Encoder,
  options: VectorCacheOptions = {},
): Promise<CachedEncoder> {
  const { dir = DEFAULT_VECTOR_CACHE, maxBytes = DEFAULT_MAX_BYTES } = options;
  const { flushRows = DEFAULT_FLUSH_ROWS } = options;
  if (!(flushRows >= 1)) throw new RangeError(`flushRows ${flushRows} is not positive`);
  const { spec, dims, runtime, dtype } = encoder;
  const fingerprint = cacheFingerprint(encoder);
  await Deno.mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw explainIoError(error, dir, "write");
  });
  const label = [spec, dtype, runtime].filter(Boolean).join(" ");
  const header = { spec: label, fingerprint, dims };
  const file = new VectorFile(`${dir}/${fingerprint}.vec`, header, maxBytes);
  const count = { hits: 0, misses: 0 };
  return {
    spec,
    fingerprint: encoder.fingerprint,
    dims,
    ...(runtime && { runtime }),
    ...(dtype && { dtype }),
    ...(encoder.words && { words: encoder.words }),
    get hits() {
      return count.hits;
    },
    get misses() {
      return count.misses;
    },
    encode: async (texts, encodeOptions = {}) => {
      const { dense, misses } = await encodeCached(
        { encoder, file, flushRows },
        texts,
        encodeOptions,
      );
      count.misses += misses;
      count.hits += texts.length - misses;
      return { rows: texts.length, dense };
    },
    [Symbol.asyncDispose]: async () => {
      file[Symbol.dispose]();
      await encoder[Symbol.asyncDispose]();
    },
  };
}

interface CacheParts {
  readonly encoder: Encoder;
  readonly file: VectorFile;
  readonly flushRows: number;
}

async function encodeCached(
  { encoder, file, flushRows }: CacheParts,
  texts: readonly string[],
  { onProgress, signal }: EncodeOptions,
): Promise<{ dense: Matrix; misses: number }> {
  const cols = encoder.dims;
  const data = new Float32Array(texts.length * cols);
  const rowOf = (row: number) => data.subarray(row * cols, (row + 1) * cols);
  const { keys, rows } = groupByKey(texts);
  const missing = file.read(keys, (i) => rowOf(rows[i]![0]!));
  let done = texts.length - sum(missing.map((i) => rows[i]!.length));
  if (done > 0) onProgress?.(done, texts.length);
  for (let from = 0; from < missing.length; from += flushRows) {
    signal?.throwIfAborted();
    const some = missing.slice(from, from + flushRows);
    const start = done;
    const vectors = await encodeDense(encoder, some.map((i) => texts[rows[i]![0]!]!), {
      onProgress: (part) => onProgress?.(start + part, texts.length),
      ...(signal ? { signal } : {}),
    });
    some.forEach((i, k) => rowOf(rows[i]![0]!).set(vectors(k)));
    file.append(some.map((i, k) => ({ key: keys[i]!, vector: vectors(k) })));
    done += sum(some.map((i) => rows[i]!.length));
    onProgress?.(done, texts.length);
  }
  for (const [first, ...others] of rows) {
    for (const row of others) data.copyWithin(row * cols, first! * cols, (first! + 1) * cols);
  }
  return { dense: { data, rows: texts.length, cols }, misses: missing.length };
}

/** Encodes texts and gives access to their rows. */
async function encodeDense(
  encoder: Encoder,
  texts: readonly string[],
  options: EncodeOptions,
): Promise<(row: number) => Float32Array> {
  const { dense, sparse } = await encoder.encode(texts, options);
  if (!dense || sparse || dense.cols !== encoder.dims || dense.rows !== texts.length) {
    throw new RangeError(`Cannot cache encoder "${encoder.spec}": its features are not dense`);
  }
  return (row) => dense.data.subarray(row * dense.cols, (row + 1) * dense.cols);
}

/** The different texts: their keys, and the rows where each stands. */
function groupByKey(texts: readonly string[]): { keys: string[]; rows: number[][] } {
  const groups = Map.groupBy(texts.keys(), (row) => texts[row]!);
  return { keys: [...groups.keys()].map(keyOf), rows: [...groups.values()] };
}

/** Engines differ in the last bits: each has a file of its own. */
function cacheFingerprint({ fingerprint, runtime }: Encoder): string {
  return runtime === undefined ? fingerprint : sha256Hex(`${fingerprint} ${runtime}`);
}

/** JSON tells lone surrogates apart, which UTF-8 does not. */
function keyOf(text: string): string {
  return sha256Hex(JSON.stringify(text)).slice(0, 2 * KEY_BYTES);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
