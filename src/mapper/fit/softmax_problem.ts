import type { Features } from "../../core/matrix.ts";
import { createRandom } from "../../core/random.ts";
import { CHUNK_ROWS, runHere, type RunJob, type Shape, STRETCH, type Workspace } from "./chunks.ts";
import {
  type Arena,
  type Block,
  type BlockSize,
  createArena,
  type Floats,
  type Precision,
} from "./kernels.ts";
import { mergeColumns, type MergedColumns } from "./merge_columns.ts";

/**
 * The data of a softmax regression, laid out for the kernels.
 *
 * Parameters are a matrix with a row per feature and a column per class (padded with zeros): first the
 * dense columns, then the intercept (a dense column of ones), padding, then the merged sparse columns.
 * Rows stand in groups, each padded with zero rows to a multiple of four, so that a fold can be left
 * out without copying.
 */
export interface SoftmaxProblem extends Workspace {
  readonly precision: Precision;
  /** Does the work of an iteration, by as many threads as there are. */
  readonly run: RunJob;
  /** Columns that a chunk of a product with the transpose takes. */
  readonly columns: { readonly dense: number; readonly sparse: number };
  readonly classes: number;
  /** Columns of a parameter row. */
  readonly stride: number;
  readonly denseColumns: number;
  /** Dense columns, intercept and padding: rows of the dense part of the parameters. */
  readonly denseRows: number;
  readonly sparse: SparseColumns | undefined;
  /** Number of parameters, padding included. */
  readonly size: number;
  /** Source row of each laid-out row, −1 for padding. */
  readonly rows: Int32Array;
  /** First row of each group, and the end. */
  readonly groupStarts: readonly number[];
  /** Blocks of parameter size: a scratch space for the solver. */
  vector(name: VectorName): Block<Floats>;
  /** Blocks of rows × stride. */
  outputs(name: OutputName): Block<Floats>;
  /** Four numbers a row, and the weight of each row's loss: of the softmax in float32. */
  readonly stats: Block<Float32Array>;
  readonly rowWeights: Block<Float32Array>;
}

/** Other threads that help with one problem at a time. */
export interface Crew {
  /** Takes up a problem, and leaves the one before. */
  attach(setup: ProblemSetup, space: Workspace): RunJob;
}

/** What another thread opens a problem by. */
export interface ProblemSetup {
  readonly sizes: Readonly<Record<string, BlockSize>>;
  readonly precision: Precision;
  readonly memory: WebAssembly.Memory;
  readonly shape: Shape;
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
  readonly sparse: SparseColumns | undefined;
  /** Entries of the merged columns; none once a problem has them, since they take as much as the features. */
  entries: Omit<MergedColumns, keyof SparseColumns> | undefined;
  readonly entryCount: number;
}

/** Which columns there are, and how they merge. */
export type SparseColumns = Pick<MergedColumns, "columns" | "merged" | "shares" | "count">;

/** Orders rows and merges columns. */
export function layOut(data: ProblemData): Layout {
  const { features, groups, seed } = data;
  const random = createRandom(seed);
  const groupStarts = [0];
  for (const group of groups) groupStarts.push(groupStarts.at(-1)! + padTo(4, group.length));
  const rows = new Int32Array(groupStarts.at(-1)!).fill(-1);
  groups.forEach((group, g) => rows.set(random.shuffle([...group]), groupStarts[g]));
  if (!features.sparse) {
    return { ...data, rows, groupStarts, sparse: undefined, entries: undefined, entryCount: 0 };
  }
  const { columns, merged, shares, count, ...entries } = mergeColumns(features.sparse, rows);
  const sparse = { columns, merged, shares, count };
  const entryCount = entries.from.reduce((sum, from, m) => sum + entries.to[m]! - from, 0);
  return { ...data, rows, groupStarts, sparse, entries, entryCount };
}

const padTo = (multiple: number, n: number) => Math.ceil(n / multiple) * multiple;

/** Multiplications of a product from which other threads are worth waking. */
const SHARED_FROM = 4e6;
/** Columns of a chunk among several threads: enough chunks for all, of work enough for each. */
const SHARED_COLUMNS = { dense: 32, sparse: 512 } as const;

/**
 * Lays out features for training, in the memory of the kernels: the first time from the entries of the layout,
 * which then go, later from the problem before.
 */
export function createProblem(
  layout: Layout,
  precision: Precision,
  crew?: Crew,
  before?: SoftmaxProblem,
): SoftmaxProblem {
  const { rows, groupStarts, sparse, features, classes } = layout;
  const denseColumns = features.dense?.cols ?? 0;
  const denseRows = padTo(4, denseColumns + 1);
  const stride = padTo(precision === "f64" ? 4 : 8, classes);
  const count = sparse?.count ?? 0;
  const entries = layout.entryCount;
  const size = (denseRows + count) * stride;
  const parameters = { type: precision, length: size };
  const outputs = { type: precision, length: rows.length * stride };
  const history = Array.from({ length: historyLength(size) }, (_, i) => i);
  const sizes: Record<string, BlockSize> = {
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
    diagonal: { type: "f64", length: count },
    partials: { type: "f64", length: Math.ceil(size / STRETCH) * 2 * history.length },
    weights: parameters,
    gradient: parameters,
    previous: parameters,
    direction: parameters,
    scaled: parameters,
    ...(groupStarts.length > 2 && { start: parameters }),
    ...Object.fromEntries(history.flatMap((i) => [[`s${i}`, parameters], [`h${i}`, parameters]])),
  };
  const isShared = crew && (rows.length * denseRows + entries) * classes >= SHARED_FROM;
  const arena = createArena(sizes, precision, isShared ? "new" : undefined);
  const shape = { denseRows, stride, count, size };
  const space = openWorkspace(arena, shape);
  const problem: SoftmaxProblem = {
    ...space,
    precision,
    run: isShared
      ? crew.attach({ sizes, precision, memory: arena.memory, shape }, space)
      : runHere(space),
    columns: isShared ? SHARED_COLUMNS : { dense: denseRows, sparse: count },
    classes,
    stride,
    denseColumns,
    denseRows,
    sparse,
    size,
    rows,
    groupStarts,
    vector: arena.floats,
    outputs: arena.floats,
    stats: arena.singles("stats"),
    rowWeights: arena.singles("rowWeights"),
  };
  fillDense(problem, features);
  if (before) copySparse(before, problem);
  else if (layout.entries) fillSparse(problem, layout.entries);
  layout.entries = undefined;
  return problem;
}

/** Opens a problem that another thread laid out. */
export function openProblem({ sizes, precision, memory, shape }: ProblemSetup): Workspace {
  return openWorkspace(createArena(sizes, precision, memory), shape);
}

function openWorkspace(arena: Arena, shape: Shape): Workspace {
  return {
    kernels: arena.kernels,
    memory: arena.memory,
    shape,
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
    inverse: arena.floats("inverse"),
    diagonal: arena.floats("diagonal") as Block<Float64Array>,
    partials: arena.floats("partials") as Block<Float64Array>,
  };
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

function copySparse(from: SoftmaxProblem, to: SoftmaxProblem): void {
  for (const side of ["byRow", "byColumn"] as const) {
    for (const part of ["indptr", "indices", "values"] as const) {
      to[side][part].view.set(from[side][part].view);
    }
  }
}

function fillSparse(
  { byRow, byColumn, groupStarts, shape: { count } }: SoftmaxProblem,
  { from, to, rows, values, scales }: NonNullable<Layout["entries"]>,
): void {
  const counts = byRow.indptr.view;
  for (let m = 0; m < count; m++) {
    for (let k = from[m]!; k < to[m]!; k++) counts[rows[k]! + 1]!++;
  }
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  const next = counts.slice();
  // Columns come in ascending order to every row, and rows to every column.
  for (let m = 0; m < count; m++) {
    for (let k = from[m]!; k < to[m]!; k++) {
      const at = next[rows[k]!]!++;
      byRow.indices.view[at] = m;
      byRow.values.view[at] = values[k]! * scales[m]!;
    }
  }
  const cursor = from.slice();
  let at = 0;
  for (let g = 0; g + 1 < groupStarts.length; g++) {
    const end = groupStarts[g + 1]!;
    for (let m = 0; m < count; m++) {
      let k = cursor[m]!;
      for (; k < to[m]! && rows[k]! < end; k++) {
        byColumn.indices.view[at] = rows[k]!;
        byColumn.values.view[at++] = values[k]! * scales[m]!;
      }
      cursor[m] = k;
      byColumn.indptr.view[g * count + m + 1] = at;
    }
  }
}

/** out = X·parameters for the rows of some groups. */
export function multiply(
  problem: SoftmaxProblem,
  parameters: Block<Floats>,
  out: Block<Floats>,
  groups: readonly number[],
): void {
  for (const [from, to] of ranges(problem, groups)) {
    const chunks = Math.ceil((to - from) / CHUNK_ROWS);
    problem.run("product", chunks, [parameters.at, out.at, from, to]);
  }
}

/** out += Xᵀ·residuals for the rows of some groups. */
export function multiplyTransposed(
  problem: SoftmaxProblem,
  residuals: Block<Floats>,
  out: Block<Floats>,
  groups: readonly number[],
): void {
  const { run, columns, denseRows, shape: { count } } = problem;
  const common = [residuals.at, out.at];
  const rows = ranges(problem, groups).flat();
  run("dense", Math.ceil(denseRows / columns.dense), [...common, columns.dense, ...rows]);
  if (count === 0) return;
  run("sparse", Math.ceil(count / columns.sparse), [...common, columns.sparse, ...groups]);
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
