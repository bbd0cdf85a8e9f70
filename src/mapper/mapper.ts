import type { Features, Matrix } from "../core/matrix.ts";
import type { EncodeOptions } from "../encoders/encoder.ts";

/** What a mapper is made of, for records and reports. */
export interface MapperSource {
  readonly backend: "sbert" | "wordmap";
  /** The encoder as the user wrote it; absent for a mapper without one. */
  readonly encoder?: string;
  /** Hex sha256 of the artifact or of the lexicon. */
  readonly sha256: string;
}

/** Options of {@linkcode Mapper.predictProbabilities}. */
export interface PredictOptions extends EncodeOptions {
  /** Is given the features of each batch, and the number of its first text. */
  readonly onFeatures?: (features: Features, from: number) => void;
  /** Is given the scores as orders of each batch, if the mapper has a head for it. */
  readonly onOrder?: (scores: Float64Array, from: number) => void;
  /**
   * Is given the scores as out of scope of all texts, if the mapper has a score for it; it costs a second
   * pass over the texts by the n-gram encoder.
   */
  readonly onOos?: (scores: Float64Array) => void;
}

/** Turns prompts into probabilities of classes. */
export interface Mapper extends AsyncDisposable {
  /** Class names, in the order of the probability columns. */
  readonly classes: readonly string[];
  readonly source: MapperSource;
  /**
   * Names what decides, whatever operating point a file pins to it: what a certificate is about. Default:
   * the hash of the source.
   */
  readonly coreSha256?: string;
  /**
   * One row of class probabilities a text: `texts.length` × `classes.length`, each row summing to 1. A
   * text without anything that the mapper could go by has a row of zeros, on which nothing fires.
   */
  predictProbabilities(
    texts: readonly string[],
    options?: PredictOptions,
  ): Promise<Matrix<Float64Array>>;
  /**
   * How much of each text the training did not know: 0, nothing is new, to 1. Absent for mappers that
   * cannot tell.
   */
  measureNovelty?(texts: readonly string[], options?: EncodeOptions): Promise<Float64Array>;
  /**
   * The probability that each text is an order at all, rather than a question, a report, something for
   * later. Absent for mappers without a head for it.
   */
  measureOrder?(texts: readonly string[], options?: EncodeOptions): Promise<Float64Array>;
  /**
   * Of how many groups of training rows, each with orders and others (authors, say), that score was
   * learned. Absent where the rows named no groups.
   */
  readonly orderGroups?: number;
  /**
   * The probability that each text is out of scope, where as many are as are not. Absent for mappers
   * without a score for it.
   */
  measureOos?(texts: readonly string[], options?: EncodeOptions): Promise<Float64Array>;
}
