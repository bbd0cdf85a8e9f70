import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { EncodeOptions, Encoder } from "../encoder.ts";
import { type ExternalData, readExternalData } from "../onnx/external_data.ts";
import { normalizeL2 } from "../normalize.ts";
import { applyDense } from "./dense.ts";
import { type PoolingMode, poolTokens } from "./pooling.ts";
import type { EngineChoice, EngineName } from "../onnx/engine.ts";
import { readSentenceTransformerFiles, type SentenceTransformerFiles } from "./files.ts";
import { openTokenModel } from "./graph.ts";
import { findWeights, type ModelDtype } from "./onnx.ts";
import { createTextTokenizer } from "./tokens.ts";
import { createWordTokenizer } from "./words.ts";
import { encodeWords } from "../words.ts";

/** Options of {@linkcode openSentenceTransformer}. */
export interface OpenSentenceTransformerOptions {
  /** Number type of the weights: which ONNX file is taken. Default: `fp32`. */
  readonly dtype?: ModelDtype;
  /** Which inference engine. Default: `wasm`. */
  readonly runtime?: EngineChoice;
  /** How a model without `modules.json` makes one vector of its tokens'. Default: such models are refused. */
  readonly pooling?: PoolingMode;
  /** Threads for one inference. Default: 1. */
  readonly threads?: number;
  /** What the user wrote. Default: the folder, with `:fp16` or `:int8`. */
  readonly spec?: string;
}

/** A sentence-transformers model that is ready to encode. */
export interface SentenceTransformer extends Encoder {
  /** The engine. Engines differ in the last bits. */
  readonly runtime: EngineName;
  /** Number type of the weights. */
  readonly dtype: ModelDtype;
  /** Tokens of a text that count, special ones included. */
  readonly maxSeqLength: number;
}

/** Texts between two reports of progress. */
const REPORT_EVERY = 32;

/**
 * Opens a sentence-transformers model with an ONNX export from a folder.
 *
 * The folder has `modules.json` (Transformer, Pooling, perhaps Dense and Normalize), the pooling
 * configuration (mean, cls, max or lasttoken), `config.json`, `tokenizer.json`, and the weights:
 * `onnx/model.onnx`, `onnx/model_fp16.onnx`, `onnx/model_quantized.onnx` or `onnx/model_q4.onnx`, or
 * another common name, with the files that it names beside it. Length limit,
 * lower-casing and default prompt are honoured where given. Blank texts give zero rows. Each text is a
 * run of its own at its own length, so its vector is the same, bit for bit, alone and in any batch.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if a file cannot be read, `data` if one is not
 * understood or the parts do not fit together, `usage` for an unknown `dtype`.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { openSentenceTransformer } from "micro-lm/encoders";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => openSentenceTransformer("no-such-model"),
 *   MicroLmError,
 *   'Cannot find "no-such-model/modules.json"',
 * );
 * ```
 */
export async function openSentenceTransformer(
  folder: string,
  options: OpenSentenceTransformerOptions = {},
): Promise<SentenceTransformer> {
  const { dtype = "fp32", runtime = "wasm", threads = 1 } = options;
  const files = await readSentenceTransformerFiles(folder, options.pooling);
  const tokenize = createTextTokenizer(files);
  const path = await findWeights(folder, files.transformer, dtype);
  const weights = await Deno.readFile(path).catch((error: unknown) => {
    throw explainIoError(error, path, "read");
  });
  refuseLfsPointer(weights, path);
  const external = await readExternalData(weights, path);
  const model = await openTokenModel(weights, path, { runtime, threads, externalData: external });
  const embed = async (text: string) => {
    const tokens = tokenize(text);
    if (!tokens) return undefined;
    const hidden = await model.run(tokens);
    requireWidth(files, hidden.dims, path);
    const pooled = poolTokens(hidden.data, hidden.dims, files.pooling);
    const vector = files.dense.reduce((input, layer) => applyDense(layer, input), pooled);
    if (files.normalize) normalizeL2(vector);
    return vector;
  };
  const dims = await probeDims(embed, files, path).catch(async (error) => {
    await model[Symbol.asyncDispose]();
    throw error;
  });
  const width = files.dense[0]?.inputs ?? dims;
  let tokenizeWords: ReturnType<typeof createWordTokenizer> | undefined;
  const runWords = async (words: readonly string[]) => {
    tokenizeWords ??= createWordTokenizer(files);
    const { tokens, ...places } = tokenizeWords(words);
    const { data } = await model.run(tokens);
    requireFinite(data, "the words of a prompt", path);
    return { data, ...places };
  };
  return {
    spec: options.spec ?? (dtype === "fp32" ? folder : `${folder}:${dtype}`),
    fingerprint: fingerprintOf(files, weights, external),
    dims,
    runtime: model.runtime,
    dtype,
    maxSeqLength: files.maxSeqLength,
    encode: async (texts, encodeOptions) => {
      const data = await encodeTexts(texts, dims, embed, encodeOptions, path);
      return { rows: texts.length, dense: { data, rows: texts.length, cols: dims } };
    },
    words: { dims: width, encode: (texts, how) => encodeWords(texts, width, runWords, how) },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

async function encodeTexts(
  texts: readonly string[],
  dims: number,
  encodeText: (text: string) => Promise<Float64Array | undefined>,
  { onProgress, signal }: EncodeOptions = {},
  file: string,
): Promise<Float32Array> {
  const data = new Float32Array(texts.length * dims);
  for (let i = 0; i < texts.length; i++) {
    signal?.throwIfAborted();
    const vector = await encodeText(texts[i]!);
    if (vector) {
      requireFinite(vector, `prompt ${i + 1}`, file);
      data.set(vector, i * dims);
    }
    const done = i + 1;
    if (done % REPORT_EVERY === 0 || done === texts.length) onProgress?.(done, texts.length);
  }
  return data;
}

/** What a model computes is its own affair: neither the prompt nor this program is at fault. */
function requireFinite(vector: Float32Array | Float64Array, of: string, file: string): void {
  const bad = vector.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new MicroLmError("data", `The model gives ${bad} for ${of}`, {
    at: { file },
    hint: "Weights in fp16 overflow in some models: use another --dtype, or another model",
  });
}

/** Git without its large file storage leaves a few lines of text where the weights should be. */
function refuseLfsPointer(weights: Uint8Array, file: string): void {
  const mark = "version https://git-lfs";
  if (new TextDecoder().decode(weights.subarray(0, mark.length)) !== mark) return;
  throw new MicroLmError("data", "Expected weights, found a pointer of Git LFS", {
    at: { file },
    hint: "Run git lfs pull in the model's folder, or pull the model with deno task model pull",
  });
}

/** What the first dense layer takes has to be what the tokens have. */
function requireWidth({ dense }: SentenceTransformerFiles, dims: number, file: string): void {
  const inputs = dense[0]?.inputs ?? dims;
  if (inputs === dims) return;
  throw new MicroLmError(
    "data",
    `Expected token vectors of ${inputs} numbers, as the layer after the pooling takes them, found ${dims}`,
    { at: { file } },
  );
}

/** The size of a vector, which the model tells best itself. */
async function probeDims(
  embed: (text: string) => Promise<Float64Array | undefined>,
  files: SentenceTransformerFiles,
  file: string,
): Promise<number> {
  const vector = await embed("probe");
  if (!vector) {
    throw new MicroLmError("data", 'Expected tokens for the text "probe", found none', {
      at: { file: `${files.transformer}/tokenizer.json` },
    });
  }
  const { length } = vector;
  if (files.dims === undefined || files.dims === length) return length;
  throw new MicroLmError(
    "data",
    `Expected vectors of ${files.dims} numbers, as the pooling configuration says, found ${length}`,
    { at: { file } },
  );
}

/** What decides about vectors: all but the engine, whose name stands beside. */
function fingerprintOf(
  files: SentenceTransformerFiles,
  weights: Uint8Array,
  external: readonly ExternalData[],
): string {
  const { pooling, normalize, maxSeqLength, lowerCase, prompt, tokenizerSettings } = files;
  const parameters = { pooling, normalize, maxSeqLength, lowerCase, prompt, tokenizerSettings };
  return sha256Hex(
    `sentence-transformer 1 ${JSON.stringify(parameters)} `,
    sha256Hex(JSON.stringify(files.tokenizer)),
    sha256Hex(weights),
    ...external.map(({ data }) => sha256Hex(data)),
    ...files.dense.map((layer) => `${layer.sha256} ${layer.activation}`),
  );
}
