import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { explainIoError } from "../../core/io_error.ts";

/** A layer after the pooling: activation(W·x + b). */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** outputs × inputs, row-major. */
  readonly weights: Float32Array;
  readonly bias?: Float32Array;
  readonly activation: Activation;
  /** Hex sha256 of the file with the weights. */
  readonly sha256: string;
}

/** What follows the product. */
export type Activation = "Identity" | "Tanh";

/** What the configuration of a Dense module says. */
export interface DenseConfig {
  readonly in_features: number;
  readonly out_features: number;
  readonly bias?: boolean | undefined;
  readonly activation_function?: string | undefined;
}

const HEADER = z.record(
  z.string(),
  z.looseObject({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/** No header of two tensors comes near. */
const MOST_HEADER_BYTES = 1 << 20;

/**
 * Reads the weights of a Dense module from `model.safetensors` in its folder.
 *
 * @throws {MicroLmError} Kind `missing` if there is no such file, `data` if it does not hold what the
 * configuration says, or for another activation.
 */
export async function readDenseLayer(folder: string, config: DenseConfig): Promise<DenseLayer> {
  const file = `${folder}/model.safetensors`;
  const bytes = await Deno.readFile(file).catch((error: unknown) => {
    const explained = explainIoError(error, file, "read");
    if (explained.kind !== "missing") throw explained;
    throw new MicroLmError("missing", explained.message, {
      hint:
        "A pickle (pytorch_model.bin) is not read, since that runs what it holds: save the model " +
        "again with sentence-transformers, which writes safetensors",
    });
  });
  const { in_features: inputs, out_features: outputs, bias: hasBias = true } = config;
  const activation = config.activation_function?.split(".").at(-1) ?? "Tanh";
  if (activation !== "Identity" && activation !== "Tanh") {
    throw new MicroLmError(
      "data",
      `Expected the activation Identity or Tanh, found ${activation}`,
      {
        at: { file: `${folder}/config.json` },
      },
    );
  }
  const tensors = readSafetensors(bytes, file);
  const take = (name: string, size: number) => {
    const tensor = tensors(name);
    if (tensor.length === size) return tensor;
    throw new MicroLmError("data", `Expected ${size} numbers in ${name}, found ${tensor.length}`, {
      at: { file },
    });
  };
  return {
    inputs,
    outputs,
    weights: take("linear.weight", outputs * inputs),
    ...(hasBias && { bias: take("linear.bias", outputs) }),
    activation,
    sha256: sha256Hex(bytes),
  };
}

/**
 * Finds tensors in a safetensors file: eight bytes with the length of a header in JSON, the header, and
 * the numbers.
 */
function readSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): (name: string) => Float32Array {
  const wrong = (what: string) => new MicroLmError("data", what, { at: { file } });
  const size = bytes.length < 8
    ? Infinity
    : Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (!(size <= Math.min(MOST_HEADER_BYTES, bytes.length - 8))) {
    throw wrong("Expected a safetensors file");
  }
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  if (!header) throw wrong("Expected a safetensors file, found another header");
  return (name) => {
    const found = Object.hasOwn(header, name) ? header[name]! : undefined;
    if (!found) {
      throw wrong(`Expected a tensor ${name}, found ${Object.keys(header).join(", ") || "none"}`);
    }
    if (found.dtype !== "F32") {
      throw wrong(`Expected ${name} as F32, found ${found.dtype}`);
    }
    const [from, to] = found.data_offsets;
    const count = found.shape.reduce((product, length) => product * length, 1);
    if (to - from !== count * 4 || 8 + size + to > bytes.length) {
      throw wrong(`Expected ${count} numbers for ${name} within the file`);
    }
    return new Float32Array(bytes.slice(8 + size + from, 8 + size + to).buffer);
  };
}

function parseHeader(text: string): z.infer<typeof HEADER> | undefined {
  try {
    const { __metadata__: _, ...tensors } = JSON.parse(text);
    return HEADER.safeParse(tensors).data;
  } catch {
    return undefined;
  }
}

/** Puts a vector through a layer; sums run in order in float64. */
export function applyDense(
  { inputs, outputs, weights, bias, activation }: DenseLayer,
  vector: Float64Array,
): Float64Array {
  return Float64Array.from({ length: outputs }, (_, i) => {
    let sum = bias?.[i] ?? 0;
    for (let j = 0; j < inputs; j++) sum += weights[i * inputs + j]! * vector[j]!;
    return activation === "Tanh" ? Math.tanh(sum) : sum;
  });
}
