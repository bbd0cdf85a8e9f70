import { KERNELS_WASM, SHARED_KERNELS_WASM } from "./kernels_wasm.ts";

/** Number types that training computes in. */
export type Precision = "f64" | "f32";
export type Floats = Float64Array | Float32Array;

type Multiply = (
  a: number,
  rowStep: number,
  innerStep: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  m: number,
  n: number,
  p: number,
) => void;
type Add = (alpha: number, x: number, y: number, n: number) => void;
type Dot = (x: number, y: number, n: number) => number;
type MultiplySparse = (
  indptr: number,
  indices: number,
  values: number,
  b: number,
  c: number,
  stride: number,
  rows: number,
) => void;

/** What `kernels.wat` exports; addresses are byte offsets into `memory`. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly gemm: Multiply;
  readonly gemm32: Multiply;
  readonly axpy: Add;
  readonly axpy32: Add;
  readonly dot: Dot;
  readonly dot32: Dot;
  readonly spmm: MultiplySparse;
  readonly spmm32: MultiplySparse;
  softmax32(
    logits: number,
    slopes: number,
    alpha: number,
    weights: number,
    out: number,
    stats: number,
    stride: number,
    rows: number,
  ): void;
}

/** The kernels of one precision; `kernels.wat` says what each does. */
export interface Kernels {
  /** Of a number. */
  readonly bytes: number;
  readonly gemm: Multiply;
  readonly axpy: Add;
  readonly dot: Dot;
  readonly spmm: MultiplySparse;
  readonly softmax32: KernelExports["softmax32"];
}

/** A stretch of kernel memory. */
export interface Block<T> {
  /** Byte offset. */
  readonly at: number;
  readonly view: T;
}

/** Kernels with their memory, carved into blocks once and then never grown. */
export interface Arena {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  floats(name: string): Block<Floats>;
  singles(name: string): Block<Float32Array>;
  words(name: string): Block<Uint32Array>;
}

/** How many numbers of which type a block holds. */
export interface BlockSize {
  readonly type: "f64" | "f32" | "u32";
  readonly length: number;
}

let compiled: WebAssembly.Module | undefined;
let compiledShared: WebAssembly.Module | undefined;

const BYTES = { f64: 8, f32: 4, u32: 4 } as const;
const PAGE = 65536;

/** Memory of kernels that several threads share: a new one, or that of another thread's arena. */
export type SharedMemory = "new" | WebAssembly.Memory;

/**
 * Instantiates the kernels with memory for the named blocks, all zero; where it is another thread's, as they
 * are, at the same places.
 *
 * @throws {RangeError} If the blocks together exceed the 4 GiB that WebAssembly can address.
 */
export function createArena(
  sizes: Readonly<Record<string, BlockSize>>,
  precision: Precision = "f64",
  shared?: SharedMemory,
): Arena {
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { type, length }] of Object.entries(sizes)) {
    offsets.set(name, end);
    end += Math.ceil(length * BYTES[type] / 64) * 64;
  }
  const pages = Math.max(1, Math.ceil(end / PAGE));
  const { all, memory } = shared === undefined ? instantiate(pages) : share(pages, shared);
  const { buffer } = memory;
  const { softmax32 } = all;
  const kernels = precision === "f64"
    ? { bytes: 8, gemm: all.gemm, axpy: all.axpy, dot: all.dot, spmm: all.spmm, softmax32 }
    : { bytes: 4, gemm: all.gemm32, axpy: all.axpy32, dot: all.dot32, spmm: all.spmm32, softmax32 };
  const views = {
    f64: (at: number, length: number) => new Float64Array(buffer, at, length),
    f32: (at: number, length: number) => new Float32Array(buffer, at, length),
    u32: (at: number, length: number) => new Uint32Array(buffer, at, length),
  };
  const blocks = new Map(
    Object.entries(sizes).map(([name, { type, length }]) => {
      const at = offsets.get(name)!;
      return [name, { at, view: views[type](at, length) }];
    }),
  );
  return {
    kernels,
    memory,
    floats: (name) => blocks.get(name) as Block<Floats>,
    singles: (name) => blocks.get(name) as Block<Float32Array>,
    words: (name) => blocks.get(name) as Block<Uint32Array>,
  };
}

function instantiate(pages: number) {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNELS_WASM));
  const all = new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
  all.memory.grow(pages - 1);
  return { all, memory: all.memory };
}

function share(pages: number, given: SharedMemory) {
  compiledShared ??= new WebAssembly.Module(Uint8Array.fromBase64(SHARED_KERNELS_WASM));
  const memory = given === "new"
    ? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    : given;
  const instance = new WebAssembly.Instance(compiledShared, { kernels: { memory } });
  return { all: instance.exports as unknown as KernelExports, memory };
}
