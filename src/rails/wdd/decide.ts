import type { WddResult } from "./wdd.ts";

/** Options of {@linkcode applyWdd}. */
export interface ApplyWddOptions {
  /** Names the domain in reasons. */
  readonly domain: string;
  /**
   * `detector` looks, and blocks where `gate` says so; `family` supplies the plan; `passthrough` only
   * records. Default: `detector`.
   */
  readonly mode?: "detector" | "family" | "passthrough";
  /** Whether a detector may block. Default: false. */
  readonly gate?: boolean;
}

/** The `wdd_summary` of a record. */
export interface WddSummary {
  readonly decision: "PASS" | "ABSTAIN";
  readonly keep: readonly string[];
  /** Kept actions by place; family mode only. */
  readonly order?: readonly string[];
  readonly sigma: number;
  readonly proto_w: number;
  readonly which_prior: string;
  readonly note: string;
}

/** What WDD does to a record. */
export interface WddOutcome {
  /** The plan: what is kept, in order (family), nothing (blocked), or null: the plan stays as it is. */
  readonly sequence: readonly string[] | null;
  readonly ok: boolean;
  /** The reason that the record gets, or null: its reason stays. */
  readonly reason: "wdd:below_gates" | "wdd:family:abstain" | `wdd:family:${string}` | null;
  readonly summary: WddSummary;
}

/**
 * Applies what WDD found to what a mapper said. The evidence was decided before the labels are looked at.
 *
 * @param labels The actions that the record has so far, in order.
 *
 * @example
 * ```ts
 * import { applyWdd, type WddResult } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const found: WddResult = {
 *   ...{ decision: "PASS", keep: ["flip_v", "rotate"], order: ["rotate", "flip_v"], channels: [] },
 *   ...{ sigma: 9, proto_w: 64, which_prior: "model:0", layer: "span" },
 *   ...{ z_min: 9, mf_peak: 20, p_value: 0.01 },
 * };
 * const family = applyWdd(found, [], { domain: "arc", mode: "family" });
 * assertEquals([family.sequence, family.reason], [["rotate", "flip_v"], "wdd:family:arc"]);
 * const gated = applyWdd(found, ["tile"], { domain: "arc", gate: true });
 * assertEquals([gated.ok, gated.sequence, gated.reason], [false, [], "wdd:below_gates"]);
 * ```
 */
export function applyWdd(
  result: WddResult,
  labels: readonly string[],
  { domain, mode = "detector", gate = false }: ApplyWddOptions,
): WddOutcome {
  const { decision, keep, order, sigma, proto_w, which_prior, mf_peak, p_value } = result;
  const strength = `peak ${mf_peak.toFixed(1)}, p ${p_value.toFixed(3)}`;
  const summary: WddSummary = {
    decision,
    keep,
    ...(mode === "family" && { order }),
    sigma,
    proto_w,
    which_prior,
    note: `mode=${mode}${mode === "detector" && gate ? ", gate" : ""}; ${strength}`,
  };
  if (mode === "family") {
    const ok = order.length > 0;
    return { sequence: order, ok, reason: `wdd:family:${ok ? domain : "abstain"}`, summary };
  }
  const blocked = mode === "detector" && gate &&
    (labels.length === 0 || labels.some((label) => !keep.includes(label)));
  return blocked
    ? { sequence: [], ok: false, reason: "wdd:below_gates", summary }
    : { sequence: null, ok: true, reason: null, summary };
}
