import { ABSTAIN_CLASS } from "../../evaluate/decide.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";
import type { AuditRow } from "./row.ts";

/** Rates of an audit. Rows without a label count for nothing that needs one. */
export interface AuditMetrics {
  readonly n: number;
  /** Rows that ask for an action, by their label. */
  readonly n_actions: number;
  /** Rows that must abstain, by their label. */
  readonly n_abstain: number;
  /** Share of the rows that ask for an action with at least one accepted. */
  readonly coverage: Rate;
  /** Share of all rows with none accepted. */
  readonly abstain_rate: Rate;
  /** Share of all rows with at least one span in any channel. */
  readonly span_yield_rate: Rate;
  /** Share of the rows that ask for an action with a span for it. */
  readonly gold_span_recall: Rate;
  readonly abstain_no_span: Rate;
  readonly abstain_with_span: Rate;
  /** Share of labelled rows whose first accepted action is not the label. */
  readonly hallucination_rate: Rate;
  /** The same over labelled rows with one accepted. */
  readonly hallucination_on_fired: Rate;
  readonly multi_accept_rate: Rate;
  /** Share of the rows that must abstain with one accepted. */
  readonly accept_rate_non_exec: Rate;
  /** Means at the strongest channel; null where there is no such row. */
  readonly mean_peak_pass: number | null;
  readonly mean_peak_abstain: number | null;
  readonly mean_rel_pass: number | null;
  readonly mean_rel_abstain: number | null;
}

/** How the audit does on one action. */
export interface AuditClassMetrics {
  readonly label: string;
  /** Rows with the label. */
  readonly n: number;
  /** Rows for which it is accepted first. */
  readonly accepted: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Share of its rows with none accepted. */
  readonly abstain: number | null;
}

/**
 * Counts over judged rows: the only place that looks at labels.
 *
 * @example
 * ```ts
 * import { auditMetrics, type AuditRow } from "micro-lm/rails";
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
 * const { coverage, hallucination_rate } = auditMetrics([row, { ...row, gold: "paint" }]);
 * assertEquals([coverage.value, hallucination_rate.value], [1, 0.5]);
 * ```
 */
export function auditMetrics(rows: readonly AuditRow[]): AuditMetrics {
  const count = (of: readonly AuditRow[], test: (row: AuditRow) => boolean) =>
    rate(of.filter(test).length, of.length);
  const fired = (row: AuditRow) => row.decision === "PASS";
  const labeled = rows.filter(({ gold }) => gold !== null);
  const actions = labeled.filter(({ gold }) => gold !== ABSTAIN_CLASS);
  const silent = labeled.filter(({ gold }) => gold === ABSTAIN_CLASS);
  const wrong = (row: AuditRow) => fired(row) && row.pred !== row.gold;
  const mean = (pass: boolean, of: (row: AuditRow) => number) => {
    const some = rows.filter((row) => fired(row) === pass);
    return some.length === 0 ? null : some.reduce((sum, row) => sum + of(row), 0) / some.length;
  };
  return {
    n: rows.length,
    n_actions: actions.length,
    n_abstain: silent.length,
    coverage: count(actions, fired),
    abstain_rate: count(rows, (row) => !fired(row)),
    span_yield_rate: count(rows, (row) => row.had_spans),
    gold_span_recall: count(
      actions,
      ({ channels, gold }) => channels.some(({ name, spans }) => name === gold && spans.length > 0),
    ),
    abstain_no_span: count(rows, (row) => !fired(row) && !row.had_spans),
    abstain_with_span: count(rows, (row) => !fired(row) && row.had_spans),
    hallucination_rate: count(labeled, wrong),
    hallucination_on_fired: count(labeled.filter(fired), wrong),
    multi_accept_rate: count(rows, ({ accepted }) => accepted.length > 1),
    accept_rate_non_exec: count(silent, fired),
    mean_peak_pass: mean(true, ({ peak }) => peak),
    mean_peak_abstain: mean(false, ({ peak }) => peak),
    mean_rel_pass: mean(true, ({ rel }) => rel),
    mean_rel_abstain: mean(false, ({ rel }) => rel),
  };
}

/**
 * The table by action.
 *
 * @example
 * ```ts
 * import { auditClasses, type AuditRow } from "micro-lm/rails";
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
 * const [water] = auditClasses([row, { ...row, gold: "paint" }], ["water"]);
 * assertEquals([water!.n, water!.precision, water!.recall], [1, 0.5, 1]);
 * ```
 */
export function auditClasses(
  rows: readonly AuditRow[],
  primitives: readonly string[],
): AuditClassMetrics[] {
  const labeled = rows.filter(({ gold }) => gold !== null);
  return primitives.map((label) => {
    const own = labeled.filter(({ gold }) => gold === label);
    const accepted = labeled.filter(({ pred }) => pred === label);
    const hits = accepted.filter(({ gold }) => gold === label).length;
    const sum = own.length + accepted.length;
    return {
      label,
      n: own.length,
      accepted: accepted.length,
      precision: rate(hits, accepted.length).value,
      recall: rate(hits, own.length).value,
      f1: sum === 0 ? null : 2 * hits / sum,
      abstain: rate(own.filter(({ decision }) => decision === "ABSTAIN").length, own.length).value,
    };
  });
}
