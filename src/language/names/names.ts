import { isOthers } from "../persons.ts";
import { distance } from "../../core/text/edits.ts";
import type { CompiledLexicon, OrderLexicon } from "../lexicon.ts";
import type { NameKind } from "../sense.ts";
import { type NameShape, shapeOf } from "./open_names.ts";
import type { FoundName } from "../order.ts";
import { lightRole } from "../screen/transparent.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** What is known of the place of a word. */
export interface NameContext {
  readonly lexicon: CompiledLexicon;
  readonly isShouting: boolean;
  /** Whether the head exchanges one thing for another. */
  readonly exchanges: boolean;
  /** The preposition right before it. */
  readonly prep: string | null;
  readonly afterAmount: boolean;
  /** Whether the amount before it is a plain number. */
  readonly isExact: boolean;
  /** Whether it stands before the head. */
  readonly isFront: boolean;
  /** Whether "my", "the", "of" or the like opened the phrase. */
  readonly afterDeterminer: boolean;
  readonly next: Tag | undefined;
  /** How many things the order has named so far. */
  readonly things: number;
  /** Whether "and" joins it to what stands before. */
  readonly joined: boolean;
  /** Whether it follows a noun of the domain in its phrase: "what I owe aave". */
  readonly ofDebtor: boolean;
  /** Whether it follows "venue", "pool" or the like. */
  readonly afterPlaceWord: boolean;
  /** How many names the phrase has already. */
  readonly inPhrase: number;
  /** Whether the phrase goes on to another thing: "0.1 SOL of", "100 USDC worth of". */
  readonly isSecond: boolean;
}

/** Prepositions before a network alone. */
const OVER = ["on", "via", "over", "over on", "using", "across", "through", "by"];
/** Prepositions before a place. */
const AT = [
  "in",
  "into",
  "on",
  "onto",
  "to",
  "at",
  "with",
  "from",
  "off",
  "via",
  "through",
  "using",
  "over",
  "inside",
  "out of",
  "over on",
  "over at",
  "off of",
  "back into",
  "back from",
  "out from",
  "within",
  "under",
  "back to",
  "over to",
  "in to",
  "on to",
  "thru",
  "frm",
  "towards",
  "by",
  "->",
];
/** Prepositions before a thing that is given or received in an exchange. */
const EXCHANGE = [
  "to",
  "into",
  "for",
  "with",
  "from",
  "using",
  "in",
  "as",
  "->",
  "<-",
  "against",
  "in exchange for",
  "in return for",
  "by selling",
  "by using",
  "by spending",
  "towards",
  "back to",
  "back into",
  "instead of",
  "on",
  "paid with",
  "in to",
  "over to",
];

/** The name at a tag, and how many tags it takes; null if there is none in its place. */
export function nameAt(
  tags: readonly Tag[],
  at: number,
  context: NameContext,
): { readonly name: FoundName; readonly length: number } | null {
  const tag = tags[at]!;
  const known = new Map<NameKind, string>();
  // "pls" is please, and a thing only where one is counted or owned
  const isLight = may(tag, "courtesy", "filler", "greeting", "adjective", "urgency");
  if (isLight && !context.afterAmount && !context.afterDeterminer && context.prep === null) {
    return null;
  }
  for (const sense of tag.senses) {
    if (sense.role === "name" && !known.has(sense.kind)) known.set(sense.kind, sense.name);
  }
  // "the LQTY and ETH gains": what is earned, and no venue of that name
  const isNoun = may(tag, "object") && context.prep === null && context.inPhrase > 0 &&
    known.size === 1 && known.has("place");
  if (isNoun) return null;
  const whole = joinedPlace(tags, at, context);
  if (whole) return { name: whole, length: 2 };
  if (known.size > 0) {
    const kind = kindOfKnown(known, context);
    if (kind === null) return null;
    // "Kamino KVault": capitals that follow belong to the name
    let length = 1;
    while (kind === "place" && isNamePart(tags[at + length], context)) length++;
    const tail = tags.slice(at + 1, at + length).map(({ norm }) => ` ${norm}`).join("");
    const name = {
      kind,
      name: known.get(kind)! + tail,
      open: length > 1,
      from: tag.from,
      to: tags[at + length - 1]!.to,
    };
    return { name, length };
  }
  // "my HONEY", "5 SER": a ticker, where a word of address would not be shouted
  const isTicker = !context.isShouting && /^[A-Z]{3,6}$/.test(tag.text) &&
    (context.afterAmount || context.afterDeterminer) &&
    tag.senses.every(({ role }) => ["address", "filler", "greeting"].includes(role));
  // "on Save": a verb nowhere behind "on"
  const isVerb = tag.senses.length > 0 && tag.senses.every(({ role }) => role === "verb") &&
    (/^(?:on|at|from|via)$/.test(context.prep ?? "") || context.afterDeterminer) &&
    kindOfEveryday(tag, context) === "place";
  if ((tag.senses.length > 0 && !isTicker && !isVerb) || tag.mark || tag.quantity) return null;
  const repaired = repairPlace(tag, context);
  if (repaired) return { name: repaired, length: 1 };
  if (!context.lexicon.lexicon.openNames) return null;
  return openName(tags, at, context);
}

/** "on zero lend", "into pop cat": a place or a thing that is written as one word. */
function joinedPlace(
  tags: readonly Tag[],
  at: number,
  { prep, lexicon, exchanges }: NameContext,
): FoundName | null {
  const [tag, next] = [tags[at]!, tags[at + 1]];
  if (
    prep === null || ![...AT, ...EXCHANGE].includes(prep) || next === undefined || next.quantity ||
    next.mark
  ) {
    return null;
  }
  if (!/^[a-z]{2,}$/.test(tag.norm) || !/^[a-z]{2,}$/.test(next.norm)) return null;
  const known = lexicon.index.get(`${tag.norm}${next.norm}`)
    ?.find(({ words }) => words.length === 1);
  const sense = known?.senses.find((one) =>
    one.role === "name" &&
    (one.kind === "place" ? AT.includes(prep) : exchanges && one.kind === "asset")
  );
  if (sense?.role !== "name") return null;
  return { kind: sense.kind, name: sense.name, open: false, from: tag.from, to: next.to };
}

function isNamePart(tag: Tag | undefined, { isShouting }: NameContext): boolean {
  if (tag === undefined || tag.mark || tag.quantity || isShouting || /\d/.test(tag.text)) {
    return false;
  }
  // "Jupiter Lend": a verb with a capital in the middle of a clause is a name
  const isFree = tag.senses.length === 0 ||
    (/^[A-Z][a-z]/.test(tag.text) && tag.senses.every(({ role }) => role === "verb"));
  return isFree && (tag.senses.length > 0 ||
    ["capital", "inner"].includes(shapeOf(tag, isShouting) ?? ""));
}

function kindOfKnown(known: ReadonlyMap<NameKind, string>, context: NameContext): NameKind | null {
  const { prep, exchanges, afterAmount, next } = context;
  const asset = known.has("asset");
  const place = known.has("place");
  const chain = known.has("chain");
  if (known.size === 1) return [...known.keys()][0]!;
  if (afterAmount && asset) return "asset";
  if (place && (context.ofDebtor || context.afterPlaceWord)) return "place";
  if (place && context.isFront && prep === null && !context.afterDeterminer) return "place";
  if (chain && prep !== null && OVER.includes(prep)) return "chain";
  if (chain && next?.norm === "network") return "chain";
  if (place && may(next, "place_word", "object", "noun") && !(asset && isOfThing(next))) {
    return "place";
  }
  if (exchanges && place && context.things > 1 && prep !== null && AT.includes(prep)) {
    return "place";
  }
  if (exchanges && asset && prep !== null && EXCHANGE.includes(prep) && prep !== "on") {
    return "asset";
  }
  if (place && prep !== null && AT.includes(prep)) return "place";
  // "borrow 680 USDT Aave", ", Ethereum please": the thing has been named
  const named = context.things > 0 && prep === null && !context.joined && !context.afterDeterminer;
  if (asset && (place || chain) && named) return place ? "place" : "chain";
  if (asset) return "asset";
  return place ? "place" : "chain";
}

/** "AAVE tokens", "COMP rewards": the word before them is a thing. */
function isOfThing(next: Tag | undefined): boolean {
  return /^(?:tokens?|coins?|rewards?)$/.test(next?.norm ?? "");
}

const SURE: readonly NameShape[] = ["address", "signed", "ticker", "capital", "inner"];

function openName(
  tags: readonly Tag[],
  at: number,
  context: NameContext,
): { readonly name: FoundName; readonly length: number } | null {
  const tag = tags[at]!;
  const shape = shapeOf(tag, context.isShouting);
  if (shape === null) return null;
  if (looksLike(tag.text, context.lexicon.isName)) return null;
  if (isOthers(tag.norm) || /^yours?$/.test(tag.norm)) return null;
  // "USDC750" is a thing and a number that nobody can tell apart from a name
  const [, stem] = /^([a-z]{3,})\d+$/.exec(tag.norm) ?? [];
  if (stem !== undefined && context.lexicon.isName(stem)) return null;
  // "Kim's loan", "in Kim's account" is somebody else's; "from Maple's vault" is a place
  const owns = /['’]s$/.test(tag.text);
  const isPlaced = context.prep !== null || may(context.next, "place_word");
  const next = context.next;
  const isTheirs = isHolding(next) || may(next, "name") ||
    next?.senses.length === 0 && /^[A-Z]/.test(next.text);
  if (owns && (!isPlaced || isTheirs)) return null;
  const kind = kindOfOpen(shape, tag, context);
  if (kind === null) return null;
  if (kind === "place" && !context.isShouting && resemblesPlace(tag, context.lexicon)) return null;
  // "Chorus One", "Cat Town": capitals in a row are one place
  let length = 1;
  if (kind === "place" && ["capital", "ticker", "inner"].includes(shape)) {
    while (
      tags[at + length]?.senses.length === 0 && !tags[at + length]!.mark &&
      !tags[at + length]!.quantity &&
      ["capital", "ticker", "inner"].includes(shapeOf(tags[at + length]!, context.isShouting) ?? "")
    ) length++;
  }
  const text = tags.slice(at, at + length).map((one) => one.text).join(" ")
    .replace(/['’]s$/, "");
  const said = isPair(tag, context.lexicon) ? text.replace("-", "/") : text;
  // "5 ETHs"
  const one = /^[A-Z0-9]{2,}s$/.test(said) && context.lexicon.isName(tag.norm.slice(0, -1));
  const name = kind === "asset"
    ? spellAsset(one ? said.slice(0, -1) : said, shape)
    : said.toLowerCase();
  return {
    name: { kind, name, open: true, from: tag.from, to: tags[at + length - 1]!.to },
    length,
  };
}

/** "un1swap", "Iido": a known name with a sign that looks like one of its letters is nobody's. */
function looksLike(text: string, isName: (word: string) => boolean): boolean {
  if (!/[013457I]|vv|rn/.test(text)) return false;
  const alike = text.replaceAll("0", "o").replaceAll("3", "e").replaceAll("5", "s")
    .replaceAll("4", "a").replaceAll("7", "t")
    .replaceAll("vv", "w").replaceAll("rn", "m");
  return ["l", "i"].some((stroke) => {
    const meant = alike.replaceAll("1", stroke).replaceAll("I", stroke).toLowerCase();
    return meant !== text.toLowerCase() && isName(meant);
  });
}

/** Words for what a person has, not for a place to put things in. */
function isHolding(tag: Tag | undefined): boolean {
  return /^(?:accounts?|positions?|wallets?|balances?|stakes?|loans?|debts?|deposits?|holdings?)$/
    .test(tag?.norm ?? "");
}

/** "SOL-USDC": two things of a pool, as "SOL/USDC" is. */
function isPair({ norm }: Tag, { isName, lexicon }: CompiledLexicon): boolean {
  const [left, right, ...more] = norm.split("-");
  return more.length === 0 && right !== undefined && !lexicon.prefixes.includes(left!) &&
    isName(left!) && isName(right);
}

function spellAsset(text: string, shape: NameShape): string {
  if (shape === "address") return text;
  return text.replace(/^\$/, "").toUpperCase();
}

/** Words of the calendar, which are no name whatever their capitals. */
const CALENDAR =
  /^(?:christmas|easter|thanksgiving|halloween|eve|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|august|september|october|november|december)$/;
/** "12 kilos of rice": measures of other things. */
const MEASURE =
  /^(?:kilos?|kgs?|grams?|pounds|ounces|pints?|liters?|litres?|miles|boxes|bags?|cups?|balls?|books?|cars?|bikes?|eggs?|beers?|pizzas?|seats?|tickets?|cards?|shirts?|shoes?|chairs?|tables?|rooms?|houses?|horses?|dogs?|cows?|goats|trees?|apples?|lemons?|pages?|songs?|movies?|games?|points|laps?|goals?|pens?|keys?)$/;
/** "one last trade": which of several, and no thing that is counted. */
const ORDINAL =
  /^(?:last|first|next|final|more|other|quick|small|big|little|simple|single|second|third)$/;

/** "a quarter of my render", "on shadow": an everyday word where only a name can stand. */
function kindOfEveryday({ norm, text }: Tag, context: NameContext): NameKind | null {
  const { prep, exchanges, afterAmount, afterDeterminer, next, things } = context;
  const { asset = [], place = [] } = context.lexicon.lexicon.everyday;
  const isEnd = next === undefined || next.mark !== undefined || lightRole(next) !== null ||
    may(next, "prep", "place_word", "object");
  if (asset.includes(norm)) {
    const isTarget = exchanges && /^(?:to|into|for)$/.test(prep ?? "") && isEnd;
    if (afterAmount || (afterDeterminer && things === 0) || isTarget) return "asset";
  }
  // "my Save loan"
  const isOwned = afterDeterminer && /^[A-Z]/.test(text) && may(next, "place_word", "object");
  const isLed = prep !== null && AT.includes(prep) && isEnd;
  return place.includes(norm) && (isLed || isOwned) ? "place" : null;
}

function kindOfOpen(shape: NameShape, tag: Tag, context: NameContext): NameKind | null {
  const { prep, exchanges, afterAmount, afterDeterminer, next, inPhrase } = context;
  const everyday = kindOfEveryday(tag, context);
  if (everyday !== null) return everyday;
  if ([CALENDAR, ORDINAL].some((words) => words.test(tag.norm))) return null;
  if (tag.text === tag.norm && MEASURE.test(tag.norm)) return null;
  const sure = SURE.includes(shape) || shape === "suffix";
  if (shape === "signed" && (tag.text.includes("/") || isPair(tag, context.lexicon))) {
    return !exchanges && prep !== null && AT.includes(prep) && !afterAmount ? "place" : "asset";
  }
  if (afterAmount) return sure || (context.isExact && tag.norm.length <= 5) ? "asset" : null;
  if (context.isFront && !afterDeterminer && prep === null && !may(next, "place_word")) return null;
  // "the megapot LP", "the syrup pool"
  const before = may(next, "place_word") ||
    /^(?:lp|liquidity|staking|lending)/.test(next?.norm ?? "");
  const isOwned = afterDeterminer && context.things === 0;
  if (shape === "plain" && before && ((prep !== null && AT.includes(prep)) || isOwned)) {
    return "place";
  }
  if (!sure) return null;
  const placeNext = may(next, "place_word");
  if (prep !== null) {
    const full = context.things > 1;
    if (exchanges && !full && EXCHANGE.includes(prep) && prep !== "on" && prep !== "in") {
      return "asset";
    }
    if (shape === "address") return /^(?:at|in|into|from)$/.test(prep) ? "place" : null;
    if (AT.includes(prep)) return "place";
    // "borrow 200 USDC for Anna": somebody
    if (prep === "for" && shape === "capital") return null;
    if (["for", "against", "as", "in exchange for"].includes(prep)) return "asset";
    return null;
  }
  if (placeNext && shape !== "ticker" && shape !== "signed") return "place";
  if (may(next, "object", "noun") && shape === "capital") return "place";
  if (context.isSecond) return "asset";
  // "Lido's GGV vault": which of a place's
  if (inPhrase > 0) return placeNext && !exchanges && prep === null ? "asset" : null;
  if (afterDeterminer) return "asset";
  return shape === "capital" || shape === "suffix" ? null : "asset";
}

/** Words of a place that look like another word by one slip mean themselves. */
function repairPlace(tag: Tag, { prep, lexicon, isShouting }: NameContext): FoundName | null {
  if (prep === null || !AT.includes(prep) || !/^[a-z]{4,14}$/.test(tag.norm)) return null;
  if (looksLike(tag.text, lexicon.isName)) return null;
  // "Agave" is written as a name of its own
  if (!isShouting && tag.text !== tag.norm) return null;
  const near = placesNear(tag.norm, lexicon);
  const meant = new Map(near.map(({ kind, canonical }) => [`${kind} ${canonical}`, kind]));
  if (meant.size !== 1) return null;
  const { kind, canonical } = near[0]!;
  return {
    kind,
    name: canonical,
    open: false,
    repaired: tag.text,
    from: tag.from,
    to: tag.to,
  };
}

/** Places whose names differ from a word by a slip, or by two where they are long. */
function placesNear(word: string, { places }: CompiledLexicon): OrderLexicon["names"] {
  const limit = word.length >= 8 ? 2 : 1;
  const near = (places.get(word[0]!) ?? []).filter(({ name }) =>
    word.length > 4 && Math.abs(name.length - word.length) <= limit &&
      slips(name, word) <= limit || isCrossed(name, word)
  );
  // "ilod": the first two letters in the wrong order
  const crossed = word[1] === word[0]
    ? []
    : (places.get(word[1] ?? "") ?? []).filter(({ name }) => isCrossed(name, word));
  return [...near, ...crossed];
}

/**
 * "Agave", "Uniswab", "aave.scam.io": a name that looks like a known place and is written as another. It may be
 * another, or one that wants to be taken for it.
 */
function resemblesPlace({ norm, text }: Tag, lexicon: CompiledLexicon): boolean {
  const word = norm.replace(/['’]s$/, "");
  if (lexicon.isName(word)) return false;
  const parts = word.split(".");
  if (parts.length > 1) return parts.some((part) => part.length > 3 && lexicon.isName(part));
  const near = /^[a-z]{4,14}$/.test(word) && text !== norm ? placesNear(word, lexicon) : [];
  return near.length > 0 && !near.some(({ name }) => name.replaceAll(" ", "") === word);
}

/** Edits between two words, where two neighbours in the wrong order are one. */
export function slips(name: string, word: string): number {
  const edits = distance(name, word);
  return edits === 2 && isCrossed(name, word) ? 1 : edits;
}

/** True for a word with two neighbours in the wrong order. */
function isCrossed(name: string, word: string): boolean {
  if (name.length !== word.length) return false;
  let at = 0;
  while (at < word.length && name[at] === word[at]) at++;
  return at < word.length - 1 && name[at] === word[at + 1] && name[at + 1] === word[at] &&
    name.slice(at + 2) === word.slice(at + 2);
}
