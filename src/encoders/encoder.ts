import type { Features, Matrix } from "../core/matrix.ts";
import type { EngineName } from "./onnx/engine.ts";

/** Options of {@linkcode Encoder.encode}. */
export interface EncodeOptions {
  /** Called after each batch with the number of texts done so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Turns texts into feature vectors. The vector of a text depends on that text alone: not on its
 * neighbours in the batch, nor on their order.
 */
export interface Encoder extends AsyncDisposable {
  /** What the user wrote, for example `static+ngram`. */
  readonly spec: string;
  /** Hex sha256 over weights, tokenizer and parameters: names the vector space. */
  readonly fingerprint: string;
  /** Number of features: dense columns plus sparse columns. */
  readonly dims: number;
  /** The inference engine, if one computes vectors: engines differ in the last bits. */
  readonly runtime?: EngineName;
  /** Number type of the weights, if there is a choice. */
  readonly dtype?: string;
  /** Encodes `texts` to one row each, in order. Empty texts give all-zero rows. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Features>;
  /** Blocks whose weights nobody wrote, so that a training may choose them. */
  readonly blocks?: EncoderBlocks;
  /** The same model's view of single words, if it has one: {@linkcode WordEncoder}. */
  readonly words?: WordEncoder;
}

/** Contextual vectors of words: the same word has another vector in another text. */
export interface WordEncoder {
  /** Columns of a vector. */
  readonly dims: number;
  /**
   * Encodes the words of texts: one matrix a text, one row a word. A word's row is the mean of its tokens
   * in the last layer, of length one; zero for a word without a token, or beyond what the model reads.
   */
  encode(texts: readonly (readonly string[])[], options?: EncodeOptions): Promise<Matrix[]>;
}

/** The parts of a composed encoder. */
export interface EncoderBlocks {
  /** How many there are. */
  readonly count: number;
  /** The vectors of each part as it gives them. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<readonly Features[]>;
  /** Puts blocks side by side, each of length one times its weight: what {@linkcode Encoder.encode} of `weigh` gives. */
  join(blocks: readonly Features[], weights: readonly number[]): Features;
  /** The same encoder with other weights; it shares its parts with this one, which disposes them. */
  weigh(weights: readonly number[]): Encoder;
}
