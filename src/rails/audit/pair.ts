import { ABSTAIN_CLASS } from "../../core/abstain_class.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";

/** What mapper and rails say of one prompt, and what is right. */
export interface PairRow {
  /** Null where nobody knows: such rows count for times alone. */
  readonly gold: string | null;
  /** Whether the words of the prompt refuse it. */
  readonly forbidden: boolean;
  /** The mapper's action; null where it abstains. */
  readonly mapper: string | null;
  /** Actions that the evidence shows, the strongest first. */
  readonly keep: readonly string[];
  /** Actions that the evidence does not refute. */
  readonly supported: readonly string[];
}

/** What acts: the mapper, the rails, or the mapper where the rails agree; the last three behind the gates. */
export type PairSide = "mapper" | "gated" | "rails" | "both";

/** All sides, in the order of tables. */
export const PAIR_SIDES: readonly PairSide[] = ["mapper", "gated", "rails", "both"];

/** How one side does on labelled rows. */
export interface PairMetrics {
  /** Share of the rows that ask for an action which get one. */
  readonly coverage: Rate;
  /** Share of all rows with a wrong action. */
  readonly wrong: Rate;
  /** Share of the rows that must abstain which get an action. */
  readonly non_exec: Rate;
}

/** What the rails are worth beside a mapper. */
export interface RailsWorth {
  /** Share of the rows in which several actions are shown. */
  readonly multi: Rate;
  /** Share of the wrong actions behind the gates that the evidence refutes. */
  readonly caught: Rate;
  /** Share of the right ones that it refutes. */
  readonly refused: Rate;
}

/** The action of one side. */
function actionOf({ forbidden, mapper, keep, supported }: PairRow, side: PairSide): string | null {
  if (side === "mapper") return mapper;
  if (forbidden) return null;
  if (side === "rails") return keep[0] ?? null;
  return mapper === null || side === "gated" || supported.includes(mapper) ? mapper : null;
}

/**
 * Counts what one side does.
 *
 * @example
 * ```ts
 * import { pairMetrics, type PairRow } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const shown = { keep: ["water"], supported: ["water"] };
 * const row: PairRow = { gold: "water", forbidden: false, mapper: "paint", ...shown };
 * assertEquals(pairMetrics([row], "gated").wrong.value, 1);
 * assertEquals(pairMetrics([row], "both").wrong.value, 0);
 * ```
 */
export function pairMetrics(rows: readonly PairRow[], side: PairSide): PairMetrics {
  const counts = { actions: 0, covered: 0, wrong: 0, silent: 0, nonExec: 0, all: 0 };
  for (const row of rows) {
    if (row.gold === null) continue;
    const action = actionOf(row, side);
    counts.all++;
    if (action !== null && action !== row.gold) counts.wrong++;
    const isSilent = row.gold === ABSTAIN_CLASS;
    counts[isSilent ? "silent" : "actions"]++;
    if (action !== null) counts[isSilent ? "nonExec" : "covered"]++;
  }
  return {
    coverage: rate(counts.covered, counts.actions),
    wrong: rate(counts.wrong, counts.all),
    non_exec: rate(counts.nonExec, counts.silent),
  };
}

/**
 * Counts what the evidence does to the actions that pass the gates.
 *
 * @example
 * ```ts
 * import { type PairRow, railsWorth } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const shown = { keep: ["water"], supported: ["water"] };
 * const row: PairRow = { gold: "water", forbidden: false, mapper: "paint", ...shown };
 * const { caught, refused } = railsWorth([row, { ...row, mapper: "water" }]);
 * assertEquals([caught.value, refused.value], [1, 0]);
 * ```
 */
export function railsWorth(rows: readonly PairRow[]): RailsWorth {
  const counts = { caught: 0, wrong: 0, refused: 0, right: 0 };
  for (const row of rows) {
    const action = actionOf(row, "gated");
    if (row.gold === null || action === null) continue;
    const isRefuted = actionOf(row, "both") === null ? 1 : 0;
    const isRight = action === row.gold;
    counts[isRight ? "right" : "wrong"]++;
    counts[isRight ? "refused" : "caught"] += isRefuted;
  }
  const several = rows.filter(({ forbidden, keep }) => !forbidden && keep.length > 1).length;
  return {
    multi: rate(several, rows.length),
    caught: rate(counts.caught, counts.wrong),
    refused: rate(counts.refused, counts.right),
  };
}
