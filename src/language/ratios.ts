import type { Roles } from "./roles.ts";
import { may, senseOf, type Tag } from "./tokens/tags.ts";

/** A limit that an order names beside its amount: "with 1% slippage". */
export interface FoundRatio {
  /** What is limited, as the lexicon calls it. */
  readonly key: string;
  /** Exact decimal; a percentage as a share of 1. */
  readonly value: string;
  /** Index of the token that names it. */
  readonly at: number;
}

const GLUE =
  /^(?:with|w|w \/|keeping|keep|and keep|and|my|the|a|an|max|maximum|at|using|while|of|under|below|within|less|than|to|most|at most|least|no more|no more than|not more than|up to|up|is|tolerance|tops|or less|about|,|-|:|=|set|limit|above|over|stay|stays|by|in|on|pool)$/;

/** Takes ratios with the words around them out of tags. */
export function takeRatios(
  tags: readonly Tag[],
  roles: Roles,
  names: Readonly<Record<string, string>>,
): { readonly kept: readonly Tag[]; readonly ratios: readonly FoundRatio[] } {
  const ratios: FoundRatio[] = [];
  const dropped = new Set<Tag>();
  for (let i = 0; i < tags.length; i++) {
    const whole = boundedRatio(tags[i]!, names);
    if (whole) {
      ratios.push(whole);
      for (let from = i; from >= 0 && (from === i || isGlue(tags[from]!)); from--) {
        if (tags[from]!.mark === ",") break;
        dropped.add(tags[from]!);
        roles.set(tags[from]!, "limit");
      }
      continue;
    }
    const sense = senseOf(tags[i], "ratio");
    if (!sense) continue;
    const forward = search(tags, i, 1);
    const backward = search(tags, i, -1);
    // "2% slippage": the number stands right before it
    const at = backward === i - 1 ? backward : forward ?? backward;
    const value = at === null || at === undefined ? null : valueOf(tags[at]!);
    if (at === null || at === undefined || value === null) continue;
    let [from, to] = at < i ? [at, i] : [i, at];
    while (from > 0 && isGlue(tags[from - 1]!) && tags[from - 1]!.mark !== ",") from--;
    while (
      to + 1 < tags.length &&
      /^(?:at most|most|max|maximum|tops|or less|tolerance|or lower)$/.test(tags[to + 1]!.norm)
    ) to++;
    const [at1, the, most] = [1, 2, 3].map((n) => tags[to + n]?.norm ?? "");
    if (at1 === "at" && /^(?:most|max|maximum)$/.test(the!)) to += 2;
    else if (at1 === "at" && the === "the" && /^(?:very )?(?:most|max|maximum)$/.test(most!)) {
      to += 3;
    }
    for (const tag of tags.slice(from, to + 1)) {
      dropped.add(tag);
      roles.set(tag, "limit");
    }
    ratios.push({ key: sense.key, value, at: tags[i]!.from });
  }
  return { kept: tags.filter((tag) => !dropped.has(tag)), ratios };
}

/** "max slippage 1%", "min health factor of 1.5": read as one bound. */
function boundedRatio(tag: Tag, names: Readonly<Record<string, string>>): FoundRatio | null {
  if (tag.quantity?.kind !== "bound") return null;
  const text = tag.norm;
  const name = Object.keys(names).filter((one) => ` ${text} `.includes(` ${one} `))
    .sort((a, b) => b.length - a.length)[0];
  const key = name === undefined ? undefined : names[name];
  const isLimit = key === "health_factor"
    ? /\bmin/.test(text)
    : /\bmax|\btops|\bat most\b/.test(text);
  const value = valueOf(tag);
  return key !== undefined && isLimit && value !== null ? { key, value, at: tag.from } : null;
}

function search(tags: readonly Tag[], at: number, step: 1 | -1): number | null {
  for (let n = 1; n <= 6; n++) {
    const i = at + step * n;
    if (i < 0 || i >= tags.length) return null;
    // "max" alone counts nothing here
    if (
      tags[i]!.quantity &&
      (/\d/.test(tags[i]!.text) || isSaid(tags[i]!))
    ) return i;
    if (!isGlue(tags[i]!)) return null;
  }
  return null;
}

/** "max one percent": a share in words. */
function isSaid({ quantity, text }: Pick<Tag, "quantity" | "text">): boolean {
  return !/\d/.test(text) && quantity?.value !== undefined && !/\b(?:least|min)/i.test(text) &&
    (quantity.kind === "bound" || quantity.kind === "percent");
}

function isGlue(tag: Tag): boolean {
  return GLUE.test(tag.norm) && !may(tag, "name");
}

/** The one number of a quantity, also where it is a bound: the limit is what was asked for. */
function valueOf(tag: Tag): string | null {
  const { quantity, text } = tag;
  if (!quantity || ["range", "unreadable", "time", "date"].includes(quantity.kind)) return null;
  if (isSaid({ quantity, text })) return quantity.value!;
  const found = text.match(/\d+(?:\.\d+)?\s?%?/g);
  if (found?.length !== 1) return null;
  const digits = found[0]!.trim();
  if (/\b(?:bps?|basis points?)$/i.test(text)) return shareOf(shareOf(digits));
  return digits.endsWith("%") ? shareOf(digits.replace(/\s?%$/, "")) : digits;
}

/** A hundredth of a decimal, exact. */
function shareOf(digits: string): string {
  const [whole, fraction = ""] = digits.split(".") as [string, string?];
  const padded = whole.padStart(3, "0");
  const text = `${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`;
  return text.replace(/^0+(?=\d)/, "").replace(/\.?0+$/, "") || "0";
}
