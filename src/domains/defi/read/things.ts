import { tickerOf } from "./known_names.ts";
import type { NounPhrase } from "../../../language/order.ts";

/** A gap of a step that an order may leave open. */
export type StepSlot = "amount" | "asset" | "to_asset" | "venue";

/** What an order gives, receives, and how much of it. */
export interface Things {
  readonly asset: string | null;
  readonly toAsset: string | null;
  readonly amount: NounPhrase["amount"];
  readonly amountOf: "asset" | "to_asset";
  readonly ambiguous: readonly StepSlot[];
  readonly inputs: readonly { readonly amount: NounPhrase["amount"]; readonly asset: string }[];
  /** What is pledged for a loan. */
  readonly against?: readonly { readonly amount: NounPhrase["amount"]; readonly asset: string }[];
}

/** True if a phrase states how much; "some" does not. */
export function states({ amount }: NounPhrase): boolean {
  return amount !== null && amount.refusal === undefined;
}

/** The asset that a phrase names. */
export function assetOf({ names }: NounPhrase): string | null {
  return names.find(({ kind }) => kind === "asset")?.name ?? null;
}

/** True if a phrase names an amount that nobody can act on: "most of", "a couple hundred". */
export function isVague({ amount }: NounPhrase): boolean {
  return amount?.refusal?.kind === "vague" || amount?.refusal?.kind === "rest";
}

/** True if a phrase names a place. */
export function hasPlace({ names }: NounPhrase): boolean {
  return names.some(({ kind }) => kind === "place");
}

/** The phrase with its place taken for the token of that name. */
export function withToken(phrase: NounPhrase): NounPhrase {
  const names = phrase.names.map((name) =>
    name.kind === "place" ? { ...name, kind: "asset" as const, name: tickerOf(name.name) } : name
  );
  return { ...phrase, names };
}

/** "the rest": which only what was taken before tells. */
export function isRest({ amount }: NounPhrase): boolean {
  return amount?.refusal?.kind === "rest";
}

/** "for half the USDT", "25% of the USDC": the share and what it is of are one thing. */
export function joinShares(phrases: readonly NounPhrase[]): NounPhrase[] {
  const joined: NounPhrase[] = [];
  for (const phrase of phrases) {
    const last = joined.at(-1);
    const isShare = last !== undefined && last.names.length === 0 && last.hints.length === 0 &&
      last.pronoun === null &&
      /^(?:fraction|percent|all)$/.test(last.amount?.kind ?? "") &&
      last.amount?.refusal === undefined;
    const isWhole = phrase.prep === null && !phrase.joined && phrase.amount === null &&
      phrase.names.length > 0;
    // "buy INJ with $150 of my USDT"
    const isOf = isWhole && /^(?:with|using|for)$/.test(last?.prep ?? "") &&
      last!.names.length + last!.hints.length === 0 &&
      /^(?:money|amount)$/.test(last!.amount?.kind ?? "") && !last!.amount!.refusal &&
      phrase.names[0]!.from - last!.amount!.to <= 2;
    if (isShare && isWhole || isOf) {
      joined[joined.length - 1] = { ...phrase, prep: last!.prep, amount: last!.amount };
    } else joined.push(phrase);
  }
  return joined;
}

/**
 * Phrases in which a place stands where a thing is named: "withdraw 20 Lido from Aave", "dump Aura and BAL for
 * ETH" are about the token of that name.
 *
 * @param swaps Whether one thing is given for another, so that a place is no object.
 */
export function withTokens(phrases: readonly NounPhrase[], swaps: boolean): readonly NounPhrase[] {
  const isPlace = ({ names, hints }: NounPhrase) =>
    names.length === 1 && names[0]!.kind === "place" && hints.length === 0;
  const isThing = (phrase: NounPhrase | undefined) =>
    phrase !== undefined && phrase.prep === null && assetOf(phrase) !== null;
  const hasObject = phrases.some(isThing);
  const isNamed = (phrase: NounPhrase, i: number) => {
    if (phrase.prep !== null || !isPlace(phrase)) return false;
    const next = phrases[i + 1];
    const joins = phrase.joined && isThing(phrases[i - 1]) || next?.joined && isThing(next);
    const others = phrases.some((one) => one !== phrase && one.names.length > 0);
    const counts = states(phrase) && phrase.amount!.kind === "amount" && others &&
      phrase.amount!.to === phrase.names[0]!.from;
    return counts || (swaps && (joins || (!hasObject && others)));
  };
  return phrases.map((phrase, i) => isNamed(phrase, i) ? withToken(phrase) : phrase);
}
