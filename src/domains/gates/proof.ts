/**
 * How firmly the reading of a prompt shows that it is an order: `tail` where it shows one at the end and not
 * what it ends, `none` where it shows only what the order would be. Then the score has to tell whether it is one.
 */
export type Proof = "strict" | "lax" | "tail" | "none";

/** A prompt whose reading shows that it is an order. */
export interface ProvedPrompt {
  /** All of it, which tells more of whether it is an order than the words of a step. */
  readonly prompt: string;
  readonly proof: Proof;
  /** The actions that the words of each step leave open. */
  readonly choices?: readonly (readonly string[])[];
}
