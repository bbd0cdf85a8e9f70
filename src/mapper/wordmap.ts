import { normalizeNfkc } from "../core/text/nfkc.ts";
import { sha256Hex } from "../core/hash.ts";
import type { Mapper } from "./mapper.ts";

/** Words and phrases that speak for one class. */
export interface WordmapTerms {
  /** Terms that name the action by themselves. */
  readonly strong: readonly string[];
  /** Terms that other actions use too. */
  readonly weak: readonly string[];
}

const STRONG = 1;
const WEAK = 0.35;
/** Evidence that stands for "something else": one strong term alone scores 1 / (1 + 0.25) = 0.8. */
const UNKNOWN = 0.25;
/** Prompts are read up to this many characters: a request says what it wants early. */
const MAX_CHARS = 20_000;

interface Entry {
  readonly words: readonly string[];
  readonly weights: ReadonlyMap<number, number>;
}

/**
 * Opens the keyword mapper (Tier 0): no model, no training, a score that grows with the evidence.
 *
 * Each phrase of the lexicon that occurs in the prompt as whole words, case folded, adds its weight to
 * its class; a longer phrase hides the shorter ones inside it, and a phrase counts once. The
 * probability of a class is its evidence over all evidence plus a constant that belongs to `abstain`,
 * so a prompt without any known word abstains and contradicting words lower the score.
 *
 * @param lexicon Terms per class; the classes are its keys in order, then `abstain`.
 *
 * @example
 * ```ts
 * import { openWordmap } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * await using mapper = openWordmap({ swap: { strong: ["swap"], weak: [] } });
 * const { data } = await mapper.predictProbabilities(["Swap 2 ETH", "hello"]);
 * assertEquals([...data], [0.8, 0.2, 0, 1]);
 * ```
 */
export function openWordmap(lexicon: Readonly<Record<string, WordmapTerms>>): Mapper {
  const names = Object.keys(lexicon);
  const classes = [...names, "abstain"];
  const entries = indexPhrases(Object.values(lexicon));
  return {
    classes,
    source: { backend: "wordmap", sha256: sha256Hex(JSON.stringify(lexicon)) },
    predictProbabilities(texts) {
      const data = new Float64Array(texts.length * classes.length);
      texts.forEach((text, row) => {
        scoreInto(data.subarray(row * classes.length, (row + 1) * classes.length), text, entries);
      });
      return Promise.resolve({ data, rows: texts.length, cols: classes.length });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Phrases by their first word, the longest first. */
function indexPhrases(lexicon: readonly WordmapTerms[]): ReadonlyMap<string, readonly Entry[]> {
  const weights = new Map<string, Map<number, number>>();
  lexicon.forEach(({ strong, weak }, label) => {
    for (const [terms, weight] of [[weak, WEAK], [strong, STRONG]] as const) {
      for (const term of terms) {
        const phrase = words(term).join(" ");
        const byLabel = weights.get(phrase) ?? new Map<number, number>();
        weights.set(phrase, byLabel.set(label, weight));
      }
    }
  });
  const index = new Map<string, Entry[]>();
  for (const [phrase, byLabel] of weights) {
    const parts = phrase.split(" ");
    const list = index.get(parts[0]!) ?? [];
    index.set(parts[0]!, [...list, { words: parts, weights: byLabel }]);
  }
  for (const list of index.values()) list.sort((a, b) => b.words.length - a.words.length);
  return index;
}

function words(text: string): string[] {
  return normalizeNfkc(text.slice(0, MAX_CHARS)).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function scoreInto(
  out: Float64Array,
  text: string,
  index: ReadonlyMap<string, readonly Entry[]>,
): void {
  const abstain = out.length - 1;
  const tokens = words(text);
  const found = new Set<Entry>();
  for (let i = 0; i < tokens.length;) {
    const entry = index.get(tokens[i]!)?.find((candidate) => startsAt(tokens, i, candidate.words));
    if (entry) found.add(entry);
    i += entry ? entry.words.length : 1;
  }
  let total = UNKNOWN;
  out[abstain] = UNKNOWN;
  for (const entry of found) {
    for (const [label, weight] of entry.weights) {
      out[label]! += weight;
      total += weight;
    }
  }
  for (let c = 0; c < out.length; c++) out[c]! /= total;
}

function startsAt(tokens: readonly string[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, i) => tokens[at + i] === word);
}
