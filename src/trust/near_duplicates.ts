import { normalForm } from "../data/identity.ts";
import { nearest, openNeighbours } from "./neighbours.ts";

/** A prompt that says again what another says. */
export interface NearDuplicate {
  /** Number of the prompt. */
  readonly row: number;
  /** Number of the prompt that it repeats: an earlier one, or one of the other list. */
  readonly of: number;
  /** `same` has the same normal form. */
  readonly kind: "same" | "near";
  /** Cosine over words and letter n-grams. */
  readonly similarity: number;
}

/** Options of {@linkcode findNearDuplicates}. */
export interface FindNearDuplicatesOptions {
  /** Cosine from which two prompts nearly repeat each other. Default: 0.8. */
  readonly threshold?: number;
  /** Another list to look in, instead of the earlier prompts. Default: none. */
  readonly against?: readonly string[];
}

/**
 * Finds prompts that repeat another one, or nearly so. Each is compared with those that stay: what is
 * left after leaving the found rows out has no near-duplicates.
 *
 * @example
 * ```ts
 * import { findNearDuplicates } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const found = await findNearDuplicates(["Hello there", "stake 5 eth", "hello  there!"]);
 * assertEquals(found.map(({ row, of, kind }) => [row, of, kind]), [[2, 0, "same"]]);
 * ```
 */
export async function findNearDuplicates(
  prompts: readonly string[],
  { threshold = 0.8, against }: FindNearDuplicatesOptions = {},
): Promise<NearDuplicate[]> {
  const others = against ?? prompts;
  const search = await openNeighbours(others, prompts);
  const forms = new Map<string, number>();
  against?.forEach((prompt, row) => {
    const form = normalForm(prompt);
    if (!forms.has(form)) forms.set(form, row);
  });
  const left = new Set<number>();
  const found: NearDuplicate[] = [];
  prompts.forEach((prompt, row) => {
    const form = normalForm(prompt);
    const same = form === "" ? undefined : forms.get(form);
    const skip = (other: number) => !against && (other >= row || left.has(other));
    const [near] = same === undefined ? nearest(search.similarities(row), 1, skip) : [];
    if (same !== undefined) found.push({ row, of: same, kind: "same", similarity: 1 });
    else if (near && near.similarity >= threshold) {
      found.push({ row, of: near.row, kind: "near", similarity: Math.min(1, near.similarity) });
    } else {
      if (!against) forms.set(form, row);
      return;
    }
    left.add(row);
  });
  return found;
}
