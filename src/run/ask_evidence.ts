import { applyWdd } from "../rails/wdd/decide.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";
import type { Reason } from "./reasons.ts";
import type { GateVerdict } from "./record/record.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** What the evidence makes of a plan. */
export interface AskedEvidence {
  /** The actions that the evidence puts in the plan's place; null: the plan stays as it is. */
  readonly sequence: readonly string[] | null;
  /** False if the evidence stops the plan. */
  readonly ok: boolean;
  readonly gates: readonly GateVerdict[];
  readonly wdd?: Finding["wdd"];
  /** Why a plan that the evidence supplies is allowed. */
  readonly approval?: Reason;
}

/**
 * Asks the rails, if the policy wants them and rails are on. A detector records, and stops the plan where
 * `gate` says so; in family mode the evidence supplies the actions itself.
 *
 * @param planned The actions of the plan so far.
 */
export async function askEvidence(
  runtime: MicroRuntime,
  { prompt, resolved: { policy: { audit }, rails } }: ResolvedRequest,
  planned: readonly string[],
): Promise<AskedEvidence> {
  if (audit.backend !== "wdd" || rails === "none") return { sequence: null, ok: true, gates: [] };
  const detector = await (await runtime.evidence()).detector(audit);
  const [result] = await detector.detect([prompt]);
  const { sequence, ok, reason, summary } = applyWdd(result!, planned, {
    domain: runtime.domain,
    mode: audit.mode,
    gate: audit.gate,
  });
  const { channels, z_min, mf_peak, p_value } = result!;
  const detail = { channels, z_min, mf_peak, p_value };
  const wdd = { summary, detail, tags: ["wdd:on", "audit:wdd"] };
  if (audit.mode === "passthrough") return { sequence: null, ok: true, gates: [], wdd };
  const gate: GateVerdict = {
    gate: "evidence",
    ok,
    reason: ok ? "ok" : reason as Reason,
    detail: summary,
  };
  const approval = ok && sequence !== null ? { approval: reason as Reason } : {};
  return { sequence, ok, gates: [gate], wdd, ...approval };
}
