import { type ShownActions, supports } from "./shares.ts";
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

/** What the rails saw, for records: numbers to six digits. */
export interface WddDetail {
  /** Hex sha256 of the model of the evidence. */
  readonly sha256: string;
  readonly stage: string;
  /** Samples of a trace. */
  readonly T: number;
  readonly verdict: "PASS" | "ABSTAIN";
  /** Kept actions in the order of their places. */
  readonly order: readonly string[];
  /** What the plan says; null where the rails agree, or where there is no plan. */
  readonly disagreement: Disagreement | null;
  readonly gates: {
    /** Least score, before it is fitted to each action. */
    readonly z_min: number;
    /** Share of background prompts with a score as high. */
    readonly p_value: number;
    readonly mf_peak: number;
    /** Least share of the actions of a plan together. */
    readonly least_share: number;
  };
  readonly channels: readonly {
    readonly name: string;
    readonly kept: boolean;
    /** Why it was kept, or what it failed first. */
    readonly verdict: string;
    /** Sample at which its lobe stands, and the token there. */
    readonly peak: number;
    readonly token: number;
    readonly score: number;
    readonly z_min: number;
    readonly height: number | null;
    /** What the whole prompt says for it, of all that it says for actions. */
    readonly share: number;
    readonly shape: number | null;
    readonly p_value: number;
    /** The words that speak for it, in log-odds. */
    readonly spans: readonly { readonly text: string; readonly score: number }[];
  }[];
}

/** Both sides of a disagreement. */
export interface Disagreement {
  /** `actions`: the evidence refutes one; `order`: it shows them in another order. */
  readonly about: "actions" | "order";
  /** What the plan does, in order. */
  readonly mapper: readonly string[];
  /** What the evidence shows, in order. */
  readonly rails: readonly string[];
}

/**
 * Where evidence and plan part; null where they do not. An action that is planned twice has one lobe, so
 * only the order of different ones is compared.
 */
export function disagreementOf(
  result: ShownActions & Pick<WddResult, "order">,
  planned: readonly string[],
): Disagreement | null {
  const { supported, order } = result;
  if (planned.length === 0) return null;
  const sides = { mapper: planned, rails: order };
  if (!supports(result, planned)) return { about: "actions", ...sides };
  const once = [...new Set(planned)];
  const shown = supported.filter((action) => once.includes(action));
  return once.length === planned.length && shown.join() !== once.join()
    ? { about: "order", ...sides }
    : null;
}

/** What a record keeps of a result. */
export function describeResult(
  result: WddResult,
  planned: readonly string[],
  sha256: string,
): WddDetail {
  const { decision, order, stage, T, z_min, mf_peak, p_value, channels } = result;
  return {
    ...{ sha256, stage, T, verdict: decision, order },
    disagreement: disagreementOf(result, planned),
    gates: {
      ...{ z_min: round(z_min), p_value: round(p_value), mf_peak: round(mf_peak) },
      least_share: round(result.least_share),
    },
    channels: channels.map(({ name, kept, verdict, peak, token, spans, ...numbers }) => ({
      ...{ name, kept, verdict, peak, token },
      score: round(numbers.score),
      z_min: round(numbers.z_min),
      height: numbers.height === null ? null : round(numbers.height),
      share: round(numbers.share),
      shape: numbers.shape === null ? null : round(numbers.shape),
      p_value: round(numbers.p_value),
      spans: spans.map(({ text, score }) => ({ text, score: round(score) })),
    })),
  };
}

function round(x: number): number {
  return Number(x.toPrecision(6));
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
 *   supported: ["rotate", "flip_v"],
 *   least_share: 0,
 *   ...{ stage: "stage10", T: 180, sigma: 9, proto_w: 54, which_prior: "model:0", layer: "span" },
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
    (labels.length === 0 || !supports(result, labels));
  return blocked
    ? { sequence: [], ok: false, reason: "wdd:below_gates", summary }
    : { sequence: null, ok: true, reason: null, summary };
}
