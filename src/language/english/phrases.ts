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
  const known = new Map<string, T[]>();
  const index = new Map<string, Entry<T>[]>();
  for (const [phrase, sense] of entries) {
    const senses = known.get(phrase);
    if (senses) {
      senses.push(sense);
      continue;
    }
    const entry = new Entry<T>(phrase, [sense]);
    known.set(phrase, entry.senses);
    const key = keyOf(phrase);
    const list = index.get(key);
    if (list) list.push(entry);
    else index.set(key, [entry]);
  }
  // Of two that fit the same words the longer has more of them
  for (const list of index.values()) {
    if (list.length > 1) list.sort((a, b) => b.text.length - a.text.length);
  }
  return index;
}

/** A phrase that is cut when it is first looked at: few of thousands ever are. */
class Entry<T> implements Phrase<T> {
  #words: readonly string[] | undefined;

  constructor(readonly text: string, readonly senses: T[]) {}

  get words(): readonly string[] {
    return this.#words ??= this.text.split(" ");
  }
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
  for (const phrase of at + 1 < norms.length ? index.get(`${first} ${norms[at + 1]}`) ?? [] : []) {
    const { words } = phrase;
    let i = 2;
    while (i < words.length && norms[at + i] === words[i]) i++;
    if (i >= words.length) return phrase;
  }
  const word = index.get(first)?.[0];
  return word?.words.length === 1 ? word : null;
}

/** The first two words. */
function keyOf(phrase: string): string {
  const first = phrase.indexOf(" ");
  const second = first < 0 ? -1 : phrase.indexOf(" ", first + 1);
  return second < 0 ? phrase : phrase.slice(0, second);
}
