import { MicroLmError } from "../core/errors.ts";
import type { CsrMatrix } from "../core/matrix.ts";
import { openNgramEncoder } from "../encoders/lite/ngram.ts";

/** Answers which prompts of a list are nearest, by words and letter n-grams. */
export interface Neighbours {
  /** Number of prompts that are searched. */
  readonly size: number;
  /**
   * Cosine, 0 to 1, of one of the texts to every searched prompt. The array is used again by the next
   * call: copy what is kept.
   */
  similarities(row: number): Float32Array;
}

/**
 * Prepares a search among prompts.
 *
 * @param prompts Are searched.
 * @param queries Are searched for. Default: the prompts themselves.
 *
 * @example
 * ```ts
 * import { openNeighbours } from "micro-lm/trust";
 * import { assert } from "@std/assert";
 *
 * const near = await openNeighbours(["swap 2 ETH for USDC", "good morning"], ["swap 3 ETH for USDC"]);
 * const [same, other] = near.similarities(0);
 * assert(same! > 0.6 && other! < 0.1);
 * ```
 */
export async function openNeighbours(
  prompts: readonly string[],
  queries: readonly string[] = prompts,
): Promise<Neighbours> {
  await using encoder = await openNgramEncoder();
  const searched = sparseOf(await encoder.encode(prompts));
  const asked = queries === prompts ? searched : sparseOf(await encoder.encode(queries));
  const postings = invert(searched);
  const found = new Float32Array(prompts.length);
  return {
    size: prompts.length,
    similarities(row) {
      found.fill(0);
      for (let at = asked.indptr[row]!; at < asked.indptr[row + 1]!; at++) {
        const list = postings.get(asked.indices[at]!);
        if (!list) continue;
        const value = asked.values[at]!;
        for (let i = 0; i < list.rows.length; i++) found[list.rows[i]!]! += value * list.values[i]!;
      }
      return found;
    },
  };
}

interface Posting {
  readonly rows: Uint32Array;
  readonly values: Float32Array;
}

function sparseOf({ sparse }: { readonly sparse?: CsrMatrix }): CsrMatrix {
  if (sparse) return sparse;
  throw new MicroLmError("data", "Expected sparse features, found none");
}

/** Rows and values of each column. */
function invert({ indptr, indices, values, rows }: CsrMatrix): ReadonlyMap<number, Posting> {
  const lists = new Map<number, { rows: number[]; values: number[] }>();
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      const list = lists.get(indices[at]!) ?? { rows: [], values: [] };
      list.rows.push(row);
      list.values.push(values[at]!);
      lists.set(indices[at]!, list);
    }
  }
  return new Map(
    [...lists].map(([column, list]) => [column, {
      rows: Uint32Array.from(list.rows),
      values: Float32Array.from(list.values),
    }]),
  );
}

/**
 * The `k` most similar rows, nearest first, ties to the first row; a similarity of 0 is no neighbour.
 *
 * @param skip Rows that do not count, the row itself above all.
 */
export function nearest(
  similarities: Float32Array,
  k: number,
  skip: (row: number) => boolean,
): { readonly row: number; readonly similarity: number }[] {
  const best: { row: number; similarity: number }[] = [];
  for (let row = 0; row < similarities.length; row++) {
    const similarity = similarities[row]!;
    if (similarity <= 0 || (best.length === k && similarity <= best[k - 1]!.similarity)) continue;
    if (skip(row)) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.similarity < similarity) at--;
    best.splice(at, 0, { row, similarity });
    if (best.length > k) best.pop();
  }
  return best;
}
