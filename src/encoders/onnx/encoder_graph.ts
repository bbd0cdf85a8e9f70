import type { PoolingMode } from "../sentence_transformer/pooling.ts";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { readTensor, readWeightManifest } from "../lite/energetic_weights.ts";
import type { TensorValue } from "./session.ts";
import type { GraphValue, OnnxGraph } from "./graph.ts";
import { type ImportedModel, importOnnxModel } from "./import.ts";
import { readSentenceTransformerFiles } from "../sentence_transformer/files.ts";
import { findWeights, type ModelDtype } from "../sentence_transformer/onnx.ts";
import { createTextTokenizer } from "../sentence_transformer/tokens.ts";
import { type EncoderPart, splitPooling } from "../spec.ts";
import type { DenseLayer } from "../sentence_transformer/dense.ts";
import { readExternalData } from "./external_data.ts";
import { STATIC_DIMS, STATIC_TENSOR, staticWeights } from "../lite/static.ts";
import { loadUnigram } from "../lite/unigram.ts";
import { loadUseLiteModel } from "../use_lite/file.ts";
import { USE_LITE_DIMS, USE_LITE_MAX_PIECES } from "../use_lite/shape.ts";

const FLOAT = 1;
const DOUBLE = 11;

/** One part of an encoder, ready to be put into a graph. */
export interface GraphPart {
  readonly inputs: readonly GraphValue[];
  /** Size of its vector. */
  readonly dims: number;
  /** The model that it brings with it. */
  readonly model?: ImportedModel;
  /** Adds the part; the result is its vector, float64, 1 × dims. */
  add(graph: OnnxGraph): string;
  /** What to feed for a text; undefined if it has no token. */
  feed(text: string): Readonly<Record<string, TensorValue>> | undefined;
}

/** Options of {@linkcode openGraphPart}. */
export interface GraphPartOptions {
  readonly dtype: ModelDtype;
  /** Folder in which the model of `use-lite` is kept. */
  readonly cacheDir: string;
  /** The folder of a pulled model. */
  readonly resolveModel: (id: string) => Promise<string>;
}

/**
 * Prepares a dense part of an encoder spec for one graph with the classifier.
 *
 * @param index Position of the part; inputs are named after it.
 * @throws {MicroLmError} Kind `usage` for parts that are no graph: endpoints, and `ngram`, whose hashing
 * no ONNX operator can do; what reading the model throws.
 */
export async function openGraphPart(
  { name, kind }: EncoderPart,
  index: number,
  options: GraphPartOptions,
): Promise<GraphPart> {
  if (name === "use-lite") return await useLitePart(index, options);
  if (name === "static") return await staticPart(index);
  if (kind === "folder") return await transformerPart(name, index, options);
  if (kind === "hub") {
    const { name: id, pooling } = splitPooling(name);
    const folder = await options.resolveModel(id);
    return await transformerPart(pooling ? `${folder}#${pooling}` : folder, index, options);
  }
  throw new MicroLmError("usage", `Encoder "${name}" cannot be part of an ONNX graph`, {
    hint: "Export the classifier alone, without --with_encoder",
  });
}

async function useLitePart(
  index: number,
  { dtype, cacheDir }: GraphPartOptions,
): Promise<GraphPart> {
  if (dtype !== "fp32" && dtype !== "int8") {
    throw new MicroLmError("usage", `Encoder "use-lite" has no ${dtype} weights`);
  }
  const [unigram, { bytes, path }] = await Promise.all([
    loadUnigram(),
    loadUseLiteModel(dtype, cacheDir),
  ]);
  const model = importOnnxModel(bytes, path);
  const input = `use_lite_ids_${index}`;
  return {
    model,
    dims: USE_LITE_DIMS,
    inputs: [{ name: input, type: "int32", shape: [`use_lite_pieces_${index}`] }],
    add: (graph) => toDouble(graph, graph.include(model, { ids: input }, "vector")),
    feed: (text) => feedIds(input, unigram.encode(text).subarray(0, USE_LITE_MAX_PIECES)),
  };
}

async function staticPart(index: number): Promise<GraphPart> {
  const [unigram, table] = await Promise.all([
    loadUnigram(),
    readWeightManifest().then((manifest) => readTensor(manifest, STATIC_TENSOR)),
  ]);
  const input = `static_ids_${index}`;
  return {
    dims: STATIC_DIMS,
    inputs: [{ name: input, type: "int32", shape: [`static_pieces_${index}`] }],
    add: (graph) => {
      const rows = table.length / STATIC_DIMS;
      const weights = new Float64Array(rows);
      weights.set(staticWeights(unigram.scores, unigram.unknownId).subarray(0, rows));
      const gather = (constant: string) => graph.node("Gather", [constant, input]);
      const embedded = toDouble(graph, gather(graph.constant(table, [rows, STATIC_DIMS])));
      const one = graph.constant(BigInt64Array.of(1n, -1n), [2]);
      const factors = graph.node("Reshape", [gather(graph.constant(weights, [rows])), one]);
      return addNormalized(graph, graph.node("MatMul", [factors, embedded]), STATIC_DIMS, 1);
    },
    feed: (text) => feedIds(input, unigram.encode(text.toLowerCase())),
  };
}

function feedIds(name: string, ids: ArrayLike<number>): Record<string, TensorValue> | undefined {
  return ids.length === 0
    ? undefined
    : { [name]: { data: Int32Array.from(ids), shape: [ids.length] } };
}

async function transformerPart(
  name: string,
  index: number,
  { dtype }: GraphPartOptions,
): Promise<GraphPart> {
  const { name: folder, pooling } = splitPooling(name);
  const files = await readSentenceTransformerFiles(folder, pooling);
  const path = await findWeights(folder, files.transformer, dtype);
  const bytes = await Deno.readFile(path).catch((error: unknown) => {
    throw explainIoError(error, path, "read");
  });
  const [outside] = await readExternalData(bytes, path);
  if (outside) {
    throw new MicroLmError("data", `A model with weights in a second file, "${outside.path}"`, {
      at: { file: path },
      hint: "Export the classifier alone, without --with_encoder",
    });
  }
  const model = importOnnxModel(bytes, path);
  const names = (model.graph.input ?? []).map(({ name }) => name!)
    .filter((name) => !(model.graph.initializer ?? []).some((value) => value.name === name));
  const output = (model.graph.output ?? []).map(({ name }) => name!)
    .find((name) => name === "last_hidden_state" || name === "token_embeddings");
  if (output === undefined) {
    throw new MicroLmError("data", "Expected an output last_hidden_state or token_embeddings", {
      at: { file: path },
    });
  }
  const tokenize = createTextTokenizer(files);
  const own = (name: string) => `${name}_${index}`;
  const { dims } = files;
  if (dims === undefined) {
    throw new MicroLmError("data", "Expected the model's configuration to name the vector's size", {
      at: { file: `${folder}/${pooling ? "config.json" : "1_Pooling/config.json"}` },
    });
  }
  return {
    model,
    dims,
    inputs: names.map((name) => ({
      name: own(name),
      type: "int64",
      shape: [1, `tokens_${index}`],
    })),
    add: (graph) => {
      const inputs = Object.fromEntries(names.map((name) => [name, own(name)]));
      const hidden = toDouble(graph, graph.include(model, inputs, output));
      const pooled = addPooling(graph, hidden, files.pooling);
      const vector = files.dense.reduce((input, layer) => addDense(graph, input, layer), pooled);
      return files.normalize ? addNormalized(graph, vector, dims, 1) : vector;
    },
    feed: (text) => {
      const tokens = tokenize(text);
      if (!tokens) return undefined;
      const shape = [1, tokens.ids.length];
      const values: Record<string, BigInt64Array> = {
        input_ids: tokens.ids,
        attention_mask: new BigInt64Array(tokens.ids.length).fill(1n),
        token_type_ids: tokens.typeIds,
      };
      return Object.fromEntries(names.map((name) => [own(name), { data: values[name]!, shape }]));
    },
  };
}

function addPooling(graph: OnnxGraph, hidden: string, mode: PoolingMode): string {
  if (mode === "cls" || mode === "lasttoken") {
    const place = graph.constant(BigInt64Array.of(mode === "cls" ? 0n : -1n), []);
    return graph.node("Gather", [hidden, place], { ints: { axis: 1 } });
  }
  const operator = mode === "mean" ? "ReduceMean" : "ReduceMax";
  return graph.node(operator, [hidden], { ints: { axes: [1], keepdims: 0 } });
}

function addDense(
  graph: OnnxGraph,
  vector: string,
  { weights, bias, inputs, outputs, activation }: DenseLayer,
): string {
  const turned = Float64Array.from(
    { length: inputs * outputs },
    (_, at) => weights[(at % outputs) * inputs + Math.floor(at / outputs)]!,
  );
  const product = graph.node("MatMul", [vector, graph.constant(turned, [inputs, outputs])]);
  const sum = bias
    ? graph.node("Add", [product, graph.constant(Float64Array.from(bias), [1, outputs])])
    : product;
  return activation === "Tanh" ? graph.node("Tanh", [sum]) : sum;
}

function toDouble(graph: OnnxGraph, value: string): string {
  return graph.node("Cast", [value], { ints: { to: DOUBLE } });
}

/** A vector, float64, 1 × dims, scaled to a length; a zero vector stays one. Rounded as encoders do. */
export function addNormalized(
  graph: OnnxGraph,
  vector: string,
  dims: number,
  length: number,
): string {
  const ones = graph.constant(new Float64Array(dims).fill(1), [dims, 1]);
  const squares = graph.node("MatMul", [graph.node("Mul", [vector, vector]), ones]);
  const zero = graph.constant(Float64Array.of(0), []);
  const one = graph.constant(Float64Array.of(1), []);
  const isZero = graph.node("Equal", [squares, zero]);
  const safe = graph.node("Sqrt", [graph.node("Where", [isZero, one, squares])]);
  const unit = graph.node("Div", [vector, safe]);
  const scaled = graph.node("Mul", [unit, graph.constant(Float64Array.of(length), [])]);
  return toDouble(graph, graph.node("Cast", [scaled], { ints: { to: FLOAT } }));
}
