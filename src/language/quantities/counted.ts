import type Fraction from "fraction.js";
import { type Context, isAsset, isGlued, isPhraseEnd, norm, refused, unitAt } from "./context.ts";
import { baseUnits } from "./base_units.ts";
import { currencyOf, isCode, mayLead, NATIONS } from "./currencies.ts";
import { cutDecimal, exactDecimal, rational } from "./decimal.ts";
import { afterWorth, money, readMoney, signAt } from "./money.ts";
import { readNumeral } from "./numeral.ts";
import { readPart } from "./part.ts";
import type { Numeral, Quantity, RefusalKind } from "./types.ts";

/** Reads a number together with what it counts: money, units, a share, a factor, a rank. */
export function readCounted(context: Context, index: number): Quantity | null {
  const known = context.counted[index];
  if (known !== undefined) return known;
  return context.counted[index] = readFresh(context, index);
}

function readFresh(context: Context, index: number): Quantity | null {
  return readSigned(context, index) ?? readCode(context, index) ?? readArticle(context, index) ??
    readFrom(context, index, index, null);
}

/** "$500", "US$ 500", "€5". */
function readSigned(context: Context, index: number): Quantity | null {
  const currency = signAt(context, index);
  return currency === null ? null : readFrom(context, index, index + 1, currency);
}

/** "USD 500". */
function readCode(context: Context, index: number): Quantity | null {
  const code = norm(context, index).replace(/^\$/, "");
  if (!mayLead(code)) return null;
  const at = norm(context, index + 1) === "$" ? index + 2 : index + 1;
  return context.tokens[at]?.kind === "number"
    ? readFrom(context, index, at, currencyOf(code)!)
    : null;
}

/** "an ETH", "a single ETH", "a dollar": one of it, where nothing is left that it could belong to. */
function readArticle(context: Context, index: number): Quantity | null {
  if (!/^an?$/.test(norm(context, index))) return null;
  const at = /^(?:single|whole|full)$/.test(norm(context, index + 1)) ? index + 2 : index + 1;
  if (norm(context, at) === "percent") {
    return share(context, index, at + 1, rational(1n, 100n), true);
  }
  const currency = currencyOf(norm(context, at));
  if (currency && !isCode(norm(context, at))) {
    return money(context, index, afterWorth(context, at + 1), rational(1n), currency);
  }
  const isOne = isAsset(context, at) && !isGlued(context, at + 1) &&
    (at > index + 1 || isPhraseEnd(context, at + 1));
  return isOne ? { from: index, to: at, kind: "amount", value: "1" } : null;
}

/** "%50" */
function isMisplaced(context: Context, index: number): boolean {
  return /^[%±¢]$/.test(norm(context, index - 1)) && isGlued(context, index) &&
    !(context.tokens[index - 2]?.kind === "number" && isGlued(context, index - 1));
}

function readFrom(
  context: Context,
  from: number,
  at: number,
  currency: string | null,
): Quantity | null {
  const numeral = readNumeral(context, at);
  if (!numeral) return null;
  const { to, value, suffix } = numeral;
  const bad = (why: RefusalKind, end = to) => refused(context, from, end, "unreadable", why);
  if (numeral.refusal) return bad(numeral.refusal);
  if (isMisplaced(context, from)) return bad("malformed");
  if (suffix !== undefined && suffix !== "") return readSuffix(context, from, numeral);
  const operator = operatorAt(context, to);
  if (operator) return bad("arithmetic", operator);
  if (value.n === 0n) return readZero(context, from, to);
  if (currency) return readMoney(context, from, to, value, currency);
  return readNamed(context, from, numeral) ?? readShareOf(context, from, numeral) ??
    plainAmount(from, to, value);
}

/** Refused, but the value is given: a domain may have a use for zero. */
function readZero(context: Context, from: number, to: number): Quantity {
  const isPercent = /^(?:%|percent|pct)$/.test(norm(context, to));
  const kind = isPercent ? "percent" : "unreadable";
  return { ...refused(context, from, isPercent ? to + 1 : to, kind, "zero"), value: "0" };
}

function readSuffix(context: Context, from: number, numeral: Numeral): Quantity {
  const { to, value, suffix } = numeral;
  const text = exactDecimal(value)!;
  if (/^(?:st|nd|rd|th)$/.test(suffix!)) return { from, to, kind: "ordinal", value: text };
  if (suffix === "ish") return refused(context, from, to, "approximate", "approximate");
  if (suffix !== "x") return refused(context, from, to, "unreadable", "malformed");
  return context.tokens[to]?.kind === "number" && isGlued(context, to)
    ? refused(context, from, to + 1, "unreadable", "arithmetic")
    : { ...refused(context, from, to, "multiplier", "multiplier"), value: text };
}

/** The index after an operator and its second number; 0 where there is none. */
function operatorAt(context: Context, to: number): number {
  const sign = norm(context, to);
  const isSign = /^(?:\*|\*\*|\+|\^|x|÷|±|plus|minus)$/.test(sign);
  if (!isSign && !/^(?:times|multiplied|divided)$/.test(sign)) return 0;
  const at = norm(context, to + 1) === "by" ? to + 2 : to + 1;
  let second = readNumeral(context, at);
  if (!second) return 0;
  for (let terms = 0; terms < 8; terms++) {
    if (!/^[*+^x/÷]$/.test(norm(context, second.to))) break;
    const next = readNumeral(context, second.to + 1);
    if (!next) break;
    second = next;
  }
  return second.to;
}

/** Hundreds or thousands of some currency, depending on who says it. */
const SLANG = /^(?:g's|gs|hundo|large|benjamins?|stacks?|racks?|bands?|smackers?|clams?|score)$/;

function readNamed(context: Context, from: number, numeral: Numeral): Quantity | null {
  const { to, value } = numeral;
  const percent = percentAt(context, numeral);
  if (percent) {
    const quantity = share(context, from, percent.to, value.mul(percent.scale), true);
    return readPart(context, quantity, value.mul(percent.scale)) ?? quantity;
  }
  // "50$eth": fifty dollars of it, or fifty of $ETH
  const [last, next] = [context.tokens[to - 1], context.tokens[to]];
  if (next?.norm.startsWith("$") && next.norm.length > 1 && next.start === last!.end) {
    return refused(context, from, to, "unreadable", "ambiguous");
  }
  const at = ofOne(context, numeral);
  if (/^(?:cents?|pennies|¢)$/.test(norm(context, at))) {
    return money(context, from, afterWorth(context, at + 1), value.div(100), "USD");
  }
  const foreign = readCurrency(context, from, at, value);
  if (foreign) return foreign;
  const isGrandMoney = numeral.isGrand && !isAsset(context, to) &&
    (isPhraseEnd(context, to) || norm(context, to) === "worth");
  if (isGrandMoney) return readMoney(context, from, to, value, "USD");
  const unit = unitAt(context, at);
  if (unit) return baseUnits(context, from, at + 1, value, unit);
  if (SLANG.test(norm(context, to))) {
    return refused(context, from, to + 1, "unreadable", "ambiguous");
  }
  if (norm(context, to) === "worth") {
    return refused(context, from, to + 1, "unreadable", "currency");
  }
  if (/^(?:times|x|fold)$/.test(norm(context, to))) {
    return refused(context, from, to + 1, "multiplier", "multiplier");
  }
  return null;
}

/** "500 dollars", "500 US dollars", "a 500-dollar deposit"; whose money it is may be all that is said. */
function readCurrency(
  context: Context,
  from: number,
  to: number,
  value: Fraction,
): Quantity | null {
  const start = norm(context, to) === "-" && isGlued(context, to + 1) ? to + 1 : to;
  const nation = NATIONS[norm(context, start)];
  const dot = nation && norm(context, start + 1) === "." ? 1 : 0;
  const at = nation ? start + 1 + dot : start;
  const named = currencyOf(norm(context, at)) ?? (nation ? null : signAt(context, at));
  const isCoin = norm(context, at) === "usd" && /^coins?$/.test(norm(context, at + 1));
  if (named && !isCoin) return readMoney(context, from, at + 1, value, nation ?? named);
  const isBare = nation && isPhraseEnd(context, at);
  return isBare ? refused(context, from, at, "money", "currency") : null;
}

/** "half a dollar", "three quarters of a percent": the index of what a share is a part of one of. */
function ofOne(context: Context, { to, form }: Numeral): number {
  if (form === "plain") return to;
  const at = norm(context, to) === "of" ? to + 1 : to;
  return /^(?:an?|one)$/.test(norm(context, at)) ? at + 1 : to;
}

function percentAt(context: Context, numeral: Numeral) {
  const one = ofOne(context, numeral);
  const at = norm(context, one) === "-" && isGlued(context, one + 1) ? one + 1 : one;
  const word = norm(context, at);
  const next = norm(context, at + 1);
  const percent = rational(1n, 100n);
  if (/^(?:%|percent|pct|pc|percentage)$/.test(word)) {
    return { to: /^points?$/.test(next) ? at + 2 : at + 1, scale: percent };
  }
  if (word === "per" && next === "cent") return { to: at + 2, scale: percent };
  if (word === "per" && next === "-" && norm(context, at + 2) === "cent") {
    return { to: at + 3, scale: percent };
  }
  if (/^bps?$/.test(word)) return { to: at + 1, scale: rational(1n, 10000n) };
  if (word === "basis" && /^points?$/.test(next)) {
    return { to: at + 2, scale: rational(1n, 10000n) };
  }
  return null;
}

const OWNER = /^(?:my|our|his|her|their|your|its|the|this|that|these|those|all|it|what|whatever)$/;
const HOLDING =
  /^(?:balance|position|holdings?|stack|bag|bags|stake|debt|loan|deposit|portfolio|funds?|savings|collateral)$/;

function readShareOf(context: Context, from: number, numeral: Numeral): Quantity | null {
  const { to, value, form } = numeral;
  const next = norm(context, to);
  const after = norm(context, to + 1);
  if (form === "plain") {
    const isOwned = next === "of" && OWNER.test(after) || /^(?:my|our)$/.test(next);
    // "5/4 of my WETH" is more than there is
    if (isOwned && value.compare(1) > 0 && norm(context, from + 1) === "/") {
      return refused(context, from, to, "fraction", "over_whole");
    }
    const isBelowOne = value.compare(1) < 0 && isOwned;
    const part = readPart(context, { from, to, kind: "amount" }, null, value);
    if (isBelowOne) return refused(context, from, part?.to ?? to, "unreadable", "ambiguous");
    return part;
  }
  const part = readPart(context, { from, to, kind: "fraction" }, value);
  if (part) return part;
  const isOne = next === "of" ? /^(?:an?|one)$/.test(after) : /^(?:an?)$/.test(next);
  if (isOne) {
    const noun = norm(context, next === "of" ? to + 2 : to + 1);
    if (HOLDING.test(noun)) return refused(context, from, to, "unreadable", "ambiguous");
    return plainAmount(from, next === "of" ? to + 2 : to + 1, value);
  }
  const isShare = next === "of" || OWNER.test(next) || isPhraseEnd(context, to) ||
    HOLDING.test(next);
  if (isShare) return share(context, from, to, value, false);
  // "1/2 ETH" and "a quarter ETH" are numbers; "half ETH" may be half of it or half a coin
  const isCount = form === "ratio" ||
    !/^(?:half|quarter)$/.test(norm(context, from)) && isAsset(context, to);
  return isCount ? null : refused(context, from, to, "unreadable", "ambiguous");
}

function share(
  context: Context,
  from: number,
  to: number,
  value: Fraction,
  isPercent: boolean,
): Quantity {
  const kind = isPercent ? "percent" : "fraction";
  if (value.compare(1) > 0) return refused(context, from, to, kind, "over_whole");
  const text = exactDecimal(value) ?? cutDecimal(value);
  return { from, to, kind, value: text, ratio: ratioOf(value) };
}

function plainAmount(from: number, to: number, value: Fraction): Quantity {
  const text = exactDecimal(value);
  if (text !== null) return { from, to, kind: "amount", value: text };
  return { from, to, kind: "amount", value: cutDecimal(value), ratio: ratioOf(value) };
}

function ratioOf(value: Fraction): readonly [string, string] {
  return [value.n.toString(), value.d.toString()];
}
