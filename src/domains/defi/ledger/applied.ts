import type { Ledger } from "./ledger.ts";
import type { LedgerInput } from "./step.ts";

/** How a step went, the gravest first. */
export const STEP_EFFECTS = [
  /** It takes out more than is pledged: nothing of it is done. */
  "more_than_held",
  /** It pays back more than is owed: nothing of it is done. */
  "more_than_owed",
  /** It names an amount that cannot be read or priced. */
  "unknown",
  /** It borrows as much as there is: no number limits it. */
  "open",
  /** It names no amount: the state is that before it. */
  "unsized",
  /** Its effect is known. */
  "known",
] as const;

/** How a step went. */
export type StepEffect = typeof STEP_EFFECTS[number];

/** A ledger after a step. */
export interface Applied {
  readonly ledger: Ledger;
  readonly effect: StepEffect;
}

export function known(ledger: Ledger): Applied {
  return { ledger, effect: "known" };
}

export function unsized(ledger: Ledger): Applied {
  return { ledger: { ...ledger, unsized: ledger.unsized + 1 }, effect: "unsized" };
}

/** The risk has grown, and nobody knows by how much. */
export function lost(ledger: Ledger, effect: "unknown" | "open" = "unknown"): Applied {
  return { ledger: { ...ledger, isLost: true }, effect };
}

export function isUnpriced({ market }: Ledger, { asset }: LedgerInput): boolean {
  return asset !== null && !market.prices.has(asset);
}
