import { createMasker, type SlotWords } from "../data/template.ts";

/** A run of tokens of a prompt. */
export interface TokenSpan {
  /** Its tokens, joined by spaces. */
  readonly text: string;
  /** Position of its first token. */
  readonly first: number;
  /** Number of its tokens. */
  readonly size: number;
}

/** Options of {@linkcode createSpanReader}. */
export interface CreateSpanReaderOptions {
  /** Words that vary without changing what a prompt asks for; each becomes the name of its slot. */
  readonly slots?: readonly SlotWords[];
  /** Tokens of the longest span. Default: 3. */
  readonly maxTokens?: number;
  /** Tokens of a prompt that are read; the rest is ignored. Default: 64. */
  readonly maxPromptTokens?: number;
}

/** A prompt as tokens and as all runs of them. */
export interface PromptSpans {
  readonly tokens: readonly string[];
  /** By size, then by position. */
  readonly spans: readonly TokenSpan[];
}

/**
 * Makes a function that reads the spans of a prompt: lower case, numbers as `num`, slot words as the name
 * of their slot, everything outside a–z and 0–9 a gap, then all runs of 1 to `maxTokens` tokens.
 *
 * @throws {RangeError} If a limit is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { createSpanReader } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const read = createSpanReader({ slots: [{ name: "asset", words: ["eth"] }], maxTokens: 2 });
 * const { tokens, spans } = read("Deposit 10 ETH!");
 * assertEquals(tokens, ["deposit", "num", "asset"]);
 * assertEquals(spans.map(({ text }) => text), [
 *   ...["deposit", "num", "asset"],
 *   ...["deposit num", "num asset"],
 * ]);
 * ```
 */
export function createSpanReader(
  { slots = [], maxTokens = 3, maxPromptTokens = 64 }: CreateSpanReaderOptions = {},
): (prompt: string) => PromptSpans {
  for (const limit of [maxTokens, maxPromptTokens]) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`Expected a whole number of tokens of at least 1, got ${limit}`);
    }
  }
  const mask = createMasker(slots);
  return (prompt) => {
    const tokens = (mask(prompt).match(/[a-z0-9]+/g) ?? []).slice(0, maxPromptTokens);
    const spans: TokenSpan[] = [];
    for (let size = 1; size <= maxTokens; size++) {
      for (let first = 0; first + size <= tokens.length; first++) {
        spans.push({ text: tokens.slice(first, first + size).join(" "), first, size });
      }
    }
    return { tokens, spans };
  };
}

/**
 * Bins of a prompt's time axis: two a token, so that spans of any size are centred on one.
 *
 * @example
 * ```ts
 * import { binsOf } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 3].map(binsOf), [0, 1, 5]);
 * ```
 */
export function binsOf(tokens: number): number {
  return Math.max(0, 2 * tokens - 1);
}

/**
 * The bin on which a span is centred.
 *
 * @example
 * ```ts
 * import { binOf } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(binOf({ text: "the", first: 1, size: 1 }), 2);
 * assertEquals(binOf({ text: "the rose", first: 1, size: 2 }), 3);
 * ```
 */
export function binOf({ first, size }: TokenSpan): number {
  return 2 * first + size - 1;
}
