import proto from "onnx-proto";
import { type ImportedModel, renameGraph } from "./import.ts";

const { AttributeProto, ModelProto, TensorProto } = proto.onnx;

/** Values of a constant tensor; the array type gives the element type. */
export type ConstantValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | BigInt64Array;

/** An input or an output of a graph. A string in `shape` names a size that varies. */
export interface GraphValue {
  readonly name: string;
  readonly type: "float32" | "int32" | "int64";
  readonly shape: readonly (number | string)[];
}

/** Options of {@linkcode OnnxGraph.node}. */
export interface NodeOptions {
  /** Integer attributes. */
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  /** Float attributes. */
  readonly floats?: Readonly<Record<string, number>>;
  /** Names of the outputs. Default: one output with a name of its own. */
  readonly outputs?: readonly string[];
}

/** An ONNX graph under construction. Values are known by their names. */
export interface OnnxGraph {
  /** Adds a constant and returns its name. An empty shape is a scalar. */
  constant(values: ConstantValues, shape: readonly number[]): string;
  /** Adds an operator and returns the name of its first output. */
  node(operator: string, inputs: readonly string[], options?: NodeOptions): string;
  /**
   * Takes in all nodes and constants of another model; their names get a prefix.
   *
   * @param inputs Values of this graph to use for the model's inputs.
   * @returns The value that is the model's output `output`.
   */
  include(
    model: ImportedModel,
    inputs: Readonly<Record<string, string>>,
    output: string,
  ): string;
  /** Writes the model. `metadata` is for those who load it. */
  finish(
    inputs: readonly GraphValue[],
    outputs: readonly GraphValue[],
    metadata?: Readonly<Record<string, string>>,
  ): Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode createOnnxGraph}. */
export interface OnnxGraphOptions {
  /** Versions of the operator sets. Default: the standard one at 17. */
  readonly opsets?: Readonly<Record<string, number>>;
}

/** The operator set that the operators are from: the first with LayerNormalization. */
const OPSET = 17;
/** The version of the file format that came with it. */
const IR_VERSION = 8;

const { FLOAT, DOUBLE, INT8, UINT8, INT32, INT64 } = TensorProto.DataType;

/**
 * Starts an ONNX graph.
 *
 * @param name Name of the graph, for readers of the file.
 *
 * Equal calls give equal bytes.
 */
export function createOnnxGraph(name: string, options: OnnxGraphOptions = {}): OnnxGraph {
  const { opsets = { "": OPSET } } = options;
  const initializer: proto.onnx.ITensorProto[] = [];
  const node: proto.onnx.INodeProto[] = [];
  let included = 0;
  return {
    constant: (values, shape) => {
      const constant = `constant_${initializer.length}`;
      initializer.push({
        name: constant,
        dims: [...shape],
        dataType: dataTypeOf(values),
        rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      });
      return constant;
    },
    node: (operator, input, { ints = {}, floats = {}, outputs } = {}) => {
      const id = `${operator}_${node.length}`;
      const output = [...(outputs ?? [id])];
      const attribute = [
        ...Object.entries(ints).map(([key, value]) => intAttribute(key, value)),
        ...Object.entries(floats).map(([key, f]) => ({
          name: key,
          type: AttributeProto.AttributeType.FLOAT,
          f,
        })),
      ];
      node.push({ name: id, opType: operator, input: [...input], output, attribute });
      return output[0]!;
    },
    include: (model, inputs, output) => {
      const prefix = `model_${included++}/`;
      const { nodes, constants } = renameGraph(model.graph, prefix, inputs);
      node.push(...nodes);
      initializer.push(...constants);
      return `${prefix}${output}`;
    },
    finish: (inputs, outputs, metadata = {}) => {
      const model = ModelProto.encode({
        irVersion: IR_VERSION,
        opsetImport: Object.entries(opsets).map(([domain, version]) => ({ domain, version })),
        producerName: "micro-lm",
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
        graph: {
          name,
          node,
          initializer,
          input: inputs.map(valueInfo),
          output: outputs.map(valueInfo),
        },
      }).finish();
      return new Uint8Array(model);
    },
  };
}

function intAttribute(name: string, value: number | readonly number[]): proto.onnx.IAttributeProto {
  return typeof value === "number"
    ? { name, type: AttributeProto.AttributeType.INT, i: value }
    : { name, type: AttributeProto.AttributeType.INTS, ints: [...value] };
}

function dataTypeOf(values: ConstantValues): number {
  if (values instanceof Float32Array) return FLOAT;
  if (values instanceof Float64Array) return DOUBLE;
  if (values instanceof Int8Array) return INT8;
  return values instanceof Uint8Array ? UINT8 : INT64;
}

function valueInfo({ name, type, shape }: GraphValue): proto.onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === "string" ? { dimParam: size } : { dimValue: size }
  );
  const elemType = { float32: FLOAT, int32: INT32, int64: INT64 }[type];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
