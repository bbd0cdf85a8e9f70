import { rotation } from "../grid/ops.ts";
import { bad, type Reading, steps } from "../read/reading.ts";

const TURN = /\b(?:rot|turn)\b/;
const BY_ITSELF =
  /^(?:to )?(?:num:-?\d+ (?:deg )?(?:cw|ccw)|(?:cw|ccw) (?:to )?num:\d+|num:-?(?:90|180|270|360)(?: deg)?|num:-?\d+ deg)(?: to (?:left|right))?$/;

/** Turns: "rotate 90 degrees clockwise", "a quarter turn to the left", "spin it around". */
export function readTurn(tags: string): Reading {
  const isFlipByDegrees = /\bflip\b/.test(tags) && /num:\d+ deg/.test(tags);
  const isFraction = /\b(?:quarter|half) (?:turn|rot|cw|ccw)\b/.test(tags);
  if (!TURN.test(tags) && !BY_ITSELF.test(tags) && !isFraction && !isFlipByDegrees) {
    return undefined;
  }
  if (/\bturn\b/.test(tags) && !/\brot\b/.test(tags) && namesAnotherChange(tags)) return undefined;
  const degrees = readDegrees(tags);
  if (degrees === undefined || degrees % 90 !== 0) {
    return bad(`A turn of ${degrees ?? "that many"} degrees is no multiple of 90`);
  }
  return steps(rotation((degrees / 90) * (turnsBack(tags) ? -1 : 1)));
}

/** "turn red into green", "turn rows into columns". */
function namesAnotherChange(tags: string): boolean {
  return /\bturn\b.*\b(?:color|row|col|obj)\b/.test(tags) ||
    /\bturn (?:to color|each num)/.test(tags) ||
    /\bturn (?:\S+ )?num:\d to num:\d/.test(tags);
}

function readDegrees(tags: string): number | undefined {
  if (/\bhalf (?:a )?(?:turn|rot|cw|ccw|around)/.test(tags)) return 180;
  const quarters = /\bnum:(\d+) quarter/.exec(tags);
  if (quarters) return Number(quarters[1]) * 90;
  if (/\bquarter\b/.test(tags)) return 90;
  if (/\bright angle/.test(tags)) return 90;
  const number = /num:(-?\d+(?:\.\d+)?)(?! quarter)/.exec(tags.replace(/num:\S+ times/g, ""));
  if (number) {
    const value = Number(number[1]);
    // "rotate by 1" would be a quarter turn for some and a degree for others.
    return value;
  }
  if (/\b(?:upside|around)\b/.test(tags)) return 180;
  return 90;
}

function turnsBack(tags: string): boolean {
  if (/\bccw\b/.test(tags)) return true;
  if (/\bcw\b/.test(tags)) return false;
  return /\bleft\b/.test(tags) && !/\bleft right\b/.test(tags);
}
