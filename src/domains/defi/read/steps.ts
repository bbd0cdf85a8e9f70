import type { FoundName, NounPhrase } from "../../../language/order.ts";
import { type Amount, toAmount } from "./amounts.ts";
import { readOrders } from "./orders.ts";
import type { OrderWords, StepWords } from "./order_words.ts";
import { readOne } from "./one_thing.ts";
import { settle } from "./settle.ts";
import { distinct, readPlaces, single } from "./places.ts";
import { readPair } from "./swap_sides.ts";
import { isVague, joinShares, type StepSlot, type Things } from "./things.ts";
import type { DefiPrimitive } from "../taxonomy.ts";

/** Something that a step takes, and how much of it. */
export interface StepInput {
  /** Exact, as decimal digits: units, dollars or a share; left out where the words leave it open. */
  readonly amount?: string;
  readonly kind: Amount["kind"] | "open";
  /** Ticker in capitals. */
  readonly asset: string;
}

/** One typed step of a plan: what the words say, and null where they say nothing. */
export interface PlanStep {
  readonly action: DefiPrimitive;
  /** The words that ask for it. */
  readonly text: string;
  /** Where they stand in the prompt, `[start, end)`. */
  readonly span: readonly [number, number];
  readonly amount: Amount | null;
  /** Which asset the amount counts: "buy 1 ETH with USDC" counts what is bought. */
  readonly amount_of: "asset" | "to_asset";
  /** Ticker in capitals. For a swap: what is given. */
  readonly asset: string | null;
  /** What is received, of a swap or where an order says it. */
  readonly to_asset: string | null;
  readonly venue: string | null;
  readonly chain: string | null;
  /** A loan-to-value ratio that the order names, 0 to 1. It informs; the policy alone limits. */
  readonly ltv: number | null;
  /** A health factor that the order names. */
  readonly hf: number | null;
  /** Slots that the action needs and the words leave open. */
  readonly missing: readonly StepSlot[];
  /** Slots for which the words name more than one thing. */
  readonly ambiguous: readonly StepSlot[];
  /** Misspelt names that were read as a venue. */
  readonly repaired: readonly {
    readonly slot: "venue";
    readonly from: string;
    readonly to: string;
  }[];
  /** All that the step takes; two for liquidity of a pair. */
  readonly inputs: readonly StepInput[];
  /** What a loan is taken against, if the order says it. */
  readonly against: readonly StepInput[];
  /** Names of the step that are on no list. */
  readonly unlisted: readonly string[];
  /** A pool or market of the venue, if the order names one. */
  readonly market: string | null;
  /** Share of the worth that may be lost to slippage, exact, if the order names one. */
  readonly slippage: string | null;
  /** Whether the words refer to what an earlier step yields: "it", "them". */
  readonly refers: boolean;
}

const NEEDED: Readonly<Record<DefiPrimitive, readonly StepSlot[]>> = {
  deposit_asset: ["amount", "asset", "venue"],
  withdraw_asset: ["amount", "asset", "venue"],
  swap_asset: ["amount", "asset", "to_asset"],
  borrow_asset: ["amount", "asset", "venue"],
  repay_asset: ["amount", "asset", "venue"],
  stake_asset: ["amount", "asset", "venue"],
  unstake_asset: ["amount", "asset", "venue"],
  claim_rewards: ["venue"],
};

/**
 * Reads the slots of one order. Nothing is guessed: what the words leave open is listed in
 * `missing`, what they say twice in `ambiguous` (and then left open, too).
 *
 * @param action What the order asks for.
 * @param words The words, and where they stand in the prompt.
 *
 * @example
 * ```ts
 * import { readStep } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "swap 2.5k USDC for ETH on uniswap";
 * const step = readStep("swap_asset", { text, span: [0, text.length] });
 * assertEquals(step.amount, { kind: "units", value: 2500, text: "2.5k", exact: "2500" });
 * assertEquals([step.asset, step.to_asset, step.venue], ["USDC", "ETH", "uniswap"]);
 * assertEquals(readStep("deposit_asset", { text: "deposit", span: [0, 7] }).missing, [
 *   "amount",
 *   "asset",
 *   "venue",
 * ]);
 * ```
 */
export function readStep(action: DefiPrimitive, words: StepWords): PlanStep {
  const read = words.read ?? onlyOrder(words.text);
  const phrases = settle(action, joinShares(read?.order.phrases ?? []));
  const textOf = read?.textOf ?? (() => "");
  const things = withImplied(readThings(action, phrases, read), read);
  const amount = things.amount && toAmount(
    things.amount,
    textOf(things.amount.from, things.amount.to),
    things.amountOf === "asset" ? things.asset : things.toAsset,
  );
  const named = (kind: FoundName["kind"]) =>
    phrases.flatMap(({ names }) => names.filter((name) => name.kind === kind));
  const chains = named("chain");
  const { places, market } = readPlaces(phrases);
  const found = {
    amount,
    asset: things.asset,
    to_asset: things.toAsset,
    venue: single(places),
  };
  const repaired = places.find(({ repaired }) => repaired !== undefined);
  const { ltv, health_factor: hf, slippage } = read?.ratios ?? {};
  const names = phrases.flatMap((phrase) => phrase.names);
  // "borrow USDC to an LTV of 55%": how much that is, the position tells
  const isRatioAlone = action === "borrow_asset" && amount === null &&
    (ltv !== undefined || hf !== undefined);
  return {
    action,
    text: words.text,
    span: words.span,
    ...found,
    amount_of: things.amountOf,
    chain: single(chains),
    ltv: ltv === undefined ? null : Number(ltv),
    hf: hf === undefined ? null : Number(hf),
    missing: missingSlots(action, found, things.inputs.length),
    ambiguous: [
      ...things.ambiguous,
      ...isLeftVague(phrases) || isRatioAlone ? ["amount" as const] : [],
      ...distinct(places) > 1 || distinct(chains) > 1 ? ["venue" as const] : [],
    ],
    repaired: repaired && found.venue
      ? [{ slot: "venue", from: repaired.repaired!.toLowerCase(), to: found.venue }]
      : [],
    inputs: things.inputs.map((input) => toInput(input, textOf)),
    against: (things.against ?? []).map((input) => toInput(input, textOf)),
    unlisted: [...new Set(names.filter(({ open }) => open).map(({ name }) => name))],
    market,
    slippage: slippage ?? null,
    refers: phrases.some(({ pronoun }) => pronoun !== null),
  };
}

/** Verbs that leave nothing of what they are about. */
const EMPTIES = /^(?:empty|empty out|drain|clean out|clear out|zero out|wipe out)$/;

/** "empty my USDT position": all of it, though no amount is said. */
function withImplied(things: Things, read: OrderWords | undefined): Things {
  const { head, phrases } = read?.order ?? {};
  const isOpen = things.inputs.length === 1 && phrases?.every(({ amount }) => amount === null);
  if (!head || !isOpen || !EMPTIES.test(head.word)) return things;
  const amount = { from: head.from, to: head.to, kind: "all" } as const;
  return { ...things, amount, inputs: things.inputs.map((input) => ({ ...input, amount })) };
}

/** How words are read that are one order; several leave everything open. */
function onlyOrder(text: string): OrderWords | undefined {
  const { orders } = readOrders(text);
  return orders.length === 1 ? orders[0]!.read : undefined;
}

function toInput(
  { amount, asset }: Things["inputs"][number],
  textOf: OrderWords["textOf"],
): StepInput {
  const counted = amount && toAmount(amount, textOf(amount.from, amount.to), asset);
  const exact = counted && counted.kind !== "all" ? { amount: counted.exact } : {};
  return { ...exact, kind: counted?.kind ?? "open", asset };
}

function missingSlots(
  action: DefiPrimitive,
  found: Readonly<Record<StepSlot, unknown>>,
  inputs: number,
): StepSlot[] {
  // Rewards are named by their venue or by their asset
  if (action === "claim_rewards" && found.asset !== null) return [];
  return NEEDED[action].filter((slot) => found[slot] === null && !(slot !== "venue" && inputs > 1));
}

function readThings(
  action: DefiPrimitive,
  phrases: readonly NounPhrase[],
  read: OrderWords | undefined,
): Things {
  if (action === "swap_asset") return readPair(phrases, read?.order.head.word ?? "");
  return readOne(action, phrases, read?.order.head.word ?? "");
}

/** True if an amount is named that nobody can act on; "some ETH" says no more than "ETH". */
function isLeftVague(phrases: readonly NounPhrase[]): boolean {
  return phrases.some((phrase) =>
    isVague(phrase) &&
    !/^(?:some|some more|a bit|a bit of|a little)$/i.test(phrase.amount!.refusal!.text)
  );
}
