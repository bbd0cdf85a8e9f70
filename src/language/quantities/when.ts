import { type Context, covers, isGlued, isPhraseEnd, norm } from "./context.ts";
import { readNumeral } from "./numeral.ts";
import type { Quantity, QuantityKind } from "./types.ts";

const DAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekday|weekend)s?";
const SHORT_DAY = "(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)";
const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december|" +
  "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)";
const UNIT =
  "(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|months?|years?|yrs?|" +
  "quarters?|fortnights?|weekends?|mornings?|evenings?|afternoons?)";
const PART = "(?: (?:morning|afternoon|evening|night|noon))?";
const AT = "(?:at |by |until |till |before |after |from |around |on |since )?(?:the )?";
const END = "(?= |$)";

const CLOCK = [
  `${AT}\\d{1,2} : \\d{2}(?: : \\d{2})?(?: (?:am|pm|a\\.m|p\\.m)(?: \\.)?)?(?: (?:utc|gmt|est|cet|pst))?`,
  `${AT}\\d{1,2}(?:\\.\\d{2})? (?:am|pm|a\\.m|p\\.m)(?: \\.)?(?: (?:utc|gmt|est|cet|pst))?`,
  `${AT}(?:\\d{1,2}|[a-z]+) (?:o'clock|oclock)`,
  `${AT}(?:noon|midday|midnight|sunrise|sunset|dawn|dusk)`,
  "(?:at )?(?:half|quarter|a quarter|ten|five|twenty) (?:past|to) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,2})",
  "later(?: (?:today|tonight|on|this week|this month))?",
  "(?:in|after) a (?:bit|while|moment|minute|second|sec|few (?:seconds|minutes|hours|days|weeks|months))",
  "(?:soon|shortly|presently|by and by|sometime|someday|eventually|tonight|(?:this|in the|by the) (?:morning|afternoon|evening)|at night|overnight)",
];
const DATE = [
  `(?:by |until |till |before |after |from |on |since )?(?:the day after )?(?:tomorrow|yesterday)${PART}`,
  `${AT}(?:this|next|last|coming|following|previous) (?:${DAY}|${SHORT_DAY}|day|week|month|quarter|year|season)${PART}`,
  `(?:on |by |until |till |before |after |from |since |come )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)${PART}`,
  `(?:on|by|until|till|before|after|since) (?:the )?(?:${SHORT_DAY}|weekends?|weekdays?)`,
  `(?:at |by |before |after |until )?(?:the )?(?:end|start|beginning|middle) of (?:the |this |next )?(?:day|week|month|quarter|year|season)`,
  "(?:by |at |before )?(?:eod|eow|eom|eoy)",
  `(?:on |by |until |before |after |since )?(?:the )?\\d{1,2}(?:st|nd|rd|th)? (?:of )?${MONTH}(?:(?: ,)? \\d{4})?`,
  `(?:on |by |until |before |after |since )?${MONTH} \\d{1,2}(?:st|nd|rd|th)(?:(?: ,)? \\d{4})?`,
  `(?:on|by|until|before|after|since) ${MONTH} \\d{1,2}(?:(?: ,)? \\d{4})?`,
  "(?:on|by|until|till|before|after|from|since|come) (?:[a-z']+ ){1,2}(?:day|eve)(?: [a-z]+)?",
  "(?:on |by |until |before |after |since )?\\d{4} - \\d{1,2} - \\d{1,2}",
  "(?:on |by |until |before |after |since )?\\d{1,2} [/-] \\d{1,2} [/-] (?:\\d{4}|\\d{2})",
  "\\d{1,2}\\.\\d{1,2}\\.\\d{4}",
  "in (?:early |mid |late )?(?:january|february|april|june|july|august|september|october|november|december)",
  "(?:on|by|until|before|since) \\d{1,2} / \\d{1,2}",
  "(?:on|by|until|before|after|since) the \\d{1,2}(?:st|nd|rd|th)",
];
const SCHEDULE = [
  "(?:daily|weekly|monthly|hourly|yearly|annually|nightly|quarterly|biweekly|bi - weekly|fortnightly|annual)",
  "(?:once|twice|thrice|one time|\\d+ times|(?:two|three|four|five|six|ten) times) (?:a|an|per|every|each) [a-z]+",
  `(?:once|twice) every(?: (?:\\d+|[a-z]+))? ${UNIT}`,
  `every (?:other |second |third |single |few |\\d+(?:st|nd|rd|th)? |(?:two|three|four|five|six|seven|ten|twelve) )?(?:- )?(?:${UNIT}|${DAY}|${SHORT_DAY}|time|block|epoch|h|m|d|w)`,
  `(?:each|per) (?:${UNIT}|${DAY}|time|block|epoch)`,
  `(?:on )?(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|weekdays|weekends)`,
  `(?:an?|/) (?:second|minute|hour|day|week|month|year)`,
  "(?:recurring|repeatedly|regularly|periodically|24 / 7|around the clock|continuously|on a schedule)",
];

const PHRASES: readonly (readonly [QuantityKind, RegExp])[] = [
  ["schedule", anyOf(SCHEDULE)],
  ["date", anyOf(DATE)],
  ["time", anyOf(CLOCK)],
];

function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join("|")})${END}`);
}

const TIME_UNIT = new RegExp(`^(?:${UNIT}|h|s|d|w|y|mo|ms)$`);
const FROM_NOW = /^(?:from now|later|ago|from today|hence|before now|out)(?= |$)/;
const IN = /^(?:in|within|after|inside|every|each)$/;

/** A moment, a day, a stretch or a repetition; words of urgency ("now", "today") are none. */
export function readWhen(context: Context, index: number, hasAmount: boolean): Quantity | null {
  const spell = readSpell(context, index);
  if (spell) return spell;
  for (const [kind, pattern] of PHRASES) {
    const length = covers(context, index, pattern);
    if (length === 0) continue;
    // "a day" repeats an amount that was said; alone it is a word like another
    const isArticle = /^(?:an?|\/)$/.test(norm(context, index));
    if (isArticle && !(hasAmount && isPhraseEnd(context, index + length))) return null;
    return { from: index, to: index + length, kind };
  }
  return null;
}

/** A number of units of time: "in 2 hours", "for half an hour", "30-day", "10 minutes from now". */
function readSpell(context: Context, index: number): Quantity | null {
  const before = norm(context, index);
  const hasPrefix = IN.test(before) || before === "for";
  const at = hasPrefix ? index + 1 : index;
  const skip = hasPrefix ? covers(context, at, /^(?:the next|another|about|around)(?= )/) : 0;
  const next = at + skip;
  const end = afterSpell(context, next, hasPrefix);
  if (end === 0) return null;
  // "in forty minutes' time", "in an hour's time"
  const to = end + covers(context, end, /^(?:' )?time(?= |$)/);
  const kind = IN.test(before) ? (/^e/.test(before) ? "schedule" : "time") : "duration";
  if (kind === "duration") {
    const later = covers(context, to, FROM_NOW);
    if (later) return { from: index, to: to + later, kind: "time" };
  }
  return { from: index, to, kind };
}

function afterSpell(context: Context, index: number, hasPrefix: boolean): number {
  // 10m is ten million, but ten minutes in "in 10m"
  const isMinutes = /^\d{1,3}m$/.test(norm(context, index)) && hasPrefix &&
    norm(context, index - 1) !== "for" && isPhraseEnd(context, index + 1);
  if (isMinutes) return index + 1;
  if (/^an?$/.test(norm(context, index)) && hasPrefix && TIME_UNIT.test(norm(context, index + 1))) {
    return index + 2;
  }
  const numeral = readNumeral(context, index);
  if (!numeral) return 0;
  let to = numeral.to;
  if (numeral.form !== "plain") {
    if (norm(context, to) === "of") to++;
    if (/^an?$/.test(norm(context, to))) to++;
  }
  if (norm(context, to) === "-") to++;
  // "4,500 S": a ticker, and no seconds
  const isTicker = !hasPrefix && !context.isShouting && !isGlued(context, to) &&
    context.tokens[to]?.text === "S";
  return TIME_UNIT.test(norm(context, to)) && !isTicker ? to + 1 : 0;
}
