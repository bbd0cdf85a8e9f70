import { softmaxRows } from "../../mapper/fit/linear_classifier.ts";
import type { Features, Matrix } from "../../core/matrix.ts";

/** Sizes of a classification head over the features of an encoder. */
export interface HeadShape {
  readonly classes: number;
  /** Columns of the dense block of the features; 0 if there is none. */
  readonly denseColumns: number;
  /** Columns of the sparse block; 0 if there is none. */
  readonly sparseColumns: number;
  /** Sparse columns that have weights, ascending: those that training saw. */
  readonly keptColumns: Uint32Array;
  /** Units of the hidden layer; 0 is a linear head. */
  readonly hidden: number;
  readonly activation: "relu" | "tanh";
}

/**
 * A classification head: softmax(x·W + b), or softmax(f(x·W + b)·V + c) with one hidden layer.
 *
 * The weights stand one after the other: W ((denseColumns + keptColumns) × width, row-major), b
 * (width), and with a hidden layer V (hidden × classes) and c (classes); width is `hidden`, or
 * `classes` without a hidden layer.
 */
export interface Head extends HeadShape {
  readonly weights: Float32Array;
}

/** Where the parts of the weights begin, and how many weights there are. */
export interface HeadLayout {
  /** Rows of W. */
  readonly inputs: number;
  /** Columns of W. */
  readonly width: number;
  readonly bias: number;
  /** Start of V; equals `count` for a linear head. */
  readonly output: number;
  readonly outputBias: number;
  readonly count: number;
}

/** Finds out where the parts of a head's weights stand. */
export function headLayout(shape: HeadShape): HeadLayout {
  const { classes, denseColumns, keptColumns, hidden } = shape;
  const inputs = denseColumns + keptColumns.length;
  const width = hidden > 0 ? hidden : classes;
  const bias = inputs * width;
  const output = bias + width;
  const outputBias = output + hidden * (hidden > 0 ? classes : 0);
  const count = outputBias + (hidden > 0 ? classes : 0);
  return { inputs, width, bias, output, outputBias, count };
}

/** Row of W for each column of the sparse block; −1 where there is none. */
export function indexKeptColumns(
  { sparseColumns, keptColumns, denseColumns }: HeadShape,
): Int32Array {
  const rows = new Int32Array(sparseColumns).fill(-1);
  keptColumns.forEach((column, i) => rows[column] = denseColumns + i);
  return rows;
}

/**
 * Probabilities of the classes: rows × classes.
 *
 * @throws {RangeError} If the features do not have the columns that the head was trained on.
 *
 * @example
 * ```ts
 * import { predictHead } from "micro-lm/stages";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const head = {
 *   classes: 2,
 *   denseColumns: 1,
 *   sparseColumns: 0,
 *   keptColumns: new Uint32Array(0),
 *   hidden: 0,
 *   activation: "relu" as const,
 *   weights: Float32Array.of(-1, 1, 0, 0),
 * };
 * const dense = { data: Float32Array.of(0.5), rows: 1, cols: 1 };
 * const { data } = predictHead(head, { rows: 1, dense });
 * assertAlmostEquals(data[1]!, 1 / (1 + Math.exp(-1)), 1e-6);
 * ```
 */
export function predictHead(head: Head, features: Features): Matrix<Float64Array> {
  checkColumns(head, features);
  return softmaxRows(headLogits(head, head.weights, features), 1);
}

/**
 * p(TP) of rows of two probabilities each.
 *
 * @example
 * ```ts
 * import { probabilitiesOfTp } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...probabilitiesOfTp(Float64Array.of(0.9, 0.1, 0.4, 0.6))], [0.1, 0.6]);
 * ```
 */
export function probabilitiesOfTp(pairs: Float64Array): Float64Array {
  return Float64Array.from({ length: pairs.length / 2 }, (_, i) => pairs[i * 2 + 1]!);
}

/** Logits of the classes under given weights: rows × classes. */
export function headLogits(
  shape: HeadShape,
  weights: Float32Array | Float64Array,
  features: Features,
  index: Int32Array = indexKeptColumns(shape),
): Matrix<Float64Array> {
  const { classes, hidden, activation } = shape;
  const layout = headLayout(shape);
  const data = new Float64Array(features.rows * classes);
  const first = new Float64Array(layout.width);
  for (let row = 0; row < features.rows; row++) {
    firstLayer(first, features, row, weights, layout, index);
    const at = row * classes;
    if (hidden === 0) {
      data.set(first, at);
      continue;
    }
    activate(first, activation);
    for (let k = 0; k < classes; k++) data[at + k] = weights[layout.outputBias + k]!;
    for (let h = 0; h < hidden; h++) {
      const from = layout.output + h * classes;
      for (let k = 0; k < classes; k++) data[at + k]! += first[h]! * weights[from + k]!;
    }
  }
  return { data, rows: features.rows, cols: classes };
}

/** x·W + b of one row, into `out`. */
export function firstLayer(
  out: Float64Array,
  { dense, sparse }: Features,
  row: number,
  weights: Float32Array | Float64Array,
  { width, bias }: HeadLayout,
  index: Int32Array,
): void {
  for (let h = 0; h < width; h++) out[h] = weights[bias + h]!;
  if (dense) {
    const { data, cols } = dense;
    for (let j = 0; j < cols; j++) {
      const x = data[row * cols + j]!;
      if (x === 0) continue;
      const at = j * width;
      for (let h = 0; h < width; h++) out[h]! += x * weights[at + h]!;
    }
  }
  if (!sparse) return;
  const end = sparse.indptr[row + 1]!;
  for (let entry = sparse.indptr[row]!; entry < end; entry++) {
    const kept = index[sparse.indices[entry]!]!;
    if (kept < 0) continue;
    const x = sparse.values[entry]!;
    const at = kept * width;
    for (let h = 0; h < width; h++) out[h]! += x * weights[at + h]!;
  }
}

/** Applies the hidden layer's function in place. */
export function activate(values: Float64Array, activation: "relu" | "tanh"): void {
  for (let h = 0; h < values.length; h++) {
    values[h] = activation === "relu" ? Math.max(0, values[h]!) : Math.tanh(values[h]!);
  }
}

function checkColumns({ denseColumns, sparseColumns }: HeadShape, features: Features): void {
  const dense = features.dense?.cols ?? 0;
  const sparse = features.sparse?.cols ?? 0;
  if (dense !== denseColumns || sparse !== sparseColumns) {
    throw new RangeError(
      `Expected features of ${denseColumns} dense and ${sparseColumns} sparse columns, ` +
        `got ${dense} and ${sparse}`,
    );
  }
}

/** The shape of a head for given training features: sparse columns that occur get weights. */
export function shapeHead(
  features: Features,
  options: Pick<HeadShape, "classes" | "hidden" | "activation">,
): HeadShape {
  const { dense, sparse } = features;
  const seen = new Uint8Array(sparse?.cols ?? 0);
  for (const column of sparse?.indices ?? []) seen[column] = 1;
  const keptColumns = new Uint32Array(seen.reduce((sum, bit) => sum + bit, 0));
  let kept = 0;
  for (let column = 0; column < seen.length; column++) {
    if (seen[column] === 1) keptColumns[kept++] = column;
  }
  const { classes, hidden, activation } = options;
  return {
    classes,
    denseColumns: dense?.cols ?? 0,
    sparseColumns: seen.length,
    keptColumns,
    hidden,
    activation,
  };
}
