import type { Decision } from "../evaluate/decide.ts";
import { openNeighbours } from "./neighbours.ts";

/** A prompt whose label would help. */
export interface Suggestion {
  /** Number of the prompt in the pool. */
  readonly row: number;
  /** How unsure the mapper is, 0 to 1. */
  readonly uncertainty: number;
  /** Cosine to the nearest prompt that was suggested before it. */
  readonly similarity: number;
}

/**
 * Chooses the prompts of a pool whose labels would teach a mapper most: those it is unsure of, far from
 * each other. Each next one has the largest uncertainty times distance to what was chosen (margin
 * sampling: Scheffer, Decomain and Wrobel, 2001; spread as k-center: Sener and Savarese, 2018).
 *
 * @param decisions Of each prompt, at any operating point.
 * @param n How many; fewer where the pool has fewer different prompts.
 *
 * @example
 * ```ts
 * import { suggestRows } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const sure = { margin: 0.9 };
 * const unsure = { margin: 0.1 };
 * const pool = ["deposit 1 eth", "what now", "what now?", "lend it to someone"];
 * const chosen = await suggestRows(pool, [sure, unsure, unsure, unsure], 2);
 * assertEquals(chosen.map(({ row }) => row), [1, 3]);
 * ```
 */
export async function suggestRows(
  prompts: readonly string[],
  decisions: readonly Pick<Decision, "margin" | "order_score">[],
  n: number,
): Promise<Suggestion[]> {
  const search = await openNeighbours(prompts);
  const unsure = decisions.map(uncertaintyOf);
  const near = new Float64Array(prompts.length);
  const chosen: Suggestion[] = [];
  while (chosen.length < Math.min(n, prompts.length)) {
    let best = -1;
    let most = 1e-6;
    for (let row = 0; row < near.length; row++) {
      const gain = unsure[row]! * (1 - near[row]!);
      if (gain > most) [best, most] = [row, gain];
    }
    if (best < 0) break;
    chosen.push({ row: best, uncertainty: unsure[best]!, similarity: near[best]! });
    search.similarities(best).forEach((value, row) => {
      near[row] = Math.min(1, Math.max(near[row]!, value));
    });
    near[best] = 1;
  }
  return chosen;
}

/** Either it does not know which action, or it does not know whether any. */
function uncertaintyOf({ margin, order_score }: Pick<Decision, "margin" | "order_score">): number {
  const order = order_score === undefined ? 0 : 1 - Math.abs(2 * order_score - 1);
  const which = (1 - margin) * (order_score ?? 1);
  return Math.min(1, Math.max(order, which));
}
