import proto from "onnx-proto";

const { ModelProto, TensorProto, AttributeProto } = proto.onnx;
const { FLOAT, FLOAT16 } = TensorProto.DataType;

/**
 * Stores the matrices of an ONNX model in 16 bits. A Cast before their use makes them single precision
 * again, so that any engine computes with them; what has one dimension or none stays as it is.
 */
export function storeInHalves(model: Uint8Array): Uint8Array<ArrayBuffer> {
  const decoded = ModelProto.decode(model);
  const graph = decoded.graph!;
  const casts: proto.onnx.INodeProto[] = [];
  for (const tensor of graph.initializer ?? []) {
    if (tensor.dataType !== FLOAT || (tensor.dims?.length ?? 0) < 2) continue;
    const name = tensor.name!;
    const values = new Float32Array(Uint8Array.from(tensor.rawData!).buffer);
    tensor.rawData = new Uint8Array(Float16Array.from(values).buffer);
    tensor.dataType = FLOAT16;
    tensor.name = `${name}_half`;
    casts.push({
      name: `${name}_cast`,
      opType: "Cast",
      input: [tensor.name],
      output: [name],
      attribute: [{ name: "to", type: AttributeProto.AttributeType.INT, i: FLOAT }],
    });
  }
  graph.node = [...casts, ...graph.node ?? []];
  return new Uint8Array(ModelProto.encode(decoded).finish());
}
