import type Fraction from "fraction.js";
import { type Context, norm, refused } from "./context.ts";
import { currencyOf, NATIONS, SIGNS } from "./currencies.ts";
import { exactDecimal } from "./decimal.ts";
import { readNumeral } from "./numeral.ts";
import type { Quantity } from "./types.ts";

/** The currency whose sign stands at a token; null for none. */
export function signAt({ tokens }: Context, index: number): string | null {
  const token = tokens[index];
  if (token?.kind !== "mark") return null;
  if (Object.hasOwn(SIGNS, token.norm)) return SIGNS[token.norm]!;
  return /^\p{Sc}$/u.test(token.norm) && token.norm !== "¢" ? "XXX" : null;
}

/** A worth in a currency, with the currency said again or cents behind it. */
export function readMoney(
  context: Context,
  from: number,
  to: number,
  value: Fraction,
  currency: string,
): Quantity {
  // "$500 USD", "$500 CAD"
  const nation = NATIONS[norm(context, to)];
  const said = currencyOf(norm(context, nation ? to + 1 : to));
  const isAgain = said !== null && (currency === "USD" || said === currency);
  const end = isAgain ? to + (nation ? 2 : 1) : to;
  const named = isAgain ? nation ?? said : currency;
  const cents = named === "USD" ? readCents(context, end) : null;
  const total = cents ? value.add(cents.value) : value;
  return money(context, from, afterWorth(context, cents?.to ?? end), total, named);
}

/** "and 50 cents" behind dollars. */
function readCents(context: Context, to: number) {
  const at = norm(context, to) === "and" ? to + 1 : to;
  const numeral = readNumeral(context, at);
  if (!numeral || numeral.refusal || numeral.form !== "plain") return null;
  if (!/^cents?$/.test(norm(context, numeral.to))) return null;
  return { to: numeral.to + 1, value: numeral.value.div(100) };
}

/** The index behind "' worth", "worth". */
export function afterWorth(context: Context, to: number): number {
  const at = norm(context, to) === "'" ? to + 1 : to;
  return norm(context, at) === "worth" ? at + 1 : to;
}

/** Money of one currency as a quantity; only dollars may be acted on. */
export function money(
  context: Context,
  from: number,
  to: number,
  value: Fraction,
  currency: string,
): Quantity {
  const text = exactDecimal(value);
  if (text === null) return refused(context, from, to, "unreadable", "inexact");
  if (currency === "USD") return { from, to, kind: "money", value: text, currency };
  return { ...refused(context, from, to, "money", "currency"), value: text, currency };
}
