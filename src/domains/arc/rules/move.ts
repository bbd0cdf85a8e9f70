import { missing, type Reading, steps } from "../read/reading.ts";

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  top: [0, -1],
  down: [0, 1],
  bottom: [0, 1],
};

/** Moves: "shift two cells to the right", "translate by (-2, 3)", "nudge it up". */
export function readMove(tags: string): Reading {
  const verb = /\b(?:move|lift|drop)\b/.exec(tags)?.[0];
  const bare =
    /^(?:whole |obj )?(?:num:\d+ (?:row |col )?(?:to )?(?:left|right|up|down)|(?:left|right|up|down) (?:to )?num:\d+)(?: |$)/;
  if (
    verb === "drop" && /\b(?:row|col|border|half)\b/.test(tags) &&
    !/\bdown\b|num:\d+ row/.test(tags)
  ) return undefined;
  if (/\blargest\b|\brest\b/.test(tags)) return undefined;
  if (!verb && !bare.test(tags)) return undefined;
  const pair = /\bnum:(-?\d+) comma (?:down )?num:(-?\d+)/.exec(tags);
  if (pair && !/\b(?:left|right|up)\b/.test(tags)) return shift(Number(pair[1]), Number(pair[2]));
  const axes = /\bx (?:to )?num:(-?\d+).*\by (?:to )?num:(-?\d+)/.exec(tags);
  if (axes) return shift(Number(axes[1]), Number(axes[2]));
  const [right, down] = readWays(verb === "lift" ? `${tags} up` : tags);
  if (right === undefined || down === undefined) {
    if (
      verb === "drop" &&
      (/\bto num:\d+ row\b/.test(tags) || !/\b(?:row|col|border|color|rest)\b/.test(tags))
    ) {
      return shift(0, firstNumber(tags));
    }
    if (verb === "drop" || verb === "lift") return undefined;
    return missing("A move needs a direction: left, right, up or down");
  }
  return shift(right, down);
}

function shift(right: number, down: number): Reading {
  if (right === 0 && down === 0) return steps({ op: "identity" });
  return steps({ op: "translate", right, down });
}

/** Sums up all directions with their distances; undefined if there are none. */
function readWays(tags: string): readonly [number, number] | readonly [] {
  const list = tags.split(" ").filter((tag) => tag in WAYS || /^num:/.test(tag) || tag === "diag");
  const ways = list.filter((tag) => tag in WAYS);
  if (ways.length === 0) return [];
  const numbers = list.filter((tag) => tag.startsWith("num:")).map((tag) => Number(tag.slice(4)));
  const [single] = numbers;
  if (list.includes("diag") || numbers.length === 0) {
    return sum(ways.map((way) => [way, single ?? 1]));
  }
  const numberFirst =
    list.findIndex((tag) => tag.startsWith("num:")) < list.findIndex((tag) => tag in WAYS);
  let pending: number | undefined;
  const amounts: [string, number][] = [];
  for (const tag of list) {
    if (tag in WAYS) {
      amounts.push([tag, numberFirst ? pending ?? 1 : 1]);
      pending = undefined;
    } else if (tag.startsWith("num:")) {
      const value = Number(tag.slice(4));
      if (numberFirst) pending = value;
      else amounts.at(-1)![1] = value;
    }
  }
  return sum(amounts);
}

function sum(amounts: readonly (readonly [string, number])[]): readonly [number, number] {
  const along = (axis: 0 | 1) => amounts.reduce((n, [way, by]) => n + WAYS[way]![axis]! * by, 0);
  return [along(0) + 0, along(1) + 0];
}

function firstNumber(tags: string): number {
  return Number(/num:(\d+)/.exec(tags)?.[1] ?? 1);
}
