import proto from "onnx-proto";

const { AttributeProto, ModelProto, TensorProto } = proto.onnx;

/** Values of a constant tensor; the array type gives the element type. */
export type ConstantValues = Float32Array | Int8Array | Uint8Array | BigInt64Array;

/** An input or an output of a graph. A string in `shape` names a size that varies. */
export interface GraphValue {
  readonly name: string;
  readonly type: "float32" | "int32";
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
  /** Writes the model. */
  finish(inputs: readonly GraphValue[], outputs: readonly GraphValue[]): Uint8Array<ArrayBuffer>;
}

/** The operator set that the operators are from: the first with LayerNormalization. */
const OPSET = 17;
/** The version of the file format that came with it. */
const IR_VERSION = 8;

const { FLOAT, INT8, UINT8, INT32, INT64 } = TensorProto.DataType;

/**
 * Starts an ONNX graph.
 *
 * @param name Name of the graph, for readers of the file.
 *
 * Equal calls give equal bytes.
 */
export function createOnnxGraph(name: string): OnnxGraph {
  const initializer: proto.onnx.ITensorProto[] = [];
  const node: proto.onnx.INodeProto[] = [];
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
    finish: (inputs, outputs) => {
      const model = ModelProto.encode({
        irVersion: IR_VERSION,
        opsetImport: [{ domain: "", version: OPSET }],
        producerName: "micro-lm",
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
  if (values instanceof Int8Array) return INT8;
  return values instanceof Uint8Array ? UINT8 : INT64;
}

function valueInfo({ name, type, shape }: GraphValue): proto.onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === "string" ? { dimParam: size } : { dimValue: size }
  );
  const elemType = type === "float32" ? FLOAT : INT32;
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
