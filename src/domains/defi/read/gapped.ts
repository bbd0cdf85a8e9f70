import type { NounPhrase, ReadOrder } from "../../../language/order.ts";
import { TOKEN_PLACES } from "./known_names.ts";
import { assetOf, states } from "./things.ts";

/** Pools take two things at once. */
const POOLED = /^(?:liquidity|pool|liquidity pool|pair|lp)/;
const TAKES = /^(?:to|into|for|in|in exchange for|in return for|->|with|using)$/;

/** Actions that need no place. */
const ALONE = /^(?:stake|unstake|borrow|repay)_asset$/;

/**
 * The orders of a verb that is said once: "lend 100 USDC on aave and 200 DAI on compound" is two, and so is
 * "swap 2 ETH and 1 WBTC to USDC", where what is said last holds for both.
 */
export function splitGapped(order: ReadOrder): readonly ReadOrder[] {
  const { head, phrases } = order;
  const placed = splitPlaces(order);
  if (placed) return placed;
  const at = phrases.findIndex((phrase, i) => i > 0 && phrase.joined && isCounted(phrase));
  const first = phrases.findIndex(isCounted);
  const isTwo = at > first && first >= 0 && head.actions.length > 0 &&
    phrases.filter(isCounted).length === 2 && assetOf(phrases[first]!) !== assetOf(phrases[at]!);
  // "both my 60 DOT and my 15 KSM"
  const refers = phrases.some(({ pronoun }) => pronoun !== null && pronoun !== "both");
  if (!isTwo || isPooled(order) || refers) return [order];
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
  // "stake 60 DOT and 15 KSM": where no place is named, none is left open
  const isAlone = !isOwn && !isOther && !swaps &&
    head.actions.every((action) => ALONE.test(action)) &&
    phrases.every(({ names }) => names.every(({ kind }) => kind !== "place"));
  if (isAlone) {
    return [
      part(order, before, 0, boundary),
      part(order, [...shared, ...after], boundary, Infinity),
    ];
  }
  return [order];
}

/** "claim my rewards on Pendle and Convex", "my Pendle and my Convex rewards": the same at two places. */
function splitPlaces(order: ReadOrder): readonly ReadOrder[] | null {
  const { head, phrases } = order;
  if (head.actions[0] !== "claim_rewards") return null;
  const named = phrases.filter(({ names }) => names.length > 0);
  const [first, second] = named;
  const isTwo = named.length === 2 && second!.joined &&
    named.every(({ names, amount }) => names.length === 1 && amount === null) &&
    named.some(isPlace) && named.every((phrase) => isPlace(phrase) || maybePlace(phrase));
  if (!isTwo) return null;
  const boundary = second!.names[0]!.from;
  const others = phrases.filter((phrase) => phrase !== first && phrase !== second);
  return [
    part(order, [...others, asPlace(first!)], 0, boundary),
    part(order, [...others, asPlace(second!)], boundary, Infinity),
  ];
}

function isPlace({ names }: NounPhrase): boolean {
  return names[0]!.kind === "place";
}

function maybePlace(phrase: NounPhrase): boolean {
  return TOKEN_PLACES.has(assetOf(phrase)?.toLowerCase() ?? "");
}

function asPlace(phrase: NounPhrase): NounPhrase {
  if (isPlace(phrase)) return phrase;
  const name = TOKEN_PLACES.get(assetOf(phrase)!.toLowerCase())!;
  return { ...phrase, names: [{ ...phrase.names[0]!, kind: "place", name }] };
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
