import { dirname } from "node:path/posix";
import { MicroLmError } from "../../core/errors.ts";
import { explainIoError } from "../../core/io_error.ts";
import { isPathWithin } from "../hub/store_path.ts";

/** Weights that stand outside of an ONNX file. */
export interface ExternalData {
  /** As the model names it. */
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * Reads the files that an ONNX model keeps weights in, whatever their names are.
 *
 * @param file Path of the model; the names in it count from its folder.
 * @throws {MicroLmError} Kind `missing` or `permission` if a file cannot be read, `data` if one would be
 * outside of the model's folder.
 */
export async function readExternalData(model: Uint8Array, file: string): Promise<ExternalData[]> {
  const names = await externalNames(model);
  return await Promise.all(names.map(async (path) => {
    if (!isPathWithin(path)) {
      throw new MicroLmError(
        "data",
        `Expected weights within the model's folder, found "${path}"`,
        {
          at: { file },
        },
      );
    }
    const from = `${dirname(file)}/${path}`;
    const data = await Deno.readFile(from).catch((error: unknown) => {
      throw explainIoError(error, from, "read");
    });
    return { path, data };
  }));
}

/** The key under which a tensor says where its numbers are. */
const MARK = new TextEncoder().encode("location");

async function externalNames(model: Uint8Array): Promise<string[]> {
  // Reading a model of hundreds of megabytes to find nothing takes seconds; looking for the key does not.
  if (!includes(model, MARK)) return [];
  const { default: { onnx: { ModelProto, TensorProto } } } = await import("onnx-proto");
  let graph;
  try {
    graph = ModelProto.decode(model).graph;
  } catch {
    // No ONNX: the engine says so.
    return [];
  }
  const outside = (graph?.initializer ?? []).filter(({ dataLocation }) =>
    dataLocation === TensorProto.DataLocation.EXTERNAL
  );
  const names = outside.flatMap(({ externalData }) =>
    (externalData ?? []).filter(({ key }) => key === "location").map(({ value }) => value ?? "")
  );
  return [...new Set(names)].sort();
}

function includes(bytes: Uint8Array, mark: Uint8Array): boolean {
  for (let at = bytes.indexOf(mark[0]!); at >= 0; at = bytes.indexOf(mark[0]!, at + 1)) {
    if (mark.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}
