import type { ArcRefusal } from "./reading.ts";
import type { Item } from "./tag_prompt.ts";

/** Why a prompt asks for nothing to be done. */
export interface Refusal {
  readonly reason: ArcRefusal;
  readonly detail: string;
}

const LEAD = String
  .raw`^(?:(?:hey|hi|hello|ok|okay|so|and|but|well|please|um|hmm|sorry|now)\b[\s,]*)*`;
const ASKS = new RegExp(
  LEAD + "(?:" + [
    "what(?! about)",
    "how(?! about)",
    "why(?! (?:don't|not))",
    "which",
    "where",
    "who",
    "whose",
    "is",
    "are",
    "am",
    "was",
    "were",
    "does",
    "do (?:i|you|we|they|the|any|these|those)",
    "did",
    "should",
    "has",
    "have (?:i|you|we|they)",
    "would (?!you|it be possible to (?:get|have)|someone)",
    "(?:could|can|will) (?:it|this|that|the|there|i (?:know|see))(?! (?:\\w+ )?be)",
    "(?:isn't|aren't|doesn't|didn't|wasn't)",
  ].join("|") + String.raw`)\b`,
);
const ASKS_INSIDE =
  /\b(?:tell me|explain|describe|i wonder|wondering (?:if|whether|what|how)|know (?:if|whether|how|what|why)|teach me|difference between|what happens|how to)\b/;
const SUBJECT = String
  .raw`\b(?:i|he|she|they|we|you|someone|somebody)(?:'ve|'d| have| had)?(?: (?:already|just|then|once|also|never))*`;
const AUXILIARY = String
  .raw`\b(?:was|were|is|are|looks|seems|appears|been|got|gets)(?: (?:already|just|now|currently))*`;
const DESIRED =
  /\b(?:want|like|need|needs|should|must|get|have it|have this|have the|please|make sure|once|after|when|be|if)\b/;

/** Finds out whether a prompt is a question, a condition or a report instead of a request. */
export function findRefusal(prompt: string, items: readonly Item[]): Refusal | undefined {
  const text = prompt.normalize("NFKC").toLowerCase().replaceAll("’", "'").replace(/\s+/g, " ");
  for (const sentence of text.split(/(?<=[.!?;\n])\s+/)) {
    const question = ASKS.test(sentence.trim()) || ASKS_INSIDE.test(sentence);
    if (question) return { reason: "question", detail: "This is a question, not a request" };
  }
  if (items.some(({ tag }) => tag === "if")) {
    return { reason: "condition", detail: "The request depends on a condition" };
  }
  const past = items.find((item) => item.form === "past" && reports(text, item.text));
  if (past) return { reason: "report", detail: `"${past.text}" reports what was done` };
  return undefined;
}

function reports(text: string, word: string): boolean {
  const end = String.raw` ${RegExp.escape(word)}\b`;
  const [before = ""] = text.split(word);
  if (new RegExp(SUBJECT + end).test(text)) {
    return !/\b(?:once|after|when|as soon as) (?:i|we|you)\b/.test(before);
  }
  if (/\balready\b/.test(text)) return true;
  return new RegExp(AUXILIARY + end).test(text) && !DESIRED.test(before);
}
