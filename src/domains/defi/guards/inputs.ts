import type { AssetPolicy } from "./asset_policy.ts";
import { ltvOf, type PledgedAsset, type Positions } from "../ledger/account.ts";
import type { RiskLimits } from "../ledger/risk.ts";

/** Limits that a plan has to keep. */
export interface GuardPolicy extends RiskLimits {
  /** Share of the collateral that may be owed before it is liquidated. */
  readonly liq_threshold: number;
  /** Whether unknown risk blocks. */
  readonly risk: { readonly require: boolean };
  /** Greatest age of the prices in seconds; null: as the context says. Default: null. */
  readonly oracle?: { readonly max_age_sec: number | null };
  /** Which assets may be named. Default: any. */
  readonly assets?: AssetPolicy;
}

/** What is known of the account and the market; null or an empty record where nothing is. */
export interface GuardContext {
  readonly oracle: { readonly age_sec: number; readonly max_age_sec: number } | null;
  readonly ltv: number | null;
  readonly hf: number | null;
  readonly positions: Positions | null;
  readonly prices: Readonly<Record<string, number>>;
  readonly balances: Readonly<Record<string, number>>;
}

type Numbers = readonly (readonly [path: string, value: number | null | undefined])[];

/**
 * Checks the numbers of a policy and a context that were not resolved.
 *
 * @throws {RangeError} If one is NaN or negative, or an ltv of 0 is stated beside a debt; the message
 * names it.
 */
export function checkGuardNumbers(policy: GuardPolicy, context: GuardContext): void {
  const { oracle, positions, ltv, hf } = context;
  const numbers: Numbers = [
    ["ltv_max", policy.ltv_max],
    ["hf_min", policy.hf_min],
    ["ltv_margin", policy.ltv_margin],
    ["hf_buffer", policy.hf_buffer],
    ["liq_threshold", policy.liq_threshold],
    ["ltv", ltv],
    ["hf", hf],
    ["oracle.age_sec", oracle?.age_sec],
    ["oracle.max_age_sec", oracle?.max_age_sec],
    ...positionNumbers(positions),
    ...entries("prices", context.prices),
    ...entries("balances", context.balances),
  ];
  for (const [path, value] of numbers) {
    if (value !== null && value !== undefined && !(value >= 0)) {
      throw new RangeError(`Expected ${path} to be a number of at least 0, got ${value}`);
    }
  }
  if (positions && ltv === 0 && (ltvOf(positions) ?? 0) > 0) {
    throw new RangeError("Expected ltv to be above 0 beside a debt, got 0");
  }
}

function positionNumbers(positions: Positions | null): Numbers {
  const { collateral_value, debt_value, assets = {}, debts = {} } = positions ?? {};
  const listed = [
    ...Object.entries(assets).map(([name, asset]) => [`assets.${name}`, asset] as const),
    ...Object.entries(debts).map(([name, debt]) => [`debts.${name}`, debt] as const),
  ];
  return [
    ["positions.collateral_value", collateral_value],
    ["positions.debt_value", debt_value],
    ...listed.flatMap(([path, numbers]) => entries(`positions.${path}`, numbers)),
  ];
}

function entries(
  path: string,
  numbers: Readonly<Record<string, number | undefined>> | PledgedAsset,
): Numbers {
  return Object.entries(numbers).map(([name, value]) => [`${path}.${name}`, value] as const);
}
