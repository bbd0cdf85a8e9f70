import { readTensor, readWeightManifest } from "./energetic_weights.ts";
import { createOnnxGraph, type OnnxGraph } from "./onnx_graph.ts";
import { quantizeColumns, quantizeRows } from "./use_lite_quantize.ts";
import { USE_LITE_DIMS, USE_LITE_MAX_PIECES, type UseLiteDtype } from "./use_lite_shape.ts";

const EMBEDDING_DIMS = 256;
const HEADS = 4;
const EPSILON = 1e-6;

const ENCODE = "Encoder_en/KonaTransformer/Encode";
const FOLDED = `module_apply_default/${ENCODE}`;

/** A dense layer: `kernel` is in × out, row-major. */
interface Dense {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

type ReadWeights = (name: string) => Promise<Float32Array>;

/**
 * Builds the Universal Sentence Encoder lite (Cer et al., 2018) as an ONNX model from the weights of
 * the pretrained package.
 *
 * Input `ids`: the 1 to 128 pieces of one text, int32. Output `vector`: 1 × 512, length one. Two
 * pre-norm transformer layers of four heads, 256 → 512 and 512 → 512 wide; the mean over the pieces; a
 * tanh layer. There is no padding anywhere: a text never meets another text's pieces.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 */
export async function buildUseLiteGraph(dtype: UseLiteDtype): Promise<Uint8Array<ArrayBuffer>> {
  const manifest = await readWeightManifest();
  const read: ReadWeights = (name) => readTensor(manifest, name);
  const graph = createOnnxGraph(`use-lite-${dtype}`);
  const dense = dtype === "int8" ? addInt8Dense : addDense;

  let x = addEmbedding(graph, dtype, await read("module/Embeddings_en"), await readTimes(read));
  x = await addTransformerLayer(graph, dense, read, 0, x);
  x = await addTransformerLayer(graph, dense, read, 1, x);
  const mean = graph.node("ReduceMean", [x], { ints: { axes: [0], keepdims: 1 } });
  const layer = "module/Encoder_en/hidden_layers/tanh_layer_0";
  const kernel = await read(`${layer}/weights`);
  const hidden = dense(graph, mean, { kernel, bias: await read(`${layer}/bias`) });
  // The published graph keeps the squared length above 1e-12; 512 values of tanh never come near.
  graph.node("LpNormalization", [graph.node("Tanh", [hidden])], {
    ints: { axis: -1, p: 2 },
    outputs: ["vector"],
  });
  return graph.finish(
    [{ name: "ids", type: "int32", shape: ["pieces"] }],
    [{ name: "vector", type: "float32", shape: [1, USE_LITE_DIMS] }],
  );
}

const readTimes = (read: ReadWeights) =>
  read(`${FOLDED}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`);

/** Embedding plus position signal. The published graph adds the embedding twice: e + (e + signal). */
function addEmbedding(
  graph: OnnxGraph,
  dtype: UseLiteDtype,
  table: Float32Array,
  frequencies: Float32Array,
): string {
  const doubled = table.map((value) => 2 * value);
  const shape = [table.length / EMBEDDING_DIMS, EMBEDDING_DIMS];
  const embedded = dtype === "int8"
    ? addInt8Lookup(graph, doubled, shape)
    : graph.node("Gather", [graph.constant(doubled, shape), "ids"]);
  const signal = graph.constant(positionSignal(frequencies), [
    USE_LITE_MAX_PIECES,
    EMBEDDING_DIMS,
  ]);
  const zero = graph.constant(BigInt64Array.of(0n), [1]);
  const positions = graph.node("Slice", [signal, zero, graph.node("Shape", ["ids"]), zero]);
  return graph.node("Add", [embedded, positions]);
}

/** Row p: sines of p × frequency, then cosines. */
function positionSignal(frequencies: Float32Array): Float32Array {
  const half = frequencies.length;
  const out = new Float32Array(USE_LITE_MAX_PIECES * 2 * half);
  for (let p = 0; p < USE_LITE_MAX_PIECES; p++) {
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(p * frequencies[j]!);
      out[p * 2 * half + j] = Math.sin(angle);
      out[p * 2 * half + half + j] = Math.cos(angle);
    }
  }
  return out;
}

type AddDense = (graph: OnnxGraph, x: string, layer: Dense) => string;

async function addTransformerLayer(
  graph: OnnxGraph,
  dense: AddDense,
  read: ReadWeights,
  index: number,
  x: string,
): Promise<string> {
  const layer = `${ENCODE}/Layer_${index}/TransformerLayer`;
  const folded = (name: string) =>
    read(`module_apply_default/${layer}/${name}/ConcatPartitions/concat`);
  const norm = async (value: string, part: string) =>
    addLayerNorm(
      graph,
      value,
      await folded(`${part}layer_prepostprocess/layer_norm/layer_norm_scale`),
      await folded(`${part}layer_prepostprocess/layer_norm/layer_norm_bias`),
    );
  const attention = async (name: string) => ({
    kernel: await read(`module/${layer}/MultiheadAttention/${name}/kernel/part_0`),
    bias: await folded(`MultiheadAttention/${name}/bias`),
  });
  const feedForward = async (name: string) => ({
    kernel: await read(
      `${FOLDED}/TransformerStack/Layer_${index}/TransformerLayer/FFN/${name}/Tensordot/Reshape_1`,
    ),
    bias: await folded(`FFN/${name}/bias`),
  });

  // Only the first layer changes the width, so only its residual is projected.
  const residual = index > 0
    ? x
    : dense(graph, x, { kernel: await folded("dense/kernel"), bias: await folded("dense/bias") });
  const qkv = dense(graph, await norm(x, ""), await attention("qkv_transform_single"));
  const width = index > 0 ? USE_LITE_DIMS : EMBEDDING_DIMS;
  const mixed = addAttention(graph, qkv, width);
  const attended = graph.node("Add", [
    dense(graph, mixed, await attention("output_transform_single")),
    residual,
  ]);
  const inner = dense(graph, await norm(attended, "FFN/"), await feedForward("conv1"));
  const outer = dense(graph, graph.node("Relu", [inner]), await feedForward("conv2"));
  return graph.node("Add", [outer, attended]);
}

function addLayerNorm(
  graph: OnnxGraph,
  x: string,
  scale: Float32Array,
  bias: Float32Array,
): string {
  const shape = [scale.length];
  return graph.node(
    "LayerNormalization",
    [x, graph.constant(scale, shape), graph.constant(bias, shape)],
    { ints: { axis: -1 }, floats: { epsilon: EPSILON } },
  );
}

/** Scaled dot-product attention (Vaswani et al., 2017) over pieces × (queries, keys, values). */
function addAttention(graph: OnnxGraph, qkv: string, width: number): string {
  const size = width / HEADS;
  const parts = ["queries", "keys", "values"].map((part) => `${qkv}_${part}`);
  graph.node("Split", [qkv], { ints: { axis: 1 }, outputs: parts });
  const split = graph.constant(BigInt64Array.of(0n, BigInt(HEADS), BigInt(size)), [3]);
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
  const [inScale, inZero] = [`${quantized}_scale`, `${quantized}_zero`];
  graph.node("DynamicQuantizeLinear", [x], { outputs: [quantized, inScale, inZero] });
  const unsigned = Uint8Array.from(values, (value) => value + MIDDLE);
  const weights = graph.constant(unsigned, [kernel.length / cols, cols]);
  const zero = graph.constant(Uint8Array.of(MIDDLE), []);
  const sums = graph.node("MatMulInteger", [quantized, weights, inZero, zero]);
  const scale = graph.node("Mul", [inScale, graph.constant(scales, [cols])]);
  const product = graph.node("Mul", [graph.node("Cast", [sums], { ints: { to: 1 } }), scale]);
  return graph.node("Add", [product, graph.constant(bias, [cols])]);
}
