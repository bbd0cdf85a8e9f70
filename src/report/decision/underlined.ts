import { type TerminalCell, terminalCells } from "./cells.ts";

/** A part of a text to be marked. */
export interface MarkedSpan {
  /** `[start, end)` in UTF-16 units. */
  readonly span: readonly [number, number];
  /** A character for each cell of it, such as `^`. */
  readonly mark: string;
  /** Stands in the first cell. */
  readonly head?: string;
}

/**
 * Writes a text with marks beneath its parts, in lines of a width. What would steer a terminal is shown as
 * a dot; wide characters get two marks.
 *
 * @example
 * ```ts
 * import { underlined } from "./underlined.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(underlined("stake 5 SOL now", [{ span: [0, 11], mark: "─", head: "1" }], 80), [
 *   "stake 5 SOL now",
 *   "1──────────",
 * ]);
 * ```
 */
export function underlined(
  text: string,
  spans: readonly MarkedSpan[],
  width: number,
): string[] {
  const lines = linesOf(terminalCells(text), width);
  return lines.flatMap((cells) => {
    const shown = cells.map((cell) => cell.shown).join("");
    const marks = cells.map((cell) => marksOf(cell, spans)).join("").trimEnd();
    return marks === "" ? [shown] : [shown, marks];
  });
}

function linesOf(cells: readonly TerminalCell[], width: number): TerminalCell[][] {
  const lines: TerminalCell[][] = [[]];
  let used = 0;
  for (const cell of cells) {
    if (used + cell.width > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(cell);
    used += cell.width;
  }
  return lines;
}

function marksOf({ at, width }: TerminalCell, spans: readonly MarkedSpan[]): string {
  const found = spans.find(({ span: [start, end] }) => at >= start && at < end);
  if (!found) return " ".repeat(width);
  const isHead = found.head !== undefined && at === found.span[0];
  return isHead ? found.head + found.mark.repeat(width - 1) : found.mark.repeat(width);
}
