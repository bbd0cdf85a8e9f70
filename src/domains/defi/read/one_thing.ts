import type { NounPhrase } from "../../../language/order.ts";
import type { DefiPrimitive } from "../taxonomy.ts";
import { isDollar, receiptOf } from "./known_names.ts";
import { assetOf, states, type StepSlot, type Things } from "./things.ts";

/** Prepositions before what is not the object, by action: what is pledged, what is received. */
const ASIDE: Readonly<Partial<Record<DefiPrimitive, RegExp>>> = {
  borrow_asset: /^(?:against|with|using|on|from|for|as|by|upon)$/,
  repay_asset: /^against$/,
  // "as collateral against the crvUSD line"
  deposit_asset: /^(?:against|behind)$/,
};
const RECEIVED = /^(?:for|to|into|as|back to|back into|->)$/;

/** Actions after which "in USDC" tells what comes out. */
const LEAVES: readonly DefiPrimitive[] = ["withdraw_asset", "unstake_asset", "claim_rewards"];

/** Actions that give receipts or take them back. */
const STAKES: readonly DefiPrimitive[] = ["stake_asset", "unstake_asset", "claim_rewards"];

/** The thing of every action but a swap. */
export function readOne(
  action: DefiPrimitive,
  said: readonly NounPhrase[],
  verb: string,
): Things {
  const phrases = said.map(inDollars);
  const withAsset = phrases.filter((phrase) => assetOf(phrase) !== null);
  const aside = ASIDE[action];
  const received = withAsset.filter(({ prep }) =>
    RECEIVED.test(prep ?? "") || (prep === "in" && LEAVES.includes(action))
  );
  // "Lock 120 AERO as veAERO", "400 CRV from the veCRV lock": what stands for it, beside what is counted
  const isReceipt = (phrase: NounPhrase) =>
    STAKES.includes(action) &&
    (phrase.amount === null || isOwnReceipt(action, phrase, withAsset)) &&
    receiptOf(assetOf(phrase)!) === "staked" &&
    withAsset.some((other) =>
      receiptOf(assetOf(other)!) === undefined &&
      (states(other) || states(phrase) || phrase.hints.includes("stake") ||
        /^(?:from|out of|off)$/.test(phrase.prep ?? ""))
    );
  // "sort me out with a 200 DAI loan": what is lent, and no pledge
  const isLoan = ({ prep, hints }: NounPhrase) =>
    action === "borrow_asset" && prep === "with" && hints.some((hint) => hint.startsWith("debt"));
  const isAside = (phrase: NounPhrase): boolean =>
    // "against 5 ETH and 3 BTC"
    (phrase.joined && phrase.prep === null && phrases.indexOf(phrase) > 0 &&
      /^(?:against|upon)$/.test(phrases[phrases.indexOf(phrase) - 1]!.prep ?? "")) ||
    (assetOf(phrase) !== null && isReceipt(phrase)) ||
    ((aside?.test(phrase.prep ?? "") ?? false) && !isLoan(phrase)) ||
    // "Borrow DAI, collateral 2 ETH"
    (aside !== undefined && phrase.hints.includes("collateral")) ||
    (received.includes(phrase) && withAsset.length > received.length);
  const main = withAsset.filter((phrase) => !isAside(phrase));
  // "a loan for 15 AVAX"
  const lent = withAsset.filter((phrase) => phrase.prep === "for" && states(phrase));
  // "close my ETH-backed loan": what is owed is something else
  const isDebt = ({ hints }: NounPhrase) => hints.some((hint) => hint.startsWith("debt"));
  const owed = action === "repay_asset" && phrases.some(isDebt)
    ? withAsset.filter((phrase) => phrase.prep !== "against" || isDebt(phrase))
    : withAsset;
  const objects = main.length > 0 ? main : action === "borrow_asset" ? lent : owed;
  const assets = [...new Set(objects.map((phrase) => assetOf(phrase)!))];
  // An amount without a name counts the one thing that is named
  const loose = phrases.filter((phrase) =>
    states(phrase) &&
    (assetOf(phrase) === null ? !isAside(phrase) : isOwnReceipt(action, phrase, withAsset))
  );
  // "Of my 10 SOL, stake 4": a part of what there is
  const isHeld = (phrase: NounPhrase) =>
    phrase.front && /^(?:of|out of|from)$/.test(phrase.prep ?? "") && loose.length === 1 &&
    !loose[0]!.front && phrase.amount?.kind === "amount" && loose[0]!.amount?.kind === "amount" &&
    Number(loose[0]!.amount.value) <= Number(phrase.amount.value);
  const counted = objects.filter((phrase) => states(phrase) && !isHeld(phrase));
  // "stake my USDe into sUSDe, three thousand"
  const behind = received.filter((phrase) =>
    !objects.includes(phrase) && states(phrase) &&
    phrase.names.every(({ from }) => from < phrase.amount!.from)
  );
  const amounts = [...counted, ...loose, ...behind];
  const isWhole = amounts.every(({ amount }) => amount!.kind === "all");
  // "claim all CVX and CRV", "take my CAKE and BNB out of the pool"
  const isAll = isWhole && assets.length > 1 &&
    (action === "claim_rewards" ||
      (action === "withdraw_asset" &&
        objects.every(({ joined, prep }, i) => prep === null && joined === i > 0)));
  if (isAll || (assets.length === 2 && isPair(action, phrases, objects, verb))) {
    const inputs = objects.map((phrase) => ({ amount: phrase.amount, asset: assetOf(phrase)! }));
    return { asset: null, toAsset: null, amount: null, amountOf: "asset", ambiguous: [], inputs };
  }
  // "500 stablecoins", "15 of my coins": of which, nobody can tell
  const isUnnamed = assets.length === 0 && loose.some(({ amount }) => amount!.kind !== "all") &&
    phrases.some(({ hints }) => hints.includes("thing"));
  // "5 ETH worth of USDC": of one thing as much as another is worth
  const isWorth = phrases.some(({ hints, names }) =>
    hints.includes("worth") && names.filter(({ kind }) => kind === "asset").length === 2
  );
  const isOpen = isUnnamed || isWorth;
  // "200 GHO plus the accrued interest"
  const adds = action !== "claim_rewards" && amounts.length > 0 &&
    phrases.some(({ joined, amount, names, hints }) =>
      joined && amount === null && names.length === 0 && hints.includes("reward")
    );
  // "deposit ETH for 300 USDC": for as much of another thing
  const gives = received.some((phrase) =>
    !objects.includes(phrase) && states(phrase) && !behind.includes(phrase)
  );
  const ambiguous: StepSlot[] = [
    ...assets.length > 1 || isOpen ? ["asset" as const] : [],
    ...adds || gives || (amounts.length > 1 && !sameAmounts(amounts)) ? ["amount" as const] : [],
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
    against: aside === undefined
      ? []
      : withAsset.filter((phrase) => isAside(phrase) && !objects.includes(phrase))
        .map((phrase) => ({ amount: phrase.amount, asset: assetOf(phrase)! })),
  };
}

/** "500 USDC worth of ETH": a coin that is a dollar says how many dollars. */
function inDollars(phrase: NounPhrase): NounPhrase {
  const [pays, ...rest] = phrase.names;
  const isWorth = phrase.hints.includes("worth") && phrase.amount?.kind === "amount" &&
    pays !== undefined && isDollar(pays.name) && rest.some(({ kind }) => kind === "asset");
  return isWorth
    ? { ...phrase, names: rest, amount: { ...phrase.amount!, kind: "money", currency: "USD" } }
    : phrase;
}

/** "lock CVX, 50 vlCVX": as many as are locked come out, and the name says of what. */
function isOwnReceipt(
  action: DefiPrimitive,
  phrase: NounPhrase,
  things: readonly NounPhrase[],
): boolean {
  const name = assetOf(phrase)?.toLowerCase() ?? "";
  const [other] = things.filter((one) => one !== phrase);
  return action === "stake_asset" && things.length === 2 && states(phrase) && !states(other!) &&
    /^(?:vl|ve|stk|s|x)/.test(name) &&
    name.replace(/^(?:vl|ve|stk|s|x)/, "") === assetOf(other!)?.toLowerCase();
}

/** Two things that go into one pool are one deposit. */
function isPair(
  action: DefiPrimitive,
  phrases: readonly NounPhrase[],
  objects: readonly NounPhrase[],
  verb: string,
): boolean {
  const [, second] = objects;
  const joins = second!.joined || (second!.prep === "with" && !states(second!));
  // "15 SOL and the matching USDC"
  const matches = second!.joined && !states(second!) && states(objects[0]!) &&
    second!.hints.some((hint) => /^is:(?:matching|corresponding|equivalent|equal)$/.test(hint));
  if (action === "withdraw_asset") {
    return isPooled(phrases, verb) && second!.joined && objects.every(states);
  }
  return action === "deposit_asset" && objects.length === 2 &&
    (isPooled(phrases, verb) && joins || matches);
}

function isPooled(phrases: readonly NounPhrase[], verb: string): boolean {
  return /\bliquidity\b|^lp\b|^pool\b/.test(verb) ||
    phrases.some(({ hints, names }) =>
      hints.some((hint) =>
        /^(?:liquidity|pool|liquidity pool|pair|whirlpool|clmm|dlmm|slipstream|amm|range)$/.test(
          hint,
        )
      ) ||
      names.some(({ kind, name }) => kind === "place" && /\/|\bpool$/.test(name))
    );
}

function sameAmounts(phrases: readonly NounPhrase[]): boolean {
  return new Set(phrases.map(({ amount }) => `${amount?.kind} ${amount?.value}`)).size === 1;
}
