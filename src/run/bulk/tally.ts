import type { MappedRow, RunRow } from "./rows.ts";

/** Counts over the rows of a bulk run. */
export interface BulkTotals {
  readonly rows: number;
  /** Rows by reason: `fired` and why not, or the reasons of records. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows by the action that was allowed. */
  readonly labels: Readonly<Record<string, number>>;
  /** Rows whose input has a label. */
  readonly labelled: number;
  /** Those of them that were allowed an action. */
  readonly labelled_fired: number;
  /** Those whose action is the label. */
  readonly labelled_correct: number;
}

/** Counts rows. */
export class BulkTally {
  readonly #reasons = new Map<string, number>();
  readonly #labels = new Map<string, number>();
  #rows = 0;
  #labelled = 0;
  #fired = 0;
  #correct = 0;

  /** Counts a row. */
  add(row: MappedRow | RunRow): void {
    const [reason, label] = "record" in row
      ? [row.record.reason, row.record.top1]
      : [row.reason, row.label];
    this.#rows++;
    increase(this.#reasons, reason);
    if (label !== null) increase(this.#labels, label);
    if (row.gold_label === undefined) return;
    this.#labelled++;
    if (label !== null) this.#fired++;
    if (label === row.gold_label) this.#correct++;
  }

  /** The counts so far, names in alphabetical order. */
  totals(): BulkTotals {
    return {
      rows: this.#rows,
      reasons: sorted(this.#reasons),
      labels: sorted(this.#labels),
      labelled: this.#labelled,
      labelled_fired: this.#fired,
      labelled_correct: this.#correct,
    };
  }
}

/** The counts of several runs together. */
export function sumTotals(parts: readonly BulkTotals[]): BulkTotals {
  const sumOf = (of: (part: BulkTotals) => Readonly<Record<string, number>>) => {
    const counts = new Map<string, number>();
    for (const part of parts) {
      for (const [name, count] of Object.entries(of(part))) increase(counts, name, count);
    }
    return sorted(counts);
  };
  const sum = (of: (part: BulkTotals) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    rows: sum(({ rows }) => rows),
    reasons: sumOf(({ reasons }) => reasons),
    labels: sumOf(({ labels }) => labels),
    labelled: sum(({ labelled }) => labelled),
    labelled_fired: sum(({ labelled_fired }) => labelled_fired),
    labelled_correct: sum(({ labelled_correct }) => labelled_correct),
  };
}

function increase(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => a < b ? -1 : 1));
}
