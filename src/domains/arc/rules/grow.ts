import type { ArcOp, Sides } from "../grid/ops.ts";
import { bad, missing, type Reading, steps } from "../read/reading.ts";

/** Borders: "add a border of zeros", "pad with 2 on every side", "append a column of 5s on the right". */
export function readPad(tags: string): Reading {
  const padded = /\bpad\b/.test(tags);
  const placed = /\b(?:add|put|make|recolor)\b/.test(tags);
  const edge = /\b(?:border|row|col)\b|\badd\b.*\bside\b/.test(tags);
  const named = /^(?:to |keep )?(?:color:\d border(?:$| around\b)|border color:\d around\b)/.test(
    tags,
  );
  if (!padded && !(placed && edge) && !named) return undefined;
  if (/\bremove\b/.test(tags)) return undefined;
  if (/\bhole\b/.test(tags) || /\bmake (?:row|col) (?:to )?(?:row|col)$/.test(tags)) {
    return undefined;
  }
  if (
    /\b(?:to|turn|change) (?:border|row|col)|\b(?:recolor|make) border|\b(?:row|col) num:/.test(
      tags,
    ) && !padded
  ) return undefined;
  const color = /\bcolor:(\d+)\b/.exec(tags) ?? /\bvalue (?:to )?num:(\d+)/.exec(tags);
  const rest = tags.replace(/\bvalue (?:to )?num:\d+/, "");
  const count = Number(/\bnum:(\d+)/.exec(rest)?.[1] ?? 1);
  const value = Number(color?.[1] ?? 0);
  if (count < 1 || value > 9) {
    return bad("A border has a width of at least 1 and a colour from 0 to 9");
  }
  const sides = paddedSides(rest, count);
  return sides
    ? steps({ op: "pad", sides, color: value })
    : missing("On which side? Left, right, top, bottom or all around");
}

function paddedSides(tags: string, count: number): Sides | undefined {
  const named = ["left", "top", "right", "bottom"].filter((side) =>
    new RegExp(String.raw`\b${side}\b`).test(tags) || (side === "top" && /\bup\b/.test(tags)) ||
    (side === "bottom" && /\bdown\b/.test(tags))
  );
  const line = /\b(row|col)\b/.exec(tags)?.[1];
  const all = named.length === 0 &&
    (line === undefined || /\bborder|around|each|side\b/.test(tags));
  if (named.length === 0 && !all) {
    if (/\blast\b/.test(tags)) named.push(line === "row" ? "bottom" : "right");
    else if (/\bfirst\b/.test(tags)) named.push(line === "row" ? "top" : "left");
    else return undefined;
  }
  const at = (side: string) => all || named.includes(side) ? count : 0;
  return { left: at("left"), top: at("top"), right: at("right"), bottom: at("bottom") };
}

/** Sizes: "scale by 3", "make it twice as big", "each cell becomes a 2x2 block". */
export function readScale(tags: string): Reading {
  if (/\bshrink\b|\bscale down\b|\bhalf (?:size|\S+ size)/.test(tags)) {
    return { refusal: "unsupported", detail: "Grids can be made larger, not smaller" };
  }
  const named = /\b(?:scale|double|triple|quadruple)\b/.test(tags);
  const sized = /\b(?:size|wide|tall)\b/.test(tags) &&
    /\b(?:twice|thrice|times|make|x|percent|to num)\b/.test(tags);
  const block = !/\beach num:\d to\b/.test(tags) &&
    /^(?:\S+ ){0,2}each\b.*\bnum:\d+ (?:x|to) num:\d+/.test(tags) &&
    !/\b(?:tile|copies|row|col)\b|color:/.test(tags);
  if ((!named && !sized && !block) || /\bcopies\b/.test(tags)) return undefined;
  const factors = readFactors(tags);
  if (!factors) return missing("By which factor?");
  return sizes("scale", factors);
}

/** Copies: "tile 3x3", "two copies side by side", "stack three copies". */
export function readTile(tags: string): Reading {
  const named = /\b(?:tile|copies|stack|sidebyside|ontop)\b/.test(tags);
  const repeated = /\brepeat\b/.test(tags) &&
    /\b(?:x|by|horiz|vert|wide|tall|across|down|right|top|bottom|to num)\b/.test(tags);
  if (!named && !repeated) return undefined;
  if (tags === "copies") return steps({ op: "identity" });
  const rows = /\bnum:(\d+) row\b/.exec(tags)?.[1];
  const cols = /\bnum:(\d+) col\b/.exec(tags)?.[1];
  if (rows && cols) return sizes("tile", { across: Number(cols), down: Number(rows) });
  const across = /\bnum:(\d+) (?:times |copies )?(?:across|wide|horiz)\b/.exec(tags)?.[1];
  const down = /\bnum:(\d+) (?:times |copies )?(?:down|tall|vert)\b/.exec(tags)?.[1];
  if (across && down) return sizes("tile", { across: Number(across), down: Number(down) });
  const pair = readFactorPair(tags);
  if (pair) return sizes("tile", pair);
  const count = readCount(tags) ??
    (/\b(?:sidebyside|ontop|stack|right|left|down|bottom|top)\b/.test(tags) ? 2 : undefined);
  if (count === undefined) return missing("How many copies?");
  if (/\b(?:sidebyside|horiz|wide|across|right|left)\b/.test(tags)) {
    return sizes("tile", { across: count, down: 1 });
  }
  if (/\b(?:stack|ontop|vert|tall|down|up|top|bottom)\b/.test(tags)) {
    return sizes("tile", { across: 1, down: count });
  }
  return missing("Copies in which direction? Side by side, stacked, or for example 2x2");
}

interface Factors {
  readonly across: number;
  readonly down: number;
}

function sizes(op: "scale" | "tile", { across, down }: Factors): Reading {
  if (across < 1 || down < 1 || !Number.isInteger(across) || !Number.isInteger(down)) {
    return bad(`Expected whole numbers from 1, got ${across} and ${down}`);
  }
  const step: ArcOp = { op, across, down };
  return steps(step);
}

/** "2 x 3" is two rows by three columns, as the size of a matrix is written. */
function readFactorPair(tags: string): Factors | undefined {
  const pair = /\bnum:(\d+) (?:x|to) num:(\d+)/.exec(tags);
  return pair ? { across: Number(pair[2]), down: Number(pair[1]) } : undefined;
}

function readFactors(tags: string): Factors | undefined {
  const pair = readFactorPair(tags);
  if (pair) return pair;
  const factor = readCount(tags);
  if (factor === undefined) return undefined;
  const onlyWide = /\b(?:wide|horiz)\b/.test(tags) && !/\b(?:tall|vert|size)\b/.test(tags);
  const onlyTall = /\b(?:tall|vert)\b/.test(tags) && !/\b(?:wide|horiz|size)\b/.test(tags);
  return { across: onlyTall ? 1 : factor, down: onlyWide ? 1 : factor };
}

function readCount(tags: string): number | undefined {
  const number = /\bnum:(\d+(?:\.\d+)?)/.exec(tags);
  if (number) return /\bpercent\b/.test(tags) ? Number(number[1]) / 100 : Number(number[1]);
  if (/\b(?:double|twice)\b/.test(tags)) return 2;
  if (/\b(?:triple|thrice)\b/.test(tags)) return 3;
  return /\bquadruple\b/.test(tags) ? 4 : undefined;
}
