import { cleanPrompt } from "./clean.ts";
import { ACTION_NOUN, IMPERATIVE } from "./nonexec_patterns.ts";
import { everywhere } from "./pattern.ts";

/**
 * Blanks the clauses of a prompt that only say why an order is given: "I no longer trust it, …".
 * Each character keeps its place.
 */
export function dropBackground(prompt: string): string {
  const { text, toOriginal } = cleanPrompt(prompt);
  let plain = prompt;
  for (const pattern of BACKGROUND) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      const [start, end] = toOriginal(index, index + found.length);
      plain = plain.slice(0, start) + " ".repeat(end - start) + plain.slice(end);
    }
  }
  return plain;
}

/** The same in clean text. */
export function blankBackground(text: string): string {
  let plain = text;
  for (const pattern of BACKGROUND) {
    plain = plain.replace(pattern, (found) => " ".repeat(found.length));
  }
  return plain;
}

/** An order right after a clause that only gives its background. */
const ORDER_NEXT = `(?=\\s*[,.;!-]+\\s*(?:so|and|now|then|please|just|instead|only)?[\\s,]*` +
  `(?:${IMPERATIVE}))`;
/** Words that no background may hold: what is said of actions is no background. */
const PLAIN =
  `(?:(?!\\b(?:${ACTION_NOUN}|you|this|these|following|allowed)\\b)[^,.;:!?\\n]){0,60}?`;
const SUBJECT = "(?:i|we|my \\w+|our \\w+|the \\w+|there|it|let's|lets)";
const NO =
  "(?:don't|do not|dont|won't|will not|can't|cannot|isn't|is not|aren't|are not|no longer|" +
  "never|not|hasn't|haven't|wasn't|doesn't|does not|didn't)";

/** Clauses before an order that say why it is given: "I no longer trust compound, withdraw …". */
const BACKGROUND: readonly RegExp[] = [
  everywhere`(?<=^\s*)${SUBJECT} (?:am |is |are |have |has )?${NO}\b${PLAIN}${ORDER_NEXT}`,
  everywhere`(?<=^\s*)(?:don't|do not|dont) (?:want|need|like|trust|love)\b${PLAIN}${ORDER_NEXT}`,
  everywhere`(?<=^\s*)(?:since|because|as) (?:i|we) [^,.;:!?\n]{1,60}?(?:${ORDER_NEXT})`,
  everywhere`(?<=^\s*)(?:i |we )?(?:haven't|have not|hasn't|didn't) (?:claimed|harvested|
    collected|staked|repaid|paid)\b[^,.;:!?\n]{0,30}\b(?:in|for) (?:a while|ages|days|weeks|months|
    years|\w+ (?:days|weeks|months|years))${ORDER_NEXT}`,
  everywhere`(?<=^\s*)(?:don't|do not|dont) (?:leave|let) [^,.;:!?\n]{1,40}? (?:lying|sit|sitting|
    idle|rot|unclaimed|go to waste|there)\b[^,.;:!?\n]{0,20}${ORDER_NEXT}`,
  everywhere`(?<=^\s*)not (?:the whole|all|everything)\b[^,.;:!?\n]{0,20}, (?=only |just )`,
  everywhere`\b(?:doing|earning|yielding) (?:me )?nothing(?=\s*[,.:;!-])`,
  everywhere`(?<=^\s*)why wait(?=[,?!. ])`,
];
