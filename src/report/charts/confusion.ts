import { ABSTAIN_CLASS } from "../../evaluate/decide.ts";
import type { DecisionRow } from "../../evaluate/decision_rows.ts";

/** Counts of labels against decisions. */
export interface Confusion {
  /** Labels: classes, `abstain` where rows must abstain, and perhaps {@linkcode POOLED}. */
  readonly labels: readonly string[];
  /** Decisions: classes, perhaps {@linkcode POOLED}, and {@linkcode ABSTAINED} as the last. */
  readonly decisions: readonly string[];
  /** `counts[label][decision]`. */
  readonly counts: readonly (readonly number[])[];
  /** Classes that were pooled. */
  readonly pooled: number;
}

/** Name of the classes that are not shown one by one. */
export const POOLED = "other classes";
/** Name of the decision not to act. */
const ABSTAINED = "abstained";

/**
 * Counts labels against decisions over the labelled rows. Of many classes, those with the most wrong
 * actions and then the most rows are shown one by one.
 *
 * @param order Class names in the order to show.
 * @param maxClasses Default: 20.
 *
 * @example
 * ```ts
 * import { confusionCounts } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ gold_label: "swap", label: "stake" }, { gold_label: "swap", label: "" }];
 * const { labels, decisions, counts } = confusionCounts(rows, ["swap", "stake"]);
 * assertEquals(labels, ["swap", "stake"]);
 * assertEquals(decisions, ["swap", "stake", "abstained"]);
 * assertEquals(counts, [[0, 1, 1], [0, 0, 0]]);
 * ```
 */
export function confusionCounts(
  rows: readonly Pick<DecisionRow, "gold_label" | "label">[],
  order: readonly string[],
  maxClasses = 20,
): Confusion {
  const labeled = rows.filter((row) => row.gold_label !== "");
  const shown = chooseClasses(labeled, order, maxClasses);
  const pooled = shown.total - shown.names.length;
  const names = [...shown.names, ...(pooled > 0 ? [POOLED] : [])];
  const position = new Map(shown.names.map((name, k) => [name, k]));
  const mustAbstain = labeled.some((row) => row.gold_label === ABSTAIN_CLASS);
  const counts = Array.from(
    { length: names.length + (mustAbstain ? 1 : 0) },
    () => new Array<number>(names.length + 1).fill(0),
  );
  for (const { gold_label, label } of labeled) {
    const from = gold_label === ABSTAIN_CLASS
      ? names.length
      : position.get(gold_label) ?? shown.names.length;
    const to = label === "" ? names.length : position.get(label) ?? shown.names.length;
    counts[from]![to]!++;
  }
  return {
    labels: mustAbstain ? [...names, ABSTAIN_CLASS] : names,
    decisions: [...names, ABSTAINED],
    counts,
    pooled,
  };
}

function chooseClasses(
  rows: readonly Pick<DecisionRow, "gold_label" | "label">[],
  order: readonly string[],
  maxClasses: number,
): { names: string[]; total: number } {
  const wrong = new Map<string, number>();
  const seen = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string) =>
    counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { gold_label, label } of rows) {
    for (const name of new Set([gold_label, label])) if (name !== "") add(seen, name);
    if (label === "" || label === gold_label) continue;
    add(wrong, gold_label);
    add(wrong, label);
  }
  seen.delete(ABSTAIN_CLASS);
  const known = new Set(order);
  const all = [
    ...order.filter((name) => seen.has(name)),
    ...[...seen.keys()].filter((name) => !known.has(name)).sort(),
  ];
  if (all.length <= maxClasses) return { names: all, total: all.length };
  const chosen = new Set(
    all.toSorted((a, b) => (wrong.get(b) ?? 0) - (wrong.get(a) ?? 0) || seen.get(b)! - seen.get(a)!)
      .slice(0, maxClasses),
  );
  return { names: all.filter((name) => chosen.has(name)), total: all.length };
}
