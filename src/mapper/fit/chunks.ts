import type { Block, Floats, Kernels } from "./kernels.ts";

/**
 * The work of an iteration in chunks. Each writes where no other does and sums in an order of its own, so
 * that it does not matter to a single bit who does which.
 */
export const JOBS = [
  "product",
  "dense",
  "sparse",
  "curvature",
  "combine",
  "measure",
  "softmax",
] as const;
export type Job = typeof JOBS[number];

/** What chunks need of a problem: the same for each thread that shares its memory. */
export interface Workspace {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly shape: Shape;
  readonly x: Block<Floats>;
  /** The sparse entries by row. */
  readonly byRow: Entries;
  /** The sparse entries of each group by merged column; `indptr` has a stretch a group. */
  readonly byColumn: Entries;
  /** The inverse of the curvature over the dense rows. */
  readonly inverse: Block<Floats>;
  /** That of each sparse column. */
  readonly diagonal: Block<Float64Array>;
  /** What chunks find out, each in a place of its own. */
  readonly partials: Block<Float64Array>;
}

/** Sizes of a problem. */
export interface Shape {
  readonly denseRows: number;
  readonly stride: number;
  /** Sparse columns. */
  readonly count: number;
  /** Numbers of a vector of parameters. */
  readonly size: number;
}

/** Places of a sparse matrix in kernel memory. */
export interface Entries {
  readonly indptr: Block<Uint32Array>;
  readonly indices: Block<Uint32Array>;
  readonly values: Block<Float32Array>;
}

/** Does all chunks of a job: its numbers say where and on what. */
export type RunJob = (job: Job, chunks: number, numbers: readonly number[]) => void;

/** Rows and inner columns a product takes at a time, so that its operands stay in the caches. */
const ROW_TILE = 64;
const INNER_TILE = 256;
/** Rows of a product, and of a softmax, that are a chunk. */
export const CHUNK_ROWS = 256;
/** Sparse columns that are a chunk of applying the curvature. */
export const CHUNK_COLUMNS = 1024;
/** Dense rows that are a chunk of applying the curvature. */
export const BLOCK = 64;
/** Numbers of every vector that are taken at a time: those of all pairs meet in the cache. */
export const STRETCH = 8192;

/** Runs jobs on this thread alone. */
export function runHere(space: Workspace): RunJob {
  return (job, chunks, numbers) => {
    for (let chunk = 0; chunk < chunks; chunk++) runChunk(space, job, chunk, numbers);
  };
}

/** One chunk of a job. */
export function runChunk(
  space: Workspace,
  job: Job,
  chunk: number,
  numbers: ArrayLike<number>,
): void {
  CHUNKS[job](space, chunk, numbers);
}

type Chunk = (space: Workspace, chunk: number, numbers: ArrayLike<number>) => void;

const CHUNKS: Readonly<Record<Job, Chunk>> = {
  product,
  dense,
  sparse,
  curvature,
  combine,
  measure,
  softmax,
};

/** out = X·parameters for rows: [parameters, out, from, to]. */
function product(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { denseRows, stride }, x, byRow } = space;
  const [parameters, out, first, end] = take(numbers, 4);
  const { bytes } = kernels;
  const line = stride * bytes;
  const from = first! + chunk * CHUNK_ROWS;
  const to = Math.min(end!, from + CHUNK_ROWS);
  clear(space, out! + from * line, (to - from) * line);
  for (let i = from; i < to; i += ROW_TILE) {
    for (let p = 0; p < denseRows; p += INNER_TILE) {
      kernels.gemm(
        x.at + (i * denseRows + p) * bytes,
        denseRows * bytes,
        bytes,
        parameters! + p * line,
        line,
        out! + i * line,
        line,
        Math.min(ROW_TILE, to - i),
        stride,
        Math.min(INNER_TILE, denseRows - p),
      );
    }
  }
  const { indptr, indices, values } = byRow;
  const sparseAt = parameters! + denseRows * line;
  const rows = to - from;
  kernels.spmm(
    indptr.at + from * 4,
    indices.at,
    values.at,
    sparseAt,
    out! + from * line,
    line,
    rows,
  );
}

/** out += Xᵀ·residuals for some dense columns: [residuals, out, columns of a chunk, from, to, from, to, …]. */
function dense(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { denseRows, stride }, x } = space;
  const [residuals, out, columns] = take(numbers, 3);
  const { bytes } = kernels;
  const line = stride * bytes;
  const first = chunk * columns!;
  const count = Math.min(columns!, denseRows - first);
  for (let r = 3; r < numbers.length; r += 2) {
    const to = numbers[r + 1]!;
    for (let p = numbers[r]!; p < to; p += INNER_TILE) {
      kernels.gemm(
        x.at + (p * denseRows + first) * bytes,
        bytes,
        denseRows * bytes,
        residuals! + p * line,
        line,
        out! + first * line,
        line,
        count,
        stride,
        Math.min(INNER_TILE, to - p),
      );
    }
  }
}

/** out += Xᵀ·residuals for some sparse columns: [residuals, out, columns of a chunk, group, group, …]. */
function sparse(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { denseRows, stride, count }, byColumn } = space;
  const [residuals, out, columns] = take(numbers, 3);
  const line = stride * kernels.bytes;
  const first = chunk * columns!;
  const some = Math.min(columns!, count - first);
  const at = out! + (denseRows + first) * line;
  const { indptr, indices, values } = byColumn;
  for (let g = 3; g < numbers.length; g++) {
    const starts = indptr.at + (numbers[g]! * count + first) * 4;
    kernels.spmm(starts, indices.at, values.at, residuals!, at, line, some);
  }
}

/** out = curvature⁻¹·vector, dense rows first: [vector, out]. */
function curvature(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { denseRows, stride, count }, inverse, diagonal } = space;
  const [vector, out] = take(numbers, 2);
  const { bytes } = kernels;
  const line = stride * bytes;
  const dense = Math.ceil(denseRows / BLOCK);
  if (chunk < dense) {
    const i = chunk * BLOCK;
    const rows = Math.min(BLOCK, denseRows - i);
    const step = denseRows * bytes;
    const at = out! + i * line;
    clear(space, at, rows * line);
    kernels.gemm(
      ...[inverse.at + i * step, step, bytes, vector!, line, at, line] as const,
      ...[rows, stride, denseRows] as const,
    );
    return;
  }
  const first = (chunk - dense) * CHUNK_COLUMNS;
  const end = Math.min(count, first + CHUNK_COLUMNS);
  let at = (denseRows + first) * line;
  clear(space, out! + at, (end - first) * line);
  for (let c = first; c < end; c++) {
    kernels.axpy(diagonal.view[c]!, vector! + at, out! + at, stride);
    at += line;
  }
}

/** Chunks of applying the curvature. */
export function curvatureChunks({ denseRows, count }: Shape): number {
  return Math.ceil(denseRows / BLOCK) + Math.ceil(count / CHUNK_COLUMNS);
}

/** out = Σ factor·vector: [out, vector, factor, vector, factor, …]. */
function combine(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { size } } = space;
  const first = chunk * STRETCH;
  const some = Math.min(STRETCH, size - first);
  const shift = first * kernels.bytes;
  clear(space, numbers[0]! + shift, some * kernels.bytes);
  for (let i = 1; i < numbers.length; i += 2) {
    kernels.axpy(numbers[i + 1]!, numbers[i]! + shift, numbers[0]! + shift, some);
  }
}

/** The inner products of a stretch with others, side by side: [vector, other, other, …]. */
function measure(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { size }, partials } = space;
  const first = chunk * STRETCH;
  const some = Math.min(STRETCH, size - first);
  const shift = first * kernels.bytes;
  const others = numbers.length - 1;
  for (let i = 0; i < others; i++) {
    partials.view[chunk * others + i] = kernels.dot(
      numbers[i + 1]! + shift,
      numbers[0]! + shift,
      some,
    );
  }
}

/** Softmax in float32: [logits, slopes, step, weights, residuals, stats, from, to]. */
function softmax(space: Workspace, chunk: number, numbers: ArrayLike<number>): void {
  const { kernels, shape: { stride } } = space;
  const [logits, slopes, t, weights, residuals, stats, first, end] = take(numbers, 8);
  const line = stride * 4;
  const from = first! + chunk * CHUNK_ROWS;
  kernels.softmax32(
    logits! + from * line,
    slopes! + from * line,
    t!,
    weights! + from * 4,
    residuals! + from * line,
    stats! + from * 16,
    line,
    Math.min(end!, from + CHUNK_ROWS) - from,
  );
}

function take(numbers: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => numbers[i]!);
}

function clear({ memory }: Workspace, at: number, bytes: number): void {
  new Uint8Array(memory.buffer, at, bytes).fill(0);
}
