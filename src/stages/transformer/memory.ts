import { TRANSFORMER_KERNELS_WASM } from "./kernels_wasm.ts";

/** A row-major matrix in kernel memory. */
export interface Tensor {
  /** Byte offset. */
  readonly at: number;
  readonly cols: number;
  readonly view: Float32Array;
}

/** Rows and columns of a matrix. */
export type Size = readonly [rows: number, cols: number];

/** Matrices and the products of them. */
export interface TransformerMemory<Name extends string> {
  readonly tensors: Readonly<Record<Name, Tensor>>;
  readonly products: MatrixProducts;
  readonly bytes: number;
}

/** Adds products to `c`. Sizes are explicit: buffers are as long as the longest batch needs. */
export interface MatrixProducts {
  /** c (m × n) += a (m × p) · b (p × n). */
  multiply(a: Tensor, b: Tensor, c: Tensor, m: number, p: number, n: number): void;
  /** c (m × n) += a (m × p) · bᵀ, b n × p. */
  multiplyTransposed(a: Tensor, b: Tensor, c: Tensor, m: number, p: number, n: number): void;
  /** c (m × n) += aᵀ · b, a p × m, b p × n. */
  transposedMultiply(a: Tensor, b: Tensor, c: Tensor, m: number, p: number, n: number): void;
  /** The kernel, which takes addresses and strides in bytes: see `transformer_kernels.wat`. */
  readonly gemm: Gemm;
}

type Gemm = (
  a: number,
  aRow: number,
  aCol: number,
  b: number,
  bRow: number,
  bCol: number,
  c: number,
  cRow: number,
  m: number,
  n: number,
  p: number,
  panel: number,
) => void;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly gemm: Gemm;
}

const PAGE = 65536;
/** The kernel's scratch stands at the start of the memory. */
const PANEL_BYTES = 256 * 8 * 4;

let compiled: WebAssembly.Module | undefined;

/**
 * Takes memory for all matrices at once, zero, so that views stay valid.
 *
 * @throws {RangeError} If they exceed the 4 GiB that WebAssembly can address.
 */
export function createTransformerMemory<Name extends string>(
  sizes: Readonly<Record<Name, Size>>,
): TransformerMemory<Name> {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(TRANSFORMER_KERNELS_WASM));
  const { memory, gemm } = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const entries = Object.entries(sizes) as [Name, Size][];
  const places: number[] = [];
  let bytes = PANEL_BYTES;
  for (const [, [rows, cols]] of entries) {
    places.push(bytes);
    bytes += Math.ceil(rows * cols / 16) * 64;
  }
  memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - 1));
  const tensors = Object.fromEntries(entries.map(([name, [rows, cols]], i) => {
    const view = new Float32Array(memory.buffer, places[i]!, rows * cols);
    return [name, { at: places[i]!, cols, view }];
  })) as Record<Name, Tensor>;
  return { tensors, products: matrixProducts(gemm), bytes };
}

function matrixProducts(gemm: Gemm): MatrixProducts {
  return {
    gemm,
    multiply: (a, b, c, m, p, n) =>
      gemm(a.at, a.cols * 4, 4, b.at, b.cols * 4, 4, c.at, c.cols * 4, m, n, p, 0),
    multiplyTransposed: (a, b, c, m, p, n) =>
      gemm(a.at, a.cols * 4, 4, b.at, 4, b.cols * 4, c.at, c.cols * 4, m, n, p, 0),
    transposedMultiply: (a, b, c, m, p, n) =>
      gemm(a.at, 4, a.cols * 4, b.at, b.cols * 4, 4, c.at, c.cols * 4, m, n, p, 0),
  };
}
