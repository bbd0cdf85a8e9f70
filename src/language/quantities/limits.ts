import {
  type Context,
  covers,
  isAsset,
  isGlued,
  isPhraseEnd,
  norm,
  normsFrom,
  refused,
} from "./context.ts";
import { readCounted } from "./counted.ts";
import { isNumberWord } from "./number_words.ts";
import { readAll } from "./whole.ts";
import type { Quantity } from "./types.ts";

const BOUND = new RegExp(
  "^(?:up to|upto|at least|at most|at minimum|at maximum|(?:no|not) (?:more|less|fewer|higher|lower|greater) than|" +
    "more than|less than|fewer than|greater than|higher than|lower than|over|under|above|below|" +
    "beyond|exceeding|not exceeding|(?:no|not) (?:above|over|beyond|to exceed)|minimum|maximum|min \\.|max \\.|min|max|minimal|maximal|" +
    "(?:a|the) (?:minimum|maximum|max|min) of|(?:maximum|minimum|max|min) (?:of|:|=)|capped at|" +
    "limited to|(?:a |the )?(?:limit|cap) of|no (?:lower|higher) than|upwards of|north of|" +
    "south of|as (?:much|many|little|few) as|anything (?:up to|over|under)|" +
    "[<>]|[<>]=|=[<>])(?= |$)",
);
/** "max slippage 1%", "min health factor of 1.5". */
const NAMED_BOUND =
  /^(?:max|min|maximum|minimum) (?:[a-z]+ ){1,2}?(?:of |is |at |: |= )?(?=[\d.$])/;
const APPROXIMATE = new RegExp(
  "^(?:about|around|approximately|approx \\.|approx|roughly|circa|ca \\.|ca|nearly|almost|close to|some|~|±|\\+ / -|" +
    "like|maybe|perhaps|probably|say|say ,|something like|in the region of|in the ballpark of|in the neighbou?rhood of|" +
    "somewhere around|a little over|a little under|just over|just under|just about|give or take|" +
    "an estimated|more or less|well over|a bit (?:more|less) than)(?= |$)",
);
const AFTER_BOUND = new RegExp(
  "^(?:or (?:more|less|fewer|higher|lower|above|below|under|over|greater)|and (?:up|above|over|below|under)|" +
    "at (?:most|least|max|minimum|maximum)|max|maximum|min|minimum|tops|or better)(?= |$)",
);
const AFTER_APPROXIMATE =
  /^(?:or so|~|plus or minus|\+ \/ -|- ish|ish|more or less|give or take|or thereabouts|-? odd|or something|approximately|approx)(?= |$)/u;
const BETWEEN = /^(?:between|from|anywhere (?:between|from)|somewhere between)(?= |$)/;
const CONNECTOR = /^(?:or|-|to|~|\.\.|\.\.\.|through|thru|till|until|vs)$/;

/** A limit or an estimate in front of a quantity: "up to 5", "about half of my". */
export function readLimited(context: Context, index: number): Quantity | null {
  let at = index;
  let kind: "bound" | "approximate" | null = null;
  for (let prefixes = 0; prefixes < 3; prefixes++) {
    const bound = covers(context, at, BOUND);
    const near = bound ? 0 : covers(context, at, APPROXIMATE);
    if (bound + near === 0) break;
    // "I would like 5" estimates nothing
    const isWish = norm(context, at) === "like" &&
      /(?:'d|^id|^would|^should|^i|^we|^really|^also)$/.test(norm(context, at - 1));
    // "that is to say twenty" estimates nothing either
    if (isWish || norm(context, at) === "say" && norm(context, at - 1) === "to") break;
    kind ??= bound ? "bound" : "approximate";
    at += bound + near;
  }
  if (kind) {
    const limited = readCounted(context, at) ?? readAll(context, at);
    if (limited) {
      const bad = refused(context, index, limited.to, kind, kind);
      // "at most one percent slippage": what the limit is
      return kind === "bound" && limited.kind === "percent" && limited.value !== undefined
        ? { ...bad, value: limited.value }
        : bad;
    }
  }
  const named = covers(context, index, NAMED_BOUND);
  const limit = named ? readCounted(context, index + named) : null;
  return limit && refused(context, index, limit.to, "bound", "bound");
}

/** "between 5 and 10", "from 5 to 10". */
export function readBetween(context: Context, index: number): Quantity | null {
  const words = covers(context, index, BETWEEN);
  if (words === 0) return null;
  const first = readCounted(context, index + words);
  if (!first) return null;
  const isFrom = norm(context, index) === "from";
  for (const at of [first.to, first.to + 1]) {
    if (!(isFrom ? /^(?:to|-|until|till)$/ : /^(?:and|to|-|&)$/).test(norm(context, at))) continue;
    const second = readCounted(context, at + 1);
    if (second) return refused(context, index, second.to, "range", "range");
  }
  // "between 5 and" alone leaves the second number open; "from 5 ETH" is a source
  return isFrom ? null : refused(context, index, first.to, "range", "range");
}

/** What stands behind a quantity and takes its one sense: "5-10", "5 ETH or 6", "5 or more", "5+". */
export function readBehind(context: Context, quantity: Quantity): Quantity {
  const again = readAgain(context, quantity);
  if (again) return again;
  const { from, to } = quantity;
  const isNumber = /^(?:amount|money|fraction|percent|all|unreadable)$/.test(quantity.kind);
  if (!isNumber) return quantity;
  // "half of half"
  if (norm(context, to) === "of" && /^(?:fraction|percent)$/.test(quantity.kind)) {
    const inner = readCounted(context, to + 1);
    if (/^(?:fraction|percent)$/.test(inner?.kind ?? "")) {
      return refused(context, from, inner!.to, "multiplier", "multiplier");
    }
  }
  if (norm(context, to) === "+" && isGlued(context, to) && !readCounted(context, to + 1)) {
    return refused(context, from, to + 1, "bound", "bound");
  }
  const hasNoun = context.tokens[to]?.kind === "word" || context.tokens[to]?.kind === "symbol";
  for (const at of hasNoun && !isPhraseEnd(context, to) ? [to, to + 1] : [to]) {
    const range = readSecond(context, quantity, at);
    if (range) return range;
    const near = covers(context, at, AFTER_APPROXIMATE) || (isDoubted(context, at) ? 1 : 0);
    if (near) return refused(context, from, at + near, "approximate", "approximate");
    const bound = covers(context, at, AFTER_BOUND);
    const isOpen = /^(?:max|min)/.test(norm(context, at)) && !isPhraseEnd(context, at + bound);
    if (bound && !isOpen) {
      const bad = refused(context, from, at + bound, "bound", "bound");
      // "half a percent slippage at most": what the limit is
      return quantity.kind === "percent" && quantity.value !== undefined
        ? { ...bad, value: quantity.value }
        : bad;
    }
  }
  return quantity;
}

/** "5? ETH", "5 ETH? into aave": a clause goes on behind the sign, which ends none then. */
function isDoubted(context: Context, at: number): boolean {
  return norm(context, at) === "?" &&
    (isAsset(context, at + 1) ||
      /^(?:in|into|onto|on|to|from|at|with|of|via|against|out)$/.test(norm(context, at + 1)));
}

/** "5 (five)": said twice is one amount. */
function readAgain(context: Context, { to, ...quantity }: Quantity): Quantity | null {
  if (norm(context, to) !== "(") return null;
  const second = readCounted(context, to + 1);
  if (!second || second.kind !== "amount" || norm(context, second.to) !== ")") return null;
  const isSame = quantity.kind === "amount" && second.value === quantity.value;
  return isSame ? { ...quantity, to: second.to + 1 } : null;
}

/** A second number: "or 6", "- 10", and in a list ", 234" or "and 6" with no noun between. */
function readSecond(context: Context, { from, to, kind }: Quantity, at: number): Quantity | null {
  if (kind === "all") return null;
  const word = norm(context, at);
  const isRatio = word === ":" && isGlued(context, to) && isGlued(context, to + 1);
  const isList = at === to && (isRatio || /^(?:,|and|\/|;|&|\.)$/.test(word));
  const isRange = CONNECTOR.test(word) && (at === to || word === "or" || word === "-");
  if (!isList && !isRange) return null;
  // "not 50, 500": what is meant instead
  if (word === "," && norm(context, from - 1) === "not") return null;
  const second = readCounted(context, at + 1);
  if (!second || !/^(?:amount|money|percent|fraction|unreadable)$/.test(second.kind)) return null;
  // a list goes on: all of it is one refusal
  let end = second.to;
  while (/^(?:,|or|-|\/|and)$/.test(norm(context, end))) {
    const isDigits = context.tokens[end + 1]?.kind === "number";
    const next = isDigits ? end + 2 : readCounted(context, end + 1)?.to;
    if (next === undefined) break;
    end = next;
  }
  return refused(context, from, end, "range", "range");
}

const EXCEPT =
  /^(?:all|everything|the lot|it all|every thing) (?:but|except|except for|excepting|excluding|minus|less|save|besides|bar|apart from|other than|aside from)(?= |$)/;
const EXCEPT_ALONE =
  /^(?:not (?:all|everything)(?: but)?|except for|except|excepting|excluding|apart from|aside from|all but|everything but)(?= |$)/;
const KEEP =
  /^(?:but|less|and keep|and leave|but keep|but leave|but for|keep|keeping|leave|leaving|retain|retaining|holding back|hold back|reserving|reserve)(?= |$)/;
const WEAK_KEEP = /^(?:minus|besides|save)(?= |$)/;

/** "all but 1", "everything except 1 ETH"; and behind a whole or a share "minus 1", "but keep 1". */
export function readException(context: Context, index: number, hasWhole: boolean): Quantity | null {
  // "not 400 but 300"
  if (norm(context, index) === "but" && norm(context, index - 2) === "not") return null;
  const length = covers(context, index, EXCEPT) || covers(context, index, EXCEPT_ALONE) ||
    covers(context, index, KEEP) || (hasWhole ? covers(context, index, WEAK_KEEP) : 0);
  if (length === 0 || norm(context, index) === "but" && isContrast(context, index)) return null;
  const bare = normsFrom(context, index, length);
  const skip = /^(?:the|for|my|about|exactly|only|just)$/.test(norm(context, index + length))
    ? 1
    : 0;
  const kept = readCounted(context, index + length + skip);
  const isNamed = EXCEPT.test(bare) || EXCEPT_ALONE.test(bare);
  if (!kept) {
    return isNamed ? refused(context, index, index + length, "exception", "exception") : null;
  }
  return refused(context, index, kept.to, "exception", "exception");
}

/** "not 10 but 100 DAI", "not 500 and not 600 but 550": what is meant, and no exception. */
function isContrast(context: Context, index: number): boolean {
  if (readCounted(context, index + 1) === null) return false;
  for (let at = index - 1; at >= 1 && at >= index - 3; at--) {
    if (norm(context, at - 1) === "not") {
      return context.tokens[at]!.kind === "number" || isNumberWord(norm(context, at));
    }
  }
  return false;
}

/** "-5", "minus 5", "negative five", "-$5", "ETH-5". A dash with room behind it is only a dash. */
export function readNegative(context: Context, index: number): Quantity | null {
  const word = norm(context, index);
  const isSign = word === "-" && isGlued(context, index + 1);
  const isWord = /^(?:minus|negative)$/.test(word);
  const isBehindSign = /^(?:\$|us\$|€|£)$/.test(word) && norm(context, index + 1) === "-";
  if (!isSign && !isWord && !isBehindSign) return null;
  const counted = readCounted(context, index + (isBehindSign ? 2 : 1));
  return counted && refused(context, index, counted.to, "unreadable", "negative");
}
