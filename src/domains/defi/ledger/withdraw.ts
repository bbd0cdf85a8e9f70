import type { Account, Units } from "./account.ts";
import { type Applied, isUnpriced, known, lost, unsized } from "./applied.ts";
import {
  add,
  type Exact,
  exceeds,
  isZero,
  least,
  multiply,
  negate,
  ONE,
  subtract,
  ZERO,
} from "./exact.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerInput } from "./step.ts";
import { move, readAmount, receive, shareOf, unitsOf } from "./wallet.ts";

/** What the plan has put into a place, by the key of place and asset. */
interface Aside {
  readonly key: string;
  readonly held: Exact;
}

/**
 * Takes out collateral, and before it what the plan has put into the same place.
 *
 * Where the collateral is listed, no more of an asset can be taken than there is; else a share of
 * an asset counts as that share of all.
 *
 * @param elsewhere A place whose deposits are no collateral, or null.
 */
export function withdraw(ledger: Ledger, elsewhere: string | null, input: LedgerInput): Applied {
  if (isUnpriced(ledger, input)) return lost(ledger);
  if (input.amount === null) return unsized(ledger);
  const key = asideKey(elsewhere ?? "", input.asset);
  const aside = { key, held: ledger.aside.get(key) ?? ZERO };
  const { account } = ledger;
  if (account?.assets) return withdrawListed(ledger, account, account.assets, input, aside);
  const share = shareOf(input.amount);
  return share ? withdrawShare(ledger, share, input, aside) : withdrawValue(ledger, input, aside);
}

/** Names what is kept at a place. */
export function asideKey(place: string, asset: string | null): string {
  return JSON.stringify([place, asset]);
}

function withdrawListed(
  ledger: Ledger,
  account: Account,
  assets: Units,
  input: LedgerInput,
  aside: Aside,
): Applied {
  const { asset } = input;
  if (asset === null) return lost(ledger);
  const held = add(assets.get(asset) ?? ZERO, aside.held);
  const units = unitsOf(input, ledger.market.prices, held);
  if (units === null) return lost(ledger);
  // "All" of what was never pledged is more than there is, too
  if (exceeds(units, held) || isZero(held)) return { ledger, effect: "more_than_held" };
  const fromAside = least(units, aside.held);
  const left = move(assets, asset, subtract(fromAside, units));
  return known({
    ...payOut(ledger, asset, units, aside, fromAside),
    account: { ...account, assets: left },
  });
}

function withdrawShare(ledger: Ledger, share: Exact, input: LedgerInput, aside: Aside): Applied {
  const { account, kept } = ledger;
  const left = subtract(ONE, share);
  const fromAside = multiply(aside.held, share);
  return known({
    ...payOut(ledger, input.asset, fromAside, aside, fromAside),
    kept: multiply(kept, left),
    account: account && { ...account, otherCollateral: multiply(account.otherCollateral, left) },
  });
}

function withdrawValue(ledger: Ledger, input: LedgerInput, aside: Aside): Applied {
  const { account, market: { prices } } = ledger;
  const units = unitsOf(input, prices, null);
  const fromAside = least(units ?? ZERO, aside.held);
  const value = units
    ? multiply(subtract(units, fromAside), prices.get(input.asset!)!)
    : readAmount(input.amount, "usd");
  if (value === null || (!account && !isZero(value))) return lost(ledger);
  if (account && exceeds(value, account.otherCollateral)) {
    return { ledger, effect: "more_than_held" };
  }
  return known({
    ...payOut(ledger, input.asset, units ?? ZERO, aside, fromAside),
    account: account && { ...account, otherCollateral: subtract(account.otherCollateral, value) },
  });
}

function payOut(
  ledger: Ledger,
  asset: string | null,
  units: Exact,
  { key }: Aside,
  fromAside: Exact,
): Ledger {
  return {
    ...ledger,
    aside: move(ledger.aside, key, negate(fromAside)),
    wallet: asset === null ? ledger.wallet : receive(ledger.wallet, asset, units),
  };
}
