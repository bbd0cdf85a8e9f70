import proto from "onnx-proto";
import { createOnnxGraph, type GraphValue, type OnnxGraph } from "../../encoders/onnx/graph.ts";
import { MicroLmError } from "../../core/errors.ts";
import { type Head, headLayout } from "./head.ts";

const INT64 = 7;

/**
 * Writes a head as an ONNX model that runs in any ONNX Runtime: from `dense` (rows × columns) and
 * `sparse_columns` with `sparse_values` (rows × entries), as far as the encoder has such blocks, to
 * `probabilities` (rows × classes). Rows with fewer entries are padded with column 0 and value 0. Equal
 * heads give equal bytes.
 */
export function headToOnnx(head: Head): Uint8Array<ArrayBuffer> {
  const { denseColumns, sparseColumns, hidden, classes, activation, weights } = head;
  const { width, bias, output, outputBias, count } = headLayout(head);
  const graph = createOnnxGraph("head");
  const inputs: GraphValue[] = [];
  const parts: string[] = [];
  if (denseColumns > 0) {
    inputs.push({ name: "dense", type: "float32", shape: ["rows", denseColumns] });
    const matrix = graph.constant(weights.subarray(0, denseColumns * width), [denseColumns, width]);
    parts.push(graph.node("MatMul", ["dense", matrix]));
  }
  if (sparseColumns > 0) {
    const shape = ["rows", "entries"];
    inputs.push({ name: "sparse_columns", type: "int32", shape });
    inputs.push({ name: "sparse_values", type: "float32", shape });
    parts.push(sparseProduct(graph, head, weights.subarray(denseColumns * width, bias)));
  }
  const product = parts.reduce((a, b) => graph.node("Add", [a, b]));
  let logits = graph.node("Add", [product, graph.constant(weights.slice(bias, output), [width])]);
  if (hidden > 0) {
    const active = graph.node(activation === "relu" ? "Relu" : "Tanh", [logits]);
    const matrix = graph.constant(weights.slice(output, outputBias), [hidden, classes]);
    const intercepts = graph.constant(weights.slice(outputBias, count), [classes]);
    logits = graph.node("Add", [graph.node("MatMul", [active, matrix]), intercepts]);
  }
  graph.node("Softmax", [logits], { ints: { axis: -1 }, outputs: ["probabilities"] });
  const result = { name: "probabilities", type: "float32", shape: ["rows", classes] } as const;
  return graph.finish(inputs, [result]);
}

/** Σ value · row of weights; a table leads from columns to rows, the last of which is zero. */
function sparseProduct(graph: OnnxGraph, head: Head, weights: Float32Array): string {
  const { width } = headLayout(head);
  const rows = head.keptColumns.length;
  const table = new Float32Array(head.sparseColumns).fill(rows);
  head.keptColumns.forEach((column, i) => table[column] = i);
  const padded = new Float32Array((rows + 1) * width);
  padded.set(weights);
  const lookup = graph.constant(table, [table.length]);
  const matrix = graph.constant(padded, [rows + 1, width]);
  const found = graph.node("Gather", [lookup, "sparse_columns"]);
  const row = graph.node("Cast", [found], { ints: { to: INT64 } });
  const entries = graph.node("Gather", [matrix, row]);
  const axis = graph.constant(BigInt64Array.of(2n), [1]);
  const values = graph.node("Unsqueeze", ["sparse_values", axis]);
  const sumAxis = graph.constant(BigInt64Array.of(1n), [1]);
  return graph.node("ReduceSum", [graph.node("Mul", [entries, values]), sumAxis], {
    ints: { keepdims: 0 },
  });
}

/**
 * Reads a head back from the ONNX model that {@linkcode headToOnnx} wrote.
 *
 * @throws {MicroLmError} Kind `data` if it is another model or damaged.
 */
export function headFromOnnx(bytes: Uint8Array, file = "model.onnx"): Head {
  try {
    return decodeHead(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MicroLmError("data", `Expected the ONNX model of a head: ${reason}`, {
      at: { file },
      cause: error,
    });
  }
}

function decodeHead(bytes: Uint8Array): Head {
  const { graph } = proto.onnx.ModelProto.decode(bytes);
  if (graph?.name !== "head") throw new RangeError("the graph has another name");
  const inputs = (graph.input ?? []).map(({ name }) => name);
  const operators = (graph.node ?? []).map(({ opType }) => opType);
  const tensors = (graph.initializer ?? []).filter(({ dataType }) => dataType === 1).map(read);
  const take = () => {
    const tensor = tensors.shift();
    if (!tensor) throw new RangeError("weights are missing");
    return tensor;
  };
  const dense = inputs.includes("dense") ? take() : undefined;
  const [table, padded] = inputs.includes("sparse_columns") ? [take(), take()] : [];
  const rows = padded ? padded.dims[0]! - 1 : 0;
  const width = (dense ?? padded)?.dims[1] ?? 0;
  const layers = [dense?.data, padded?.data.subarray(0, rows * width), take().data];
  const isDeep = operators.includes("Relu") || operators.includes("Tanh");
  if (isDeep) layers.push(take().data, take().data);
  const parts = layers.filter((part) => part !== undefined);
  const weights = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    weights.set(part, at);
    at += part.length;
  }
  const head: Head = {
    classes: isDeep ? layers.at(-1)!.length : width,
    denseColumns: dense?.dims[0] ?? 0,
    sparseColumns: table?.data.length ?? 0,
    keptColumns: table ? invert(table.data, rows) : new Uint32Array(0),
    hidden: isDeep ? width : 0,
    activation: operators.includes("Tanh") ? "tanh" : "relu",
    weights,
  };
  if (headLayout(head).count !== weights.length) throw new RangeError("weights are missing");
  if (weights.some((weight) => !Number.isFinite(weight))) {
    throw new RangeError("a weight is not finite");
  }
  return head;
}

function invert(table: Float32Array, rows: number): Uint32Array {
  const columns = new Uint32Array(rows);
  table.forEach((row, column) => {
    if (row < rows) columns[row] = column;
  });
  return columns;
}

function read({ rawData, dims }: proto.onnx.ITensorProto): { data: Float32Array; dims: number[] } {
  const data = new Float32Array(Uint8Array.from(rawData ?? []).buffer);
  const sizes = (dims ?? []).map(Number);
  if (sizes.reduce((a, b) => a * b, 1) !== data.length) throw new RangeError("a tensor is cut off");
  return { data, dims: sizes };
}
