/** Columns where nobody says how many there are. */
const USUAL = 80;

/** Columns of the terminal. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return USUAL;
  }
}

/** A text within so many columns, its end cut off if it has to be. */
export function fitText(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return columns < 2 ? "" : `${text.slice(0, columns - 1)}…`;
}

/** Colours take no room. */
// deno-lint-ignore no-control-regex -- colours begin with one
const COLOUR = /\x1b\[[0-9;]*m/g;

const widthOf = (text: string) => text.replace(COLOUR, "").length;

/**
 * Breaks lines that are wider between words, where a terminal would break within one; what continues a line
 * stands two columns further in. A word that is wider alone stays whole: a path has to be copied.
 */
export function wrapText(text: string, columns: number): string {
  return text.split("\n").map((line) => widthOf(line) <= columns ? line : wrapLine(line, columns))
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const part of line.slice(indent.length).split(/(?<= )(?! )/)) {
    if (widthOf(current + part.trimEnd()) > columns && current.trim() !== "") {
      lines.push(current.trimEnd());
      current = `${indent}  `;
    }
    current += part;
  }
  return [...lines, current.trimEnd()].join("\n");
}
