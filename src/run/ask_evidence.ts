import type { AskedEvidence } from "../domains/gates/finding.ts";
import { gate } from "../domains/gates/gate.ts";
import type { Reason } from "../domains/gates/reasons.ts";
import { MicroLmError } from "../core/errors.ts";
import { applyWdd, describeResult } from "../rails/wdd/decide.ts";
import type { AuditPolicy } from "./policy/policy.ts";
import type { Rails } from "./record/record.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** What the rails look at, and how. */
export interface EvidenceQuestion {
  readonly prompt: string;
  readonly audit: AuditPolicy;
  readonly rails: Rails;
  /** Samples of a trace. */
  readonly T: number;
}

const NOT_ASKED: AskedEvidence = { sequence: null, ok: true, gates: [] };

/**
 * Asks the rails, if they are on and there is evidence. A detector records, and stops the plan where `gate`
 * says so; in family mode the evidence supplies the actions itself. A policy that counts on evidence is
 * not carried out without.
 *
 * @param planned The actions of the plan so far.
 */
export async function askEvidence(
  runtime: MicroRuntime,
  { prompt, audit, rails, T }: EvidenceQuestion,
  planned: readonly string[],
): Promise<AskedEvidence> {
  if (rails === "none") return NOT_ASKED;
  const evidence = await runtime.evidence();
  if (evidence === null) {
    if (audit.backend === null && !audit.gate && audit.mode === "detector") return NOT_ASKED;
    throw new MicroLmError("usage", "The policy's audit asks for evidence, but there is none", {
      hint: "deno task train fits it beside the mapper (.rails.json); or fit it with deno task " +
        "wdd-fit and name it with --wdd_path",
    });
  }
  const detector = await evidence.detector(audit, { stage: rails, T });
  const [result] = await detector.detect([prompt]);
  const { sequence, ok, reason, summary } = applyWdd(result!, planned, {
    domain: runtime.opened.name,
    mode: audit.mode,
    gate: audit.gate,
  });
  const detail = describeResult(result!, planned, evidence.sha256);
  const wdd = { summary, detail, tags: [`rails:${rails}`, "wdd:on", "audit:wdd"] };
  if (audit.mode === "passthrough") return { sequence: null, ok: true, gates: [], wdd };
  const { disagreement } = detail;
  const verdict = gate(
    "evidence",
    ok ? "ok" : reason as Reason,
    disagreement === null ? summary : { ...summary, disagreement },
  );
  const approval = ok && sequence !== null ? { approval: reason as Reason } : {};
  return { sequence, ok, gates: [verdict], wdd, ...approval };
}
