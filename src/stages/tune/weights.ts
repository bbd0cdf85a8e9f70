import { USE_LITE_DIMS, USE_LITE_MAX_PIECES } from "../../encoders/use_lite/shape.ts";
import {
  type Dense,
  type LayerNorm,
  USE_LITE_EMBEDDING_DIMS,
  USE_LITE_HEADS,
  USE_LITE_INNER,
  type UseLiteWeights,
} from "../../encoders/use_lite/weights.ts";
import {
  denseOf,
  layerOf,
  LAYERS,
  transformerParts,
  type TransformerShape,
  transformerSize,
} from "../transformer/shape.ts";

/** Sizes of `use-lite`, whose embedding table has so many numbers. */
export function useLiteTransformerShape({ embedding }: UseLiteWeights): TransformerShape {
  return {
    pieces: embedding.length / USE_LITE_EMBEDDING_DIMS,
    embedding: USE_LITE_EMBEDDING_DIMS,
    width: USE_LITE_DIMS,
    heads: USE_LITE_HEADS,
    inner: USE_LITE_INNER,
    longest: USE_LITE_MAX_PIECES,
  };
}

/** All weights that can be tuned, one after the other. */
export function flattenUseLite(weights: UseLiteWeights): Float32Array {
  const shape = useLiteTransformerShape(weights);
  const flat = new Float32Array(transformerSize(shape));
  const arrays = namedArrays(weights);
  for (const { name, from } of transformerParts(shape)) flat.set(arrays.get(name)!, from);
  return flat;
}

/** The opposite of {@linkcode flattenUseLite}: views of `flat`, the positions from `original`. */
export function unflattenUseLite(flat: Float32Array, original: UseLiteWeights): UseLiteWeights {
  const parts = new Map(
    transformerParts(useLiteTransformerShape(original)).map(({ name, from, rows, cols }) =>
      [name, flat.subarray(from, from + rows * cols)] as const
    ),
  );
  const part = (name: string) => parts.get(name)!;
  return {
    embedding: part("embedding"),
    positions: original.positions,
    layers: Array.from({ length: LAYERS }, (_, i) => layerOf(part, i)),
    output: denseOf(part, "output"),
  };
}

/** Rounds to half precision, in place: what storing the weights in 16 bits does to them. */
export function roundToHalf(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = Math.f16round(values[i]!);
  return values;
}

function namedArrays({ embedding, layers, output }: UseLiteWeights): Map<string, Float32Array> {
  const arrays = new Map([["embedding", embedding]]);
  const add = (prefix: string, group: Dense | LayerNorm) => {
    for (const [name, array] of Object.entries(group)) arrays.set(`${prefix}.${name}`, array);
  };
  layers.forEach((layer, i) => {
    for (const [name, group] of Object.entries(layer)) add(`${i}.${name}`, group);
  });
  add("output", output);
  return arrays;
}
