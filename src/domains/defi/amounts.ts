import { everywhere } from "./pattern.ts";

/** How much of something an order asks for. */
export type Amount =
  /** Units of the asset. */
  | { readonly kind: "units"; readonly value: number; readonly text: string }
  /** Money's worth of the asset, in dollars. */
  | { readonly kind: "usd"; readonly value: number; readonly text: string }
  /** A share of what there is, above 0 and below 1. */
  | { readonly kind: "fraction"; readonly value: number; readonly text: string }
  /** As much as there is or as is allowed. */
  | { readonly kind: "all"; readonly text: string };

/** An amount and where it stands in the clean text. */
export interface FoundAmount {
  readonly amount: Amount;
  readonly start: number;
  readonly end: number;
}

const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  grand: 1e3,
  m: 1e6,
  mm: 1e6,
  mil: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  hundred: 100,
};
const SMALL: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  dozen: 12,
};
const SHARES: Readonly<Record<string, number>> = {
  half: 1 / 2,
  "a half": 1 / 2,
  "one half": 1 / 2,
  "a third": 1 / 3,
  "one third": 1 / 3,
  "two thirds": 2 / 3,
  "a quarter": 1 / 4,
  "one quarter": 1 / 4,
  "a fourth": 1 / 4,
  "three quarters": 3 / 4,
  "a fifth": 1 / 5,
  "a tenth": 1 / 10,
};

const UNIT = "(?:k|mm?|mil|bn?|thousand|grand|million|billion|hundred)";
const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e\d{1,2})?|\.\d+)`;
const NUMBER = new RegExp(
  String.raw`(?<![\w.,/-]|\d )(?:(?<usd>\$|usd ?)\s?)?(?<mixed>\d+ )?(?<over>\d+\/\d+)(?![\d/])|` +
    String.raw`(?<![\w.,]|\w-)(?<sign>\$|usd (?=\d))?\s?(?<digits>${DIGITS})(?![\d]|[.,]\d|inch)` +
    String.raw`(?:\s?(?<unit>${UNIT})(?![a-z]))?(?<percent>\s?%| ?percent\b| ?pct\b)?` +
    String.raw`(?<dollars>\s?(?:usd|dollars?|bucks)\b(?:['’]?s?\b)?(?: worth)?)?`,
  "gu",
);
const SMALL_WORDS = Object.keys(SMALL).sort((a, b) => b.length - a.length).join("|");
const WORDS = new RegExp(
  `\\b(?<words>(?:(?:an?|${SMALL_WORDS}|hundred|thousand|` +
    `million)(?:[ -](?:and )?)?)+)(?<half>and a half )?(?<dollars>dollars?\\b|` +
    `bucks\\b)?(?<percent>percent\\b)?`,
  "gu",
);
const SHARE = new RegExp(
  `\\b(?:${
    Object.keys(SHARES).sort((a, b) => b.length - a.length).map((s) => s.replace(" ", "[ -]")).join(
      "|",
    )
  })\\b(?! an? (?:hour|day|week|month|year))`,
  "gu",
);
const ALL =
  everywhere`\b(?:all(?! (?:at once|right|good|the best|set|in one))|max(?:imum)?(?! (?:\d|
    slippage|gas|fee|ltv|\w+ price))|everything|entire|whole|full (?:balance|amount|position|
    deposit|stake|loan|debt)|rest of|remaining|remainder|every (?:bit|last|single)|
    as much (?:\w+ )?as|the lot|completely|fully|entirely|in full|the rest)\b`;

/** Numbers that say something else: fees, slippage, risk limits, durations, versions, ratios. */
const OTHER_NUMBERS = [
  everywhere`\b(?:ltv|loan[- ]to[- ]value|hf|health[- ]?factor|slippage|apy|
    apr)\b[^\d,;]{0,24}\d[\d.]*\s?%?`,
  everywhere`\d[\d.]*\s?%?\s?(?:max(?:imum)? )?(?:ltv|loan[- ]to[- ]value|hf|health[- ]?factor|
    slippage|apy|apr|fee)\b`,
  /\b(?:gas|fees?|base fee)\b[^\d,;]{0,24}\d[\d.]*(?:\s?(?:gwei|usd|\$|dollars))?/gu,
  /\d[\d.]*\s?(?:gwei|bps|basis points|x\b)/gu,
  everywhere`\b(?:\d[\d.]*|an?|one|two|three|four|five|six|ten|twelve)[- ]?(?:seconds?|minutes?|
    mins?|hours?|days?|weeks?|months?|years?|epochs?|times)\b|\b\d+(?:st|nd|rd|th)\b`,
  everywhere`\bv\d\b|\b(?:aave|compound|uniswap|curve|euler|morpho|gmx|balancer)\s?v?\d\b(?!\d|
    [.,]\d| (?:w?eth|usd[ct]|dai|w?btc))`,
  /\b(?:step|number|no\.?|#)\s?\d+\b/gu,
];

/**
 * Finds the amounts of an order in clean text, left to right. A number that cannot be read in one
 * way (`2,5`: two and a half, or a typo of 25?) is left out.
 */
export function findAmounts(text: string): FoundAmount[] {
  const plain = OTHER_NUMBERS.reduce((t, p) => t.replace(p, (m) => " ".repeat(m.length)), text);
  const found: FoundAmount[] = [];
  const add = (match: RegExpExecArray, amount: Amount | null) => {
    const start = match.index;
    const end = match.index + match[0].trimEnd().length;
    if (!amount || found.some((f) => start < f.end && f.start < end)) return;
    found.push({ amount, start, end });
  };
  for (const match of plain.matchAll(SHARE)) {
    const value = SHARES[match[0].replace("-", " ")]!;
    add(match, { kind: "fraction", value, text: match[0] });
  }
  for (const match of plain.matchAll(NUMBER)) add(match, readNumber(match));
  for (const match of plain.matchAll(WORDS)) add(match, readWords(match));
  for (const match of plain.matchAll(ALL)) add(match, { kind: "all", text: match[0] });
  return found.sort((a, b) => a.start - b.start);
}

function readNumber(match: RegExpExecArray): Amount | null {
  const { usd, mixed, over, sign, digits, unit, percent, dollars } = match.groups!;
  const text = match[0].trim();
  if (over !== undefined) {
    const [top, bottom] = over.split("/").map(Number) as [number, number];
    const value = Number(mixed ?? 0) + top / bottom;
    if (!(value > 0) || !Number.isFinite(value)) return null;
    if (usd) return { kind: "usd", value, text };
    return value < 1 && !/^ (?:w|st)?[a-z]*(?:eth|btc|dai|usd)/.test(restOf(match))
      ? { kind: "fraction", value, text }
      : { kind: "units", value, text };
  }
  const value = Number(digits!.replaceAll(",", "")) * (unit ? UNITS[unit]! : 1);
  if (!(value > 0) || !Number.isFinite(value)) return null;
  if (percent) return share(value / 100, text);
  return { kind: sign || dollars ? "usd" : "units", value, text };
}

function readWords(match: RegExpExecArray): Amount | null {
  const { words, half, percent, dollars } = match.groups!;
  const parts = words!.trim().split(/[ -]+/).filter((w) => w !== "and");
  // "a" and "an" alone count nothing
  if (parts.every((w) => w === "a" || w === "an")) return null;
  if (
    parts.length === 1 && parts[0] === "one" && !/^ ?[a-z]*(?:eth|btc|dai|usd)/.test(restOf(match))
  ) {
    return null;
  }
  let total = 0;
  let current = 0;
  for (const word of parts) {
    if (word === "a" || word === "an") current ||= 1;
    else if (word === "dozen") current = (current || 1) * 12;
    else if (word in SMALL) current += SMALL[word]!;
    else if (word === "hundred") current = (current || 1) * 100;
    else {
      total += (current || 1) * UNITS[word]!;
      current = 0;
    }
  }
  const value = total + current + (half ? 0.5 : 0);
  if (!(value > 0)) return null;
  const text = match[0].trim();
  if (percent) return share(value / 100, text);
  return { kind: dollars ? "usd" : "units", value, text };
}

/** 100% is all; more than that is no share. */
function share(value: number, text: string): Amount | null {
  if (value === 1) return { kind: "all", text };
  return value > 0 && value < 1 ? { kind: "fraction", value, text } : null;
}

function restOf(match: RegExpExecArray): string {
  return match.input.slice(match.index + match[0].trimEnd().length);
}
