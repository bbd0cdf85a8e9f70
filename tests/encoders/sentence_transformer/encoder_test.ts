import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import fc from "fast-check";
import {
  openSentenceTransformer,
  type OpenSentenceTransformerOptions,
  type SentenceTransformer,
} from "../../../src/encoders/sentence_transformer/encoder.ts";
import { readSentenceTransformerFiles } from "../../../src/encoders/sentence_transformer/files.ts";
import type { PoolingMode } from "../../../src/encoders/sentence_transformer/pooling.ts";
import { pickOnnxFile } from "../../../src/encoders/sentence_transformer/onnx.ts";
import { createTextTokenizer } from "../../../src/encoders/sentence_transformer/tokens.ts";
import { type ErrorKind, MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { inTempFolder } from "../../temp.ts";
import {
  DIMS,
  EMBEDDINGS,
  quantizedGraph,
  safetensors,
  tinyGraph,
  tinyModel,
  VOCABULARY,
  writeModel,
} from "../tiny_transformer.ts";

/** Opens the tiny model with some files replaced; undefined removes a file. */
async function withTiny<T>(
  changes: Record<string, unknown>,
  run: (encoder: SentenceTransformer) => Promise<T>,
  options?: OpenSentenceTransformerOptions,
): Promise<T> {
  let result: T;
  await inTempFolder(async (folder) => {
    await writeModel(folder, { ...tinyModel(), ...changes });
    await using encoder = await openSentenceTransformer(folder, options);
    result = await run(encoder);
  });
  return result!;
}

async function encodeOne(encoder: SentenceTransformer, text: string): Promise<Float32Array> {
  return (await encoder.encode([text])).dense!.data;
}

/** What pooling of these words must give. */
function pooled(words: string, mode: PoolingMode, normalize: boolean): number[] {
  const ids = words.split(" ").map((word) => VOCABULARY.indexOf(word));
  const row = Array.from({ length: DIMS }, (_, j) => {
    const values = ids.map((id) => EMBEDDINGS[id * DIMS + j]!);
    if (mode === "cls") return values[0]!;
    if (mode === "lasttoken") return values.at(-1)!;
    if (mode === "max") return Math.max(...values);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  const length = normalize ? Math.hypot(...row) : 1;
  return row.map((value) => value / length);
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(actual.length, expected.length);
  for (let j = 0; j < actual.length; j++) assertAlmostEquals(actual[j]!, expected[j]!, 1e-6);
}

const [transformer, pooling, normalize] = tinyModel()["modules.json"] as unknown[];
const withoutNormalize = { "modules.json": [transformer, pooling] };

for (
  const [mode, config] of [
    ["mean", { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }],
    ["cls", { pooling_mode_cls_token: true }],
    ["max", { pooling_mode_max_tokens: true, word_embedding_dimension: 3 }],
    ["cls", { pooling_mode: "cls", embedding_dimension: 3 }],
    ["lasttoken", { pooling_mode_lasttoken: true }],
    ["lasttoken", { pooling_mode: "lasttoken" }],
  ] as const
) {
  Deno.test(`openSentenceTransformer() pools by ${mode}: ${JSON.stringify(config)}`, async () => {
    for (const normalize of [true, false]) {
      const changes = { "1_Pooling/config.json": config, ...(normalize ? {} : withoutNormalize) };
      await withTiny(changes, async (encoder) => {
        assertEquals([encoder.dims, encoder.dtype, encoder.runtime], [DIMS, "fp32", "wasm"]);
        assertClose(
          await encodeOne(encoder, "swaps eth"),
          pooled("[CLS] swap ##s eth [SEP]", mode, normalize),
        );
      });
    }
  });
}

const DENSE_WEIGHTS = [1, -2, 0.5, 0.25, 0, 3];
const DENSE_FILE = safetensors({
  "linear.bias": { shape: [2], values: [0.5, -1] },
  "linear.weight": { shape: [2, 3], values: DENSE_WEIGHTS },
});
const DENSE = {
  in_features: 3,
  out_features: 2,
  bias: true,
  activation_function: "torch.nn.modules.activation.Tanh",
};

Deno.test("openSentenceTransformer() puts pooled vectors through dense layers", async () => {
  const [a, b, c] = pooled("[CLS] swap eth [SEP]", "mean", false) as [number, number, number];
  const sums = [a - 2 * b + 0.5 * c + 0.5, 0.25 * a + 3 * c - 1];
  const cases: [unknown, unknown[], number[]][] = [
    [DENSE, [], sums.map(Math.tanh)],
    [{ ...DENSE, activation_function: "torch.nn.modules.linear.Identity" }, [], sums],
    [DENSE, [normalize], sums.map((s) => Math.tanh(s) / Math.hypot(...sums.map(Math.tanh)))],
  ];
  const prints = new Set<string>();
  for (const [config, after, expected] of cases) {
    const changes = {
      "modules.json": [transformer, pooling, { type: "a.b.Dense", path: "2_Dense" }, ...after],
      "2_Dense/config.json": config,
      "2_Dense/model.safetensors": DENSE_FILE,
    };
    await withTiny(changes, async (encoder) => {
      assertEquals(encoder.dims, 2);
      assertClose(await encodeOne(encoder, "swap eth"), expected);
      prints.add(encoder.fingerprint);
    });
  }
  assertEquals(prints.size, cases.length);
});

Deno.test("a model without modules.json pools as it is told, to vectors of length one", async () => {
  const plain = { "modules.json": undefined, "1_Pooling/config.json": undefined };
  for (const mode of ["mean", "cls", "max", "lasttoken"] as const) {
    await withTiny(plain, async (encoder) => {
      assertClose(
        await encodeOne(encoder, "swap eth"),
        pooled("[CLS] swap eth [SEP]", mode, true),
      );
    }, { pooling: mode });
  }
  const untold = await assertRejects(() => withTiny(plain, () => Promise.resolve()), MicroLmError);
  assert(untold.hint!.includes("--pooling mean"));
});

Deno.test("a model that says how it pools takes no other order", async () => {
  const open = (pooling: PoolingMode) => withTiny({}, () => Promise.resolve(), { pooling });
  await open("mean");
  const error = await assertRejects(() => open("cls"), MicroLmError, "pools by mean, not by cls");
  assertEquals(error.kind, "usage");
});

Deno.test("openSentenceTransformer() reads weights from the files that the model names", async () => {
  const data = new Uint8Array(EMBEDDINGS.slice().buffer);
  const changes = { "onnx/model.onnx": tinyGraph({ outside: "odd name.bin" }) };
  const print = (bytes: Uint8Array) =>
    withTiny({ ...changes, "onnx/odd name.bin": bytes }, async (encoder) => {
      const vector = await encodeOne(encoder, "swap");
      return { vector, fingerprint: encoder.fingerprint };
    });
  const { vector, fingerprint } = await print(data);
  assertClose(vector, pooled("[CLS] swap [SEP]", "mean", true));
  const other = new Uint8Array(EMBEDDINGS.map((value) => value + 1).buffer);
  assertNotEquals((await print(other)).fingerprint, fingerprint);
});

Deno.test("openSentenceTransformer() runs weights of four bits", async () => {
  const changes = { "onnx/model.onnx": undefined, "onnx/model_q4.onnx": quantizedGraph() };
  await withTiny({ ...changes, ...withoutNormalize }, async (encoder) => {
    assertEquals(encoder.dtype, "q4");
    const vector = await encodeOne(encoder, "swap eth");
    const expected = pooled("[CLS] swap eth [SEP]", "mean", false);
    expected.forEach((value, j) => assertAlmostEquals(vector[j]!, value, 0.03));
  }, { dtype: "q4" });
});

Deno.test("words that a word-level model does not know are its unknown token", async () => {
  const tokenizer = structuredClone(tinyModel()["tokenizer.json"]) as Record<string, unknown>;
  const vocab = Object.fromEntries(VOCABULARY.map((word, id) => [word, id]));
  tokenizer.model = { type: "WordLevel", unk_token: "[UNK]", vocab };
  await withTiny({ "tokenizer.json": tokenizer }, async (encoder) => {
    assertClose(
      await encodeOne(encoder, "swap zebra"),
      pooled("[CLS] swap [UNK] [SEP]", "mean", true),
    );
    assertClose(
      await encodeOne(encoder, "zebra swap zebra eth zebra"),
      pooled("[CLS] [UNK] swap [UNK] eth [SEP]", "mean", true),
    );
  });
});

for (
  const [limit, config] of [
    [7, { max_position_embeddings: 7, model_type: "bert" }],
    [5, { max_position_embeddings: 7, model_type: "xlm-roberta", pad_token_id: 1 }],
    [5, { max_position_embeddings: 7, model_type: "roberta" }],
    [8, {}],
  ] as const
) {
  Deno.test(`without a limit of its own a model takes ${limit} tokens: ${JSON.stringify(config)}`, async () => {
    const changes = { "sentence_bert_config.json": undefined, "config.json": config };
    await withTiny(changes, (encoder) => {
      assertEquals(encoder.maxSeqLength, limit);
      return Promise.resolve();
    });
  });
}

Deno.test("a model that gives no number names the prompt and itself", async () => {
  const values = EMBEDDINGS.slice();
  values[VOCABULARY.indexOf("borrow") * DIMS] = NaN;
  await withTiny({ "onnx/model.onnx": tinyGraph({ values }) }, async (encoder) => {
    const error = await assertRejects(
      () => encoder.encode(["swap eth", "", "borrow eth"]),
      MicroLmError,
      "The model gives NaN for prompt 3",
    );
    assertEquals(error.kind, "data");
    assert(error.message.includes("onnx/model.onnx"));
  });
});

const texts: [string, string][] = [
  ["swap", "[CLS] swap [SEP]"],
  ["  Swap\n", "[CLS] swap [SEP]"],
  ["zebra", "[CLS] [UNK] [SEP]"],
  ["swap swap swap swap", "[CLS] swap swap swap swap [SEP]"],
  ["swap eth swaps borrow", "[CLS] swap eth swap ##s [SEP]"],
  [`eth ${"borrow ".repeat(5000)}`, "[CLS] eth borrow borrow borrow [SEP]"],
];
Deno.test("encode() tokenizes, lower-cases, and cuts between the special tokens", async () => {
  await withTiny({}, async (encoder) => {
    assertEquals(encoder.maxSeqLength, 6);
    const { dense } = await encoder.encode(texts.map(([text]) => text));
    texts.forEach(([, words], i) => {
      assertClose(dense!.data.subarray(i * DIMS, (i + 1) * DIMS), pooled(words, "mean", true));
    });
  });
});

Deno.test("encode() gives zero rows for blank texts and reports progress", async () => {
  await withTiny({}, async (encoder) => {
    const steps: number[][] = [];
    const blank = ["", " \t\n", ...Array<string>(68).fill("swap")];
    const { dense, rows } = await encoder.encode(blank, {
      onProgress: (...step) => steps.push(step),
    });
    assertEquals([rows, dense!.rows, dense!.cols], [70, 70, DIMS]);
    assert(dense!.data.subarray(0, 2 * DIMS).every((value) => value === 0));
    assertEquals(steps, [[32, 70], [64, 70], [70, 70]]);
    assertEquals((await encoder.encode([])).rows, 0);
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => encoder.encode(["swap"], { signal }), Error, "enough");
  });
});

Deno.test("a vector is the same bit by bit alone and in any batch", async () => {
  await withTiny({}, async (encoder) => {
    const word = fc.constantFrom("swap", "eth", "borrow", "swaps", "x", "[SEP]", "\ud800", "é");
    const text = fc.array(word, { maxLength: 9 }).map((words) => words.join(" "));
    const property = fc.asyncProperty(fc.array(text, { maxLength: 8 }), async (batch) => {
      const { data } = (await encoder.encode(batch)).dense!;
      for (const [i, one] of batch.entries()) {
        assertEquals(data.slice(i * DIMS, (i + 1) * DIMS), await encodeOne(encoder, one));
      }
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

const limits: [string, Record<string, unknown>, number][] = [
  ["the sentence configuration", {}, 6],
  ["a sentence configuration of another name", {
    "sentence_bert_config.json": undefined,
    "sentence_roberta_config.json": { max_seq_length: 5 },
  }, 5],
  ["the tokenizer", { "sentence_bert_config.json": undefined }, 8],
  ["the tokenizer, for null", { "sentence_bert_config.json": { max_seq_length: null } }, 8],
  ["the model", {
    "sentence_bert_config.json": undefined,
    "tokenizer_config.json": { model_max_length: 1e30 },
  }, 16],
  ["nothing", {
    "sentence_bert_config.json": undefined,
    "tokenizer_config.json": undefined,
    "config.json": {},
  }, 512],
];
for (const [name, changes, expected] of limits) {
  Deno.test(`openSentenceTransformer() takes the length limit from ${name}`, async () => {
    await withTiny(changes, (encoder) => {
      assertEquals(encoder.maxSeqLength, expected);
      return Promise.resolve();
    });
  });
}

Deno.test("openSentenceTransformer() keeps case unless told to lower it", async () => {
  await withTiny({ "sentence_bert_config.json": {} }, async (encoder) => {
    assertClose(await encodeOne(encoder, "Swap"), pooled("[CLS] Swap [SEP]", "mean", true));
  });
});

Deno.test("openSentenceTransformer() puts the default prompt before each text", async () => {
  const prompts = { prompts: { query: "swap " }, default_prompt_name: "query" };
  await withTiny({ "config_sentence_transformers.json": prompts }, async (encoder) => {
    assertClose(await encodeOne(encoder, "eth"), pooled("[CLS] swap eth [SEP]", "mean", true));
  });
});

Deno.test("openSentenceTransformer() reads a transformer in a folder of its own", async () => {
  const files = tinyModel();
  const moved = ["config.json", "tokenizer.json", "onnx/model.onnx", "sentence_bert_config.json"];
  const changes: Record<string, unknown> = {
    "modules.json": [{ type: "x.Transformer", path: "0_Transformer" }, pooling],
  };
  for (const path of moved) {
    changes[path] = undefined;
    changes[`0_Transformer/${path}`] = files[path];
  }
  await withTiny(changes, async (encoder) => {
    assertClose(await encodeOne(encoder, "Swap"), pooled("[CLS] swap [SEP]", "mean", false));
  });
});

const graphs: [string, Uint8Array][] = [
  ["two inputs", tinyGraph({ inputs: ["input_ids", "attention_mask"] })],
  ["one input", tinyGraph({ inputs: ["input_ids"] })],
  ["token_embeddings", tinyGraph({ output: "token_embeddings" })],
];
for (const [name, graph] of graphs) {
  Deno.test(`openSentenceTransformer() runs a graph with ${name}`, async () => {
    await withTiny({ "onnx/model.onnx": graph }, async (encoder) => {
      assertClose(await encodeOne(encoder, "swap"), pooled("[CLS] swap [SEP]", "mean", true));
    });
  });
}

Deno.test("openSentenceTransformer() runs a graph with fp16 vectors", async () => {
  const changes = {
    "onnx/model.onnx": undefined,
    "onnx/model_fp16.onnx": tinyGraph({ type: "fp16" }),
  };
  await withTiny(changes, async (encoder) => {
    assertEquals([encoder.dtype, encoder.spec.endsWith(":fp16")], ["fp16", true]);
    const expected = pooled("[CLS] swap [SEP]", "mean", true);
    const actual = await encodeOne(encoder, "swap");
    expected.forEach((value, j) => assertAlmostEquals(actual[j]!, value, 2e-3));
  }, { dtype: "fp16" });
});

Deno.test("the fingerprint covers weights, tokenizer and parameters, not the place", async () => {
  const print = (changes: Record<string, unknown>, options?: OpenSentenceTransformerOptions) =>
    withTiny(changes, (encoder) => Promise.resolve(encoder.fingerprint), options);
  const tokenizer = structuredClone(tinyModel()["tokenizer.json"]) as {
    model: { vocab: Record<string, number> };
  };
  tokenizer.model.vocab["zebra"] = 1;
  const prints = [
    await print({}),
    await print(withoutNormalize),
    await print({ "1_Pooling/config.json": { pooling_mode_cls_token: true } }),
    await print({ "sentence_bert_config.json": { max_seq_length: 7, do_lower_case: true } }),
    await print({ "sentence_bert_config.json": { max_seq_length: 6 } }),
    await print({ "tokenizer.json": tokenizer }),
    await print({ "onnx/model.onnx": tinyGraph({ inputs: ["input_ids"] }) }),
  ];
  assertEquals(new Set(prints).size, prints.length);
  assertEquals(await print({ "README.md": "x", "config.json": {} }, { spec: "other" }), prints[0]);
});

interface Refusal {
  readonly name: string;
  readonly changes: Record<string, unknown>;
  readonly kind: ErrorKind;
  readonly message: string;
}

const refusals: Refusal[] = [
  ...["modules.json", "1_Pooling/config.json", "config.json", "tokenizer.json"].map((path) => ({
    name: `without ${path}`,
    changes: { [path]: undefined },
    kind: "missing" as const,
    message: path,
  })),
  {
    name: "with broken JSON",
    changes: { "config.json": '{\n  "a": 1,\n}' },
    kind: "data",
    message: "config.json:3:1: Expected JSON",
  },
  {
    name: "with a layer that is not supported",
    changes: { "modules.json": [transformer, pooling, { type: "LSTM", path: "2_LSTM" }] },
    kind: "data",
    message: "found Transformer, Pooling, LSTM",
  },
  ...[
    ["with a layer without weights", DENSE, undefined, "missing", "2_Dense/model.safetensors"],
    [
      "with a layer of another size",
      { ...DENSE, in_features: 4 },
      DENSE_FILE,
      "data",
      "Expected 8",
    ],
    [
      "with a layer for other vectors",
      { ...DENSE, in_features: 6, out_features: 1, bias: false },
      DENSE_FILE,
      "data",
      "Expected token vectors of 6",
    ],
    [
      "with another activation",
      { ...DENSE, activation_function: "torch.nn.GELU" },
      DENSE_FILE,
      "data",
      "found GELU",
    ],
    ["with a layer in another format", DENSE, "a pickle", "data", "Expected a safetensors file"],
    [
      "with a layer that lacks its bias",
      DENSE,
      safetensors({ "linear.weight": { shape: [2, 3], values: DENSE_WEIGHTS } }),
      "data",
      "Expected a tensor linear.bias, found linear.weight",
    ],
  ].map(([name, config, weights, kind, message]) => ({
    name: name as string,
    changes: {
      "modules.json": [transformer, pooling, { type: "Dense", path: "2_Dense" }],
      "2_Dense/config.json": config,
      "2_Dense/model.safetensors": weights,
    },
    kind: kind as ErrorKind,
    message: message as string,
  })),
  { name: "without modules", changes: { "modules.json": [] }, kind: "data", message: "found none" },
  {
    name: "with a module elsewhere",
    changes: { "modules.json": [transformer, { type: "Pooling", path: "../x" }] },
    kind: "data",
    message: 'found "../x"',
  },
  {
    name: "with two pooling modes",
    changes: {
      "1_Pooling/config.json": { pooling_mode_mean_tokens: true, pooling_mode_max_tokens: true },
    },
    kind: "data",
    message: "found pooling_mode_mean_tokens and pooling_mode_max_tokens",
  },
  {
    name: "with another pooling mode",
    changes: { "1_Pooling/config.json": { pooling_mode_weightedmean_tokens: true } },
    kind: "data",
    message: "found pooling_mode_weightedmean_tokens",
  },
  {
    name: "with another named pooling mode",
    changes: { "1_Pooling/config.json": { pooling_mode: "constructor" } },
    kind: "data",
    message: "found constructor",
  },
  {
    name: "without a pooling mode",
    changes: { "1_Pooling/config.json": {} },
    kind: "data",
    message: "found none",
  },
  {
    name: "with a wrong type in a configuration",
    changes: { "sentence_bert_config.json": { max_seq_length: "6" } },
    kind: "data",
    message: 'at "max_seq_length"',
  },
  {
    name: "with no room for text",
    changes: { "sentence_bert_config.json": { max_seq_length: 2 } },
    kind: "data",
    message: "above its 2 special tokens, found 2",
  },
  {
    name: "with an unknown kind of tokenizer",
    changes: {
      "tokenizer.json": {
        ...(tinyModel()["tokenizer.json"] as Record<string, unknown>),
        model: { type: "Magic" },
      },
    },
    kind: "data",
    message: "tokenizer.json: Cannot use the tokenizer",
  },
  {
    name: "with a pointer of Git LFS for weights",
    changes: {
      "onnx/model.onnx": new TextEncoder().encode(
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
      ),
    },
    kind: "data",
    message: "Expected weights, found a pointer of Git LFS",
  },
  {
    name: "without weights",
    changes: { "onnx/model.onnx": undefined },
    kind: "missing",
    message: "expected onnx/model.onnx or the same name without a folder, found no ONNX file",
  },
  {
    name: "with weights that are no model",
    changes: { "onnx/model.onnx": "not ONNX" },
    kind: "data",
    message: "ONNX Runtime cannot load",
  },
  {
    name: "with weights in a second file that is not there",
    changes: { "onnx/model.onnx": tinyGraph({ outside: "weights.bin" }) },
    kind: "missing",
    message: "onnx/weights.bin",
  },
  {
    name: "with weights outside of its folder",
    changes: { "onnx/model.onnx": tinyGraph({ outside: "../../x.bin" }) },
    kind: "data",
    message: 'found "../../x.bin"',
  },
  {
    name: "with other inputs",
    changes: { "onnx/model.onnx": tinyGraph({ inputs: ["input_ids", "pixel_values"] }) },
    kind: "data",
    message: "found input_ids, pixel_values",
  },
  {
    name: "with another output",
    changes: { "onnx/model.onnx": tinyGraph({ output: "logits" }) },
    kind: "data",
    message: "found logits",
  },
  {
    name: "with an output that is pooled",
    changes: { "onnx/model.onnx": tinyGraph({ reduce: true }) },
    kind: "data",
    message: "found Float32Array of shape",
  },
  {
    name: "with integer vectors",
    changes: { "onnx/model.onnx": tinyGraph({ type: "int64" }) },
    kind: "data",
    message: "found BigInt64Array of shape 1 × 3 × 3",
  },
  {
    name: "with other dimensions than it says",
    changes: { "onnx/model.onnx": tinyGraph({ dims: 2 }) },
    kind: "data",
    message: "Expected vectors of 3 numbers, as the pooling configuration says, found 2",
  },
];
for (const { name, changes, kind, message } of refusals) {
  Deno.test(`openSentenceTransformer() refuses a model ${name}`, async () => {
    const open = () => withTiny(changes, () => Promise.resolve());
    const error = await assertRejects(open, MicroLmError, message);
    assertEquals(error.kind, kind);
  });
}

Deno.test("openSentenceTransformer() reports a token id beyond the model's vocabulary", async () => {
  const tokenizer = structuredClone(tinyModel()["tokenizer.json"]) as {
    model: { vocab: Record<string, number> };
  };
  tokenizer.model.vocab["zebra"] = 99;
  await withTiny({ "tokenizer.json": tokenizer }, async (encoder) => {
    const encode = () => encoder.encode(["zebra"]);
    await assertRejects(encode, MicroLmError, "ONNX Runtime cannot run the model");
    assertClose(await encodeOne(encoder, "swap"), pooled("[CLS] swap [SEP]", "mean", true));
  });
});

const picks: [string, string[], string][] = [
  ["fp32", ["model.onnx", "onnx/model.onnx"], "onnx/model.onnx"],
  ["fp32", ["model.onnx", "onnx/model_O2.onnx"], "model.onnx"],
  ["fp16", ["onnx/model.onnx", "onnx/model_fp16.onnx"], "onnx/model_fp16.onnx"],
  ["int8", ["onnx/model_int8.onnx", "model_quantized.onnx"], "model_quantized.onnx"],
  [
    "int8",
    [
      "onnx/model_qint8_avx512_vnni.onnx",
      "onnx/model_qint8_arm64.onnx",
      "onnx/model_quint8_avx2.onnx",
    ],
    "onnx/model_quint8_avx2.onnx",
  ],
  [
    "int8",
    ["onnx/model_qint8_avx512.onnx", "onnx/model_qint8_arm64.onnx"],
    "onnx/model_qint8_arm64.onnx",
  ],
];
for (const [dtype, paths, expected] of picks) {
  Deno.test(`pickOnnxFile() takes ${expected} for ${dtype} out of ${paths}`, () => {
    assertEquals(pickOnnxFile(paths, dtype as "fp32", "m"), expected);
    assertEquals(pickOnnxFile(paths.toReversed(), dtype as "fp32", "m"), expected);
  });
}

Deno.test("openSentenceTransformer() refuses an unknown dtype and names the ones there are", async () => {
  const open = (dtype: string) => withTiny({}, () => Promise.resolve(), { dtype: dtype as "fp32" });
  const unknown = await assertRejects(() => open("int4"), MicroLmError, 'Unknown dtype "int4"');
  assertEquals(unknown.kind, "usage");
  const absent = await assertRejects(() => open("int8"), MicroLmError, "found onnx/model.onnx");
  assertEquals([absent.kind, absent.hint], ["missing", "Use --dtype fp32"]);
});

const model = Deno.env.get("MICRO_LM_TEST_MODEL");
// deno-lint-ignore no-console -- says why a test does not run
if (model === undefined) console.log("skipped: no model (set MICRO_LM_TEST_MODEL to its folder)");

Deno.test({
  name: "all-MiniLM-L6-v2 agrees with the reference libraries, alone and in batches",
  ignore: model === undefined,
  fn: async () => {
    const golden = JSON.parse(await Deno.readTextFile("tests/golden/minilm_int8.json")) as {
      weights_sha256: string;
      rows: { text: string; ids: number[]; vector: number[] }[];
    };
    const weights = await Deno.readFile(`${model}/onnx/model_quantized.onnx`);
    assertEquals(sha256Hex(weights), golden.weights_sha256);
    const tokenize = createTextTokenizer(await readSentenceTransformerFiles(model!));
    await using encoder = await openSentenceTransformer(model!, { dtype: "int8" });
    const batch = golden.rows.map(({ text }) => text);
    const { data } = (await encoder.encode([...batch, ...batch.toReversed()])).dense!;
    for (const [i, { text, ids, vector }] of golden.rows.entries()) {
      assertEquals([...tokenize(text)!.ids].map(Number), ids);
      const row = data.slice(i * 384, (i + 1) * 384);
      let cosine = 0;
      vector.forEach((value, j) => cosine += value * row[j]!);
      assertGreaterOrEqual(cosine, 0.99999, text);
      vector.forEach((value, j) => assertAlmostEquals(row[j]!, value, 1e-4));
      const other = batch.length * 2 - 1 - i;
      assertEquals(data.slice(other * 384, (other + 1) * 384), row);
      assertEquals(await encodeOne(encoder, text), row);
    }
    assertNotEquals(data.slice(0, 384), data.slice(384, 768));
  },
});
