import type { CsrMatrix, Features, Matrix } from "../../core/matrix.ts";

/** The given rows of a feature matrix, copied, in that order. */
export function takeRows(features: Features, rows: ArrayLike<number>): Features {
  return {
    rows: rows.length,
    ...(features.dense ? { dense: takeDense(features.dense, rows) } : {}),
    ...(features.sparse ? { sparse: takeSparse(features.sparse, rows) } : {}),
  };
}

function takeDense({ data, cols }: Matrix, rows: ArrayLike<number>): Matrix {
  const out = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    out.set(data.subarray(rows[i]! * cols, (rows[i]! + 1) * cols), i * cols);
  }
  return { data: out, rows: rows.length, cols };
}

function takeSparse(matrix: CsrMatrix, rows: ArrayLike<number>): CsrMatrix {
  const indptr = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    indptr[i + 1] = indptr[i]! + matrix.indptr[rows[i]! + 1]! - matrix.indptr[rows[i]!]!;
  }
  const indices = new Uint32Array(indptr.at(-1)!);
  const values = new Float32Array(indptr.at(-1)!);
  for (let i = 0; i < rows.length; i++) {
    const from = matrix.indptr[rows[i]!]!;
    const to = matrix.indptr[rows[i]! + 1]!;
    indices.set(matrix.indices.subarray(from, to), indptr[i]);
    values.set(matrix.values.subarray(from, to), indptr[i]);
  }
  return { indptr, indices, values, rows: rows.length, cols: matrix.cols };
}
