/** Integers and the scales that turn them back: a weight is about `value × scale`. */
export interface Quantized {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** Largest magnitude of a quantised weight. */
const LIMIT = 127;

/** Quantises a rows × cols matrix with one scale for each column. */
export function quantizeColumns(matrix: Float32Array, cols: number): Quantized {
  return quantize(matrix, { rows: matrix.length / cols, cols, perRow: 0, perCol: 1 });
}

/** Quantises a rows × cols matrix with one scale for each row. */
export function quantizeRows(matrix: Float32Array, cols: number): Quantized {
  return quantize(matrix, { rows: matrix.length / cols, cols, perRow: 1, perCol: 0 });
}

interface Layout {
  readonly rows: number;
  readonly cols: number;
  /** The scale of element (i, j) is number i × perRow + j × perCol. */
  readonly perRow: number;
  readonly perCol: number;
}

/** Symmetric rounding to the nearest level; zeros keep a scale of their own, so nothing is 0 / 0. */
function quantize(
  matrix: Float32Array,
  { rows, cols, perRow, perCol }: Layout,
): Quantized {
  const scales = new Float32Array(perRow * rows + perCol * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const group = i * perRow + j * perCol;
      scales[group] = Math.max(scales[group]!, Math.abs(matrix[i * cols + j]!));
    }
  }
  for (let group = 0; group < scales.length; group++) scales[group] = (scales[group]! || 1) / LIMIT;
  const values = new Int8Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const level = Math.round(matrix[i * cols + j]! / scales[i * perRow + j * perCol]!);
      values[i * cols + j] = Math.max(-LIMIT, Math.min(LIMIT, level));
    }
  }
  return { values, scales };
}
