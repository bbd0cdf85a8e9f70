import { COMMON_REASONS, FAMILY, type Reason } from "../domains/gates/reasons.ts";
import { SHIPPED } from "../domains/shipped.ts";

/** Every reason that a record may give; of each domain that ships its family. */
export const REASONS: readonly [Reason, ...Reason[]] = [
  ...COMMON_REASONS,
  ...Object.keys(SHIPPED).map((name): Reason => `${FAMILY}${name}`),
  "wdd:family:abstain",
  "mapper_unavailable",
  "invalid_input",
];
