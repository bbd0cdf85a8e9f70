import type { Matrix } from "../core/matrix.ts";
import type { EncodeOptions } from "./encoder.ts";
import { normalizeL2 } from "./normalize.ts";

/** The tokens of words, one after the other, as a model reads them. */
export interface WordTokens {
  /** Tokens before the first word. */
  readonly start: number;
  /** Tokens of each word that are read. */
  readonly counts: readonly number[];
}

/** Vectors of a text's tokens, row-major, and what they belong to. */
export interface TokenRun extends WordTokens {
  readonly data: Float32Array;
}

/** Texts between two reports of progress. */
const REPORT_EVERY = 32;

/** Encodes the words of one text after the other; a text without a token has no run. */
export async function encodeWords(
  texts: readonly (readonly string[])[],
  dims: number,
  run: (words: readonly string[]) => Promise<TokenRun | undefined>,
  { onProgress, signal }: EncodeOptions = {},
): Promise<Matrix[]> {
  const found: Matrix[] = [];
  for (const words of texts) {
    signal?.throwIfAborted();
    const tokens = words.length === 0 ? undefined : await run(words);
    found.push(tokens ? meanOfWords(tokens, dims) : zeros(words.length, dims));
    const done = found.length;
    if (done % REPORT_EVERY === 0 || done === texts.length) onProgress?.(done, texts.length);
  }
  return found;
}

function zeros(rows: number, cols: number): Matrix {
  return { data: new Float32Array(rows * cols), rows, cols };
}

/** Sums run in float64 and in order, so equal input gives equal bits. */
function meanOfWords({ data, start, counts }: TokenRun, cols: number): Matrix {
  const out = zeros(counts.length, cols);
  let token = start;
  counts.forEach((count, word) => {
    const sum = new Float64Array(cols);
    for (const end = token + count; token < end; token++) {
      for (let j = 0; j < cols; j++) sum[j]! += data[token * cols + j]!;
    }
    normalizeL2(sum);
    out.data.set(sum, word * cols);
  });
  return out;
}

/** Tokens of each word that stand within the first `limit` of all. */
export function countWithin(words: readonly ArrayLike<unknown>[], limit: number): number[] {
  let left = limit;
  return words.map(({ length }) => {
    const count = Math.min(length, left);
    left -= count;
    return count;
  });
}
