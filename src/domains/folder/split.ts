import type { Span } from "../../language/clean.ts";
import { LEAD } from "./gate_rules.ts";
import { anyPhrase, foldPhrase, readPlain } from "./words.ts";

/** One order of a prompt. */
export interface FolderSegment {
  /** The words of the original that ask for it. */
  readonly text: string;
  /** Where they stand: a range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: Span;
}

/** Splits a prompt into its orders. */
export type StepSplitter = (prompt: string) => FolderSegment[];

/** Between orders in so many words. */
const HARD =
  "\\s*(?:;|\\n|->|=>|→|,?\\s*\\b(?:and )?(?:then|after that|afterwards|finally)\\b)[\\s,:]*";
/** Where the next order may begin, if a verb of the domain follows. */
const SOFT =
  "\\s*(?:[,.!&]|\\b(?:and|also|plus)\\b)[\\s,]*(?:\\b(?:and|also|please|just)\\b[\\s,]*)*";
const FRONT = new RegExp(
  `^[\\s,.:;!"'()-]*(?:(?:then|first|next|finally)\\b[\\s,:]*|${LEAD.slice(0, -1)})*`,
);

/**
 * Compiles the splitter of a domain: at "then", `;`, `->` and line ends, and at a comma, a full stop or
 * "and" that stands between two orders: both sides have the first word of a strong term, the right one in
 * front. "Turn off the lamp and the fan" stays one order.
 *
 * @param strong The strong terms of all actions.
 */
export function compileSplitter(strong: readonly string[]): StepSplitter {
  // "turn the lamp off" begins with the first word of "turn off"
  const verbs = strong.map((term) => foldPhrase(term).split(" ")[0]!).filter((verb) =>
    verb.length > 2 && !ARTICLES.has(verb)
  );
  const verb = new RegExp(anyPhrase(verbs), "u");
  const joint = new RegExp(`(?<hard>${HARD})|${SOFT}(?=${anyPhrase(verbs)})`, "gu");
  return (prompt) => {
    const { text, toOriginal } = readPlain(prompt);
    const segments: FolderSegment[] = [];
    for (const [from, to] of cut(text, joint, verb)) {
      const front = FRONT.exec(text.slice(from, to))![0].length;
      const body = text.slice(from + front, to).replace(/[\s,.:;!?"')-]+$/u, "");
      if (!/\p{L}/u.test(body)) continue;
      const span = toOriginal(from + front, from + front + body.length);
      segments.push({ text: prompt.slice(...span), span });
    }
    return segments;
  };
}

const ARTICLES = new Set(["the", "and", "into", "for", "with", "all"]);

function cut(text: string, joint: RegExp, verb: RegExp): Span[] {
  const pieces: Span[] = [];
  let start = 0;
  for (const { index, 0: found, groups } of text.matchAll(joint)) {
    if (groups!["hard"] === undefined && !verb.test(text.slice(start, index))) continue;
    pieces.push([start, index]);
    start = index + found.length;
  }
  return [...pieces, [start, text.length]];
}
