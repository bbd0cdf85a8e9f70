import { createOnnxGraph, type OnnxGraph } from "../onnx/graph.ts";
import { quantizeColumns, quantizeRows } from "./quantize.ts";
import {
  USE_LITE_DIMS,
  USE_LITE_MAX_PIECES,
  type UseLiteDtype,
  type UseLiteOutput,
} from "./shape.ts";
import {
  type Dense,
  type LayerNorm,
  readUseLiteWeights,
  USE_LITE_EMBEDDING_DIMS,
  USE_LITE_EPSILON,
  USE_LITE_HEADS,
  type UseLiteLayer,
  useLiteLayerWidth,
  type UseLiteWeights,
} from "./weights.ts";

/**
 * Builds the Universal Sentence Encoder lite (Cer et al., 2018) as an ONNX model from the weights of
 * the pretrained package, or from others of the same shape, for example tuned ones.
 *
 * Input `ids`: the 1 to 128 pieces of one text, int32. Output `vector`: 1 × 512, length one. Two
 * pre-norm transformer layers of four heads, 256 → 512 and 512 → 512 wide; the mean over the pieces; a
 * tanh layer. There is no padding anywhere: a text never meets another text's pieces. The model of
 * `tokens` ends after the layers: pieces × 512.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 */
export async function buildUseLiteGraph(
  dtype: UseLiteDtype,
  weights?: UseLiteWeights,
  out: UseLiteOutput = "vector",
): Promise<Uint8Array<ArrayBuffer>> {
  const { embedding, positions, layers, output } = weights ?? await readUseLiteWeights();
  const graph = createOnnxGraph(`use-lite-${dtype}${out === "tokens" ? "-tokens" : ""}`);
  const ids = [{ name: "ids", type: "int32", shape: ["pieces"] }] as const;
  const dense = dtype === "int8" ? addInt8Dense : addDense;

  let x = addEmbedding(graph, dtype, embedding, positions);
  layers.forEach((layer, i) => x = addTransformerLayer(graph, dense, layer, i, x));
  if (out === "tokens") {
    graph.node("Identity", [x], { outputs: ["tokens"] });
    return graph.finish(ids, [{
      name: "tokens",
      type: "float32",
      shape: ["pieces", USE_LITE_DIMS],
    }]);
  }
  const mean = graph.node("ReduceMean", [x], { ints: { axes: [0], keepdims: 1 } });
  const hidden = dense(graph, mean, output);
  // The published graph keeps the squared length above 1e-12; 512 values of tanh never come near.
  graph.node("LpNormalization", [graph.node("Tanh", [hidden])], {
    ints: { axis: -1, p: 2 },
    outputs: ["vector"],
  });
  return graph.finish(ids, [{ name: "vector", type: "float32", shape: [1, USE_LITE_DIMS] }]);
}

/** Embedding plus position signal. The published graph adds the embedding twice: e + (e + signal). */
function addEmbedding(
  graph: OnnxGraph,
  dtype: UseLiteDtype,
  table: Float32Array,
  positions: Float32Array,
): string {
  const doubled = table.map((value) => 2 * value);
  const shape = [table.length / USE_LITE_EMBEDDING_DIMS, USE_LITE_EMBEDDING_DIMS];
  const embedded = dtype === "int8"
    ? addInt8Lookup(graph, doubled, shape)
    : graph.node("Gather", [graph.constant(doubled, shape), "ids"]);
  const signal = graph.constant(positions, [USE_LITE_MAX_PIECES, USE_LITE_EMBEDDING_DIMS]);
  const zero = graph.constant(BigInt64Array.of(0n), [1]);
  const slice = graph.node("Slice", [signal, zero, graph.node("Shape", ["ids"]), zero]);
  return graph.node("Add", [embedded, slice]);
}

type AddDense = (graph: OnnxGraph, x: string, layer: Dense) => string;

function addTransformerLayer(
  graph: OnnxGraph,
  dense: AddDense,
  layer: UseLiteLayer,
  index: number,
  x: string,
): string {
  // Only the first layer changes the width, so only its residual is projected.
  const residual = layer.residual ? dense(graph, x, layer.residual) : x;
  const qkv = dense(graph, addLayerNorm(graph, x, layer.norm), layer.qkv);
  const mixed = addAttention(graph, qkv, useLiteLayerWidth(index));
  const attended = graph.node("Add", [dense(graph, mixed, layer.mix), residual]);
  const inner = dense(graph, addLayerNorm(graph, attended, layer.innerNorm), layer.inner);
  const outer = dense(graph, graph.node("Relu", [inner]), layer.outer);
  return graph.node("Add", [outer, attended]);
}

function addLayerNorm(graph: OnnxGraph, x: string, { scale, bias }: LayerNorm): string {
  const shape = [scale.length];
  return graph.node(
    "LayerNormalization",
    [x, graph.constant(scale, shape), graph.constant(bias, shape)],
    { ints: { axis: -1 }, floats: { epsilon: USE_LITE_EPSILON } },
  );
}

/** Scaled dot-product attention (Vaswani et al., 2017) over pieces × (queries, keys, values). */
function addAttention(graph: OnnxGraph, qkv: string, width: number): string {
  const size = width / USE_LITE_HEADS;
  const parts = ["queries", "keys", "values"].map((part) => `${qkv}_${part}`);
  graph.node("Split", [qkv], { ints: { axis: 1 }, outputs: parts });
  const split = graph.constant(BigInt64Array.of(0n, BigInt(USE_LITE_HEADS), BigInt(size)), [3]);
  const heads = (part: string, perm: number[]) =>
    graph.node("Transpose", [graph.node("Reshape", [part, split])], { ints: { perm } });
  const scale = graph.constant(Float32Array.of(size ** -0.5), []);
  const queries = graph.node("Mul", [heads(parts[0]!, [1, 0, 2]), scale]);
  const scores = graph.node("MatMul", [queries, heads(parts[1]!, [1, 2, 0])]);
  const weights = graph.node("Softmax", [scores], { ints: { axis: -1 } });
  const mixed = graph.node("MatMul", [weights, heads(parts[2]!, [1, 0, 2])]);
  const joined = graph.constant(BigInt64Array.of(0n, BigInt(width)), [2]);
  return graph.node("Reshape", [
    graph.node("Transpose", [mixed], { ints: { perm: [1, 0, 2] } }),
    joined,
  ]);
}

function addDense(graph: OnnxGraph, x: string, { kernel, bias }: Dense): string {
  const cols = bias.length;
  return graph.node("Gemm", [
    x,
    graph.constant(kernel, [kernel.length / cols, cols]),
    graph.constant(bias, [cols]),
  ]);
}

/** Rows of 8-bit integers with a scale each. */
function addInt8Lookup(graph: OnnxGraph, table: Float32Array, shape: readonly number[]): string {
  const { values, scales } = quantizeRows(table, shape[1]!);
  const gather = (constant: string) => graph.node("Gather", [constant, "ids"]);
  const rows = graph.node("Cast", [gather(graph.constant(values, shape))], { ints: { to: 1 } });
  return graph.node("Mul", [rows, gather(graph.constant(scales, [shape[0]!, 1]))]);
}

/** Stored weights are unsigned: 128 stands for zero. */
const MIDDLE = 128;

/**
 * A dense layer on 8-bit integers: the kernel has a scale for each column, the input one scale for the
 * whole text, found at run time.
 *
 * The kernel is unsigned like the input. Products of an unsigned and a signed byte are summed in pairs
 * in 16 bits, and saturate, on processors without integer dot products: the same model would give other
 * vectors there.
 */
function addInt8Dense(graph: OnnxGraph, x: string, { kernel, bias }: Dense): string {
  const cols = bias.length;
  const { values, scales } = quantizeColumns(kernel, cols);
  const quantized = `${x}_int8_${cols}`;
  const inScale = `${quantized}_scale`;
  const inZero = `${quantized}_zero`;
  graph.node("DynamicQuantizeLinear", [x], { outputs: [quantized, inScale, inZero] });
  const unsigned = Uint8Array.from(values, (value) => value + MIDDLE);
  const weights = graph.constant(unsigned, [kernel.length / cols, cols]);
  const zero = graph.constant(Uint8Array.of(MIDDLE), []);
  const sums = graph.node("MatMulInteger", [quantized, weights, inZero, zero]);
  const scale = graph.node("Mul", [inScale, graph.constant(scales, [cols])]);
  const product = graph.node("Mul", [graph.node("Cast", [sums], { ints: { to: 1 } }), scale]);
  return graph.node("Add", [product, graph.constant(bias, [cols])]);
}
