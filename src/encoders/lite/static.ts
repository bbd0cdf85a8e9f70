import { sha256Hex } from "../../core/hash.ts";
import type { Encoder } from "../encoder.ts";
import { forEachRow } from "../batches.ts";
import { readPackageFile, readTensor, readWeightManifest } from "./energetic_weights.ts";
import { normalizeL2 } from "../normalize.ts";
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
  const weights = staticWeights(unigram.scores, unigram.unknownId);
  const encodeInto = (out: Float32Array, text: string) => {
    const row = new Float64Array(STATIC_DIMS);
    for (const id of unigram.encode(text.toLowerCase())) {
      const weight = weights[id]!;
      const at = id * STATIC_DIMS;
      for (let j = 0; j < STATIC_DIMS; j++) row[j]! += weight * embeddings[at + j]!;
    }
    normalizeL2(row);
    out.set(row);
  };
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
        encodeInto(data.subarray(i * STATIC_DIMS, (i + 1) * STATIC_DIMS), texts[i]!);
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
