/**
 * How firmly the reading of a prompt shows that it is an order; `none` where it shows only what the order
 * would be, and the score has to tell whether it is one; `guess` where it does not show that surely either,
 * so that the mapper has to be as sure as the score.
 */
export type Proof = "strict" | "lax" | "none" | "guess";

/** A prompt whose reading shows that it is an order. */
export interface ProvedPrompt {
  /** All of it, which tells more of whether it is an order than the words of a step. */
  readonly prompt: string;
  readonly proof: Proof;
}
