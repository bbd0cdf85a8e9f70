import type { ScoredRows } from "../../evaluate/decide.ts";
import type { DecisionRow } from "../../evaluate/decision_rows.ts";
import { type RowOutcome, rowOutcome } from "../charts/data.ts";
import { printable } from "../page/escape.ts";
import { htmlText } from "../page/html_page.ts";

/** Rows that a page lists. */
export interface ListedRows {
  readonly rows: readonly (DecisionRow & { readonly outcome: RowOutcome })[];
  /** How many there are, listed or not. */
  readonly total: number;
  /** Whether they are errors; without labels, the rows nearest to their threshold are listed. */
  readonly errors: boolean;
}

/**
 * Picks what to look at: wrong actions and then missed ones, the most confident first; without
 * labels, the rows whose confidence is nearest to their threshold.
 *
 * @param limit Default: 500.
 */
export function listRows(
  rows: readonly DecisionRow[],
  scored: ScoredRows,
  limit = 500,
): ListedRows {
  const confidence = (row: DecisionRow) => scored.confidence[row.row - 1]!;
  const judged = rows.map((row) => ({ ...row, outcome: rowOutcome(row) }));
  if (rows.every((row) => row.gold_label === "")) {
    const distance = (row: DecisionRow) => Math.abs(confidence(row) - row.threshold);
    const nearest = judged.toSorted((a, b) => distance(a) - distance(b));
    return { rows: nearest.slice(0, limit), total: rows.length, errors: false };
  }
  const errors = ["wrong", "missed"].flatMap((outcome) =>
    judged.filter((row) => row.outcome === outcome)
      .sort((a, b) => confidence(b) - confidence(a))
  );
  return { rows: errors.slice(0, limit), total: errors.length, errors: true };
}

const COLUMNS = [
  { name: "what", numeric: false },
  { name: "prompt", numeric: false },
  { name: "label", numeric: false },
  { name: "best class", numeric: false },
  { name: "confidence", numeric: true },
  { name: "margin", numeric: true },
  { name: "row", numeric: true },
] as const;

const WORDS: Readonly<Record<RowOutcome, string>> = {
  wrong: "wrong action",
  missed: "missed",
  right: "right",
  kept_back: "kept back",
  acted: "acted",
  abstained: "abstained",
};

/** Rows from here on are left out in print. */
export const PRINTED = 40;

/** The section on errors: a table that the page's script filters and sorts, readable without it. */
export function errorsSection(listed: ListedRows): string {
  const heading = listed.errors ? "Errors" : "Closest to the threshold";
  const intro = listed.errors
    ? "Prompts that were acted on wrongly, then those that abstained although they have an action; " +
      "the most confident first."
    : "No row has a label, so no error is known. These are the prompts whose confidence is nearest " +
      "to the threshold: look here first.";
  const body = listed.rows.length === 0
    ? '<p class="missing">There are none: every labelled prompt was decided rightly.</p>'
    : errorsTable(listed);
  return `<section id="errors" aria-labelledby="errors-title">
<h2 id="errors-title">${heading}</h2>
<p>${intro}</p>
${body}
</section>`;
}

function errorsTable({ rows, total, errors }: ListedRows): string {
  const count = (n: number) => n.toLocaleString("en");
  const kinds = [...new Set(rows.map((row) => row.outcome))];
  const cut = rows.length < total
    ? `The first ${count(rows.length)} of ${count(total)} ${errors ? "errors" : "rows"} are in ` +
      "this page; --rows_csv writes all."
    : `All ${count(total)} are in this page.`;
  const printed = rows.length > PRINTED ? ` Print shows ${PRINTED}.` : "";
  return `<form class="controls" id="errors-controls" hidden>
<label>Find <input type="search" id="errors-find" autocomplete="off" placeholder="prompt, label or class"></label>
<label>Show <select id="errors-kind"><option value="">all</option>${
    kinds.map((kind) => `<option value="${kind}">${WORDS[kind]}</option>`).join("")
  }</select></label>
<output id="errors-status" for="errors-find errors-kind"></output>
</form>
<p class="note">${cut}${printed}</p>
<div class="scroll tall" tabindex="0" role="region" aria-labelledby="errors-title">
<table id="errors-table">
<thead><tr>${
    COLUMNS.map(({ name, numeric }) =>
      `<th scope="col" data-kind="${numeric ? "number" : "text"}"><span>${name}</span></th>`
    ).join("")
  }</tr></thead>
<tbody>
${rows.map(errorRow).join("\n")}
</tbody></table></div>`;
}

function errorRow(row: ListedRows["rows"][number], position: number): string {
  const cells = [
    `<span class="tag ${row.outcome}">${WORDS[row.outcome]}</span>`,
    htmlText(shortened(row.prompt), Infinity),
    htmlText(row.gold_label || "–", 60),
    htmlText(row.predicted, 60) + (row.abstain ? ` <small>${htmlText(row.reason)}</small>` : ""),
    row.confidence.toFixed(4),
    row.margin.toFixed(4),
    String(row.row),
  ];
  const late = position >= PRINTED ? ' class="late"' : "";
  return `<tr data-outcome="${row.outcome}"${late}>${
    cells.map((cell, j) => {
      const { name, numeric } = COLUMNS[j]!;
      const kind = numeric ? ' class="num"' : name === "prompt" ? ' class="prompt"' : "";
      return `<td${kind} data-label="${name}">${cell}</td>`;
    }).join("")
  }</tr>`;
}

/** A prompt as the page shows it: long ones are cut, and say how long they were. */
export function shortened(prompt: string, maxLength = 280): string {
  if (prompt.length <= maxLength) return printable(prompt, Infinity);
  const length = prompt.length.toLocaleString("en");
  return `${printable(prompt.slice(0, maxLength), Infinity)}… (${length} characters)`;
}
