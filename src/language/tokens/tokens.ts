import { flawsOf, normalForm, type TokenFlaw, visible } from "./characters.ts";
import { isCode } from "../quantities/currencies.ts";
import { isNumberWord } from "../quantities/number_words.ts";

export type { TokenFlaw };

/** The sort of a token: see {@linkcode Token}. */
export type TokenKind = "word" | "number" | "symbol" | "punct" | "mark";

/**
 * One token of a prompt.
 *
 * `word` letters, with inner apostrophes; `number` digits in any convention, a suffix such as k, x or
 * th included; `symbol` a name with inner signs: $PLS, USDC.e, ETH/USDC, ETH-USDC, 0xabc, a web
 * address; `mark` a sign that means something: $ % + - @ ~ < -> #; `punct` what only separates:
 * , . ; : ! ? ( ) " '
 */
export interface Token {
  /** The prompt from `start` to `end`. */
  readonly text: string;
  /** NFKC, lower case, typographic quotes and dashes folded, invisible characters left out. */
  readonly norm: string;
  /** Offset of the first UTF-16 code unit in the prompt as given. */
  readonly start: number;
  readonly end: number;
  readonly kind: TokenKind;
  /** Absent when the token is written plainly. Whoever acts on a flawed token is misled. */
  readonly flaws?: readonly TokenFlaw[];
}

/** What the tokenizer has to be told about the domain. */
export interface TokenizeOptions {
  /** Whether a text in lower case is a name, so that "1inch" stays one and "5bnb" is 5 and bnb. */
  readonly isName?: (norm: string) => boolean;
}

const SPACE = /\s+/uy;
const ADDRESS = /https?:\/\/[^\s]+/iuy;
const HEX = /0x[0-9a-f]+(?:(?:\.{2,3}|…)[0-9a-f]+)?(?![\p{L}\p{N}])/iuy;
const FOREIGN_DOLLAR = /(?:US|CA|AU|NZ|HK|MX|NT|SG|A|C|S|R|U\.S\.)\$(?=\s?[\d.])/iuy;
const DIGITS = /\.?\p{N}+(?:[.,'’_٬·]\p{N}+)*/uy;
const GROUPS = /(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?(?![\p{L}\p{N}_/]|[.,'’:]\d)/uy;
const SPELLED = /[a-z](?: [a-z]){2,5}(?![\p{L}\p{N}'’])/iuy;
const EXPONENT = /[eE][+-]?\d+(?![\p{L}\p{N}])/uy;
const LETTERS = /[\p{L}\p{M}\p{N}_]+/uy;
const TAIL = /\.\p{L}[\p{L}\p{N}]*/uy;
const WORD = /[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*(?:['’][\p{L}]+)*/uy;
const CASHTAG = /\$\p{L}[\p{L}\p{N}_]*(?:\.\p{L}+)?/uy;
const JOINED = /([-‑–/.])([\p{L}\p{N}_]+)/uy;
const SIGN = /<->|->|=>|<-|<=|>=|\*\*|\.{2,}|[^\s]/uy;
/** Letters right after digits that change their value or kind; k, m and b of what follows do not. */
const SUFFIX = /^(?:k|mm?|mill?|mln|bn|b|tn|t|cr|lakhs?|x|ish|st|nd|rd|th|rds|ths)$/i;
const PUNCT = /^(?:[,.;:!?()[\]{}"'“”„«»‘’`]|\.{2,}|…|¿|¡)$/u;

/**
 * Cuts a prompt into tokens, in time linear in its length. Only white space and invisible characters
 * stand between tokens; a token that had invisible characters inside, or letters that only look like
 * others, says so in `flaws`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tokenize } from "./tokens.ts";
 * assertEquals(
 *   tokenize("swap 10 000 USDC.e for ½ $PLS").map((token) => token.norm),
 *   ["swap", "10 000", "usdc.e", "for", "½", "$pls"],
 * );
 * ```
 */
export function tokenize(prompt: string, options: TokenizeOptions = {}): readonly Token[] {
  const { text, at } = visible(prompt);
  const isName = options.isName ?? (() => false);
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const gap = lengthAt(SPACE, text, index);
    if (gap > 0) {
      index += gap;
      continue;
    }
    const piece = spelledAt(text, index, isName) ?? pieceAt(text, index, isName);
    tokens.push(toToken(prompt, text, at, index, piece));
    index += piece.length;
  }
  return tokens;
}

interface Piece {
  readonly length: number;
  readonly kind: TokenKind;
  readonly isGlued?: boolean;
  /** Letters with spaces between them: "u s d c". */
  readonly isSpelled?: boolean;
}

function toToken(
  prompt: string,
  text: string,
  at: Int32Array,
  index: number,
  piece: Piece,
): Token {
  const start = at[index]!;
  const end = at[index + piece.length - 1]! + 1;
  const given = prompt.slice(start, end);
  const flaws = flawsOf(given);
  if (piece.isGlued) flaws.push("glued");
  const token = {
    text: given,
    norm: normOf(text.slice(index, index + piece.length), piece),
    start,
    end,
    kind: piece.kind,
  };
  return flaws.length > 0 ? { ...token, flaws } : token;
}

function normOf(text: string, { isSpelled }: Piece): string {
  return normalForm(isSpelled ? text.replaceAll(" ", "") : text);
}

/** A name that is spelled letter by letter, the longest first; null if there is none. */
function spelledAt(text: string, index: number, isName: (norm: string) => boolean): Piece | null {
  const found = lengthAt(SPELLED, text, index);
  for (let length = found; length >= 5; length -= 2) {
    const letters = text.slice(index, index + length).replaceAll(" ", "").toLowerCase();
    if (isName(letters)) return { length, kind: "word", isSpelled: true };
  }
  return null;
}

function pieceAt(text: string, index: number, isName: (norm: string) => boolean): Piece {
  for (const pattern of [ADDRESS, HEX]) {
    const length = lengthAt(pattern, text, index);
    if (length > 0) return { length, kind: "symbol" };
  }
  const dollar = lengthAt(FOREIGN_DOLLAR, text, index);
  if (dollar > 0) return { length: dollar, kind: "mark" };
  const digits = lengthAt(DIGITS, text, index);
  if (digits > 0) return numberAt(text, index, digits, isName);
  const word = lengthAt(WORD, text, index);
  if (word > 0) return wordAt(text, index, word, isName);
  const tag = lengthAt(CASHTAG, text, index);
  // "$five hundred" is money
  if (tag > 0 && !isNumberWord(text.slice(index + 1, index + tag).toLowerCase())) {
    return { length: tag, kind: "symbol" };
  }
  const sign = lengthAt(SIGN, text, index);
  const isPunct = PUNCT.test(text.slice(index, index + sign));
  return { length: sign, kind: isPunct ? "punct" : "mark" };
}

/** Digits with what belongs to them. Letters behind them are a suffix, or the next token. */
function numberAt(
  text: string,
  index: number,
  digits: number,
  isName: (norm: string) => boolean,
): Piece {
  const number = (length: number): Piece => ({ length, kind: "number" });
  const end = index + digits;
  if (/^\d{1,3}$/.test(text.slice(index, end))) {
    const groups = lengthAt(GROUPS, text, end);
    if (groups > 0) return number(digits + groups);
  }
  const exponent = lengthAt(EXPONENT, text, end);
  if (exponent > 0) return number(digits + exponent);
  const tail = lengthAt(TAIL, text, end);
  if (tail > 0) return { length: digits + tail, kind: "symbol" };
  const letters = lengthAt(LETTERS, text, end);
  if (letters === 0) return number(digits);
  return suffixed(text.slice(index, end), text.slice(end, end + letters), isName);
}

function suffixed(digits: string, letters: string, isName: (norm: string) => boolean): Piece {
  const length = digits.length;
  const norm = letters.toLowerCase();
  if (isName(digits + norm)) return { length: length + letters.length, kind: "symbol" };
  if (SUFFIX.test(letters)) return { length: length + letters.length, kind: "number" };
  // a keycap, or five xETH that might be "5x ETH"
  const isOpen = /^\p{M}|^x\p{Lu}/u.test(letters) && !isName(norm);
  if (isOpen) return { length: length + letters.length, kind: "number", isGlued: true };
  if (/^x\d+$/.test(norm)) return { length: length + 1, kind: "number" };
  // "2k5": two thousand five hundred
  if (/^\d{1,3}$/.test(digits) && /^[km]\d$/.test(norm)) {
    return { length: length + letters.length, kind: "number" };
  }
  // part of a hash or an id, not a number
  if (/\p{N}/u.test(letters)) return { length: length + letters.length, kind: "symbol" };
  if (isName(norm) || isNumberWord(norm)) return { length, kind: "number" };
  const scale = /^(?:k|mm?|bn?)(?=\p{L}{3})/u.exec(norm)?.[0] ?? "";
  if (scale === "") return { length, kind: "number" };
  // five mUSDC, or five million USDC?
  const isMixed = letters !== letters.toUpperCase() && /\p{Lu}/u.test(letters) && scale !== "k";
  for (const size of isMixed ? [] : [scale.length, 1]) {
    if (isName(norm.slice(size))) return { length: length + size, kind: "number" };
  }
  if (!isMixed && scale !== "k") return { length, kind: "number" };
  return { length: length + letters.length, kind: "number", isGlued: true };
}

/** A word, or a name that goes on behind an inner sign. */
function wordAt(
  text: string,
  index: number,
  length: number,
  isName: (norm: string) => boolean,
): Piece {
  const word = text.slice(index, index + length).toLowerCase();
  const isMoney = /^[a-z]{3}\d+$/.test(word) && isCode(word.slice(0, 3)) && !isName(word);
  if (isMoney) return { length: 3, kind: "word" };
  let end = index + length;
  let kind: TokenKind = "word";
  for (let parts = 0; parts < 4; parts++) {
    JOINED.lastIndex = end;
    const [all, sign, next] = JOINED.exec(text) ?? [];
    if (all === undefined) break;
    const whole = text.slice(index, end + all.length);
    if (!isName(whole.toLowerCase()) && !joins(text.slice(index, end), sign!, next!, isName)) break;
    end += all.length;
    kind = "symbol";
  }
  if (text[end] === "+" && isName(text.slice(index, end + 1).toLowerCase())) {
    return { length: end + 1 - index, kind: "symbol" };
  }
  // "ether.fi's vault": an owner, as "Lido's" is
  const isOwner = kind === "symbol" && isName(text.slice(index, end).toLowerCase()) &&
    /^['’]s(?![\p{L}\p{N}])/u.test(text.slice(end, end + 3));
  return { length: end - index + (isOwner ? 2 : 0), kind };
}

/** Whether two words with a sign between them are one name: ETH-USDC, but not two-thirds. */
function joins(left: string, sign: string, right: string, isName: (norm: string) => boolean) {
  // "aave.Then" is the end of a sentence
  if (sign === ".") return !/^(?:\p{N}|\p{Lu}\p{Ll})/u.test(right);
  const parts = [left.split(/[-/]/).at(-1)!, right].map((part) => part.toLowerCase());
  if (parts.some(isNumberWord)) return false;
  if (parts.every(isName)) return true;
  return isTicker(left) && isTicker(right) && /\p{L}/u.test(right);
}

/** Written as tickers are: a capital that does not begin a word of small letters. */
function isTicker(text: string): boolean {
  return text.length > 1 &&
    (/^[\p{Lu}\p{N}/\-‑–.]+$/u.test(text) || /[\p{Ll}\p{N}]\p{Lu}/u.test(text));
}

function lengthAt(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0].length ?? 0;
}
