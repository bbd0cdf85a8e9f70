import proto from "onnx-proto";

const { ModelProto, TensorProto } = proto.onnx;
const { FLOAT, FLOAT16, INT64 } = TensorProto.DataType;

/** Words of the tiny model, by id. */
export const VOCABULARY = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "swap",
  "borrow",
  "eth",
  "##s",
  "Swap",
];
export const DIMS = 3;
/** Vector of each token: row-major, vocabulary × dims. */
export const EMBEDDINGS = Float32Array.from(
  { length: VOCABULARY.length * DIMS },
  (_, i) => Math.fround(Math.sin(i * 1.7) + (i % DIMS)),
);

/** Options of {@linkcode tinyGraph}. */
export interface TinyGraphOptions {
  /** Default: the usual three. */
  readonly inputs?: readonly string[];
  /** Default: `last_hidden_state`. */
  readonly output?: string;
  /** Number type of the output. Default: `fp32`. */
  readonly type?: "fp32" | "fp16" | "int64";
  /** Whether token vectors are summed up. Default: false. */
  readonly reduce?: boolean;
  /** Vectors of the tokens. Default: {@linkcode EMBEDDINGS}. */
  readonly values?: Float32Array;
  /** Numbers of a token vector. Default: 3. */
  readonly dims?: number;
  /** File beside the model that has the vectors of the tokens. Default: the model itself. */
  readonly outside?: string;
}

/** An ONNX graph whose token vectors are rows of {@linkcode EMBEDDINGS}. */
export function tinyGraph(options: TinyGraphOptions = {}): Uint8Array<ArrayBuffer> {
  const { inputs = ["input_ids", "attention_mask", "token_type_ids"] } = options;
  const { output = "last_hidden_state", type = "fp32", reduce = false, dims = DIMS } = options;
  const elemType = { fp32: FLOAT, fp16: FLOAT16, int64: INT64 }[type];
  const values = Float32Array.from(
    { length: VOCABULARY.length * dims },
    (_, i) => (options.values ?? EMBEDDINGS)[i]!,
  );
  const shaped = (name: string, elem: number, sizes: (string | number)[]) => ({
    name,
    type: {
      tensorType: {
        elemType: elem,
        shape: {
          dim: sizes.map((size) =>
            typeof size === "string" ? { dimParam: size } : { dimValue: size }
          ),
        },
      },
    },
  });
  const attribute = (name: string, i: number) => ({ name, type: 2, i });
  const model = ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "tiny",
      initializer: [{
        name: "embeddings",
        dataType: FLOAT,
        dims: [VOCABULARY.length, dims],
        ...(options.outside === undefined ? { rawData: new Uint8Array(values.buffer) } : {
          dataLocation: TensorProto.DataLocation.EXTERNAL,
          externalData: [{ key: "location", value: options.outside }],
        }),
      }],
      input: inputs.map((name) => shaped(name, INT64, ["batch", "sequence"])),
      node: [
        { opType: "Gather", input: ["embeddings", inputs[0]!], output: ["tokens"] },
        reduce
          ? {
            opType: "ReduceMax",
            input: ["tokens"],
            output: ["reduced"],
            attribute: [attribute("keepdims", 0)],
          }
          : { opType: "Identity", input: ["tokens"], output: ["reduced"] },
        {
          opType: "Cast",
          input: ["reduced"],
          output: [output],
          attribute: [attribute("to", elemType)],
        },
      ],
      output: [shaped(output, elemType, reduce ? [] : ["batch", "sequence", dims])],
    },
  }).finish();
  return new Uint8Array(model);
}

/** Columns of the quantised product in {@linkcode quantizedGraph}, the least that its operator takes. */
const BLOCK = 32;

/**
 * A graph with a product in four bits, as exports with the name `model_q4.onnx` have: each token's vector
 * is a row of {@linkcode EMBEDDINGS} times 7, the largest number of the format, and a step of 1/7.
 */
export function quantizedGraph(): Uint8Array<ArrayBuffer> {
  const inputs = ["input_ids", "attention_mask", "token_type_ids"];
  const wide = new Float32Array(VOCABULARY.length * BLOCK);
  VOCABULARY.forEach((_, row) =>
    wide.set(EMBEDDINGS.subarray(row * DIMS, (row + 1) * DIMS), row * BLOCK)
  );
  // Two numbers a byte, 8 for zero: a matrix with 15 − 8 = 7 on its diagonal.
  const packed = new Uint8Array(DIMS * BLOCK / 2).fill(0x88);
  for (let j = 0; j < DIMS; j++) packed[j * BLOCK / 2 + (j >> 1)] = j % 2 === 0 ? 0x8f : 0xf8;
  const shape = (...sizes: (string | number)[]) => ({
    dim: sizes.map((size) => typeof size === "string" ? { dimParam: size } : { dimValue: size }),
  });
  const number = (name: string, i: number) => ({ name, type: 2, i });
  return new Uint8Array(
    ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ domain: "", version: 17 }, { domain: "com.microsoft", version: 1 }],
      graph: {
        name: "quantized",
        initializer: [
          {
            name: "embeddings",
            dataType: FLOAT,
            dims: [VOCABULARY.length, BLOCK],
            rawData: new Uint8Array(wide.buffer),
          },
          {
            name: "packed",
            dataType: TensorProto.DataType.UINT8,
            dims: [DIMS, 1, BLOCK / 2],
            rawData: packed,
          },
          {
            name: "steps",
            dataType: FLOAT,
            dims: [DIMS],
            rawData: new Uint8Array(new Float32Array(DIMS).fill(1 / 7).buffer),
          },
        ],
        input: inputs.map((name) => ({
          name,
          type: { tensorType: { elemType: INT64, shape: shape("batch", "sequence") } },
        })),
        node: [
          { opType: "Gather", input: ["embeddings", "input_ids"], output: ["wide"] },
          {
            opType: "MatMulNBits",
            domain: "com.microsoft",
            input: ["wide", "packed", "steps"],
            output: ["last_hidden_state"],
            attribute: [
              number("K", BLOCK),
              number("N", DIMS),
              number("bits", 4),
              number("block_size", BLOCK),
            ],
          },
        ],
        output: [{
          name: "last_hidden_state",
          type: { tensorType: { elemType: FLOAT, shape: shape("batch", "sequence", DIMS) } },
        }],
      },
    }).finish(),
  );
}

/** A sentence-transformers model of nine words: its files by path. */
export function tinyModel(): Record<string, unknown> {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
  return {
    "modules.json": [
      { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
      { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
      { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
    ],
    "1_Pooling/config.json": { word_embedding_dimension: DIMS, pooling_mode_mean_tokens: true },
    "sentence_bert_config.json": { max_seq_length: 6, do_lower_case: true },
    "config.json": { model_type: "bert", max_position_embeddings: 16 },
    "tokenizer_config.json": { model_max_length: 8 },
    "tokenizer.json": {
      version: "1.0",
      truncation: { max_length: 3, strategy: "LongestFirst", stride: 0 },
      padding: { strategy: { Fixed: 12 }, direction: "Right", pad_id: 0 },
      added_tokens: special.map((content, id) => ({ id, content, special: true })),
      normalizer: null,
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: {
        type: "TemplateProcessing",
        single: [
          { SpecialToken: { id: "[CLS]", type_id: 0 } },
          { Sequence: { id: "A", type_id: 0 } },
          { SpecialToken: { id: "[SEP]", type_id: 0 } },
        ],
        pair: [],
        special_tokens: {
          "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
          "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
        },
      },
      decoder: null,
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
      },
    },
    "onnx/model.onnx": tinyGraph(),
  };
}

/** A file in the format safetensors. */
export function safetensors(
  tensors: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => {
      const from = at;
      at += values.length * 4;
      return [name, { dtype: "F32", shape, data_offsets: [from, at] }];
    }),
  );
  const text = new TextEncoder().encode(
    JSON.stringify({ __metadata__: { format: "pt" }, ...header }),
  );
  const bytes = new Uint8Array(8 + text.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  const numbers = Float32Array.from(Object.values(tensors).flatMap(({ values }) => values));
  bytes.set(new Uint8Array(numbers.buffer), 8 + text.length);
  return bytes;
}

/** Writes a model; what is undefined is left out, what is a string is written as it is. */
export async function writeModel(folder: string, files: Record<string, unknown>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    if (content instanceof Uint8Array) await Deno.writeFile(`${folder}/${path}`, content);
    else {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
  }
}
