import type Fraction from "fraction.js";
import { VULGAR } from "../tokens/characters.ts";
import { type Context, isAsset, isGlued, norm, unitAt } from "./context.ts";
import { rational } from "./decimal.ts";
import { readDigits } from "./digits.ts";
import {
  COUNTS,
  denominatorOf,
  isDigitWord,
  isNumberWord,
  mayBeginNumber,
  SCALE_WORDS,
  SCALES,
} from "./number_words.ts";
import type { Numeral, RefusalKind } from "./types.ts";
import { type Cardinal, readCardinal } from "./cardinal.ts";
import { readMixed, readPoint, readRatio } from "./ratio.ts";
import { readBareShare, readShare } from "./share.ts";

/** Reads a number that begins at a token; null where none does. */
export function readNumeral(context: Context, index: number): Numeral | null {
  const known = context.numerals[index];
  if (known !== undefined) return known;
  return context.numerals[index] = readFresh(context, index);
}

function readFresh(context: Context, index: number): Numeral | null {
  const first = context.tokens[index];
  if (!first || (first.kind !== "number" && !mayBeginNumber(first.norm))) return null;
  const numeral = first.kind === "number"
    ? readDigitNumeral(context, index)
    : readWordNumeral(context, index);
  return numeral && alone(context, index, numeral);
}

/** A second number right behind a first has no one sense: "one twenty", "1 9". */
function alone(context: Context, index: number, numeral: Numeral): Numeral {
  let to = numeral.to;
  while (isNumberStart(context, to) || isSplitNumber(context, to)) to++;
  const isBadStart = isCutNumber(context, index) || isOpenEnd(context, numeral.to);
  const isFlawed = context.tokens.slice(index, numeral.to).some(({ flaws }) =>
    flaws?.some((flaw) => flaw !== "compatibility")
  );
  if (to > numeral.to) return { ...numeral, to, refusal: "ambiguous" };
  if (isBadStart) return { ...numeral, refusal: "malformed" };
  if (isFlawed) return { ...numeral, refusal: "digit_form" };
  return numeral;
}

function isNumberStart(context: Context, index: number): boolean {
  const token = context.tokens[index];
  if (!token) return false;
  if (token.kind === "number") return !/(?:st|nd|rd|th|x)$/.test(token.norm);
  return isDigitWord(token.norm) || Object.hasOwn(SCALE_WORDS, token.norm) ||
    token.norm === "hundred" || token.norm === "oh" || denominatorOf(token.norm) !== null;
}

/** "1..5", "1,,5": a separator that the number could not take in. */
function isSplitNumber(context: Context, index: number): boolean {
  return /^[.,]+$/.test(norm(context, index)) && isGlued(context, index) &&
    isGlued(context, index + 1) && context.tokens[index + 1]!.kind === "number";
}

/** ",5" and "ETH.5": the number began before its first token. */
function isCutNumber(context: Context, index: number): boolean {
  const token = context.tokens[index]!;
  if (token.kind !== "number" || !isGlued(context, index)) return false;
  const before = norm(context, index - 1);
  if (token.norm.startsWith(".")) return !/^[($~<>=+-]|^us\$$|^[€£¥]/.test(before);
  if (/^\.+$/.test(before)) return true;
  return before === "," && !isGlued(context, index - 1);
}

/** "5p", "5c": a letter that says something of the number, nobody knows what. */
function isOpenEnd(context: Context, to: number): boolean {
  const letter = norm(context, to);
  // "50 p": one letter says as little
  if (/^\p{L}$/u.test(letter) && !/^[aixhsdwy]$/.test(letter) && !isGlued(context, to)) return true;
  return isGlued(context, to) && context.tokens[to - 1]!.kind === "number" &&
    /^\p{L}{1,2}$/u.test(letter) && !isAsset(context, to) &&
    !/^(?:[hsdwyx]|mo|am|pm|hr|wk|yr|ms)$/.test(letter) &&
    !isNumberWord(letter) && !unitAt(context, to);
}

function readDigitNumeral(context: Context, index: number): Numeral {
  const ratio = readRatio(context, index);
  if (ratio) return withTail(context, ratio);
  const read = readDigits(norm(context, index));
  const to = index + 1;
  if ("kind" in read) return { to, value: rational(0n), form: "plain", refusal: read.kind };
  const { value, suffix, isPlain, scale } = read;
  if (suffix !== "") return { to, value, form: "plain", suffix };
  const isVulgar = /^\d*[^\d]$/u.test(norm(context, index)) &&
    norm(context, index).at(-1)! in VULGAR;
  if (isVulgar) {
    const form = value.compare(1) < 0 ? "ratio" : "plain";
    return withTail(context, { to, value, form });
  }
  if (scale) return { to, value, form: "plain", ...scaledTwice(context, to) };
  if (isPlain) {
    const mixed = readMixed(context, to, value) ?? readPoint(context, to, value);
    if (mixed) return withTail(context, mixed);
    const share = readShare(context, index);
    if (share) return share.refusal ? { ...share, form: "share" } : withTail(context, share);
  }
  return withTail(context, { to, value, form: "plain", isPlainInteger: isPlain });
}

function scaledTwice(context: Context, to: number): { readonly refusal?: RefusalKind } {
  return Object.hasOwn(SCALE_WORDS, norm(context, to)) ? { refusal: "ambiguous" } : {};
}

function readWordNumeral(context: Context, index: number): Numeral | null {
  const share = readShare(context, index);
  if (share) return share.refusal ? share : withTail(context, share);
  const counted = /^an?$/.test(norm(context, index)) ? readCount(context, index + 1, 1n) : null;
  if (counted) return counted;
  if (/^an?$/.test(norm(context, index)) && /^(?:grand|mil)$/.test(norm(context, index + 1))) {
    return readScale(context, { to: index + 1, value: rational(1n), form: "plain" });
  }
  const cardinal = readCardinal(context, index);
  return cardinal && withTail(context, fromCardinal(cardinal));
}

/** "a score of UNI", "2 score LINK": how many an old word counts. */
function readCount(context: Context, at: number, times: bigint): Numeral | null {
  const word = norm(context, at);
  if (!Object.hasOwn(COUNTS, word)) return null;
  const counts = norm(context, at + 1) === "of" || word === "score" && isAsset(context, at + 1);
  return counts ? { to: at + 1, value: rational(COUNTS[word]! * times), form: "plain" } : null;
}

function fromCardinal({ to, value, refusal }: Cardinal): Numeral {
  const plain: Numeral = { to, value, form: "plain" };
  return refusal ? { ...plain, refusal } : plain;
}

/** What multiplies or completes a number: "and a half", "thousand", "500 thousand". */
function withTail(context: Context, numeral: Numeral): Numeral {
  if (numeral.refusal) return numeral;
  const part = numeral.form === "plain" ? readAndShare(context, numeral) : null;
  if (part?.refusal) return part;
  const base = part ?? numeral;
  const scaled = readScale(context, base);
  if (!scaled) return base;
  const rest = readLesserScale(context, scaled);
  return readAndShare(context, rest) ?? rest;
}

function readAndShare(context: Context, numeral: Numeral): Numeral | null {
  // "two-and-a-half" too
  const link = norm(context, numeral.to) === "-" ? numeral.to + 1 : numeral.to;
  if (!/^(?:and|&|n)$/.test(norm(context, link))) return null;
  const share = readBareShare(context, norm(context, link + 1) === "-" ? link + 2 : link + 1);
  if (!share || share.refusal) return null;
  // "2 and half of my ETH" are two amounts
  const next = norm(context, share.to);
  const owner = next === "of" ? norm(context, share.to + 1) : next;
  if (/^(?:my|our|the|his|her|their|it|them|that|what)$/.test(owner)) return null;
  const isOpen = /^an?$/.test(next) || norm(context, numeral.to - 1) === "dozen";
  if (isOpen || numeral.value.compare(100) >= 0) {
    return scaledIdiom(context, numeral, share.value, share.to);
  }
  return { to: share.to, value: numeral.value.add(share.value), form: "plain" };
}

/** "a million and a half" is 1.5 million; of a smaller or larger count the sense is open. */
function scaledIdiom(
  { tokens }: Context,
  numeral: Numeral,
  share: Fraction,
  to: number,
): Numeral {
  const last = tokens[numeral.to - 1]!.norm;
  const scale = Object.hasOwn(SCALE_WORDS, last) ? SCALE_WORDS[last]! : 0n;
  const isIdiom = scale >= 10n ** 6n && numeral.value.equals(rational(scale));
  if (!isIdiom) return { to, value: numeral.value, form: "plain", refusal: "ambiguous" };
  return { to, value: rational(scale).mul(share.add(1)), form: "plain" };
}

function readScale(context: Context, numeral: Numeral): Numeral | null {
  let { to, value } = numeral;
  let isGrand = false;
  const start = to;
  const counted = value.d === 1n && value.compare(100) < 0 ? readCount(context, to, value.n) : null;
  if (counted) return counted;
  if (norm(context, to) === "-" && Object.hasOwn(SCALE_WORDS, norm(context, to + 1))) to++;
  if (norm(context, to) === "hundred") {
    value = value.mul(100);
    to++;
  }
  // "ten thousand million"
  if (norm(context, to) === "thousand" && norm(context, to + 1) === "million") {
    value = value.mul(1000);
    to++;
  }
  const said = norm(context, to);
  // "3 millions"
  const plural = /^(?:hundred|thousand|million|billion|trillion|dozen)s$/.test(said);
  // "two grand's worth"
  const isOf = /'s$/.test(said) && norm(context, to + 1) === "worth";
  const word = plural ? said.slice(0, -1) : isOf ? said.slice(0, -2) : said;
  // "six m sol": the name of a thing, spoken, and no million
  const joined = word + norm(context, to + 1);
  const isSpoken = /^[mb]$/.test(word) && !isGlued(context, to) && isAsset(context, to + 1) &&
    context.options.isAsset?.(joined, context.tokens[to]!) === true;
  if (!isSpoken && Object.hasOwn(SCALES, word) && said !== "hundred" && word !== "t") {
    value = value.mul(rational(SCALES[word]!));
    isGrand = word === "grand";
    to++;
  }
  if (to === start) return null;
  return { to, value, form: "plain", isGrand };
}

/** "2 million 500 thousand": a number of a smaller scale word goes on with the first. */
function readLesserScale(context: Context, numeral: Numeral): Numeral {
  const scale = SCALE_WORDS[norm(context, numeral.to - 1)];
  const next = context.tokens[numeral.to];
  const lesser = SCALE_WORDS[norm(context, numeral.to + 1)];
  if (scale === undefined || lesser === undefined || lesser >= scale) return numeral;
  if (next?.kind !== "number" || !/^\d{1,3}$/.test(next.norm)) return numeral;
  const value = numeral.value.add(rational(BigInt(next.norm) * lesser));
  return { to: numeral.to + 2, value, form: "plain" };
}
