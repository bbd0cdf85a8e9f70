import { normalizeNfkc } from "../../core/text/nfkc.ts";
import { sha256Hex } from "../../core/hash.ts";
import { forEachRow } from "../batches.ts";
import type { Encoder } from "../encoder.ts";

/** Options of {@linkcode openNgramEncoder}. */
export interface OpenNgramEncoderOptions {
  /** Features are hashed to 2^bits columns. Default: 18. */
  readonly bits?: number;
}

/** Weights of the kinds of features before a row is scaled to length one. */
const WORD = 2;
const PAIR = 1.5;
const CHARS = 0.5;
const SHORTEST = 3;
const LONGEST = 5;
/** Characters of a word that n-grams are taken from: longer "words" are noise. */
const MAX_WORD = 40;

/** Keeps the kinds of features apart: "to" as a word is not "to" within one. */
const SEED = { word: 0x811c9dc5, pair: 0x2c1b3c6d, chars: 0x297a2d39 } as const;
const FNV_PRIME = 0x01000193;

/**
 * Opens the n-gram encoder: hashed words, pairs of adjacent words, and 3- to 5-grams of the characters
 * within a word and its boundaries.
 *
 * Text is folded (NFKC, lower case), numbers become one token, control and zero-width characters
 * vanish. Each feature gets a sign from its hash (Weinberger et al., 2009); counts enter as square
 * roots; rows have length one. 2^bits sparse columns; nothing is learnt and nothing is read.
 *
 * @throws {RangeError} If `bits` is not a whole number from 8 to 24.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openNgramEncoder();
 * const { sparse } = await encoder.encode(["swap 2 ETH", "SWAP 3,000 eth"]);
 * const [first, second] = [sparse!.indptr[1]!, sparse!.indptr[2]!];
 * assertEquals(sparse!.indices.slice(0, first), sparse!.indices.slice(first, second));
 * ```
 */
export function openNgramEncoder(
  { bits = 18 }: OpenNgramEncoderOptions = {},
): Promise<Encoder> {
  if (!Number.isInteger(bits) || bits < 8 || bits > 24) {
    throw new RangeError(`Expected bits from 8 to 24, got ${bits}`);
  }
  const row = new RowBuilder(bits);
  return Promise.resolve({
    spec: "ngram",
    fingerprint: sha256Hex(`ngram 1 ${bits} ${WORD} ${PAIR} ${CHARS} ${MAX_WORD}`),
    dims: 1 << bits,
    encode: async (texts, options = {}) => {
      const indptr = new Uint32Array(texts.length + 1);
      const indices: Uint32Array[] = [];
      const values: Float32Array[] = [];
      await forEachRow(texts.length, options, (i) => {
        addText(row, texts[i]!);
        const built = row.finish();
        indices.push(built.indices);
        values.push(built.values);
        indptr[i + 1] = indptr[i]! + built.indices.length;
      });
      const total = indptr[texts.length]!;
      const sparse = {
        indptr,
        indices: concat(new Uint32Array(total), indices),
        values: concat(new Float32Array(total), values),
        rows: texts.length,
        cols: 1 << bits,
      };
      return { rows: texts.length, sparse };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function concat<T extends Uint32Array | Float32Array>(out: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const INVISIBLE = /[\p{Cc}\p{Cf}]+/gu;
const TOKEN = /\p{N}[\p{N}.,]*|[\p{L}\p{M}]+(?:['’][\p{L}]+)?/gu;

function addText(row: RowBuilder, text: string): void {
  const folded = normalizeNfkc(text).toLowerCase().replace(/\s+/g, " ").replace(INVISIBLE, "");
  let previous: number = SEED.pair;
  for (const [token] of folded.matchAll(TOKEN)) {
    const isNumber = /^\p{N}/u.test(token);
    const word = isNumber ? finish(SEED.word, 0) : hashWord(token);
    row.add(word, WORD);
    row.add(finish(Math.imul(previous ^ word, FNV_PRIME), 1), PAIR);
    if (!isNumber) addCharacters(row, token);
    previous = word;
  }
}

function hashWord(token: string): number {
  let hash: number = SEED.word;
  for (let i = 0; i < token.length; i++) {
    hash = Math.imul(hash ^ token.charCodeAt(i), FNV_PRIME);
  }
  return finish(hash, token.length);
}

/** N-grams over `<word>`, each hash grown from the shorter one. */
function addCharacters(row: RowBuilder, token: string): void {
  const n = Math.min(token.length, MAX_WORD);
  const unit = (i: number) => i < 0 ? 60 : i >= n ? 62 : token.charCodeAt(i);
  for (let start = -1; start < n; start++) {
    let hash: number = SEED.chars;
    for (let length = 1; length <= LONGEST && start + length <= n + 1; length++) {
      hash = Math.imul(hash ^ unit(start + length - 1), FNV_PRIME);
      if (length >= SHORTEST) row.add(finish(hash, length), CHARS);
    }
  }
}

/** Murmur's final mix: spreads the last characters over all bits. */
function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Collects hashed features of one row. */
class RowBuilder {
  readonly #mask: number;
  /** Hash and kind of each feature, packed so that sorting brings equal columns together. */
  #entries = new Uint32Array(1024);
  #count = 0;
  /** Columns and sums of a row, before it is cut to its length. */
  #columns = new Uint32Array(1024);
  #sums = new Float64Array(1024);

  constructor(bits: number) {
    this.#mask = (1 << bits) - 1;
  }

  add(hash: number, weight: number): void {
    if (this.#count === this.#entries.length) {
      const larger = new Uint32Array(2 * this.#count);
      larger.set(this.#entries);
      this.#entries = larger;
      this.#columns = new Uint32Array(larger.length);
      this.#sums = new Float64Array(larger.length);
    }
    const sign = hash >>> 31;
    // Column (24 bits), then weight in sixteenths of which the lowest bit is the sign (6 bits).
    this.#entries[this.#count++] = (hash & this.#mask) * 64 + weight * 16 + sign;
  }

  finish(): { indices: Uint32Array; values: Float32Array } {
    const count = this.#count;
    const entries = this.#entries;
    entries.subarray(0, count).sort();
    this.#count = 0;
    const indices = this.#columns;
    const values = this.#sums;
    let at = -1;
    for (let i = 0; i < count;) {
      const entry = entries[i]!;
      let run = i + 1;
      while (run < count && entries[run] === entry) run++;
      const column = entry >>> 6;
      const packed = entry & 63;
      const sign = packed & 1;
      const value = Math.sqrt(run - i) * ((packed - sign) / 16) * (sign ? -1 : 1);
      if (at < 0 || indices[at] !== column) {
        indices[++at] = column;
        values[at] = 0;
      }
      values[at]! += value;
      i = run;
    }
    return scaleRow(indices, values, at + 1);
  }
}

/** By index: closures and iterators over short rows take longer than all the hashing. */
function scaleRow(
  indices: Uint32Array,
  values: Float64Array,
  length: number,
): { indices: Uint32Array; values: Float32Array } {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]! * values[i]!;
  // Opposite signs may cancel to zero everywhere.
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  const scaled = new Float32Array(length);
  for (let i = 0; i < length; i++) scaled[i] = values[i]! * scale;
  return { indices: indices.slice(0, length), values: scaled };
}
