/** What is wrong with how a token is written, though it looks like another. */
export type TokenFlaw =
  | "invisible"
  | "mixed_script"
  | "homoglyph"
  | "compatibility"
  | "digit_form"
  | "glued";

/** Characters that print nothing: format controls, joiners, fillers, variation selectors. */
const INVISIBLE = /[\p{Cf}\p{Cc}\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0]/u;
const SPACE = /\s/u;

/** A text without its invisible characters, and where each code unit that is left stood. */
export interface VisibleText {
  readonly text: string;
  /** `at[i]` is the offset of `text[i]` in the prompt as given. */
  readonly at: Int32Array;
}

/** Leaves out what prints nothing, and turns full-width forms into the plain ones. */
export function visible(prompt: string): VisibleText {
  const at = new Int32Array(prompt.length);
  let text = "";
  let offset = 0;
  for (const character of prompt) {
    if (!INVISIBLE.test(character) || SPACE.test(character)) {
      for (let unit = 0; unit < character.length; unit++) at[text.length + unit] = offset + unit;
      text += plain(character);
    }
    offset += character.length;
  }
  return { text, at: at.subarray(0, text.length) };
}

/** The ASCII character of a full-width form. Both are one code unit, so that offsets hold. */
function plain(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
}

/** The vulgar fractions that Unicode has as one character: numerator and denominator. */
export const VULGAR: Readonly<Record<string, readonly [bigint, bigint]>> = {
  "½": [1n, 2n],
  "⅓": [1n, 3n],
  "⅔": [2n, 3n],
  "¼": [1n, 4n],
  "¾": [3n, 4n],
  "⅕": [1n, 5n],
  "⅖": [2n, 5n],
  "⅗": [3n, 5n],
  "⅘": [4n, 5n],
  "⅙": [1n, 6n],
  "⅚": [5n, 6n],
  "⅐": [1n, 7n],
  "⅛": [1n, 8n],
  "⅜": [3n, 8n],
  "⅝": [5n, 8n],
  "⅞": [7n, 8n],
  "⅑": [1n, 9n],
  "⅒": [1n, 10n],
};

const FOLDED: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "ʼ": "'",
  "′": "'",
  "´": "'",
  "`": "'",
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
  "∕": "/",
  "≈": "~",
  "∼": "~",
  "≤": "<=",
  "≥": ">=",
  "⩽": "<=",
  "⩾": ">=",
  "×": "x",
  "…": "...",
  "→": "->",
  "⟶": "->",
  "➔": "->",
  "➜": "->",
  "⇒": "=>",
  "←": "<-",
  "⟵": "<-",
};
const ASCII = /^[\x20-\x7e]*$/;

/** NFKC, lower case, typographic quotes and dashes folded; vulgar fractions stay one character. */
export function normalForm(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let norm = "";
  for (const character of text) {
    norm += character in VULGAR
      ? character
      : FOLDED[character] ?? character.normalize("NFKC").toLowerCase();
  }
  return norm;
}

const LATIN = /\p{Script=Latin}/u;
const OTHER_LETTER = /(?!\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited})\p{L}/u;
/** Letters of other scripts, and rare Latin ones, that print like a letter of the English alphabet. */
const LOOKALIKE = new RegExp(
  "^[АВЕЅІЈКМНОРСТУХЗҮԚԜаеосрухѕіјԁԛԝһӏгпьв" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυκτ" +
    "\\u0131\\u0251\\u0261\\u026a\\u0274\\u0280\\u028f\\u0299\\u029c\\u029f\\u0562-\\u0585" +
    "\\u13a0-\\u13f4\\u1d00-\\u1d2b\\ua4d0-\\ua4f7\\ua730\\ua731]$",
  "u",
);
const ODD_DIGIT = /\p{N}/u;

/** What is wrong with how a token is written. `text` is the token as given. */
export function flawsOf(text: string): TokenFlaw[] {
  if (ASCII.test(text)) return [];
  const flaws = new Set<TokenFlaw>();
  let letters = 0;
  let lookalikes = 0;
  for (const character of text) {
    if (INVISIBLE.test(character)) flaws.add("invisible");
    if (/\p{L}/u.test(character)) {
      letters++;
      if (LOOKALIKE.test(character)) lookalikes++;
    }
    const isPlain = character in VULGAR || character in FOLDED || character === plain(character) &&
        character.normalize("NFKC") === character;
    if (!isPlain && !SPACE.test(character)) flaws.add("compatibility");
    if (
      ODD_DIGIT.test(character) && !(character in VULGAR) && !/[0-9]/.test(plain(character))
    ) {
      flaws.add("digit_form");
    }
  }
  if (LATIN.test(text) && OTHER_LETTER.test(text)) flaws.add("mixed_script");
  // a word of another language has letters that look like no other
  if (lookalikes > 0 && (lookalikes === letters || LATIN.test(text))) flaws.add("homoglyph");
  return [...flaws];
}
