import { foldText } from "./fold_text.ts";

/** A kind of gap in a prompt and the words that fill it, lower case. */
export interface SlotWords {
  readonly name: string;
  readonly words: readonly string[];
}

/** Replaces what varies in a prompt by the names of the gaps. */
export type Masker = (prompt: string) => string;

const LETTER = String.raw`[\p{L}\p{N}\p{M}]`;

/**
 * A number with what is attached to it, and the two halves. It takes in whatever letters follow: a
 * pattern that had to refuse some would be tried again at each digit of a hostile prompt.
 */
const NUMBER = String.raw`[$€£]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?`;
const NUMBER_RUN = new RegExp(`^(${NUMBER})(${LETTER}*%?)$`, "u");
const HEX = /^0x[0-9a-f]+$/;
const UNIT = /^(?:k|m|bn)?%?$/;

/**
 * Makes a function that reduces a prompt to its template: lower case, numbers as `<num>`, the words of
 * each slot as `<asset>` and the like, white space folded, what is invisible and punctuation at the end
 * dropped. Where two
 * slots share a word the first wins; longer words win over shorter ones.
 *
 * @example
 * ```ts
 * import { createMasker } from "micro-lm/data";
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
  // What may not follow stands once: as often as there are words it takes twenty times as long to compile.
  const listed = words.length > 0 ? `(?:${words.map(escape).join("|")})(?!${LETTER})|` : "";
  const pattern = new RegExp(`(?<!${LETTER})(?:${listed}${NUMBER}${LETTER}*%?)`, "gu");
  const name = (match: string) => names.get(match) ?? maskNumber(match, names);
  return (prompt) => trimEnd(foldText(prompt)).replace(pattern, name);
}

/** `10k` → `<num>`, `10eth` → `<num> <asset>`, `2x` stays. */
function maskNumber(match: string, names: ReadonlyMap<string, string>): string {
  if (HEX.test(match)) return "<num>";
  const [, , suffix = ""] = NUMBER_RUN.exec(match) ?? [];
  if (UNIT.test(suffix)) return "<num>";
  const name = names.get(suffix);
  return name === undefined ? match : `<num> ${name}`;
}

/** Not a pattern: one that ends in `$` takes quadratic time on a long run of dots before a letter. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && " .!?,;:".includes(text[end - 1]!)) end--;
  return text.slice(0, end).trimStart();
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
