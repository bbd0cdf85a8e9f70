import type { Amount } from "../read/amounts.ts";
import type { LinkedStep, Plan } from "../plan.ts";
import { LENDING_VENUES } from "../read/slots.ts";
import type { LedgerAmount, LedgerInput, LedgerStep } from "./step.ts";

/** The steps of a plan in the words of the ledger. */
export function ledgerSteps({ steps }: Plan): LedgerStep[] {
  return steps.map(ledgerStep);
}

function ledgerStep(step: LinkedStep): LedgerStep {
  const { action, venue, chain, asset, to_asset, ambiguous } = step;
  const isBought = step.amount_of === "to_asset";
  const amount = readAmountOf(step);
  const bought = isBought && amount !== null && amount !== "unread" ? amount : null;
  const received = action === "claim_rewards" ? asset : to_asset;
  return {
    action,
    inputs: action === "claim_rewards" ? [] : [{ asset, amount: isBought ? null : amount }],
    ...(received !== null && { to: { asset: received, ...(bought && { amount: bought }) } }),
    elsewhere: venue === null || LENDING_VENUES.includes(venue) ? null : venue,
    chain,
    hasSecondAsset: ambiguous.includes("asset"),
  };
}

/** Numbers that are part of a name or that limit something else. */
const NO_AMOUNT =
  /\bv\d\b|\b1inch\b|\b(?:ltv|hf|health[- ]?factor|slippage|ap[yr]|fees?|gas)\b\D{0,24}\d[\d.]*\s?%?|\d[\d.]*\s?%?\s?(?:ltv|hf|health[- ]?factor|slippage|ap[yr]|fee|gwei|bps)\b/giu;
/** Digits in groups, of which only the first would be read. */
const GROUPED = /\d[\s'’_]\d{3}(?!\d)/u;
/** Words for an amount without a number. */
const VAGUE = /\b(?:some|few|bit|little|couple|several|many|much|lots?|bunch)\b/iu;

/** What stands for an amount and was not read is not the same as none. */
function readAmountOf({ amount, text, ambiguous }: LinkedStep): LedgerInput["amount"] {
  if (amount !== null) {
    const isCut = GROUPED.test(text) || /^as much\b/iu.test(amount.text);
    return isCut ? "unread" : exactly(amount);
  }
  const isNamed = ambiguous.includes("amount") || VAGUE.test(text) ||
    /\d/u.test(text.replace(NO_AMOUNT, " "));
  return isNamed ? "unread" : null;
}

function exactly(amount: Amount): LedgerAmount {
  return amount.kind === "all"
    ? { kind: "all" }
    : { kind: amount.kind, value: String(amount.value) };
}
