import type Fraction from "fraction.js";
import { type Context, norm } from "./context.ts";
import { rational } from "./decimal.ts";
import { denominatorOf, SCALES, SMALL } from "./number_words.ts";
import type { RefusalKind } from "./types.ts";

/** A share in words, or a number that was said as a share of a scale ("half a million"). */
export interface Share {
  readonly to: number;
  readonly value: Fraction;
  readonly form: "plain" | "share";
  /** Said with "grand", which is money unless an asset follows. */
  readonly isGrand?: boolean;
  readonly refusal?: RefusalKind;
}

/** Reads "half", "a quarter", "three quarters", "2 thirds", "half a million" from a token on. */
export function readShare(context: Context, index: number): Share | null {
  const bare = readBareShare(context, index);
  if (!bare) return null;
  return readOfScale(context, bare) ?? bare;
}

/** A share in words without what it is of. */
export function readBareShare(context: Context, index: number): Share | null {
  const word = norm(context, index);
  const single = denominatorOf(word);
  if (word === "half" || word === "quarter") {
    // "this quarter" is a part of the year
    if (word === "quarter" && !isShareOf(context, index + 1)) return null;
    return { to: index + 1, value: rational(1n, single!.value), form: "share" };
  }
  if (single && !single.isMany) {
    const isShare = /^of (?:my|our|his|her|their|its)\b/.test(
      `${norm(context, index + 1)} ${norm(context, index + 2)}`,
    );
    if (!isShare || norm(context, index - 1) === "the") return null;
    return { to: index + 1, value: rational(1n, single.value), form: "share" };
  }
  const count = countOf(word);
  if (count === null) return null;
  const each = readOneIn(context, index, count);
  if (each) return each;
  const at = norm(context, index + 1) === "-" ? index + 2 : index + 1;
  const below = denominatorOf(norm(context, at));
  if (!below) return null;
  // "one and three quarter ETH"
  const isQuarter = count === 3n && norm(context, at) === "quarter";
  if (!isQuarter && (count === 1n ? below.isMany : !below.isMany)) return null;
  const value = rational(count, below.value);
  if (value.compare(1) > 0) return { to: at + 1, value, form: "share", refusal: "ambiguous" };
  return { to: at + 1, value, form: "share" };
}

/** "one in five of my ATOM", "2 out of every 3 of our OP". */
function readOneIn(context: Context, index: number, count: bigint): Share | null {
  const [first, second, third] = [1, 2, 3].map((step) => norm(context, index + step));
  const at = first === "in"
    ? index + (second === "every" ? 3 : 2)
    : first === "out" && second === "of"
    ? index + (third === "every" ? 4 : 3)
    : -1;
  if (at < 0 || norm(context, at + 1) !== "of") return null;
  if (!/^(?:my|our|the|these|those)$/.test(norm(context, at + 2))) return null;
  const below = countOf(norm(context, at));
  if (below === null || below <= count) return null;
  return { to: at + 1, value: rational(count, below), form: "share" };
}

function isShareOf(context: Context, index: number): boolean {
  const next = norm(context, index);
  return next === "of" || next === "million" || next === "billion" ||
    /^(?:my|our|an?)$/.test(next);
}

function countOf(word: string): bigint | null {
  if (word === "a" || word === "an") return 1n;
  if (Object.hasOwn(SMALL, word) && word !== "zero") return SMALL[word]!;
  return /^[1-9]\d?$/.test(word) ? BigInt(word) : null;
}

/** "half a million", "half million", "three quarters of a thousand", "half a dozen". */
function readOfScale(context: Context, share: Share): Share | null {
  let at = share.to;
  if (norm(context, at) === "-") at++;
  if (norm(context, at) === "of") at++;
  const hasArticle = /^(?:an?|one)$/.test(norm(context, at));
  if (hasArticle) at++;
  if (norm(context, at) === "-") at++;
  const word = norm(context, at);
  // "half a k", but "half k" might be a name
  if (!Object.hasOwn(SCALES, word) || (word.length < 3 && !hasArticle)) return null;
  if (share.refusal) return share;
  const value = share.value.mul(rational(SCALES[word]!));
  return { to: at + 1, value, form: "plain", isGrand: word === "grand" };
}
