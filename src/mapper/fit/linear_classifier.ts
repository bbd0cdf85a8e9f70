import type { Features, Matrix } from "../../core/matrix.ts";

/**
 * A linear classifier: logits = X·W + b.
 *
 * A sparse column that training never saw has weight zero under an L2 penalty and is not stored.
 */
export interface LinearClassifier {
  readonly classes: number;
  readonly denseColumns: number;
  /** Columns of the sparse block that have weights, ascending. */
  readonly sparseColumns: Uint32Array;
  /** Which columns share a row of weights. Default: each has its own, in order. */
  readonly merged?: MergedWeights;
  /** (denseColumns + sparse columns, or their rows where they are merged) × classes, row-major. */
  readonly weights: Float32Array;
  /** One a class. */
  readonly intercepts: Float64Array;
}

/** Columns that are multiples of one another in training have multiples of one row as weights. */
export interface MergedWeights {
  /** Row of each sparse column, counted from the first sparse one. */
  readonly rows: Uint32Array;
  /** What the weights of each sparse column are of its row. */
  readonly shares: Float32Array;
}

/** Finds a sparse column among those that have weights. */
export interface ColumnIndex {
  /** Place of a column in `sparseColumns`, or −1. */
  find(column: number): number;
}

/** The same classifier with a row of weights for each column. */
export function expandClassifier(classifier: LinearClassifier): LinearClassifier {
  const { merged, classes, denseColumns, sparseColumns, weights, intercepts } = classifier;
  if (!merged) return classifier;
  const split = denseColumns * classes;
  const all = new Float32Array(split + sparseColumns.length * classes);
  all.set(weights.subarray(0, split));
  for (let c = 0; c < sparseColumns.length; c++) {
    const from = split + merged.rows[c]! * classes;
    const share = merged.shares[c]!;
    for (let k = 0; k < classes; k++) all[split + c * classes + k] = share * weights[from + k]!;
  }
  return { classes, denseColumns, sparseColumns, weights: all, intercepts };
}

/** Indexes the stored sparse columns: by table while that stays small, else by binary search. */
export function indexColumns({ sparseColumns }: LinearClassifier): ColumnIndex {
  const last = sparseColumns.at(-1) ?? -1;
  const MAX_TABLE = 1 << 22;
  if (last >= MAX_TABLE) return { find: (column) => search(sparseColumns, column) };
  const table = new Int32Array(last + 1).fill(-1);
  sparseColumns.forEach((column, i) => table[column] = i);
  return { find: (column) => column <= last ? table[column]! : -1 };
}

function search(columns: Uint32Array, column: number): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[middle]! < column) low = middle + 1;
    else high = middle;
  }
  return columns[low] === column ? low : -1;
}

/**
 * Logits of each row: rows × classes.
 *
 * Sums run in a fixed order within a row, so a row has the same logits alone and in any batch.
 *
 * @throws {RangeError} If the dense block does not have the classifier's number of columns.
 *
 * @example
 * ```ts
 * import { decisionFunction } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const classifier = {
 *   classes: 2,
 *   denseColumns: 1,
 *   sparseColumns: new Uint32Array(),
 *   weights: Float32Array.of(2, -2),
 *   intercepts: Float64Array.of(1, 0),
 * };
 * const dense = { data: Float32Array.of(3), rows: 1, cols: 1 };
 * assertEquals([...decisionFunction(classifier, { rows: 1, dense }).data], [7, -6]);
 * ```
 */
export function decisionFunction(
  classifier: LinearClassifier,
  features: Features,
  index: ColumnIndex = indexColumns(classifier),
): Matrix<Float64Array> {
  const { classes, denseColumns, weights, intercepts, merged } = classifier;
  const { dense, sparse, rows } = features;
  if ((dense?.cols ?? 0) !== denseColumns) {
    throw new RangeError(
      `Cannot classify rows of ${dense?.cols ?? 0} dense columns: expected ${denseColumns}`,
    );
  }
  const data = new Float64Array(rows * classes);
  const add = (weightRow: number, value: number, at: number) => {
    const from = weightRow * classes;
    for (let k = 0; k < classes; k++) data[at + k]! += value * weights[from + k]!;
  };
  for (let row = 0; row < rows; row++) {
    const at = row * classes;
    data.set(intercepts, at);
    for (let j = 0; j < denseColumns; j++) add(j, dense!.data[row * denseColumns + j]!, at);
    if (!sparse) continue;
    for (let k = sparse.indptr[row]!; k < sparse.indptr[row + 1]!; k++) {
      const c = index.find(sparse.indices[k]!);
      if (c < 0) continue;
      const row = denseColumns + (merged ? merged.rows[c]! : c);
      add(row, merged ? merged.shares[c]! * sparse.values[k]! : sparse.values[k]!, at);
    }
  }
  return { data, rows, cols: classes };
}

/** softmax(logits / temperature) of each row: rows × classes. */
export function softmaxRows(
  { data, rows, cols }: Matrix<Float64Array>,
  temperature: number,
): Matrix<Float64Array> {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += cols) {
    let max = -Infinity;
    for (let k = at; k < at + cols; k++) if (data[k]! > max) max = data[k]!;
    let sum = 0;
    for (let k = at; k < at + cols; k++) {
      out[k] = Math.exp((data[k]! - max) / temperature);
      sum += out[k]!;
    }
    for (let k = at; k < at + cols; k++) out[k]! /= sum;
  }
  return { data: out, rows, cols };
}
