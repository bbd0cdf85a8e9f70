import { z } from "zod";
import { hfOf, ltvOf, type Positions } from "../domains/defi/positions.ts";
import { readInput } from "./input_fault.ts";

/** Where a ratio was found: in `risk`, beside it, or calculated from the positions. */
export type RiskSource = "risk" | "top_level" | "positions";

/** What is known of the account and the market, checked; null where nothing is known. */
export interface Context {
  readonly oracle: { readonly age_sec: number; readonly max_age_sec: number } | null;
  /** Loan to value, debt by collateral. Infinity for a debt without collateral. */
  readonly ltv: number | null;
  /** Health factor. Infinity without debt. */
  readonly hf: number | null;
  /** Where the two come from. */
  readonly sources: { readonly ltv: RiskSource | null; readonly hf: RiskSource | null };
  /** Values in dollars. */
  readonly positions: Positions | null;
  /** Dollars of one unit, by ticker in capitals. */
  readonly prices: Readonly<Record<string, number>>;
  /** Units in the wallet, by ticker in capitals. */
  readonly balances: Readonly<Record<string, number>>;
}

/** A price older than this is stale where the caller sets no limit, in seconds. */
export const DEFAULT_MAX_AGE_SEC = 30;

const least0 = z.number({ error: "a number of at least 0" })
  .refine((n) => n >= 0, { error: "a number of at least 0" });
const above0 = z.number({ error: "a number above 0" })
  .refine((n) => n > 0, { error: "a number above 0" });
const group = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  });
const byTicker = (value: typeof least0) => z.record(z.string(), value, { error: "an object" });

const TYPE = group({
  oracle: group({ age_sec: least0, max_age_sec: least0.optional() }).optional(),
  ltv: least0.optional(),
  hf: least0.optional(),
  risk: group({ ltv: least0.optional(), hf: least0.optional() }).optional(),
  positions: group({ collateral_value: least0, debt_value: least0 }).optional(),
  prices: byTicker(above0).optional(),
  balances: byTicker(least0).optional(),
  account: group({ balances: byTicker(least0).optional() }).optional(),
});

const SCHEMA = {
  name: "context",
  keys: [
    "oracle.age_sec",
    "oracle.max_age_sec",
    "risk.ltv",
    "risk.hf",
    "ltv",
    "hf",
    "positions.collateral_value",
    "positions.debt_value",
    "prices",
    "balances",
    "account.balances",
  ],
  renamed: {},
};

/**
 * Checks a context and finds the risk of the account: `risk.ltv` and `risk.hf` before `ltv` and
 * `hf` before what follows from the positions (LTV = debt / collateral, HF = collateral ·
 * liquidation threshold / debt, infinite without debt). Each ratio is looked up by itself;
 * `sources` says where it was found. What is not given stays unknown.
 *
 * @param input What the caller wrote; undefined for nothing.
 * @param policy Its `liq_threshold` is used for the health factor.
 * @throws {MicroLmError} Kind `usage` for an unknown key or for a number that is negative, NaN or
 * infinite; the message names the path.
 *
 * @example
 * ```ts
 * import { resolveContext, resolvePolicy } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const context = resolveContext({
 *   risk: { ltv: 0.4 },
 *   positions: { collateral_value: 1000, debt_value: 500 },
 * }, resolvePolicy());
 * assertEquals([context.ltv, context.hf], [0.4, 1.7]);
 * assertEquals(context.sources, { ltv: "risk", hf: "positions" });
 * ```
 */
export function resolveContext(
  input: unknown = {},
  { liq_threshold }: { readonly liq_threshold: number },
): Context {
  const given = readInput(input, TYPE, SCHEMA);
  const positions = given.positions ?? null;
  const ltv = firstOf(given.risk?.ltv, given.ltv, positions && ltvOf(positions));
  const hf = firstOf(given.risk?.hf, given.hf, positions && hfOf(positions, liq_threshold));
  return {
    oracle: given.oracle
      ? {
        age_sec: given.oracle.age_sec,
        max_age_sec: given.oracle.max_age_sec ?? DEFAULT_MAX_AGE_SEC,
      }
      : null,
    ltv: ltv.value,
    hf: hf.value,
    sources: { ltv: ltv.source, hf: hf.source },
    positions,
    prices: inCapitals(given.prices),
    balances: inCapitals({ ...given.account?.balances, ...given.balances }),
  };
}

function firstOf(
  risk: number | undefined,
  topLevel: number | undefined,
  derived: number | null,
): { readonly value: number | null; readonly source: RiskSource | null } {
  if (risk !== undefined) return { value: risk, source: "risk" };
  if (topLevel !== undefined) return { value: topLevel, source: "top_level" };
  return { value: derived, source: derived === null ? null : "positions" };
}

function inCapitals(values: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]),
  );
}
