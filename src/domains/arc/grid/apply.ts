import { MicroLmError } from "../../../core/errors.ts";
import { type Grid, gridSize, makeGrid } from "./grid.ts";
import { largestComponent } from "./components.ts";
import { cropGrid } from "./crop.ts";
import type { ArcOp, ColorChange } from "./ops.ts";
import { ARC_PRIMITIVES } from "../taxonomy.ts";

/**
 * Applies one operation to a grid; the grid stays as it is.
 *
 * @returns A new grid.
 * @throws {MicroLmError} Kind `data` for an unknown operation, a result of more than 30 rows or
 * columns, a crop that keeps nothing, or a factor below 1.
 *
 * @example
 * ```ts
 * import { applyArcOp } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const grid = [[0, 1, 2], [3, 4, 5]];
 * assertEquals(applyArcOp({ op: "rotate", turns: 1 }, grid), [[3, 0], [4, 1], [5, 2]]);
 * assertEquals(applyArcOp({ op: "flip_h" }, grid), [[2, 1, 0], [5, 4, 3]]);
 * ```
 */
export function applyArcOp(step: ArcOp, grid: Grid): Grid {
  const { width, height } = gridSize(grid);
  const at = (x: number, y: number) => grid[y]![x]!;
  switch (step.op) {
    case "identity":
      return makeGrid(width, height, at);
    case "rotate":
      return rotateGrid(grid, step.turns);
    case "flip_h":
      return makeGrid(width, height, (x, y) => at(width - 1 - x, y));
    case "flip_v":
      return makeGrid(width, height, (x, y) => at(x, height - 1 - y));
    case "transpose":
      return makeGrid(height, width, (x, y) => at(y, x));
    case "anti_transpose":
      return makeGrid(height, width, (x, y) => at(width - 1 - y, height - 1 - x));
    case "translate":
      return makeGrid(width, height, (x, y) => grid[y - step.down]?.[x - step.right] ?? 0);
    case "crop":
      return cropGrid(grid, step.area);
    case "pad": {
      const { left, top, right, bottom } = step.sides;
      checkAtLeast(0, "rows or columns to add", left, top, right, bottom);
      return makeGrid(
        left + width + right,
        top + height + bottom,
        (x, y) => grid[y - top]?.[x - left] ?? step.color,
      );
    }
    case "scale":
      checkAtLeast(1, "a factor", step.across, step.down);
      return makeGrid(
        width * step.across,
        height * step.down,
        (x, y) => at(Math.floor(x / step.across), Math.floor(y / step.down)),
      );
    case "tile":
      checkAtLeast(1, "a number of copies", step.across, step.down);
      return makeGrid(
        width * step.across,
        height * step.down,
        (x, y) => at(x % width, y % height),
      );
    case "recolor": {
      const table = colorTable(step.map);
      return makeGrid(width, height, (x, y) => table[at(x, y)]!);
    }
    case "largest_component":
      return largestComponent(grid);
    default: {
      const { op } = step as { op: unknown };
      throw new MicroLmError("data", `Unknown operation ${JSON.stringify(op)}`, {
        hint: `Known operations: ${ARC_PRIMITIVES.join(", ")}`,
      });
    }
  }
}

function rotateGrid(grid: Grid, turns: 1 | 2 | 3): Grid {
  const { width, height } = gridSize(grid);
  switch (turns) {
    case 1:
      return makeGrid(height, width, (x, y) => grid[height - 1 - x]![y]!);
    case 2:
      return makeGrid(width, height, (x, y) => grid[height - 1 - y]![width - 1 - x]!);
    case 3:
      return makeGrid(height, width, (x, y) => grid[x]![width - 1 - y]!);
    default:
      throw new MicroLmError("data", `Expected 1, 2 or 3 quarter turns, got ${turns}`);
  }
}

/** The new value of each of the ten; a named colour wins over `"*"`. */
function colorTable(map: readonly ColorChange[]): number[] {
  const any = map.find(({ from }) => from === "*");
  const table = Array.from({ length: 10 }, (_, color) => any && color > 0 ? any.to : color);
  for (const { from, to } of map) if (from !== "*") table[from] = to;
  return table;
}

function checkAtLeast(least: number, what: string, ...values: readonly number[]): void {
  const bad = values.find((value) => !Number.isInteger(value) || value < least);
  if (bad === undefined) return;
  throw new MicroLmError("data", `Expected ${what} of at least ${least}, got ${bad}`);
}
