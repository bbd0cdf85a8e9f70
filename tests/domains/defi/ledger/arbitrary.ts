import fc from "fast-check";
import type { LedgerInput, LedgerStep } from "../../../../src/domains/defi/ledger/step.ts";
import { DEFI_PRIMITIVES } from "../../../../src/domains/defi/taxonomy.ts";
import type { RefContext, RefPolicy } from "./reference.ts";

const SYMBOLS = ["ETH", "USDC", "LINK", "DAI"] as const;
const PRICES = { ETH: 2000, USDC: 1, LINK: 12.5, DAI: 0.999 };

const oneOf = <T>(...items: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...items.map(([weight, arbitrary]) => ({ weight: weight * 10, arbitrary })));
const maybe = <T>(arbitrary: fc.Arbitrary<T>, share: number) =>
  fc.integer({ min: 0, max: 99 }).chain((p) =>
    p < share * 100 ? arbitrary : fc.constant<T | undefined>(undefined)
  );
/** Few digits, so that limits are met exactly, or many. */
const dollars = (max: number) =>
  oneOf(
    [5, fc.integer({ min: 0, max: max / 50 }).map((n) => n * 50)],
    [3, fc.integer({ min: 0, max: max * 100 }).map((n) => n / 100)],
    [0.2, fc.double({ min: 0, max, noNaN: true })],
    [0.2, fc.constantFrom(0, -0, 1e-300, 1e300, 5e-324)],
  );
const factor = oneOf(
  [6, fc.constant(1)],
  [1, fc.constantFrom(0.5, 2, 1.1, 1 / 3)],
);
const amountOf = (symbol: string, max = 60) =>
  fc.tuple(fc.integer({ min: 0, max }), factor).map(([n, f]) =>
    n * 50 * f / PRICES[symbol as keyof typeof PRICES]
  );

function record<T>(value: (symbol: string) => fc.Arbitrary<T>, share: number) {
  return fc.tuple(...SYMBOLS.map((symbol) => maybe(value(symbol), share))).map((values) =>
    Object.fromEntries(
      SYMBOLS.flatMap((symbol, i) => values[i] === undefined ? [] : [[symbol, values[i] as T]]),
    )
  );
}

const listed = record((symbol) =>
  fc.record({
    amount: amountOf(symbol),
    price: fc.constant(PRICES[symbol as keyof typeof PRICES]),
    liquidation_threshold: maybe(fc.constantFrom(0.5, 0.8, 0.85, 0.9, 1), 0.4),
  }), 0.6);
const owed = record((symbol) =>
  fc.record({
    amount: amountOf(symbol, 16),
    price: fc.constant(PRICES[symbol as keyof typeof PRICES]),
  }), 0.4);

/** Every asset, so that withdrawals find theirs. */
const FULL = Object.fromEntries(
  SYMBOLS.map((symbol) => [symbol, { amount: 2500 / PRICES[symbol], price: PRICES[symbol] }]),
);

const positions = oneOf<unknown>(
  [3, fc.record({ collateral_value: dollars(8000), debt_value: dollars(2500) })],
  [
    3,
    fc.record({
      collateral_value: maybe(dollars(6000), 0.4),
      debt_value: dollars(2000),
      assets: fc.oneof(listed, fc.constant(FULL)),
      debts: maybe(owed, 0.4),
    }),
  ],
  [1, fc.record({ assets: fc.oneof(listed, fc.constant(FULL)) })],
  [1, fc.record({ collateral_value: dollars(4000), debt_value: dollars(2000), debts: owed })],
);

const ratio = oneOf(
  [2, fc.integer({ min: 1, max: 14 }).map((n) => n / 20)],
  [2, fc.integer({ min: 20, max: 60 }).map((n) => n / 20)],
  [1, fc.double({ min: 0.01, max: 3, noNaN: true })],
);

/** A context that is well formed, in capitals. */
export const contexts: fc.Arbitrary<RefContext> = fc.record({
  oracle: maybe(
    fc.record({
      age_sec: fc.constantFrom(0, 2, 3, 3, 3, 5, 5, 5, 29, 30, 31, 120),
      max_age_sec: maybe(fc.constantFrom(4, 30, 60), 0.5),
    }),
    0.95,
  ),
  ltv: maybe(ratio, 0.1),
  hf: maybe(ratio, 0.1),
  risk: maybe(
    fc.record({
      ltv: maybe(fc.integer({ min: 1, max: 18 }).map((n) => n / 20), 0.5),
      hf: maybe(fc.integer({ min: 8, max: 100 }).map((n) => n / 10), 0.5),
    }),
    0.3,
  ),
  positions: maybe(positions, 0.9),
  prices: maybe(
    record((symbol) => fc.constant(PRICES[symbol as keyof typeof PRICES]), 0.95),
    0.98,
  ),
  balances: maybe(record((symbol) => amountOf(symbol), 0.8), 0.8),
}).map(withoutUndefined) as fc.Arbitrary<RefContext>;

/** Undefined as JSON has it: not there. */
export function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, withoutUndefined(inner)]),
  ) as T;
}

const asset = oneOf<string | null>(
  [12, fc.constantFrom(...SYMBOLS)],
  [1, fc.constant("XYZ")],
  [1, fc.constant(null)],
);
const amount: fc.Arbitrary<LedgerInput["amount"]> = oneOf<LedgerInput["amount"]>(
  [8, dollars(800).map((n) => ({ kind: "usd" as const, value: String(n + 0) }))],
  [
    3,
    fc.constantFrom("1/4", "0.5", "0.25", "1", "0.1", "1.5").map((value) => ({
      kind: "fraction" as const,
      value,
    })),
  ],
  [2, fc.constant({ kind: "all" as const })],
  [1, fc.constant(null)],
  [1, fc.constant("unread" as const)],
  [
    1,
    fc.constantFrom("", "12x", "1e999999", "-5", ".5", "1.").map((value) => ({
      kind: "units" as const,
      value,
    })),
  ],
);
const input: fc.Arbitrary<LedgerInput> = oneOf(
  [
    16,
    fc.constantFrom(...SYMBOLS).chain((symbol) =>
      amountOf(symbol, 16).map((n) => ({
        asset: symbol as string | null,
        amount: { kind: "units" as const, value: String(n) } as LedgerInput["amount"],
      }))
    ),
  ],
  [5, fc.record({ asset, amount })],
);
const action = oneOf(
  [5, fc.constantFrom("withdraw_asset" as const, "borrow_asset" as const)],
  [4, fc.constantFrom("deposit_asset" as const, "repay_asset" as const)],
  [3, fc.constantFrom(...DEFI_PRIMITIVES)],
);

/** A step in the words of the ledger. */
export const steps: fc.Arbitrary<LedgerStep[]> = fc.array(
  fc.record({
    action,
    inputs: oneOf([9, fc.tuple(input)], [1, fc.array(input, { maxLength: 2 })]),
    to: maybe(
      fc.record({
        asset: fc.constantFrom(...SYMBOLS),
        amount: maybe(
          fc.integer({ min: 0, max: 500 }).map((n) => ({
            kind: "units" as const,
            value: String(n),
          })),
          0.4,
        ),
      }),
      0.5,
    ),
    elsewhere: oneOf<string | null>([5, fc.constant(null)], [1, fc.constant("yearn")]),
  }).map(withoutUndefined) as fc.Arbitrary<LedgerStep>,
  { minLength: 1, maxLength: 4 },
);

/** Limits that are met and missed about equally often. */
export const policies: fc.Arbitrary<RefPolicy> = fc.record({
  ltv_max: fc.constantFrom(0.75, 0.75, 0.5, 0.9, 1, 0),
  hf_min: fc.constantFrom(1, 1, 1.1, 1.5, 0),
  ltv_margin: fc.constantFrom(0, 0, 0.05),
  hf_buffer: fc.constantFrom(0, 0, 0.1),
  liq_threshold: fc.constantFrom(0.85, 0.85, 0.8, 0.5),
  risk: fc.record({ require: fc.constantFrom(true, true, true, true, false) }),
  oracle: fc.record({ max_age_sec: fc.constantFrom(null, null, null, 10) }),
});
