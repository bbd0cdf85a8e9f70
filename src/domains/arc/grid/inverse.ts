import { applyArcOp } from "./apply.ts";
import { type Grid, gridSize, makeGrid } from "./grid.ts";
import { type ArcOp, type ColorChange, rotation } from "./ops.ts";

/**
 * Finds what takes a step back on a given grid.
 *
 * @param before The grid that the step was applied to.
 * @returns A function from the grid after the step to the grid before it, or null where the step lost
 * something: a crop, cells moved over the edge, colours made equal, small areas cleared.
 *
 * @example
 * ```ts
 * import { applyArcOp, invertArcOp } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const before = [[1, 2], [3, 4]];
 * const turn = { op: "rotate", turns: 1 } as const;
 * assertEquals(invertArcOp(turn, before)?.(applyArcOp(turn, before)), before);
 * assertEquals(invertArcOp({ op: "crop", area: "top" }, before), null);
 * ```
 */
export function invertArcOp(step: ArcOp, before: Grid): ((after: Grid) => Grid) | null {
  const { width, height } = gridSize(before);
  const by = (inverse: ArcOp) => (after: Grid) => applyArcOp(inverse, after);
  switch (step.op) {
    case "identity":
    case "flip_h":
    case "flip_v":
    case "transpose":
    case "anti_transpose":
      return by(step);
    case "rotate":
      return by(rotation(-step.turns));
    case "translate":
      return losesCells(step.right, step.down, before)
        ? null
        : by({ op: "translate", right: -step.right, down: -step.down });
    case "pad": {
      const { left, top } = step.sides;
      const area = { left, top, right: left + width - 1, bottom: top + height - 1 };
      return by({ op: "crop", area });
    }
    case "tile":
      return by({ op: "crop", area: { left: 0, top: 0, right: width - 1, bottom: height - 1 } });
    case "scale":
      return (after) =>
        makeGrid(width, height, (x, y) => after[y * step.down]?.[x * step.across] ?? -1);
    case "recolor": {
      const back = invertColors(step.map, before);
      return back && by({ op: "recolor", map: back });
    }
    case "crop":
    case "largest_component":
      return null;
  }
}

function losesCells(right: number, down: number, grid: Grid): boolean {
  const { width, height } = gridSize(grid);
  const outside = (x: number, y: number) => x < 0 || y < 0 || x >= width || y >= height;
  return grid.some((row, y) => row.some((cell, x) => cell !== 0 && outside(x + right, y + down)));
}

/** The way back for the colours that a grid has, or null where two of them become one. */
function invertColors(map: readonly ColorChange[], grid: Grid): ColorChange[] | null {
  const present = [...new Set(grid.flat())];
  const becomes = applyArcOp({ op: "recolor", map }, [present])[0]!;
  if (new Set(becomes).size < present.length) return null;
  return present.map((color, i) => ({ from: becomes[i]!, to: color }));
}
