import { htmlText } from "../page/html_page.ts";

/** Colours of the series, in turn. */
export const PLOT_COLOURS: readonly string[] = [
  "#0a63ad",
  "#c23b00",
  "#007a5a",
  "#a86400",
  "#7a4fa3",
  "#59636e",
  "#2f9fe0",
  "#e0609b",
  "#5b9a1e",
  "#1b1f24",
];

const LEGEND_LINE = 18;

/** Names of the series above the plot; `more` is the room that they need beyond one line. */
export function legend(
  traces: readonly Readonly<Record<string, unknown>>[],
  { left, right }: { readonly left: number; readonly right: number },
): { readonly marks: string; readonly more: number } {
  const entries: {
    readonly name: string;
    readonly colour: string;
    readonly at: number;
    readonly line: number;
  }[] = [];
  let at = left;
  let line = 0;
  traces.forEach((trace, i) => {
    const name = trace["name"];
    if (typeof name !== "string" || trace["showlegend"] === false) return;
    const width = 34 + 7 * Math.min(name.length, 24);
    if (at + width > right && at > left) [at, line] = [left, line + 1];
    entries.push({ name, colour: PLOT_COLOURS[i % PLOT_COLOURS.length]!, at, line });
    at += width;
  });
  const marks = entries.map((entry) => {
    const y = 34 + LEGEND_LINE * (entry.line - line);
    return `<rect x="${entry.at}" y="${y}" width="12" height="12" fill="${entry.colour}"/>` +
      `<text x="${entry.at + 17}" y="${y + 10}">${htmlText(entry.name, 24)}</text>`;
  });
  return { marks: marks.join(""), more: LEGEND_LINE * line };
}
