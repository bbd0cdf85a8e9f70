/** The evidence of a domain supplied the plan: `wdd:family:NAME`. */
export const FAMILY = "wdd:family:";

/** What guards may object to, from the gravest: a breach of a limit outweighs what is unknown. */
export const GUARD_REASONS = [
  "ltv",
  "hf",
  "more_than_held",
  "more_than_owed",
  "asset_refused",
  "risk_unknown:ltv",
  "risk_unknown:hf",
  "oracle_stale",
  "oracle_unknown",
  "abstain_non_exec",
] as const;

/** What a guard objects to. */
export type GuardReason = typeof GUARD_REASONS[number];

/** What the words and the scores leave unclear, from the gravest. */
const UNCLEAR = ["not_understood", "low_confidence", "wdd:below_gates"] as const;

/** Reasons that need no evidence, and what it says of all domains alike. */
export const COMMON_REASONS = ["ok", ...GUARD_REASONS, ...UNCLEAR] as const;

/** Why a record is as it is; the set is closed, with one family for each domain. */
export type Reason =
  | typeof COMMON_REASONS[number]
  | `${typeof FAMILY}${string}`
  | "mapper_unavailable"
  | "invalid_input";

/** From the gravest: what is unknown outweighs what is merely unclear. */
const PRIORITY: readonly Reason[] = [
  "invalid_input",
  ...GUARD_REASONS,
  ...UNCLEAR,
  "wdd:family:abstain",
  "mapper_unavailable",
];

/**
 * Orders what failed by how much it weighs, without repeats; the first is the reason of the record.
 *
 * @example
 * ```ts
 * import { orderReasons } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(orderReasons(["oracle_stale", "hf", "ltv", "hf"]), ["ltv", "hf", "oracle_stale"]);
 * ```
 */
export function orderReasons(failed: readonly Reason[]): Reason[] {
  return PRIORITY.filter((reason) => failed.includes(reason));
}

/**
 * True for a reason that says "yes".
 *
 * @example
 * ```ts
 * import { isApproval } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isApproval("wdd:family:arc"), true);
 * assertEquals(isApproval("low_confidence"), false);
 * ```
 */
export function isApproval(reason: Reason): boolean {
  return reason === "ok" || (reason.startsWith(FAMILY) && reason !== `${FAMILY}abstain`);
}
