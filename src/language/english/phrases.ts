/** Phrases by their first word or, if they have more, their first two, the longest first. */
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
    const key = keyOf(words, 0);
    const known = index.get(key);
    if (known) known.push({ words, senses: all });
    else index.set(key, [{ words, senses: all }]);
  }
  for (const list of index.values()) {
    if (list.length > 1) list.sort((a, b) => b.words.length - a.words.length);
  }
  return index;
}

/** The longest phrase that begins at a word, or null. */
export function findPhrase<T>(
  index: PhraseIndex<T>,
  norms: readonly string[],
  at: number,
): Phrase<T> | null {
  const first = norms[at];
  if (first === undefined) return null;
  // Hundreds of phrases begin with the same word, few go on with the same
  for (const phrase of at + 1 < norms.length ? index.get(keyOf(norms, at)) ?? [] : []) {
    const { words } = phrase;
    let i = 2;
    while (i < words.length && norms[at + i] === words[i]) i++;
    if (i >= words.length) return phrase;
  }
  const word = index.get(first)?.[0];
  return word?.words.length === 1 ? word : null;
}

function keyOf(words: readonly string[], at: number): string {
  const next = words[at + 1];
  return next === undefined ? words[at]! : `${words[at]} ${next}`;
}
