import { buildPlan, type Plan } from "../domains/defi/plan.ts";
import type { Segment } from "../domains/defi/segment.ts";
import type { DefiPrimitive } from "../domains/defi/taxonomy.ts";
import { applyWdd } from "../rails/wdd_decide.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";
import type { Reason } from "./reasons.ts";
import type { GateVerdict } from "./record.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** What the evidence makes of a plan. */
export interface AskedEvidence {
  /** The plan to go on with; null if the evidence stops it. */
  readonly plan: Plan | null;
  readonly gates: readonly GateVerdict[];
  readonly wdd?: Finding["wdd"];
  /** Why a plan that the evidence supplies is allowed. */
  readonly approval?: Reason;
}

/**
 * Asks the rails, if the policy wants them and rails are on. A detector records, and stops the plan where
 * `gate` says so; in family mode the evidence supplies the plan itself.
 */
export async function askEvidence(
  runtime: MicroRuntime,
  { prompt, resolved: { policy: { audit }, rails } }: ResolvedRequest,
  plan: Plan,
  segments: readonly Segment[],
): Promise<AskedEvidence> {
  if (audit.backend !== "wdd" || rails === "none") return { plan, gates: [] };
  const detector = await (await runtime.evidence()).detector(audit);
  const [result] = await detector.detect([prompt]);
  const outcome = applyWdd(result!, plan.sequence, {
    domain: runtime.domain,
    mode: audit.mode,
    gate: audit.gate,
  });
  const { channels, z_min, mf_peak, p_value } = result!;
  const wdd = {
    summary: outcome.summary,
    detail: { channels, z_min, mf_peak, p_value },
    tags: ["wdd:on", "audit:wdd"],
  };
  if (audit.mode === "passthrough") return { plan, gates: [], wdd };
  const reason = outcome.ok ? "ok" : outcome.reason as Reason;
  const gates: GateVerdict[] = [{
    gate: "evidence",
    ok: outcome.ok,
    reason,
    detail: outcome.summary,
  }];
  if (!outcome.ok) return { plan: null, gates, wdd };
  if (outcome.sequence === null) return { plan, gates, wdd };
  const approval = outcome.reason as Reason;
  return { plan: planOf(outcome.sequence, prompt, segments), gates, wdd, approval };
}

/** The plan of the evidence, with the words of the steps where there is one a step. */
function planOf(sequence: readonly string[], prompt: string, segments: readonly Segment[]): Plan {
  const whole = { text: prompt, span: [0, prompt.length] as const };
  return buildPlan(sequence.map((action, i) => ({
    action: action as DefiPrimitive,
    segment: sequence.length === segments.length ? segments[i]! : whole,
  })));
}
