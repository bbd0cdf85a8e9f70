import type { CsrMatrix, Features, Matrix } from "../../core/matrix.ts";
import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";

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

/** Rows that are encoded at a time where there are very many. */
const PORTION = 50_000;

/**
 * Encodes texts in portions into one matrix: what an encoder needs beside its result is that of a portion. A
 * row is the same in any batch.
 */
export async function encodeInPortions(
  { encode }: Pick<Encoder, "encode">,
  texts: readonly string[],
  onProgress: NonNullable<EncodeOptions["onProgress"]>,
): Promise<Features> {
  if (texts.length <= PORTION) return await encode(texts, { onProgress });
  let dense: Matrix | undefined;
  const sparse: CsrMatrix[] = [];
  for (let from = 0; from < texts.length; from += PORTION) {
    const part = await encode(texts.slice(from, from + PORTION), {
      onProgress: (done) => onProgress(from + done, texts.length),
    });
    if (part.sparse) sparse.push(part.sparse);
    if (!part.dense) continue;
    const { cols } = part.dense;
    dense ??= { data: new Float32Array(texts.length * cols), rows: texts.length, cols };
    dense.data.set(part.dense.data, from * cols);
  }
  return {
    rows: texts.length,
    ...(dense && { dense }),
    ...(sparse.length > 0 && { sparse: stackSparse(sparse, texts.length) }),
  };
}

/** Empties `parts` as it goes. */
function stackSparse(parts: CsrMatrix[], rows: number): CsrMatrix {
  const { cols } = parts[0]!;
  const total = parts.reduce((sum, { indices }) => sum + indices.length, 0);
  const indptr = new Uint32Array(rows + 1);
  const indices = new Uint32Array(total);
  const values = new Float32Array(total);
  let [row, at] = [0, 0];
  for (let part = parts.shift(); part; part = parts.shift()) {
    indices.set(part.indices, at);
    values.set(part.values, at);
    for (let i = 1; i <= part.rows; i++) indptr[row + i] = at + part.indptr[i]!;
    row += part.rows;
    at += part.indices.length;
  }
  return { indptr, indices, values, rows, cols };
}
