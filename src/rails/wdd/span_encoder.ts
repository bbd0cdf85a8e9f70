import { sha256Hex } from "../../core/hash.ts";
import type { Encoder } from "../../encoders/encoder.ts";

/** Features are hashed to 2^18 columns. */
const BITS = 18;
/** Characters of a word that n-grams are taken from: longer "words" are noise. */
const MAX_WORD = 40;
const [SHORTEST, LONGEST] = [3, 5] as const;
/** Keeps a span as a whole apart from the letters of a word. */
const SEED = { span: 0x811c9dc5, letters: 0x297a2d39 } as const;

/**
 * An encoder for spans: the span itself is one column, a single word also has the 3- to 5-grams of its
 * letters (of length one together) and the vector that `words` has for it. A span of several words says
 * nothing by its letters: its words have spans of their own.
 *
 * Dozens of spans a prompt leave no time for more. Unlike other encoders it leaves rows as long as they are.
 *
 * @param words Dense vectors of single words; disposed with it.
 */
export function openSpanEncoder(words: Encoder): Encoder {
  const cols = 1 << BITS;
  return {
    spec: `spans(${words.spec})`,
    fingerprint: sha256Hex(`spans 1 ${BITS} ${MAX_WORD} ${words.fingerprint}`),
    dims: cols + words.dims,
    encode: async (texts, options = {}) => {
      const singles = texts.keys().filter((i) => !texts[i]!.includes(" ")).toArray();
      const vectors = await words.encode(singles.map((i) => texts[i]!), options);
      const wide = vectors.dense?.cols ?? 0;
      const dense = new Float32Array(texts.length * wide);
      singles.forEach((i, at) =>
        dense.set(vectors.dense!.data.subarray(at * wide, (at + 1) * wide), i * wide)
      );
      return {
        rows: texts.length,
        dense: { data: dense, rows: texts.length, cols: wide },
        sparse: hashSpans(texts, cols),
      };
    },
    [Symbol.asyncDispose]: () => words[Symbol.asyncDispose](),
  };
}

function hashSpans(texts: readonly string[], cols: number) {
  const indptr = new Uint32Array(texts.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  texts.forEach((text, i) => {
    const columns = new Map<number, number>([[columnOf(text, 0, text.length, SEED.span), 1]]);
    if (!text.includes(" ")) addLetters(`<${text.slice(0, MAX_WORD)}>`, columns);
    for (const [column, value] of [...columns].sort(([a], [b]) => a - b)) {
      indices.push(column);
      values.push(value);
    }
    indptr[i + 1] = indices.length;
  });
  return {
    indptr,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
    rows: texts.length,
    cols,
  };
}

function addLetters(word: string, columns: Map<number, number>): void {
  const grams: number[] = [];
  for (let size = SHORTEST; size <= LONGEST; size++) {
    for (let at = 0; at + size <= word.length; at++) {
      grams.push(columnOf(word, at, at + size, SEED.letters));
    }
  }
  const value = 1 / Math.sqrt(grams.length);
  for (const gram of grams) columns.set(gram, (columns.get(gram) ?? 0) + value);
}

/** FNV-1a of a stretch of text, mixed once more: its low bits alone are not even. */
function columnOf(text: string, from: number, to: number, seed: number): number {
  let hash: number = seed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) & ((1 << BITS) - 1);
}
