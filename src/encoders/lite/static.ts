import { sha256Hex } from "../../core/hash.ts";
import type { Encoder } from "../encoder.ts";
import { forEachRow } from "../batches.ts";
import {
  findTensor,
  readPackageFile,
  readTensorInto,
  readWeightManifest,
  type WeightManifest,
} from "./energetic_weights.ts";
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
  const known = opened?.deref();
  if (known) return known;
  const encoder = await loadStaticEncoder();
  opened = new WeakRef(encoder);
  return encoder;
}

/** The last that was opened, as long as somebody has it: the evidence beside a mapper needs the same again. */
let opened: WeakRef<Encoder> | undefined;

async function loadStaticEncoder(): Promise<Encoder> {
  // First, so that the table is read while the vocabulary is worked on.
  const manifest = await readWeightManifest();
  const [kernel, unigram, vocabulary] = await Promise.all([
    openKernel(manifest),
    loadUnigram(),
    readPackageFile("vocab.json"),
  ]);
  const average = createAverage(kernel, staticWeights(unigram.scores, unigram.unknownId));
  return {
    spec: "static",
    fingerprint: sha256Hex(
      `static 1 ${SMOOTHING} `,
      vocabulary,
      new Uint8Array(unigram.scores.buffer),
      kernel.table,
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

/** Where things stand in the memory of the kernel; the table comes last, after the weights. */
const SUMS = 0;
const OUT = SUMS + 8 * STATIC_DIMS;
const GIVEN = OUT + 4 * STATIC_DIMS;
const WEIGHTS = GIVEN + 4 * IDS;

interface OpenedKernel extends StaticKernel {
  /** The bytes of the embeddings, in the memory. */
  readonly table: Uint8Array;
}

/** Reads the embeddings into the memory of the kernel: eight megabytes are neither held twice nor copied. */
async function openKernel(manifest: WeightManifest): Promise<OpenedKernel> {
  const { shape, bytes } = findTensor(manifest, STATIC_TENSOR);
  const module = new WebAssembly.Module(Uint8Array.fromBase64(STATIC_WASM));
  const { memory, add, take } = new WebAssembly.Instance(module)
    .exports as unknown as StaticKernel;
  const at = WEIGHTS + 8 * shape[0]!;
  memory.grow(Math.ceil((at + bytes) / PAGE) - 1);
  const table = new Uint8Array(memory.buffer, at, bytes);
  await readTensorInto(table, manifest, STATIC_TENSOR);
  return { memory, add, take, table };
}

/**
 * Makes the function that averages rows of the table and scales the mean to length one. What it gives
 * stands until the next call.
 */
function createAverage(
  { memory, add, take, table }: OpenedKernel,
  weights: Float64Array,
): (ids: Uint32Array) => Float32Array {
  new Float64Array(memory.buffer, WEIGHTS).set(weights);
  const given = new Uint32Array(memory.buffer, GIVEN, IDS);
  const result = new Float32Array(memory.buffer, OUT, STATIC_DIMS);
  return (pieces) => {
    for (let from = 0; from < pieces.length; from += IDS) {
      const some = pieces.length > IDS ? pieces.subarray(from, from + IDS) : pieces;
      given.set(some);
      add(GIVEN, some.length, table.byteOffset, WEIGHTS, SUMS);
    }
    take(SUMS, OUT);
    return result;
  };
}
