import { missing, type Reading, steps } from "../read/reading.ts";

const LEFT_RIGHT = /\bleft\b.*\bright\b|\bright\b.*\bleft\b/;
const TOP_BOTTOM = /\b(?:top|up)\b.*\b(?:bottom|down)\b|\b(?:bottom|down)\b.*\b(?:top|up)\b/;

/** Mirrors: "flip horizontally", "reflect across the vertical axis", "reverse the rows", "transpose". */
export function readFlip(tags: string): Reading {
  if (/\btransp\b/.test(tags)) {
    return steps({ op: isAnti(tags) ? "anti_transpose" : "transpose" });
  }
  if (
    /\brow\b.*\b(?:to|swap|and)\b.*\bcol\b|\bcol\b.*\b(?:to|swap|and)\b.*\brow\b/.test(tags) &&
    /\b(?:swap|turn|change|make|flip|to)\b/.test(tags) &&
    !/\b(?:rev|num|crop|keep|remove)\b/.test(tags)
  ) {
    return steps({ op: "transpose" });
  }
  if (/\bmake (?:row (?:to )?col|col (?:to )?row)$/.test(tags)) return steps({ op: "transpose" });
  if (/\bswap\b/.test(tags) && /\brow\b.*\bcol\b|\bcol\b.*\brow\b/.test(tags)) {
    return steps({ op: "transpose" });
  }
  if (/\bflip\b/.test(tags) && /\b(?:order row|row order|order col|col order)\b/.test(tags)) {
    return readReversal(tags);
  }
  if (
    /\b(?:turn|rot)\b/.test(tags) && /axis\b/.test(tags) && !/\b(?:num|quarter|half)/.test(tags)
  ) {
    return readAxis(tags);
  }
  if (/\brev\b/.test(tags) && !/\b(?:rot|color)\b/.test(tags)) return readReversal(tags);
  if (/\bswap\b/.test(tags) && !/color:/.test(tags)) return readSides(tags);
  if (/\border\b/.test(tags) && /\bchange|make\b/.test(tags)) return undefined;
  if (!/\bflip\b/.test(tags)) return readBare(tags);
  return readDiagonal(tags) ?? readAxis(tags) ?? readDirection(tags) ?? readSides(tags) ??
    missing("A mirror needs a direction: horizontally or vertically");
}

function isAnti(tags: string): boolean {
  return /\banti\b/.test(tags) ||
    /\btop right\b.*\bbottom left\b|\bbottom left\b.*\btop right\b/.test(tags);
}

function readDiagonal(tags: string): Reading {
  if (!/\b(?:diag|anti)\b/.test(tags)) return undefined;
  return steps({ op: isAnti(tags) ? "anti_transpose" : "transpose" });
}

/** A mirror line: what is mirrored across a vertical line changes left and right. */
function readAxis(tags: string): Reading {
  if (/\bways\b/.test(tags)) return steps({ op: "flip_h" }, { op: "flip_v" });
  if (/\byaxis\b/.test(tags)) return steps({ op: "flip_h" });
  if (/\bxaxis\b/.test(tags)) return steps({ op: "flip_v" });
  const line = /\b(horiz|vert)(?: \S+)? axis\b|\baxis (?:\S+ )?(horiz|vert)\b/.exec(tags);
  if (!line) return undefined;
  return steps({ op: (line[1] ?? line[2]) === "vert" ? "flip_h" : "flip_v" });
}

function readDirection(tags: string): Reading {
  const found = tags.match(/\b(?:horiz|vert)\b/g) ?? [];
  if (found.length === 0) return undefined;
  return { steps: found.map((way) => ({ op: way === "horiz" ? "flip_h" : "flip_v" } as const)) };
}

function readSides(tags: string): Reading {
  if (LEFT_RIGHT.test(tags)) return steps({ op: "flip_h" });
  if (TOP_BOTTOM.test(tags) || /\bupside\b/.test(tags)) return steps({ op: "flip_v" });
  return undefined;
}

/** Order of rows or cells in each row. */
function readReversal(tags: string): Reading {
  const line = /\b(row|col)\b(?!.*\b(?:row|col)\b)/.exec(tags)?.[1];
  if (!line) return readAxis(tags) ?? readDirection(tags) ?? readSides(tags);
  const within = /\beach\b/.test(tags);
  return steps({ op: (line === "row") === within ? "flip_h" : "flip_v" });
}

/** "upside down" alone, "left becomes right". */
function readBare(tags: string): Reading {
  if (/^(?:make )?(?:to )?upside$/.test(tags)) return steps({ op: "flip_v" });
  if (/^(?:make )?(?:left (?:side )?to right|right (?:side )?to left)\b/.test(tags)) {
    return steps({ op: "flip_h" });
  }
  if (
    /^(?:put |make )?(?:top|bottom) (?:row |side )?(?:to )?(?:bottom|top)(?: row| side)?$/.test(
      tags,
    )
  ) {
    return steps({ op: "flip_v" });
  }
  return undefined;
}
