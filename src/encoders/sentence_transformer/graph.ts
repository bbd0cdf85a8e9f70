import { MicroLmError } from "../../core/errors.ts";
import {
  type OnnxSession,
  openSession,
  type OpenSessionOptions,
  type TensorValue,
} from "../onnx/session.ts";
import type { EngineName } from "../onnx/engine.ts";
import type { TextTokens } from "./tokens.ts";

/** A transformer that turns token ids into token vectors. */
export interface TokenModel extends AsyncDisposable {
  readonly runtime: EngineName;
  /** Vectors of the tokens of one text. */
  run(tokens: TextTokens): Promise<TokenVectors>;
}

/** Token vectors, row-major: tokens × dims. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly dims: number;
}

const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];
const OUTPUTS = ["last_hidden_state", "token_embeddings"];

/**
 * Loads the ONNX file of a transformer.
 *
 * @param file What messages call it.
 * @throws {MicroLmError} Kind `data` if it is no ONNX model, or its inputs and outputs are not those of a
 * text encoder; what the engine's loading throws.
 */
export async function openTokenModel(
  weights: Uint8Array,
  file: string,
  options: Pick<OpenSessionOptions, "runtime" | "threads" | "externalData">,
): Promise<TokenModel> {
  const session = await openSession(weights, { ...options, name: `"${file}"` });
  try {
    const output = checkGraph(session, file);
    return {
      runtime: session.runtime,
      run: async (tokens) =>
        tokenVectors((await run(session, tokens, file))[output]!, output, file),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Checks names of inputs and outputs; returns the output that has the token vectors. */
function checkGraph({ inputNames, outputNames }: OnnxSession, file: string): string {
  if (!inputNames.includes("input_ids") || inputNames.some((name) => !INPUTS.includes(name))) {
    const found = inputNames.join(", ");
    throw new MicroLmError(
      "data",
      `Expected the inputs input_ids, attention_mask and perhaps token_type_ids, found ${found}`,
      { at: { file } },
    );
  }
  const output = OUTPUTS.find((name) => outputNames.includes(name));
  if (output !== undefined) return output;
  throw new MicroLmError(
    "data",
    `Expected an output ${OUTPUTS.join(" or ")}, found ${outputNames.join(", ")}`,
    { at: { file }, hint: "Export the model for feature extraction" },
  );
}

async function run(
  session: OnnxSession,
  { ids, typeIds }: TextTokens,
  file: string,
): Promise<Record<string, TensorValue>> {
  const shape = [1, ids.length];
  const values: Record<string, TensorValue> = {
    input_ids: { data: ids, shape },
    attention_mask: { data: new BigInt64Array(ids.length).fill(1n), shape },
    token_type_ids: { data: typeIds, shape },
  };
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, values[name]!]));
  try {
    return await session.run(feeds);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `ONNX Runtime cannot run the model: ${reason}`, {
      at: { file },
      cause,
    });
  }
}

function tokenVectors({ data, shape }: TensorValue, name: string, file: string): TokenVectors {
  const values = toFloat32(data);
  if (values && shape.length === 3 && shape[0] === 1) return { data: values, dims: shape[2]! };
  const found = `${data.constructor.name} of shape ${shape.join(" × ")}`;
  throw new MicroLmError(
    "data",
    `Expected ${name} to be floats of shape 1 × tokens × dims, found ${found}`,
    { at: { file } },
  );
}

function toFloat32(data: unknown): Float32Array | undefined {
  if (data instanceof Float32Array) return data;
  return data instanceof Float16Array ? Float32Array.from(data) : undefined;
}
