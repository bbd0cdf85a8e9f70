import {
  type Account,
  type Backing,
  backingOf,
  debtOf,
  listedUnits,
  type Market,
  openAccount,
  openMarket,
  type Positions,
  type Units,
  weightedBy,
} from "./account.ts";
import {
  add,
  compare,
  type Exact,
  exact,
  exceeds,
  invert,
  ONE,
  type Ratio,
  ratioOf,
  ZERO,
} from "./exact.ts";
import { carryRatio } from "./stated_ratio.ts";
import type { Wallet } from "./wallet.ts";

/** What is known of an account and of the market before a plan. */
export interface LedgerFacts {
  /** Stated ratios; null where none is stated. */
  readonly ltv: number | null;
  readonly hf: number | null;
  readonly positions: Positions | null;
  readonly prices: Readonly<Record<string, number>>;
  readonly balances: Readonly<Record<string, number>>;
  readonly liqThreshold: number;
}

/** Wallet, holdings and debts between two steps. */
export interface Ledger {
  readonly market: Market;
  /** Stated ratios of debt to collateral, plain and weighted; null: the positions tell. */
  readonly stated: { readonly ltv: Ratio | null; readonly use: Ratio | null };
  /** What backs the debt before the plan, and the debt in dollars where that is known. */
  readonly start: { readonly backing: Backing | null; readonly debt: Exact | null };
  /** Null without positions: then only shares of the collateral can be followed. */
  readonly account: Account | null;
  /** Dollars that the debt has grown by. */
  readonly borrowed: Exact;
  /** Without positions: the share of the collateral that is left. */
  readonly kept: Exact;
  readonly wallet: Wallet;
  /** Units that were staked or deposited elsewhere by the plan, by place and asset. */
  readonly aside: Units;
  /** What is left to repay if all that was asked for was paid. */
  readonly owed: { readonly units: Units | null; readonly value: Exact | null };
  /** True once a step has raised the risk by what nobody knows. */
  readonly isLost: boolean;
  /** Steps without an amount, for which the policy's margins count. */
  readonly unsized: number;
}

/** The ratios that a ledger knows; null where it knows none. */
export interface LedgerRatios {
  readonly ltv: Ratio | null;
  readonly hf: Ratio | null;
}

/**
 * Opens the ledger of a plan.
 *
 * @param isAmple What is not known of the wallet: true for enough of everything, false for nothing.
 */
export function openLedger(facts: LedgerFacts, isAmple: boolean): Ledger {
  const market = openMarket(facts.prices, facts.positions, facts.liqThreshold);
  const account = facts.positions && openAccount(facts.positions);
  const debt = facts.positions && debtOf(facts.positions);
  const balances = Object.entries(facts.balances);
  return {
    market,
    stated: {
      ltv: facts.ltv === null ? null : readRatio(facts.ltv),
      use: facts.hf === null ? null : invert(readRatio(facts.hf)),
    },
    start: { backing: account && backingOf(account, market), debt },
    account,
    borrowed: ZERO,
    kept: ONE,
    wallet: { units: new Map(balances.map(([name, units]) => [name, exact(units)])), isAmple },
    aside: new Map(),
    owed: {
      units: facts.positions?.debts ? listedUnits(facts.positions.debts) : null,
      value: debt,
    },
    isLost: false,
    unsized: 0,
  };
}

function readRatio(ratio: number): Ratio {
  return ratio === Infinity ? "infinite" : exact(ratio);
}

/** The ratios of a ledger, without what nobody knows. */
export function ratiosOf(ledger: Ledger): LedgerRatios {
  const { market, stated, account } = ledger;
  const now = account && backingOf(account, market);
  const ltv = ratioTo(ledger, stated.ltv, now, ({ collateral }) => collateral);
  // What a stated factor implies depends on thresholds: the policy's, or any up to 1
  const thresholds = stated.use === null ? [market.threshold] : [market.threshold, ONE];
  const uses = thresholds.map((threshold) =>
    ratioTo(ledger, stated.use, now, (backing) => weightedBy(threshold, backing))
  );
  const use = uses.reduce((a, b) => a !== null && b !== null && exceeds(b, a) ? b : a);
  return { ltv, hf: use && invert(use) };
}

function ratioTo(
  { start, borrowed, kept }: Ledger,
  stated: Ratio | null,
  backing: Backing | null,
  dollarsOf: (backing: Backing) => Exact,
): Ratio | null {
  if (!start.backing || !backing) return stated && dividedBy(stated, kept);
  const before = dollarsOf(start.backing);
  const now = dollarsOf(backing);
  // Less than nothing, where the listed assets are worth more than the whole
  const isShort = compare(before, ZERO) < 0 || compare(now, ZERO) < 0;
  if (stated !== null && isShort) return "infinite";
  if (!start.debt) return stated && dividedBy(stated, ratioOf(now, before));
  const debt = add(start.debt, borrowed);
  if (stated === null) return ratioOf(debt, now);
  return carryRatio(stated, { debt: start.debt, backing: before }, { debt, backing: now });
}

function dividedBy(ratio: Ratio, share: Ratio): Ratio {
  if (ratio === "infinite" || share === "infinite") return ratio;
  return ratioOf(ratio, share);
}
