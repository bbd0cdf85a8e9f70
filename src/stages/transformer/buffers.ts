import { paddedLength, scoreCount } from "./attention.ts";
import type { DenseTensors, LayerActivations, LayerScratch, LayerTensors } from "./layer.ts";
import type { Size, Tensor } from "./memory.ts";
import {
  denseOf,
  layerOf,
  LAYERS,
  layerWidth,
  transformerParts,
  type TransformerShape,
  transformerSize,
  type Tune,
  tunedFrom,
} from "./shape.ts";

/** What decides how much memory a transformer takes. */
export interface BufferPlan {
  readonly shape: TransformerShape;
  readonly tune: Tune;
  /** Most rows, and most texts, of a batch. */
  readonly maxRows: number;
  /** Whether the layers share the memory of their activations. */
  readonly isShared: boolean;
}

/** Names and sizes of all matrices. Those of layers are as wide as the wider layer needs. */
export function bufferSizes({ shape, tune, maxRows, isShared }: BufferPlan): Record<string, Size> {
  const { width, inner, embedding, heads, longest } = shape;
  const widest = Math.max(width, embedding);
  const count = transformerSize(shape);
  const sizes: Record<string, Size> = { weights: [1, count] };
  for (let layer = 0; layer <= LAYERS; layer++) {
    sizes[`${layer}.x`] = [maxRows, layer === 0 ? embedding : width];
  }
  for (const set of new Set(range(LAYERS).map((layer) => setName(layer, isShared)))) {
    sizes[`${set}.normed`] = [maxRows, widest];
    sizes[`${set}.qkv`] = [maxRows, 3 * widest];
    sizes[`${set}.scores`] = [1, scoreCount(maxRows, heads, longest)];
    sizes[`${set}.mixed`] = [maxRows, widest];
    sizes[`${set}.attended`] = [maxRows, width];
    sizes[`${set}.innerNormed`] = [maxRows, width];
    sizes[`${set}.inner`] = [maxRows, inner];
  }
  sizes.mean = [maxRows, width];
  sizes.vectors = [maxRows, width];
  if (tune === "head") return sizes;
  return {
    ...sizes,
    gradient: [1, count - tunedFrom(shape, tune)],
    d: [maxRows, width],
    dEmbedded: [maxRows, embedding],
    dInner: [maxRows, inner],
    dNormed: [maxRows, width],
    dQkv: [maxRows, 3 * widest],
    dMixed: [maxRows, widest],
    dScores: [longest, paddedLength(longest)],
    dMean: [maxRows, width],
    dVectors: [maxRows, width],
  };
}

type Tensors = Readonly<Record<string, Tensor>>;

/** What a layer keeps of the way forward. */
export function keptTensors(tensors: Tensors, plan: BufferPlan, layer: number): LayerActivations {
  const set = setName(layer, plan.isShared);
  const input = layerWidth(plan.shape, layer);
  const at = (name: string, cols: number): Tensor => ({ ...tensors[`${set}.${name}`]!, cols });
  return {
    normed: at("normed", input),
    moments: new Float64Array(2 * plan.maxRows),
    qkv: at("qkv", 3 * input),
    scores: at("scores", 1),
    mixed: at("mixed", input),
    attended: at("attended", plan.shape.width),
    innerNormed: at("innerNormed", plan.shape.width),
    innerMoments: new Float64Array(2 * plan.maxRows),
    inner: at("inner", plan.shape.inner),
  };
}

/** What a layer needs on the way back; the same memory for all layers. */
export function scratchTensors(tensors: Tensors, plan: BufferPlan, layer: number): LayerScratch {
  const input = layerWidth(plan.shape, layer);
  return {
    dInner: tensors.dInner!,
    dNormed: tensors.dNormed!,
    dQkv: { ...tensors.dQkv!, cols: 3 * input },
    dMixed: { ...tensors.dMixed!, cols: input },
    scores: tensors.dScores!,
  };
}

/** Weights, or gradients, by name. */
export interface WeightTensors {
  dense(name: string): DenseTensors;
  layer(layer: number): LayerTensors;
  part(name: string): Tensor;
}

/** Finds the arrays in a flat block that begins with weight number `from`. */
export function weightTensors(block: Tensor, shape: TransformerShape, from: number): WeightTensors {
  const parts = new Map(transformerParts(shape).map((part) => [part.name, part]));
  const part = (name: string): Tensor => {
    const { rows, cols, from: start } = parts.get(name)!;
    const at = start - from;
    return { at: block.at + 4 * at, cols, view: block.view.subarray(at, at + rows * cols) };
  };
  return {
    dense: (name) => denseOf(part, name),
    layer: (i) => layerOf(part, i),
    part,
  };
}

/** Zero up to n. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

const setName = (layer: number, isShared: boolean) => isShared ? "kept" : `${layer}.kept`;
