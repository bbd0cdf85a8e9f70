import type { LinkedStep } from "./plan.ts";
import { LENDING_VENUES } from "./slots.ts";

/** Value of what is pledged and what is owed, in dollars. */
export interface Positions {
  readonly collateral_value: number;
  readonly debt_value: number;
}

/** What is known of an account before a plan; null where it is not known. */
export interface RiskState {
  /** Loan to value: debt by collateral. */
  readonly ltv: number | null;
  /** Health factor: collateral times liquidation threshold by debt; Infinity without debt. */
  readonly hf: number | null;
  readonly positions: Positions | null;
}

/** What a step is worth where the words and the prices tell. */
export interface Valuation {
  /** Dollars of one unit, by ticker in capitals. */
  readonly prices: Readonly<Record<string, number>>;
  /** Units in the wallet, by ticker in capitals; limits what can be paid in. */
  readonly balances: Readonly<Record<string, number>>;
  /** Share of the collateral that may be owed before it is liquidated. */
  readonly liq_threshold: number;
}

/** The state after a step, and how well it is known. */
export interface AfterStep {
  readonly state: RiskState;
  /**
   * False if a step that raises the risk has no amount or no price: the state is that before
   * it.
   */
  readonly priced: boolean;
  /** True if the step borrows as much as there is: no number limits it. */
  readonly openEnded: boolean;
}

/**
 * Carries an account through one step: withdrawing lowers the collateral, borrowing raises the
 * debt, repaying lowers it, depositing into a lending venue raises the collateral.
 *
 * What is not known counts to the disadvantage: a share of an asset counts as that share of all
 * collateral, and a deposit or repayment without amount or price changes nothing.
 */
export function applyStep(state: RiskState, step: LinkedStep, valuation: Valuation): AfterStep {
  const same = { state, priced: true, openEnded: false };
  const kind = step.amount?.kind;
  const value = valueOf(step, valuation);
  switch (step.action) {
    case "withdraw_asset": {
      if (kind === "all" || kind === "fraction") {
        const kept = step.amount!.kind === "fraction" ? 1 - step.amount!.value : 0;
        return { ...same, state: scaleCollateral(state, kept) };
      }
      if (value === null || !state.positions) return { ...same, priced: false };
      return { ...same, state: shift(state, -value, 0, valuation) };
    }
    case "borrow_asset":
      if (kind === "all" || kind === "fraction") return { ...same, openEnded: true };
      if (value === null || !state.positions) return { ...same, priced: false };
      return { ...same, state: shift(state, 0, value, valuation) };
    case "repay_asset":
      if (value === null || !state.positions) return same;
      return { ...same, state: shift(state, 0, -capped(step, value, valuation), valuation) };
    case "deposit_asset": {
      const pledged = step.venue === null || LENDING_VENUES.includes(step.venue);
      if (value === null || !state.positions || !pledged) return same;
      return { ...same, state: shift(state, capped(step, value, valuation), 0, valuation) };
    }
    default:
      return same;
  }
}

/**
 * Loan to value of positions: 0 without debt, infinite for debt without collateral.
 *
 * @example
 * ```ts
 * import { ltvOf } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ltvOf({ collateral_value: 2000, debt_value: 1000 }), 0.5);
 * assertEquals(ltvOf({ collateral_value: 0, debt_value: 0 }), 0);
 * ```
 */
export function ltvOf({ collateral_value, debt_value }: Positions): number {
  return debt_value === 0 ? 0 : debt_value / collateral_value;
}

/**
 * Health factor of positions: infinite without debt.
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
export function hfOf({ collateral_value, debt_value }: Positions, liqThreshold: number): number {
  return debt_value === 0 ? Infinity : (collateral_value * liqThreshold) / debt_value;
}

function valueOf({ amount, asset }: LinkedStep, { prices }: Valuation): number | null {
  if (amount?.kind === "usd") return amount.value;
  if (amount?.kind !== "units" || asset === null || !Object.hasOwn(prices, asset)) return null;
  return amount.value * prices[asset]!;
}

/** No more can be paid in than the wallet holds, where that is known. */
function capped({ asset }: LinkedStep, value: number, { prices, balances }: Valuation): number {
  if (asset === null || !Object.hasOwn(balances, asset) || !Object.hasOwn(prices, asset)) {
    return value;
  }
  return Math.min(value, balances[asset]! * prices[asset]!);
}

function scaleCollateral({ ltv, hf, positions }: RiskState, kept: number): RiskState {
  return {
    ltv: ltv === null || ltv === 0 ? ltv : ltv / kept,
    hf: hf === null || hf === Infinity ? hf : hf * kept,
    positions: positions && { ...positions, collateral_value: positions.collateral_value * kept },
  };
}

/**
 * Moves collateral and debt; stated ratios move in proportion, so that their source keeps its
 * say.
 */
function shift(
  state: RiskState,
  collateral: number,
  debt: number,
  { liq_threshold }: Valuation,
): RiskState {
  const before = state.positions!;
  const positions = {
    collateral_value: Math.max(0, before.collateral_value + collateral),
    debt_value: Math.max(0, before.debt_value + debt),
  };
  const was = ltvOf(before);
  const is = ltvOf(positions);
  const grown = was > 0 && Number.isFinite(was) ? is / was : null;
  return {
    positions,
    ltv: nextLtv(state.ltv, was, is, grown),
    hf: nextHf(
      state.hf,
      hfOf(before, liq_threshold),
      hfOf(positions, liq_threshold),
      grown,
    ),
  };
}

/** Taken from the positions without rounding where it is theirs: equality has to pass. */
function nextLtv(ltv: number | null, was: number, is: number, grown: number | null): number | null {
  if (ltv === null) return null;
  if (ltv === was) return is;
  return grown === null ? Math.max(ltv, is) : ltv * grown;
}

function nextHf(hf: number | null, was: number, is: number, grown: number | null): number | null {
  if (hf === null) return null;
  if (hf === was) return is;
  return grown === null ? Math.min(hf, is) : hf / grown;
}
