import type { Reading, Rule } from "./reading.ts";
import { readColor } from "../rules/color.ts";
import { readCrop } from "../rules/crop.ts";
import { readFlip } from "../rules/flip.ts";
import { readPad, readScale, readTile } from "../rules/grow.ts";
import { readMove } from "../rules/move.ts";
import { readTurn } from "../rules/turn.ts";

/** The first rule that has something to say decides. */
const RULES: readonly Rule[] = [
  readIdentity,
  readTile,
  readPad,
  readScale,
  readMove,
  readCrop,
  readColor,
  readFlip,
  readTurn,
];

const REPEAT = /\b(?:twice|thrice|once|num:(\d+) times)\b/;
const SIZE = /\b(?:size|scale|wide|tall|tile|copies|stack|repeat|double|triple|x)\b/;

/** Tags of verbs that begin an action. */
export const ACTION = new RegExp(
  String
    .raw`\b(?:rot|turn|flip|rev|swap|transp|move|lift|drop|crop|cut|keep|remove|pad|add|scale|shrink|tile|` +
    String
      .raw`repeat|stack|recolor|change|subst|switch|make|put|undo|find|double|triple|quadruple|do|ident|largest|copies)\b|^(?:\S+ )?border with\b`,
);

/** Characters of the tags of a clause, some fifty words: the rules look at each from every place. */
const MAX_TAGS = 300;

/**
 * Reads the tags of one clause, with "twice" and "three times" as repeated steps.
 */
export function readClause(tags: string): Reading {
  if (tags.length > MAX_TAGS) {
    return { refusal: "too_long", detail: "A clause has too many words" };
  }
  const repeat = SIZE.test(tags) ? null : REPEAT.exec(tags);
  const count = repeat ? countOf(repeat) : 1;
  const plain = (repeat ? tags.replace(REPEAT, "") : tags)
    .replace(/\b(?:instead|again|step num:\d+(?: slash)?)\b/g, "").replace(/ +/g, " ").trim();
  const reading = readPlain(plain);
  if (!reading || !("steps" in reading) || count === 1) return reading;
  if (count > 64) return { refusal: "too_many_steps", detail: `${count} times is too often` };
  return { steps: Array.from({ length: count }, () => reading.steps).flat() };
}

function readPlain(clause: string): Reading {
  const tags = simplify(clause);
  for (const rule of RULES) {
    const reading = rule(tags);
    if (!reading) continue;
    if (
      "steps" in reading && reading.steps.some(({ op }) => WHOLE_GRID.has(op)) && picksColor(tags)
    ) {
      return {
        refusal: "unsupported",
        detail: "Turns, mirrors, moves and cuts are for the whole grid, not for one colour",
      };
    }
    return reading;
  }
  return undefined;
}

const COLOR = String.raw`(?:color|num):\d`;

/** Different words for one thing: "8 becomes 7", "switch red to blue", "exchange red with blue". */
function simplify(tags: string): string {
  return tags
    .replace(/color:0 (?=color:0)/, "")
    .replace(
      new RegExp(`^(?:each |whole )?(${COLOR}|obj) (?:obj )?become (${COLOR})$`),
      "change $1 to $2",
    )
    .replace(new RegExp(`^each (${COLOR}) to (${COLOR})$`), "change $1 to $2")
    .replace(new RegExp(`\\bswitch (?:each )?(${COLOR}) (?:obj )?to\\b`), "change $1 to")
    .replace(/\bswitch\b/, "swap")
    .replace(/\bshrink to obj\b/, "crop to obj")
    .replace(new RegExp(`\\bsubst (?:each )?(${COLOR}) (?:obj )?to (${COLOR})`), "change $2 to $1")
    .replace(/\bsubst\b/, "change")
    .replace(/^((?:to|first) )?border (?=to |with )/, "$1pad ")
    .replace(/\bhyphen /g, "")
    .replace(/\b(?:with|become)\b/g, "to")
    .replace(/^do (?=.)/, "");
}

const WHOLE_GRID: ReadonlySet<string> = new Set([
  "rotate",
  "flip_h",
  "flip_v",
  "transpose",
  "anti_transpose",
  "translate",
  "crop",
  "scale",
  "tile",
  "largest_component",
]);

function picksColor(tags: string): boolean {
  return /\bcolor:[1-9]/.test(tags);
}

function countOf(match: RegExpExecArray): number {
  if (match[1] !== undefined) return Number(match[1]);
  return match[0] === "twice" ? 2 : match[0] === "thrice" ? 3 : 1;
}

function readIdentity(tags: string): Reading {
  const rest = tags.replace(/\b(?:keep|do|make|to|put|change|step|whole)\b/g, "").trim();
  return /^ident(?: ident)*$/.test(rest.replace(/ +/g, " "))
    ? { steps: [{ op: "identity" }] }
    : undefined;
}
