import {
  add,
  compare,
  type Exact,
  exact,
  greatest,
  invert,
  multiply,
  ratioOf,
  subtract,
  toNumber,
  ZERO,
} from "./exact.ts";

/** An asset that is pledged. */
export interface PledgedAsset {
  /** Units. */
  readonly amount: number;
  /** Dollars of one unit. */
  readonly price: number;
  /** Share of it that may be owed before it is liquidated. Default: the policy's. */
  readonly liquidation_threshold?: number | undefined;
}

/** An asset that is owed. */
export interface OwedAsset {
  /** Units. */
  readonly amount: number;
  /** Dollars of one unit. */
  readonly price: number;
}

/** What is pledged and what is owed, in dollars, by asset, or both. */
export interface Positions {
  /** Dollars of all collateral. Default: what `assets` are worth. */
  readonly collateral_value?: number | undefined;
  /** Dollars of all debt. Default: unknown. */
  readonly debt_value?: number | undefined;
  /** Collateral by symbol in capitals; where it is listed, nothing else can be withdrawn. */
  readonly assets?: Readonly<Record<string, PledgedAsset>> | undefined;
  /** Debt by symbol in capitals; where it is listed, nothing else can be repaid. */
  readonly debts?: Readonly<Record<string, OwedAsset>> | undefined;
}

/** Units by symbol. */
export type Units = ReadonlyMap<string, Exact>;

/** Collateral, kept exactly. */
export interface Account {
  /** In units, where it is listed. */
  readonly assets: Units | null;
  /** Dollars beside `assets`; below 0 where these are worth more than the whole. */
  readonly otherCollateral: Exact;
}

/** What the values of an account depend on. */
export interface Market {
  /** Dollars of one unit by symbol: those of the context and those of the positions. */
  readonly prices: Units;
  /** Liquidation thresholds of single assets. */
  readonly thresholds: Units;
  /** The threshold of all others. */
  readonly threshold: Exact;
}

/** Opens the account that positions describe. */
export function openAccount({ assets, collateral_value }: Positions): Account {
  return {
    assets: assets ? listedUnits(assets) : null,
    otherCollateral: collateral_value === undefined
      ? ZERO
      : subtract(exact(collateral_value), worth(assets)),
  };
}

/** Units by symbol. */
export function listedUnits(listed: Readonly<Record<string, OwedAsset>>): Units {
  return new Map(Object.entries(listed).map(([symbol, { amount }]) => [symbol, exact(amount)]));
}

/** Dollars that positions owe; null where that is not known. The greater of two debts counts. */
export function debtOf({ debt_value, debts }: Positions): Exact | null {
  return debt_value === undefined ? null : greatest(exact(debt_value), worth(debts));
}

/** Prices and thresholds of a context with its positions. */
export function openMarket(
  prices: Readonly<Record<string, number>>,
  positions: Positions | null,
  liqThreshold: number,
): Market {
  const { assets = {}, debts = {} } = positions ?? {};
  const own = [...Object.entries(debts), ...Object.entries(assets)];
  const thresholds = Object.entries(assets).flatMap(([symbol, { liquidation_threshold: share }]) =>
    share === undefined ? [] : [[symbol, exact(share)] as const]
  );
  const quotes = [
    ...own.map(([symbol, { price }]) => [symbol, price] as const),
    ...Object.entries(prices),
  ];
  return {
    // What costs nothing has no price
    prices: new Map(
      quotes.filter(([, price]) => price > 0).map(([symbol, price]) => [symbol, exact(price)]),
    ),
    thresholds: new Map(thresholds),
    threshold: exact(liqThreshold),
  };
}

/** Dollars of an account that back its debt. */
export interface Backing {
  /** Of all collateral. */
  readonly collateral: Exact;
  /** Of assets with a liquidation threshold of their own, times that. */
  readonly weighted: Exact;
  /** Of all others. */
  readonly unweighted: Exact;
}

/** Sums up what backs the debt of an account. */
export function backingOf({ assets, otherCollateral }: Account, market: Market): Backing {
  // What lacks to the whole may lack in an asset whose threshold is 1
  const isShort = compare(otherCollateral, ZERO) < 0;
  let collateral = otherCollateral;
  let [weighted, unweighted] = isShort ? [otherCollateral, ZERO] : [ZERO, otherCollateral];
  for (const [symbol, units] of assets ?? []) {
    const value = multiply(units, market.prices.get(symbol) ?? ZERO);
    const threshold = market.thresholds.get(symbol);
    collateral = add(collateral, value);
    if (threshold) weighted = add(weighted, multiply(value, threshold));
    else unweighted = add(unweighted, value);
  }
  return { collateral, weighted, unweighted };
}

/**
 * Dollars of the collateral times liquidation thresholds.
 *
 * @param threshold Of the collateral that names none of its own.
 */
export function weightedBy(threshold: Exact, { weighted, unweighted }: Backing): Exact {
  return add(weighted, multiply(unweighted, threshold));
}

/**
 * Loan to value of positions: 0 without debt, infinite for debt without collateral.
 *
 * @throws {RangeError} If a number of the positions is not finite.
 *
 * @returns Null where the debt is not known.
 *
 * @example
 * ```ts
 * import { ltvOf } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ltvOf({ collateral_value: 2000, debt_value: 1000 }), 0.5);
 * assertEquals(ltvOf({ collateral_value: 0, debt_value: 0 }), 0);
 * assertEquals(ltvOf({ assets: { ETH: { amount: 2, price: 1000 } } }), null);
 * ```
 */
export function ltvOf(positions: Positions): number | null {
  const debt = debtOf(positions);
  const market = openMarket({}, positions, 0);
  return debt && toNumber(ratioOf(debt, backingOf(openAccount(positions), market).collateral));
}

/**
 * Health factor of positions: collateral times liquidation threshold by debt; infinite without debt.
 *
 * @param liqThreshold Of the collateral that names none of its own.
 * @throws {RangeError} If a number of the positions is not finite.
 *
 * @returns Null where the debt is not known.
 *
 * @example
 * ```ts
 * import { hfOf } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hfOf({ collateral_value: 2000, debt_value: 1000 }, 0.75), 1.5);
 * assertEquals(hfOf({ collateral_value: 2000, debt_value: 0 }, 0.75), Infinity);
 * ```
 */
export function hfOf(positions: Positions, liqThreshold: number): number | null {
  const debt = debtOf(positions);
  const market = openMarket({}, positions, liqThreshold);
  const weighted = weightedBy(market.threshold, backingOf(openAccount(positions), market));
  return debt && toNumber(invert(ratioOf(debt, weighted)));
}

function worth(listed: Readonly<Record<string, OwedAsset>> = {}): Exact {
  return Object.values(listed).reduce(
    (sum, { amount, price }) => add(sum, multiply(exact(amount), exact(price))),
    ZERO,
  );
}
