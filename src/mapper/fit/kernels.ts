import { KERNELS_WASM } from "./kernels_wasm.ts";

/** What `kernels.wat` exports; addresses are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  gemm(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    p: number,
  ): void;
  axpy(alpha: number, x: number, y: number, n: number): void;
  dot(x: number, y: number, n: number): number;
  csrForward: CsrKernel;
  csrBackward: CsrKernel;
}

type CsrKernel = (
  indptr: number,
  indices: number,
  values: number,
  from: number,
  to: number,
  columns: number,
  firstRow: number,
  endRow: number,
) => void;

/** A stretch of kernel memory. */
export interface Block<T> {
  /** Byte offset. */
  readonly at: number;
  readonly view: T;
}

/** Kernels with their memory, carved into blocks once and then never grown. */
export interface Arena {
  readonly kernels: KernelExports;
  floats(name: string): Block<Float64Array>;
  singles(name: string): Block<Float32Array>;
  words(name: string): Block<Uint32Array>;
}

/** How many numbers of which type a block holds. */
export interface BlockSize {
  readonly type: "f64" | "f32" | "u32";
  readonly length: number;
}

let compiled: WebAssembly.Module | undefined;

const BYTES = { f64: 8, f32: 4, u32: 4 } as const;
const PAGE = 65536;

/**
 * Instantiates the kernels with memory for the named blocks, all zero.
 *
 * @throws {RangeError} If the blocks together exceed the 4 GiB that WebAssembly can address.
 */
export function createArena(sizes: Readonly<Record<string, BlockSize>>): Arena {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNELS_WASM));
  const kernels = new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { type, length }] of Object.entries(sizes)) {
    offsets.set(name, end);
    end += Math.ceil(length * BYTES[type] / 64) * 64;
  }
  kernels.memory.grow(Math.max(0, Math.ceil(end / PAGE) - 1));
  const { buffer } = kernels.memory;
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
    floats: (name) => blocks.get(name) as Block<Float64Array>,
    singles: (name) => blocks.get(name) as Block<Float32Array>,
    words: (name) => blocks.get(name) as Block<Uint32Array>,
  };
}
