/** A kind of gap in a prompt and the words that fill it, lower case. */
export interface SlotWords {
  readonly name: string;
  readonly words: readonly string[];
}

/** Replaces what varies in a prompt by the names of the gaps. */
export type Masker = (prompt: string) => string;

const NUMBER = String.raw`0x[0-9a-f]+|[$€£]?\d[\d.,]*(?:e\d+)?(?:%|k|m|bn)?(?![\p{L}\p{N}])`;

/**
 * Makes a function that reduces a prompt to its template: lower case, numbers as `<num>`, the words of
 * each slot as `<asset>` and the like, white space folded, punctuation at the end dropped. Where two
 * slots share a word the first wins; longer words win over shorter ones.
 *
 * @example
 * ```ts
 * import { createMasker } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const mask = createMasker([{ name: "asset", words: ["eth"] }]);
 * assertEquals(mask("Deposit 1,000.5 ETH  now!"), "deposit <num> <asset> now");
 * ```
 */
export function createMasker(slots: readonly SlotWords[]): Masker {
  const names = new Map<string, string>();
  for (const { name, words } of slots) {
    for (const word of words) if (!names.has(word)) names.set(word, `<${name}>`);
  }
  const words = [...names.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const listed = words.map(escape).join("|");
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${listed ? `(${listed})(?![\\p{L}\\p{N}])|` : "()(?!)|"}${NUMBER})`,
    "gu",
  );
  return (prompt) =>
    prompt.normalize("NFKC").toLowerCase()
      .replace(pattern, (_, word: string | undefined) => word ? names.get(word)! : "<num>")
      .replace(/\s+/g, " ").trim().replace(/ ?[.!?]+$/, "");
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
