import { MicroLmError } from "../../../core/errors.ts";
import { type Grid, gridSize } from "./grid.ts";
import type { CropArea, Sides } from "./ops.ts";

/**
 * Cuts an area out of a grid. A box that reaches beyond the grid ends at its edge.
 *
 * @throws {MicroLmError} Kind `data` if nothing is left: the box is inverted or lies outside, there is
 * no cell other than 0, or a half of a single row or column is asked for.
 */
export function cropGrid(grid: Grid, area: CropArea): Grid {
  const { left, top, right, bottom } = resolveArea(grid, area);
  return grid.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
}

/** The box that an area means on a grid, all numbers counted from 0. */
function resolveArea(grid: Grid, area: CropArea): Sides {
  if (area === "content") return contentBox(grid);
  const { width, height } = gridSize(grid);
  const whole = { left: 0, top: 0, right: width - 1, bottom: height - 1 };
  const need = (side: number, what: string) => {
    if (side >= 2) return Math.floor(side / 2);
    throw new MicroLmError("data", `Cannot halve a grid of one ${what}`);
  };
  switch (area) {
    case "top":
      return { ...whole, bottom: need(height, "row") - 1 };
    case "bottom":
      return { ...whole, top: height - need(height, "row") };
    case "left":
      return { ...whole, right: need(width, "column") - 1 };
    case "right":
      return { ...whole, left: width - need(width, "column") };
    default:
      return clampBox(area, width, height);
  }
}

function clampBox(box: Sides, width: number, height: number): Sides {
  const fromStart = (index: number, side: number) => index < 0 ? side + index : index;
  const left = Math.max(0, fromStart(box.left, width));
  const top = Math.max(0, fromStart(box.top, height));
  const right = Math.min(width - 1, fromStart(box.right, width));
  const bottom = Math.min(height - 1, fromStart(box.bottom, height));
  if (left <= right && top <= bottom) return { left, top, right, bottom };
  throw new MicroLmError(
    "data",
    `The crop of columns ${box.left} to ${box.right} and rows ${box.top} to ${box.bottom} ` +
      `(from 0, negative from the end) keeps nothing of a grid of ${height} rows and ${width} columns`,
  );
}

function contentBox(grid: Grid): Sides {
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  grid.forEach((row, y) =>
    row.forEach((cell, x) => {
      if (cell === 0) return;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
    })
  );
  if (box.right >= 0) return box;
  throw new MicroLmError("data", "Cannot crop to the content of a grid whose cells are all 0");
}
