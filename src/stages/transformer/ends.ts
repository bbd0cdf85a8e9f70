import type { PieceBatch } from "./attention.ts";
import { denseBackward, denseForward, type DenseTensors } from "./layer.ts";
import type { MatrixProducts, Tensor } from "./memory.ts";

/** Texts of a batch with their pieces: rows of the embedding table. */
export interface PieceTexts extends PieceBatch {
  readonly ids: Uint32Array;
}

/** What lies between the last layer and the vectors, or the gradients of that. */
export interface PoolTensors {
  /** Rows × width. */
  readonly x: Tensor;
  /** Texts × width. */
  readonly mean: Tensor;
  /** Texts × width: tanh(mean·W + b), then of length one. */
  readonly vectors: Tensor;
  /** Length of each vector before. */
  readonly lengths: Float64Array;
}

/** Embeddings, doubled as the published graph does, plus the position signal. */
export function embed(
  { view: table, cols }: Tensor,
  { ids, starts, texts }: PieceTexts,
  positions: Float32Array,
  { view: out }: Tensor,
): void {
  for (let text = 0; text < texts; text++) {
    const first = starts[text]!;
    for (let row = first; row < starts[text + 1]!; row++) {
      const from = ids[row]! * cols;
      const place = (row - first) * cols;
      const at = row * cols;
      for (let j = 0; j < cols; j++) out[at + j] = 2 * table[from + j]! + positions[place + j]!;
    }
  }
}

/** Adds the gradient of the embeddings. */
export function embedBackward(
  { view: dTable, cols }: Tensor,
  { ids, rows }: PieceTexts,
  { view: d }: Tensor,
): void {
  for (let row = 0; row < rows; row++) {
    const to = ids[row]! * cols;
    for (let j = 0; j < cols; j++) dTable[to + j]! += 2 * d[row * cols + j]!;
  }
}

/** From the rows of the last layer to vectors. A text without a piece has the vector zero. */
export function poolForward(
  products: MatrixProducts,
  output: DenseTensors,
  { texts, starts }: PieceBatch,
  { x, mean, vectors, lengths }: PoolTensors,
): void {
  const { cols } = x;
  for (let text = 0; text < texts; text++) {
    const from = starts[text]!;
    const to = starts[text + 1]!;
    const at = text * cols;
    mean.view.fill(0, at, at + cols);
    for (let row = from; row < to; row++) {
      for (let j = 0; j < cols; j++) mean.view[at + j]! += x.view[row * cols + j]!;
    }
    const share = 1 / Math.max(1, to - from);
    for (let j = 0; j < cols; j++) mean.view[at + j]! *= share;
  }
  denseForward(products, mean, texts, output, vectors);
  for (let text = 0; text < texts; text++) {
    const at = text * cols;
    let squares = 0;
    for (let j = at; j < at + cols; j++) {
      const value = Math.tanh(vectors.view[j]!);
      vectors.view[j] = value;
      squares += value * value;
    }
    const isEmpty = starts[text] === starts[text + 1];
    lengths[text] = isEmpty ? 0 : Math.sqrt(squares);
    const scale = isEmpty ? 0 : 1 / lengths[text]!;
    for (let j = at; j < at + cols; j++) vectors.view[j]! *= scale;
  }
}

/** From the gradient of the vectors, which is overwritten, to that of the rows of the last layer. */
export function poolBackward(
  products: MatrixProducts,
  output: DenseTensors,
  dOutput: DenseTensors,
  { texts, starts }: PieceBatch,
  { mean, vectors, lengths }: PoolTensors,
  d: Omit<PoolTensors, "lengths">,
): void {
  const { cols } = d.x;
  for (let text = 0; text < texts; text++) {
    const at = text * cols;
    const length = lengths[text]!;
    let aligned = 0;
    for (let j = at; j < at + cols; j++) aligned += d.vectors.view[j]! * vectors.view[j]!;
    for (let j = at; j < at + cols; j++) {
      const unit = vectors.view[j]!;
      const value = unit * length;
      const slope = 1 - value * value;
      d.vectors.view[j] = length === 0 ? 0 : (d.vectors.view[j]! - unit * aligned) / length * slope;
    }
  }
  denseBackward(products, mean, d.vectors, texts, output, dOutput, d.mean);
  for (let text = 0; text < texts; text++) {
    const from = starts[text]!;
    const to = starts[text + 1]!;
    const at = text * cols;
    const share = 1 / Math.max(1, to - from);
    for (let row = from; row < to; row++) {
      for (let j = 0; j < cols; j++) d.x.view[row * cols + j] = d.mean.view[at + j]! * share;
    }
  }
}
