import { readTensor, readWeightManifest } from "../lite/energetic_weights.ts";
import { USE_LITE_DIMS, USE_LITE_MAX_PIECES } from "./shape.ts";

/** Columns of the piece embeddings. */
export const USE_LITE_EMBEDDING_DIMS = 256;
/** Heads of each attention. */
export const USE_LITE_HEADS = 4;
/** Columns between the two halves of a feed-forward part. */
export const USE_LITE_INNER = 1536;
/** Added to the variance in a layer norm. */
export const USE_LITE_EPSILON = 1e-6;

/** A dense layer: `kernel` is in × out, row-major. */
export interface Dense {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Scale and bias of a layer norm. */
export interface LayerNorm {
  readonly scale: Float32Array;
  readonly bias: Float32Array;
}

/** Weights of one pre-norm transformer layer. */
export interface UseLiteLayer {
  /** Only where the layer changes the width. */
  readonly residual?: Dense;
  readonly norm: LayerNorm;
  /** Queries, keys and values side by side. */
  readonly qkv: Dense;
  readonly mix: Dense;
  readonly innerNorm: LayerNorm;
  readonly inner: Dense;
  readonly outer: Dense;
}

/** All weights of `use-lite`. */
export interface UseLiteWeights {
  /** Pieces × 256. */
  readonly embedding: Float32Array;
  /** 128 × 256: what is added to the embeddings by position. Not trained. */
  readonly positions: Float32Array;
  readonly layers: readonly UseLiteLayer[];
  /** The tanh layer above the mean over the pieces. */
  readonly output: Dense;
}

const ENCODE = "Encoder_en/KonaTransformer/Encode";
const FOLDED = `module_apply_default/${ENCODE}`;
const TANH_LAYER = "module/Encoder_en/hidden_layers/tanh_layer_0";

type ReadWeights = (name: string) => Promise<Float32Array>;

/**
 * Reads the pretrained weights of `use-lite`.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 */
export async function readUseLiteWeights(): Promise<UseLiteWeights> {
  const manifest = await readWeightManifest();
  const read: ReadWeights = (name) => readTensor(manifest, name);
  const timing = `${FOLDED}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`;
  return {
    embedding: await read("module/Embeddings_en"),
    positions: positionSignal(await read(timing)),
    layers: [await readLayer(read, 0), await readLayer(read, 1)],
    output: { kernel: await read(`${TANH_LAYER}/weights`), bias: await read(`${TANH_LAYER}/bias`) },
  };
}

/** Columns that a layer reads: only the first one is narrow. */
export function useLiteLayerWidth(index: number): number {
  return index > 0 ? USE_LITE_DIMS : USE_LITE_EMBEDDING_DIMS;
}

async function readLayer(read: ReadWeights, index: number): Promise<UseLiteLayer> {
  const layer = `${ENCODE}/Layer_${index}/TransformerLayer`;
  const stack = `${FOLDED}/TransformerStack/Layer_${index}/TransformerLayer`;
  const folded = (name: string) =>
    read(`module_apply_default/${layer}/${name}/ConcatPartitions/concat`);
  const norm = async (part: string) => ({
    scale: await folded(`${part}layer_prepostprocess/layer_norm/layer_norm_scale`),
    bias: await folded(`${part}layer_prepostprocess/layer_norm/layer_norm_bias`),
  });
  const attention = async (name: string) => ({
    kernel: await read(`module/${layer}/MultiheadAttention/${name}/kernel/part_0`),
    bias: await folded(`MultiheadAttention/${name}/bias`),
  });
  const feedForward = async (name: string) => ({
    kernel: await read(`${stack}/FFN/${name}/Tensordot/Reshape_1`),
    bias: await folded(`FFN/${name}/bias`),
  });
  const residual = async () => ({
    kernel: await folded("dense/kernel"),
    bias: await folded("dense/bias"),
  });
  return {
    ...(index === 0 ? { residual: await residual() } : {}),
    norm: await norm(""),
    qkv: await attention("qkv_transform_single"),
    mix: await attention("output_transform_single"),
    innerNorm: await norm("FFN/"),
    inner: await feedForward("conv1"),
    outer: await feedForward("conv2"),
  };
}

/** Row p: sines of p × frequency, then cosines. */
function positionSignal(frequencies: Float32Array): Float32Array {
  const half = frequencies.length;
  const out = new Float32Array(USE_LITE_MAX_PIECES * 2 * half);
  for (let p = 0; p < USE_LITE_MAX_PIECES; p++) {
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(p * frequencies[j]!);
      out[p * 2 * half + j] = Math.sin(angle);
      out[p * 2 * half + half + j] = Math.cos(angle);
    }
  }
  return out;
}
