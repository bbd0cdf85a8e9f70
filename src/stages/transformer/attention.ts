import type { MatrixProducts, Tensor } from "./memory.ts";

/** Texts of a batch, one after the other, each at its own length. */
export interface PieceBatch {
  readonly texts: number;
  /** Pieces of all texts. */
  readonly rows: number;
  /** Where each text begins, and where the last one ends. */
  readonly starts: Int32Array;
}

/** What attention works on. */
export interface AttentionTensors {
  /** Rows × (queries, keys, values). */
  readonly qkv: Tensor;
  /** Attention weights, kept for the way back: for each text and head a matrix of its own. */
  readonly scores: Tensor;
  /** Rows × width. */
  readonly mixed: Tensor;
}

/** Rows of a matrix of attention weights are that many numbers long: the kernel writes eight at once. */
export function paddedLength(length: number): number {
  return (length + 7) & ~7;
}

/** Numbers that the attention weights of texts with together `rows` pieces take at most. */
export function scoreCount(rows: number, heads: number, longest: number): number {
  return rows * heads * paddedLength(longest);
}

/** Scaled dot-product attention within each text (Vaswani et al., 2017). */
export function attentionForward(
  { gemm }: MatrixProducts,
  heads: number,
  { texts, rows, starts }: PieceBatch,
  { qkv, scores, mixed }: AttentionTensors,
): void {
  const width = qkv.cols / 3;
  const size = width / heads;
  const stride = qkv.cols * 4;
  mixed.view.fill(0, 0, rows * width);
  let at = 0;
  for (let text = 0; text < texts; text++) {
    const from = starts[text]!;
    const length = starts[text + 1]! - from;
    const padded = paddedLength(length);
    const row = padded * 4;
    for (let head = 0; head < heads; head++) {
      const query = qkv.at + (from * qkv.cols + head * size) * 4;
      const weights = scores.at + at * 4;
      const key = query + width * 4;
      const value = key + width * 4;
      const out = mixed.at + (from * width + head * size) * 4;
      scores.view.fill(0, at, at + length * padded);
      gemm(query, stride, 4, key, 4, stride, weights, row, length, length, size, 0);
      softmax(scores.view, at, length, padded, size ** -0.5);
      gemm(weights, row, 4, value, stride, 4, out, width * 4, length, size, length, 0);
      at += length * padded;
    }
  }
}

/** Gradient of queries, keys and values from that of the mixed values. `scratch`: longest². */
export function attentionBackward(
  { gemm }: MatrixProducts,
  heads: number,
  { texts, rows, starts }: PieceBatch,
  { qkv, scores, mixed: dMixed }: AttentionTensors,
  dQkv: Tensor,
  scratch: Tensor,
): void {
  const width = qkv.cols / 3;
  const size = width / heads;
  const stride = qkv.cols * 4;
  dQkv.view.fill(0, 0, rows * qkv.cols);
  let at = 0;
  for (let text = 0; text < texts; text++) {
    const from = starts[text]!;
    const length = starts[text + 1]! - from;
    const padded = paddedLength(length);
    const row = padded * 4;
    for (let head = 0; head < heads; head++) {
      const place = (from * qkv.cols + head * size) * 4;
      const query = qkv.at + place;
      const dQuery = dQkv.at + place;
      const key = query + width * 4;
      const dKey = dQuery + width * 4;
      const value = key + width * 4;
      const dValue = dKey + width * 4;
      const weights = scores.at + at * 4;
      const dOut = dMixed.at + (from * width + head * size) * 4;
      const dScores = scratch.at;
      scratch.view.fill(0, 0, length * padded);
      gemm(dOut, width * 4, 4, value, 4, stride, dScores, row, length, length, size, 0);
      gemm(weights, 4, row, dOut, width * 4, 4, dValue, stride, length, size, length, 0);
      softmaxBackward(scratch.view, scores.view, at, length, padded, size ** -0.5);
      gemm(dScores, row, 4, key, stride, 4, dQuery, stride, length, size, length, 0);
      gemm(dScores, 4, row, query, stride, 4, dKey, stride, length, size, length, 0);
      at += length * padded;
    }
  }
}

function softmax(
  scores: Float32Array,
  at: number,
  length: number,
  padded: number,
  scale: number,
): void {
  for (let i = 0; i < length; i++) {
    const from = at + i * padded;
    let max = -Infinity;
    for (let j = 0; j < length; j++) if (scores[from + j]! > max) max = scores[from + j]!;
    let sum = 0;
    for (let j = 0; j < length; j++) {
      const e = Math.exp((scores[from + j]! - max) * scale);
      scores[from + j] = e;
      sum += e;
    }
    const inverse = 1 / sum;
    for (let j = 0; j < length; j++) scores[from + j]! *= inverse;
  }
}

/** Turns the gradient of attention weights, in place, into that of the products before the scaling. */
function softmaxBackward(
  d: Float32Array,
  weights: Float32Array,
  at: number,
  length: number,
  padded: number,
  scale: number,
): void {
  for (let i = 0; i < length; i++) {
    const from = i * padded;
    let sum = 0;
    for (let j = 0; j < length; j++) sum += d[from + j]! * weights[at + from + j]!;
    for (let j = 0; j < length; j++) {
      d[from + j] = (d[from + j]! - sum) * weights[at + from + j]! * scale;
    }
  }
}
