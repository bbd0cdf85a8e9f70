import type { CropArea, Half, Sides } from "../grid/ops.ts";
import { bad, missing, type Reading, steps } from "../read/reading.ts";

type Side = "left" | "right" | "top" | "bottom";
const ALL: Sides = { left: 0, top: 0, right: -1, bottom: -1 };

/** Cuts: "crop to the object", "keep the top half", "take the top left 2x2", "remove the last row". */
export function readCrop(tags: string): Reading {
  if (/\blargest\b/.test(tags) && /\b(?:obj|connected)\b/.test(tags) && !/\bcrop\b/.test(tags)) {
    return /\b(?:keep|remove|cut|find|neg|except|only|crop|make|recolor)\b/.test(tags) ||
        /^(?:to )?largest/.test(tags)
      ? steps({ op: "largest_component" })
      : undefined;
  }
  const verb = /\b(?:crop|cut|keep|remove|drop|find)\b/.exec(tags)?.[0];
  if (!verb) {
    const renames = /\b(?:row|col|half) to\b/.test(tags);
    return renames
      ? undefined
      : readPart(tags, /^(?:first|last|top|bottom|left|right|num|from (?:row|col))/);
  }
  if (/^(?:remove|drop)$/.test(verb) && /\brest\b/.test(tags)) {
    return steps({ op: "largest_component" });
  }
  if (/\bexcept\b.*\bhalf\b/.test(tags)) return readPart(tags, /./);
  if (verb === "remove" || verb === "drop" || /\boff\b/.test(tags)) return readRemoval(tags);
  const part = readPart(tags, /./);
  if (part) return part;
  if (/\b(?:crop|cut)\b/.test(tags) || (verb === "keep" && /\bobj\b/.test(tags))) {
    if (/\b(?:num:|row\b|col\b)/.test(tags)) return missing("Which rows or columns?");
    return area("content");
  }
  return undefined;
}

function area(value: CropArea): Reading {
  return steps({ op: "crop", area: value });
}

/** A part that is named: a half, a corner of a size, rows or columns. */
function readPart(tags: string, start: RegExp): Reading {
  if (!start.test(tags)) return undefined;
  const half = /\b(top|bottom|left|right) half\b/.exec(tags) ??
    /\bhalf\b.*\b(top|bottom|left|right)\b/.exec(tags);
  if (half) return area(half[1] as Half);
  return readCorner(tags) ?? readLines(tags);
}

/** "top left 2x3": rows by columns. */
function readCorner(tags: string): Reading {
  const corner = /\b(?:(top|bottom) (left|right)|(left|right) (top|bottom))\b/.exec(tags);
  const size = /\bnum:(\d+)(?: (?:x|to) num:(\d+))?/.exec(tags);
  if (!corner || !size) return undefined;
  const rows = Number(size[1]);
  const cols = Number(size[2] ?? size[1]);
  if (rows < 1 || cols < 1) return bad("A corner has at least one row and one column");
  const vertical = corner[1] ?? corner[4];
  const horizontal = corner[2] ?? corner[3];
  return area({
    left: horizontal === "left" ? 0 : -cols,
    top: vertical === "top" ? 0 : -rows,
    right: horizontal === "left" ? cols - 1 : -1,
    bottom: vertical === "top" ? rows - 1 : -1,
  });
}

/** Rows and columns by number (from 1; from 0 if one is called 0) or from an end. */
function readLines(tags: string): Reading {
  const found: Partial<Sides>[] = [];
  const base = /\b(?:row|col) (?:.* )?num:0\b/.test(tags) ? 0 : 1;
  for (const line of ["row", "col"] as const) {
    const range = new RegExp(
      String
        .raw`\b${line} (?:from )?num:(\d+)(?: (?:to|and|comma|hyphen) (?:${line} )?num:(-?\d+))?`,
    ).exec(tags);
    const ordinal = new RegExp(String.raw`\b(?:ord:(\d+)|(first)) ${line}\b`).exec(tags);
    const end = sideLines(tags, line);
    if (end) found.push(endBox(end.side, end.count));
    else if (range) {
      const first = Number(range[1]) - base;
      const last = Math.abs(Number(range[2] ?? range[1])) - base;
      if (first < 0 || last < first) return bad(`Rows and columns count from 1, got ${range[0]}`);
      found.push(line === "row" ? { top: first, bottom: last } : { left: first, right: last });
    } else if (ordinal) {
      const index = Number(ordinal[1] ?? 1) - 1;
      found.push(line === "row" ? { top: index, bottom: index } : { left: index, right: index });
    }
  }
  return found.length === 0 ? undefined : area(Object.assign({}, ALL, ...found) as Sides);
}

/** "first two rows", "last column", "bottom 3 rows", "two rows at the top". */
function sideLines(tags: string, line: "row" | "col"): { side: Side; count: number } | undefined {
  const names = line === "row" ? "first|last|top|bottom" : "first|last|left|right";
  const match = new RegExp(String.raw`\b(${names}) (?:num:(\d+) )?${line}\b`).exec(tags) ??
    new RegExp(String.raw`\bnum:(\d+) (${names}) ${line}\b`).exec(tags) ??
    new RegExp(String.raw`\b(?:num:(\d+) )?${line} (?:to |from )?(${names})\b`).exec(tags);
  if (!match) return undefined;
  const name = [match[1], match[2]].find((part) => part !== undefined && !/^\d+$/.test(part))!;
  const count = Number(
    [match[1], match[2]].find((part) => part !== undefined && /^\d+$/.test(part)) ?? 1,
  );
  const start = line === "row" ? "top" : "left";
  const end = line === "row" ? "bottom" : "right";
  return { side: name === "first" ? start : name === "last" ? end : name as Side, count };
}

function endBox(side: Side, count: number): Partial<Sides> {
  const opposite = { left: "right", right: "left", top: "bottom", bottom: "top" } as const;
  const far = side === "left" || side === "top" ? count - 1 : -count;
  return { [opposite[side]]: far };
}

/** What stays when something at the edge goes. */
function readRemoval(tags: string): Reading {
  if (/\bborder\b/.test(tags)) {
    if (/\bcolor:0\b/.test(tags)) return area("content");
    const n = Number(/num:(\d+)/.exec(tags)?.[1] ?? 1);
    return area({ left: n, top: n, right: -n - 1, bottom: -n - 1 });
  }
  if (/\bcolor:0\b/.test(tags) && /\b(?:around|pad)\b/.test(tags)) return area("content");
  if (/\bcolor:0 (?:row|col|side)\b/.test(tags)) return area("content");
  const boxes = (["row", "col"] as const).flatMap((line) => {
    const end = sideLines(tags, line);
    if (!end) return [];
    const { side, count } = end;
    return [{ [side]: side === "left" || side === "top" ? count : -count - 1 }];
  });
  if (boxes.length > 0) return area(Object.assign({}, ALL, ...boxes) as Sides);
  const half = /\b(top|bottom|left|right) half\b/.exec(tags)?.[1];
  if (half) {
    return area(
      ({ top: "bottom", bottom: "top", left: "right", right: "left" } as const)[half as Half],
    );
  }
  if (/\b(?:row|col)\b/.test(tags)) {
    return { refusal: "unsupported", detail: "Only rows and columns at an edge can be removed" };
  }
  return undefined;
}
