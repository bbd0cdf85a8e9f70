import { PALETTE } from "../read/colors.ts";
import { type Grid, gridSize } from "./grid.ts";
import type { CaptionedGrid } from "./render_svg.ts";

/** Options of {@linkcode gridText} and {@linkcode gridSequenceText}. */
export interface GridTextOptions {
  /** Whether to paint cells with terminal colours; pass `!Deno.noColor` on a terminal. Default: false. */
  readonly color?: boolean;
  /** Columns of the terminal: wider sequences are stacked. Default: 80. */
  readonly columns?: number;
}

/**
 * Writes a grid for a terminal, a row a line: digits, on their colours if asked for.
 *
 * @example
 * ```ts
 * import { gridText } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gridText([[1, 2], [3, 4]]), "1 2\n3 4");
 * ```
 */
export function gridText(grid: Grid, options: GridTextOptions = {}): string {
  return lines(grid, options.color === true).join("\n");
}

/**
 * Writes grids side by side with arrows between them and captions above; one below the other where they
 * do not fit.
 *
 * @example
 * ```ts
 * import { gridSequenceText } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const text = gridSequenceText([
 *   { grid: [[1, 2]], caption: "input" },
 *   { grid: [[2, 1]], caption: "flip_h" },
 * ]);
 * assertEquals(text, "input     flip_h\n1 2    →  2 1");
 * ```
 */
export function gridSequenceText(
  grids: readonly CaptionedGrid[],
  { color = false, columns = 80 }: GridTextOptions = {},
): string {
  const widths = grids.map(({ grid, caption = "" }) =>
    Math.max(cellColumns(grid, color), caption.length)
  );
  const total = widths.reduce((sum, width) => sum + width, 0) + 5 * (grids.length - 1);
  if (total > columns) {
    return grids.map(({ grid, caption }) =>
      (caption === undefined ? [] : [caption]).concat(lines(grid, color)).join("\n")
    ).join("\n\n");
  }
  const tallest = Math.max(...grids.map(({ grid }) => grid.length));
  const captioned = grids.some(({ caption }) => caption !== undefined);
  const head = grids.map(({ caption = "" }, i) => caption.padEnd(widths[i]!)).join("     ");
  const rendered = grids.map(({ grid }) => lines(grid, color));
  const body = Array.from({ length: tallest }, (_, y) => {
    const arrow = y === Math.floor((tallest - 1) / 2) ? "  →  " : "     ";
    return rendered.map((rows, i) =>
      (rows[y] ?? " ".repeat(cellColumns(grids[i]!.grid, color))) +
      " ".repeat(widths[i]! - cellColumns(grids[i]!.grid, color))
    ).join(arrow).trimEnd();
  });
  return (captioned ? [head.trimEnd(), ...body] : body).join("\n");
}

function lines(grid: Grid, color: boolean): string[] {
  return grid.map((row) =>
    row.map((value) => color ? painted(value) : value).join(color ? "" : " ")
  );
}

/** Columns that a row takes on screen. */
function cellColumns(grid: Grid, color: boolean): number {
  const { width } = gridSize(grid);
  return color ? width * 3 : width * 2 - 1;
}

function painted(value: number): string {
  const { fill, ink } = PALETTE[value]!;
  return `\x1b[48;2;${rgb(fill)}m\x1b[38;2;${rgb(ink)}m ${value} \x1b[0m`;
}

function rgb(hex: string): string {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(";");
}
