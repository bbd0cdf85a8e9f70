import { sha256Hex } from "../core/hash.ts";
import type { CsrMatrix, Features, Matrix } from "../core/matrix.ts";
import type { EncodeOptions, Encoder, EncoderBlocks } from "./encoder.ts";
import { formatEncoderSpec, hasWeights } from "./spec.ts";

/** An encoder and the weight of its block. */
export interface WeightedEncoder {
  readonly encoder: Encoder;
  readonly weight: number;
}

/**
 * Puts encoders side by side: their vectors, each of length one, times their weights.
 *
 * Dense blocks stand first, in order, then sparse blocks. Disposing it disposes the parts.
 *
 * @example
 * ```ts
 * import { composeEncoders, openNgramEncoder } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = [
 *   { encoder: await openNgramEncoder({ bits: 16 }), weight: 2 },
 *   { encoder: await openNgramEncoder({ bits: 10 }), weight: 1 },
 * ];
 * await using encoder = composeEncoders(parts, "wide*2+narrow");
 * assertEquals(encoder.dims, 65536 + 1024);
 * ```
 */
export function composeEncoders(parts: readonly WeightedEncoder[], spec: string): Encoder {
  return {
    spec,
    fingerprint: sha256Hex(
      ...parts.map(({ encoder, weight }) => `${encoder.fingerprint} ${weight}\n`),
    ),
    dims: parts.reduce((sum, { encoder }) => sum + encoder.dims, 0),
    ...engineOf(parts),
    ...wordsOf(parts),
    ...(parts.length > 1 && !hasWeights(spec) && { blocks: blocksOf(parts) }),
    encode: async (texts, options) =>
      joinBlocks(await encodeParts(parts, texts, options), parts.map(({ weight }) => weight)),
    [Symbol.asyncDispose]: async () => {
      for (const { encoder } of parts) await encoder[Symbol.asyncDispose]();
    },
  };
}

async function encodeParts(
  parts: readonly WeightedEncoder[],
  texts: readonly string[],
  options?: EncodeOptions,
): Promise<Features[]> {
  const blocks: Features[] = [];
  for (const [i, { encoder }] of parts.entries()) {
    blocks.push(await encoder.encode(texts, shareProgress(options, i, parts.length)));
  }
  return blocks;
}

function blocksOf(parts: readonly WeightedEncoder[]): EncoderBlocks {
  return {
    count: parts.length,
    encode: (texts, options) => encodeParts(parts, texts, options),
    join: joinBlocks,
    weigh: (weights) => {
      const weighed = parts.map(({ encoder }, i) => ({ encoder, weight: weights[i]! }));
      return composeEncoders(
        weighed,
        formatEncoderSpec(weighed.map(({ encoder, weight }) => ({ name: encoder.spec, weight }))),
      );
    },
  };
}

/** All parts are opened for one engine; those that need none say nothing. */
function engineOf(parts: readonly WeightedEncoder[]): Pick<Encoder, "runtime" | "dtype"> {
  const runtime = parts.find(({ encoder }) => encoder.runtime)?.encoder.runtime;
  const dtypes = new Set(parts.flatMap(({ encoder }) => encoder.dtype ?? []));
  return {
    ...(runtime && { runtime }),
    ...(dtypes.size > 0 && { dtype: [...dtypes].join("+") }),
  };
}

/** Words have the vectors of the first part that gives any. */
function wordsOf(parts: readonly WeightedEncoder[]): Pick<Encoder, "words"> {
  const words = parts.find(({ encoder }) => encoder.words)?.encoder.words;
  return words ? { words } : {};
}

/** Progress of one of several passes over the same texts: together they count each text once. */
function shareProgress(options: EncodeOptions = {}, pass: number, passes: number): EncodeOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  return {
    ...options,
    onProgress: (done, total) => onProgress(Math.floor((pass * total + done) / passes), total),
  };
}

function joinBlocks(blocks: readonly Features[], weights: readonly number[]): Features {
  const rows = blocks[0]!.rows;
  const dense = blocks.flatMap(({ dense }, i) =>
    dense ? [{ block: dense, weight: weights[i]! }] : []
  );
  const sparse = blocks.flatMap(({ sparse }, i) =>
    sparse ? [{ block: sparse, weight: weights[i]! }] : []
  );
  return {
    rows,
    ...(dense.length > 0 ? { dense: joinDense(dense, rows) } : {}),
    ...(sparse.length > 0 ? { sparse: joinSparse(sparse, rows) } : {}),
  };
}

interface Weighted<T> {
  readonly block: T;
  readonly weight: number;
}

function joinDense(parts: readonly Weighted<Matrix>[], rows: number): Matrix {
  const cols = parts.reduce((sum, { block }) => sum + block.cols, 0);
  const data = new Float32Array(rows * cols);
  let first = 0;
  for (const { block, weight } of parts) {
    for (let row = 0; row < rows; row++) {
      const from = row * block.cols;
      const scale = weight * inverseLength(block.data, from, from + block.cols);
      const to = row * cols + first;
      for (let j = 0; j < block.cols; j++) data[to + j] = block.data[from + j]! * scale;
    }
    first += block.cols;
  }
  return { data, rows, cols };
}

function joinSparse(parts: readonly Weighted<CsrMatrix>[], rows: number): CsrMatrix {
  const total = parts.reduce((sum, { block }) => sum + block.indices.length, 0);
  const indptr = new Uint32Array(rows + 1);
  const indices = new Uint32Array(total);
  const values = new Float32Array(total);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let first = 0;
    for (const { block, weight } of parts) {
      const from = block.indptr[row]!;
      const to = block.indptr[row + 1]!;
      const scale = weight * inverseLength(block.values, from, to);
      for (let k = from; k < to; k++) {
        indices[at] = first + block.indices[k]!;
        values[at++] = block.values[k]! * scale;
      }
      first += block.cols;
    }
    indptr[row + 1] = at;
  }
  const cols = parts.reduce((sum, { block }) => sum + block.cols, 0);
  return { indptr, indices, values, rows, cols };
}

/** 1 / length of a stretch; 0 for a zero vector, whose row stays zero. */
function inverseLength(values: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]! * values[i]!;
  return sum > 0 ? 1 / Math.sqrt(sum) : 0;
}
