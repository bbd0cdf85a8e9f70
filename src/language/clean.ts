/** A prompt reduced to what a reader sees, with the way back to where each character came from. */
export interface CleanText {
  /** Lower-case text, same meaning, no invisible characters. */
  readonly text: string;
  /** Maps a range of {@linkcode CleanText.text} to the range of the original that it came from. */
  readonly toOriginal: (start: number, end: number) => Span;
}

/** A range `[start, end)` of a text in UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** Invisible or without a shape of their own: dropped, so that they cannot hide inside a word. */
const IGNORABLE = /[\p{M}\p{Cf}\u115F\u1160\u3164\uFFA0]/u;
/** Without agreed meaning: a gap. */
const GAP = /[\p{Z}\p{Co}\p{Cs}\p{Cn}\uFFFD\t\v\f\r\x85]/u;
const SAME: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "ʼ": "'",
  "′": "'",
  "´": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "‐": "-",
  "‑": "-",
  "‒": "-",
  "–": "-",
  "—": "-",
  "―": "-",
  "−": "-",
  "⁄": "/",
  "⇒": "→",
  "➔": "→",
  "➜": "→",
  "➡": "→",
  "⟶": "→",
};

/**
 * Reduces a prompt to plain lower-case text: compatibility forms and accents folded, invisible and
 * control characters dropped, typographic quotes and dashes as on a keyboard.
 *
 * Works character by character in linear time and keeps the positions, so that what is found in the
 * clean text can be shown in the original.
 *
 * @example
 * ```ts
 * import { cleanPrompt } from "micro-lm/language";
 * import { assertEquals } from "@std/assert";
 *
 * const { text, toOriginal } = cleanPrompt("ＤＥ\u200DPOSIT 5 ETH");
 * assertEquals(text, "deposit 5 eth");
 * assertEquals(toOriginal(0, 7), [0, 8]);
 * ```
 */
export function cleanPrompt(prompt: string): CleanText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const char of prompt) {
    const plain = plainForm(char);
    if (plain !== "") parts.push(plain);
    for (let i = 0; i < plain.length; i++) {
      starts.push(at);
      ends.push(at + char.length);
    }
    at += char.length;
  }
  const toOriginal = (start: number, end: number): Span =>
    start < end
      ? [starts[start]!, ends[end - 1]!]
      : [starts[start] ?? prompt.length, starts[start] ?? prompt.length];
  return { text: parts.join(""), toOriginal };
}

function plainForm(char: string): string {
  const code = char.codePointAt(0)!;
  if (code < 0x80) {
    if (code >= 0x20 && code !== 0x7F) return char.toLowerCase();
    if (char === "\n") return char;
    return GAP.test(char) ? " " : "";
  }
  const same = SAME[char];
  if (same !== undefined) return same;
  if (IGNORABLE.test(char)) return "";
  if (GAP.test(char)) return " ";
  if (/\p{Cc}/u.test(char)) return "";
  const folded = [...char.normalize("NFKD")].filter((c) => !IGNORABLE.test(c)).join("");
  // "2½" is two and a half, not twenty-one halves
  const spaced = /^\d⁄\d$/.test(folded) ? ` ${folded}` : folded;
  return spaced.replace(/[⁄’]/g, (c) => SAME[c]!).toLowerCase();
}
