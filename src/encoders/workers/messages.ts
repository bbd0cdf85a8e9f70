import type { Features } from "../../core/matrix.ts";

/** The first message: what to encode with. */
export interface OpenMessage {
  /** The address of the module that opens encoders; this folder knows none. */
  readonly module: string;
  readonly spec: string;
  /** Of `openEncoder`; they can be sent. */
  readonly options: object;
}

/** Every other one: a part of texts to encode, unless somebody has claimed it. */
export interface EncodeMessage {
  readonly texts: readonly string[];
  /** One number a part, shared by all threads: 1 for those that somebody encodes. */
  readonly claims: Int32Array<SharedArrayBuffer>;
  readonly part: number;
  /** Whether the vectors of each block are wanted, before they are joined. */
  readonly asBlocks: boolean;
}

/** The answers, in the order of the messages. */
export type Answer =
  | { readonly fingerprint: string }
  | { readonly blocks: readonly Features[] | null }
  | { readonly error: string };

/** Takes a part, unless another thread has. */
export function claim(claims: Int32Array, part: number): boolean {
  return Atomics.exchange(claims, part, 1) === 0;
}
