import { z } from "zod";
import { hfOf, ltvOf, type Positions } from "./defi/ledger/account.ts";
import { MicroLmError } from "../core/errors.ts";
import { byCapitals } from "./by_capitals.ts";
import { readInput } from "../core/read_input.ts";

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
  /** Values in dollars, units by ticker in capitals. */
  readonly positions: Positions | null;
  /** Dollars of one unit, by ticker in capitals. */
  readonly prices: Readonly<Record<string, number>>;
  /** Units in the wallet, by ticker in capitals. */
  readonly balances: Readonly<Record<string, number>>;
}

/** A price older than this is stale where the caller sets no limit, in seconds. */
export const DEFAULT_MAX_AGE_SEC = 30;

/** −0 is 0. */
const least0 = z.number({ error: "a number of at least 0" })
  .min(0, { error: "a number of at least 0" }).transform((n) => n + 0);
const above0 = z.number({ error: "a number above 0" }).gt(0, { error: "a number above 0" });
const group = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  });
const byTicker = <T>(value: z.ZodType<T>) => z.record(z.string(), value, { error: "an object" });
const share = z.number({ error: "a number from 0 to 1" }).min(0, { error: "a number from 0 to 1" })
  .max(1, { error: "a number from 0 to 1" }).transform((n) => n + 0);
const owed = { amount: least0, price: above0 };

/** The shape of a context. */
export const CONTEXT_TYPE = group({
  oracle: group({ age_sec: least0, max_age_sec: least0.optional() }).optional(),
  ltv: least0.optional(),
  hf: least0.optional(),
  risk: group({ ltv: least0.optional(), hf: least0.optional() }).optional(),
  positions: group({
    collateral_value: least0.optional(),
    debt_value: least0.optional(),
    assets: byTicker(group({ ...owed, liquidation_threshold: share.optional() })).optional(),
    debts: byTicker(group(owed)).optional(),
  }).optional(),
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
    "positions.assets",
    "positions.debts",
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
 * `positions.assets` and `positions.debts` list the collateral and the debt by symbol. Beside listed
 * assets `collateral_value` may be left out, and `debt_value` where no debt is listed either: then
 * the debt is not known.
 *
 * @param input What the caller wrote; undefined for nothing.
 * @param policy Its `liq_threshold` is used for the health factor.
 * @throws {MicroLmError} Kind `usage` for an unknown key or for a number that is negative, NaN or
 * infinite, for names that differ only by case, for two prices or balances of one asset, and for an
 * ltv of 0 that is stated beside a debt; the message names the path.
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
  const given = readInput(input, CONTEXT_TYPE, SCHEMA);
  const positions = given.positions ? readPositions(given.positions) : null;
  const [ownLtv, ownHf] = positions
    ? [ltvOf(positions), hfOf(positions, liq_threshold)]
    : [null, null];
  checkStated({ "risk.ltv": given.risk?.ltv, ltv: given.ltv }, ownLtv);
  const ltv = firstOf(given.risk?.ltv, given.ltv, ownLtv);
  const hf = firstOf(given.risk?.hf, given.hf, ownHf);
  const prices = byCapitals(given.prices ?? {}, "context.prices");
  checkPrices(prices, positions);
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
    prices,
    balances: joinBalances(given.balances ?? {}, given.account?.balances ?? {}),
  };
}

/** Collateral is listed or summed up; its debt is summed up or unknown, and a list may add to the sum. */
function readPositions(given: Positions): Positions {
  const { assets, debts, collateral_value, debt_value } = given;
  if (!assets && collateral_value === undefined) throw lacks("collateral_value");
  if ((!assets || debts) && debt_value === undefined) throw lacks("debt_value");
  return {
    ...(collateral_value !== undefined && { collateral_value }),
    ...(debt_value !== undefined && { debt_value }),
    ...(assets && { assets: byCapitals(assets, "context.positions.assets") }),
    ...(debts && { debts: byCapitals(debts, "context.positions.debts") }),
  };
}

function lacks(key: string): MicroLmError {
  return new MicroLmError(
    "usage",
    `Expected context.positions.${key} to be a number of at least 0, got nothing`,
  );
}

function checkStated(
  stated: Readonly<Record<string, number | undefined>>,
  own: number | null,
): void {
  for (const [key, value] of Object.entries(stated)) {
    if (value !== 0 || own === null || own === 0) continue;
    throw new MicroLmError(
      "usage",
      `Expected context.${key} to be above 0 beside the debt of context.positions, got 0`,
    );
  }
}

/** An asset has one price, wherever it is written. */
function checkPrices(prices: Readonly<Record<string, number>>, positions: Positions | null): void {
  const found = new Map(
    Object.entries(prices).map(([name, price]) => [
      name,
      { price, path: `context.prices.${name}` },
    ]),
  );
  for (const key of ["assets", "debts"] as const) {
    for (const [name, { price }] of Object.entries(positions?.[key] ?? {})) {
      const path = `context.positions.${key}.${name}.price`;
      const other = found.get(name);
      if (other && other.price !== price) {
        throw new MicroLmError(
          "usage",
          `Expected ${path} to be that of ${other.path}, ${other.price}, got ${price}`,
          { hint: "An asset has one price: state it once" },
        );
      }
      found.set(name, { price, path });
    }
  }
}

/** Balances are given beside the account or in it; where in both, they have to agree. */
function joinBalances(
  plain: Readonly<Record<string, number>>,
  ofAccount: Readonly<Record<string, number>>,
): Record<string, number> {
  const [first, second] = [
    byCapitals(plain, "context.balances"),
    byCapitals(ofAccount, "context.account.balances"),
  ];
  for (const [name, units] of Object.entries(second)) {
    if (!Object.hasOwn(first, name) || first[name] === units) continue;
    throw new MicroLmError(
      "usage",
      `Expected context.account.balances.${name} to be that of context.balances, ${first[name]}, ` +
        `got ${units}`,
    );
  }
  return { ...second, ...first };
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
