import { USE_LITE_DIMS, USE_LITE_MAX_PIECES } from "../../encoders/use_lite/shape.ts";
import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import { readPackageFile } from "../../encoders/lite/energetic_weights.ts";
import { openSession, type OpenSessionOptions } from "../../encoders/onnx/session.ts";
import { explainIoError } from "../../core/io_error.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Features } from "../../core/matrix.ts";
import type { TunedUseLite } from "./options.ts";
import { useLitePieces } from "./use_lite.ts";

/** Options of {@linkcode openTunedUseLite}. */
export interface OpenTunedUseLiteOptions extends Pick<OpenSessionOptions, "runtime" | "threads"> {
  /** What the encoder is called. Default: `use-lite-tuned`. */
  readonly spec?: string;
}

/** What a fine-tuned `use-lite` is called. */
export const TUNED_SPEC = "use-lite-tuned";

/** Texts between two reports of progress. */
const REPORT_EVERY = 32;

/**
 * Writes a fine-tuned `use-lite` as an ONNX model, as {@linkcode openTunedUseLite} reads it and any ONNX
 * Runtime runs it: from `ids` (int32, the 1 to 128 pieces of one text) to `vector` (1 × 512). With
 * `precision: fp16` the weights take half the room and are computed with in single precision. Equal
 * weights give equal bytes.
 *
 * @example
 * ```ts
 * import { tunedUseLiteToOnnx, tuneUseLite, useLitePieces } from "micro-lm/stages";
 * import { assert } from "@std/assert";
 *
 * const pieces = await useLitePieces(["a secret", "no secret"]);
 * const data = { pieces, labels: Int32Array.of(1, 0) };
 * const options = { learningRate: 1e-2, batchSize: 2, epochs: 1 };
 * const tuned = await tuneUseLite(data, data, { tune: "head", ...options });
 * const single = await tunedUseLiteToOnnx({ weights: tuned.weights, precision: "fp32" });
 * const half = await tunedUseLiteToOnnx({ weights: tuned.weights, precision: "fp16" });
 * assert(half.length < 0.6 * single.length);
 * ```
 */
export async function tunedUseLiteToOnnx(
  { weights, precision }: Pick<TunedUseLite, "weights" | "precision">,
): Promise<Uint8Array<ArrayBuffer>> {
  const { buildUseLiteGraph } = await import("../../encoders/use_lite/graph.ts");
  const graph = await buildUseLiteGraph("fp32", weights);
  if (precision === "fp32") return graph;
  const { storeInHalves } = await import("./half.ts");
  return storeInHalves(graph);
}

/**
 * Opens a fine-tuned `use-lite` as an encoder. Its fingerprint is made of its weights and its vocabulary.
 *
 * @param model Content of the `.onnx` file, or its path.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the file, the pretrained package or the engine
 * cannot be read; `data` if the engine refuses the model.
 *
 * @example
 * ```ts
 * import { openTunedUseLite, tunedUseLiteToOnnx, tuneUseLite, useLitePieces } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const data = { pieces: await useLitePieces(["a secret", "no secret"]), labels: Int32Array.of(1, 0) };
 * const tuned = await tuneUseLite(data, data, {
 *   tune: "last_layer",
 *   learningRate: 1e-4,
 *   batchSize: 2,
 *   epochs: 1,
 * });
 * await using encoder = await openTunedUseLite(await tunedUseLiteToOnnx(tuned));
 * const { dense } = await encoder.encode(["a secret"]);
 * assertEquals([dense!.rows, dense!.cols], [1, 512]);
 * ```
 */
export async function openTunedUseLite(
  model: Uint8Array | string,
  options: OpenTunedUseLiteOptions = {},
): Promise<Encoder> {
  const { spec = TUNED_SPEC, ...engine } = options;
  const bytes = typeof model === "string" ? await readModel(model) : model;
  const session = await openSession(bytes, { ...engine, name: spec });
  const vocabulary = await readPackageFile("vocab.json");
  const encodePieces = async (pieces: Uint32Array): Promise<Float32Array | undefined> => {
    if (pieces.length === 0) return undefined;
    const ids = { data: Int32Array.from(pieces), shape: [pieces.length] };
    return (await session.run({ ids })).vector!.data as Float32Array;
  };
  return {
    spec,
    fingerprint: sha256Hex(
      `use-lite-tuned ${USE_LITE_MAX_PIECES} `,
      sha256Hex(bytes),
      vocabulary,
    ),
    dims: USE_LITE_DIMS,
    runtime: session.runtime,
    encode: (texts, encodeOptions) => encodeAll(texts, encodePieces, encodeOptions),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function encodeAll(
  texts: readonly string[],
  encodePieces: (pieces: Uint32Array) => Promise<Float32Array | undefined>,
  { onProgress, signal }: EncodeOptions = {},
): Promise<Features> {
  const rows = texts.length;
  const data = new Float32Array(rows * USE_LITE_DIMS);
  for (const [i, pieces] of (await useLitePieces(texts)).entries()) {
    signal?.throwIfAborted();
    const vector = await encodePieces(pieces);
    if (vector) data.set(vector, i * USE_LITE_DIMS);
    const done = i + 1;
    if (done % REPORT_EVERY === 0 || done === rows) onProgress?.(done, rows);
  }
  return { rows, dense: { data, rows, cols: USE_LITE_DIMS } };
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}
