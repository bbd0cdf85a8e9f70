import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";

/** Number type of a model's weights. */
export type ModelDtype = "fp32" | "fp16" | "int8" | "q4";

/**
 * File names by number type, best first. Of the 8-bit files of many exports those for a certain
 * processor come last; unsigned weights before signed ones, because they saturate nowhere.
 */
const NAMES: Readonly<Record<ModelDtype, readonly RegExp[]>> = {
  fp32: [/^model\.onnx$/],
  fp16: [/^model_fp16\.onnx$/],
  int8: [
    /^model_quantized\.onnx$/,
    /^model_int8\.onnx$/,
    /^model_uint8\.onnx$/,
    /^model_quint8_\w+\.onnx$/,
    /^model_qint8_\w+\.onnx$/,
  ],
  q4: [/^model_q4\.onnx$/],
};

/** Where exports put the model: a folder of its own, or next to the configuration. */
const FOLDERS = ["onnx/", ""];

/**
 * The ONNX file of a model for a number type.
 *
 * @param paths Files of the model, relative to its folder, with `/`.
 * @param model What messages call the model.
 * @throws {MicroLmError} Kind `usage` for an unknown number type, `missing` if there is no such file; the
 * hint names the types that there are.
 */
export function pickOnnxFile(
  paths: readonly string[],
  dtype: ModelDtype,
  model: string,
): string {
  const known = Object.keys(NAMES) as ModelDtype[];
  if (!known.includes(dtype)) {
    throw new MicroLmError("usage", `Unknown dtype "${dtype}": expected ${known.join(", ")}`);
  }
  const found = findOnnxFile(paths, dtype);
  if (found !== undefined) return found;
  const others = known.filter((other) => findOnnxFile(paths, other) !== undefined);
  const onnx = paths.filter((path) => path.endsWith(".onnx"));
  const expected = {
    fp32: "onnx/model.onnx",
    fp16: "onnx/model_fp16.onnx",
    int8: "onnx/model_quantized.onnx",
    q4: "onnx/model_q4.onnx",
  };
  throw new MicroLmError(
    "missing",
    `Cannot find an ONNX file with ${dtype} weights in "${model}": expected ${
      expected[dtype]
    } or ` +
      `the same name without a folder, found ${onnx.length > 0 ? onnx.join(", ") : "no ONNX file"}`,
    {
      hint: others.length > 0
        ? `Use --dtype ${others.join(" or ")}`
        : "Take a model that comes with an ONNX export, or write one: deno task engine export " +
          `--model ${model} --out .cache/models/NAME`,
    },
  );
}

/**
 * Path of the ONNX file of a model, in the transformer's folder or in the model's.
 *
 * @throws {MicroLmError} As {@linkcode pickOnnxFile}.
 */
export async function findWeights(
  folder: string,
  transformer: string,
  dtype: ModelDtype,
): Promise<string> {
  const own = await listOnnxFiles(transformer);
  const base = own.length > 0 ? transformer : folder;
  const paths = base === transformer ? own : await listOnnxFiles(folder);
  return `${base}/${pickOnnxFile(paths, dtype, folder)}`;
}

async function listOnnxFiles(folder: string): Promise<string[]> {
  const list = async (prefix: string) => {
    const path = prefix === "" ? folder : `${folder}/${prefix}`;
    try {
      const entries = await Array.fromAsync(Deno.readDir(path));
      return entries.filter((entry) => !entry.isDirectory && entry.name.includes(".onnx"))
        .map((entry) => prefix + entry.name);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw explainIoError(error, path, "read");
    }
  };
  return [...await list("onnx/"), ...await list("")];
}

function findOnnxFile(paths: readonly string[], dtype: ModelDtype): string | undefined {
  const sorted = paths.toSorted();
  for (const name of NAMES[dtype]) {
    for (const folder of FOLDERS) {
      const path = sorted.find((p) => p.startsWith(folder) && name.test(p.slice(folder.length)));
      if (path !== undefined) return path;
    }
  }
  return undefined;
}
