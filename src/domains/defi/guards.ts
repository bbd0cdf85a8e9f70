import type { LinkedStep, Plan } from "./plan.ts";
import { applyStep, type Positions, type RiskState } from "./positions.ts";
import type { DefiPrimitive } from "./taxonomy.ts";

/** Limits that a plan has to keep. */
export interface GuardPolicy {
  /** Greatest loan to value after a step; equality passes. */
  readonly ltv_max: number;
  /** Least health factor after a step; equality passes. */
  readonly hf_min: number;
  /** Added to the loan to value when a step cannot be priced. */
  readonly ltv_margin: number;
  /** Taken from the health factor when a step cannot be priced. */
  readonly hf_buffer: number;
  /** Share of the collateral that may be owed before it is liquidated. */
  readonly liq_threshold: number;
  /** Whether unknown risk blocks. */
  readonly risk: { readonly require: boolean };
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

/** What a guard may object to, in the order in which they decide the reason. */
export const GUARD_REASONS = [
  "ltv",
  "hf",
  "risk_unknown:ltv",
  "risk_unknown:hf",
  "oracle_stale",
  "oracle_unknown",
  "abstain_non_exec",
] as const;

/** What a guard objects to. */
export type GuardReason = typeof GUARD_REASONS[number];

/** What the guards say of one step. */
export interface StepVerdict {
  readonly action: DefiPrimitive;
  readonly ok: boolean;
  readonly failed: readonly GuardReason[];
  /** State after the step; null where unknown, `"infinite"` for a ratio to nothing. */
  readonly ltv: number | "infinite" | null;
  readonly hf: number | "infinite" | null;
  /** False if the step could not be priced: the state is that before it, with the margins. */
  readonly priced: boolean;
}

/** What the guards say of a plan. */
export interface Verdict {
  readonly ok: boolean;
  /** The first of `failed`, or `"ok"`. */
  readonly reason: GuardReason | "ok";
  /** All that failed, without repeats, in the order of {@linkcode GUARD_REASONS}. */
  readonly failed: readonly GuardReason[];
  readonly steps: readonly StepVerdict[];
  /** Checks that the policy switched off although they could not be made. */
  readonly flags: readonly string[];
}

/** Both ratios are checked after these. */
const RISKY: readonly DefiPrimitive[] = ["withdraw_asset", "borrow_asset"];
/** These depend on prices; so does a repayment that names a second asset. */
const PRICED: readonly DefiPrimitive[] = ["swap_asset", "borrow_asset", "withdraw_asset"];
/** Sums of decimal fractions miss equality by the last bits. */
const ROUNDING = 1e-12;

/**
 * Checks a plan against the policy, step by step on the state that the steps before have left.
 *
 * Loan to value and health factor are checked after each withdrawal and each borrowing; the age of
 * the prices for swaps, borrowings, withdrawals and repayments that name a second asset. What is
 * not known blocks. A step that cannot be priced is checked on the state before it, with
 * `ltv_margin` and
 * `hf_buffer` applied; borrowing "the maximum" fails `hf`, as nothing limits it. Takes no score: a
 * confident mapper cannot talk a guard round.
 *
 * @param plan An empty one fails with `abstain_non_exec`.
 * @throws {RangeError} If a number is NaN or negative: the policy and the context were not
 * resolved.
 *
 * @example
 * ```ts
 * import { buildPlan, verifyPlan } from "micro-lm/domains";
 * import { resolveContext, resolvePolicy } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "borrow 1000 USDC";
 * const plan = buildPlan([{ action: "borrow_asset", segment: { text, span: [0, 16] } }]);
 * const policy = resolvePolicy({ ltv_max: 0.75 });
 * const context = resolveContext({
 *   oracle: { age_sec: 5, max_age_sec: 30 },
 *   positions: { collateral_value: 2000, debt_value: 1000 },
 *   prices: { USDC: 1 },
 * }, policy);
 * const verdict = verifyPlan(plan, policy, context);
 * assertEquals(verdict.failed, ["ltv", "hf"]);
 * assertEquals(verdict.steps[0]?.ltv, 1);
 * assertEquals(verifyPlan(plan, policy, { ...context, ltv: null }).reason, "hf");
 * ```
 */
export function verifyPlan(plan: Plan, policy: GuardPolicy, context: GuardContext): Verdict {
  checkNumbers(policy, context);
  const steps: StepVerdict[] = [];
  const flags = new Set<string>();
  let state: RiskState = { ltv: context.ltv, hf: context.hf, positions: context.positions };
  for (const step of plan.steps) {
    const after = applyStep(state, step, { ...context, liq_threshold: policy.liq_threshold });
    const risky = RISKY.includes(step.action);
    state = risky && !after.priced ? withMargins(after.state, policy) : after.state;
    const risk = risky ? checkRisk(state, after.openEnded, policy) : [];
    if (!policy.risk.require) {
      for (const name of risk.filter(isUnknown)) flags.add(`risk_not_required:${name.slice(13)}`);
    }
    const failed = [
      ...policy.risk.require ? risk : risk.filter((name) => !isUnknown(name)),
      ...needsPrices(step) ? checkOracle(context) : [],
    ];
    const { ltv, hf } = state;
    steps.push({
      action: step.action,
      ok: failed.length === 0,
      failed: inOrder(failed),
      ltv: printable(ltv),
      hf: printable(hf),
      priced: after.priced && !after.openEnded,
    });
  }
  const failed = inOrder([
    ...steps.flatMap((step) => step.failed),
    ...plan.steps.length === 0 ? ["abstain_non_exec" as const] : [],
  ]);
  return { ok: failed.length === 0, reason: failed[0] ?? "ok", failed, steps, flags: [...flags] };
}

function checkRisk({ ltv, hf }: RiskState, openEnded: boolean, policy: GuardPolicy): GuardReason[] {
  const failed: GuardReason[] = [];
  if (ltv === null) failed.push("risk_unknown:ltv");
  else if (!(ltv <= policy.ltv_max * (1 + ROUNDING))) failed.push("ltv");
  if (openEnded) failed.push("hf");
  else if (hf === null) failed.push("risk_unknown:hf");
  else if (!(hf >= policy.hf_min * (1 - ROUNDING))) failed.push("hf");
  return failed;
}

function checkOracle({ oracle }: GuardContext): GuardReason[] {
  if (!oracle) return ["oracle_unknown"];
  return oracle.age_sec <= oracle.max_age_sec ? [] : ["oracle_stale"];
}

function needsPrices(step: LinkedStep): boolean {
  return PRICED.includes(step.action) ||
    (step.action === "repay_asset" && step.ambiguous.includes("asset"));
}

function withMargins(state: RiskState, { ltv_margin, hf_buffer }: GuardPolicy): RiskState {
  return {
    ...state,
    ltv: state.ltv === null ? null : state.ltv + ltv_margin,
    hf: state.hf === null ? null : state.hf - hf_buffer,
  };
}

function isUnknown(reason: GuardReason): boolean {
  return reason.startsWith("risk_unknown:");
}

function inOrder(failed: readonly GuardReason[]): GuardReason[] {
  return GUARD_REASONS.filter((reason) => failed.includes(reason));
}

/** JSON knows no infinity. */
function printable(ratio: number | null): number | "infinite" | null {
  return ratio === Infinity ? "infinite" : ratio;
}

function checkNumbers(policy: GuardPolicy, context: GuardContext): void {
  const { oracle, positions, ltv, hf } = context;
  const numbers: Readonly<Record<string, number | null>> = {
    ltv_max: policy.ltv_max,
    hf_min: policy.hf_min,
    ltv_margin: policy.ltv_margin,
    hf_buffer: policy.hf_buffer,
    liq_threshold: policy.liq_threshold,
    ltv,
    hf,
    ...oracle,
    ...positions,
    ...context.prices,
    ...context.balances,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== null && !(value >= 0)) {
      throw new RangeError(`Expected ${name} to be a number of at least 0, got ${value}`);
    }
  }
}
