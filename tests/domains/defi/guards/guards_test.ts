import { assertEquals, assertThrows } from "@std/assert";
import type { GuardContext, GuardPolicy } from "../../../../src/domains/defi/guards/inputs.ts";
import { verifyPlan } from "../../../../src/domains/defi/guards/guards.ts";
import type { GuardReason } from "../../../../src/domains/gates/reasons.ts";
import { buildPlan, type Plan } from "../../../../src/domains/defi/plan.ts";
import { splitSteps } from "../../../../src/domains/defi/read/segment.ts";
import type { DefiPrimitive } from "../../../../src/domains/defi/taxonomy.ts";

const POLICY: GuardPolicy = {
  ltv_max: 0.75,
  hf_min: 1,
  ltv_margin: 0,
  hf_buffer: 0,
  liq_threshold: 0.85,
  risk: { require: true },
};
const UNKNOWN: GuardContext = {
  oracle: null,
  ltv: null,
  hf: null,
  positions: null,
  prices: {},
  balances: {},
};
const FRESH: GuardContext = { ...UNKNOWN, oracle: { age_sec: 5, max_age_sec: 30 } };

function account(collateral: number, debt: number, rest: Partial<GuardContext> = {}): GuardContext {
  return {
    ...FRESH,
    ltv: debt === 0 ? 0 : debt / collateral,
    hf: debt === 0 ? Infinity : collateral * 0.85 / debt,
    positions: { collateral_value: collateral, debt_value: debt },
    prices: { ETH: 1000, USDC: 1 },
    ...rest,
  };
}

function plan(prompt: string, ...actions: readonly DefiPrimitive[]): Plan {
  const segments = splitSteps(prompt);
  assertEquals(segments.length, actions.length);
  return buildPlan(segments.map((segment, i) => ({ action: actions[i]!, segment })));
}

const WITHDRAW = plan("withdraw 1 ETH", "withdraw_asset");
const BORROW = plan("borrow 1000 USDC", "borrow_asset");
const SWAP = plan("swap 2 ETH for USDC", "swap_asset");
const DEPOSIT = plan("deposit 10 ETH into aave", "deposit_asset");

interface Row {
  readonly name: string;
  readonly plan: Plan;
  readonly context: GuardContext;
  readonly policy?: Partial<GuardPolicy>;
  readonly failed: readonly GuardReason[];
}

const ROWS: readonly Row[] = [
  { name: "a deposit without context", plan: DEPOSIT, context: UNKNOWN, failed: [] },
  {
    name: "no plan",
    plan: { sequence: [], steps: [] },
    context: FRESH,
    failed: ["abstain_non_exec"],
  },
  { name: "a swap at fresh prices", plan: SWAP, context: FRESH, failed: [] },
  { name: "a swap at unknown prices", plan: SWAP, context: UNKNOWN, failed: ["oracle_unknown"] },
  {
    name: "prices of the greatest age",
    plan: SWAP,
    context: { ...UNKNOWN, oracle: { age_sec: 30, max_age_sec: 30 } },
    failed: [],
  },
  {
    name: "prices that are too old",
    plan: SWAP,
    context: { ...UNKNOWN, oracle: { age_sec: 31, max_age_sec: 30 } },
    failed: ["oracle_stale"],
  },
  {
    name: "a withdrawal without risk",
    plan: WITHDRAW,
    context: FRESH,
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "half of the risk",
    plan: WITHDRAW,
    context: { ...FRESH, hf: 1.15 },
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "a breach beside something unknown",
    plan: BORROW,
    context: { ...FRESH, hf: 0.9 },
    failed: ["hf", "risk_unknown:ltv"],
  },
  {
    name: "all at once",
    plan: BORROW,
    context: { ...UNKNOWN, ltv: 0.8, hf: 0.9, oracle: { age_sec: 120, max_age_sec: 30 } },
    failed: ["ltv", "hf", "oracle_stale"],
  },
  {
    name: "stated ratios at their limits, without an amount",
    plan: plan("borrow USDC from aave", "borrow_asset"),
    context: { ...FRESH, ltv: 0.75, hf: 1, prices: { USDC: 1 } },
    failed: [],
  },
  {
    name: "an amount beside stated ratios alone",
    plan: BORROW,
    context: { ...FRESH, ltv: 0.1, hf: 5, prices: { USDC: 1 } },
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "half of everything beside stated ratios alone",
    plan: plan("withdraw half of my ETH", "withdraw_asset"),
    context: { ...FRESH, ltv: 0.375, hf: 2, prices: { ETH: 1000 } },
    failed: [],
  },
  {
    name: "a stated ratio above its limit",
    plan: WITHDRAW,
    context: { ...FRESH, ltv: 0.8, hf: 2 },
    failed: ["ltv", "risk_unknown:hf"],
  },
  {
    name: "borrowing up to the limit",
    plan: plan("borrow 500 USDC", "borrow_asset"),
    context: account(2000, 1000),
    failed: [],
  },
  {
    name: "borrowing a dollar more",
    plan: plan("borrow 501 USDC", "borrow_asset"),
    context: account(2000, 1000),
    failed: ["ltv"],
  },
  {
    name: "withdrawing below the health factor",
    plan: plan("withdraw 1 ETH", "withdraw_asset"),
    context: account(2000, 1000),
    failed: ["ltv", "hf"],
  },
  {
    name: "a repayment that makes room",
    plan: plan("repay 800 USDC then withdraw 1 ETH", "repay_asset", "withdraw_asset"),
    context: account(2000, 1000, { balances: { USDC: 800 } }),
    failed: [],
  },
  {
    name: "a repayment that nobody says can be paid",
    plan: plan("repay 800 USDC then withdraw 1 ETH", "repay_asset", "withdraw_asset"),
    context: account(2000, 1000),
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "more than is owed",
    plan: plan("repay 1001 USDC", "repay_asset"),
    context: account(2000, 1000),
    failed: ["more_than_owed"],
  },
  {
    name: "the same debt twice",
    plan: plan("repay 600 USDC then repay 500 USDC", "repay_asset", "repay_asset"),
    context: account(2000, 1000),
    failed: ["more_than_owed"],
  },
  {
    name: "the same in the wrong order",
    plan: plan("withdraw 1 ETH then repay 800 USDC", "withdraw_asset", "repay_asset"),
    context: account(2000, 1000),
    failed: ["ltv", "hf"],
  },
  {
    name: "a deposit that makes room",
    plan: plan("deposit 1 ETH into aave then borrow 1000 USDC", "deposit_asset", "borrow_asset"),
    context: account(2000, 1000, { balances: { ETH: 1 } }),
    failed: [],
  },
  {
    name: "a deposit of what an earlier step yields",
    plan: plan(
      "withdraw 0.5 ETH then deposit 0.5 ETH into compound then borrow 500 USDC",
      "withdraw_asset",
      "deposit_asset",
      "borrow_asset",
    ),
    context: account(2000, 1000),
    failed: [],
  },
  {
    name: "a deposit of what the wallet lacks",
    plan: plan("deposit 1 ETH into aave then borrow 1000 USDC", "deposit_asset", "borrow_asset"),
    context: account(2000, 1000, { balances: { ETH: 0.1 } }),
    failed: ["ltv", "hf"],
  },
  {
    name: "more than is held",
    plan: plan("withdraw 3 ETH", "withdraw_asset"),
    context: account(2000, 0),
    failed: ["more_than_held"],
  },
  {
    name: "a deposit that is no collateral",
    plan: plan("deposit 1 ETH into yearn then borrow 1000 USDC", "deposit_asset", "borrow_asset"),
    context: account(2000, 1000),
    failed: ["ltv", "hf"],
  },
  {
    name: "withdrawing half",
    plan: plan("withdraw half of my ETH", "withdraw_asset"),
    context: account(2000, 1000),
    failed: ["ltv", "hf"],
  },
  {
    name: "withdrawing all without debt",
    plan: plan("withdraw all my ETH", "withdraw_asset"),
    context: account(2000, 0),
    failed: [],
  },
  {
    name: "withdrawing all with debt",
    plan: plan("withdraw all my ETH", "withdraw_asset"),
    context: account(2000, 1),
    failed: ["ltv", "hf"],
  },
  {
    name: "borrowing the maximum",
    plan: plan("borrow the max USDC", "borrow_asset"),
    context: account(2000, 0),
    failed: ["hf"],
  },
  {
    name: "a withdrawal without price",
    plan: plan("withdraw 1 LINK", "withdraw_asset"),
    context: account(2000, 1400),
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "a withdrawal without amount, within limits",
    plan: plan("withdraw my LINK", "withdraw_asset"),
    context: account(2000, 1400, { prices: { LINK: 10 } }),
    failed: [],
  },
  {
    name: "an amount in words that tell none",
    plan: plan("withdraw some LINK", "withdraw_asset"),
    context: account(2000, 1400, { prices: { LINK: 10 } }),
    failed: ["risk_unknown:ltv", "risk_unknown:hf"],
  },
  {
    name: "no amount, with margins",
    plan: plan("withdraw my LINK", "withdraw_asset"),
    context: account(2000, 1400, { prices: { LINK: 10 } }),
    policy: { ltv_margin: 0.1, hf_buffer: 0.3 },
    failed: ["ltv", "hf"],
  },
  {
    name: "margins of two steps without amount",
    plan: plan("withdraw my LINK then withdraw my UNI", "withdraw_asset", "withdraw_asset"),
    context: account(2000, 1400, { prices: { LINK: 10, UNI: 5 } }),
    policy: { ltv_margin: 0.03 },
    failed: ["ltv"],
  },
  {
    name: "unknown risk that the policy allows",
    plan: WITHDRAW,
    context: FRESH,
    policy: { risk: { require: false } },
    failed: [],
  },
  {
    name: "a breach that no policy allows",
    plan: WITHDRAW,
    context: { ...FRESH, ltv: 0.9 },
    policy: { risk: { require: false } },
    failed: ["ltv"],
  },
  {
    name: "stated ratios that move with the positions",
    plan: plan("borrow 1000 USDC", "borrow_asset"),
    context: { ...account(4000, 1000), ltv: 0.4, hf: 2.2 },
    failed: ["ltv"],
  },
  {
    name: "a tighter limit",
    plan: plan("borrow 100 USDC", "borrow_asset"),
    context: account(2000, 1000),
    policy: { ltv_max: 0.5 },
    failed: ["ltv"],
  },
  {
    name: "a higher health factor",
    plan: plan("borrow 100 USDC", "borrow_asset"),
    context: account(2000, 1000),
    policy: { hf_min: 1.6 },
    failed: ["hf"],
  },
  {
    name: "a lower liquidation threshold",
    plan: plan("borrow 100 USDC", "borrow_asset"),
    context: { ...account(2000, 0) },
    policy: { liq_threshold: 0.04 },
    failed: ["hf"],
  },
];

for (const { name, plan, context, policy, failed } of ROWS) {
  Deno.test(`verifyPlan() on ${name}: ${failed.join(", ") || "ok"}`, () => {
    const verdict = verifyPlan(plan, { ...POLICY, ...policy }, context);
    assertEquals(verdict.failed, failed);
    assertEquals(verdict.ok, failed.length === 0);
    assertEquals(verdict.reason, failed[0] ?? "ok");
  });
}

Deno.test("verifyPlan() says which check the policy switched off", () => {
  const verdict = verifyPlan(WITHDRAW, { ...POLICY, risk: { require: false } }, FRESH);
  assertEquals(verdict.flags, ["risk_not_required:ltv", "risk_not_required:hf"]);
  assertEquals(verifyPlan(WITHDRAW, POLICY, FRESH).flags, []);
});

Deno.test("verifyPlan() shows the state after each step, as JSON can", () => {
  const steps = verifyPlan(
    plan("borrow 1000 USDC then withdraw all my ETH", "borrow_asset", "withdraw_asset"),
    POLICY,
    account(2000, 0),
  ).steps;
  assertEquals([steps[0]?.ltv, steps[0]?.hf, steps[0]?.ok], [0.5, 1.7, true]);
  assertEquals([steps[1]?.ltv, steps[1]?.hf, steps[1]?.ok], ["infinite", 0, false]);
});

for (const wrong of [NaN, -1]) {
  Deno.test(`verifyPlan() refuses the number ${wrong}`, () => {
    assertThrows(() => verifyPlan(WITHDRAW, POLICY, { ...FRESH, ltv: wrong }), RangeError);
    assertThrows(() => verifyPlan(WITHDRAW, { ...POLICY, ltv_max: wrong }, FRESH), RangeError);
    const oracle = { age_sec: wrong, max_age_sec: 30 };
    assertThrows(() => verifyPlan(SWAP, POLICY, { ...FRESH, oracle }), RangeError);
  });
}
