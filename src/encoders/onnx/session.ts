import type { InferenceSession, Tensor } from "onnxruntime-web";
import { MicroLmError } from "../../core/errors.ts";
import type { ExternalData } from "./external_data.ts";
import { type Engine, type EngineName, loadEngine, type LoadEngineOptions } from "./engine.ts";

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends LoadEngineOptions {
  /** What messages call the model. Default: `model`. */
  readonly name?: string;
  /** Weights that the model names and does not hold. Default: none. */
  readonly externalData?: readonly ExternalData[];
}

/** Values and shape of an input or an output. The array type gives the element type. */
export interface TensorValue {
  readonly data: TensorData;
  readonly shape: readonly number[];
}

/** Element types that encoders use. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** A loaded ONNX model. */
export interface OnnxSession extends AsyncDisposable {
  /** The engine that runs it. */
  readonly runtime: EngineName;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs the model. Calls run one after the other. The results are copies. */
  run(inputs: Readonly<Record<string, TensorValue>>): Promise<Record<string, TensorValue>>;
}

/**
 * Loads an ONNX model into ONNX Runtime.
 *
 * Nothing here opens the network.
 *
 * @param model The content of a `.onnx` file.
 *
 * @throws {MicroLmError} Kind `data` if the engine refuses the model; what {@linkcode loadEngine}
 * throws.
 */
export async function openSession(
  model: Uint8Array,
  options: OpenSessionOptions = {},
): Promise<OnnxSession> {
  const runtime = await loadEngine(options);
  const { Tensor } = runtime.engine;
  const session = await createSession(runtime, model, options);
  // The engine is not reentrant, and one inference takes all of its threads anyway.
  let last: Promise<unknown> = Promise.resolve();
  return {
    runtime: runtime.name,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (inputs) => {
      const feeds: Record<string, Tensor> = {};
      for (const [name, { data, shape }] of Object.entries(inputs)) {
        feeds[name] = new Tensor(typeOf(data), data, shape) as Tensor;
      }
      const result = last.then(() => session.run(feeds)).then(unwrap);
      last = result.catch(() => {});
      return result;
    },
    [Symbol.asyncDispose]: async () => {
      await last;
      await session.release();
    },
  };
}

async function createSession(
  { engine, name: runtime, threads }: Engine,
  model: Uint8Array,
  { name = "model", externalData = [] }: OpenSessionOptions,
): Promise<InferenceSession> {
  const provider = runtime === "wasm" ? "wasm" : "cpu";
  try {
    return await engine.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      ...(externalData.length > 0 && { externalData }),
      ...(runtime === "native" ? { intraOpNumThreads: threads, interOpNumThreads: 1 } : {}),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MicroLmError("data", `ONNX Runtime cannot load ${name}: ${reason}`, { cause: error });
  }
}

function typeOf(data: TensorData): "float32" | "int32" | "int64" | "uint8" {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof BigInt64Array ? "int64" : "uint8";
}

function unwrap(outputs: InferenceSession.OnnxValueMapType): Record<string, TensorValue> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const { data, dims } = value as Tensor;
      return [name, { data: data as TensorData, shape: dims }];
    }),
  );
}
