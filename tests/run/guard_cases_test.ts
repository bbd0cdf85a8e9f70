import { assertEquals, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { verifyPlan, verifySteps } from "../../src/domains/defi/guards/guards.ts";
import { buildPlan } from "../../src/domains/defi/plan.ts";
import { resolvePolicy } from "../../src/run/policy/policy.ts";
import { openRuntime } from "../../src/run/runtime.ts";

/** Prompts on contexts, and what fails; a message where the context is refused. */
interface Case {
  readonly about: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly prompts: Readonly<Record<string, readonly string[] | string>>;
}

const oracle = { age_sec: 5 };
const RISK_UNKNOWN = ["risk_unknown:ltv", "risk_unknown:hf"];
const ONE_ETH = {
  positions: { collateral_value: 1000, debt_value: 0 },
  prices: { ETH: 2000, USDC: 1 },
  balances: { ETH: 1, USDC: 0 },
};
const CASES: readonly Case[] = [
  {
    about: "a round trip proves nothing",
    context: {
      risk: { ltv: 0.5, hf: 0.9 },
      positions: { collateral_value: 1000, debt_value: 500 },
      prices: { USDC: 1 },
    },
    prompts: {
      "borrow 1 USDC from aave": ["hf"],
      "repay 500 USDC on aave then borrow 500 USDC from aave": ["hf"],
    },
  },
  {
    about: "the same with a wallet",
    context: {
      risk: { ltv: 0.95, hf: 0.5 },
      positions: { collateral_value: 1000, debt_value: 500 },
      prices: { USDC: 1 },
      balances: { USDC: 1000 },
    },
    prompts: {
      "repay 500 USDC on aave then borrow 700 USDC from aave": ["ltv", "hf"],
      "repay 400 USDC on aave then borrow 400 USDC from aave": ["ltv", "hf"],
    },
  },
  {
    about: "a wallet is paid in once",
    context: ONE_ETH,
    prompts: {
      "deposit 1 ETH into aave then borrow 2250 USDC from aave": [],
      "deposit 1 ETH into aave then borrow 2500 USDC from aave": ["ltv"],
      "deposit 1 ETH into aave then deposit 0.9 ETH into compound then borrow 2500 USDC from aave":
        ["ltv"],
      "deposit 1 ETH into aave then stake 1 ETH on lido then deposit 1 ETH into compound then borrow 3500 USDC from aave":
        ["ltv", "hf"],
      "stake 1 ETH on lido then unstake 1 ETH from lido then deposit 1 ETH into aave then borrow 2250 USDC from aave":
        [],
    },
  },
  {
    about: "what is not held is not withdrawn",
    context: {
      positions: { collateral_value: 2000, debt_value: 0 },
      prices: { ETH: 2000, USDC: 1 },
    },
    prompts: {
      "withdraw 1 ETH from aave": [],
      "withdraw 1000 ETH from aave": ["more_than_held"],
      "withdraw 1000 ETH from aave then deposit it into compound then borrow 1000000 USDC from compound":
        ["more_than_held", ...RISK_UNKNOWN],
    },
  },
  {
    about: "an amount without a price",
    context: { positions: { collateral_value: 2000, debt_value: 0 }, prices: { ETH: 2000 } },
    prompts: { "borrow 1000000 USDC from aave": RISK_UNKNOWN },
  },
  {
    about: "a ratio without positions",
    context: { risk: { ltv: 0.1, hf: 5 }, prices: { USDC: 1 } },
    prompts: { "borrow 1000000 USDC from aave": RISK_UNKNOWN },
  },
  {
    about: "amounts in other conventions, and one that is none",
    context: {
      positions: { collateral_value: 2000, debt_value: 0 },
      prices: { USDC: 1, ETH: 2000 },
    },
    prompts: {
      "borrow 1000000 USDC from aave": ["ltv", "hf"],
      "borrow 1.900,00 USDC from aave": ["ltv", "hf"],
      "borrow 0,9 ETH from aave": ["ltv", "hf"],
      "borrow 1 000 000 USDC from aave": ["ltv", "hf"],
      "borrow some USDC from aave": RISK_UNKNOWN,
      "borrow 1900 USDC from aave": ["ltv", "hf"],
    },
  },
  {
    about: "-0 is 0",
    context: { positions: { collateral_value: -0, debt_value: 1000 }, prices: { USDC: 1 } },
    prompts: { "borrow 1 USDC from aave": ["ltv", "hf"] },
  },
  {
    about: "two prices of one asset",
    context: {
      positions: { collateral_value: 2000, debt_value: 0 },
      prices: { USDC: 1, usdc: 1e-9 },
    },
    prompts: { "borrow 100000 USDC from aave": "context.prices to name USDC once" },
  },
  {
    about: "positions by asset",
    context: {
      positions: {
        debt_value: 1000,
        assets: {
          USDC: { amount: 1000, price: 1 },
          ETH: { amount: 1, price: 2000, liquidation_threshold: 0.8 },
        },
        debts: { USDC: { amount: 1000, price: 1 } },
      },
      balances: { USDC: 1000 },
    },
    prompts: {
      "withdraw all my USDC from aave": [],
      "withdraw 1001 USDC from aave": ["more_than_held"],
      "withdraw all my ETH from aave": ["ltv", "hf"],
      "repay 1001 USDC on aave": ["more_than_owed"],
      "repay all my USDC debt on aave then withdraw all my ETH from aave": [],
    },
  },
];

for (const { about, context, prompts } of CASES) {
  for (const [prompt, expected] of Object.entries(prompts)) {
    Deno.test(`${about}: ${prompt}`, async () => {
      await using runtime = await openRuntime({ backend: "wordmap" });
      const asked = runtime.run({ prompt, context: { oracle, ...context } });
      if (typeof expected === "string") {
        const error = await asked.catch((error) => error);
        assertEquals([error instanceof MicroLmError, error.kind], [true, "usage"]);
        assertStringIncludes(error.message, expected);
        return;
      }
      const record = await asked;
      assertEquals(record.verify.failed, expected);
      assertEquals(record.ok, expected.length === 0);
    });
  }
}

Deno.test("asset:unlisted marks an asset that nobody has listed", () => {
  const steps = [{
    action: "deposit_asset" as const,
    inputs: [{ asset: "ZZQ", amount: { kind: "units" as const, value: "10" } }],
  }];
  const facts = { oracle: null, ltv: null, hf: null, positions: null, prices: {}, balances: {} };
  const flags = (assets: unknown) => verifySteps(steps, resolvePolicy({ assets }), facts).flags;
  assertEquals(flags({}), ["asset:unlisted"]);
  assertEquals(flags({ known: { ZZQ: { decimals: 8 } } }), []);
  assertEquals(flags({ allow: ["zzq"] }), []);
});

for (const balances of [{}, { USDC: 5 }]) {
  Deno.test(`verifyPlan() names a negative price beside ${JSON.stringify(balances)}`, () => {
    const segment = { text: "borrow 1000 USDC", span: [0, 16] as const };
    const plan = buildPlan([{ action: "borrow_asset", segment }]);
    const context = {
      oracle: { age_sec: 5, max_age_sec: 30 },
      ltv: 0.5,
      hf: 1.7,
      positions: { collateral_value: 2000, debt_value: 1000 },
      prices: { USDC: -1 },
      balances,
    };
    let message = "";
    try {
      verifyPlan(plan, resolvePolicy(), context);
    } catch (error) {
      message = String(error);
    }
    assertEquals(
      message,
      "RangeError: Expected prices.USDC to be a number of at least 0, got -1",
    );
  });
}
