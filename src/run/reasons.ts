import { FAMILY, type Reason } from "../domains/gates/reasons.ts";
import { SHIPPED } from "../domains/shipped.ts";

/** Every reason that a record may give; of each domain that ships its family. */
export const REASONS: readonly [Reason, ...Reason[]] = [
  "ok",
  "ltv",
  "hf",
  "more_than_held",
  "more_than_owed",
  "asset_refused",
  "risk_unknown:ltv",
  "risk_unknown:hf",
  "oracle_stale",
  "oracle_unknown",
  "low_confidence",
  "abstain_non_exec",
  "not_understood",
  "wdd:below_gates",
  ...Object.keys(SHIPPED).map((name): Reason => `${FAMILY}${name}`),
  "wdd:family:abstain",
  "mapper_unavailable",
  "invalid_input",
];
