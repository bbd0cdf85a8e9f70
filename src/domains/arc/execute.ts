import { MicroLmError } from "../../core/errors.ts";
import { applyArcOp } from "./grid/apply.ts";
import type { Grid } from "./grid/grid.ts";
import type { ArcOp, ArcPlan } from "./grid/ops.ts";
import { formatArcOp } from "./plan_text.ts";

/** A step that was carried out, and the grid that it made. */
export interface ExecutedStep {
  readonly step: ArcOp;
  readonly grid: Grid;
}

/** What became of a grid. */
export interface ArcExecution {
  readonly input: Grid;
  /** Every step with its grid, in order. */
  readonly steps: readonly ExecutedStep[];
  /** The last grid; the input's own cells where the plan is empty. */
  readonly result: Grid;
}

/**
 * Carries out a plan, step by step.
 *
 * @throws {MicroLmError} Kind `data` if a step cannot be applied, naming the step.
 *
 * @example
 * ```ts
 * import { executeArcPlan, parseArcPlan } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const { steps, result } = executeArcPlan(parseArcPlan("rotate(90);flip_v"), [[1, 2], [3, 4]]);
 * assertEquals(steps.map(({ grid }) => grid), [[[3, 1], [4, 2]], [[4, 2], [3, 1]]]);
 * assertEquals(result, [[4, 2], [3, 1]]);
 * ```
 */
export function executeArcPlan(plan: ArcPlan, grid: Grid): ArcExecution {
  const steps: ExecutedStep[] = [];
  let current = grid;
  plan.forEach((step, i) => {
    try {
      current = applyArcOp(step, current);
    } catch (error) {
      if (!(error instanceof MicroLmError)) throw error;
      throw new MicroLmError(
        error.kind,
        `Cannot apply step ${i + 1}, ${formatArcOp(step)}: ${error.message}`,
        error.hint === undefined ? { cause: error } : { cause: error, hint: error.hint },
      );
    }
    steps.push({ step, grid: current });
  });
  return { input: grid, steps, result: current };
}
