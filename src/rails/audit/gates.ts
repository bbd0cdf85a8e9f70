import { MicroLmError } from "../../core/errors.ts";
import { ABSTAIN_CLASS } from "../../evaluate/decide.ts";
import type { AuditRow } from "./row.ts";
import type { AuditGates } from "./evidence.ts";

/** Options of {@linkcode fitAuditGates}. */
export interface FitAuditGatesOptions {
  /** Greatest share of rows with a wrong action accepted first. Default: 0.01. */
  readonly maxHallucination?: number;
}

/** Greatest share of the rows that must abstain with an action accepted. */
const MAX_NON_EXEC = 0.02;
/** Greatest share of rows with several actions accepted. */
const MAX_MULTI = 0.1;
/** Least evidence of a span; it is not fitted. */
const TAU_SPAN = 0.05;

/** Shares that are tried for `tau_rel`. */
const REL_STEPS = 200;
/** Quantiles of the winners' evidence that are tried for `tau_abs`. */
const ABS_STEPS = 20;

/**
 * Finds the gates with the greatest coverage among those that keep to the limits on the given rows. Use
 * rows that are not reported on.
 *
 * @param rows Of an audit with open gates: `{ tau_span, tau_rel: 0, tau_abs: -Infinity }`.
 * @throws {MicroLmError} Kind `data` if no gates keep to the limits.
 *
 * @example
 * ```ts
 * import { type AuditRow, fitAuditGates } from "micro-lm/rails";
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
 * assertEquals(fitAuditGates([row]).tau_span, 0.05);
 * ```
 */
export function fitAuditGates(
  rows: readonly AuditRow[],
  { maxHallucination = 0.01 }: FitAuditGatesOptions = {},
): AuditGates {
  const peaks = rows.map(({ peak }) => peak).sort((a, b) => a - b);
  const silent = rows.filter(({ gold }) => gold === ABSTAIN_CLASS).length;
  let best: { readonly gates: AuditGates; readonly covered: number } | undefined;
  for (let a = 0; a < ABS_STEPS; a++) {
    // A step more than nine tenths of all would leave nothing.
    const tau_abs = a === 0 ? 0 : peaks[Math.floor(0.9 * peaks.length * a / ABS_STEPS)]!;
    for (let r = 0; r <= REL_STEPS; r++) {
      // Finer towards 1, where shares crowd.
      const gates = { tau_span: TAU_SPAN, tau_rel: 1 - (1 - r / REL_STEPS) ** 3, tau_abs };
      const counts = countAt(rows, gates);
      const allowed = counts.wrong <= maxHallucination * rows.length &&
        counts.nonExec <= MAX_NON_EXEC * silent && counts.multi <= MAX_MULTI * rows.length;
      if (allowed && (!best || counts.covered > best.covered)) {
        best = { gates, covered: counts.covered };
      }
    }
  }
  if (best && best.covered > 0) return best.gates;
  throw new MicroLmError("data", "Found no gates that keep to the limits and accept anything");
}

function countAt(rows: readonly AuditRow[], { tau_rel, tau_abs }: AuditGates) {
  const counts = { covered: 0, wrong: 0, nonExec: 0, multi: 0 };
  for (const { reason, gold, channels } of rows) {
    if (reason === "forbidden") continue;
    let top = undefined as typeof channels[number] | undefined;
    let several = 0;
    for (const channel of channels) {
      if (channel.spans.length === 0 || channel.peak < tau_abs || channel.rel < tau_rel) continue;
      several++;
      if (!top || channel.rel > top.rel) top = channel;
    }
    if (!top) continue;
    if (several > 1) counts.multi++;
    if (top.name !== gold) counts.wrong++;
    if (gold === ABSTAIN_CLASS) counts.nonExec++;
    else counts.covered++;
  }
  return counts;
}
