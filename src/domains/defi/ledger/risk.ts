import type { Applied } from "./applied.ts";
import { add, exact, exceeds, multiply, type Ratio } from "./exact.ts";
import { ratiosOf } from "./ledger.ts";

/** Limits of the two ratios. */
export interface RiskLimits {
  /** Greatest loan to value after a step; equality passes. */
  readonly ltv_max: number;
  /** Least health factor after a step; equality passes. */
  readonly hf_min: number;
  /** Added to the loan to value for each step that names no amount. */
  readonly ltv_margin: number;
  /** Taken from the health factor for each step that names no amount. */
  readonly hf_buffer: number;
}

/** A ratio after a step, and how it stands to its limit. */
export interface AssessedRatio {
  readonly ratio: Ratio | null;
  readonly state: "within" | "beyond" | "unknown";
}

/** Both ratios after a step. */
export interface Assessment {
  readonly ltv: AssessedRatio;
  readonly hf: AssessedRatio;
}

/**
 * Holds the ratios after a step against their limits. What nobody knows can only make them worse: a
 * ratio that is beyond its limit without it is beyond it for certain.
 */
export function assessRisk({ ledger, effect }: Applied, limits: RiskLimits): Assessment {
  const { unsized } = ledger;
  const ratios = ratiosOf(ledger);
  const ltv = shifted(ratios.ltv, multiply(exact(limits.ltv_margin), exact(unsized)));
  const hf = shifted(ratios.hf, multiply(exact(limits.hf_buffer), exact(-unsized)));
  const isKnown = !ledger.isLost || effect === "open";
  return {
    ltv: assess(ltv, ltv !== null && exceeds(ltv, exact(limits.ltv_max)), isKnown),
    hf: assess(hf, hf !== null && exceeds(exact(limits.hf_min), hf), isKnown),
  };
}

function shifted(ratio: Ratio | null, by: Exclude<Ratio, "infinite">): Ratio | null {
  return ratio === null || ratio === "infinite" ? ratio : add(ratio, by);
}

function assess(ratio: Ratio | null, isBeyond: boolean, isKnown: boolean): AssessedRatio {
  if (isBeyond) return { ratio, state: "beyond" };
  return { ratio, state: ratio === null || !isKnown ? "unknown" : "within" };
}
