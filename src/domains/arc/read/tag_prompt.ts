import { ENTRIES, LONGEST_PHRASE, type VerbForm } from "./lexicon.ts";
import { FILLERS } from "./fillers.ts";
import { splitWords, type Word } from "./words.ts";

/** A part of a prompt that the parser understands, or a word that it does not know (`unknown`). */
export interface Item {
  readonly tag: string;
  readonly form?: VerbForm;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Reads a prompt as tagged items; words that say nothing about grids are left out. */
export function tagPrompt(prompt: string): Item[] {
  const words = splitWords(prompt);
  const items: Item[] = [];
  for (let at = 0; at < words.length;) {
    const { item, next } = readItem(words, at);
    if (item && item.tag !== "noise") items.push(item);
    at = next;
  }
  return items.map((item, i) => isRecolorArrow(items, i) ? { ...item, tag: "become" } : item);
}

/** "red -> blue" is a change, "rotate -> flip" is an order. */
function isRecolorArrow(items: readonly Item[], at: number): boolean {
  const value = /^(?:color:\d|num:\d)$/;
  return items[at]!.tag === "then" && /[>→]/.test(items[at]!.text) &&
    value.test(items[at - 1]?.tag ?? "") && value.test(items[at + 1]?.tag ?? "");
}

function readItem(words: readonly Word[], at: number): { item?: Item; next: number } {
  const word = words[at]!;
  const marker = listMarker(words, at);
  if (marker) return { item: { tag: "then", ...place(words, at, marker) }, next: marker };
  const phrase = longestPhrase(words, at);
  if (phrase) {
    const { next, tag, form } = phrase;
    return { item: { tag, ...(form && { form }), ...place(words, at, next) }, next };
  }
  const number = readNumber(words, at);
  if (number) {
    return { item: { tag: number.tag, ...place(words, at, number.next) }, next: number.next };
  }
  if (FILLERS.has(word.text) || !/[\p{L}\p{N}]/u.test(word.text)) return { next: at + 1 };
  return { item: { tag: "unknown", ...place(words, at, at + 1) }, next: at + 1 };
}

/** The longest known phrase at a word; hyphens between its words do not matter. */
function longestPhrase(words: readonly Word[], at: number) {
  let key = "";
  let found: { tag: string; form?: VerbForm; next: number } | undefined;
  let count = 0;
  for (let i = at; i < words.length && count < LONGEST_PHRASE; i++) {
    const { text } = words[i]!;
    if (text === "-" && i > at && isLetters(words[i - 1]) && isLetters(words[i + 1])) continue;
    key = key === "" ? text : `${key} ${text}`;
    count++;
    const entry = ENTRIES.get(key);
    if (entry) found = { ...entry, next: i + 1 };
  }
  if (found && words[at]!.text === "-" && isLetters(words[at - 1]) && touches(words, at)) {
    return { ...found, tag: "hyphen" };
  }
  return found;
}

/** `90`, `1st`, and `3s`, which names a colour. */
function readNumber(words: readonly Word[], at: number): { tag: string; next: number } | undefined {
  const { text, end } = words[at]!;
  if (!/^[-+]?\d+(?:\.\d+)?$/.test(text)) return undefined;
  const after = words[at + 1];
  const glued = after && after.start === end ? after.text : "";
  if (/^(?:st|nd|rd|th)$/.test(glued)) return { tag: `ord:${text}`, next: at + 2 };
  if (/^[0-9]$/.test(text) && glued === "s") return { tag: `color:${text}`, next: at + 2 };
  if (/^[0-9]$/.test(text) && glued === "'" && words[at + 2]?.text === "s") {
    return { tag: `color:${text}`, next: at + 3 };
  }
  return { tag: `num:${Number(text)}`, next: at + 1 };
}

/** Whether "1." or "2)" begins a line of a list; gives the index after it. */
function listMarker(words: readonly Word[], at: number): number | undefined {
  const opening = words[at]!.text === "(" ? 1 : 0;
  const number = words[at + opening];
  const mark = words[at + opening + 1];
  const after = words[at + opening + 2];
  if (!number || !/^\d$/.test(number.text) || !mark || !after) return undefined;
  if (!/^[.):]$/.test(mark.text) || mark.start !== number.end) return undefined;
  if (after.start === mark.end || !isLetters(after)) return undefined;
  const inPair = words.slice(Math.max(0, at - 4), at).some(({ text }) => text === "(");
  if (mark.text === ")" && opening === 0 && inPair) return undefined;
  // "rotate by 90. flip" is no list: its first item would be 1.
  const before = words.slice(0, at).some(({ text }, i) =>
    text === String(Number(number.text) - 1) && /^[.):]$/.test(words[i + 1]?.text ?? "")
  );
  const isNext = number.text === "1" ? at === 0 || !isLetters(words[at - 1]) : before;
  return isNext || opening === 1 ? at + opening + 2 : undefined;
}

function place(words: readonly Word[], from: number, to: number) {
  const part = words.slice(from, to);
  return {
    text: part.map(({ text }) => text).join(" "),
    start: part[0]!.start,
    end: part.at(-1)!.end,
  };
}

function touches(words: readonly Word[], at: number): boolean {
  return words[at - 1]?.end === words[at]!.start && words[at + 1]?.start === words[at]!.end;
}

function isLetters(word: Word | undefined): boolean {
  return word !== undefined && /^\p{L}/u.test(word.text);
}
