import type { Certification } from "./certify/certificate.ts";
import type { GateResult } from "./choose.ts";

/** The one verdict of a sweep: title, badge, last line and exit code say the same. */
export interface SweepVerdict {
  readonly status: "pass" | "fail" | "certified" | "uncertified" | "refused";
  /** Whether what was asked for is met. */
  readonly ok: boolean;
  /** What is not met, in words; empty if `ok`. */
  readonly failures: readonly string[];
  /** What the limits of the gate say where the certificate is the verdict. */
  readonly remarks: readonly string[];
}

/**
 * The verdict: of the certificate if one was asked for, else of the gate.
 *
 * @example
 * ```ts
 * import { verdictOf } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const { status, ok } = verdictOf({ status: "fail", failures: ["abstain rate 0.2 is above 0.1"] });
 * assertEquals([status, ok], ["fail", false]);
 * ```
 */
export function verdictOf(gate: GateResult, certification?: Certification): SweepVerdict {
  if (!certification) {
    return {
      status: gate.status,
      ok: gate.status === "pass",
      failures: gate.failures,
      remarks: [],
    };
  }
  const { certificate, failure } = certification;
  const remarks = gate.failures;
  if (certificate) return { status: "certified", ok: true, failures: [], remarks };
  const status = failure.kind === "overlap" ? "refused" : "uncertified";
  return { status, ok: false, failures: [failure.reason], remarks };
}
