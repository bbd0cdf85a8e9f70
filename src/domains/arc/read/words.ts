import { normalizeNfkc } from "../../../core/text/nfkc.ts";

/** Where a part of a prompt stands: from `start` up to, not including, `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word, number or mark of a prompt, in folded spelling. */
export interface Word extends Span {
  readonly text: string;
}

/**
 * Numbers keep a sign that nothing touches on its left ("-90", but not "2-3"). A hyphen within a word is
 * a mark of its own, so that "anti-clockwise" and "anti clockwise" are the same two words.
 */
const WORD =
  /i\.e\.|e\.g\.|(?<![\p{L}\p{N})])[-+−]?\d+(?:\.\d+)?|\p{L}+(?:['’]\p{L}+)*|[-=]>|[^\s\p{L}]|\n/giu;

/** Cuts a prompt into words. */
export function splitWords(prompt: string): Word[] {
  return [...prompt.matchAll(WORD)].map((match) => ({
    text: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function fold(text: string): string {
  return normalizeNfkc(text).toLowerCase().replaceAll("’", "'").replaceAll("−", "-");
}
