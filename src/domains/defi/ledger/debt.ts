import { type Applied, isUnpriced, known, lost, unsized } from "./applied.ts";
import { add, exceeds, isZero, multiply, negate, subtract, ZERO } from "./exact.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerInput } from "./step.ts";
import { move, pay, readAmount, receive, shareOf, unitsOf } from "./wallet.ts";

/** Borrows what an input says. A debt that is not known cannot be followed. */
export function borrow(ledger: Ledger, input: LedgerInput): Applied {
  const { owed, market: { prices } } = ledger;
  const { asset } = input;
  if (isUnpriced(ledger, input)) return lost(ledger);
  if (input.amount === null) return unsized(ledger);
  if (shareOf(input.amount)) return lost(ledger, "open");
  const units = unitsOf(input, prices, null);
  const value = units ? multiply(units, prices.get(asset!)!) : readAmount(input.amount, "usd");
  if (value === null || !ledger.start.debt) return lost(ledger);
  return known({
    ...ledger,
    borrowed: add(ledger.borrowed, value),
    owed: {
      units: owed.units && units ? move(owed.units, asset!, units) : owed.units,
      value: owed.value && add(owed.value, value),
    },
    wallet: units ? receive(ledger.wallet, asset!, units) : ledger.wallet,
  });
}

/**
 * Pays back what an input says, at most what the wallet holds. Whether that is more than is owed is
 * asked of what was to be paid: a poor wallet makes no order right.
 */
export function repay(ledger: Ledger, input: LedgerInput): Applied {
  const { owed, market: { prices } } = ledger;
  const { asset, amount } = input;
  const due = owed.units && asset !== null ? owed.units.get(asset) ?? ZERO : null;
  const asked = unitsOf(input, prices, due);
  const price = asset === null ? null : prices.get(asset) ?? null;
  const value = asked && price ? multiply(asked, price) : readAmount(amount, "usd");
  const isTooMuch = due && asked
    ? exceeds(asked, due) || isZero(due)
    : owed.value !== null && value !== null && exceeds(value, owed.value);
  if (isTooMuch) return { ledger, effect: "more_than_owed" };
  const { wallet, paid } = pay(ledger.wallet, asset, asked);
  return known({
    ...ledger,
    wallet,
    borrowed: price && ledger.start.debt
      ? subtract(ledger.borrowed, multiply(paid, price))
      : ledger.borrowed,
    owed: {
      units: owed.units && due && asked ? move(owed.units, asset!, negate(asked)) : owed.units,
      value: owed.value && value ? subtract(owed.value, value) : owed.value,
    },
  });
}
