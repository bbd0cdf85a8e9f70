import { COLOR_NAMES } from "./colors.ts";
import { NOUNS, TERMS, VERBS } from "./terms.ts";

const NUMBER_WORDS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const ORDINALS = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
const LARGE_NUMBERS: Readonly<Record<string, number>> = {
  "forty five": 45,
  ninety: 90,
  "a hundred eighty": 180,
  "a hundred and eighty": 180,
  "hundred eighty": 180,
  "hundred and eighty": 180,
  "one eighty": 180,
  "one hundred eighty": 180,
  "one hundred and eighty": 180,
  "two seventy": 270,
  "two hundred seventy": 270,
  "two hundred and seventy": 270,
  "three sixty": 360,
  "three hundred sixty": 360,
  "three hundred and sixty": 360,
  couple: 2,
};

/** Forms of a verb that say how it is used. */
export type VerbForm = "base" | "gerund" | "past" | "noun";

/** What a phrase stands for. */
export interface Entry {
  readonly tag: string;
  readonly form?: VerbForm;
}

/** Phrases to entries. Words are separated by single spaces; hyphens count as spaces. */
export const ENTRIES: ReadonlyMap<string, Entry> = buildEntries();

/** Words in the longest phrase. */
export const LONGEST_PHRASE = Math.max(...[...ENTRIES.keys()].map((key) => key.split(" ").length));

function buildEntries(): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (phrase: string, entry: Entry) =>
    entries.set(phrase.replace(/(?<=\p{L})-(?=\p{L})/gu, " "), entry);
  for (const [tag, verbs] of Object.entries(VERBS)) {
    for (const verb of verbs.split(" ")) {
      for (const [word, form] of inflect(verb)) add(word, { tag, form });
    }
  }
  for (const [tag, list] of Object.entries(TERMS)) {
    for (const phrase of list.split("|")) if (!entries.has(phrase)) add(phrase, { tag });
  }
  for (const [tag, list] of Object.entries(NOUNS)) {
    for (const phrase of list.split("|")) add(phrase, { tag, form: "noun" });
  }
  for (const [name, value] of Object.entries(COLOR_NAMES)) {
    add(name, { tag: `color:${value}` });
    add(`${name}s`, { tag: `color:${value}` });
  }
  NUMBER_WORDS.forEach((word, value) => {
    add(word, { tag: `num:${value}` });
    add(`${word.replace(/x$/, "xe").replace(/y$/, "ie")}s`, { tag: `color:${value}` });
  });
  for (const [word, value] of Object.entries(LARGE_NUMBERS)) add(word, { tag: `num:${value}` });
  for (
    const verb of [
      "color",
      "colour",
      "paint",
      "recolor",
      "recolour",
      "dye",
      "tint",
      "fill",
      "repaint",
    ]
  ) {
    for (const them of ["it", "them", "it all", "everything", "the rest", "the whole thing"]) {
      add(`${verb} ${them}`, { tag: "recolor obj", form: "base" });
    }
  }
  ORDINALS.forEach((word, i) => add(word, { tag: `ord:${i + 2}` }));
  add("x and y", { tag: "row and col" });
  for (const it of ["everything", "it", "the shape", "the object", "the pattern", "all cells"]) {
    add(`lower ${it}`, { tag: "drop", form: "base" });
  }
  for (const word of ["framing", "framed", "frames"]) add(word, { tag: "pad", form: "gerund" });
  for (const [verb, form] of inflect("widen")) add(verb, { tag: "scale wide", form });
  for (const [verb, form] of inflect("prepend")) add(verb, { tag: "add first", form });
  for (const [verb, form] of inflect("append")) add(verb, { tag: "add last", form });
  add("zeroes", { tag: "color:0" });
  add("ones", { tag: "things" });
  add("color blue", { tag: "color:1" });
  return entries;
}

/** A letter after `+` doubles before an ending: flip, flipping. */
function inflect(spec: string): [string, VerbForm][] {
  const [verb = "", double = ""] = spec.split("+");
  const stem = verb.replace(/e$/, "") + double;
  const past = verb === "cut" || verb === "set" ? verb : `${stem}ed`;
  const third = /(?:sh|ch|x|s)$/.test(verb) ? `${verb}es` : `${verb}s`;
  return [[past, "past"], [`${stem}ing`, "gerund"], [third, "base"], [verb, "base"]];
}
