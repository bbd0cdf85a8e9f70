/** How firmly the reading of a prompt shows that it is an order. */
export type Proof = "strict" | "lax";

/** A prompt whose reading shows that it is an order. */
export interface ProvedPrompt {
  /** All of it, which tells more of whether it is an order than the words of a step. */
  readonly prompt: string;
  readonly proof: Proof;
}
