import { GUARD_REASONS, type GuardReason } from "../../gates/reasons.ts";
import { ANY_ASSET, namesUnlisted, refusedAssets, UNLISTED_FLAG } from "./asset_policy.ts";
import { checkGuardNumbers, type GuardContext, type GuardPolicy } from "./inputs.ts";
import { toNumber } from "../ledger/exact.ts";
import { ledgerSteps } from "../ledger/from_plan.ts";
import { risksOf, type StepRisk } from "../ledger/plan_risk.ts";
import type { Assessment } from "../ledger/risk.ts";
import type { LedgerStep } from "../ledger/step.ts";
import type { Plan } from "../plan.ts";
import type { DefiPrimitive } from "../taxonomy.ts";

/** What the guards say of one step. */
export interface StepVerdict {
  readonly action: DefiPrimitive;
  readonly ok: boolean;
  readonly failed: readonly GuardReason[];
  /** State after the step; null where unknown, `"infinite"` for a ratio to nothing. */
  readonly ltv: number | "infinite" | null;
  readonly hf: number | "infinite" | null;
  /** False if the step names no amount, or one that cannot be read or priced. */
  readonly priced: boolean;
  /** What it rests on: `wallet_not_known`, `asset_denied:X`, `amount_too_fine:X` and the like. */
  readonly notes: readonly string[];
}

/** What the guards say of a plan. */
export interface Verdict {
  readonly ok: boolean;
  /** The first of `failed`, or `"ok"`. */
  readonly reason: GuardReason | "ok";
  /** All that failed, without repeats, in the order of {@linkcode GUARD_REASONS}. */
  readonly failed: readonly GuardReason[];
  readonly steps: readonly StepVerdict[];
  /**
   * Checks that the policy switched off although they could not be made, and `asset:unlisted`.
   */
  readonly flags: readonly string[];
}

/** These depend on prices; so does a repayment that names a second asset. */
const PRICED: readonly DefiPrimitive[] = ["swap_asset", "borrow_asset", "withdraw_asset"];

/**
 * Checks a plan against the policy, step by step on the wallet, the collateral and the debt that the
 * steps before have left. All numbers are exact.
 *
 * Loan to value and health factor are checked after each withdrawal and each borrowing; the age of
 * the prices for swaps, borrowings, withdrawals and repayments that name a second asset. What is
 * not known blocks: an amount that cannot be read or priced is `risk_unknown:*`, and so is a plan
 * that keeps within the limits only if the wallet holds what nobody says it holds. A step that names
 * no amount is checked on the state before it, with `ltv_margin` and `hf_buffer` applied; borrowing
 * "the maximum" fails `hf`, as nothing limits it. Taking out more than is pledged or paying back more
 * than is owed is refused. Takes no score: a confident mapper cannot talk a guard round.
 *
 * @param plan An empty one fails with `abstain_non_exec`.
 * @throws {RangeError} If a number is NaN or negative, or an ltv of 0 is stated beside a debt: the
 * policy and the context were not resolved.
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
 * assertEquals(verifyPlan(plan, policy, { ...context, prices: {} }).reason, "risk_unknown:ltv");
 * ```
 */
export function verifyPlan(plan: Plan, policy: GuardPolicy, context: GuardContext): Verdict {
  return verifySteps(ledgerSteps(plan), policy, context);
}

/**
 * The same for steps in the words of the ledger, with exact decimals.
 *
 * @throws {RangeError} As {@linkcode verifyPlan}.
 *
 * @example
 * ```ts
 * import { verifySteps } from "micro-lm/domains";
 * import { resolveContext, resolvePolicy } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = resolvePolicy();
 * const context = resolveContext({
 *   oracle: { age_sec: 5 },
 *   positions: { debt_value: 0, assets: { USDC: { amount: 100, price: 1 } } },
 * }, policy);
 * const withdraw = (value: string) =>
 *   verifySteps([{
 *     action: "withdraw_asset",
 *     inputs: [{ asset: "USDC", amount: { kind: "units", value } }],
 *   }], policy, context);
 * assertEquals(withdraw("100").ok, true);
 * assertEquals(withdraw("100.000001").failed, ["more_than_held"]);
 * ```
 */
export function verifySteps(
  steps: readonly LedgerStep[],
  policy: GuardPolicy,
  context: GuardContext,
): Verdict {
  checkGuardNumbers(policy, context);
  const risks = risksOf(steps, { ...context, liqThreshold: policy.liq_threshold }, policy);
  const assets = policy.assets ?? ANY_ASSET;
  const flags = new Set<string>();
  const verdicts = steps.map((step, i) => {
    const risk = risks[i]!;
    const refused = refusedAssets(step, assets);
    if (namesUnlisted(step, assets)) flags.add(UNLISTED_FLAG);
    if (!policy.risk.require) {
      for (const name of risk.failed.filter(isUnknown)) {
        flags.add(`risk_not_required:${name.slice("risk_unknown:".length)}`);
      }
    }
    const failed = inOrder([
      ...risk.failed.filter((name) => policy.risk.require || !isUnknown(name)),
      ...(refused.length > 0 ? ["asset_refused" as const] : []),
      ...(needsPrices(step) ? checkOracle(policy, context) : []),
    ]);
    return toVerdict(step, failed, risk, [...risk.notes, ...refused]);
  });
  const failed = inOrder([
    ...verdicts.flatMap((step) => step.failed),
    ...(steps.length === 0 ? ["abstain_non_exec" as const] : []),
  ]);
  return {
    ok: failed.length === 0,
    reason: failed[0] ?? "ok",
    failed,
    steps: verdicts,
    flags: [...flags],
  };
}

function toVerdict(
  { action }: LedgerStep,
  failed: readonly GuardReason[],
  { effect, ltv, hf }: StepRisk,
  notes: readonly string[],
): StepVerdict {
  return {
    action,
    ok: failed.length === 0,
    failed,
    ltv: printable(ltv),
    hf: printable(hf),
    priced: !["unknown", "open", "unsized"].includes(effect),
    notes,
  };
}

/** JSON knows no infinity, and a ratio that nobody knows is no number. */
function printable({ ratio, state }: Assessment["ltv"]): number | "infinite" | null {
  if (ratio === null || state === "unknown") return null;
  const value = toNumber(ratio);
  return value === Infinity ? "infinite" : value;
}

function checkOracle({ oracle: limit }: GuardPolicy, { oracle }: GuardContext): GuardReason[] {
  if (!oracle) return ["oracle_unknown"];
  const greatest = Math.min(oracle.max_age_sec, limit?.max_age_sec ?? Infinity);
  return oracle.age_sec <= greatest ? [] : ["oracle_stale"];
}

function needsPrices({ action, hasSecondAsset = false }: LedgerStep): boolean {
  return PRICED.includes(action) || (action === "repay_asset" && hasSecondAsset);
}

function isUnknown(reason: GuardReason): boolean {
  return reason.startsWith("risk_unknown:");
}

function inOrder(failed: readonly GuardReason[]): GuardReason[] {
  return GUARD_REASONS.filter((reason) => failed.includes(reason));
}
