import type { Grid } from "../../domains/arc/grid/grid.ts";
import type { ArcVerification, GridPair } from "../../domains/arc/verify.ts";
import type { ArcStepRecord } from "../../domains/arc/run.ts";
import type { GateVerdict } from "../../domains/gates/gate.ts";
import type { RunRecord } from "../../run/record/record.ts";
import { gridsSection, pairsSection, section } from "./grids.ts";
import ARC_PAGE_STYLE from "./page.css" with { type: "text" };
import { htmlPage, htmlTable, htmlText } from "../page/html_page.ts";
import { REPORT_STYLE, THEME_BUTTON, THEME_SCRIPT } from "../page/html_style.ts";
import type { Table } from "../tables.ts";

/** Options of {@linkcode renderArcPage}: what the run was given, which its record does not repeat. */
export interface RenderArcPageOptions {
  /** The grid that the plan was carried out on. Default: none, the pictures begin with the first step. */
  readonly grid?: Grid;
  /** The pairs that the plan had to explain. Default: none, they are not drawn. */
  readonly pairs?: readonly GridPair[];
}

/**
 * Renders a run of the domain `arc` as one HTML page that needs nothing but itself: the prompt with the
 * words that count, the plan, every grid on the way, the checks and the gates. It follows the
 * reader's light or dark theme, runs no script but that of the button that changes it, and shows prompts as text whatever they hold. The record itself stands
 * in the page as JSON, in the element `data`.
 *
 * @throws {RangeError} If the record is of another domain.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { renderArcPage } from "micro-lm/report";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using runtime = await openRuntime({ domain: "arc", backend: "wordmap" });
 * const grid = [[1, 2], [3, 4]];
 * const record = await runtime.run({ prompt: "rotate then flip vertically", grid });
 * const page = renderArcPage(record, { grid });
 * assertStringIncludes(page, "<mark>rotate</mark> then <mark>flip vertically</mark>");
 * ```
 */
export function renderArcPage(
  record: RunRecord,
  { grid, pairs = [] }: RenderArcPageOptions = {},
): string {
  if (record.domain !== "arc") {
    throw new RangeError(`Expected a record of the domain "arc", got "${record.domain}"`);
  }
  const steps = record.plan.steps.filter((step): step is ArcStepRecord => "op" in step);
  return htmlPage({
    title: `arc: ${verdictOf(record)}`,
    style: REPORT_STYLE + ARC_PAGE_STYLE,
    content: `${header(record, steps)}
<main>
${planSection(record, steps)}
${gridsSection(steps, grid)}
${pairsSection(pairs, record.verify.grid)}
${gatesSection(record)}
${factsSection(record)}
</main>`,
    data: record,
    scripts: [THEME_SCRIPT],
  });
}

/** Longer prompts are refused unread; that much of them is shown. */
const SHOWN_CHARS = 2000;

function verdictOf({ ok, verify }: RunRecord): string {
  if (ok) return "plan";
  return verify.tags.includes("dry_run") && verify.failed.length === 0 ? "dry run" : "refused";
}

function header(record: RunRecord, steps: readonly ArcStepRecord[]): string {
  const verdict = verdictOf(record);
  const refusal = record.aux.gates.find(({ ok }) => !ok);
  const words = refusal && detailOf(refusal).words;
  const why = refusal === undefined
    ? ""
    : `<p class="missing">Not carried out (${htmlText(record.reason)})${
      words ? `: ${htmlText(words, 400)}` : ""
    }.</p>`;
  return `<header>
<div class="top"><h1>arc <span class="verdict${
    verdict === "refused" ? "" : " pass"
  }">${verdict}</span></h1>
${THEME_BUTTON}</div>
<p class="prompt">${markedPrompt(record, steps)}</p>
${why}
</header>`;
}

/** The prompt with the words that ask for a step, or that were the reason to refuse. */
function markedPrompt({ prompt, aux }: RunRecord, steps: readonly ArcStepRecord[]): string {
  if (prompt.trim() === "") return `<span class="note">The prompt is empty.</span>`;
  const refused = aux.gates.flatMap((gate) => detailOf(gate).span ?? []);
  const spans = [...steps.map(({ span: [start, end] }) => ({ start, end })), ...refused]
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  let html = "";
  const shown = (from: number, to: number) => htmlText(prompt.slice(from, to), SHOWN_CHARS);
  for (const { start, end } of spans) {
    // "Twice" gives two steps of the same words.
    if (start < at || end > SHOWN_CHARS) continue;
    html += `${shown(at, start)}<mark>${shown(start, end)}</mark>`;
    at = end;
  }
  return html + shown(at, prompt.length);
}

interface GateDetail {
  readonly words?: string;
  readonly span?: { readonly start: number; readonly end: number };
}

/** What is behind a gate's verdict; gates tell it in words, as a record of the parser, or as a check. */
function detailOf({ detail }: GateVerdict): GateDetail {
  if (typeof detail === "string") return { words: detail };
  if (typeof detail !== "object" || detail === null) return {};
  const { detail: words, span, mismatches } = detail as
    & { readonly detail?: string; readonly span?: GateDetail["span"] }
    & Partial<ArcVerification>;
  if (mismatches) return { words: mismatches.map(mismatchText).join("; ") };
  return { ...(words !== undefined && { words }), ...(span && { span }) };
}

function mismatchText({ pair, found }: ArcVerification["mismatches"][number]): string {
  return `pair ${pair}: ${found}`;
}

function planSection({ aux, verify }: RunRecord, steps: readonly ArcStepRecord[]): string {
  const table: Table = {
    columns: ["step", "operation", "words"],
    rows: steps.map(({ op, text }, i) => [String(i + 1), op, text]),
  };
  const plan = steps.length > 0
    ? htmlTable(table)
    : `<p>${
      aux.would_allow?.length
        ? `A dry run hands out no plan. It would allow: ${
          htmlText(aux.would_allow.join(", "), 1000)
        }.`
        : "There is nothing to carry out."
    }</p>`;
  const check = verify.grid
    ? checkText(verify.grid)
    : steps.length > 0
    ? "No grid was given to carry it out on."
    : "";
  return section("plan", "Plan", check ? `${plan}\n<p>${htmlText(check, 1000)}</p>` : plan);
}

function checkText({ method, checked, unchecked, mismatches, ok }: ArcVerification): string {
  if (method === "pairs") {
    return ok
      ? `Checked: it explains ${count(checked, "pair")}, cell by cell.`
      : `Checked: it fails to explain ${mismatches.length} of ${count(checked, "pair")}.`;
  }
  const lost = unchecked.length === 0
    ? ""
    : ` What step ${unchecked.join(", ")} does cannot be taken back: it loses something.`;
  if (checked === 0) return `Not checked.${lost}`;
  return ok
    ? `Checked: ${count(checked, "step")} taken back, each gave the grid before it.${lost}`
    : `Checked: ${mismatches.map(({ found }) => found).join("; ")}.${lost}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function gatesSection({ aux: { gates } }: RunRecord): string {
  const table: Table = {
    columns: ["gate", "passed", "reason", "what it saw"],
    rows: gates.map((gate) => [
      gate.gate,
      gate.ok ? "yes" : "no",
      gate.reason,
      detailOf(gate).words ?? null,
    ]),
  };
  return section("gates", "Gates", htmlTable(table));
}

function factsSection(record: RunRecord): string {
  const { schema, rails, T, det_hash, verify, flags, artifacts, wdd_summary } = record;
  const facts: [string, string][] = [
    ["record", schema],
    ["reason", record.reason],
    ["rails", `${rails}, ${T} samples`],
    ["tags", verify.tags.join(", ") || "none"],
    ["flags", flags.join(", ") || "none"],
    ["fingerprint of the plan", det_hash],
    [
      "mapper",
      artifacts.mapper ? `${artifacts.mapper.backend} ${artifacts.mapper.sha256}` : "none",
    ],
    ...(wdd_summary ? [["evidence", wdd_summary.note] as [string, string]] : []),
  ];
  return section(
    "facts",
    "Run",
    `<table class="facts"><tbody>${
      facts.map(([name, value]) =>
        `<tr><th scope="row">${name}</th><td>${htmlText(value, 400)}</td></tr>`
      ).join("\n")
    }</tbody></table>`,
  );
}
