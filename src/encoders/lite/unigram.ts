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
  const trie = new Trie(pieces.map(([piece]) => piece), MARKERS);
  const unknownScore = scores.reduce((min, score) => Math.min(min, score), 0) - UNKNOWN_PENALTY;
  let best = new Float64Array(0);
  let from = new Int32Array(0);
  let ids = new Int32Array(0);

  function encodeNormalized(text: string): Uint32Array {
    const n = text.length;
    if (best.length <= n) {
      best = new Float64Array(2 * n + 64);
      from = new Int32Array(2 * n + 64);
      ids = new Int32Array(2 * n + 64);
    }
    best.fill(-Infinity, 0, n + 1);
    best[0] = 0;
    for (let start = 0; start < n; start++) {
      const base = best[start]!;
      if (base === -Infinity) continue;
      const width = isLeadSurrogate(text, start) ? 2 : 1;
      let single = false;
      let node = 0;
      for (let end = start; end < n;) {
        node = trie.step(node, text.charCodeAt(end++));
        if (node < 0) break;
        const id = trie.pieceAt(node);
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
    return backtrack(n, from, ids);
  }
  const encode = (text: string) => encodeNormalized(normalize(text));
  return { scores, unknownId: 0, normalize, encodeNormalized, encode };
}

function isLeadSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0xd800 || code > 0xdbff || at + 1 >= text.length) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

/** White space by Unicode; `\s` lacks the next-line character. */
const SPACE = /[\s\x85]+/g;

function normalize(text: string): string {
  const folded = normalizeNfkc(text).replace(SPACE, " ").trim().replaceAll(" ", "▁");
  return folded === "" ? "" : `▁${folded}`;
}

/** Walks back from the end, joining adjacent unknown pieces. */
function backtrack(n: number, from: Int32Array, ids: Int32Array): Uint32Array {
  const reversed: number[] = [];
  for (let at = n; at > 0; at = from[at]!) {
    const id = ids[at]!;
    if (id !== 0 || reversed.at(-1) !== 0) reversed.push(id);
  }
  return Uint32Array.from(reversed.reverse());
}

/** A trie over UTF-16 code units in one open-addressing hash table. */
class Trie {
  readonly #keys: Uint32Array;
  readonly #nodes: Int32Array;
  readonly #mask: number;
  #pieces: Int32Array;
  #count = 1;

  constructor(pieces: readonly string[], skip: number) {
    const units = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const capacity = 1 << Math.ceil(Math.log2(2 * units + 16));
    this.#mask = capacity - 1;
    this.#keys = new Uint32Array(capacity);
    this.#nodes = new Int32Array(capacity);
    this.#pieces = new Int32Array(units + 2).fill(-1);
    for (let id = skip; id < pieces.length; id++) this.#insert(pieces[id]!, id);
    this.#pieces = this.#pieces.slice(0, this.#count);
  }

  #insert(piece: string, id: number): void {
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const slot = this.#slot(node, piece.charCodeAt(i));
      if (this.#nodes[slot] === 0) {
        if (this.#count > MAX_NODE) throw new RangeError("Cannot hold so many pieces");
        this.#keys[slot] = key(node, piece.charCodeAt(i));
        this.#nodes[slot] = this.#count++;
      }
      node = this.#nodes[slot]!;
    }
    // The vocabulary has `”5` three times; the reference tokenizer takes the last, the least probable.
    this.#pieces[node] = id;
  }

  #slot(node: number, code: number): number {
    const wanted = key(node, code);
    let slot = (Math.imul(wanted, 0x9e3779b1) >>> 7) & this.#mask;
    while (this.#nodes[slot] !== 0 && this.#keys[slot] !== wanted) slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** The node behind a code unit, or −1. Node 0 is the root. */
  step(node: number, code: number): number {
    return this.#nodes[this.#slot(node, code)]! || -1;
  }

  /** The piece that ends at a node, or −1. */
  pieceAt(node: number): number {
    return this.#pieces[node]!;
  }
}

/** A node and a code unit share 32 bits: beyond it keys of different nodes would be equal. */
const MAX_NODE = 0xffff;

const key = (node: number, code: number) => ((node << 16) | code) >>> 0;
