import type { Features } from "../../core/matrix.ts";
import { createRandom } from "../../core/random.ts";
import { type Block, createArena, type KernelExports } from "./kernels.ts";

/**
 * The data of a softmax regression, laid out for the kernels.
 *
 * Parameters are a matrix with a row per feature and a column per class (padded with zeros to a
 * multiple of four): first the dense columns, then the intercept (a dense column of ones), padding,
 * then the sparse columns that occur. Rows stand in groups, each padded with zero rows to a multiple
 * of four, so that a fold can be left out without copying.
 */
export interface SoftmaxProblem {
  readonly kernels: KernelExports;
  readonly classes: number;
  /** Columns of a parameter row. */
  readonly stride: number;
  readonly denseColumns: number;
  /** Dense columns, intercept and padding: rows of the dense part of the parameters. */
  readonly denseRows: number;
  /** Feature numbers of the sparse columns that occur, ascending (0 = first sparse column). */
  readonly sparseColumns: Uint32Array;
  /** Number of parameters, padding included. */
  readonly size: number;
  /** Source row of each laid-out row, −1 for padding. */
  readonly rows: Int32Array;
  /** First row of each group, and the end. */
  readonly groupStarts: readonly number[];
  readonly x: Block<Float64Array>;
  readonly xt: Block<Float64Array>;
  readonly indptr: Block<Uint32Array>;
  readonly indices: Block<Uint32Array>;
  readonly values: Block<Float32Array>;
  /** Blocks of parameter size: a scratch space for the solver. */
  vector(name: VectorName): Block<Float64Array>;
  /** Blocks of rows × stride. */
  outputs(name: OutputName): Block<Float64Array>;
  /** Square blocks over the dense rows. */
  square(name: SquareName): Block<Float64Array>;
}

/** Names of parameter-sized blocks; `s0…`, `y0…` hold the history of L-BFGS. */
export type VectorName =
  | "weights"
  | "gradient"
  | "previous"
  | "direction"
  | "scratch"
  | `s${number}`
  | `y${number}`;
/** Names of rows × classes blocks. */
export type OutputName = "logits" | "residuals" | "slope";
/** Names of dense-rows × dense-rows blocks. */
export type SquareName = "curvature" | "factor" | "transposed" | "inverse";

const pad4 = (n: number) => Math.ceil(n / 4) * 4;

/** How many pairs of vectors L-BFGS remembers: fewer where each takes megabytes. */
export function historyLength(size: number): number {
  return size > 1_000_000 ? 5 : 20;
}

/**
 * Lays out features for training.
 *
 * @param groups Row numbers of each group. Rows are shuffled within a group, so that a stretch of rows
 * is a fair sample of them.
 * @param seed Of the shuffle.
 */
export function createProblem(
  features: Features,
  classes: number,
  groups: readonly Uint32Array[],
  seed: number,
): SoftmaxProblem {
  const { rows, groupStarts } = layOutRows(groups, seed);
  const denseColumns = features.dense?.cols ?? 0;
  const denseRows = pad4(denseColumns + 1);
  const stride = pad4(classes);
  const { columns, entries } = occurringColumns(features, rows);
  const size = (denseRows + columns.length) * stride;
  const parameters = { type: "f64", length: size } as const;
  const outputs = { type: "f64", length: rows.length * stride } as const;
  const square = { type: "f64", length: denseRows * denseRows } as const;
  const history = Array.from({ length: historyLength(size) }, (_, i) => i);
  const arena = createArena({
    x: { type: "f64", length: rows.length * denseRows },
    xt: { type: "f64", length: rows.length * denseRows },
    indptr: { type: "u32", length: rows.length + 1 },
    indices: { type: "u32", length: entries },
    values: { type: "f32", length: entries },
    logits: outputs,
    residuals: outputs,
    slope: outputs,
    curvature: square,
    factor: square,
    transposed: square,
    inverse: square,
    weights: parameters,
    gradient: parameters,
    previous: parameters,
    direction: parameters,
    scratch: parameters,
    ...Object.fromEntries(history.flatMap((i) => [[`s${i}`, parameters], [`y${i}`, parameters]])),
  });
  const problem: SoftmaxProblem = {
    kernels: arena.kernels,
    classes,
    stride,
    denseColumns,
    denseRows,
    sparseColumns: columns,
    size,
    rows,
    groupStarts,
    x: arena.floats("x"),
    xt: arena.floats("xt"),
    indptr: arena.words("indptr"),
    indices: arena.words("indices"),
    values: arena.singles("values"),
    vector: arena.floats,
    outputs: arena.floats,
    square: arena.floats,
  };
  fillDense(problem, features);
  fillSparse(problem, features);
  return problem;
}

function layOutRows(
  groups: readonly Uint32Array[],
  seed: number,
): { rows: Int32Array; groupStarts: number[] } {
  const random = createRandom(seed);
  const groupStarts = [0];
  for (const group of groups) groupStarts.push(groupStarts.at(-1)! + pad4(group.length));
  const rows = new Int32Array(groupStarts.at(-1)!).fill(-1);
  groups.forEach((group, g) => rows.set(random.shuffle([...group]), groupStarts[g]));
  return { rows, groupStarts };
}

/** A column that never occurs has weight zero under L2 and needs no place. */
function occurringColumns(
  { sparse }: Features,
  rows: Int32Array,
): { columns: Uint32Array; entries: number } {
  if (!sparse) return { columns: new Uint32Array(0), entries: 0 };
  const seen = new Uint8Array(sparse.cols);
  let entries = 0;
  for (const row of rows) {
    if (row < 0) continue;
    entries += sparse.indptr[row + 1]! - sparse.indptr[row]!;
    for (let k = sparse.indptr[row]!; k < sparse.indptr[row + 1]!; k++) {
      seen[sparse.indices[k]!] = 1;
    }
  }
  const columns: number[] = [];
  for (let c = 0; c < seen.length; c++) if (seen[c]) columns.push(c);
  return { columns: Uint32Array.from(columns), entries };
}

function fillDense(problem: SoftmaxProblem, { dense }: Features): void {
  const { rows, denseRows, denseColumns } = problem;
  const x = problem.x.view;
  const xt = problem.xt.view;
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    if (row < 0) continue;
    for (let j = 0; j < denseColumns; j++) {
      x[i * denseRows + j] = dense!.data[row * denseColumns + j]!;
    }
    x[i * denseRows + denseColumns] = 1;
  }
  const TILE = 32;
  for (let i0 = 0; i0 < n; i0 += TILE) {
    const end = Math.min(n, i0 + TILE);
    for (let j = 0; j < denseRows; j++) {
      for (let i = i0; i < end; i++) xt[j * n + i] = x[i * denseRows + j]!;
    }
  }
}

function fillSparse(problem: SoftmaxProblem, { sparse }: Features): void {
  if (!sparse) return;
  const { rows, sparseColumns } = problem;
  const place = new Uint32Array(sparse.cols);
  sparseColumns.forEach((column, i) => place[column] = i);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row >= 0) {
      for (let k = sparse.indptr[row]!; k < sparse.indptr[row + 1]!; k++) {
        problem.indices.view[at] = place[sparse.indices[k]!]!;
        problem.values.view[at++] = sparse.values[k]!;
      }
    }
    problem.indptr.view[i + 1] = at;
  }
}

/** Rows and inner columns a product takes at a time, so that its operands stay in the caches. */
const ROW_TILE = 64;
const INNER_TILE = 256;

/** out = X·parameters for the rows of some groups. */
export function multiply(
  problem: SoftmaxProblem,
  parameters: Block<Float64Array>,
  out: Block<Float64Array>,
  groups: readonly number[],
): void {
  const { kernels, denseRows, stride } = problem;
  const sparseAt = parameters.at + denseRows * stride * 8;
  for (const [from, to] of ranges(problem, groups)) {
    out.view.fill(0, from * stride, to * stride);
    for (let i = from; i < to; i += ROW_TILE) {
      for (let p = 0; p < denseRows; p += INNER_TILE) {
        kernels.gemm(
          problem.x.at + (i * denseRows + p) * 8,
          denseRows * 8,
          parameters.at + p * stride * 8,
          stride * 8,
          out.at + i * stride * 8,
          stride * 8,
          Math.min(ROW_TILE, to - i),
          stride,
          Math.min(INNER_TILE, denseRows - p),
        );
      }
    }
    const { indptr, indices, values } = problem;
    kernels.csrForward(indptr.at, indices.at, values.at, sparseAt, out.at, stride, from, to);
  }
}

/** out += Xᵀ·residuals for the rows of some groups. */
export function multiplyTransposed(
  problem: SoftmaxProblem,
  residuals: Block<Float64Array>,
  out: Block<Float64Array>,
  groups: readonly number[],
): void {
  const { kernels, denseRows, stride, rows } = problem;
  const sparseAt = out.at + denseRows * stride * 8;
  for (const [from, to] of ranges(problem, groups)) {
    for (let p = from; p < to; p += INNER_TILE) {
      kernels.gemm(
        problem.xt.at + p * 8,
        rows.length * 8,
        residuals.at + p * stride * 8,
        stride * 8,
        out.at,
        stride * 8,
        denseRows,
        stride,
        Math.min(INNER_TILE, to - p),
      );
    }
    const { indptr, indices, values } = problem;
    kernels.csrBackward(indptr.at, indices.at, values.at, residuals.at, sparseAt, stride, from, to);
  }
}

/** Adjacent groups make one range of rows. */
export function ranges(
  { groupStarts }: SoftmaxProblem,
  groups: readonly number[],
): (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const group of groups) {
    const from = groupStarts[group]!;
    const to = groupStarts[group + 1]!;
    const last = merged.at(-1);
    if (last && last[1] === from) last[1] = to;
    else merged.push([from, to]);
  }
  return merged;
}
