import type { Context } from "./context.ts";
import type { ActivePoint } from "./operating_point.ts";
import type { Policy } from "./policy/policy.ts";
import type { Reason } from "./reasons.ts";
import type { WddSummary } from "../rails/wdd/decide.ts";
import type {
  GateVerdict,
  PolicyAuthors,
  Rails,
  RunPlan,
  RunVerify,
  StepMapping,
} from "./record/record.ts";
import type { RunRequest } from "./runtime_types.ts";

/** What a domain finds out about a prompt. */
export interface Finding {
  readonly label: string | null;
  readonly gates: readonly GateVerdict[];
  readonly mappings: readonly StepMapping[];
  /** What may be carried out if every gate is passed. */
  readonly plan: RunPlan;
  readonly verify: Pick<RunVerify, "steps"> & Partial<Pick<RunVerify, "grid">>;
  readonly flags: readonly string[];
  readonly sources: unknown;
  /** Whether the mapper read the prompt as it is, which its certificate is about. */
  readonly isVerbatim?: boolean;
  /** Why it is allowed, if not simply `ok`. */
  readonly approval?: Reason;
  readonly wdd?: {
    readonly summary: WddSummary;
    readonly detail: unknown;
    readonly tags: string[];
  };
}

/** A request with everything filled in. */
export interface ResolvedRequest extends RunRequest {
  readonly resolved: {
    readonly policy: Policy;
    readonly context: Context;
    readonly rails: Rails;
    readonly T: number;
    readonly active: ActivePoint;
    /** Of a policy in which somebody else has a say. */
    readonly authors?: PolicyAuthors | undefined;
  };
}

/** What is known before a gate was asked. */
export const NOTHING: Finding = {
  label: null,
  gates: [],
  mappings: [],
  plan: { sequence: [], steps: [] },
  verify: { steps: [] },
  flags: [],
  sources: null,
};
