import type Fraction from "fraction.js";
import { type Context, norm, refused } from "./context.ts";
import { cutDecimal, exactDecimal } from "./decimal.ts";
import { readNumeral } from "./numeral.ts";
import type { Quantity } from "./types.ts";

/**
 * "2 of my 5", "half of my 10", "10% of my 50": the part as an amount, with the whole beside it.
 * Null where no whole is said.
 *
 * @param quantity The part as read so far; its span is taken over.
 * @param share The part as a share of one, or null where it was said as a count.
 * @param count The part as a count.
 */
export function readPart(
  context: Context,
  { from, to, kind }: Quantity,
  share: Fraction | null,
  count?: Fraction,
): Quantity | null {
  const whole = readWhole(context, to, share !== null);
  if (!whole) return null;
  const part = share ? share.mul(whole.value) : count!;
  const value = exactDecimal(part);
  const said = exactDecimal(whole.value);
  if (whole.refusal || said === null) {
    return refused(context, from, whole.to, "unreadable", whole.refusal ?? "inexact");
  }
  if (part.compare(whole.value) > 0) {
    return refused(context, from, whole.to, kind, kind === "percent" ? "over_whole" : "ambiguous");
  }
  const of = share
    ? { whole: said, share: exactDecimal(share) ?? share.toFraction() }
    : { whole: said };
  if (value !== null) return { from, to: whole.to, kind: "amount", value, of };
  const ratio = [part.n.toString(), part.d.toString()] as const;
  return { from, to: whole.to, kind: "amount", value: cutDecimal(part), ratio, of };
}

function readWhole(context: Context, to: number, isShare: boolean) {
  let at = to;
  if (norm(context, at) === "out" && norm(context, at + 1) === "of") at += 2;
  else if (norm(context, at) === "of") at++;
  else if (!isShare || !/^(?:my|our|the)$/.test(norm(context, at))) return null;
  if (norm(context, at) === "all") at++;
  if (/^(?:my|our|his|her|their|the|these|those)$/.test(norm(context, at))) at++;
  if (/^(?:an?|one|half)$/.test(norm(context, at))) return null;
  const whole = readNumeral(context, at);
  return whole && whole.form === "plain" && !whole.suffix ? whole : null;
}
