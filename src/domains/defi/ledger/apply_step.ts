import { type Applied, known, STEP_EFFECTS, type StepEffect } from "./applied.ts";
import { borrow, repay } from "./debt.ts";
import { add, divide, type Exact, multiply, negate, ZERO } from "./exact.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerInput, LedgerStep } from "./step.ts";
import { move, pay, payInput, readAmount, receive, unitsOf } from "./wallet.ts";
import { asideKey, withdraw } from "./withdraw.ts";

/**
 * Carries a ledger through a step: withdrawing lowers the collateral, borrowing raises the debt,
 * repaying lowers it, a deposit raises the collateral; what a step yields reaches the wallet, and
 * what it pays leaves it. A step is as uncertain as the most uncertain of its inputs.
 */
export function applyStep(ledger: Ledger, step: LedgerStep): Applied {
  if (step.action === "swap_asset") return known(swap(ledger, step));
  if (step.action === "claim_rewards") return known(claim(ledger, step));
  return step.inputs.reduce<Applied>((before, input) => {
    const { ledger, effect } = applyInput(before.ledger, step, input);
    return { ledger, effect: graver(before.effect, effect) };
  }, known(ledger));
}

function graver(a: StepEffect, b: StepEffect): StepEffect {
  return STEP_EFFECTS.indexOf(a) <= STEP_EFFECTS.indexOf(b) ? a : b;
}

function applyInput(ledger: Ledger, step: LedgerStep, input: LedgerInput): Applied {
  const { action, elsewhere = null } = step;
  switch (action) {
    case "withdraw_asset":
      return withdraw(ledger, elsewhere, input);
    case "borrow_asset":
      return borrow(ledger, input);
    case "repay_asset":
      return repay(ledger, input);
    case "deposit_asset":
      return known(
        elsewhere === null ? pledge(ledger, input) : putAside(ledger, elsewhere, input),
      );
    case "stake_asset":
      return known(putAside(ledger, STAKED, input));
    case "unstake_asset":
      return known(unstake(ledger, input));
    default:
      return known(ledger);
  }
}

/** Where staked assets are, whoever keeps them. */
const STAKED = "staked";

/** Pays into the collateral; what has no price is worth nothing there. */
function pledge(ledger: Ledger, input: LedgerInput): Ledger {
  const { account, market: { prices } } = ledger;
  const { wallet, paid } = payInput(ledger.wallet, input, prices);
  const price = input.asset === null ? undefined : prices.get(input.asset);
  if (!account || !price) return { ...ledger, wallet };
  const grown = account.assets
    ? { assets: move(account.assets, input.asset!, paid) }
    : { otherCollateral: add(account.otherCollateral, multiply(paid, price)) };
  return { ...ledger, wallet, account: { ...account, ...grown } };
}

function putAside(ledger: Ledger, place: string, input: LedgerInput): Ledger {
  const { wallet, paid } = payInput(ledger.wallet, input, ledger.market.prices);
  return { ...ledger, wallet, aside: move(ledger.aside, asideKey(place, input.asset), paid) };
}

/** What was staked before the plan is not known: at least what the plan has staked. */
function unstake(ledger: Ledger, input: LedgerInput): Ledger {
  const { wallet, aside, market: { prices } } = ledger;
  if (input.asset === null) return ledger;
  const key = asideKey(STAKED, input.asset);
  const staked = { units: new Map([[input.asset, aside.get(key) ?? ZERO]]), isAmple: false };
  const asked = unitsOf(input, prices, aside.get(key) ?? ZERO);
  const { paid } = pay(staked, input.asset, asked);
  return {
    ...ledger,
    aside: move(aside, key, negate(paid)),
    wallet: receive(wallet, input.asset, wallet.isAmple ? asked ?? ZERO : paid),
  };
}

/** What a swap yields is certain only when it is done. */
function swap(ledger: Ledger, { inputs, to }: LedgerStep): Ledger {
  const { prices } = ledger.market;
  let wallet = ledger.wallet;
  let dollars = ZERO;
  for (const input of inputs) {
    const payment = payInput(wallet, input, prices);
    const price = input.asset === null ? undefined : prices.get(input.asset);
    wallet = payment.wallet;
    if (price) dollars = add(dollars, multiply(payment.paid, price));
  }
  if (!to || !wallet.isAmple) return { ...ledger, wallet };
  const price = prices.get(to.asset);
  const bought = boughtUnits(to) ?? (price ? divide(dollars, price) : ZERO);
  return { ...ledger, wallet: receive(wallet, to.asset, bought) };
}

/** Nor are rewards. */
function claim(ledger: Ledger, { to }: LedgerStep): Ledger {
  if (!to || !ledger.wallet.isAmple) return ledger;
  return { ...ledger, wallet: receive(ledger.wallet, to.asset, boughtUnits(to) ?? ZERO) };
}

function boughtUnits({ amount }: NonNullable<LedgerStep["to"]>): Exact | null {
  return readAmount(amount ?? null, "units");
}
