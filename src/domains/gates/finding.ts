import type { ArcVerification } from "../arc/verify.ts";
import type { StepVerdict } from "../defi/guards/guards.ts";
import type { WddDetail, WddSummary } from "../../rails/wdd/decide.ts";
import type { GateVerdict, StepMapping } from "./gate.ts";
import type { Reason } from "./reasons.ts";

/** A part of a run. */
export type RunPhase = "parse" | "map" | "rails";

/** A step of a plan; what else it says is its domain's. */
export interface PlanStep {
  readonly action: string;
  /** The words that ask for it. */
  readonly text: string;
  /** Where they stand in the prompt, `[start, end)`. */
  readonly span: readonly [number, number];
}

/** What may be carried out. */
export interface RunPlan<Step extends PlanStep = PlanStep> {
  /** The actions in order; empty unless the run is ok. */
  readonly sequence: readonly string[];
  readonly steps: readonly Step[];
}

/** What a domain finds out about a prompt. */
export interface Finding {
  readonly label: string | null;
  readonly gates: readonly GateVerdict[];
  readonly mappings: readonly StepMapping[];
  /** What may be carried out if every gate is passed. */
  readonly plan: RunPlan;
  readonly verify: {
    /** Verdicts of the guards, step by step. */
    readonly steps: readonly StepVerdict[];
    /** How a grid was checked, if one was given. */
    readonly grid?: ArcVerification;
  };
  readonly flags: readonly string[];
  readonly sources: unknown;
  /** Whether the mapper read the prompt as it is, which its certificate is about. */
  readonly isVerbatim?: boolean;
  /** Why it is allowed, if not simply `ok`. */
  readonly approval?: Reason;
  readonly wdd?: WddFinding;
}

/** What the rails leave in a record. */
export interface WddFinding {
  readonly summary: WddSummary;
  readonly detail: WddDetail;
  /** What ran. */
  readonly tags: readonly string[];
}

/** What the evidence makes of a plan. */
export interface AskedEvidence {
  /** The actions that the evidence puts in the plan's place; null: the plan stays as it is. */
  readonly sequence: readonly string[] | null;
  /** False if the evidence stops the plan. */
  readonly ok: boolean;
  readonly gates: readonly GateVerdict[];
  readonly wdd?: WddFinding;
  /** Why a plan that the evidence supplies is allowed. */
  readonly approval?: Reason;
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
