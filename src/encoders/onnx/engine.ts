import type * as Ort from "onnxruntime-web";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";

/** An inference engine: WebAssembly, which needs no permission of its own, or native code. */
export type EngineName = "wasm" | "native";

/** What a user asks for; `auto` takes native code where foreign code is already permitted. */
export type EngineChoice = EngineName | "auto";

/** Options of {@linkcode loadEngine}. */
export interface LoadEngineOptions {
  /** Which engine. Default: `wasm`. */
  readonly runtime?: EngineChoice;
  /**
   * Threads for one inference; they change no result. Default: half of the processor's, at most four.
   * The first caller decides for all WebAssembly sessions of the process.
   */
  readonly threads?: number;
}

/** The part of ONNX Runtime's interface that both engines share. */
export interface Engine {
  readonly name: EngineName;
  readonly threads: number;
  readonly engine: Pick<typeof Ort, "InferenceSession" | "Tensor">;
}

/** Next to the module of the engine, within the package. */
const WASM_FILE = "ort-wasm-simd-threaded.wasm";

let wasm: Promise<Engine> | undefined;

/**
 * Loads an inference engine, on first use only: importing this module loads none.
 *
 * @throws {MicroLmError} Kind `permission` if the native engine lacks `--allow-ffi`; `missing` if an
 * engine is not installed or has no binary for this machine.
 * @throws {RangeError} If `threads` is no positive integer.
 *
 * @example
 * ```ts
 * import { loadEngine } from "micro-lm/encoders";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * assertEquals((await loadEngine({ runtime: "wasm" })).name, "wasm");
 * await assertRejects(() => loadEngine({ threads: 0 }), RangeError);
 * ```
 */
export async function loadEngine(options: LoadEngineOptions = {}): Promise<Engine> {
  const { runtime = "wasm", threads = defaultThreads() } = options;
  if (!(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`Cannot run on ${threads} threads: expected a positive integer`);
  }
  if (resolveEngine(runtime) === "native") return await loadNative(threads);
  wasm ??= loadWasm(threads).catch((error) => {
    wasm = undefined;
    throw error;
  });
  return await wasm;
}

/**
 * What `auto` means here and now: native code if `--allow-ffi` was given, without asking for it.
 *
 * @example
 * ```ts
 * import { resolveEngine } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resolveEngine("wasm"), "wasm");
 * const ffi = { name: "ffi", path: "node_modules" } as const;
 * const granted = Deno.permissions.querySync(ffi).state === "granted";
 * assertEquals(resolveEngine("auto"), granted ? "native" : "wasm");
 * ```
 */
export function resolveEngine(choice: EngineChoice): EngineName {
  if (choice !== "auto") return choice;
  return mayLoadNative() ? "native" : "wasm";
}

/** The engine's own rule. Its threads wait by spinning, so taking every core slows a busy machine. */
function defaultThreads(): number {
  return Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2));
}

async function loadWasm(threads: number): Promise<Engine> {
  // Imported first: in a project that depends on this one, that is what installs the package.
  const engine = await import("onnxruntime-web");
  const url = new URL(WASM_FILE, import.meta.resolve("onnxruntime-web"));
  let binary: Uint8Array<ArrayBuffer>;
  try {
    binary = await Deno.readFile(url);
  } catch (error) {
    throw explainIoError(error, url.pathname, "read");
  }
  // Given as bytes, because the engine itself would fetch it.
  engine.env.wasm.wasmBinary = binary.buffer;
  engine.env.wasm.numThreads = threads;
  return { name: "wasm", threads, engine };
}

/**
 * Spelt so that it is no dependency of the core: its libraries take 288 MB. The `:native` tasks pin it
 * in `deno.native.lock` and download it at their first run.
 */
const NATIVE_ENGINE: string = ["npm:onnxruntime-node", "1.30.0"].join("@");

async function loadNative(threads: number): Promise<Engine> {
  // Asked before: an import that fails leaves the lock file in dispute.
  if (!mayLoadNative()) {
    throw new MicroLmError("permission", "The native engine may not load its library", {
      hint: "Use a :native task (deno task train:native), or --runtime wasm; " +
        "it lacks --allow-ffi=node_modules",
    });
  }
  try {
    const engine = await import(NATIVE_ENGINE) as typeof Ort;
    return { name: "native", threads, engine };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new MicroLmError("missing", `Cannot load the native engine: ${reason}`, {
      hint: "Use a :native task (deno task train:native), which downloads it, or --runtime wasm",
      cause: error,
    });
  }
}

/** Whether libraries of packages may be loaded. */
function mayLoadNative(): boolean {
  return Deno.permissions.querySync({ name: "ffi", path: "node_modules" }).state === "granted";
}
