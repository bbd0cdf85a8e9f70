import type { FoundName, NounPhrase } from "../../../language/order.ts";
import { type Amount, toAmount } from "./amounts.ts";
import { readOrders } from "./orders.ts";
import type { OrderWords, StepWords } from "./order_words.ts";
import { readPair } from "./swap_sides.ts";
import { ASSETS, VENUES } from "./slots.ts";
import { assetOf, isVague, states, type StepSlot, type Things } from "./things.ts";
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
  const phrases = settle(action, read?.order.phrases ?? []);
  const textOf = read?.textOf ?? (() => "");
  const things = readThings(action, phrases, read);
  const amount = things.amount && toAmount(
    things.amount,
    textOf(things.amount.from, things.amount.to),
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
      ...isLeftVague(phrases) ? ["amount" as const] : [],
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

/** How words are read that are one order; several leave everything open. */
function onlyOrder(text: string): OrderWords | undefined {
  const { orders } = readOrders(text);
  return orders.length === 1 ? orders[0]!.read : undefined;
}

function toInput(
  { amount, asset }: Things["inputs"][number],
  textOf: OrderWords["textOf"],
): StepInput {
  const counted = amount && toAmount(amount, textOf(amount.from, amount.to));
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

/** Gives phrases the meaning that the action leaves them. */
function settle(action: DefiPrimitive, phrases: readonly NounPhrase[]): readonly NounPhrase[] {
  if (action === "swap_asset") return phrases;
  const things = phrases.filter((phrase) => assetOf(phrase) !== null);
  const places = phrases.flatMap(({ names }) => names.filter(({ kind }) => kind === "place"));
  // "my FRAX debt at Fraxlend": a name of both, where the place has one of its own
  const twin = things.length === 0 && distinct(places) === 2
    ? places.find(({ name }) => ASSETS.includes(name.split(" ")[0]!))
    : undefined;
  return phrases.map((phrase, i) => {
    if (twin && phrase.names.includes(twin)) {
      return {
        ...phrase,
        names: [{ ...twin, kind: "asset", name: twin.name.split(" ")[0]!.toUpperCase() }],
      };
    }
    const isPlain = phrase.prep === null && phrase.amount === null;
    // "give aave back the 500 EURC": who is paid, where something else is counted
    const pays = isPlain && things.some((other) =>
      other !== phrase && other.prep === null && states(other)
    ) &&
      phrase.names.length === 1 && VENUES.includes(assetOf(phrase)?.toLowerCase() ?? "");
    if (pays) return withKind(phrase, "place");
    // "the ETH/USDC pool with 2 ETH": where the 2 ETH go to
    const isPair = assetOf(phrase)?.includes("/") === true && phrase.amount === null &&
      things.some((other) => other !== phrase && !assetOf(other)!.includes("/"));
    if (isPair) return withKind(phrase, "place");
    // "…, collateral is my wstETH"
    const before = phrases[i - 1];
    const pledges = action === "borrow_asset" && isPlain && before !== undefined &&
      before.prep === null && before.hints.includes("collateral") && assetOf(before) === null &&
      things.length > 1;
    return pledges ? { ...phrase, prep: "against" } : phrase;
  });
}

function withKind(phrase: NounPhrase, kind: FoundName["kind"]): NounPhrase {
  const names = phrase.names.map((name) =>
    name.kind === "asset" ? { ...name, kind, name: name.name.toLowerCase() } : name
  );
  return { ...phrase, names };
}

/** Prepositions before what is not the object, by action: what is pledged, what is received. */
const ASIDE: Readonly<Partial<Record<DefiPrimitive, RegExp>>> = {
  borrow_asset: /^(?:against|with|using|on|from|for|as|by|upon)$/,
  repay_asset: /^against$/,
};
const RECEIVED = /^(?:for|to|into|as|back to|back into|->)$/;

/** Actions after which "in USDC" tells what comes out. */
const LEAVES: readonly DefiPrimitive[] = ["withdraw_asset", "unstake_asset", "claim_rewards"];

/** The thing of every action but a swap. */
function readOne(
  action: DefiPrimitive,
  phrases: readonly NounPhrase[],
  verb: string,
): Things {
  const withAsset = phrases.filter((phrase) => assetOf(phrase) !== null);
  const aside = ASIDE[action];
  const received = withAsset.filter(({ prep }) =>
    RECEIVED.test(prep ?? "") || (prep === "in" && LEAVES.includes(action))
  );
  const isAside = (phrase: NounPhrase) =>
    (aside?.test(phrase.prep ?? "") ?? false) ||
    // "Borrow DAI, collateral 2 ETH"
    (aside !== undefined && phrase.hints.includes("collateral")) ||
    (received.includes(phrase) && withAsset.length > received.length);
  const main = withAsset.filter((phrase) => !isAside(phrase));
  const objects = main.length > 0 ? main : action === "borrow_asset" ? [] : withAsset;
  const assets = [...new Set(objects.map((phrase) => assetOf(phrase)!))];
  // An amount without a name counts the one thing that is named
  const loose = phrases.filter((phrase) =>
    states(phrase) && assetOf(phrase) === null && !isAside(phrase)
  );
  const counted = objects.filter(states);
  const amounts = [...counted, ...loose];
  const isAll = action === "claim_rewards" && assets.length > 1 && amounts.length === 0;
  if (isAll || (assets.length === 2 && isPair(action, phrases, objects, verb))) {
    const inputs = objects.map((phrase) => ({ amount: phrase.amount, asset: assetOf(phrase)! }));
    return { asset: null, toAsset: null, amount: null, amountOf: "asset", ambiguous: [], inputs };
  }
  const ambiguous: StepSlot[] = [
    ...assets.length > 1 ? ["asset" as const] : [],
    ...amounts.length > 1 && !sameAmounts(amounts) ? ["amount" as const] : [],
  ];
  const asset = assets.length === 1 ? assets[0]! : null;
  const amount = ambiguous.length > 0 ? null : amounts[0]?.amount ?? null;
  const toAsset = received.length === 1 && objects !== received && !objects.includes(received[0]!)
    ? assetOf(received[0]!)
    : null;
  return {
    asset,
    toAsset: toAsset === asset ? null : toAsset,
    amount,
    amountOf: "asset",
    ambiguous,
    inputs: asset === null ? [] : [{ amount, asset }],
    against: aside === undefined ? [] : withAsset.filter((phrase) => isAside(phrase))
      .map((phrase) => ({ amount: phrase.amount, asset: assetOf(phrase)! })),
  };
}

/** Two things that go into one pool are one deposit. */
function isPair(
  action: DefiPrimitive,
  phrases: readonly NounPhrase[],
  objects: readonly NounPhrase[],
  verb: string,
): boolean {
  const pooled = /\bliquidity\b|^lp\b|^pool\b/.test(verb) ||
    phrases.some(({ hints, names }) =>
      hints.some((hint) => /^(?:liquidity|pool|liquidity pool|pair)$/.test(hint)) ||
      names.some(({ kind, name }) => kind === "place" && /\/|\bpool$/.test(name))
    );
  return action === "deposit_asset" && pooled && objects.length === 2 && objects[1]!.joined;
}

function sameAmounts(phrases: readonly NounPhrase[]): boolean {
  return new Set(phrases.map(({ amount }) => `${amount?.kind} ${amount?.value}`)).size === 1;
}

/** "Into 3pool on Curve", "from the WETH/USDC pool on X": a pool, and the venue that has it. */
function readPlaces(
  phrases: readonly NounPhrase[],
): { readonly places: readonly FoundName[]; readonly market: string | null } {
  const found = phrases.flatMap(({ prep, names, hints }) =>
    names.filter(({ kind }) => kind === "place").map((name) => ({ prep, name, hints }))
  );
  const pairs = found.filter(({ name }) => name.name.includes("/"));
  const rest = found.filter(({ name }) => !name.name.includes("/"));
  const nested = pairs.length === 0 ? nestedPlace(rest) : null;
  if (nested) return nested;
  const market = pairs.length === 1 ? pairs[0]!.name.name.toUpperCase() : null;
  return {
    places: market === null ? found.map(({ name }) => name) : rest.map(({ name }) => name),
    market,
  };
}

interface PlacedName {
  readonly prep: string | null;
  readonly hints: readonly string[];
  readonly name: FoundName;
}

const OUT_OF = /^(?:from|out of|off|off of|back from|out from)$/;
/** Names of what is inside of a venue. */
const INNER = /\b(?:vault|pool|market|strategy|gauge|farm|module|position|savings|restaking)$/;

/** "the Gauntlet vault on Morpho", "Liquity, stability pool": what is inside, and the venue that has it. */
function nestedPlace(
  rest: readonly PlacedName[],
): { readonly places: readonly FoundName[]; readonly market: string | null } | null {
  const [first, second] = rest;
  if (rest.length !== 2 || first!.name.name === second!.name.name) return null;
  // "from aave to the spark vault" is two places
  const ways = rest.filter(({ prep }) => prep !== null).map(({ prep }) => OUT_OF.test(prep!));
  const isOn = ({ prep }: PlacedName) => /^(?:on|at|via|through|inside|by|in)$/.test(prep ?? "");
  if (new Set(ways).size > 1 && !isOn(second!)) return null;
  // "our Balancer pool tokens in the Aura gauge": what is brought, and where
  const brought = first!.prep === null && first!.hints.includes("liquidity") &&
    second!.prep !== null;
  const inner = brought ? [first!] : rest.filter(({ name }) => INNER.test(name.name));
  const [own] = inner.length === 1 ? inner : first!.name.open && isOn(second!) ? [first!] : [];
  if (own === undefined) return null;
  const outer = own === first ? second! : first!;
  return { places: [outer.name], market: own.name.name };
}

/** One name; two different ones are none. */
function single(found: readonly FoundName[]): string | null {
  return distinct(found) === 1 ? found[0]!.name : null;
}

function distinct(found: readonly FoundName[]): number {
  return new Set(found.map(({ name }) => name)).size;
}
