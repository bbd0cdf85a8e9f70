import { type Amount, findAmounts, type FoundAmount } from "./amounts.ts";
import { cleanPrompt, type Span } from "./clean.ts";
import { findNames, type FoundName } from "./names.ts";
import { words } from "./pattern.ts";
import type { DefiPrimitive } from "./taxonomy.ts";

/** A gap of a step that an order may leave open. */
export type StepSlot = "amount" | "asset" | "to_asset" | "venue";

/** One typed step of a plan: what the words say, and null where they say nothing. */
export interface PlanStep {
  readonly action: DefiPrimitive;
  /** The words that ask for it. */
  readonly text: string;
  /** Where they stand in the prompt, `[start, end)`. */
  readonly span: Span;
  readonly amount: Amount | null;
  /** Which asset the amount counts: "buy 1 ETH with USDC" counts what is bought. */
  readonly amount_of: "asset" | "to_asset";
  /** Ticker in capitals. For a swap: what is given. */
  readonly asset: string | null;
  /** For a swap: what is received. */
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
 * @param segment The words, and where they stand in the prompt.
 *
 * @example
 * ```ts
 * import { readStep } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "swap 2.5k USDC for ETH on uniswap";
 * const step = readStep("swap_asset", { text, span: [0, text.length] });
 * assertEquals(step.amount, { kind: "units", value: 2500, text: "2.5k" });
 * assertEquals([step.asset, step.to_asset, step.venue], ["USDC", "ETH", "uniswap"]);
 * assertEquals(readStep("deposit_asset", { text: "deposit", span: [0, 7] }).missing, [
 *   "amount",
 *   "asset",
 *   "venue",
 * ]);
 * ```
 */
export function readStep(
  action: DefiPrimitive,
  segment: { readonly text: string; readonly span: Span },
): PlanStep {
  const { text } = cleanPrompt(segment.text);
  const swap = action === "swap_asset";
  const names = findNames(text, { swap });
  const amounts = findAmounts(text);
  const pair = swap ? readPair(text, names.assets) : readOne(action, text, names.assets, amounts);
  const amount = pickAmount(text, amounts, pair);
  const venue = single(names.venues);
  const chain = single(names.chains);
  const found = {
    amount: amount.found?.amount ?? null,
    asset: pair.asset?.name ?? null,
    to_asset: pair.toAsset?.name ?? null,
    venue,
  };
  const ambiguous: StepSlot[] = [
    ...(amount.ambiguous ? ["amount" as const] : []),
    ...(pair.ambiguous ? ["asset" as const] : []),
    ...(new Set(names.venues.map((v) => v.name)).size > 1 ? ["venue" as const] : []),
  ];
  return {
    action,
    text: segment.text,
    span: segment.span,
    ...found,
    amount_of: amount.of,
    chain,
    ltv: readRatio(
      text,
      words`\b(?:ltv|loan[- ]to[- ]value)\b[^\d,;]{0,24}(\d[\d.]*)\s?(%)?|
        (\d[\d.]*)\s?(%)? (?:max(?:imum)? )?(?:ltv|loan[- ]to[- ]value)\b`,
    ),
    hf: readRatio(text, /\b(?:hf|health[- ]?factor)\b[^\d,;]{0,24}(\d[\d.]*)\s?(%)?/u),
    missing: missingSlots(action, found),
    ambiguous,
    repaired: names.repaired && venue ? [{ slot: "venue", from: names.repaired, to: venue }] : [],
  };
}

function missingSlots(
  action: DefiPrimitive,
  found: Readonly<Record<StepSlot, unknown>>,
): StepSlot[] {
  // Rewards are named by their venue or by their asset
  if (action === "claim_rewards" && found.asset !== null) return [];
  return NEEDED[action].filter((slot) => found[slot] === null);
}

interface Assets {
  readonly asset: FoundName | null;
  readonly toAsset: FoundName | null;
  readonly ambiguous: boolean;
}

/** One venue, one chain; two different ones are none. */
function single(found: readonly FoundName[]): string | null {
  return new Set(found.map(({ name }) => name)).size === 1 ? found[0]!.name : null;
}

/** The asset of every action but a swap. */
function readOne(
  action: DefiPrimitive,
  text: string,
  assets: readonly FoundName[],
  amounts: readonly FoundAmount[],
): Assets {
  // What is pledged or kept is not what is borrowed; what pays is not what is owed
  const aside = action === "borrow_asset"
    ? words`\b(?:against|with|using|on|selling|keeping|pledging|leverage|use|from|
      of collateral)(?: (?:my|some|the|any|half of my|\d[\d.,]*))* $`
    : /\b(?:into|for|instead of|not)(?: (?:my|the))? $/;
  const main = assets.filter(({ start }) => !aside.test(text.slice(0, start)));
  const candidates = main.length > 0 ? main : assets;
  if (new Set(candidates.map(({ name }) => name)).size <= 1) {
    return { asset: candidates[0] ?? null, toAsset: null, ambiguous: false };
  }
  const counted = candidates.filter(({ start }) => amounts.some((a) => touches(text, a, start)));
  if (new Set(counted.map(({ name }) => name)).size === 1) {
    return { asset: counted[0]!, toAsset: null, ambiguous: false };
  }
  // Rewards come in what they come in
  if (action === "claim_rewards") return { asset: null, toAsset: null, ambiguous: false };
  return { asset: null, toAsset: null, ambiguous: true };
}

const BUY =
  words`\b(?:buy|buying|purchase|get|getting|acquire|grab|pick up|obtain|want is|want|need|
    order for|give me)\b`;
const PAY = words`\b(?:with|using|from|out of|spend(?:ing)?|pay(?:ing)?(?: (?:with|in))?|use|sell|
    by (?:selling|spending)|in exchange for|
    for|in)(?: (?:my|some|the|all|half|half of|all of))*(?: [$\d.,]+k?%?(?: of)?(?: my)?)? $`;

const FORWARD = words`\b(?:to|into|in|for|as|with|towards)\b|[-=]?>|→|\b(?:would (?:prefer|
    rather have)|(?:should|to) (?:be|become)|i want)\b|\b(?:and|then|to) (?:give|get|buy|take|
    purchase)\b`;

/** What a swap gives and what it receives. */
function readPair(text: string, assets: readonly FoundName[]): Assets {
  const unique = assets.filter((a, i) => assets.findIndex((b) => b.name === a.name) === i);
  const [first, second] = unique;
  if (!first) return { asset: null, toAsset: null, ambiguous: false };
  if (!second) {
    const front = text.slice(0, first.start);
    const received = /\b(?:to|into|for)(?: (?:some|more))? $/.test(front) ||
      (BUY.test(front) && !/\b(?:sell|swap|trade|convert|exchange)\b/.test(front));
    return received
      ? { asset: null, toAsset: first, ambiguous: false }
      : { asset: first, toAsset: null, ambiguous: false };
  }
  if (unique.length > 2) return { asset: null, toAsset: null, ambiguous: true };
  const front = text.slice(0, first.start);
  const between = text.slice(first.end, second.start);
  const spends =
    /\b(?:use|using|spend|with|sell|swap|trade|convert|exchange|change|turn|flip|dump)\b[^,]*$/
      .test(front);
  const after = text.slice(second.end);
  const bought = BUY.test(front) && !spends && PAY.test(between) &&
    !/\bfor $/.test(between.replace(/in exchange for/, ""));
  // Without a word that says which way it goes, neither is given nor received
  const buys = spends && /^ (?:and |to |then )?(?:buy|get|purchase|grab)\b/.test(between);
  if (!bought && !buys && !FORWARD.test(between) && !/^\W*(?:instead|swap|trade)\b/.test(after)) {
    return { asset: null, toAsset: null, ambiguous: true };
  }
  return bought
    ? { asset: second, toAsset: first, ambiguous: false }
    : { asset: first, toAsset: second, ambiguous: false };
}

/** True if an amount counts the asset at `start`: "10 eth", "half of my eth", "$5 worth of eth". */
function touches(text: string, { end }: FoundAmount, start: number): boolean {
  return end <= start &&
    words`^\s*(?:(?:more|worth|staked|borrowed|of|my|the|in|idle|spare|remaining|some|additional|
      units?|tokens?)\s+)*$`
      .test(text.slice(end, start) + " ");
}

function pickAmount(
  text: string,
  amounts: readonly FoundAmount[],
  { asset, toAsset }: Assets,
): { found: FoundAmount | null; of: "asset" | "to_asset"; ambiguous: boolean } {
  const none = { found: null, of: "asset" as const };
  if (amounts.length === 0) return { ...none, ambiguous: false };
  const forAsset = asset && amounts.filter((a) => touches(text, a, asset.start));
  const forTo = toAsset && amounts.filter((a) => touches(text, a, toAsset.start));
  if (forAsset?.length && forTo?.length) return { ...none, ambiguous: true };
  if (forTo?.length) return { found: forTo[0]!, of: "to_asset", ambiguous: forTo.length > 1 };
  if (forAsset?.length) {
    const others = amounts.filter((a) => !forAsset.includes(a) && a.amount.kind === "units");
    const listed = others.some((a) =>
      /^\s*(?:[a-z]{3,6})\b/.test(text.slice(a.end)) && /[,&]|\band\b/.test(text.slice(0, a.start))
    );
    return listed
      ? { ...none, ambiguous: true }
      : { found: forAsset[0]!, of: "asset", ambiguous: false };
  }
  const exact = amounts.filter((a) => a.amount.kind !== "all");
  const choice = exact.length > 0 ? exact : amounts;
  if (
    choice.length > 1 &&
    choice.some((a) => a.amount.kind !== choice[0]!.amount.kind || exact.length > 1)
  ) {
    return { ...none, ambiguous: true };
  }
  return { found: choice[0]!, of: "asset", ambiguous: false };
}

function readRatio(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  const digits = match?.[1] ?? match?.[3];
  if (digits === undefined) return null;
  const value = Number(digits.replace(/\.$/, ""));
  if (!Number.isFinite(value)) return null;
  return match?.[2] ?? match?.[4] ? value / 100 : value;
}
