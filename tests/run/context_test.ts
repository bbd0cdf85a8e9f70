import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import {
  type Context,
  DEFAULT_MAX_AGE_SEC,
  resolveContext,
  type RiskSource,
} from "../../src/domains/context.ts";
import { DEFAULT_POLICY } from "../../src/run/policy/policy.ts";
import { orderReasons } from "../../src/domains/gates/reasons.ts";
import { REASONS } from "../../src/run/reasons.ts";

const resolve = (input?: unknown) => resolveContext(input, DEFAULT_POLICY);

Deno.test("resolveContext() leaves unknown what is not given", () => {
  const nothing: Context = {
    oracle: null,
    ltv: null,
    hf: null,
    sources: { ltv: null, hf: null },
    positions: null,
    prices: {},
    balances: {},
  };
  assertEquals(resolve(), nothing);
  assertEquals(resolve({ risk: {} }), nothing);
});

const positions = { collateral_value: 1000, debt_value: 500 };

const RISKS: readonly (readonly [string, unknown, number, number, RiskSource, RiskSource])[] = [
  ["risk", { risk: { ltv: 0.1, hf: 3 }, ltv: 0.2, hf: 2, positions }, 0.1, 3, "risk", "risk"],
  ["top level", { ltv: 0.2, hf: 2, positions }, 0.2, 2, "top_level", "top_level"],
  ["positions", { positions }, 0.5, 1.7, "positions", "positions"],
  ["each by itself", { risk: { ltv: 0.1 }, hf: 2, positions }, 0.1, 2, "risk", "top_level"],
  [
    "a zero",
    { risk: { ltv: 0 }, ltv: 0.2, positions: { collateral_value: 1000, debt_value: 0 } },
    0,
    Infinity,
    "risk",
    "positions",
  ],
  [
    "no debt",
    { positions: { collateral_value: 0, debt_value: 0 } },
    0,
    Infinity,
    "positions",
    "positions",
  ],
  [
    "debt alone",
    { positions: { collateral_value: 0, debt_value: 1 } },
    Infinity,
    0,
    "positions",
    "positions",
  ],
];

for (const [name, input, ltv, hf, ltvFrom, hfFrom] of RISKS) {
  Deno.test(`resolveContext() finds the risk: ${name}`, () => {
    const context = resolve(input);
    assertEquals([context.ltv, context.hf], [ltv, hf]);
    assertEquals(context.sources, { ltv: ltvFrom, hf: hfFrom });
  });
}

Deno.test("resolveContext() uses the policy's liquidation threshold", () => {
  assertEquals(resolveContext({ positions }, { liq_threshold: 0.5 }).hf, 1);
});

Deno.test("resolveContext() knows the age of prices and completes its limit", () => {
  assertEquals(resolve({ oracle: { age_sec: 3, max_age_sec: 9 } }).oracle, {
    age_sec: 3,
    max_age_sec: 9,
  });
  assertEquals(resolve({ oracle: { age_sec: 0 } }).oracle, {
    age_sec: 0,
    max_age_sec: DEFAULT_MAX_AGE_SEC,
  });
});

Deno.test("resolveContext() names prices and balances by ticker in capitals", () => {
  const context = resolve({
    prices: { eth: 2000 },
    account: { balances: { dai: 1, eth: 4 } },
    balances: { ETH: 4 },
    positions: { assets: { eth: { amount: 1, price: 2000 } } },
  });
  assertEquals(context.positions, { assets: { ETH: { amount: 1, price: 2000 } } });
  assertEquals([context.ltv, context.hf], [null, null]);
  assertEquals(context.prices, { ETH: 2000 });
  assertEquals(context.balances, { DAI: 1, ETH: 4 });
});

Deno.test("resolveContext() takes -0 for 0", () => {
  const { ltv, positions } = resolve({ positions: { collateral_value: -0, debt_value: 1000 } });
  assertEquals([ltv, positions?.collateral_value], [Infinity, 0]);
});

const REFUSED: readonly (readonly [unknown, string])[] = [
  [{ oracle: { age_sec: -1 } }, "Expected context.oracle.age_sec to be a number of at least 0"],
  [{ oracle: { age_sec: NaN } }, "Expected context.oracle.age_sec to be a number of at least 0"],
  [{ oracle: { age_sec: 1, max_age_sec: Infinity } }, "Expected context.oracle.max_age_sec"],
  [{ oracle: {} }, "Expected context.oracle.age_sec"],
  [{ ltv: NaN }, "Expected context.ltv"],
  [{ hf: Infinity }, "Expected context.hf"],
  [{ risk: { hf: "1.2" } }, 'Expected context.risk.hf to be a number of at least 0, got "1.2"'],
  [{ positions: { collateral_value: 1 } }, "Expected context.positions.debt_value"],
  [{ positions: { collateral_value: -1, debt_value: 0 } }, "context.positions.collateral_value"],
  [{ prices: { ETH: 0 } }, "Expected context.prices.ETH to be a number above 0, got 0"],
  [{ balances: { ETH: -2 } }, "Expected context.balances.ETH"],
  [{ prices: { ETH: 1, eth: 2 } }, 'Expected context.prices to name ETH once, got "ETH" and "eth"'],
  [
    { balances: { ETH: 1 }, account: { balances: { eth: 2 } } },
    "Expected context.account.balances.ETH to be that of context.balances, 1, got 2",
  ],
  [
    { prices: { ETH: 1 }, positions: { assets: { ETH: { amount: 1, price: 2 } } } },
    "Expected context.positions.assets.ETH.price to be that of context.prices.ETH, 1, got 2",
  ],
  [
    { risk: { ltv: 0 }, positions: { collateral_value: 2, debt_value: 1 } },
    "Expected context.risk.ltv to be above 0 beside the debt of context.positions, got 0",
  ],
  [{ risks: { ltv: 1 } }, 'Unknown key "context.risks"'],
  [{ risk: { ltvv: 1 } }, 'Unknown key "context.risk.ltvv", did you mean "risk.ltv"?'],
];

for (const [input, message] of REFUSED) {
  Deno.test(`resolveContext() refuses ${JSON.stringify(input)}: ${message}`, () => {
    const error = assertThrows(() => resolve(input), MicroLmError);
    assertEquals(error.kind, "usage");
    assertStringIncludes(error.message, message);
  });
}

Deno.test("orderReasons() puts ltv before hf before the oracle before abstaining", () => {
  assertEquals(orderReasons(["abstain_non_exec", "oracle_unknown", "oracle_stale", "hf", "ltv"]), [
    "ltv",
    "hf",
    "oracle_stale",
    "oracle_unknown",
    "abstain_non_exec",
  ]);
  const approvals = ["ok", "wdd:family:defi", "wdd:family:arc"];
  assertEquals(
    orderReasons([...REASONS]).length,
    REASONS.filter((reason) => !approvals.includes(reason)).length,
  );
});
