import { MicroLmError } from "../../core/errors.ts";
import type { CsrMatrix, Features, Matrix } from "../../core/matrix.ts";
import type { Encoder, WordEncoder } from "../../encoders/encoder.ts";
import type { PromptSpans } from "../spans.ts";

/** Prompts whose spans are encoded together: all of a large set would not fit. */
const BATCH = 512;

/** Rows that a sparse column has to occur in: what one prompt has alone tells nothing of others. */
const LEAST_ROWS = 2;

/**
 * The vectors of prompts as sums over their spans' vectors: what the weights are fitted on. Columns that
 * one prompt has alone are left out.
 *
 * @throws {MicroLmError} Kind `data` if no prompt has a token.
 */
export async function encodeSpanSums(
  prompts: readonly PromptSpans[],
  encoder: Encoder,
): Promise<Features> {
  if (prompts.every(({ spans }) => spans.length === 0)) {
    throw new MicroLmError("data", "Expected prompts with words, found none");
  }
  const dense: Matrix[] = [];
  const sparse: CsrMatrix[] = [];
  for (let from = 0; from < prompts.length; from += BATCH) {
    const batch = prompts.slice(from, from + BATCH);
    const places = new Map<string, number>();
    for (const { spans } of batch) {
      for (const { text } of spans) if (!places.has(text)) places.set(text, places.size);
    }
    const encoded = await encoder.encode([...places.keys()]);
    const rows = batch.map(({ spans }) => spans.map(({ text }) => places.get(text)!));
    if (encoded.dense) dense.push(sumDense(encoded.dense, rows));
    if (encoded.sparse) sparse.push(sumSparse(encoded.sparse, rows));
  }
  return {
    rows: prompts.length,
    ...(dense.length > 0 && { dense: stackDense(dense) }),
    ...(sparse.length > 0 && { sparse: dropRare(stackSparse(sparse)) }),
  };
}

/** The vectors of prompts as sums over those of their words in the prompt. */
export async function encodeWordSums(
  prompts: readonly PromptSpans[],
  words: WordEncoder,
): Promise<Features> {
  const dense: Matrix[] = [];
  for (let from = 0; from < prompts.length; from += BATCH) {
    const found = await words.encode(prompts.slice(from, from + BATCH).map(({ tokens }) => tokens));
    dense.push(
      ...found.map((matrix) =>
        sumDense(matrix, [Array.from({ length: matrix.rows }, (_, i) => i)])
      ),
    );
  }
  return { rows: prompts.length, dense: stackDense(dense) };
}

type Rows = readonly (readonly number[])[];

function sumDense({ data, cols }: Matrix, rows: Rows): Matrix {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => {
    for (const place of row) {
      for (let j = 0; j < cols; j++) out[i * cols + j]! += data[place * cols + j]!;
    }
  });
  return { data: out, rows: rows.length, cols };
}

function sumSparse({ indptr, indices, values, cols }: CsrMatrix, rows: Rows): CsrMatrix {
  const ends = new Uint32Array(rows.length + 1);
  const columns: number[] = [];
  const sums: number[] = [];
  rows.forEach((row, i) => {
    const merged = new Map<number, number>();
    for (const place of row) {
      for (let k = indptr[place]!; k < indptr[place + 1]!; k++) {
        merged.set(indices[k]!, (merged.get(indices[k]!) ?? 0) + values[k]!);
      }
    }
    for (const [column, sum] of [...merged].sort(([a], [b]) => a - b)) {
      columns.push(column);
      sums.push(sum);
    }
    ends[i + 1] = columns.length;
  });
  return {
    indptr: ends,
    indices: Uint32Array.from(columns),
    values: Float32Array.from(sums),
    rows: rows.length,
    cols,
  };
}

function stackDense(blocks: readonly Matrix[]): Matrix {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const { cols } = blocks[0]!;
  const data = new Float32Array(rows * cols);
  let at = 0;
  for (const block of blocks) {
    data.set(block.data, at);
    at += block.data.length;
  }
  return { data, rows, cols };
}

function stackSparse(blocks: readonly CsrMatrix[]): CsrMatrix {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const total = blocks.reduce((sum, { indices }) => sum + indices.length, 0);
  const indptr = new Uint32Array(rows + 1);
  const indices = new Uint32Array(total);
  const values = new Float32Array(total);
  let row = 0;
  let at = 0;
  for (const block of blocks) {
    for (let i = 1; i <= block.rows; i++) indptr[row + i] = at + block.indptr[i]!;
    indices.set(block.indices, at);
    values.set(block.values, at);
    row += block.rows;
    at += block.indices.length;
  }
  return { indptr, indices, values, rows, cols: blocks[0]!.cols };
}

function dropRare({ indptr, indices, values, rows, cols }: CsrMatrix): CsrMatrix {
  const counts = new Uint32Array(cols);
  for (const column of indices) counts[column]!++;
  const ends = new Uint32Array(rows + 1);
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let k = indptr[row]!; k < indptr[row + 1]!; k++) {
      if (counts[indices[k]!]! >= LEAST_ROWS) kept.push(k);
    }
    ends[row + 1] = kept.length;
  }
  return {
    indptr: ends,
    indices: Uint32Array.from(kept, (k) => indices[k]!),
    values: Float32Array.from(kept, (k) => values[k]!),
    rows,
    cols,
  };
}
