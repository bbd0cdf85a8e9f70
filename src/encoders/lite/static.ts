import { sha256Hex } from "../../core/hash.ts";
import type { Encoder } from "../encoder.ts";
import { forEachRow } from "../batches.ts";
import { readPackageFile, readTensor, readWeightManifest } from "./energetic_weights.ts";
import { STATIC_WASM } from "./static_wasm.ts";
import { loadUnigram } from "./unigram.ts";

/**
 * Name of the embedding matrix in the pretrained package: 8,002 × 256 for 8,000 pieces. The package's
 * graph gathers its rows by the ids as they are (`embedding_lookup` takes `values` with nothing added),
 * and only so are neighbours related: Monday is next to Thursday. The last two rows are never used.
 */
export const STATIC_TENSOR = "module/Embeddings_en";
/** Columns of the static encoder. */
export const STATIC_DIMS = 256;
/** Smoothing of the weights: the value with the best cross-validation on an intent set. */
const SMOOTHING = 1e-3;

/**
 * Opens the static encoder: the weighted mean of the pretrained embeddings of a text's pieces.
 *
 * A piece of probability p weighs a / (a + p) with a = 0.001 (smooth inverse frequency: Arora, Liang
 * and Ma, 2017); p comes from the tokenizer. Text is lower-cased first, because a command in capitals
 * means the same. Unknown pieces are left out. Rows have length one; texts without a known piece give
 * zero rows. 256 dense columns.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 *
 * @example
 * ```ts
 * import { openStaticEncoder } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openStaticEncoder();
 * const { dense } = await encoder.encode(["swap 2 ETH", ""]);
 * assertEquals([dense!.rows, dense!.cols], [2, 256]);
 * ```
 */
export async function openStaticEncoder(): Promise<Encoder> {
  const [unigram, vocabulary, embeddings] = await Promise.all([
    loadUnigram(),
    readPackageFile("vocab.json"),
    readWeightManifest().then((manifest) => readTensor(manifest, STATIC_TENSOR)),
  ]);
  const average = createAverage(embeddings, staticWeights(unigram.scores, unigram.unknownId));
  return {
    spec: "static",
    fingerprint: sha256Hex(
      `static 1 ${SMOOTHING} `,
      vocabulary,
      new Uint8Array(unigram.scores.buffer),
      new Uint8Array(embeddings.buffer),
    ),
    dims: STATIC_DIMS,
    encode: async (texts, options = {}) => {
      const data = new Float32Array(texts.length * STATIC_DIMS);
      await forEachRow(texts.length, options, (i) => {
        data.set(average(unigram.encode(texts[i]!.toLowerCase())), i * STATIC_DIMS);
      });
      return { rows: texts.length, dense: { data, rows: texts.length, cols: STATIC_DIMS } };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The weight of each piece: smooth inverse frequency, zero for the unknown piece. */
export function staticWeights(scores: Float64Array, unknownId: number): Float64Array {
  const weights = scores.map((score) => SMOOTHING / (SMOOTHING + Math.exp(score)));
  weights[unknownId] = 0;
  return weights;
}

/** What `static_kernel.wat` exports; addresses are byte offsets into `memory`. */
interface StaticKernel {
  readonly memory: WebAssembly.Memory;
  add(ids: number, count: number, table: number, weights: number, sums: number): void;
  take(sums: number, out: number): void;
}

/** Ids that the kernel is given at a time: more than any prompt has. */
const IDS = 4096;
const PAGE = 65_536;

/**
 * Makes the function that averages rows of the table and scales the mean to length one. What it gives
 * stands until the next call.
 */
function createAverage(
  embeddings: Float32Array,
  weights: Float64Array,
): (ids: Uint32Array) => Float32Array {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(STATIC_WASM));
  const { memory, add, take } = new WebAssembly.Instance(module)
    .exports as unknown as StaticKernel;
  const sums = 0;
  const out = sums + 8 * STATIC_DIMS;
  const ids = out + 4 * STATIC_DIMS;
  const weightsAt = ids + 4 * IDS;
  const table = weightsAt + weights.byteLength;
  memory.grow(Math.ceil((table + embeddings.byteLength) / PAGE) - 1);
  new Float64Array(memory.buffer, weightsAt).set(weights);
  new Float32Array(memory.buffer, table).set(embeddings);
  const given = new Uint32Array(memory.buffer, ids, IDS);
  const result = new Float32Array(memory.buffer, out, STATIC_DIMS);
  return (pieces) => {
    for (let from = 0; from < pieces.length; from += IDS) {
      const some = pieces.length > IDS ? pieces.subarray(from, from + IDS) : pieces;
      given.set(some);
      add(ids, some.length, table, weightsAt, sums);
    }
    take(sums, out);
    return result;
  };
}
