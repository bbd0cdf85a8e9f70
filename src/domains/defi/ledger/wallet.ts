import {
  add,
  compare,
  divide,
  type Exact,
  least,
  multiply,
  ONE,
  readExact,
  subtract,
  ZERO,
} from "./exact.ts";
import type { Units } from "./account.ts";
import type { LedgerAmount, LedgerInput } from "./step.ts";

/** What is at hand, in units by asset. */
export interface Wallet {
  readonly units: Units;
  /** True where an asset that is not listed is there in any amount, false where it is not there. */
  readonly isAmple: boolean;
}

/** A wallet after a payment, and the units that were paid. */
export interface Payment {
  readonly wallet: Wallet;
  readonly paid: Exact;
}

/** Units or dollars of an amount; null where it names neither, or none that can be read. */
export function readAmount(
  amount: LedgerInput["amount"],
  kind: LedgerAmount["kind"],
): Exact | null {
  if (amount === null || amount === "unread" || amount.kind !== kind) return null;
  const value = amount.kind === "all" ? null : readExact(amount.value);
  return value && compare(value, ZERO) >= 0 ? value : null;
}

/** Units that an amount means; null where the words or the prices do not tell. */
export function unitsOf(
  { asset, amount }: LedgerInput,
  prices: Units,
  whole: Exact | null,
): Exact | null {
  const share = shareOf(amount);
  if (share) return whole && multiply(whole, share);
  const units = readAmount(amount, "units");
  if (units) return asset === null ? null : units;
  const price = asset === null ? undefined : prices.get(asset);
  const dollars = readAmount(amount, "usd");
  return dollars && price ? divide(dollars, price) : null;
}

/** The share of the whole that an amount means: 1 for all; null for other amounts. */
export function shareOf(amount: LedgerInput["amount"]): Exact | null {
  if (amount !== null && amount !== "unread" && amount.kind === "all") return ONE;
  const share = readAmount(amount, "fraction");
  return share && compare(share, ONE) <= 0 ? share : null;
}

/**
 * Pays units from a wallet, at most what it holds. Units that cannot be told (null) pay nothing for
 * certain; a wallet that counts what is certain alone may have spent all of the asset for them.
 */
export function pay(wallet: Wallet, asset: string | null, asked: Exact | null): Payment {
  if (asset === null) {
    return { wallet: wallet.isAmple ? wallet : { ...wallet, units: new Map() }, paid: ZERO };
  }
  const held = heldOf(wallet, asset);
  if (asked === null) {
    return { wallet: wallet.isAmple ? wallet : hold(wallet, asset, ZERO), paid: ZERO };
  }
  if (held === null) return { wallet, paid: asked };
  const paid = least(asked, held);
  return { wallet: hold(wallet, asset, subtract(held, paid)), paid };
}

/** Pays what an input says; a share is one of what the wallet holds. */
export function payInput(wallet: Wallet, input: LedgerInput, prices: Units): Payment {
  const held = input.asset === null ? null : heldOf(wallet, input.asset);
  return pay(wallet, input.asset, unitsOf(input, prices, held));
}

/** Units of an asset; null for any number. */
function heldOf({ units, isAmple }: Wallet, asset: string): Exact | null {
  return units.get(asset) ?? (isAmple ? null : ZERO);
}

/** Puts a step's yield into a wallet. */
export function receive(wallet: Wallet, asset: string, units: Exact): Wallet {
  const held = heldOf(wallet, asset);
  return held === null ? wallet : hold(wallet, asset, add(held, units));
}

/** The same units with more of one of them, or less. */
export function move(units: Units, key: string, change: Exact): Units {
  return new Map([...units, [key, add(units.get(key) ?? ZERO, change)]]);
}

function hold(wallet: Wallet, asset: string, held: Exact): Wallet {
  return { ...wallet, units: new Map([...wallet.units, [asset, held]]) };
}
