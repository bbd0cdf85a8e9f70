import { createHash } from "node:crypto";
import { printable } from "./escape.ts";
import type { Table } from "../tables.ts";

/** Makes hostile text safe within HTML, as content or in a quoted attribute. */
export function htmlText(text: string, maxLength = 200): string {
  return printable(text, maxLength)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;").replace(/'/g, "&#39;");
}

/** Writes data that a `<script>` element can hold: nothing in it ends the element or a line. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What counts as a number: 5, 1,000, −0.5, 12.5%, 3/7, 78.4% (76.5–80.2), 1.2e-9. */
const NUMBER = /^[-−+]?\d[\d.,]*(e[-+]?\d+)?(%| dB| s| ms)?(\/\d+)?( \([^()]*\))?$/;

/** Writes a table as HTML; cells are escaped, columns of numbers aligned to the right with their names. */
export function htmlTable({ columns, rows }: Table, maxRows = 200): string {
  const isEmpty = (value: Table["rows"][number][number]) => value === null || value === "–";
  const numeric = columns.map((_, column) => {
    const cells = rows.map((row) => row[column]!).filter((value) => !isEmpty(value));
    return cells.length > 0 &&
      cells.every((value) => typeof value === "number" || NUMBER.test(String(value)));
  });
  const aligned = (column: number) =>
    numeric[column] ? ' class="num"' : columns[column] === "prompt" ? ' class="prompt"' : "";
  const cell = (value: string | number | null, column: number) =>
    `<td${aligned(column)}>${value === null ? "–" : htmlText(String(value))}</td>`;
  const head = (name: string, i: number) =>
    name === "" ? "<td></td>" : `<th scope="col"${aligned(i)}>${htmlText(name)}</th>`;
  const more = rows.length > maxRows
    ? `<p class="note">${maxRows} of ${rows.length.toLocaleString("en")} lines are shown.</p>`
    : "";
  return `<div class="scroll" tabindex="0"><table>
<thead><tr>${columns.map(head).join("")}</tr></thead>
<tbody>${
    rows.slice(0, maxRows).map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")
  }</tbody></table></div>${more}`;
}

/** The parts of a page. Scripts run in order, after the content; style and content are trusted. */
export interface PageParts {
  /** Plain text. */
  readonly title: string;
  readonly style: string;
  readonly content: string;
  /** What the scripts find as JSON in the element `data`. */
  readonly data: unknown;
  readonly scripts: readonly string[];
  /**
   * Whether a server hands it out: it may ask that server then, and all styles are the given one. Charts
   * set styles of their own. Default: false.
   */
  readonly isServed?: boolean;
}

/**
 * Puts a page together that needs nothing but itself: its policy admits the given scripts by their
 * hash and no other, and no request to anywhere.
 *
 * @throws {RangeError} If a script holds what would end its element.
 */
export function htmlPage(parts: PageParts): string {
  const { title, style, content, data, scripts, isServed = false } = parts;
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(scriptHash).join(" ") || "'none'"}`,
    ...isServed
      ? [
        `style-src ${hashSource(style)}`,
        "connect-src 'self'",
        "require-trusted-types-for 'script'",
      ]
      : ["style-src 'unsafe-inline'", "img-src data: blob:"],
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
${content}
<script type="application/json" id="data">${scriptJson(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

function scriptHash(script: string): string {
  if (/<\/script|<!--|\r|\0/i.test(script)) {
    throw new RangeError("Expected a script that an HTML element can hold as it is");
  }
  return hashSource(script);
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
