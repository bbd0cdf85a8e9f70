import { MicroLmError } from "../../core/errors.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";
import type { AuditRow } from "./row.ts";

/** Options of {@linkcode fitRefutation}. */
export interface FitRefutationOptions {
  /** Greatest share of right labels that may be refuted. Default: 0.03. */
  readonly maxRefused?: number;
  /**
   * Whether the limit holds for the share on the given rows (`observed`) or for its upper 95% bound
   * (`bounded`), which new rows of the same kind rarely exceed. Default: `bounded`.
   */
  readonly limit?: "observed" | "bounded";
}

/** What an audit does to the answers of a mapper. */
export interface RefutationMetrics {
  /** Share of the wrong answers that the evidence refutes. */
  readonly caught: Rate;
  /** Share of the right answers that it refutes. */
  readonly refused: Rate;
}

/**
 * True if the evidence of a prompt speaks against a label: the prompt forbids to act, the label has no span
 * in it, or its share of the evidence is below the gate wherever it is greatest.
 *
 * @param label What a mapper says; it takes no part in the evidence.
 * @param tauRefute Least share, 0 to 1; {@linkcode fitRefutation} finds it.
 * @throws {RangeError} If the audit does not judge the label.
 *
 * @example
 * ```ts
 * import { type AuditRow, refutesLabel } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const row: AuditRow = {
 *   ...{ idx: 0, id: "1", prompt: "water the rose", gold: "water", pred: "water" },
 *   ...{ decision: "PASS", reason: "pass", had_spans: true, accepted: ["water"], peak: 2, rel: 0.9 },
 *   channels: [{
 *     ...{ name: "water", peak: 2, rel: 0.9, at: 0, accepted: true },
 *     spans: [{ text: "water", score: 2 }],
 *   }],
 * };
 * assertEquals([refutesLabel(row, "water", 0.5), refutesLabel(row, "water", 0.95)], [false, true]);
 * ```
 */
export function refutesLabel(row: AuditRow, label: string, tauRefute: number): boolean {
  const channel = row.channels.find(({ name }) => name === label);
  if (!channel) throw new RangeError(`Expected an action that the audit judges, got "${label}"`);
  return row.reason === "forbidden" || channel.spans.length === 0 || channel.rel < tauRefute;
}

/**
 * The greatest gate of {@linkcode refutesLabel} that refutes at most the allowed share of the right labels.
 * Use rows that are not reported on.
 *
 * @param labels What a mapper said of each row; null where it abstained.
 * @throws {MicroLmError} Kind `data` if no label is right.
 *
 * @example
 * ```ts
 * import { type AuditRow, fitRefutation, refutesLabel } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const row: AuditRow = {
 *   ...{ idx: 0, id: "1", prompt: "water the rose", gold: "water", pred: "water" },
 *   ...{ decision: "PASS", reason: "pass", had_spans: true, accepted: ["water"], peak: 2, rel: 0.9 },
 *   channels: [{
 *     ...{ name: "water", peak: 2, rel: 0.9, at: 0, accepted: true },
 *     spans: [{ text: "water", score: 2 }],
 *   }],
 * };
 * const rows = Array.from({ length: 200 }, () => row);
 * const tau = fitRefutation(rows, rows.map(() => "water"));
 * assertEquals(refutesLabel(row, "water", tau), false);
 * ```
 */
export function fitRefutation(
  rows: readonly AuditRow[],
  labels: readonly (string | null)[],
  { maxRefused = 0.03, limit = "bounded" }: FitRefutationOptions = {},
): number {
  const shares = rows.flatMap((row, i) => {
    if (labels[i] === null || labels[i] !== row.gold) return [];
    if (refutesLabel(row, row.gold!, 0)) return [0];
    return [row.channels.find(({ name }) => name === row.gold)!.rel];
  }).sort((a, b) => a - b);
  if (shares.length === 0) throw new MicroLmError("data", "Expected right labels, found none");
  const allowed = (k: number) => {
    const { value, ci_high } = rate(k, shares.length);
    return (limit === "bounded" ? ci_high : value!) <= maxRefused;
  };
  let refused = 0;
  while (refused + 1 < shares.length && allowed(refused + 1)) refused++;
  return shares[refused]!;
}

/**
 * How many wrong and right answers of a mapper the evidence refutes.
 *
 * @example
 * ```ts
 * import { type AuditRow, refutationMetrics } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const row: AuditRow = {
 *   ...{ idx: 0, id: "1", prompt: "water the rose", gold: "water", pred: "water" },
 *   ...{ decision: "PASS", reason: "pass", had_spans: true, accepted: ["water"], peak: 2, rel: 0.9 },
 *   channels: [{
 *     ...{ name: "water", peak: 2, rel: 0.9, at: 0, accepted: true },
 *     spans: [{ text: "water", score: 2 }],
 *   }],
 * };
 * const forbidden: AuditRow = { ...row, gold: "paint", reason: "forbidden" };
 * const { caught, refused } = refutationMetrics([row, forbidden], ["water", "water"], 0.5);
 * assertEquals([caught.value, refused.value], [1, 0]);
 * ```
 */
export function refutationMetrics(
  rows: readonly AuditRow[],
  labels: readonly (string | null)[],
  tauRefute: number,
): RefutationMetrics {
  const counts = { caught: 0, wrong: 0, refused: 0, right: 0 };
  rows.forEach((row, i) => {
    const label = labels[i]!;
    if (label === null || row.gold === null) return;
    const refuted = refutesLabel(row, label, tauRefute) ? 1 : 0;
    const right = label === row.gold;
    counts[right ? "right" : "wrong"]++;
    counts[right ? "refused" : "caught"] += refuted;
  });
  return {
    caught: rate(counts.caught, counts.wrong),
    refused: rate(counts.refused, counts.right),
  };
}
