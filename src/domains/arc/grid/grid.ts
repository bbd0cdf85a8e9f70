import { MicroLmError } from "../../../core/errors.ts";
import { InputShapeError } from "../../../core/read_input.ts";
import { findJsonFault } from "../../../core/text/json_fault.ts";
import { shorten } from "../../../core/shorten.ts";

/** Rows of cells, top to bottom, left to right: 1 to 30 rows and columns, whole numbers 0 to 9. */
export type Grid = readonly (readonly number[])[];

/** Most rows or columns that a grid may have. */
const MAX_GRID_SIDE = 30;

/**
 * Reads a grid from JSON text such as `[[1,2],[3,4]]`.
 *
 * @throws {MicroLmError} Kind `data` if the text is no JSON or no grid, naming the place.
 *
 * @example
 * ```ts
 * import { parseGrid } from "micro-lm/domains";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseGrid("[[1, 2], [3, 4]]"), [[1, 2], [3, 4]]);
 * assertThrows(() => parseGrid("[[1,2],[3]]"), Error, "row 2 to have 2 cells like row 1, got 1");
 * ```
 */
export function parseGrid(text: string): Grid {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const at = findJsonFault(text);
    const found = at >= text.length ? "the text ends" : JSON.stringify(shorten(text.slice(at), 12));
    throw new MicroLmError(
      "data",
      `Cannot read the grid: no JSON at character ${at + 1}, ${found}`,
      {
        hint: "Expected rows of digits, for example [[1,2],[3,4]]",
        cause,
      },
    );
  }
  return checkGrid(value);
}

/**
 * Checks that a value is a grid and returns it.
 *
 * @throws {MicroLmError} Kind `data` with the row and column (counted from 1) of the first fault.
 *
 * @example
 * ```ts
 * import { checkGrid } from "micro-lm/domains";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkGrid([[1, 2], [3, 12]]), Error, "row 2, column 2");
 * ```
 */
export function checkGrid(value: unknown): Grid {
  if (!Array.isArray(value)) throw fault(`a list of rows, got ${describe(value)}`);
  checkSide("rows", value.length);
  value.forEach((row: unknown, y) => {
    if (!Array.isArray(row)) throw fault(`row ${y + 1} to be a list, got ${describe(row)}`);
    const first = value[0] as unknown[];
    if (y > 0 && row.length !== first.length) {
      const expected = `row ${y + 1} to have ${first.length} cells like row 1, got ${row.length}`;
      throw new MicroLmError("data", `${NO_GRID} ${expected}`);
    }
    if (y === 0) checkSide("columns", row.length);
    const x = Array.from(row).findIndex((cell) => !isCell(cell));
    if (x >= 0) {
      throw fault(
        `a whole number from 0 to 9 at row ${y + 1}, column ${x + 1}, got ${describe(row[x])}`,
      );
    }
  });
  return value as Grid;
}

/**
 * Whether two grids have the same shape and cells.
 *
 * @example
 * ```ts
 * import { equalGrids } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(equalGrids([[1, 2]], [[1, 2]]), true);
 * assertEquals(equalGrids([[1, 2]], [[1], [2]]), false);
 * ```
 */
export function equalGrids(a: Grid, b: Grid): boolean {
  return a.length === b.length &&
    a.every((row, y) => row.length === b[y]!.length && row.every((cell, x) => cell === b[y]![x]));
}

/**
 * Makes a grid cell by cell.
 *
 * @throws {MicroLmError} Kind `data` if a side would be outside 1 to 30.
 */
export function makeGrid(
  width: number,
  height: number,
  cell: (x: number, y: number) => number,
): Grid {
  checkSide("rows", height);
  checkSide("columns", width);
  return Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => cell(x, y)),
  );
}

/**
 * Columns and rows of a grid.
 *
 * @example
 * ```ts
 * import { gridSize } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gridSize([[1, 2, 3], [4, 5, 6]]), { width: 3, height: 2 });
 * ```
 */
export function gridSize(grid: Grid): { readonly width: number; readonly height: number } {
  return { width: grid[0]!.length, height: grid.length };
}

function checkSide(what: "rows" | "columns", count: number): void {
  if (count >= 1 && count <= MAX_GRID_SIDE) return;
  throw fault(`1 to ${MAX_GRID_SIDE} ${what}, got ${count}`);
}

function isCell(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 9;
}

const NO_GRID = "Not a grid: expected";

function fault(expected: string): InputShapeError {
  return new InputShapeError("data", `${NO_GRID} ${expected}`);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "nothing" : shorten(JSON.stringify(value) ?? typeof value, 24);
}
