import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import type { Row } from "../data/dataset.ts";

/** How prompts look to the parts of a mapper, where that is not as they were written. */
export interface TrainingForms {
  /** How a prompt reads when it comes to the classifier; null where it does not come there. */
  readonly read: (prompt: string) => string | null;
  /** The order within a prompt, without what stands around it; null where there is none. */
  readonly orderWithin: (prompt: string) => string | null;
}

/** The rows that parts of a mapper learn from. */
export interface TrainingRows {
  /** The rows of the set, then those that read otherwise, then orders within others; those have no label. */
  readonly rows: readonly Row[];
  /** Of each row the number of the row that it came from. */
  readonly source: Uint32Array;
  /** How many are as they were written, and how many read otherwise. */
  readonly written: number;
  readonly readings: number;
  /** Numbers of the rows that the classifier learns from. */
  readonly classified: Uint32Array;
  /** Numbers of the rows that the order head learns from; none without one. */
  readonly headed: Uint32Array;
}

/**
 * Adds rows in other forms, and leaves those that must abstain to the order head, if there is one. The
 * head learns from orders without what stands around them, so that it is that which makes the difference.
 */
export function planTrainingRows(
  rows: readonly Row[],
  hasHead: boolean,
  forms?: TrainingForms,
): TrainingRows {
  const readings = derive(
    rows,
    (row) => row.label === ABSTAIN_CLASS ? null : forms?.read(row.prompt) ?? null,
  );
  const within = hasHead ? derive(rows, (row) => forms?.orderWithin(row.prompt) ?? null) : [];
  const all = [
    ...rows,
    ...readings.map(({ row }) => row),
    ...within.map(({ row }) => ({ ...row, label: null })),
  ];
  const numbers = Uint32Array.from(all.keys());
  const firstWithin = rows.length + readings.length;
  return {
    rows: all,
    source: Uint32Array.from([
      ...rows.keys(),
      ...readings.map(({ source }) => source),
      ...within.map(({ source }) => source),
    ]),
    written: rows.length,
    readings: readings.length,
    classified: numbers.filter((i) =>
      i < firstWithin && !(hasHead && all[i]!.label === ABSTAIN_CLASS)
    ),
    headed: numbers.filter((i) => hasHead && (i < rows.length || i >= firstWithin)),
  };
}

function derive(rows: readonly Row[], form: (row: Row) => string | null) {
  return rows.flatMap((row, source) => {
    const prompt = form(row);
    return prompt === null || prompt === row.prompt ? [] : [{ source, row: { ...row, prompt } }];
  });
}
