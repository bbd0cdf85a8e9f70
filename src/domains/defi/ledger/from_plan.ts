import type { LinkedStep, Plan } from "../plan.ts";
import { LENDING_VENUES } from "../read/slots.ts";
import type { StepInput } from "../read/steps.ts";
import type { LedgerAmount, LedgerInput, LedgerStep } from "./step.ts";

/** The steps of a plan in the words of the ledger. */
export function ledgerSteps({ steps }: Plan): LedgerStep[] {
  return steps.map(ledgerStep);
}

function ledgerStep(step: LinkedStep): LedgerStep {
  const { action, venue, chain, asset, to_asset, against } = step;
  const isBought = step.amount_of === "to_asset";
  const amount = amountOf(step);
  const bought = isBought && amount !== null && amount !== "unread" ? amount : null;
  const received = action === "claim_rewards" ? asset : to_asset;
  return {
    action,
    inputs: action === "claim_rewards" ? [] : inputsOf(step, isBought ? null : amount),
    ...(received !== null && { to: { asset: received, ...(bought && { amount: bought }) } }),
    elsewhere: venue === null || LENDING_VENUES.includes(venue) ? null : venue,
    chain,
    hasSecondAsset: step.ambiguous.includes("asset") || against.length > 0,
  };
}

/** All that the step takes: two for liquidity of a pair. */
function inputsOf(step: LinkedStep, amount: LedgerInput["amount"]): LedgerInput[] {
  if (step.inputs.length < 2) return [{ asset: step.asset, amount }];
  return step.inputs.map((input) => ({ asset: input.asset, amount: inputAmount(input) }));
}

/** Null for an amount that the words leave out; one that they name and leave open is unread. */
function amountOf({ amount, ambiguous, inputs, text }: LinkedStep): LedgerInput["amount"] {
  if (amount === null) {
    const isNamed = ambiguous.includes("amount") || inputs.some(({ kind }) => kind !== "open");
    return isNamed || VAGUE.test(text) ? "unread" : null;
  }
  if (amount.kind !== "all") return { kind: amount.kind, value: amount.exact };
  return AS_ALLOWED.test(amount.text) ? "unread" : { kind: "all" };
}

function inputAmount({ kind, amount }: StepInput): LedgerInput["amount"] {
  if (kind === "all") return { kind };
  if (kind === "open" || amount === undefined) return null;
  return { kind, value: amount } as LedgerAmount;
}

/** Words for an amount without a number: "borrow some USDC" is not the same as "borrow USDC". */
const VAGUE = /\b(?:some|few|bit|little|couple|several|many|much|lots?|bunch)\b/iu;
/** "As much as I can" depends on what the guards are to find out. */
const AS_ALLOWED = /^as much\b/iu;
