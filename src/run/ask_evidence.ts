import type { AskedEvidence } from "../domains/gates/finding.ts";
import { gate } from "../domains/gates/gate.ts";
import type { Reason } from "../domains/gates/reasons.ts";
import { applyWdd } from "../rails/wdd/decide.ts";
import type { AuditPolicy } from "./policy/policy.ts";
import type { Rails } from "./record/record.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** What the rails look at, and how. */
export interface EvidenceQuestion {
  readonly prompt: string;
  readonly audit: AuditPolicy;
  readonly rails: Rails;
}

/**
 * Asks the rails, if the policy wants them and rails are on. A detector records, and stops the plan where
 * `gate` says so; in family mode the evidence supplies the actions itself.
 *
 * @param planned The actions of the plan so far.
 */
export async function askEvidence(
  runtime: MicroRuntime,
  { prompt, audit, rails }: EvidenceQuestion,
  planned: readonly string[],
): Promise<AskedEvidence> {
  if (audit.backend !== "wdd" || rails === "none") return { sequence: null, ok: true, gates: [] };
  const detector = await (await runtime.evidence()).detector(audit);
  const [result] = await detector.detect([prompt]);
  const { sequence, ok, reason, summary } = applyWdd(result!, planned, {
    domain: runtime.opened.name,
    mode: audit.mode,
    gate: audit.gate,
  });
  const { channels, z_min, mf_peak, p_value } = result!;
  const detail = { channels, z_min, mf_peak, p_value };
  const wdd = { summary, detail, tags: ["wdd:on", "audit:wdd"] };
  if (audit.mode === "passthrough") return { sequence: null, ok: true, gates: [], wdd };
  const verdict = gate("evidence", ok ? "ok" : reason as Reason, summary);
  const approval = ok && sequence !== null ? { approval: reason as Reason } : {};
  return { sequence, ok, gates: [verdict], wdd, ...approval };
}
