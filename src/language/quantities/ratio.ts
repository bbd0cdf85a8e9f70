import type Fraction from "fraction.js";
import { VULGAR } from "../tokens/characters.ts";
import { type Context, isGlued, norm } from "./context.ts";
import { rational } from "./decimal.ts";
import type { Numeral, RefusalKind } from "./types.ts";

/** "1/2", "3 / 4", "2/3rds". More strokes are a date. */
export function readRatio(context: Context, index: number): Numeral | null {
  const [top, stroke, bottom] = [0, 1, 2].map((step) => norm(context, index + step));
  if (stroke !== "/" || context.tokens[index + 2]?.kind !== "number") return null;
  const to = index + 3;
  const bad = (refusal: RefusalKind): Numeral => ({
    to,
    value: rational(0n),
    form: "ratio",
    refusal,
  });
  const parts = /^(\d{1,30}) (\d{1,30})(?:ths?|rds?)?$/.exec(`${top} ${bottom}`);
  if (!parts) return bad("malformed");
  const over = BigInt(parts[1]!);
  const under = BigInt(parts[2]!);
  if (under === 0n) return bad("not_finite");
  if (norm(context, to) === "/" && isGlued(context, to)) return bad("malformed");
  // 7/3 is a date or a score as much as a number; halves, quarters and eighths are numbers
  const isProper = over < under;
  if (!isProper && (over === under || ![2n, 4n, 8n].includes(under))) return bad("ambiguous");
  return { to, value: rational(over, under), form: isProper ? "ratio" : "plain" };
}

/** "1 1/2", "1-1/2", "2 ½", "2 and 1/2". */
export function readMixed(context: Context, to: number, whole: Fraction): Numeral | null {
  const isDashed = norm(context, to) === "-" && isGlued(context, to) && isGlued(context, to + 1);
  const at = isDashed || /^(?:and|&)$/.test(norm(context, to)) ? to + 1 : to;
  const ratio = readRatio(context, at);
  if (isDashed && (ratio?.form !== "ratio" || whole.compare(1) < 0)) return null;
  if (ratio) return { ...ratio, value: ratio.value.add(whole), form: "plain" };
  const sign = norm(context, at);
  if (!Object.hasOwn(VULGAR, sign)) return null;
  return { to: at + 1, value: whole.add(rational(...VULGAR[sign]!)), form: "plain" };
}

/** "2 point 5". */
export function readPoint(context: Context, to: number, whole: Fraction): Numeral | null {
  const digits = norm(context, to + 1);
  if (norm(context, to) !== "point" || !/^\d{1,30}$/.test(digits)) return null;
  const part = rational(BigInt(digits), 10n ** BigInt(digits.length));
  return { to: to + 2, value: whole.add(part), form: "plain" };
}
