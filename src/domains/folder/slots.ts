import { readQuantities } from "../../language/quantities/read.ts";
import type { Quantity } from "../../language/quantities/types.ts";
import { tokenize } from "../../language/tokens/tokens.ts";
import type { FolderSlot } from "./schema.ts";
import { anyPhrase, foldPhrase } from "./words.ts";

/** What a slot holds: the name of a word's group, a number, or a time as `HH:MM`. */
export type SlotValue = string | number;

/** Finds the distinct values of a slot in a clean text. */
export type SlotReader = (text: string) => readonly SlotValue[];

/**
 * Compiles the slots of a domain with the strong terms of its lexicon.
 *
 * A number is read where a unit of its slot follows it, or, if the slot allows bare numbers (default: if
 * it has no units), where nothing, a mark or a connecting word does. The word after the unit has to be
 * of that kind as well, or one of the domain's words: "15 fahrenheit" and "5 degrees warmer" are
 * left open where those words are not the domain's. So are numbers after "by" and those of a time.
 */
export function compileSlots(
  slots: Readonly<Record<string, FolderSlot>>,
  strong: readonly string[],
): Record<string, SlotReader> {
  const known = Object.values(slots).flatMap((slot) =>
    slot.kind === "words" ? Object.values(slot.words).flat() : []
  ).concat(strong);
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [name, compileSlot(slot, known)]),
  );
}

function compileSlot(slot: FolderSlot, known: readonly string[]): SlotReader {
  if (slot.kind === "words") return wordReader(slot.words);
  if (slot.kind === "time") return readTimes;
  return numberReader(slot.units, slot.bare ?? slot.units.length === 0, known);
}

function wordReader(words: Readonly<Record<string, readonly string[]>>): SlotReader {
  const byPhrase = new Map(
    Object.entries(words).flatMap(([value, phrases]) =>
      phrases.map((phrase) => [foldPhrase(phrase), value] as const)
    ),
  );
  const pattern = new RegExp(anyPhrase([...byPhrase.keys()]), "gu");
  return (text) =>
    distinct([...text.matchAll(pattern)].map(([found]) => byPhrase.get(foldPhrase(found))!));
}

const ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen " +
  "fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety";
const WORTH = new Map([
  ...ONES.split(" ").map((word, i) => [word, i] as const),
  ...TENS.split(" ").map((word, i) => [word, 20 + 10 * i] as const),
]);
const SPELLED = `(?:(?:${TENS.replaceAll(" ", "|")})[ -](?:${
  ONES.split(" ").slice(1, 10).join("|")
})|(?:a |one )?hundred|${[...ONES.split(" "), ...TENS.split(" ")].join("|")})(?![\\p{L}\\p{N}])`;
const DIGITS = "\\d{1,9}(?:\\.\\d{1,6})?(?![\\p{N}.,:]*\\p{N})";
/** Not after a letter, a digit or a sign of a longer number, and not after "by". */
const BEFORE = "(?<![\\p{L}\\p{N}.,:/]|\\bby )";
const CONNECTING = "in|inside|for|at|on|to|please|pls|now|right|and|then|the|all|over|with|after|" +
  "before|when|thanks|thank|today|tonight|tomorrow|this|so|instead|from|until|my|our|everywhere";

function numberReader(
  units: readonly string[],
  bare: boolean,
  known: readonly string[],
): SlotReader {
  const follows = `(?=\\s*(?:$|[;,!?.)"'\\n-]|(?:${CONNECTING})(?![\\p{L}\\p{N}])|` +
    `(?:${anyPhrase(known)})))`;
  const listed = [...units].sort((a, b) => b.length - a.length)
    .map((unit) => foldPhrase(unit).replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  const unit = units.length === 0 ? "(?!)" : `\\s*-?\\s*(?:${listed.join("|")})(?![\\p{L}\\p{N}])`;
  const ending = bare ? `(?:${unit}|(?!${unit}))` : `(?:${unit})`;
  const pattern = new RegExp(
    `${BEFORE}(?<sign>-|minus )?(?:(?<digits>${DIGITS})|(?<spelled>${SPELLED}))${ending}${follows}`,
    "gu",
  );
  return (text) => {
    const quantityAt = readQuantitiesOf(text);
    return distinct(
      [...withoutTimes(text).matchAll(pattern)].flatMap(({ groups, index, 0: found }) => {
        const { sign, digits, spelled } = groups!;
        const at = index + found.search(/[\p{L}\p{N}]/u) + (sign === "minus " ? sign.length : 0);
        const quantity = quantityAt(at);
        // "at least 19", "1 9", "18 or 20": no one value
        const isSigned = quantity?.refusal?.kind === "negative";
        if (quantity?.refusal && !isSigned) return [];
        const said = quantity?.value === undefined ? null : Number(quantity.value);
        const share = quantity?.kind === "percent" && said !== null ? said * 100 : said;
        const size = share ?? (digits === undefined ? valueOf(spelled!) : Number(digits));
        return [sign && size > 0 ? -size : size];
      }),
    );
  };
}

/** The quantity that covers a position of a text: "nineteen point five" is one. */
function readQuantitiesOf(text: string): (at: number) => Quantity | undefined {
  const tokens = tokenize(text);
  const quantities = readQuantities(tokens, {});
  return (at) =>
    quantities.find(({ from, to }) => tokens[from]!.start <= at && at < tokens[to - 1]!.end);
}

function valueOf(spelled: string): number {
  if (spelled.endsWith("hundred")) return 100;
  return spelled.split(/[ -]/).reduce((sum, word) => sum + WORTH.get(word)!, 0);
}

const TIME = new RegExp(
  "(?<![\\p{L}\\p{N}.,:])(?:(?<hours>\\d{1,2})(?:[:.](?<minutes>\\d{2}))?\\s?(?<half>[ap])\\.?m\\b" +
    "|(?<h24>\\d{1,2}):(?<m24>\\d{2})(?![\\p{N}:])|(?<word>noon|midday|midnight)\\b)",
  "gu",
);

/** "7 am", "7:30pm", "19:05", "noon"; a bare "7" is left open, as it may be either half of the day. */
export function readTimes(text: string): readonly string[] {
  return distinct(
    [...text.matchAll(TIME)].flatMap(({ groups }) => {
      const { hours, minutes, half, h24, m24, word } = groups!;
      if (word !== undefined) return [word === "midnight" ? "00:00" : "12:00"];
      if (h24 !== undefined) return clock(Number(h24), Number(m24));
      const hour = Number(hours);
      if (hour < 1 || hour > 12) return [];
      return clock(hour % 12 + (half === "p" ? 12 : 0), Number(minutes ?? 0));
    }),
  );
}

function clock(hour: number, minute: number): string[] {
  if (hour > 23 || minute > 59) return [];
  return [[hour, minute].map((part) => String(part).padStart(2, "0")).join(":")];
}

function withoutTimes(text: string): string {
  return text.replace(TIME, (found) => "\0".repeat(found.length));
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
