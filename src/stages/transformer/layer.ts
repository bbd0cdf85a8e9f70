import {
  attentionBackward,
  attentionForward,
  type AttentionTensors,
  type PieceBatch,
} from "./attention.ts";
import type { MatrixProducts, Tensor } from "./memory.ts";
import { normBackward, normForward, type NormMoments } from "./norm.ts";
import type { DenseOf, LayerOf } from "./shape.ts";

/** Kernel (in × out) and bias of a dense layer, or their gradients. */
export type DenseTensors = DenseOf<Tensor>;

/** Weights of a layer, or their gradients. */
export type LayerTensors = LayerOf<Tensor>;

/** What the way forward leaves for the way back. */
export interface LayerActivations extends AttentionTensors {
  readonly normed: Tensor;
  readonly moments: NormMoments;
  readonly attended: Tensor;
  readonly innerNormed: Tensor;
  readonly innerMoments: NormMoments;
  /** After the relu. */
  readonly inner: Tensor;
}

/** Gradients on their way through a layer. */
export interface LayerScratch {
  readonly dInner: Tensor;
  /** Rows × width. */
  readonly dNormed: Tensor;
  readonly dQkv: Tensor;
  /** Rows × the width that the layer reads. */
  readonly dMixed: Tensor;
  readonly scores: Tensor;
}

/** A layer runs with these. */
export interface LayerEngine {
  readonly products: MatrixProducts;
  readonly heads: number;
}

/** out = y + W₂·relu(W₁·norm(y)), y = residual(x) + attention(norm(x)). */
export function layerForward(
  { products, heads }: LayerEngine,
  weights: LayerTensors,
  batch: PieceBatch,
  x: Tensor,
  kept: LayerActivations,
  out: Tensor,
): void {
  const { rows } = batch;
  const { attended, inner } = kept;
  normForward(x, rows, weights.norm, kept.moments, kept.normed);
  denseForward(products, kept.normed, rows, weights.qkv, kept.qkv);
  attentionForward(products, heads, batch, kept);
  if (weights.residual) {
    denseForward(products, x, rows, weights.residual, attended);
  } else {
    attended.view.set(x.view.subarray(0, rows * x.cols));
  }
  addRow(attended, rows, weights.mix.bias);
  addDense(products, kept.mixed, rows, weights.mix, attended);
  normForward(attended, rows, weights.innerNorm, kept.innerMoments, kept.innerNormed);
  denseForward(products, kept.innerNormed, rows, weights.inner, inner);
  relu(inner.view, rows * inner.cols);
  out.view.set(attended.view.subarray(0, rows * attended.cols));
  addRow(out, rows, weights.outer.bias);
  addDense(products, inner, rows, weights.outer, out);
}

/**
 * Adds the gradients of the weights. `d` is the gradient of the output and becomes that of y; that of
 * x is left in `dx`, which is `d` itself where the layer keeps the width.
 */
export function layerBackward(
  { products, heads }: LayerEngine,
  weights: LayerTensors,
  gradients: LayerTensors,
  batch: PieceBatch,
  x: Tensor,
  kept: LayerActivations,
  d: Tensor,
  dx: Tensor,
  scratch: LayerScratch,
): void {
  const { rows } = batch;
  const { dInner, dNormed, dQkv, dMixed } = scratch;
  denseBackward(products, kept.inner, d, rows, weights.outer, gradients.outer, dInner);
  reluBackward(dInner.view, kept.inner.view, rows * dInner.cols);
  denseBackward(products, kept.innerNormed, dInner, rows, weights.inner, gradients.inner, dNormed);
  const { innerNorm } = gradients;
  normBackward(dNormed, kept.attended, rows, weights.innerNorm, kept.innerMoments, innerNorm, d);

  denseBackward(products, kept.mixed, d, rows, weights.mix, gradients.mix, dMixed);
  if (weights.residual && gradients.residual) {
    denseBackward(products, x, d, rows, weights.residual, gradients.residual, dx);
  }
  const attention = { qkv: kept.qkv, scores: kept.scores, mixed: dMixed };
  attentionBackward(products, heads, batch, attention, dQkv, scratch.scores);
  // The gradient of the mixed values is done with: its memory serves that of the normed input.
  denseBackward(products, kept.normed, dQkv, rows, weights.qkv, gradients.qkv, dMixed);
  normBackward(dMixed, x, rows, weights.norm, kept.moments, gradients.norm, dx);
}

/** out = x·kernel + bias. */
export function denseForward(
  products: MatrixProducts,
  x: Tensor,
  rows: number,
  weights: DenseTensors,
  out: Tensor,
): void {
  const { view: bias, cols } = weights.bias;
  for (let row = 0; row < rows; row++) out.view.set(bias, row * cols);
  addDense(products, x, rows, weights, out);
}

/** Adds the gradients of kernel and bias to `gradients`, and sets `dx` to that of the input. */
export function denseBackward(
  products: MatrixProducts,
  x: Tensor,
  d: Tensor,
  rows: number,
  { kernel }: DenseTensors,
  gradients: DenseTensors,
  dx: Tensor,
): void {
  const { view: dBias, cols } = gradients.bias;
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    for (let j = 0; j < cols; j++) dBias[j]! += d.view[from + j]!;
  }
  products.transposedMultiply(x, d, gradients.kernel, x.cols, rows, cols);
  dx.view.fill(0, 0, rows * x.cols);
  products.multiplyTransposed(d, kernel, dx, rows, cols, x.cols);
}

function addDense(
  products: MatrixProducts,
  x: Tensor,
  rows: number,
  { kernel }: DenseTensors,
  out: Tensor,
): void {
  products.multiply(x, kernel, out, rows, x.cols, kernel.cols);
}

function addRow({ view, cols }: Tensor, rows: number, { view: added }: Tensor): void {
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    for (let j = 0; j < cols; j++) view[from + j]! += added[j]!;
  }
}

function relu(values: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) if (values[i]! < 0) values[i] = 0;
}

function reluBackward(d: Float32Array, values: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) if (values[i] === 0) d[i] = 0;
}
