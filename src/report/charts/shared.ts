import { printable } from "../page/escape.ts";
import type { Table } from "../tables.ts";

/** What Plotly draws. Colours are names of the page's palette, `--good`, and follow its theme. */
export interface Figure {
  readonly traces: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  /** Other values for the first trace, to be picked from a list; the first view is drawn at first. */
  readonly views?: readonly { readonly name: string; readonly trace: Record<string, unknown> }[];
}

/** One section of the report. */
export interface Chart {
  /** Unique in the page; letters and dashes. */
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  /** Absent where there is nothing to draw. */
  readonly figure?: Figure;
  /** Why there is no figure. */
  readonly missing?: string;
  /** What the figure shows, as numbers. */
  readonly table?: Table;
}

/** Why a chart that needs labels is not drawn. */
export const NO_LABELS = "Not drawn: no row has a label, so right and wrong cannot be told apart.";

/**
 * Makes a hostile name safe as Plotly text, which reads some HTML: cut to `maxLength`, markup shown as
 * it was written.
 */
export function plotText(name: string, maxLength = 28): string {
  const shown = printable(name, maxLength);
  // Visible codes of control characters may have made it long again.
  return (shown.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Rounds for the page: six decimals are beyond what a pixel or an interval shows. */
export function rounded(value: number): number;
export function rounded(value: number | null): number | null;
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(6));
}

/** An axis from 0 to 1, shown as percent. */
export function shareAxis(title: string, more: Record<string, unknown> = {}): object {
  return { title: { text: title }, tickformat: ".0%", range: [-0.02, 1.02], ...more };
}

/** Where an axis of shares begins: at the tenth below the least value, 0 at the earliest. */
export function startOf(values: readonly number[]): number {
  const least = values.reduce((a, b) => Math.min(a, b), 1);
  return Math.max(0, Math.floor(10 * least - 1e-9) / 10);
}

/** A vertical line with a name at its top, as the layout's shapes and annotations. */
export function verticalLine(
  x: number,
  text: string,
): { readonly shapes: object[]; readonly annotations: object[] } {
  return {
    shapes: [{
      type: "line",
      x0: x,
      x1: x,
      yref: "paper",
      y0: 0,
      y1: 1,
      line: { color: "--ink", width: 1.5, dash: "dot" },
    }],
    annotations: [{
      x,
      yref: "paper",
      y: 1,
      yanchor: "bottom",
      showarrow: false,
      // Near an edge the name grows inwards.
      xanchor: x > 0.75 ? "right" : x < 0.25 ? "left" : "center",
      text,
      font: { color: "--ink", size: 12 },
    }],
  };
}
