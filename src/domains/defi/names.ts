import { distance } from "fastest-levenshtein";
import { words } from "./pattern.ts";
import {
  ASSET_TICKERS,
  ASSETS,
  CHAINS,
  MORE_ASSETS,
  MORE_VENUES,
  VENUE_NAMES,
  VENUES,
} from "./slots.ts";

/** A name in clean text. */
export interface FoundName {
  /** Canonical: assets in capitals, venues and chains in lower case. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The names of a clean text, each list left to right. */
export interface FoundNames {
  readonly assets: readonly FoundName[];
  readonly venues: readonly FoundName[];
  readonly chains: readonly FoundName[];
  /** A venue that was misspelt, as it stood. */
  readonly repaired: string | null;
}

const ALL_ASSETS = [...ASSETS, ...MORE_ASSETS];
const ALL_VENUES = [...VENUES, ...MORE_VENUES];
/** A number may touch its asset: "10eth". */
const pattern = (names: readonly string[]) =>
  new RegExp(
    `(?<![a-z][\\d]*|[.@#/](?=[a-z]+\\.))(?:${
      [...names].sort((a, b) => b.length - a.length).map((n) => n.replaceAll(".", "\\.")).join("|")
    })(?![a-z]|\\d(?!\\d))`,
    "gu",
  );
const ASSET = pattern(ALL_ASSETS);
const VENUE = pattern(ALL_VENUES);
const CHAIN = pattern(CHAINS);
const VENUE_FRONT =
  /\b(?:in|into|on|onto|at|via|through|using|with|from|off|inside|over|out of|to)(?: the| my)?\s*$/;
const CHAIN_FRONT =
  /\b(?:on|onto|via|over|over on|using|using the|at|in|from)(?: the)?\s*$|\(\s*$|,\s*$/;
const VENUE_BACK =
  words`^(?:'s)?\s+(?:to (?:borrow|swap|stake|lend|repay)\b|(?:v\d\s+)?(?:vault|pool|loan|debt|
    account|position|market|deposit|borrow|gauge|farm|validator|stake|liquidity|lp))`;

/**
 * Finds assets, venues and chains. A name that is both (`aave`, `ethereum`) is what its place says:
 * a venue after "into", "on" and the like or before "vault" and the like, an asset after a number.
 *
 * @param swap True for an order to swap, where what follows "to" is an asset.
 */
export function findNames(text: string, { swap }: { readonly swap: boolean }): FoundNames {
  const venues: FoundName[] = [];
  const chains: FoundName[] = [];
  const assets: FoundName[] = [];
  const taken = (start: number) =>
    [...venues, ...chains, ...assets].some((n) => start >= n.start && start < n.end);
  for (const found of all(text, CHAIN)) {
    const front = text.slice(0, found.start);
    const alone = !ALL_ASSETS.includes(found.name) && found.name !== "base";
    if (alone || CHAIN_FRONT.test(front)) chains.push(found);
  }
  const named = all(text, VENUE).filter(({ start }) => !taken(start));
  const isAsset = ({ name }: FoundName) => ALL_ASSETS.includes(name);
  for (const found of named) {
    // "my FRAX loan on Aave": where a venue is named that is nothing else, the other is the asset
    const other = named.some((name) => name !== found && !isAsset(name)) ||
      named.some((name) => name.start > found.end && isAsset(name));
    const owned = /^(?:'s)?\s+(?:loan|debt|deposit|borrow|position)\b/.test(text.slice(found.end));
    if (isAsset(found) && ((other && owned) || !standsAsVenue(text, found, swap))) continue;
    venues.push({ ...found, name: VENUE_NAMES[found.name] ?? found.name });
  }
  for (const found of all(text, ASSET)) {
    if (taken(found.start) || isCommonWord(text, found)) continue;
    assets.push({ ...found, name: (ASSET_TICKERS[found.name] ?? found.name).toUpperCase() });
  }
  if (venues.length > 0) return { assets, venues, chains, repaired: null };
  const repair = repairVenue(text, taken);
  return repair
    ? { assets, venues: [repair.venue], chains, repaired: repair.from }
    : { assets, venues, chains, repaired: null };
}

function all(text: string, names: RegExp): FoundName[] {
  return [...text.matchAll(names)].map((match) => ({
    name: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function standsAsVenue(text: string, { start, end }: FoundName, swap: boolean): boolean {
  const front = text.slice(0, start);
  if (/^ (?:tokens?|coins?)\b/.test(text.slice(end))) return false;
  if (VENUE_BACK.test(text.slice(end))) return true;
  if (swap && /\b(?:to|into|with|from|using)(?: the| my)?\s*$/.test(front)) return false;
  if (/\d\S*\s*$/.test(front)) return false;
  return VENUE_FRONT.test(front) || /[,:.]\s*(?:venue )?$/.test(front);
}

/** "near the limit", "link my wallet": words before they are tickers. */
function isCommonWord(text: string, { name, start, end }: FoundName): boolean {
  if (name === "near") {
    return /^ (?:the|my|a|to|its)\b/.test(text.slice(end)) && !/\d\s*$/.test(text.slice(0, start));
  }
  if (name === "ethereum") return false;
  if (name === "link") return /^ (?:my|the) (?:wallet|account)/.test(text.slice(end));
  return false;
}

/** Words that a typo of a venue may not be read from: they mean themselves. */
const WORDS = new Set(
  ("balance balances make makes marker market markets learn earn yarn years year save saves have " +
    "curves carve spare spark sparks fluids ruler rules compounds compounding composed spark's " +
    "wallet account savings vault vaults pools staking lending rocket position positions ledger " +
    "collateral liquidity rewards morphed swap sushi pendulum silos swells").split(" "),
);
const SLOT =
  /\b(?:in|into|on|onto|at|via|through|using|with|from|to)(?: the| my)? ([a-z]{5,14})(?![a-z])/gu;

/**
 * Reads a misspelt venue where a venue has to stand: right after a preposition, from its own first
 * letter, one slip in five to seven letters or two in more, and one venue alone as near.
 */
function repairVenue(
  text: string,
  taken: (start: number) => boolean,
): { readonly venue: FoundName; readonly from: string } | null {
  for (const match of text.matchAll(SLOT)) {
    const word = match[1]!;
    const start = match.index + match[0].length - word.length;
    if (taken(start) || WORDS.has(word) || CHAINS.includes(word)) continue;
    const limit = word.length >= 8 ? 2 : 1;
    const near = ALL_VENUES.filter((name) =>
      name[0] === word[0] && name.length >= 4 && slips(name, word) <= limit
    );
    const names = new Set(near.map((name) => VENUE_NAMES[name] ?? name));
    if (names.size !== 1) continue;
    return { venue: { name: [...names][0]!, start, end: start + word.length }, from: word };
  }
  return null;
}

/** Edits between two words, where two neighbours in the wrong order are one. */
function slips(name: string, word: string): number {
  const edits = distance(name, word);
  const crossed = edits === 2 && name.length === word.length &&
    [...name].some((_, i) =>
      name.slice(0, i) + name.charAt(i + 1) + name.charAt(i) + name.slice(i + 2) === word
    );
  return crossed ? 1 : edits;
}
