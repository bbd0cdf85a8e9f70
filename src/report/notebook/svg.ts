import { htmlText } from "../page/html_page.ts";
import { legend, PLOT_COLOURS } from "./legend.ts";
import { createScale, type Scale } from "./scale.ts";
import { type FlatScene, flattenScene, SCENE_REACH } from "./scene.ts";

type Props = Readonly<Record<string, unknown>>;

const WIDTH = 640;
const HEIGHT = 380;
const TOP = 58;
const RIGHT = 16;

/**
 * Draws a plot as SVG within HTML: lines, points, bars and heat maps of Plotly's traces, with axes and
 * a legend; points and lines in three dimensions as they look from one side. It is what front ends show
 * that cannot draw Plotly's format; what it does not know, it leaves out.
 */
export function plotSvg(traces: readonly Props[], layout: Props): string {
  const shown = traces.filter((trace) => trace["hoverinfo"] !== "skip" || trace["name"]);
  if (shown.some((trace) => trace["type"] === "scatter3d")) {
    return sceneSvg(flattenScene(shown, layout), layout);
  }
  const heat = shown.filter((trace) => trace["type"] === "heatmap");
  const bars = shown.filter((trace) => trace["type"] === "bar");
  const flat = bars.some((trace) => trace["orientation"] === "h");
  const xs = shown.flatMap((trace) => values(trace, "x"));
  const ys = shown.flatMap((trace) => values(trace, "y"));
  const padded = heat.length > 0;
  // Names need more room than numbers.
  const left = ys.some(isName) ? 130 : 76;
  const bottom = HEIGHT - (xs.some(isName) ? 100 : 56);
  const x = createScale(xs, [left, WIDTH - RIGHT], {
    axis: props(layout["xaxis"]),
    zero: flat,
    band: padded || (bars.length > 0 && !flat),
  });
  const y = createScale(ys, [bottom, TOP], {
    axis: props(layout["yaxis"]),
    zero: bars.length > 0 && !flat,
    band: padded || flat,
  });
  const marks = shown.map((trace, i) => {
    const colour = PLOT_COLOURS[i % PLOT_COLOURS.length]!;
    if (trace["type"] === "heatmap") return heatmap(trace, x, y);
    if (trace["type"] === "bar") {
      return barMarks(trace, flat ? { x: y, y: x } : { x, y }, {
        flat,
        colour,
        slot: bars.indexOf(trace),
        slots: bars.length,
      });
    }
    return lineMarks(trace, x, y, colour);
  });
  const slanted = xs.some(isName);
  return drawing(titleOf(layout), shown, left, [
    xAxisLines(x, { left, bottom, title: titleOf(props(layout["xaxis"])), slanted }),
    yAxisLines(y, { left, bottom, title: titleOf(props(layout["yaxis"])) }),
    ...marks,
  ]);
}

/** One picture stands for a plot that front ends with Plotly can turn. */
function sceneSvg({ traces, axes }: FlatScene, layout: Props): string {
  const scale = (pixels: readonly [number, number]) =>
    createScale([], pixels, {
      axis: { range: [-SCENE_REACH, SCENE_REACH] },
      zero: false,
      band: false,
    });
  const x = scale([RIGHT, WIDTH - RIGHT]);
  const y = scale([HEIGHT - 24, TOP]);
  const lines = axes.map(({ title, from, to }) => {
    const x1 = x.at(from[0]);
    const y1 = y.at(from[1]);
    const x2 = x.at(to[0]);
    const y2 = y.at(to[1]);
    return gridLine(x1, y1, x2, y2) +
      `<text x="${x2.toFixed(1)}" y="${(y2 + (y2 < y1 ? -6 : 14)).toFixed(1)}" ` +
      `text-anchor="middle">${htmlText(title, 40)}</text>`;
  });
  const marks = traces.map((trace, i) =>
    lineMarks(trace, x, y, PLOT_COLOURS[i % PLOT_COLOURS.length]!)
  );
  return drawing(titleOf(layout), traces, RIGHT, [
    ...lines,
    ...marks,
    `<text x="${WIDTH - RIGHT}" y="${
      HEIGHT - 6
    }" text-anchor="end" fill="#59636e">seen from one side</text>`,
  ]);
}

/** Puts the parts below a title and a legend. */
function drawing(
  title: string,
  traces: readonly Props[],
  left: number,
  parts: readonly string[],
): string {
  const { marks, more } = legend(traces, { left, right: WIDTH });
  const height = HEIGHT + more;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${-more} ${WIDTH} ${height}" ` +
    `width="${WIDTH}" style="max-width:100%;background:#fff" role="img" aria-label="${
      htmlText(title || "plot")
    }" font-family="sans-serif" font-size="12" fill="#1b1f24">
<text x="${WIDTH / 2}" y="${20 - more}" text-anchor="middle" font-size="15">${
      htmlText(title, 90)
    }</text>
${parts.join("\n")}
${marks}
</svg>`;
}

function values(trace: Props, key: "x" | "y"): (string | number)[] {
  const given = trace[key];
  if (Array.isArray(given)) return given as (string | number)[];
  const other = trace["z"] ?? trace[key === "x" ? "y" : "x"];
  if (!Array.isArray(other)) return [];
  const long = trace["z"] !== undefined && key === "x" ? (other[0] as unknown[] ?? []) : other;
  return long.map((_, i) => i);
}

function lineMarks(trace: Props, x: Scale, y: Scale, colour: string): string {
  const ys = values(trace, "y");
  const points = values(trace, "x").flatMap((value, i) => {
    const at = [x.at(value), y.at(ys[i])] as const;
    return at.every(Number.isFinite) ? [at.map((n) => n.toFixed(1)).join(",")] : [];
  });
  const mode = String(trace["mode"] ?? "lines");
  const dash = props(trace["line"])["dash"] === undefined ? "" : ' stroke-dasharray="6 4"';
  const line = mode.includes("lines")
    ? `<polyline points="${
      points.join(" ")
    }" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`
    : "";
  const dots = mode.includes("markers")
    ? points.map((point) => {
      const [cx, cy] = point.split(",");
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`;
    })
    : [];
  return [line, ...dots].join("");
}

function barMarks(
  trace: Props,
  /** x is along the bars' feet, y along their lengths. */
  scales: { readonly x: Scale; readonly y: Scale },
  { flat, colour, slot, slots }: {
    readonly flat: boolean;
    readonly colour: string;
    readonly slot: number;
    readonly slots: number;
  },
): string {
  const feet = values(trace, flat ? "y" : "x");
  const ends = values(trace, flat ? "x" : "y");
  const width = scales.x.step * 0.8 / slots;
  return feet.map((foot, i) => {
    const from = scales.x.at(foot) + (slot - slots / 2) * width;
    const [a, b] = [scales.y.at(0), scales.y.at(ends[i])].sort((p, q) => p - q);
    if (![from, a, b].every(Number.isFinite)) return "";
    const box = flat ? [a!, from, b! - a!, width] : [from, a!, width, b! - a!];
    return rectangle(box, colour);
  }).join("");
}

function heatmap(trace: Props, x: Scale, y: Scale): string {
  const z = trace["z"] as readonly (readonly (number | null)[])[];
  const xs = values(trace, "x");
  const ys = values(trace, "y");
  const known = z.flat().filter((value): value is number => Number.isFinite(value));
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  return z.flatMap((row, i) =>
    row.map((value, j) => {
      if (value === null || !Number.isFinite(value)) return "";
      const share = high > low ? (value - low) / (high - low) : 0.5;
      const mix = (from: number, to: number) => Math.round(from + share * (to - from));
      const colour = `rgb(${mix(241, 10)},${mix(245, 79)},${mix(250, 140)})`;
      const cx = x.at(xs[j]);
      const cy = y.at(ys[i]);
      const cell = rectangle([cx - x.step / 2, cy - y.step / 2, x.step, y.step], colour);
      if (row.length > 14 || z.length > 20) return cell;
      const shown = htmlText(Number.isInteger(value) ? String(value) : value.toFixed(2));
      return `${cell}<text x="${cx.toFixed(1)}" y="${(cy + 4).toFixed(1)}" text-anchor="middle" ` +
        `font-size="10" fill="${share > 0.5 ? "#fff" : "#1b1f24"}">${shown}</text>`;
    })
  ).join("");
}

function rectangle(box: readonly number[], colour: string): string {
  const [x, y, width, height] = box.map((n) => n.toFixed(1));
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour}"/>`;
}

/** Where the axes cross, and what one is called. */
interface AxisPlace {
  readonly left: number;
  readonly bottom: number;
  readonly title: string;
}

function gridLine(...[x1, y1, x2, y2]: readonly [number, number, number, number]): string {
  const at = [x1, y1, x2, y2].map((n) => n.toFixed(1));
  return `<line x1="${at[0]}" y1="${at[1]}" x2="${at[2]}" y2="${at[3]}" stroke="#d5dae1"/>`;
}

function xAxisLines(
  { ticks }: Scale,
  { left, bottom, title, slanted }: AxisPlace & { readonly slanted: boolean },
): string {
  const middle = (left + WIDTH - RIGHT) / 2;
  return ticks.map(({ at, text }) => {
    const place = `translate(${at.toFixed(1)} ${bottom + 16})`;
    const turn = slanted ? ` rotate(-35)" text-anchor="end"` : `" text-anchor="middle"`;
    return gridLine(at, TOP, at, bottom) +
      `<text transform="${place}${turn}>${htmlText(text, 18)}</text>`;
  }).join("") +
    `<text x="${middle}" y="${HEIGHT - 12}" text-anchor="middle">${htmlText(title, 80)}</text>`;
}

function yAxisLines({ ticks }: Scale, { left, bottom, title }: AxisPlace): string {
  return ticks.map(({ at, text }) =>
    gridLine(left, at, WIDTH - RIGHT, at) +
    `<text x="${left - 6}" y="${(at + 4).toFixed(1)}" text-anchor="end">${
      htmlText(text, 18)
    }</text>`
  ).join("") +
    `<text transform="translate(14 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${
      htmlText(title, 50)
    }</text>`;
}

function isName(value: string | number): boolean {
  return typeof value === "string";
}

function titleOf(owner: Props): string {
  const text = props(owner["title"])["text"];
  return typeof text === "string" ? text : "";
}

function props(value: unknown): Props {
  return typeof value === "object" && value !== null ? value as Props : {};
}
