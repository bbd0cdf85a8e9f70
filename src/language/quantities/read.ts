import type { Token } from "../tokens/tokens.ts";
import { type Context, covers, isGlued, isPhraseEnd, norm, toContext } from "./context.ts";
import { readCounted } from "./counted.ts";
import { readBehind, readBetween, readException, readLimited, readNegative } from "./limits.ts";
import { RANKS } from "./number_words.ts";
import type { Quantity, QuantityOptions } from "./types.ts";
import { readWhen } from "./when.ts";
import { readAll, readUnstated } from "./whole.ts";

export type { BaseUnit, Quantity, QuantityKind, QuantityOptions, Refusal } from "./types.ts";

/** What was read before a token in the same sentence. */
interface Before {
  readonly hasAmount: boolean;
  readonly hasWhole: boolean;
}

/**
 * Every span of a prompt that says how much or when: leftmost and longest, none over another. Values
 * are exact decimal strings; what has no one value carries a `refusal`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tokenize } from "../tokens/tokens.ts";
 * import { readQuantities } from "./read.ts";
 * const read = (text: string) =>
 *   readQuantities(tokenize(text), { prices: true })
 *     .map(({ kind, value, refusal }) => `${kind} ${refusal?.kind ?? value ?? ""}`.trim());
 * assertEquals(read("swap two and a half ETH"), ["amount 2.5"]);
 * assertEquals(read("deposit US$500 of ETH every Monday"), ["money 500", "schedule"]);
 * assertEquals(read("withdraw all but 1 ETH"), ["exception exception"]);
 * ```
 */
export function readQuantities(
  tokens: readonly Token[],
  options: QuantityOptions = {},
): readonly Quantity[] {
  const context = toContext(tokens, options);
  const quantities: Quantity[] = [];
  let before: Before = { hasAmount: false, hasWhole: false };
  let index = 0;
  while (index < tokens.length) {
    const quantity = readAt(context, index, before);
    if (!quantity) {
      if (/^[.!?;]$/.test(norm(context, index))) before = { hasAmount: false, hasWhole: false };
      index++;
      continue;
    }
    quantities.push(quantity);
    before = {
      hasAmount: before.hasAmount || /^(?:amount|money|fraction|percent|all)$/.test(quantity.kind),
      hasWhole: before.hasWhole || /^(?:fraction|percent|all)$/.test(quantity.kind),
    };
    index = quantity.to;
  }
  return quantities;
}

/** The longest reading that begins at a token. Of two as long the more special one comes first. */
function readAt(context: Context, index: number, before: Before): Quantity | null {
  // no quantity begins with a comma or a bracket
  const { kind, norm: sign } = context.tokens[index]!;
  if (kind === "punct") return null;
  if (kind === "mark" && !mayBegin(sign, context.tokens[index + 1])) return null;
  const item = readItem(context, index) ?? readPrice(context, index);
  if (item) return item;
  const counted = readCounted(context, index);
  const readings = [
    readWhen(context, index, before.hasAmount),
    readException(context, index, before.hasWhole),
    readNegative(context, index),
    readBetween(context, index),
    readLimited(context, index),
    readAll(context, index),
    counted && readBehind(context, counted),
    readUnstated(context, index),
    readRank(context, index),
  ];
  let best: Quantity | null = null;
  for (const reading of readings) if (reading && (!best || reading.to > best.to)) best = reading;
  return best?.kind === "all" ? readBehind(context, best) : best;
}

/** A sign begins a quantity before a number or a word, or before a sign of a currency or a minus. */
function mayBegin(sign: string, next: Token | undefined): boolean {
  if (sign === "∞") return true;
  if (!next) return false;
  if (next.kind === "mark") return next.norm !== sign && /^[-$€£¥/]$|\$$/.test(next.norm);
  return sign !== "-" || !/^an?$/.test(next.norm);
}

/** "1. deposit", "2) borrow", "#5": a number that names a thing. */
function readItem(context: Context, index: number): Quantity | null {
  const { tokens } = context;
  const isNamed = norm(context, index) === "#" && isGlued(context, index + 1);
  const at = isNamed ? index + 1 : index;
  const token = tokens[at];
  if (token?.kind !== "number" || !/^\d+$/.test(token.norm)) return null;
  if (isNamed) return { from: index, to: at + 1, kind: "ordinal", value: token.norm };
  const closer = norm(context, index + 1);
  const isList = /^[.)]$/.test(closer) && isGlued(context, index + 1) && token.norm.length <= 2 &&
    tokens[index + 2]?.kind === "word" &&
    (index === 0 || closer === ")" && norm(context, index - 1) !== "(");
  return isList && !isPhraseEnd(context, index + 2)
    ? { from: index, to: index + 2, kind: "ordinal", value: token.norm }
    : null;
}

/** "@ 1.05"; "at 20 USDC" and "at a price of 20" in a market. */
function readPrice(context: Context, index: number): Quantity | null {
  const sign = norm(context, index);
  if (sign !== "@" && !(sign === "at" && context.options.prices)) return null;
  if (readWhen(context, index, false)) return null;
  const named = covers(context, index + 1, /^(?:an? |the )?(?:price|rate)(?: of)?(?= )/);
  const counted = readCounted(context, index + 1 + named);
  if (!counted || !/^(?:amount|money|unreadable)$/.test(counted.kind)) return null;
  return { ...counted, from: index, kind: "price" };
}

function readRank(context: Context, index: number): Quantity | null {
  const word = norm(context, index);
  if (!Object.hasOwn(RANKS, word)) return null;
  return { from: index, to: index + 1, kind: "ordinal", value: RANKS[word]! };
}
