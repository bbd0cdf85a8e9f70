/** A dense row-major matrix: element (i, j) is `data[i * cols + j]`. */
export interface Matrix<T extends Float32Array | Float64Array = Float32Array> {
  readonly data: T;
  readonly rows: number;
  readonly cols: number;
}

/**
 * A sparse matrix in compressed-sparse-row form: the entries of row i stand at positions
 * `indptr[i]` (inclusive) to `indptr[i + 1]` (exclusive) of `indices` (columns, ascending and unique
 * within a row) and `values`.
 */
export interface CsrMatrix {
  /** Length `rows + 1`. */
  readonly indptr: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/**
 * What an encoder makes of `rows` texts: a dense block, a sparse block, or both. Where both are
 * present the columns of the dense block come first: feature j < dense.cols is dense, the rest is
 * sparse column j − dense.cols.
 */
export interface Features {
  readonly rows: number;
  readonly dense?: Matrix<Float32Array>;
  readonly sparse?: CsrMatrix;
}
