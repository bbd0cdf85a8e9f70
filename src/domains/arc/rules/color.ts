import type { ColorChange } from "../grid/ops.ts";
import { bad, missing, type Reading, steps } from "../read/reading.ts";

const C = String.raw`(?:(?:value )?(?:color|num):-?\d+(?: value)?|obj)`;
const PAIR = new RegExp(
  String.raw`(${C})(?: obj)? (?:put|turn|change|make|recolor|to|flip|value| )*(${C})`,
  "g",
);

/** Colours: "change red to green", "paint 3s blue", "swap 1 and 2", "erase the blue cells". */
export function readColor(tags: string): Reading {
  const verb = /\b(?:recolor|change|make|swap|turn|put|remove|flip|wherever)\b/.exec(tags)?.[0];
  const hasColor = /\bcolor:/.test(tags);
  const digits =
    /\bnum:\d+ to (?:value )?num:\d+|\b(?:make|turn) (?:each )?num:\d num:\d$|\bnum:\d neg num:\d$/
      .test(
        tags,
      );
  if (/\b(?:row|col|border|crop|pad|deg|scale|tile|copies)\b/.test(tags)) return undefined;
  if (/\bhole\b/.test(tags)) return { refusal: "unsupported", detail: "Holes cannot be filled" };
  if (/\bswap\b/.test(tags) && (hasColor || /num:\d (?:and|to) num:\d/.test(tags))) {
    return readSwap(tags);
  }
  if (verb === "remove") return hasColor ? readErase(tags) : undefined;
  const copula = new RegExp(`^(?:to )?${C} neg ${C}$`).test(tags) ||
    new RegExp(`^(?:each )?${C} (?:obj )?to ${C}`).test(tags);
  const isAbout = verb === undefined
    ? copula && (hasColor || /\bneg\b/.test(tags))
    : hasColor || digits || verb === "recolor" || /\bchange\b.*\bvalue\b/.test(tags);
  if (!isAbout) return undefined;
  return readInverted(tags) ?? readPairs(tags) ?? readSingle(tags);
}

function readSwap(tags: string): Reading {
  const colors = [...tags.matchAll(/\b(?:color|num):(\d+)/g)].map((match) => Number(match[1]));
  if (colors.length !== 2) return missing("A swap needs two colours");
  const [a, b] = colors as [number, number];
  return map([{ from: a, to: b }, { from: b, to: a }]);
}

function readErase(tags: string): Reading {
  return map(
    [...tags.matchAll(/\bcolor:(\d+)/g)].filter((m) => m[1] !== "0").map((match) => ({
      from: Number(match[1]),
      to: 0,
    })),
  );
}

/** "put blue where there is orange", "wherever there is orange, put blue", "use green instead of red". */
function readInverted(tags: string): Reading {
  const paint = "(?:put |recolor |make )*";
  const before = new RegExp(`^(?:wherever) (?:to )?(${C}) (?:comma )?${paint}(${C})$`).exec(tags);
  if (before) return map([{ from: colorOf(before[1]!), to: colorOf(before[2]!) as number }]);
  const at = new RegExp(`^(?:\\S+ )?${paint}(${C}) (?:wherever|neg|for)(?: to)? (${C})$`).exec(
    tags,
  );
  return at ? map([{ from: colorOf(at[2]!), to: colorOf(at[1]!) as number }]) : undefined;
}

function readPairs(tags: string): Reading {
  const found = [...tags.matchAll(PAIR)].map((match) => ({
    from: colorOf(match[1]!),
    to: colorOf(match[2]!),
  }));
  if (found.length === 0) return undefined;
  if (found.some(({ to }) => to === "*")) return missing("A change of colour needs the new colour");
  return map(found as ColorChange[]);
}

/** One colour: "color the shape red"; "recolor red" does not say to what. */
function readSingle(tags: string): Reading {
  const paint = /\b(?:recolor|make|turn|change)\b(?: obj)?(?: to)? (?:value )?color:(\d+)$/.exec(
    tags,
  );
  const named = /\bobj\b/.test(tags);
  const onto = /\bto (?:value )?color:\d+$/.test(tags) || named;
  if (paint && onto) return map([{ from: "*", to: Number(paint[1]) }]);
  return missing("A change of colour needs two colours: from and to");
}

function colorOf(text: string): number | "*" {
  return text === "obj" ? "*" : Number(/-?\d+/.exec(text)![0]);
}

function map(changes: readonly ColorChange[]): Reading {
  const odd = changes.find(({ from, to }) =>
    [from, to].some((c) => c !== "*" && !(c >= 0 && c <= 9))
  );
  if (odd) return bad("Colours are numbers from 0 to 9");
  const unique = new Map(changes.map((change) => [change.from, change]));
  if (unique.size === 0) return missing("Which colour?");
  if (unique.size < changes.length) {
    return { refusal: "ambiguous", detail: "One colour becomes two" };
  }
  return steps({ op: "recolor", map: changes });
}
