import { MicroLmError } from "../../core/errors.ts";
import { executeArcPlan } from "./execute.ts";
import { equalGrids, type Grid } from "./grid/grid.ts";
import { invertArcOp } from "./grid/inverse.ts";
import type { ArcPlan } from "./grid/ops.ts";

/** A grid and what should become of it. */
export interface GridPair {
  readonly input: Grid;
  readonly output: Grid;
}

/** A pair that a plan does not explain. Numbers count from 1. */
export interface PairMismatch {
  readonly pair: number;
  /** What is different, in words. */
  readonly found: string;
}

/** What a check of a plan found. */
export interface ArcVerification {
  readonly ok: boolean;
  /** Against the given pairs, or by taking each step back. */
  readonly method: "pairs" | "inverse";
  readonly reason: "ok" | "mismatch" | "not_checkable";
  /** Pairs or steps that were checked. */
  readonly checked: number;
  /** Steps that cannot be taken back because they lose something, counted from 1. */
  readonly unchecked: readonly number[];
  readonly mismatches: readonly PairMismatch[];
}

/**
 * Checks a plan against pairs of grids: it must make every output from its input, cell by cell.
 *
 * @throws {RangeError} If there are no pairs.
 *
 * @example
 * ```ts
 * import { parseArcPlan, verifyArcPairs } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const pairs = [{ input: [[1, 2]], output: [[2, 1]] }];
 * assertEquals(verifyArcPairs(parseArcPlan("flip_h"), pairs).ok, true);
 * assertEquals(verifyArcPairs(parseArcPlan("flip_v"), pairs).mismatches, [
 *   { pair: 1, found: "expected 2 at row 1, column 1, got 1" },
 * ]);
 * ```
 */
export function verifyArcPairs(plan: ArcPlan, pairs: readonly GridPair[]): ArcVerification {
  if (pairs.length === 0) throw new RangeError("Cannot verify against no pairs");
  const mismatches = pairs.flatMap(({ input, output }, i) => {
    const found = difference(plan, input, output);
    return found === undefined ? [] : [{ pair: i + 1, found }];
  });
  const ok = mismatches.length === 0;
  return {
    ok,
    method: "pairs",
    reason: ok ? "ok" : "mismatch",
    checked: pairs.length,
    unchecked: [],
    mismatches,
  };
}

/**
 * Checks the execution of a plan on one grid where no pairs are given: takes each step back and
 * compares. Steps that lose something cannot be checked; they are listed, and `ok` then speaks for the
 * others. If no step can be checked the reason is `not_checkable` and `ok` is false.
 *
 * @throws {MicroLmError} Kind `data` if the plan cannot be applied.
 *
 * @example
 * ```ts
 * import { parseArcPlan, verifyArcInverse } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const { ok, unchecked } = verifyArcInverse(parseArcPlan("rotate(90);crop(top)"), [[1, 2], [3, 4]]);
 * assertEquals({ ok, unchecked }, { ok: true, unchecked: [2] });
 * ```
 */
export function verifyArcInverse(plan: ArcPlan, grid: Grid): ArcVerification {
  const unchecked: number[] = [];
  const mismatches: PairMismatch[] = [];
  let before = grid;
  executeArcPlan(plan, grid).steps.forEach(({ step, grid: after }, i) => {
    const back = invertArcOp(step, before);
    if (!back) unchecked.push(i + 1);
    else if (!equalGrids(back(after), before)) {
      mismatches.push({ pair: 1, found: `step ${i + 1} taken back gives another grid` });
    }
    before = after;
  });
  const checked = plan.length - unchecked.length;
  const ok = mismatches.length === 0 && checked > 0;
  const reason = mismatches.length > 0 ? "mismatch" : ok ? "ok" : "not_checkable";
  return { ok, method: "inverse", reason, checked, unchecked, mismatches };
}

function difference(plan: ArcPlan, input: Grid, output: Grid): string | undefined {
  let result: Grid;
  try {
    ({ result } = executeArcPlan(plan, input));
  } catch (error) {
    if (error instanceof MicroLmError) return error.message;
    throw error;
  }
  if (equalGrids(result, output)) return undefined;
  const wanted = shape(output);
  const got = shape(result);
  if (wanted !== got) return `expected ${wanted}, got ${got}`;
  const y = result.findIndex((row, i) => row.some((cell, j) => cell !== output[i]![j]));
  const x = result[y]!.findIndex((cell, j) => cell !== output[y]![j]);
  return `expected ${output[y]![x]} at row ${y + 1}, column ${x + 1}, got ${result[y]![x]}`;
}

function shape(grid: Grid): string {
  return `${grid.length} ${grid.length === 1 ? "row" : "rows"} of ${grid[0]!.length}`;
}
