import { openNgramEncoder } from "../encoders/lite/ngram.ts";
import type { EncodeOptions } from "../encoders/encoder.ts";
import type { CsrMatrix } from "../core/matrix.ts";

/** Measures how much of each text is new: one number from 0 to 1 a text. */
export type NoveltyMeter = (
  texts: readonly string[],
  options?: EncodeOptions,
) => Promise<Float64Array>;

/**
 * The columns of the n-gram encoder that some texts use, ascending: the words, word pairs and pieces of
 * words that a training set knows.
 *
 * @example
 * ```ts
 * import { knownColumns } from "micro-lm/mapper";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const few = await knownColumns(["swap 2 ETH"]);
 * const more = await knownColumns(["swap 2 ETH", "stake 5 SOL"]);
 * assert(more.length > few.length);
 * assertEquals(few.filter((column) => !more.includes(column)).length, 0);
 * ```
 */
export async function knownColumns(texts: readonly string[]): Promise<Uint32Array> {
  await using encoder = await openNgramEncoder();
  const known = new Set<number>();
  // All entries of a million texts take a gigabyte.
  for (let from = 0; from < texts.length; from += PORTION) {
    const { sparse } = await encoder.encode(texts.slice(from, from + PORTION));
    for (const column of sparse!.indices) known.add(column);
  }
  return Uint32Array.from(known).sort();
}

/** Texts that are encoded at a time. */
const PORTION = 20_000;

/**
 * Makes a meter of novelty: the share of a text's n-gram features, by squared weight, that a training set
 * did not have. 1 for a text of which it knows nothing, and for one without any feature.
 *
 * Evidence of its own beside the probabilities, which are confident far from the training, too.
 *
 * @param known What {@linkcode knownColumns} gave for the training set.
 *
 * @example
 * ```ts
 * import { createNoveltyMeter, knownColumns } from "micro-lm/mapper";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const novelty = createNoveltyMeter(await knownColumns(["swap 2 ETH for USDC"]));
 * const [same, other] = await novelty(["swap 2 ETH for USDC", "is it raining?"]);
 * assertEquals(same, 0);
 * assert(other! > 0.9);
 * ```
 */
export function createNoveltyMeter(known: Uint32Array): NoveltyMeter {
  let isKnown: Uint8Array | undefined;
  let encoder: ReturnType<typeof openNgramEncoder> | undefined;
  // Most who open a mapper never ask.
  return async (texts, options) => {
    const flags = isKnown ??= flagColumns(known);
    const { sparse } = await (await (encoder ??= openNgramEncoder())).encode(texts, options);
    return Float64Array.from(texts, (_, row) => noveltyOf(sparse!, row, flags));
  };
}

/** How much of some rows is new to somebody who knows others. */
export function noveltyAgainst(
  texts: CsrMatrix,
  rows: Uint32Array,
  known: Uint32Array,
): Float64Array {
  const { indptr, indices } = texts;
  const isKnown = new Uint8Array(texts.cols);
  for (const row of known) {
    for (let i = indptr[row]!; i < indptr[row + 1]!; i++) isKnown[indices[i]!] = 1;
  }
  return Float64Array.from(rows, (row) => noveltyOf(texts, row, isKnown));
}

function flagColumns(known: Uint32Array): Uint8Array {
  const isKnown = new Uint8Array((known.at(-1) ?? -1) + 1);
  for (const column of known) isKnown[column] = 1;
  return isKnown;
}

function noveltyOf(
  { indptr, indices, values }: CsrMatrix,
  row: number,
  isKnown: Uint8Array,
): number {
  let all = 0;
  let old = 0;
  for (let i = indptr[row]!; i < indptr[row + 1]!; i++) {
    const weight = values[i]! * values[i]!;
    all += weight;
    if (isKnown[indices[i]!]) old += weight;
  }
  return all === 0 ? 1 : Math.max(0, 1 - old / all);
}
