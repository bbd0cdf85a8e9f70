import { normalizeNfkc } from "../../core/text/nfkc.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { CsrMatrix } from "../../core/matrix.ts";
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
      const rows = new Rows(texts.length, 1 << bits);
      await forEachRow(texts.length, options, (i) => {
        addText(row, texts[i]!);
        row.finish(rows);
      });
      return { rows: texts.length, sparse: rows.finish() };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

const INVISIBLE = /[\p{Cc}\p{Cf}]+/gu;
const TOKEN = /\p{N}[\p{N}.,]*|[\p{L}\p{M}]+(?:['’][\p{L}]+)?/gu;

/** Code units of the text, or of the token, at work; rows are built without a pause, so one is enough. */
let units = new Uint16Array(1024);

/**
 * Adds the features of a text. Plain ASCII, as nearly all prompts are, is folded and split unit by unit
 * in a third of the time; a test compares both ways.
 */
function addText(row: RowBuilder, text: string): void {
  if (units.length < text.length) units = new Uint16Array(2 * text.length);
  const length = foldAscii(text, units);
  if (length >= 0) addAscii(row, length);
  else addFolded(row, text);
}

/** Drops control characters, makes letters small and white space a space; −1 if not all is ASCII. */
function foldAscii(text: string, out: Uint16Array): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return -1;
    if (code >= 65 && code <= 90) out[length++] = code + 32;
    else if (code === 32 || (code >= 9 && code <= 13)) out[length++] = 32;
    else if (code > 32 && code < 127) out[length++] = code;
  }
  return length;
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => code >= 97 && code <= 122;

/** {@linkcode TOKEN} by hand, over what {@linkcode foldAscii} left. */
function addAscii(row: RowBuilder, length: number): void {
  let previous: number = SEED.pair;
  for (let at = 0; at < length;) {
    const start = at;
    const first = units[at++]!;
    if (isDigit(first)) {
      while (at < length && (isDigit(units[at]!) || units[at] === 44 || units[at] === 46)) at++;
      previous = addNumber(row, previous);
    } else if (isLetter(first)) {
      while (at < length && isLetter(units[at]!)) at++;
      if (units[at] === 39 && at + 1 < length && isLetter(units[at + 1]!)) {
        for (at += 2; at < length && isLetter(units[at]!);) at++;
      }
      previous = addWord(row, previous, start, at);
    }
  }
}

function addFolded(row: RowBuilder, text: string): void {
  const folded = normalizeNfkc(text).toLowerCase().replace(/\s+/g, " ").replace(INVISIBLE, "");
  let previous: number = SEED.pair;
  for (const [token] of folded.matchAll(TOKEN)) {
    if (/^\p{N}/u.test(token)) {
      previous = addNumber(row, previous);
      continue;
    }
    // NFKC may make a text longer than it was.
    if (units.length < token.length) units = new Uint16Array(2 * token.length);
    for (let i = 0; i < token.length; i++) units[i] = token.charCodeAt(i);
    previous = addWord(row, previous, 0, token.length);
  }
}

/** Adds a number, whatever its digits; gives the hash that pairs it with the next token. */
function addNumber(row: RowBuilder, previous: number): number {
  return addToken(row, previous, finish(SEED.word, 0));
}

/** Adds the word that stands in the units from `start` to `end`. */
function addWord(row: RowBuilder, previous: number, start: number, end: number): number {
  let hash: number = SEED.word;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ units[i]!, FNV_PRIME);
  const word = addToken(row, previous, finish(hash, end - start));
  addCharacters(row, start, Math.min(end, start + MAX_WORD));
  return word;
}

function addToken(row: RowBuilder, previous: number, word: number): number {
  row.add(word, WORD);
  row.add(finish(Math.imul(previous ^ word, FNV_PRIME), 1), PAIR);
  return word;
}

/** N-grams over `<word>`, each hash grown from the shorter one. */
function addCharacters(row: RowBuilder, from: number, to: number): void {
  for (let start = from - 1; start < to; start++) {
    let hash: number = SEED.chars;
    const longest = Math.min(LONGEST, to + 1 - start);
    for (let length = 1; length <= longest; length++) {
      const at = start + length - 1;
      const unit = at < from ? 60 : at >= to ? 62 : units[at]!;
      hash = Math.imul(hash ^ unit, FNV_PRIME);
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

/** Features of a prompt, about: a first guess of the room that rows take. */
const FEATURES = 128;
/** Digits of a key by which it is sorted: 8 bits each. */
const DIGITS = 256;

/** Finished rows. */
class Rows {
  readonly #indptr: Uint32Array;
  readonly #cols: number;
  #rows = 0;
  indices: Uint32Array;
  values: Float32Array;

  constructor(rows: number, cols: number) {
    this.#indptr = new Uint32Array(rows + 1);
    this.#cols = cols;
    this.indices = new Uint32Array(FEATURES * rows);
    this.values = new Float32Array(FEATURES * rows);
  }

  /** Where the next row begins; there is room for so many features. */
  reserve(features: number): number {
    const from = this.#indptr[this.#rows]!;
    const length = from + features;
    if (length > this.indices.length) {
      const { indices, values } = this;
      this.indices = new Uint32Array(2 * length);
      this.values = new Float32Array(2 * length);
      this.indices.set(indices);
      this.values.set(values);
    }
    return from;
  }

  end(at: number): void {
    this.#indptr[++this.#rows] = at;
  }

  finish(): CsrMatrix {
    const total = this.#indptr[this.#rows]!;
    return {
      indptr: this.#indptr,
      indices: this.indices.slice(0, total),
      values: this.values.slice(0, total),
      rows: this.#rows,
      cols: this.#cols,
    };
  }
}

/** Collects hashed features of one row at a time. */
class RowBuilder {
  readonly #bits: number;
  /** Hash and kind of each feature, packed so that sorting brings equal columns together. */
  #entries = new Uint32Array(1024);
  #spare = new Uint32Array(1024);
  #count = 0;
  /** Sums of a row, before it is cut to its length. */
  #sums = new Float64Array(1024);
  readonly #starts = new Uint32Array(DIGITS);

  constructor(bits: number) {
    this.#bits = bits;
  }

  add(hash: number, weight: number): void {
    if (this.#count === this.#entries.length) {
      const larger = new Uint32Array(2 * this.#count);
      larger.set(this.#entries);
      this.#entries = larger;
      this.#spare = new Uint32Array(larger.length);
      this.#sums = new Float64Array(larger.length);
    }
    const sign = hash >>> 31;
    const column = hash & ((1 << this.#bits) - 1);
    // Column (24 bits), then weight in sixteenths of which the lowest bit is the sign (6 bits).
    this.#entries[this.#count++] = column * 64 + weight * 16 + sign;
  }

  /** Ends a row: equal features become one, and the row gets length one. */
  finish(rows: Rows): void {
    const count = this.#count;
    const from = rows.reserve(count);
    this.#sort();
    this.#count = 0;
    const entries = this.#entries;
    const sums = this.#sums;
    const { indices, values } = rows;
    let length = 0;
    let last = -1;
    for (let i = 0; i < count;) {
      const entry = entries[i]!;
      let run = i + 1;
      while (run < count && entries[run] === entry) run++;
      const column = entry >>> 6;
      const packed = entry & 63;
      const sign = packed & 1;
      const value = Math.sqrt(run - i) * ((packed - sign) / 16) * (sign ? -1 : 1);
      if (column === last) sums[length - 1]! += value;
      else {
        indices[from + length] = column;
        sums[length++] = value;
        last = column;
      }
      i = run;
    }
    let sum = 0;
    for (let i = 0; i < length; i++) sum += sums[i]! * sums[i]!;
    // Opposite signs may cancel to zero everywhere.
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let i = 0; i < length; i++) values[from + i] = sums[i]! * scale;
    rows.end(from + length);
  }

  /**
   * Digit by digit from the lowest (Knuth, 5.2.5, Algorithm R): the sort of typed arrays takes four times
   * as long for the hundred features of a prompt.
   */
  #sort(): void {
    const count = this.#count;
    const starts = this.#starts;
    let from = this.#entries;
    let to = this.#spare;
    for (let shift = 0; shift < this.#bits + 6; shift += 8) {
      starts.fill(0);
      for (let i = 0; i < count; i++) starts[(from[i]! >>> shift) & (DIGITS - 1)]!++;
      let at = 0;
      for (let digit = 0; digit < DIGITS; digit++) {
        const size = starts[digit]!;
        starts[digit] = at;
        at += size;
      }
      for (let i = 0; i < count; i++) {
        const entry = from[i]!;
        to[starts[(entry >>> shift) & (DIGITS - 1)]!++] = entry;
      }
      [from, to] = [to, from];
    }
    this.#entries = from;
    this.#spare = to;
  }
}
