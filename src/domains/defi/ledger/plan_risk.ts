import type { DefiPrimitive } from "../taxonomy.ts";
import { hfOf, ltvOf } from "./account.ts";
import type { StepEffect } from "./applied.ts";
import { applyStep } from "./apply_step.ts";
import { type LedgerFacts, openLedger } from "./ledger.ts";
import { type Assessment, assessRisk, type RiskLimits } from "./risk.ts";
import type { LedgerStep } from "./step.ts";

/** What may be wrong with the risk of a step. */
export type RiskReason =
  | "ltv"
  | "hf"
  | "more_than_held"
  | "more_than_owed"
  | "risk_unknown:ltv"
  | "risk_unknown:hf";

/** A step, and the risk after it. */
interface Walked extends Assessment {
  readonly effect: StepEffect;
}

/** The risk of a step, and what is wrong with it. */
export interface StepRisk extends Walked {
  readonly failed: readonly RiskReason[];
  /** `wallet_not_known`: only what the wallet is not known to hold keeps it within the limits. */
  readonly notes: readonly string[];
}

/** Both ratios are checked after these. */
const RISKY: readonly DefiPrimitive[] = ["withdraw_asset", "borrow_asset"];

/**
 * Walks through a plan twice, with a wallet that holds what it is not known to lack, and with one
 * that holds no more than it is known to hold. The first says what fails, the second what is
 * unknown.
 */
export function risksOf(
  steps: readonly LedgerStep[],
  facts: LedgerFacts,
  limits: RiskLimits,
): StepRisk[] {
  const known = statedBeside(facts);
  const likely = walk(steps, known, limits, true);
  const certain = walk(steps, known, limits, false);
  return steps.map((step, i) => ({
    ...likely[i]!,
    ...riskOf(step, likely[i]!, certain[i]!),
  }));
}

/** A ratio that the positions give is theirs; only another one is stated beside them. */
function statedBeside(
  facts: LedgerFacts,
): LedgerFacts {
  const { ltv, hf, positions, liqThreshold } = facts;
  if (!positions) return facts;
  return {
    ...facts,
    ltv: isSame(ltv, ltvOf(positions)) ? null : ltv,
    hf: isSame(hf, hfOf(positions, liqThreshold)) ? null : hf,
  };
}

/** Equal but for the rounding of doubles. */
function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null || b === Infinity) return a === b;
  return Math.abs(a - b) <= 1e-12 * b;
}

function walk(
  steps: readonly LedgerStep[],
  facts: LedgerFacts,
  limits: RiskLimits,
  isAmple: boolean,
): Walked[] {
  let ledger = openLedger(facts, isAmple);
  return steps.map((step) => {
    const applied = applyStep(ledger, step);
    ledger = applied.ledger;
    return { effect: applied.effect, ...assessRisk(applied, limits) };
  });
}

function riskOf(
  { action }: LedgerStep,
  likely: Walked,
  certain: Walked,
): Pick<StepRisk, "failed" | "notes"> {
  const failed: RiskReason[] = [];
  const { effect } = likely;
  if (effect === "more_than_held" || effect === "more_than_owed") failed.push(effect);
  if (!RISKY.includes(action)) return { failed, notes: [] };
  const names = ["ltv", "hf"] as const;
  for (const name of names) {
    const isOpen = name === "hf" && effect === "open";
    if (likely[name].state === "beyond" || isOpen) failed.push(name);
    else if (likely[name].state === "unknown") failed.push(`risk_unknown:${name}`);
  }
  if (failed.length > 0) return { failed, notes: [] };
  const isSure = (name: "ltv" | "hf") =>
    certain[name].state === "within" && certain.effect === effect;
  const unsure = names.filter((name) => !isSure(name));
  return {
    failed: unsure.map((name) => `risk_unknown:${name}` as const),
    notes: unsure.length > 0 ? ["wallet_not_known"] : [],
  };
}
