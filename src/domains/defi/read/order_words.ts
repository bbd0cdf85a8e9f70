import type { ReadOrder } from "../../../language/order.ts";
import type { Role } from "../../../language/roles.ts";

/** An order of a prompt: its words, and how they were read if they were. */
export interface StepWords {
  readonly text: string;
  readonly span: readonly [number, number];
  /** As the whole prompt was read; without it the words are read by themselves. */
  readonly read?: OrderWords;
}

/** How the words of an order were read. */
export interface OrderWords {
  readonly order: ReadOrder;
  /** Words of a range of tokens, as they are written. */
  readonly textOf: (from: number, to: number) => string;
  readonly ratios: Readonly<Record<string, string>>;
  readonly roles?: readonly Role[];
}

/** Words before what is received for something. */
export const SWAP_TO = /^(?:for|into|to|in exchange for|in return for|->|<-|as|towards)$/;
