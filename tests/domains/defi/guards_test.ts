import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Amount } from "../../../src/domains/defi/amounts.ts";
import {
  type GuardContext,
  type GuardPolicy,
  type GuardReason,
  verifyPlan,
} from "../../../src/domains/defi/guards.ts";
import {
  buildPlan,
  EMPTY_PLAN,
  type LinkedStep,
  type Plan,
} from "../../../src/domains/defi/plan.ts";
import { splitSteps } from "../../../src/domains/defi/segment.ts";
import type { DefiPrimitive } from "../../../src/domains/defi/taxonomy.ts";

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
  { name: "no plan", plan: EMPTY_PLAN, context: FRESH, failed: ["abstain_non_exec"] },
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
    failed: ["risk_unknown:ltv"],
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
    name: "stated ratios at their limits",
    plan: BORROW,
    context: { ...FRESH, ltv: 0.75, hf: 1 },
    failed: [],
  },
  {
    name: "a stated ratio above its limit",
    plan: WITHDRAW,
    context: { ...FRESH, ltv: 0.8, hf: 2 },
    failed: ["ltv"],
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
    context: account(2000, 1000),
    failed: [],
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
    name: "a withdrawal without price, within limits",
    plan: plan("withdraw 1 LINK", "withdraw_asset"),
    context: account(2000, 1400),
    failed: [],
  },
  {
    name: "the same with margins",
    plan: plan("withdraw 1 LINK", "withdraw_asset"),
    context: account(2000, 1400),
    policy: { ltv_margin: 0.1, hf_buffer: 0.3 },
    failed: ["ltv", "hf"],
  },
  {
    name: "margins of two unpriced steps",
    plan: plan("withdraw 1 LINK then withdraw 1 UNI", "withdraw_asset", "withdraw_asset"),
    context: account(2000, 1400),
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

const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.double({ min: 0.01, max: 3000, noNaN: true }).map((value) => ({
    kind: "units" as const,
    value,
    text: "",
  })),
  fc.double({ min: 0.01, max: 3000, noNaN: true }).map((value) => ({
    kind: "usd" as const,
    value,
    text: "",
  })),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }).map((value) => ({
    kind: "fraction" as const,
    value,
    text: "",
  })),
  fc.constant({ kind: "all" as const, text: "" }),
);
const step: fc.Arbitrary<LinkedStep> = fc.record({
  action: fc.constantFrom(
    "withdraw_asset" as const,
    "borrow_asset" as const,
    "repay_asset" as const,
    "deposit_asset" as const,
    "swap_asset" as const,
  ),
  text: fc.constant(""),
  span: fc.constant([0, 0] as const),
  amount,
  amount_of: fc.constant("asset" as const),
  asset: fc.constantFrom("ETH", "USDC"),
  to_asset: fc.constant(null),
  venue: fc.constantFrom("aave", null),
  chain: fc.constant(null),
  ltv: fc.constant(null),
  hf: fc.constant(null),
  missing: fc.constant([]),
  ambiguous: fc.constant([]),
  repaired: fc.constant([]),
  from_step: fc.constant(null),
});

/** An account kept by other means: by the asset, in units. */
function settle(steps: readonly LinkedStep[], collateral: number, debt: number) {
  const price: Record<string, number> = { ETH: 1000, USDC: 1 };
  const after: { action: DefiPrimitive; ltv: number; hf: number }[] = [];
  for (const { action, amount, asset } of steps) {
    const share = amount!.kind === "fraction" ? amount!.value : amount!.kind === "all" ? 1 : null;
    const worth = amount!.kind === "usd"
      ? amount!.value
      : amount!.kind === "units"
      ? amount!.value * price[asset!]!
      : 0;
    // All collateral may be in the asset of which a share goes
    if (action === "withdraw_asset") {
      collateral = Math.max(0, share === null ? collateral - worth : collateral * (1 - share));
    }
    if (action === "borrow_asset") debt = share === null ? debt + worth : Infinity;
    // A share of an asset may be a share of nothing
    if (action === "repay_asset") debt = Math.max(0, debt - worth);
    if (action === "deposit_asset") collateral += worth;
    const ltv = debt === 0 ? 0 : debt / collateral;
    after.push({ action, ltv, hf: debt === 0 ? Infinity : collateral * 0.85 / debt });
  }
  return after;
}

Deno.test("no plan that verifyPlan() calls ok leaves an account beyond its limits", () => {
  let approved = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (steps, collateral, share, ltv_max, hf_min) => {
        const debt = collateral * share;
        const plan = { sequence: steps.map(({ action }) => action), steps };
        const policy = { ...POLICY, ltv_max, hf_min };
        const verdict = verifyPlan(plan, policy, account(collateral, debt));
        if (!verdict.ok) return;
        const states = settle(steps, collateral, debt);
        for (const [i, { action, ltv, hf }] of states.entries()) {
          if (action !== "withdraw_asset" && action !== "borrow_asset") continue;
          approved++;
          assert(ltv <= ltv_max * (1 + 1e-9), `step ${i}: ltv ${ltv} > ${ltv_max}`);
          assert(hf >= hf_min * (1 - 1e-9), `step ${i}: hf ${hf} < ${hf_min}`);
        }
        const last = states.at(-1)!;
        const before = debt === 0 ? 0 : debt / collateral;
        assert(last.ltv <= Math.max(ltv_max, before) * (1 + 1e-9));
      },
    ),
    { seed: 11, numRuns: 5000 },
  );
  assert(approved > 300, `only ${approved} risky steps were approved: the property says little`);
});

Deno.test("a plan that verifyPlan() blocks stays blocked with more debt", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 1, max: 5000, noNaN: true }),
      fc.double({ min: 0.01, max: 0.7, noNaN: true }),
      (steps, collateral, share) => {
        const plan = { sequence: steps.map(({ action }) => action), steps };
        const ok = (debt: number) => verifyPlan(plan, POLICY, account(collateral, debt)).ok;
        const debt = collateral * share;
        if (!ok(debt)) assert(!ok(debt * 1.2));
      },
    ),
    { seed: 12, numRuns: 1000 },
  );
});
