import { ABSTAIN_CLASS, type ScoredRows } from "./decide.ts";
import type { Gold } from "./metrics.ts";

/** What mistakes cost, in any unit. */
export interface CostTable {
  /** Cost of a wrong action, by the action that is taken: dearer where it cannot be undone. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Cost of a wrong action that `wrong` does not name. Default: 1. */
  readonly wrongDefault?: number;
  /** Cost of abstaining where an action was asked for. */
  readonly abstain: number;
}

/**
 * The threshold of each class with the least cost on some rows: what fires below it costs more in wrong
 * actions than it saves in abstentions.
 *
 * The rows must not be those that certify or report. A class whose every threshold costs more than
 * abstaining always gets null: it never fires.
 *
 * @example
 * ```ts
 * import { costThresholds, encodeGold, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Float64Array.of(0.9, 0.1, 0.6, 0.4);
 * const scored = scoreRows({ data, rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const costs = { wrong: { send: 10 }, abstain: 1 };
 * assertEquals(costThresholds(scored, gold, ["send", "keep"], costs), { send: 0.9, keep: null });
 * ```
 */
export function costThresholds(
  { top, confidence }: ScoredRows,
  { labels }: Gold,
  classes: readonly string[],
  { wrong, wrongDefault = 1, abstain }: CostTable,
): Record<string, number | null> {
  const thresholds: Record<string, number | null> = {};
  classes.forEach((name, k) => {
    if (name === ABSTAIN_CLASS) return;
    const cost = Object.hasOwn(wrong, name) ? wrong[name]! : wrongDefault;
    const rows = [...top.keys()].filter((row) => top[row] === k && labels[row]! > -3)
      .sort((a, b) => confidence[b]! - confidence[a]!);
    let saved = 0;
    let most = 0;
    let threshold: number | null = null;
    rows.forEach((row, i) => {
      const label = labels[row]!;
      // A right action saves an abstention; a wrong one where another was asked for does so, too.
      saved += (label === k ? 0 : -cost) + (label >= 0 ? abstain : 0);
      const isLast = i + 1 === rows.length || confidence[rows[i + 1]!]! < confidence[row]!;
      if (!isLast || saved <= most) return;
      most = saved;
      threshold = Math.floor(confidence[row]! * 1e6) / 1e6;
    });
    thresholds[name] = threshold;
  });
  return thresholds;
}
