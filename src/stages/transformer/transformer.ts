import type { PieceBatch } from "./attention.ts";
import {
  type BufferPlan,
  bufferSizes,
  keptTensors,
  range,
  scratchTensors,
  weightTensors,
} from "./buffers.ts";
import {
  embed,
  embedBackward,
  type PieceTexts,
  poolBackward,
  poolForward,
  type PoolTensors,
} from "./ends.ts";
import { layerBackward, layerForward } from "./layer.ts";
import { createTransformerMemory } from "./memory.ts";
import { LAYERS, type TransformerShape, transformerSize, type Tune, tunedFrom } from "./shape.ts";

/** Options of {@linkcode createTransformer}. */
export interface CreateTransformerOptions {
  /** What gets gradients. Default: `full`. */
  readonly tune?: Tune;
  /** Most pieces of a batch, and most texts. At least the longest text. Default: 512. */
  readonly maxRows?: number;
  /**
   * Keep only the inputs of the layers and compute the rest again on the way back: half the memory of
   * the activations for a third more work. The gradients are the same, bit for bit. Default: false.
   */
  readonly checkpointing?: boolean;
}

/** Texts of a batch. */
export interface TransformerBatch extends PieceTexts {
  /** What the layers below the last one make of the texts, if that is known: rows × width. */
  readonly lower?: Float32Array | undefined;
}

/** A transformer with its memory. */
export interface Transformer {
  readonly shape: TransformerShape;
  readonly maxRows: number;
  /** All weights, in the order of {@linkcode transformerParts}; change them in place. */
  readonly weights: Float32Array;
  /** Where the tuned weights begin. */
  readonly tunedFrom: number;
  /** Gradient of the tuned weights. `backward` adds to it. */
  readonly gradient: Float32Array;
  /** Vectors of the latest batch, texts × width, each of length one, or zero without a piece. */
  readonly vectors: Float32Array;
  /** Gradient of the vectors, for `backward`. */
  readonly vectorGradient: Float32Array;
  /** Bytes of all matrices. */
  readonly bytes: number;
  forward(batch: TransformerBatch): void;
  /** Goes back through the batch that went forward last. */
  backward(batch: TransformerBatch): void;
  /** Computes what the layers below the last one make of a batch: a copy. */
  lower(batch: TransformerBatch): Float32Array;
}

/**
 * Makes a transformer of two pre-norm layers, a mean over the pieces, and a tanh layer, as `use-lite`
 * is, that can go forward and back.
 *
 * Texts of a batch stand one after the other without padding, and the vector of a text is the same,
 * bit for bit, alone and in any batch.
 *
 * @param weights In the order of {@linkcode transformerParts}; copied.
 * @param positions longest × embedding: what is added to the embeddings by position.
 */
export function createTransformer(
  shape: TransformerShape,
  weights: Float32Array,
  positions: Float32Array,
  options: CreateTransformerOptions = {},
): Transformer {
  const { tune = "full", checkpointing = false } = options;
  const maxRows = Math.max(options.maxRows ?? 512, shape.longest);
  if (weights.length !== transformerSize(shape)) {
    throw new RangeError(`Expected ${transformerSize(shape)} weights, got ${weights.length}`);
  }
  const plan = { shape, tune, maxRows, isShared: checkpointing || tune === "head" };
  const parts = layOut(plan, weights);
  const { tensors, layers, pool, output, products } = parts;
  const enter = (batch: TransformerBatch): number => {
    if (batch.rows > maxRows || batch.texts > maxRows) {
      throw new RangeError(`Expected at most ${maxRows} pieces and texts`);
    }
    if (batch.lower) layers[LAST]!.x.view.set(batch.lower);
    else embed(parts.table, batch, positions, layers[0]!.x);
    return batch.lower ? LAST : 0;
  };
  return {
    shape,
    maxRows,
    weights: tensors.weights!.view,
    tunedFrom: tunedFrom(shape, tune),
    gradient: tensors.gradient?.view ?? new Float32Array(0),
    vectors: pool.vectors.view,
    vectorGradient: tensors.dVectors?.view ?? new Float32Array(0),
    bytes: parts.bytes,
    forward: (batch) => {
      for (let layer = enter(batch); layer < LAYERS; layer++) runLayer(parts, layer, batch);
      poolForward(products, output, batch, pool);
    },
    backward: tune === "head" ? () => {} : createBackward(plan, parts),
    lower: (batch) => {
      for (let layer = enter(batch); layer < LAST; layer++) runLayer(parts, layer, batch);
      return layers[LAST]!.x.view.slice(0, batch.rows * shape.width);
    },
  };
}

const LAST = LAYERS - 1;

type TransformerParts = ReturnType<typeof layOut>;

/** Takes memory for everything and finds the weights in it. */
function layOut(plan: BufferPlan, weights: Float32Array) {
  const { shape, maxRows } = plan;
  const { tensors, products, bytes } = createTransformerMemory(bufferSizes(plan));
  tensors.weights!.view.set(weights);
  const own = weightTensors(tensors.weights!, shape, 0);
  const layers = range(LAYERS).map((layer) => ({
    weights: own.layer(layer),
    x: tensors[`${layer}.x`]!,
    out: tensors[`${layer + 1}.x`]!,
    kept: keptTensors(tensors, plan, layer),
  }));
  const pool: PoolTensors = {
    x: tensors[`${LAYERS}.x`]!,
    mean: tensors.mean!,
    vectors: tensors.vectors!,
    lengths: new Float64Array(maxRows),
  };
  const engine = { products, heads: shape.heads };
  const table = own.part("embedding");
  const output = own.dense("output");
  return { tensors, products, engine, bytes, layers, pool, table, output };
}

function runLayer({ engine, layers }: TransformerParts, layer: number, batch: PieceBatch): void {
  const { weights, x, kept, out } = layers[layer]!;
  layerForward(engine, weights, batch, x, kept, out);
}

function createBackward(
  plan: BufferPlan,
  parts: TransformerParts,
): (batch: TransformerBatch) => void {
  const { shape, tune, isShared } = plan;
  const { tensors, engine, layers, output, pool } = parts;
  const gradients = weightTensors(tensors.gradient!, shape, tunedFrom(shape, tune));
  const dTable = tune === "full" ? gradients.part("embedding") : undefined;
  const dOutput = gradients.dense("output");
  const d = tensors.d!;
  const dEmbedded = tensors.dEmbedded!;
  const dPool = { x: d, mean: tensors.dMean!, vectors: tensors.dVectors! };
  const steps = range(LAYERS).slice(tune === "full" ? 0 : LAST).reverse().map((layer) => ({
    ...layers[layer]!,
    layer,
    gradients: gradients.layer(layer),
    scratch: scratchTensors(tensors, plan, layer),
    dx: layer === 0 ? dEmbedded : d,
  }));
  return (batch) => {
    poolBackward(parts.products, output, dOutput, batch, pool, dPool);
    for (const { layer, weights, gradients, x, kept, dx, scratch } of steps) {
      if (isShared && layer < LAST) runLayer(parts, layer, batch);
      layerBackward(engine, weights, gradients, batch, x, kept, d, dx, scratch);
    }
    if (dTable) embedBackward(dTable, batch, dEmbedded);
  };
}
