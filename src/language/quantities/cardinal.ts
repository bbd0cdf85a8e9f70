import type Fraction from "fraction.js";
import { type Context, isAsset, norm } from "./context.ts";
import { rational } from "./decimal.ts";
import { SCALE_WORDS, SMALL, TENS } from "./number_words.ts";
import type { RefusalKind } from "./types.ts";

/** A number in words. */
export interface Cardinal {
  readonly to: number;
  readonly value: Fraction;
  readonly refusal?: RefusalKind;
}

interface Part {
  readonly to: number;
  readonly value: bigint;
}

/** Numbers of things that a word stands for. */
const GROUPS: Readonly<Record<string, bigint>> = { score: 20n, gross: 144n };

/** Words after which "one" stands for a thing: "the old one", "no one". */
const BEFORE_PRONOUN =
  /^(?:this|that|the|which|no|any|every|some|new|old|other|another|same|last|next|first|big|small|good|right|wrong)$/;

/** Reads "two hundred and five", "a million", "zero point two five" from a token on. */
export function readCardinal(context: Context, index: number): Cardinal | null {
  if (isPronoun(context, index)) return null;
  const isPoint = norm(context, index) === "point";
  const whole = isPoint ? { to: index, value: 0n } : readWhole(context, index);
  if (!whole) return null;
  const part = readDecimals(context, whole.to);
  if (!part) return isPoint ? null : { to: whole.to, value: rational(whole.value) };
  const value = rational(whole.value).add(part.value);
  return part.refusal ? { to: part.to, value, refusal: part.refusal } : { to: part.to, value };
}

function isPronoun(context: Context, index: number): boolean {
  if (norm(context, index) !== "one") return false;
  // "just the one ETH"
  const counts = norm(context, index - 1) === "the" &&
    /^(?:just|only)$/.test(norm(context, index - 2)) && isAsset(context, index + 1);
  if (counts) return false;
  if (BEFORE_PRONOUN.test(norm(context, index - 1))) return true;
  return /^(?:of|at|more|by)$/.test(norm(context, index + 1)) &&
    !/^(?:million|thousand)$/.test(norm(context, index + 1)) &&
    /^(?:of the|of these|of those|at a|by one)/.test(
      `${norm(context, index + 1)} ${norm(context, index + 2)}`,
    );
}

/** Parts below a thousand with falling scales: "one million two hundred thousand and five". */
function readWhole(context: Context, index: number): Part | null {
  let total = 0n;
  let limit = 10n ** 15n;
  let at = index;
  let to = index;
  while (true) {
    const part = readScaled(context, at, to === index);
    if (!part || part.scale >= limit) break;
    total += part.value;
    to = part.to;
    limit = part.scale;
    if (limit === 1n) break;
    at = norm(context, to) === "and" ? to + 1 : to;
  }
  return to === index ? null : { to, value: total };
}

function readScaled(context: Context, index: number, isFirst: boolean) {
  const hasArticle = isFirst && /^an?$/.test(norm(context, index));
  const hundreds = readBelowThousand(context, hasArticle ? index + 1 : index, hasArticle);
  const at = hundreds?.to ?? (hasArticle ? index + 1 : index);
  if (!hundreds && !isFirst) return null;
  const hyphen = norm(context, at) === "-" && hundreds ? 1 : 0;
  const word = norm(context, at + hyphen);
  if (Object.hasOwn(SCALE_WORDS, word)) {
    const scale = SCALE_WORDS[word]!;
    return { to: at + hyphen + 1, value: (hundreds?.value ?? 1n) * scale, scale };
  }
  return hundreds && { ...hundreds, scale: 1n };
}

function readBelowThousand(context: Context, index: number, hasArticle: boolean): Part | null {
  const first = hasArticle ? null : readBelowHundred(context, index);
  const at = first?.to ?? index;
  const hyphen = norm(context, at) === "-" && first ? 1 : 0;
  if (norm(context, at) === "baker's" && norm(context, at + 1) === "dozen") {
    return { to: at + 2, value: 13n };
  }
  if (norm(context, at + hyphen) === "dozen") {
    return { to: at + hyphen + 1, value: (first?.value ?? 1n) * 12n };
  }
  const group = GROUPS[norm(context, at + hyphen)];
  const follows = norm(context, at + hyphen + 1);
  // "three score ETH", "a gross of LINK"; "a gross amount" is none
  if (group !== undefined && (follows === "of" || isAsset(context, at + hyphen + 1))) {
    return { to: at + hyphen + 1, value: (first?.value ?? 1n) * group };
  }
  if (norm(context, at + hyphen) !== "hundred") return first;
  const to = at + hyphen + 1;
  const value = (first?.value ?? 1n) * 100n;
  const next = norm(context, to) === "and" ? to + 1 : to;
  const rest = readBelowHundred(context, next);
  const isOther = !rest || rest.value === 0n || norm(context, rest.to) === "hundred";
  return isOther ? { to, value } : { to: rest.to, value: value + rest.value };
}

function readBelowHundred(context: Context, index: number): Part | null {
  const word = norm(context, index);
  if (Object.hasOwn(SMALL, word)) {
    // "four-and-twenty"
    const tens = TENS[norm(context, index + 4)];
    const isOld = tens !== undefined && SMALL[word]! < 10n && SMALL[word]! > 0n &&
      [1, 2, 3].map((step) => norm(context, index + step)).join("") === "-and-";
    return isOld
      ? { to: index + 5, value: SMALL[word]! + tens }
      : { to: index + 1, value: SMALL[word]! };
  }
  if (!Object.hasOwn(TENS, word)) return null;
  const at = norm(context, index + 1) === "-" ? index + 2 : index + 1;
  const unit = SMALL[norm(context, at)];
  if (unit === undefined || unit === 0n || unit > 9n) return { to: index + 1, value: TENS[word]! };
  return { to: at + 1, value: TENS[word]! + unit };
}

/** Digit by digit behind "point", or one number below a hundred ("point twenty-five"). */
function readDecimals(context: Context, index: number): Cardinal | null {
  if (norm(context, index) !== "point") return null;
  let to = index + 1;
  let digits = "";
  for (; digits.length <= 100; to++) {
    const word = norm(context, to);
    const digit = word === "oh" || word === "o" ? 0n : SMALL[word];
    if (digit === undefined || digit > 9n) break;
    digits += digit;
  }
  if (digits === "") {
    const pair = readBelowHundred(context, to);
    if (!pair) return null;
    return { to: pair.to, value: rational(pair.value, 100n) };
  }
  if (digits.length > 100) return { to, value: rational(0n), refusal: "too_long" };
  return { to, value: rational(BigInt(digits), 10n ** BigInt(digits.length)) };
}
