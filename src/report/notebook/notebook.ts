import { MicroLmError } from "../../core/errors.ts";
import { htmlTable } from "../page/html_page.ts";
import { plotSvg } from "./svg.ts";
import { type Cell, type Table, textTable } from "../tables.ts";

/** The name of the method by which Jupyter's Deno kernel asks a value how to show it. */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** A value in several formats, by MIME type; a front end shows the richest that it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What a notebook shows when it is the last value of a cell. */
export interface Displayable {
  /** The value in the formats that it has. */
  [JUPYTER_DISPLAY](): MimeBundle;
}

/** Jupyter sets text to the right, which is for numbers. */
const STYLE = "<style>.micro-lm :is(th, td:not(.num)) { text-align: left !important; }</style>";

/** Options of {@linkcode table}. */
export interface TableOptions {
  /** Names of the columns to show, in order. Default: those of the first row. */
  readonly columns?: readonly string[];
  /** Rows to show at most; the table says how many there are. Default: 20. */
  readonly limit?: number;
}

/**
 * Shows rows as a table in a notebook: HTML with everything escaped, and plain text.
 *
 * @param rows Records, such as the rows of a file, or a table that the core made.
 *
 * @example
 * ```ts
 * import { JUPYTER_DISPLAY, table } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const shown = table([{ class: "swap", n: 5 }, { class: "stake", n: 12 }], { columns: ["class"] });
 * assertEquals(shown[JUPYTER_DISPLAY]()["text/plain"], "class\nswap\nstake");
 * ```
 */
export function table(
  rows: Table | readonly object[],
  { columns, limit = 20 }: TableOptions = {},
): Displayable {
  const all = isTable(rows) ? pickColumns(rows, columns) : recordsTable(rows, columns);
  const shown = { columns: all.columns, rows: all.rows.slice(0, limit) };
  const more = all.rows.length > limit ? `${limit} of ${all.rows.length} rows` : "";
  return {
    [JUPYTER_DISPLAY]: () => ({
      "text/html": `${STYLE}<div class="micro-lm">${htmlTable(shown)}${
        more ? `<p><small>${more}</small></p>` : ""
      }</div>`,
      "text/plain": [textTable(shown), ...(more ? [more] : [])].join("\n"),
    }),
  };
}

/** One series of a plot, in Plotly's words; the fallback draws `scatter`, `bar` and `heatmap`. */
export type PlotTrace = Readonly<Record<string, unknown>>;

/**
 * Shows a plot in a notebook: as Plotly's own format, which VS Code and JupyterLab with Plotly draw so
 * that it can be zoomed, and as a drawing (SVG) for everything else: classic Jupyter, exports, and code
 * hosts, which throw drawings within HTML away. Neither needs the network.
 *
 * @param layout Plotly's layout; `title`, `xaxis.title` and `yaxis.title` may be plain strings.
 *
 * @example
 * ```ts
 * import { JUPYTER_DISPLAY, plot } from "micro-lm/report";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const shown = plot([{ x: [0, 1], y: [2, 3] }], { title: "A line" })[JUPYTER_DISPLAY]();
 * assertEquals(Object.keys(shown), ["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"]);
 * assertStringIncludes(String(shown["image/svg+xml"]), "A line");
 * ```
 */
export function plot(
  traces: readonly PlotTrace[],
  layout: Readonly<Record<string, unknown>> = {},
): Displayable {
  const data = traces.map(withPlainArrays);
  const full = withTitles(layout);
  return {
    [JUPYTER_DISPLAY]: () => ({
      "application/vnd.plotly.v1+json": { data, layout: full },
      "image/svg+xml": plotSvg(data, full),
      "text/plain": `plot of ${traces.length} series`,
    }),
  };
}

/** Time for the kernel to send what it was given. */
const SEND_MS = 50;

/**
 * Shows values in the output of the cell, now and in this order; text as it is.
 *
 * A value that stands last in a cell is shown too. But the kernel of Deno 2.9 may report such a cell as
 * done before it sends the value, and front ends drop what comes later: a long cell's output would
 * come and go. This waits until the values are sent.
 *
 * @throws {MicroLmError} Kind `usage` outside a notebook.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { show, table } from "micro-lm/report";
 * import { assertRejects } from "@std/assert";
 *
 * // In a notebook: await show(table([{ class: "swap", n: 5 }]));
 * await assertRejects(() => show(table([])), MicroLmError, "outside a notebook");
 * ```
 */
export async function show(...values: readonly (Displayable | string)[]): Promise<void> {
  const { display } = kernel();
  for (const value of values) {
    const bundle = typeof value === "string" ? { "text/plain": value } : value[JUPYTER_DISPLAY]();
    await display(bundle, { raw: true });
  }
  await new Promise((done) => setTimeout(done, SEND_MS));
}

function kernel(): typeof Deno.jupyter {
  try {
    return Deno.jupyter;
  } catch (cause) {
    throw new MicroLmError("usage", "Cannot show a value outside a notebook", { cause });
  }
}

function isTable(rows: Table | readonly object[]): rows is Table {
  return !Array.isArray(rows);
}

function pickColumns(
  { columns, rows }: Table,
  wanted: readonly string[] = columns,
): Table {
  const places = wanted.map((name) => columns.indexOf(name));
  const unknown = wanted.find((_, i) => places[i]! < 0);
  if (unknown !== undefined) throw new RangeError(`Found no column "${unknown}"`);
  return { columns: wanted, rows: rows.map((row) => places.map((place) => row[place] ?? null)) };
}

function recordsTable(rows: readonly object[], wanted?: readonly string[]): Table {
  const columns = wanted ?? Object.keys(rows[0] ?? {});
  return {
    columns,
    rows: rows.map((row) =>
      columns.map((name) => cellOf((row as Readonly<Record<string, unknown>>)[name]))
    ),
  };
}

/** Numbers keep four decimals: a table is read, not computed with. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? Number(value.toFixed(4)) : null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Typed arrays would become objects in JSON. */
function withPlainArrays(trace: PlotTrace): PlotTrace {
  return Object.fromEntries(
    Object.entries(trace).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
    ]),
  );
}

/** Plotly 3 wants titles as objects. */
function withTitles(layout: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(layout).map(([name, value]) => {
      if (name === "title" && typeof value === "string") return [name, { text: value }];
      if (!/^[xy]axis\d*$/.test(name)) return [name, value];
      const axis = value as Readonly<Record<string, unknown>>;
      const { title } = axis;
      return [name, typeof title === "string" ? { ...axis, title: { text: title } } : axis];
    }),
  );
}
