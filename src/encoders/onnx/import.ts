import proto from "onnx-proto";
import { MicroLmError } from "../../core/errors.ts";

const { ModelProto, AttributeProto } = proto.onnx;

/** A model that was read from its file. */
export interface ImportedModel {
  /** Versions of the operator sets that it uses, by domain; the standard one is `""`. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: proto.onnx.IGraphProto;
}

/** The least version of the standard operators that exported classifiers are written in, and the most. */
const LEAST_OPSET = 11;
const MOST_OPSET = 17;

/**
 * Reads a model to take it into another graph.
 *
 * @param file What messages call it.
 * @throws {MicroLmError} Kind `data` if it is no ONNX model, or one in operators that ours do not fit.
 */
export function importOnnxModel(bytes: Uint8Array, file: string): ImportedModel {
  const model = decode(bytes, file);
  const opsets = Object.fromEntries(
    (model.opsetImport ?? []).map(({ domain, version }) => [domain ?? "", Number(version)]),
  );
  const version = opsets[""] ?? opsets["ai.onnx"] ?? 0;
  if (!model.graph || version < LEAST_OPSET || version > MOST_OPSET) {
    throw new MicroLmError(
      "data",
      `Expected a model in operator set ${LEAST_OPSET} to ${MOST_OPSET}, found ${version}`,
      { at: { file }, hint: "Export the classifier alone, without --with_encoder" },
    );
  }
  const functions = (model as { functions?: readonly unknown[] }).functions ?? [];
  if (functions.length > 0) {
    throw new MicroLmError("data", "Models with functions of their own are not supported", {
      at: { file },
    });
  }
  return { opsets, graph: model.graph };
}

function decode(bytes: Uint8Array, file: string): proto.onnx.IModelProto {
  try {
    return ModelProto.decode(bytes);
  } catch (cause) {
    throw new MicroLmError("data", "Expected an ONNX model", { at: { file }, cause });
  }
}

/** The nodes and constants of a graph under other names. */
export function renameGraph(
  graph: proto.onnx.IGraphProto,
  prefix: string,
  inputs: Readonly<Record<string, string>>,
): {
  readonly nodes: proto.onnx.INodeProto[];
  readonly constants: proto.onnx.ITensorProto[];
} {
  const rename = (name: string) =>
    name === "" ? "" : Object.hasOwn(inputs, name) ? inputs[name]! : prefix + name;
  return {
    nodes: (graph.node ?? []).map((node) => renameNode(node, prefix, rename)),
    constants: (graph.initializer ?? []).map((constant) => ({
      ...constant,
      name: rename(constant.name!),
    })),
  };
}

function renameNode(
  node: proto.onnx.INodeProto,
  prefix: string,
  rename: (name: string) => string,
): proto.onnx.INodeProto {
  const hasGraph = (node.attribute ?? []).some(({ type }) =>
    type === AttributeProto.AttributeType.GRAPH || type === AttributeProto.AttributeType.GRAPHS
  );
  if (hasGraph) {
    throw new MicroLmError("data", `Models with control flow (${node.opType}) are not supported`, {
      hint: "Export the classifier alone, without --with_encoder",
    });
  }
  return {
    ...node,
    // Nodes need no name; two with the same one would be a fault.
    name: node.name ? prefix + node.name : "",
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
  };
}
