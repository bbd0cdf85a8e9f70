import { PALETTE } from "../read/colors.ts";
import { type Grid, gridSize } from "./grid.ts";

/** A grid with words below it. */
export interface CaptionedGrid {
  readonly grid: Grid;
  readonly caption?: string;
}

/** Options of {@linkcode gridSvg} and {@linkcode gridSequenceSvg}. */
export interface GridSvgOptions {
  /** Side of a cell in pixels. Default: 24. */
  readonly cell?: number;
  /** Whether each cell shows its digit, for those who do not see the colours. Default: true. */
  readonly digits?: boolean;
}

const GAP = 28;
const MARGIN = 4;
const CAPTION = 20;
/** Width of a letter of the caption, in pixels, on the safe side. */
const LETTER = 7.5;

/**
 * Draws a grid as an SVG element for HTML pages and notebooks: no script, no outside reference.
 *
 * @example
 * ```ts
 * import { gridSvg } from "micro-lm/domains";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(gridSvg([[1, 2]]), 'aria-label="1 row of 2 cells: 12"');
 * ```
 */
export function gridSvg(grid: Grid, options: GridSvgOptions = {}): string {
  return gridSequenceSvg([{ grid }], options);
}

/**
 * Draws grids from left to right with arrows between them and their captions below, as one SVG element.
 *
 * @throws {RangeError} If there are no grids.
 *
 * @example
 * ```ts
 * import { executeArcPlan, formatArcOp, gridSequenceSvg, parseArcPlan } from "micro-lm/domains";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const { input, steps } = executeArcPlan(parseArcPlan("rotate(90);flip_v"), [[1, 2], [3, 4]]);
 * const svg = gridSequenceSvg([
 *   { grid: input, caption: "input" },
 *   ...steps.map(({ step, grid }) => ({ grid, caption: formatArcOp(step) })),
 * ]);
 * assertStringIncludes(svg, "flip_v");
 * ```
 */
export function gridSequenceSvg(
  grids: readonly CaptionedGrid[],
  { cell = 24, digits = true }: GridSvgOptions = {},
): string {
  if (grids.length === 0) throw new RangeError("Cannot draw no grids");
  const tallest = Math.max(...grids.map(({ grid }) => grid.length)) * cell;
  const captioned = grids.some(({ caption }) => caption !== undefined);
  let x = MARGIN;
  const parts = grids.map(({ grid, caption }, i) => {
    const { width, height } = gridSize(grid);
    const box = Math.max(width * cell, Math.ceil((caption?.length ?? 0) * LETTER));
    const left = x + (box - width * cell) / 2;
    const top = MARGIN + (tallest - height * cell) / 2;
    const arrow = i === 0 ? "" : arrowAt(x - GAP / 2, MARGIN + tallest / 2);
    const label = caption === undefined
      ? ""
      : textAt(x + box / 2, MARGIN + tallest + CAPTION - 5, 12, "currentColor", caption);
    x += box + GAP;
    return arrow + cells(grid, left, top, cell, digits) + label;
  });
  const width = x - GAP + MARGIN;
  const height = tallest + 2 * MARGIN + (captioned ? CAPTION : 0);
  const name = escapeXml(grids.map(describe).join("; then "));
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${name}" ` +
    `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="ui-monospace, monospace">${parts.join("")}</svg>`;
}

function cells(grid: Grid, left: number, top: number, cell: number, digits: boolean): string {
  return grid.flatMap((row, y) =>
    row.map((value, x) => {
      const { fill, ink } = PALETTE[value]!;
      const px = left + x * cell;
      const py = top + y * cell;
      const square = `<rect x="${px}" y="${py}" width="${cell}" height="${cell}" ` +
        `fill="${fill}" stroke="#767676"/>`;
      if (!digits) return square;
      const baseline = py + cell * 0.68;
      return square + textAt(px + cell / 2, baseline, Math.round(cell * 0.5), ink, String(value));
    })
  ).join("");
}

function arrowAt(x: number, y: number): string {
  return `<path d="M${x - 8} ${y}h14m-5 -5l5 5l-5 5" fill="none" stroke="currentColor" ` +
    `stroke-width="1.5"/>`;
}

function textAt(x: number, y: number, size: number, fill: string, text: string): string {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="middle" fill="${fill}">` +
    `${escapeXml(text)}</text>`;
}

function describe({ grid, caption }: CaptionedGrid): string {
  const { width, height } = gridSize(grid);
  const size = `${height} ${height === 1 ? "row" : "rows"} of ${width} cells`;
  const rows = grid.map((row) => row.join("")).join(" ");
  return `${caption === undefined ? "" : `${caption}, `}${size}: ${rows}`;
}

/** Control characters are not allowed in XML at all. */
function escapeXml(text: string): string {
  return text.toWellFormed()
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, "\uFFFD")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
