import type { Features } from "../../core/matrix.ts";
import { createRandom } from "../../core/random.ts";
import { type Block, createArena, type Floats, type Kernels, type Precision } from "./kernels.ts";
import { mergeColumns, type MergedColumns } from "./merge_columns.ts";

/**
 * The data of a softmax regression, laid out for the kernels.
 *
 * Parameters are a matrix with a row per feature and a column per class (padded with zeros): first the
 * dense columns, then the intercept (a dense column of ones), padding, then the merged sparse columns.
 * Rows stand in groups, each padded with zero rows to a multiple of four, so that a fold can be left
 * out without copying.
 */
export interface SoftmaxProblem {
  readonly precision: Precision;
  readonly kernels: Kernels;
  readonly classes: number;
  /** Columns of a parameter row. */
  readonly stride: number;
  readonly denseColumns: number;
  /** Dense columns, intercept and padding: rows of the dense part of the parameters. */
  readonly denseRows: number;
  readonly sparse: MergedColumns | undefined;
  /** Number of parameters, padding included. */
  readonly size: number;
  /** Source row of each laid-out row, −1 for padding. */
  readonly rows: Int32Array;
  /** First row of each group, and the end. */
  readonly groupStarts: readonly number[];
  readonly x: Block<Floats>;
  /** The sparse entries by row. */
  readonly byRow: Entries;
  /** The sparse entries of each group by merged column; `indptr` has a stretch a group. */
  readonly byColumn: Entries;
  /** Blocks of parameter size: a scratch space for the solver. */
  vector(name: VectorName): Block<Floats>;
  /** Blocks of rows × stride. */
  outputs(name: OutputName): Block<Floats>;
  /** Four numbers a row, and the weight of each row's loss: of the softmax in float32. */
  readonly stats: Block<Float32Array>;
  readonly rowWeights: Block<Float32Array>;
  /** The inverse of the curvature over the dense rows. */
  readonly inverse: Block<Floats>;
}

/** Places of a sparse matrix in kernel memory. */
export interface Entries {
  readonly indptr: Block<Uint32Array>;
  readonly indices: Block<Uint32Array>;
  readonly values: Block<Float32Array>;
}

/** Names of parameter-sized blocks; `s0…`, `h0…` hold the history of L-BFGS. */
export type VectorName =
  | "weights"
  | "gradient"
  | "previous"
  | "direction"
  | "scaled"
  | "start"
  | `s${number}`
  | `h${number}`;
/** Names of rows × classes blocks. */
export type OutputName = "logits" | "residuals" | "slope";

/** How many pairs of vectors L-BFGS remembers: fewer where each takes megabytes. */
export function historyLength(size: number): number {
  return size > 1_000_000 ? 8 : 20;
}

/** What a problem is laid out from. */
export interface ProblemData {
  readonly features: Features;
  readonly classes: number;
  /** Row numbers of each group. */
  readonly groups: readonly Uint32Array[];
  /** Of the shuffle of rows within a group, which makes a stretch of rows a fair sample of them. */
  readonly seed: number;
}

/** Rows and merged columns of a problem: the same in every precision. */
export interface Layout extends ProblemData {
  readonly rows: Int32Array;
  readonly groupStarts: readonly number[];
  readonly sparse: MergedColumns | undefined;
}

/** Orders rows and merges columns. */
export function layOut(data: ProblemData): Layout {
  const { features, groups, seed } = data;
  const random = createRandom(seed);
  const groupStarts = [0];
  for (const group of groups) groupStarts.push(groupStarts.at(-1)! + padTo(4, group.length));
  const rows = new Int32Array(groupStarts.at(-1)!).fill(-1);
  groups.forEach((group, g) => rows.set(random.shuffle([...group]), groupStarts[g]));
  const sparse = features.sparse && mergeColumns(features.sparse, rows);
  return { ...data, rows, groupStarts, sparse };
}

const padTo = (multiple: number, n: number) => Math.ceil(n / multiple) * multiple;

/** Lays out features for training, in the memory of the kernels. */
export function createProblem(layout: Layout, precision: Precision): SoftmaxProblem {
  const { rows, groupStarts, sparse, features, classes } = layout;
  const denseColumns = features.dense?.cols ?? 0;
  const denseRows = padTo(4, denseColumns + 1);
  const stride = padTo(precision === "f64" ? 4 : 8, classes);
  const count = sparse?.count ?? 0;
  const entries = sparse?.rows.length ?? 0;
  const size = (denseRows + count) * stride;
  const parameters = { type: precision, length: size };
  const outputs = { type: precision, length: rows.length * stride };
  const history = Array.from({ length: historyLength(size) }, (_, i) => i);
  const arena = createArena({
    x: { type: precision, length: rows.length * denseRows },
    rowStarts: { type: "u32", length: rows.length + 1 },
    columnsOf: { type: "u32", length: entries },
    valuesOf: { type: "f32", length: entries },
    columnStarts: { type: "u32", length: (groupStarts.length - 1) * count + 1 },
    rowsOf: { type: "u32", length: entries },
    valuesIn: { type: "f32", length: entries },
    logits: outputs,
    residuals: outputs,
    slope: outputs,
    stats: { type: "f32", length: precision === "f32" ? rows.length * 4 : 0 },
    rowWeights: { type: "f32", length: precision === "f32" ? rows.length : 0 },
    inverse: { type: precision, length: denseRows * denseRows },
    weights: parameters,
    gradient: parameters,
    previous: parameters,
    direction: parameters,
    scaled: parameters,
    ...(groupStarts.length > 2 && { start: parameters }),
    ...Object.fromEntries(history.flatMap((i) => [[`s${i}`, parameters], [`h${i}`, parameters]])),
  }, precision);
  const problem: SoftmaxProblem = {
    precision,
    kernels: arena.kernels,
    classes,
    stride,
    denseColumns,
    denseRows,
    sparse,
    size,
    rows,
    groupStarts,
    x: arena.floats("x"),
    byRow: {
      indptr: arena.words("rowStarts"),
      indices: arena.words("columnsOf"),
      values: arena.singles("valuesOf"),
    },
    byColumn: {
      indptr: arena.words("columnStarts"),
      indices: arena.words("rowsOf"),
      values: arena.singles("valuesIn"),
    },
    vector: arena.floats,
    outputs: arena.floats,
    stats: arena.singles("stats"),
    rowWeights: arena.singles("rowWeights"),
    inverse: arena.floats("inverse"),
  };
  fillDense(problem, features);
  fillSparse(problem);
  return problem;
}

function fillDense({ rows, denseRows, denseColumns, x }: SoftmaxProblem, { dense }: Features) {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row < 0) continue;
    const from = row * denseColumns;
    if (dense) x.view.set(dense.data.subarray(from, from + denseColumns), i * denseRows);
    x.view[i * denseRows + denseColumns] = 1;
  }
}

function fillSparse({ sparse, byRow, byColumn, groupStarts }: SoftmaxProblem): void {
  if (!sparse) return;
  const { starts, rows, values, count } = sparse;
  const counts = byRow.indptr.view;
  for (const row of rows) counts[row + 1]!++;
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  const next = counts.slice();
  // Columns come in ascending order to every row, and rows to every column.
  for (let m = 0; m < count; m++) {
    for (let k = starts[m]!; k < starts[m + 1]!; k++) {
      const at = next[rows[k]!]!++;
      byRow.indices.view[at] = m;
      byRow.values.view[at] = values[k]!;
    }
  }
  const cursor = starts.slice();
  let at = 0;
  for (let g = 0; g + 1 < groupStarts.length; g++) {
    const end = groupStarts[g + 1]!;
    for (let m = 0; m < count; m++) {
      let k = cursor[m]!;
      for (; k < starts[m + 1]! && rows[k]! < end; k++) {
        byColumn.indices.view[at] = rows[k]!;
        byColumn.values.view[at++] = values[k]!;
      }
      cursor[m] = k;
      byColumn.indptr.view[g * count + m + 1] = at;
    }
  }
}

/** Rows and inner columns a product takes at a time, so that its operands stay in the caches. */
const ROW_TILE = 64;
const INNER_TILE = 256;

/** out = X·parameters for the rows of some groups. */
export function multiply(
  problem: SoftmaxProblem,
  parameters: Block<Floats>,
  out: Block<Floats>,
  groups: readonly number[],
): void {
  const { kernels, denseRows, stride } = problem;
  const { bytes } = kernels;
  const line = stride * bytes;
  for (const [from, to] of ranges(problem, groups)) {
    out.view.fill(0, from * stride, to * stride);
    for (let i = from; i < to; i += ROW_TILE) {
      for (let p = 0; p < denseRows; p += INNER_TILE) {
        kernels.gemm(
          problem.x.at + (i * denseRows + p) * bytes,
          denseRows * bytes,
          bytes,
          parameters.at + p * line,
          line,
          out.at + i * line,
          line,
          Math.min(ROW_TILE, to - i),
          stride,
          Math.min(INNER_TILE, denseRows - p),
        );
      }
    }
    const { indptr, indices, values } = problem.byRow;
    const sparseAt = parameters.at + denseRows * line;
    const at = out.at + from * line;
    kernels.spmm(indptr.at + from * 4, indices.at, values.at, sparseAt, at, line, to - from);
  }
}

/** out += Xᵀ·residuals for the rows of some groups. */
export function multiplyTransposed(
  problem: SoftmaxProblem,
  residuals: Block<Floats>,
  out: Block<Floats>,
  groups: readonly number[],
): void {
  const { kernels, denseRows, stride, sparse } = problem;
  const { bytes } = kernels;
  const line = stride * bytes;
  for (const [from, to] of ranges(problem, groups)) {
    for (let p = from; p < to; p += INNER_TILE) {
      kernels.gemm(
        problem.x.at + p * denseRows * bytes,
        bytes,
        denseRows * bytes,
        residuals.at + p * line,
        line,
        out.at,
        line,
        denseRows,
        stride,
        Math.min(INNER_TILE, to - p),
      );
    }
  }
  const { indptr, indices, values } = problem.byColumn;
  const count = sparse?.count ?? 0;
  for (const g of groups) {
    const starts = indptr.at + g * count * 4;
    const at = out.at + denseRows * line;
    kernels.spmm(starts, indices.at, values.at, residuals.at, at, line, count);
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
