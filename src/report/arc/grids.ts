import { type Grid, gridSize } from "../../domains/arc/grid/grid.ts";
import { gridSvg } from "../../domains/arc/grid/render_svg.ts";
import { gridText } from "../../domains/arc/grid/render_text.ts";
import type { ArcVerification, GridPair } from "../../domains/arc/verify.ts";
import type { ArcStepRecord } from "../../domains/arc/run.ts";
import { htmlText } from "../page/html_page.ts";

/** The given grid, if there is one, and what each step made of it. */
export function gridsSection(steps: readonly ArcStepRecord[], grid?: Grid): string {
  const made = steps.flatMap(({ op, grid }, i) =>
    grid ? [{ grid, caption: `${i + 1}. ${op}` }] : []
  );
  const grids = [...(grid ? [{ grid, caption: "input" }] : []), ...made];
  if (grids.length === 0) return "";
  const cell = cellFor(grids.map(({ grid }) => grid));
  return section(
    "grids",
    "Grids",
    `<ol class="grids">${
      grids.map(({ grid, caption }) => `<li>${figure(grid, caption, cell)}</li>`).join("\n")
    }</ol>
<details><summary>As numbers</summary>${
      grids.map(({ grid, caption }) => `<p>${htmlText(caption)}</p><pre>${gridText(grid)}</pre>`)
        .join("\n")
    }</details>`,
  );
}

/** Pairs that are drawn; the verdict speaks of all of them. */
const SHOWN_PAIRS = 10;

/** The given pairs, and which of them the plan explains. */
export function pairsSection(pairs: readonly GridPair[], check?: ArcVerification): string {
  if (pairs.length === 0) return "";
  const wrong = new Map(check?.mismatches.map(({ pair, found }) => [pair, found]));
  const items = pairs.slice(0, SHOWN_PAIRS).map(({ input, output }, i) => {
    const found = wrong.get(i + 1);
    const verdict = check?.method !== "pairs"
      ? ""
      : found === undefined
      ? ": explained"
      : `: ${found}`;
    const cell = cellFor([input, output]);
    return `<h3>Pair ${i + 1}${htmlText(verdict)}</h3>
<ol class="grids"><li>${figure(input, "input", cell)}</li><li>${
      figure(output, "wanted", cell)
    }</li></ol>`;
  });
  const more = pairs.length > SHOWN_PAIRS
    ? `<p>${SHOWN_PAIRS} of ${pairs.length} pairs are shown.</p>`
    : "";
  return section("pairs", "Pairs", items.join("\n") + more);
}

/** Cells as large as lets the widest grid stand beside another one. */
function cellFor(grids: readonly Grid[]): number {
  const widest = Math.max(...grids.map((grid) => gridSize(grid).width));
  return Math.max(11, Math.min(28, Math.floor(330 / widest)));
}

/** Digits that would be too small to read stand below, as numbers. */
const LEAST_DIGIT_CELL = 15;

function figure(grid: Grid, caption: string, cell: number): string {
  const { width, height } = gridSize(grid);
  return `<figure>${gridSvg(grid, { cell, digits: cell >= LEAST_DIGIT_CELL })}
<figcaption>${htmlText(caption)} <small>${height} × ${width}</small></figcaption></figure>`;
}

/** A titled part of the page; the content is trusted. */
export function section(id: string, title: string, content: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;
}
