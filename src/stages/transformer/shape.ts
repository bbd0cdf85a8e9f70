/** Sizes of a pre-norm transformer encoder with two layers, the first of which widens. */
export interface TransformerShape {
  /** Rows of the embedding table. */
  readonly pieces: number;
  /** Columns of the embeddings, which the first layer reads. */
  readonly embedding: number;
  /** Columns of the layers' outputs and of the vectors. */
  readonly width: number;
  readonly heads: number;
  /** Columns between the two halves of a feed-forward part. */
  readonly inner: number;
  /** Longest text. */
  readonly longest: number;
}

/** One array of weights within the flat list of all. */
export interface TransformerPart {
  /** For example `1.qkv.kernel`. */
  readonly name: string;
  readonly from: number;
  readonly rows: number;
  readonly cols: number;
  /** Whether weight decay applies: to kernels and embeddings, not to biases and layer norms. */
  readonly decays: boolean;
}

/** What is trained besides the head: nothing, the last layer with the tanh layer above it, or all. */
export type Tune = "head" | "last_layer" | "full";

/** Layers of the transformer. */
export const LAYERS = 2;

/** Columns that a layer reads. */
export function layerWidth({ embedding, width }: TransformerShape, layer: number): number {
  return layer === 0 ? embedding : width;
}

/** A dense layer, of whatever stands for its arrays. */
export interface DenseOf<T> {
  readonly kernel: T;
  readonly bias: T;
}

/** A layer norm. */
export interface NormOf<T> {
  readonly scale: T;
  readonly bias: T;
}

/** One layer of the transformer. */
export interface LayerOf<T> {
  /** Only where the layer changes the width. */
  readonly residual?: DenseOf<T>;
  readonly norm: NormOf<T>;
  readonly qkv: DenseOf<T>;
  readonly mix: DenseOf<T>;
  readonly innerNorm: NormOf<T>;
  readonly inner: DenseOf<T>;
  readonly outer: DenseOf<T>;
}

/** The arrays of a dense layer by the names of {@linkcode transformerParts}. */
export function denseOf<T>(part: (name: string) => T, name: string): DenseOf<T> {
  return { kernel: part(`${name}.kernel`), bias: part(`${name}.bias`) };
}

/** The arrays of a layer by the names of {@linkcode transformerParts}. */
export function layerOf<T>(part: (name: string) => T, layer: number): LayerOf<T> {
  const dense = (name: string) => denseOf(part, `${layer}.${name}`);
  const norm = (name: string): NormOf<T> => ({
    scale: part(`${layer}.${name}.scale`),
    bias: part(`${layer}.${name}.bias`),
  });
  return {
    ...(layer === 0 ? { residual: dense("residual") } : {}),
    norm: norm("norm"),
    qkv: dense("qkv"),
    mix: dense("mix"),
    innerNorm: norm("innerNorm"),
    inner: dense("inner"),
    outer: dense("outer"),
  };
}

/** Names and places of all weights, from the embeddings upwards, so that what is tuned ends the list. */
export function transformerParts(shape: TransformerShape): TransformerPart[] {
  const { pieces, embedding, width, inner } = shape;
  const parts: TransformerPart[] = [];
  let from = 0;
  const add = (name: string, rows: number, cols: number, decays: boolean) => {
    parts.push({ name, from, rows, cols, decays });
    from += rows * cols;
  };
  const dense = (name: string, rows: number, cols: number) => {
    add(`${name}.kernel`, rows, cols, true);
    add(`${name}.bias`, 1, cols, false);
  };
  const norm = (name: string, cols: number) => {
    add(`${name}.scale`, 1, cols, false);
    add(`${name}.bias`, 1, cols, false);
  };
  add("embedding", pieces, embedding, true);
  for (let layer = 0; layer < LAYERS; layer++) {
    const input = layerWidth(shape, layer);
    if (layer === 0) dense(`${layer}.residual`, input, width);
    norm(`${layer}.norm`, input);
    dense(`${layer}.qkv`, input, 3 * input);
    dense(`${layer}.mix`, input, width);
    norm(`${layer}.innerNorm`, width);
    dense(`${layer}.inner`, width, inner);
    dense(`${layer}.outer`, inner, width);
  }
  dense("output", width, width);
  return parts;
}

/** Number of all weights. */
export function transformerSize(shape: TransformerShape): number {
  const { from, rows, cols } = transformerParts(shape).at(-1)!;
  return from + rows * cols;
}

/** Where the tuned weights begin. */
export function tunedFrom(shape: TransformerShape, tune: Tune): number {
  if (tune === "full") return 0;
  if (tune === "head") return transformerSize(shape);
  const first = `${LAYERS - 1}.norm.scale`;
  return transformerParts(shape).find(({ name }) => name === first)!.from;
}
