import { type Grid, gridSize, makeGrid } from "./grid.ts";

/**
 * Keeps the largest areas of one colour, side by side connected, and clears the rest to 0.
 * All areas of the largest size stay, so that the result does not depend on how the grid is turned.
 */
export function largestComponent(grid: Grid): Grid {
  const { width, height } = gridSize(grid);
  const { area, sizes } = labelComponents(grid);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return makeGrid(width, height, (x, y) => {
    const number = area[y * width + x]!;
    return number >= 0 && sizes[number] === largest ? grid[y]![x]! : 0;
  });
}

/** The number of the area that each cell belongs to (−1 for colour 0), and the size of each area. */
function labelComponents(grid: Grid): { area: Int32Array; sizes: number[] } {
  const { width, height } = gridSize(grid);
  const cells = grid.flat();
  const area = new Int32Array(cells.length).fill(-1);
  const sizes: number[] = [];
  for (let start = 0; start < cells.length; start++) {
    if (cells[start] === 0 || area[start]! >= 0) continue;
    const open = [start];
    area[start] = sizes.length;
    let size = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size++;
      for (const next of neighbours(at, width, height)) {
        if (cells[next] !== cells[at] || area[next]! >= 0) continue;
        area[next] = sizes.length;
        open.push(next);
      }
    }
    sizes.push(size);
  }
  return { area, sizes };
}

function neighbours(at: number, width: number, height: number): number[] {
  const x = at % width;
  const y = (at - x) / width;
  const found: number[] = [];
  if (x > 0) found.push(at - 1);
  if (x + 1 < width) found.push(at + 1);
  if (y > 0) found.push(at - width);
  if (y + 1 < height) found.push(at + width);
  return found;
}
