/**
 * Makes hostile text safe to print: control characters, escape sequences and direction marks become
 * visible codes, and long text is cut.
 *
 * @example
 * ```ts
 * import { printable } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("red\x1b[31m"), "red\\u{1b}[31m");
 * assertEquals(printable("too long", 4), "too…");
 * ```
 */
export function printable(text: string, maxLength = 120): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return shown.toWellFormed().replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/**
 * Makes text safe within a Markdown table: no markup, no HTML, no cell or row breaks.
 *
 * @example
 * ```ts
 * import { markdownText } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(markdownText("a_b | <i>"), "a\\_b \\| &lt;i&gt;");
 * ```
 */
export function markdownText(text: string, maxLength = 120): string {
  return printable(text, maxLength)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]|~]/g, (char) => `\\${char}`);
}

/**
 * A share as percent with one decimal; a dash for null.
 *
 * @example
 * ```ts
 * import { percent } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([percent(0.9704), percent(null)], ["97.0%", "–"]);
 * ```
 */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${(100 * value).toFixed(1)}%`;
}

/**
 * A share with its 95% interval: `97.0% (96.5–97.4)`.
 *
 * @example
 * ```ts
 * import { rate } from "micro-lm/evaluate";
 * import { percentWithInterval } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(percentWithInterval(rate(9, 10)), "90.0% (59.6–98.2)");
 * assertEquals(percentWithInterval(rate(0, 0)), "–");
 * ```
 */
export function percentWithInterval(
  rate: { readonly value: number | null; readonly ci_low: number; readonly ci_high: number },
): string {
  if (rate.value === null) return "–";
  return `${percent(rate.value)} (${(100 * rate.ci_low).toFixed(1)}–${
    (100 * rate.ci_high).toFixed(1)
  })`;
}
