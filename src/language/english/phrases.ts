/** Phrases by their first word, the longest first. */
export type PhraseIndex<T> = ReadonlyMap<string, readonly Phrase<T>[]>;

/** A phrase of one or more words, and what it may mean. */
export interface Phrase<T> {
  readonly words: readonly string[];
  readonly senses: readonly T[];
}

/**
 * Builds an index of phrases; senses of the same phrase are put together in the order given.
 *
 * @param entries Phrases in lower case, words separated by one space, and a sense of each.
 *
 * @example
 * ```ts
 * import { findPhrase, indexPhrases } from "micro-lm/language";
 * import { assertEquals } from "@std/assert";
 *
 * const index = indexPhrases([["pay", "pay"], ["pay back", "repay"]]);
 * assertEquals(findPhrase(index, ["pay", "back", "5"], 0)?.senses, ["repay"]);
 * assertEquals(findPhrase(index, ["pay", "5"], 0)?.senses, ["pay"]);
 * assertEquals(findPhrase(index, ["5"], 0), null);
 * ```
 */
export function indexPhrases<T>(entries: Iterable<readonly [string, T]>): PhraseIndex<T> {
  const senses = new Map<string, T[]>();
  for (const [phrase, sense] of entries) {
    const known = senses.get(phrase);
    if (known) known.push(sense);
    else senses.set(phrase, [sense]);
  }
  const index = new Map<string, Phrase<T>[]>();
  for (const [phrase, all] of senses) {
    const words = phrase.split(" ");
    const first = index.get(words[0]!) ?? [];
    first.push({ words, senses: all });
    index.set(words[0]!, first);
  }
  for (const list of index.values()) list.sort((a, b) => b.words.length - a.words.length);
  return index;
}

/** The longest phrase that begins at a word, or null. */
export function findPhrase<T>(
  index: PhraseIndex<T>,
  norms: readonly string[],
  at: number,
): Phrase<T> | null {
  const next = norms[at + 1];
  for (const phrase of index.get(norms[at] ?? "") ?? []) {
    const { words } = phrase;
    // Hundreds of phrases begin with the same word, few go on with the same
    if (words.length > 1 && words[1] !== next) continue;
    let i = 2;
    while (i < words.length && norms[at + i] === words[i]) i++;
    if (i >= words.length) return phrase;
  }
  return null;
}
