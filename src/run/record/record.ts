import type { IgnoredKey } from "../policy/layers.ts";
import type { Finding, RunPlan } from "../../domains/gates/finding.ts";
import type { GateVerdict, StepMapping } from "../../domains/gates/gate.ts";
import type { RiskSource } from "../../domains/context.ts";
import type { Decision } from "../../evaluate/decide.ts";
import type { Reason } from "../../domains/gates/reasons.ts";
import type { WddDetail, WddSummary } from "../../rails/wdd/decide.ts";

/** Names the format of records. */
export const RUN_SCHEMA = "micro-lm/run@1";

/** Which rails look at a prompt beside the mapper. */
export type Rails = "stage11" | "stage10" | "none";

/**
 * The rails of a request that names none. What `stage11` does beside it, warp and denoise, costs several
 * times as much and finds no more: docs/numbers.md.
 */
export const DEFAULT_RAILS: Rails = "stage10";

/** Samples of a trace where a request names none. */
export const DEFAULT_SAMPLES = 180;

/** What the checks said. */
export interface RunVerify extends Pick<Finding["verify"], "steps" | "grid"> {
  readonly ok: boolean;
  readonly reason: Reason;
  /** All that failed, the gravest first. */
  readonly failed: readonly Reason[];
  /** What ran: `rails:stage10`, `wdd:on`, `audit:wdd`, `dry_run`. */
  readonly tags: readonly string[];
}

/** Who set what in a policy of several authors. */
export interface PolicyAuthors {
  /** By key, where it is not the default: `operator`, `caller` or `mapper`. */
  readonly set_by: Readonly<Record<string, string>>;
  /** What the caller asked for and did not get, for it would have loosened something. */
  readonly ignored: readonly IgnoredKey[];
}

/** The outcome of a run: the same keys whatever happened. */
export interface RunRecord {
  readonly schema: typeof RUN_SCHEMA;
  readonly domain: string;
  readonly prompt: string;
  readonly rails: Rails;
  readonly T: number;
  /** The first action that the prompt asks for, also when it may not be carried out; null if none. */
  readonly label: string | null;
  /** Least confidence over the steps; 0 if the mapper was not asked. */
  readonly score: number;
  readonly ok: boolean;
  readonly reason: Reason;
  /** The first action of the plan, or null. */
  readonly top1: string | null;
  /** A copy of the plan's sequence. */
  readonly sequence: readonly string[];
  readonly plan: RunPlan;
  readonly verify: RunVerify;
  /** What was switched off or stood in: `risk_not_required:ltv`, `mapper:wordmap_fallback`. */
  readonly flags: readonly string[];
  readonly aux: {
    /** Every gate that was asked, in order. */
    readonly gates: readonly GateVerdict[];
    readonly mappings: readonly StepMapping[];
    /** With `dry_run`: what would have been allowed. */
    readonly would_allow?: readonly string[];
    /** Where a caller had a say in the policy: who set what. */
    readonly policy?: PolicyAuthors;
  };
  readonly artifacts: {
    readonly mapper: {
      readonly backend: string;
      readonly encoder: string | null;
      readonly sha256: string;
      /** The operating point that applied, and its certificate. */
      readonly point: unknown;
      readonly certificate: string | null;
      /** Least confidence over the steps; 0 if it was not asked. */
      readonly score: number;
      /** What came of the step that it was least sure of; null if it was not asked. */
      readonly reason: Decision["reason"] | null;
      readonly aux: {
        readonly label: string | null;
        readonly predicted: string;
        readonly margin: number;
        readonly threshold: number | null;
        readonly text: string;
      } | null;
    } | null;
    readonly verify: {
      readonly ok: boolean;
      readonly reason: Reason;
      /** Where risk numbers came from; null if no guard asked for them. */
      readonly sources: {
        readonly ltv: RiskSource | null;
        readonly hf: RiskSource | null;
      } | null;
    };
    /** What the rails saw; null if they did not run. */
    readonly wdd: WddDetail | null;
    readonly schema: { readonly v: 1; readonly keys: readonly string[] };
  };
  /** Fingerprint of the plan: see `planHash`. */
  readonly det_hash: string;
  readonly wdd_summary: WddSummary | null;
  readonly abstained: boolean;
}

/** The short form of a record: what to do, and whether it may be done. */
export interface MinimalRecord {
  readonly plan: { readonly sequence: readonly string[] };
  readonly verify: { readonly ok: boolean; readonly reason: Reason };
}

/**
 * Shortens a record.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { minimalRecord } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * assertEquals(minimalRecord(await runtime.run({ prompt: "swap 2 ETH for USDC" })), {
 *   plan: { sequence: [] },
 *   verify: { ok: false, reason: "oracle_unknown" },
 * });
 * ```
 */
export function minimalRecord({ plan, verify }: RunRecord): MinimalRecord {
  return {
    plan: { sequence: plan.sequence },
    verify: { ok: verify.ok, reason: verify.reason },
  };
}
