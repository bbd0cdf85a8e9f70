import { normalizeNfkc } from "../../core/text/nfkc.ts";
import { readPackageFile } from "./energetic_weights.ts";

/** A piece of text and its log-probability; null where the published vocabulary lost it. */
export type UnigramPiece = readonly [piece: string, score: number | null];

/** A unigram tokenizer (Kudo, 2018): the most probable cover of a text by pieces. */
export interface Unigram {
  /** Log-probability of each piece. */
  readonly scores: Float64Array;
  /** Id of the piece that stands for what no piece covers. */
  readonly unknownId: number;
  /** Normalises a text: NFKC, white space folded, spaces as `▁`, one in front. Empty stays empty. */
  normalize(text: string): string;
  /**
   * Ids of the pieces of a normalised text, in order. Adjacent unknown characters become one unknown
   * piece.
   */
  encodeNormalized(normalized: string): Uint32Array;
  /** Ids of the pieces of any text. */
  encode(text: string): Uint32Array;
}

/** The first pieces are markers (unknown, begin, end, extra): they never match text. */
const MARKERS = 6;
/** SentencePiece's distance of an unknown character from the least probable piece. */
const UNKNOWN_PENALTY = 10;

let pretrained: Promise<Unigram> | undefined;

/**
 * The tokenizer of the pretrained package. Its ids are the rows of the embedding matrix.
 *
 * @example
 * ```ts
 * import { loadUnigram } from "micro-lm/encoders";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const unigram = await loadUnigram();
 * const ids = unigram.encode("deposit 10 ETH");
 * assertEquals(ids, unigram.encodeNormalized(unigram.normalize("deposit  10 ETH")));
 * assert(!ids.includes(unigram.unknownId));
 * ```
 */
export function loadUnigram(): Promise<Unigram> {
  pretrained ??= readPackageFile("vocab.json").then((bytes) =>
    createUnigram(JSON.parse(new TextDecoder().decode(bytes)) as UnigramPiece[])
  );
  return pretrained;
}

/**
 * Fills in scores that the published vocabulary lost: of the pieces with a colon seven have null, `:00`
 * has 0 and `:30` has 30. The pieces are sorted by falling score and neighbours differ by less than 0.05,
 * so the mean of the nearest known ones is close. Taken at its word a score of 0 is probability one and
 * 30 beats any other reading of a text; leaving the pieces out would make every colon unknown.
 *
 * @example
 * ```ts
 * import { repairScores } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * const markers = ["?", "<s>", "</s>", "1", "2", "3"].map((piece) => [piece, 0] as const);
 * const scores = repairScores([...markers, ["a", -2], [":", null], ["b", -4]]);
 * assertEquals([...scores.slice(6)], [-2, -3, -4]);
 * ```
 */
export function repairScores(pieces: readonly UnigramPiece[]): Float64Array {
  const known = (i: number) => typeof pieces[i]?.[1] === "number" && pieces[i]![1]! < 0;
  return Float64Array.from(pieces, ([, score], i) => {
    if (i < MARKERS) return 0;
    if (known(i)) return score!;
    let before = i - 1;
    let after = i + 1;
    while (before >= MARKERS && !known(before)) before--;
    while (after < pieces.length && !known(after)) after++;
    const neighbours = [before, after].filter(known).map((j) => pieces[j]![1]!);
    return neighbours.reduce((sum, value) => sum + value, 0) / Math.max(1, neighbours.length);
  });
}

/**
 * Makes a tokenizer from pieces.
 *
 * @param pieces Pieces in the order of their ids; the first six are markers, the very first of which
 * stands for unknown text.
 * @throws {RangeError} If the pieces have more than 65,536 different beginnings.
 *
 * @example
 * ```ts
 * import { createUnigram } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * const markers = ["?", "<s>", "</s>", "1", "2", "3"].map((piece) => [piece, 0] as const);
 * const unigram = createUnigram([...markers, ["▁a", -1], ["b", -2], ["▁", -3]]);
 * assertEquals([...unigram.encode("ab")], [6, 7]);
 * ```
 */
export function createUnigram(pieces: readonly UnigramPiece[]): Unigram {
  const scores = repairScores(pieces);
  const { table, mask, pieceOf } = createTrie(pieces.map(([piece]) => piece), MARKERS);
  const unknownScore = scores.reduce((min, score) => Math.min(min, score), 0) - UNKNOWN_PENALTY;
  let units = new Uint16Array(0);
  let best = new Float64Array(0);
  let from = new Int32Array(0);
  let ids = new Uint32Array(0);
  let path = new Uint32Array(0);

  function reserve(length: number): void {
    if (units.length > length) return;
    const room = 2 * length + 64;
    units = new Uint16Array(room);
    best = new Float64Array(room);
    from = new Int32Array(room);
    ids = new Uint32Array(room);
    path = new Uint32Array(room);
  }

  /** The most probable cover of the first `n` units (Viterbi). */
  function cover(n: number): Uint32Array {
    best.fill(-Infinity, 0, n + 1);
    best[0] = 0;
    for (let start = 0; start < n; start++) {
      const base = best[start]!;
      if (base === -Infinity) continue;
      const width = isLeadSurrogate(start, n) ? 2 : 1;
      let single = false;
      let node = 0;
      for (let end = start; end < n;) {
        const wanted = (node << 16) | units[end++]!;
        let slot = firstSlot(wanted, mask);
        while ((node = table[slot + 1]!) !== 0 && table[slot] !== wanted) slot = (slot + 2) & mask;
        if (node === 0) break;
        const id = pieceOf[node]!;
        if (id < 0) continue;
        if (end - start === width) single = true;
        const score = base + scores[id]!;
        if (score > best[end]!) {
          best[end] = score;
          from[end] = start;
          ids[end] = id;
        }
      }
      if (!single && base + unknownScore > best[start + width]!) {
        best[start + width] = base + unknownScore;
        from[start + width] = start;
        ids[start + width] = 0;
      }
    }
    return backtrack(n);
  }

  function isLeadSurrogate(at: number, n: number): boolean {
    const code = units[at]!;
    if (code < 0xd800 || code > 0xdbff || at + 1 >= n) return false;
    const next = units[at + 1]!;
    return next >= 0xdc00 && next <= 0xdfff;
  }

  /** Walks back from the end, joining adjacent unknown pieces. */
  function backtrack(n: number): Uint32Array {
    let first = path.length;
    for (let at = n; at > 0; at = from[at]!) {
      const id = ids[at]!;
      if (id !== 0 || first === path.length || path[first] !== 0) path[--first] = id;
    }
    return path.slice(first);
  }

  function encodeNormalized(text: string): Uint32Array {
    const n = text.length;
    reserve(n);
    for (let i = 0; i < n; i++) units[i] = text.charCodeAt(i);
    return cover(n);
  }

  function encode(text: string): Uint32Array {
    reserve(text.length + 1);
    const n = normalizeAscii(text, units);
    return n < 0 ? encodeNormalized(normalize(text)) : cover(n);
  }
  return { scores, unknownId: 0, normalize, encodeNormalized, encode };
}

/** White space by Unicode; `\s` lacks the next-line character. */
const SPACE = /[\s\x85]+/g;

function normalize(text: string): string {
  const folded = normalizeNfkc(text).replace(SPACE, " ").trim().replaceAll(" ", "▁");
  return folded === "" ? "" : `▁${folded}`;
}

/** The mark of a space. */
const SPACE_UNIT = 0x2581;

/**
 * What {@linkcode normalize} does, unit by unit, for text of ASCII alone: NFKC leaves that as it is.
 *
 * @param out Has room for one unit more than the text.
 * @returns How many units it wrote; −1 if not all is ASCII.
 */
function normalizeAscii(text: string, out: Uint16Array): number {
  let length = 0;
  let isSpaced = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return -1;
    if (code === 32 || (code >= 9 && code <= 13)) {
      isSpaced = true;
      continue;
    }
    // One mark in front of the text and one for each space within it; none after the last word.
    if (isSpaced) out[length++] = SPACE_UNIT;
    isSpaced = false;
    out[length++] = code;
  }
  return length;
}

/** A trie over UTF-16 code units in one open-addressing hash table; node 0 is the root. */
interface Trie {
  /** Pairs of a key and the node behind it, 0 for none. */
  readonly table: Int32Array;
  /** Of places in the table. */
  readonly mask: number;
  /** The piece that ends at a node, or −1. */
  readonly pieceOf: Int32Array;
}

function createTrie(pieces: readonly string[], skip: number): Trie {
  const units = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const size = 2 ** Math.ceil(Math.log2(4 * units + 32));
  const table = new Int32Array(size);
  const mask = size - 1;
  const pieceOf = new Int32Array(units + 2).fill(-1);
  let count = 1;
  for (let id = skip; id < pieces.length; id++) {
    const piece = pieces[id]!;
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const key = (node << 16) | piece.charCodeAt(i);
      let slot = firstSlot(key, mask);
      while (table[slot + 1] !== 0 && table[slot] !== key) slot = (slot + 2) & mask;
      if (table[slot + 1] === 0) {
        if (count > MAX_NODE) throw new RangeError("Cannot hold so many pieces");
        table[slot] = key;
        table[slot + 1] = count++;
      }
      node = table[slot + 1]!;
    }
    // The vocabulary has `”5` three times; the reference tokenizer takes the last, the least probable.
    pieceOf[node] = id;
  }
  return { table, mask, pieceOf: pieceOf.slice(0, count) };
}

/** A node and a code unit share 32 bits: beyond it keys of different nodes would be equal. */
const MAX_NODE = 0xffff;

/** Where the search for a key begins: an even place. */
function firstSlot(key: number, mask: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> 6) & mask & ~1;
}
