import { cleanPrompt, type Span } from "./clean.ts";
import { STEP_VERBS, WEAK_STEP_VERBS } from "./lexicon.ts";
import { ASSETS } from "./slots.ts";
import { MAX_PROMPT_LENGTH } from "./nonexec.ts";
import { everywhere, words } from "./pattern.ts";
import { orderPieces, type Piece } from "./segment_order.ts";

/** One order of a prompt. */
export interface Segment {
  /** The words of the original that ask for it. */
  readonly text: string;
  /** Where they stand: a range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: Span;
  /** The same as an order: "depositing it" and "you've deposited it" as "deposit it". */
  readonly order: string;
}

const longestFirst = (names: readonly string[]) =>
  [...names].sort((a, b) => b.length - a.length).join("|");
const STRONG = `(?:${longestFirst(STEP_VERBS)})\\b`;
const WEAK = `(?:${longestFirst(WEAK_STEP_VERBS)})\\b`;
const ING = "(?:deposit|supply|lend|withdraw|redeem|swapp|trad|exchang|convert|sell|borrow|repay|" +
  "pay|stak|restak|delegat|unstak|undelegat|unlock|claim|harvest|collect|buy|bridg|mov|putt|" +
  "tak|pull|remov|clos|settl)ing\\b";
const DONE = "(?:deposited|supplied|lent|withdrawn|withdrew|redeemed|swapped|traded|exchanged|" +
  "converted|sold|borrowed|repaid|paid|staked|restaked|unstaked|" +
  "claimed|harvested|collected|bought)\\b";
/** "Once that's done", "when it arrives". */
const WAITS =
  "(?:once|when|after|as soon as) (?:it|that|this|they|you)(?:'s|'re|'ve| is| are| has| have)?" +
  "(?: been)?(?: arrives?| arrived| done| finished| completed?| through| settles?| cleared?)?";
/** What stands between a join and the verb: "please", "can you", "the next thing is to". */
const LEAD =
  "(?:(?:please|pls|kindly|also|just|now|then|next|finally|lastly|first(?:ly)?|second(?:ly)?|" +
  "third(?:ly)?|" +
  "fourth|last|afterwards?|after that|to|go|let's|lets|go ahead and|can you|could you|would you|" +
  "i want to|i'd like to|i would like to|i need to|" +
  "we|you|i|use (?:it|them|that) to|proceed to|simply|" +
  `immediately|quickly|${WAITS}|` +
  "subsequently|once done|when done|with (?:it|that|them|this|the proceeds)|right then|meanwhile|" +
  "while (?:you're |you are )?at it|" +
  "as (?:a|the|my) (?:first|second|next|last|final) (?:step|thing)|" +
  "right after(?: that)?|step \\d+|and|but|so|\\d+[.)](?!\\d))[\\s,:]+)*";
/** "Start by", "continue with". */
const BY = "(?:start|begin|continue|go on|finish|end|conclude)(?: off)? (?:with|by)";
const WHAT =
  "(?:\\$?\\d|it\\b|them\\b|that\\b|those\\b|the\\b|half\\b|all\\b|my\\b|everything\\b|max\\b|" +
  `some\\b|another\\b|(?:out )?an? (?:[\\w.,]+ ){0,3}(?:loan|position)\\b|rewards?\\b|(?:${
    longestFirst(ASSETS)
  })\\b)`;
const STEP = `(?:${STRONG}(?!\\s*(?:rewards|fees|pools?|history)\\b(?<!(?:claim|harvest|` +
  `collect)\\s*\\w+))|${WEAK}\\s+${WHAT}|${BY}\\s+${ING})`;
/** "Deposit nothing, just …" and "delegate it? No, …" order what follows alone. */
const TAKEN_BACK = /^\w+ nothing$|\? *no$/;
const BEFORE_AFTER =
  `(?:before|after|once|when|as soon as|prior to)\\s+(?:first\\s+)?(?:(?:you|you've|you have|` +
  `having|i|we|i've|we've)\\s+)?`;
const ORDERED = new RegExp(
  `^(?:(?:but|and)\\s+)?(?:only\\s+)?${BEFORE_AFTER}(?:${STEP}|${ING}|${DONE})`,
  "u",
);
/** A verb early on: "the usdc, stake it" is an order as well. */
const HAS_STEP = new RegExp(
  `^[^,;]{0,40}\\b(?:${STRONG}|${WEAK}\\s+${WHAT}|(?:stop|quit|end)\\s+${ING})`,
  "u",
);
const STARTS_STEP = new RegExp(`^[\\s"'(-]*${LEAD}${STEP}`, "u");

/** Between steps in so many words: what follows is a step of its own. */
const HARD = everywhere`\s*(?:;|\n|[,.]?\s*(?:and\s+|but\s+)?(?<!(?:since|by|until|until|back|
    now) )\bthen\b(?!\s*$)|[,.]?\s*\band (?:after(?:wards?| that)|finally|lastly|next|
    subsequently)\b|[,.]\s*\b(?:after(?:wards| that)|finally|lastly|next|subsequently|
    followed by)\b|\bfollowed by\b)[\s,:]*`;
/** Where a step may begin, if an order follows. */
const SOFT =
  everywhere`\s*(?:[,.!]?\s*->|=>|→|>{1,2}|[,.!:]?\s+(?:(?:and|plus|but first|but)\b|[&+](?=\s)|
    \(?\d{1,2}[.)](?=\s))|[,.!:](?!\d)|\s-(?=\s)|,?\s+(?:in order
    \x20to|so (?:that )?(?:i|we|you) can)\b)[\s,:]*|\s+(?=(?:but |only )*(?:before|after|
    once)\s)`;

/**
 * Splits a prompt into its orders, in the order in which they are to be carried out.
 *
 * Splits at "then", "and then", `->`, `→`, `;`, line ends, and at a comma, a full stop or "and"
 * where a verb with its object follows: "swap ETH and USDC" stays one order. "Before you stake X,
 * swap Y" and "deposit X after claiming Y" come out in the order of time; their spans show where
 * each stood. An order is kept as often as it is given, except twice in a row.
 *
 * @param prompt Text of a person. A blank one has no orders, nor has one of more than
 * {@linkcode MAX_PROMPT_LENGTH} characters.
 *
 * @example
 * ```ts
 * import { splitSteps } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const steps = splitSteps("before you stake 2 ETH, swap 5,000 USDC for ETH");
 * assertEquals(steps.map((step) => step.text), ["swap 5,000 USDC for ETH", "stake 2 ETH"]);
 * assertEquals(steps[1]?.span, [11, 22]);
 * ```
 */
export function splitSteps(prompt: string): Segment[] {
  const { text, toOriginal } = cleanPrompt(prompt);
  if (text.length > MAX_PROMPT_LENGTH) return [];
  const pieces = cutHard(text).flatMap((range) => cutSoft(text, range));
  const ordered = orderPieces(text, pieces).map(([from, to]) => trim(text, from, to));
  const segments: Segment[] = [];
  let last = "";
  for (const [from, to] of ordered) {
    const words = text.slice(from, to);
    if (words === "" || words === last || TAKEN_BACK.test(words)) continue;
    last = words;
    const span = toOriginal(from, to);
    const said = prompt.slice(...span);
    segments.push({ text: said, span, order: asOrder(said) });
  }
  return segments;
}

/** Ranges between the joins that always part; a fragment without a letter joins no list. */
function cutHard(text: string): Piece[] {
  return cut(text, [0, text.length], HARD, (range) => /\p{L}/u.test(text.slice(...range)));
}

/** Ranges between commas, arrows and the like, where an order stands on both sides. */
function cutSoft(text: string, range: Piece): Piece[] {
  return cut(text, range, SOFT, (right, left) => {
    const words = text.slice(...right);
    const before = text.slice(...left);
    if (!isStep(before)) return false;
    if (ORDERED.test(words)) return true;
    return STARTS_STEP.test(words) && !completes(before, words);
  });
}

function cut(
  text: string,
  [from, to]: Piece,
  joint: RegExp,
  parts: (right: Piece, left: Piece) => boolean,
): Piece[] {
  const pieces: Piece[] = [];
  let start = from;
  for (const match of text.slice(from, to).matchAll(joint)) {
    const at = from + match.index;
    const next = from + match.index + match[0].length;
    if (!parts([next, to], [start, at])) continue;
    if (/\p{L}/u.test(text.slice(start, at))) pieces.push([start, at]);
    // "but first" belongs to what follows: it tells the order
    const first = /\bbut first\b/.exec(match[0]);
    start = first ? at + first.index : next;
  }
  return [...pieces, [start, to]];
}

/** True if a piece is an order by itself, with or without "before" or "after" in front. */
function isStep(words: string): boolean {
  return STARTS_STEP.test(words) || ORDERED.test(words.trimStart()) ||
    HAS_STEP.test(words);
}

/**
 * "Sell 2 ETH and buy DAI with it" is one swap; "put it to use as collateral and borrow" one
 * loan.
 */
function completes(left: string, right: string): boolean {
  if (/^\W*(?:\w+\W+){0,3}?(?:sell|dump|unload|ditch|offload)\b/.test(left)) {
    return /^\W*(?:buy|get|purchase|grab|take)\b/.test(right);
  }
  if (
    words`^\W*(?:and |then )?(?:send|put|move|return|take|get)\s+(?:it|them|that|the \w+|
      everything) (?:(?:back|over) )?(?:in|to|into) (?:my |the )?(?:\w+ )?(?:wallet|account|
      address|ledger)\b`
      .test(right)
  ) return true;
  if (
    /^\W*(?:send|return|give|take|get|put) (?:it|them|that|everything|all)(?: all)? (?:back|home)\b/
      .test(right)
  ) {
    return true;
  }
  if (/^\W*(?:take|use|spend) [^,;]* (?:from|in) my wallet\W*$/.test(left)) {
    return /^\W*(?:repay|pay|settle|clear|deposit|supply|lend|stake|swap)\b/.test(right);
  }
  return /\b(?:to use|as collateral)\s*$/.test(left) && /^\W*borrow\b/.test(right);
}

const FRONT = new RegExp(
  `^[\\s,.:;!()>"-]*(?:(?:but|and|so|then|next|finally|lastly|first(?:ly)?|second(?:ly)?|` +
    `third(?:ly)?|afterwards?|` +
    `after that|before (?:that|this)|${WAITS}|meanwhile|with (?:it|that|them|this|the proceeds)|` +
    `while (?:you're |you are )?at it|as (?:a|the|my) (?:first|second|next|last|final) ` +
    `(?:step|thing)|${BY}(?=\\s+${ING})|subsequently|step \\d+|only)\\b[\\s,.:)]*|` +
    `\\d+[.)](?!\\d)\\s*|${BEFORE_AFTER}(?=${STEP}|${ING}|${DONE}))*`,
  "u",
);

const BASES = new Map(
  [...STEP_VERBS, "buy", "put", "move"].filter((verb) => !verb.includes(" ")).flatMap((verb) =>
    formsOf(verb).map((form) => [form, verb] as const)
  ),
);

/** Turns a first word such as "depositing" or "deposited" into the verb that orders it. */
function asOrder(said: string): string {
  return said.replace(/^[A-Za-z]+/, (word) => BASES.get(word.toLowerCase()) ?? word);
}

function formsOf(verb: string): string[] {
  const irregular: Readonly<Record<string, string[]>> = {
    lend: ["lent"],
    withdraw: ["withdrew", "withdrawn"],
    sell: ["sold"],
    buy: ["bought"],
    repay: ["repaid"],
    swap: ["swapping", "swapped"],
    put: ["putting"],
    supply: ["supplied"],
  };
  const stem = verb.replace(/e$/, "");
  return [`${stem}ing`, `${stem}ed`, ...irregular[verb] ?? []];
}

/** Leaves out joins in front and stops behind. */
function trim(text: string, from: number, to: number): Piece {
  const front = FRONT.exec(text.slice(from, to))![0].length;
  const body = text.slice(from + front, to);
  const end = body.replace(/(?:[\s,.:;!?>&-]|(?<=\s)(?:and|first|but))+$/u, "").length;
  return [from + front, from + front + end];
}
