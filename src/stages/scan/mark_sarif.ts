import type { SarifLog } from "../iac/sarif.ts";
import type { JudgedFinding } from "./filter_findings.ts";
import type { ScanThreshold } from "./evidence.ts";

/**
 * Writes what is said of findings into their SARIF log: the property `microLm` of each result, and for
 * likely false alarms a suppression that is under review, so that no viewer hides them unseen.
 *
 * @param judged One entry a result, in order.
 *
 * @example
 * ```ts
 * import { markSarif } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const document = { version: "2.1.0", runs: [{ results: [{ ruleId: "X1" }] }] };
 * const result = { run: 0, index: 0, rule: "X1", ruleNames: [], file: "a.rb", line: 1 };
 * const more = { snippet: "", message: "", properties: {}, isSuppressed: false, isPass: false };
 * const judged = [{ verdict: "keep", kind: "use_of_http", probability: 0.9 }] as const;
 * const marked = markSarif({ document, results: [{ ...result, ...more }] }, judged, { value: 0.4 });
 * const microLm = { verdict: "keep", p_tp: 0.9, threshold: 0.4 };
 * const results = [{ ruleId: "X1", properties: { microLm } }];
 * assertEquals(marked, { version: "2.1.0", runs: [{ results }] });
 * ```
 */
export function markSarif(
  { document, results }: SarifLog,
  judged: readonly JudgedFinding[],
  { value }: Pick<ScanThreshold, "value">,
): unknown {
  const byPlace = new Map(results.map(({ run, index }, i) => [`${run} ${index}`, judged[i]!]));
  return {
    ...document,
    runs: document.runs.map((run, i) => ({
      ...run,
      ...(run.results
        ? {
          results: run.results.map((result, k) => mark(result, byPlace.get(`${i} ${k}`)!, value)),
        }
        : {}),
    })),
  };
}

function mark(
  result: Readonly<Record<string, unknown>>,
  { verdict, probability, reason }: JudgedFinding,
  threshold: number,
): Record<string, unknown> {
  const properties = (result["properties"] ?? {}) as Record<string, unknown>;
  const microLm = { verdict, p_tp: probability, threshold, ...(reason ? { reason } : {}) };
  const marked = { ...result, properties: { ...properties, microLm } };
  if (verdict !== "likely_false_alarm") return marked;
  const suppressions = (result["suppressions"] ?? []) as readonly unknown[];
  const justification = `micro-lm: p(TP) ${probability!.toFixed(3)} is below ${
    threshold.toFixed(3)
  }`;
  return {
    ...marked,
    suppressions: [...suppressions, { kind: "external", status: "underReview", justification }],
  };
}
