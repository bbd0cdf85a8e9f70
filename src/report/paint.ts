/** Colours of a terminal; each leaves its text as it is where there is to be no colour. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/**
 * Colours for a terminal, or none.
 *
 * @example
 * ```ts
 * import { createPaint } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(createPaint(false).good("met"), "met");
 * assertEquals(createPaint(true).good("met"), "\x1b[32mmet\x1b[39m");
 * ```
 */
export function createPaint(isColored: boolean): Paint {
  const style = (on: number, off: number) => (text: string) =>
    isColored && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { good: style(32, 39), bad: style(31, 39), dim: style(2, 22), bold: style(1, 22) };
}
