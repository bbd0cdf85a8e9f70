import type { NounPhrase, ReadOrder } from "../../../language/order.ts";
import { assetOf, states } from "./things.ts";

/** Pools take two things at once. */
const POOLED = /^(?:liquidity|pool|liquidity pool|pair|lp)/;
const TAKES = /^(?:to|into|for|in|in exchange for|in return for|->|with|using)$/;

/**
 * The orders of a verb that is said once: "lend 100 USDC on aave and 200 DAI on compound" is two, and so is
 * "swap 2 ETH and 1 WBTC to USDC", where what is said last holds for both.
 */
export function splitGapped(order: ReadOrder): readonly ReadOrder[] {
  const { head, phrases } = order;
  const at = phrases.findIndex((phrase, i) => i > 0 && phrase.joined && isCounted(phrase));
  const first = phrases.findIndex(isCounted);
  const isTwo = at > first && first >= 0 && head.actions.length > 0 &&
    phrases.filter(isCounted).length === 2 && assetOf(phrases[first]!) !== assetOf(phrases[at]!);
  if (!isTwo || isPooled(order) || phrases.some(({ pronoun }) => pronoun !== null)) return [order];
  const before = phrases.slice(0, at);
  const after = phrases.slice(at);
  const own = before.slice(first + 1);
  const others = after.slice(1);
  const swaps = head.actions.includes("swap_asset") || head.actions.includes("->");
  const leads = (phrase: NounPhrase) =>
    swaps
      ? assetOf(phrase) !== null && TAKES.test(phrase.prep ?? "")
      : phrase.names.some(({ kind }) => kind === "place");
  const isOwn = own.some(leads);
  const isOther = others.some(leads);
  // What stands before both holds for both as well
  const shared = before.slice(0, first);
  const boundary = phrases[at]!.amount!.from;
  if (isOwn && isOther) {
    return [
      part(order, before, 0, boundary),
      part(order, [...shared, ...after], boundary, Infinity),
    ];
  }
  if (!isOwn && isOther) {
    const end = ledFrom(order, others.find(leads)!);
    return [
      { ...part(order, [...before, ...others], 0, boundary), parts: without(order, boundary, end) },
      part(order, [...shared, ...after], boundary, Infinity),
    ];
  }
  return [order];
}

function isCounted(phrase: NounPhrase): boolean {
  return (phrase.prep === null || phrase.joined) && states(phrase) && assetOf(phrase) !== null &&
    phrase.names.filter(({ kind }) => kind === "asset").length === 1;
}

function isPooled({ head, phrases }: ReadOrder): boolean {
  return /\bliquidity\b|^lp\b|^pool\b/.test(head.word) ||
    phrases.some(({ hints, names }) =>
      hints.some((hint) => POOLED.test(hint)) || names.some(({ name }) => name.includes("/"))
    );
}

/** An order with some of the phrases, and the words of the head and of a stretch. */
function part(
  order: ReadOrder,
  phrases: readonly NounPhrase[],
  from: number,
  to: number,
): ReadOrder {
  const { head, parts } = order;
  const own = parts.filter(([start]) => start === head.from || (start >= from && start < to));
  return { ...order, phrases: phrases.map((phrase) => ({ ...phrase, joined: false })), parts: own };
}

/** Where the words of a phrase begin, its preposition included. */
function ledFrom({ parts }: ReadOrder, { names }: NounPhrase): number {
  const at = parts.findIndex(([start]) => start === names[0]!.from);
  return parts[at - 1]?.[0] ?? Infinity;
}

function without({ parts }: ReadOrder, from: number, to: number): ReadOrder["parts"] {
  return parts.filter(([start]) => start < from || start >= to);
}
