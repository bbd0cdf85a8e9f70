import type { NounPhrase } from "../../../language/order.ts";
import { assetOf, states, type Things } from "./things.ts";

/** Verbs whose object is received. */
const BUYS =
  /^(?:buy|purchase|acquire|get|get me|obtain|grab|pick up|pick|give me|gimme|receive|market buy|want|take|ape|scoop|scoop up|snap up|nab|bag|mint|purchase of|order)$/;
/** Verbs whose "with" leads to what is received. */
const REPLACES = /^(?:replace|substitute|swap|exchange|trade|switch|change)$/;
/** Verbs whose object is given, and none: what another verb does with its object nobody can tell. */
const GIVES =
  /^(?:swap|exchange|trade|convert|change|turn|switch|sell|market[- ]sell|dump|flip|rotate|unload|offload|shift|move|roll|transform|cash|liquidate|replace|substitute|give|put|throw|send|conversion|sale|swapping|trading|->|make|go|from|take|liquidation|get rid|rid|exit|ditch|sub|dispose|flog|let go|burn|shed|spend|pay|trim|cut|reduce|lighten)/;
const CLEAR = /^(?:to|into|->|<-|with|using|from|out of|by selling|by spending)$/;
const GIVEN = /^(?:with|using|from|by selling|by spending|out of|via|<-)$/;
const RECEIVED =
  /^(?:to|into|for|as|in exchange for|in return for|->|towards|back to|back into|onto|in|on|against)$/;

/**
 * What a swap gives and what it receives: the verb says which side its object is, prepositions say the
 * rest. "Buy 2 ETH for USDC" receives ETH, "sell 2 ETH for USDC" gives it.
 */
export function readPair(phrases: readonly NounPhrase[], verb: string): Things {
  const nothing: Things = {
    asset: null,
    toAsset: null,
    amount: null,
    amountOf: "asset",
    inputs: [],
    ambiguous: ["asset"],
  };
  const worth = phrases.find(({ hints, names }) => hints.includes("worth") && names.length === 2);
  if (worth) return readWorth(worth, phrases, verb) ?? nothing;
  const named = phrases.filter((phrase) => assetOf(phrase) !== null);
  const loose = phrases.filter((phrase) => states(phrase) && assetOf(phrase) === null);
  // "ape 1 ETH into PEPE" gives what "ape 1 ETH" alone would get
  const isInto = named.some(({ prep }) => prep === null) &&
    named.some(({ prep }) => /^(?:into|->)$/.test(prep ?? ""));
  // "3 LINK for my DAI", without a verb that says who gets what
  const isSure = BUYS.test(verb) || GIVES.test(verb) ||
    named.some(({ prep }) => CLEAR.test(prep ?? ""));
  if (named.length > 1 && !isSure) return nothing;
  // "a tenth of it": of what was said before, not of what is received
  const isShare = phrases.some((phrase) => phrase.pronoun !== null && states(phrase));
  const buys = BUYS.test(verb) && !isInto;
  const replaces = REPLACES.test(verb) && named.some(({ prep }) => prep === null);
  const sides = named.map((phrase) =>
    sideOf(phrase, named, buys, replaces, isBareSecond(phrase, named, buys))
  );
  // "out of TRX and into USDT, 1,800 TRX": said again, a thing stays on its side
  const sideAt = (i: number) =>
    sides[named.findIndex((phrase) => assetOf(phrase) === assetOf(named[i]!))];
  const given = named.filter((_, i) => sideAt(i) === "given");
  const received = named.filter((_, i) => sideAt(i) === "received");
  const asset = one(given);
  const toAsset = one(received);
  if (isShare && asset === null) {
    return toAsset === undefined || loose.length !== 1
      ? nothing
      : { ...nothing, toAsset, amount: loose[0]!.amount };
  }
  if (asset === undefined || toAsset === undefined || (asset !== null && asset === toAsset)) {
    return nothing;
  }
  // "For the maximum amount of USDC": as much as there is to be had
  const counted = named.filter((phrase) =>
    states(phrase) && !(phrase.amount!.kind === "all" && received.includes(phrase))
  );
  const amounts = [...counted, ...loose];
  if (amounts.length > 1) return { ...nothing, asset, toAsset, ambiguous: ["amount"] };
  const [said] = amounts;
  const ofReceived = said !== undefined &&
    (received.includes(said) || (loose.includes(said) && asset === null && toAsset !== null &&
      // "with another 200 buy ARB": of what pays
      !GIVEN.test(said.prep ?? "")) ||
      (loose.includes(said) && buys));
  const amount = said?.amount ?? null;
  return {
    asset,
    toAsset,
    amount,
    amountOf: ofReceived ? "to_asset" : "asset",
    ambiguous: [],
    inputs: asset === null ? [] : [{ amount: ofReceived ? null : amount, asset }],
  };
}

/** "swap 1 BNB BUSD", "buy AERO 300 USDC": of two things one is counted, and pays. */
function isBareSecond(phrase: NounPhrase, named: readonly NounPhrase[], buys: boolean): boolean {
  const [first, second] = named;
  if (named.length !== 2 || phrase !== second) return false;
  const [paid, other] = buys ? [second, first!] : [first!, second];
  return states(paid) && other.amount === null &&
    named.every((one) => one.prep === null && !one.joined && !one.front);
}

function sideOf(
  { prep }: NounPhrase,
  named: readonly NounPhrase[],
  buys: boolean,
  replaces: boolean,
  isSecond: boolean,
): "given" | "received" {
  const hasObject = named.some((phrase) => phrase.prep === null);
  if (prep === null) {
    // "exchange for ETH 500 USDC", "swap ETH <- USDC 500"
    if (named.some((other) => other.prep === "<-")) return "received";
    if (isSecond) return buys ? "given" : "received";
    return buys ? "received" : "given";
  }
  if (prep === "<-") return "given";
  if (replaces && /^(?:with|by)$/.test(prep)) return "received";
  if (GIVEN.test(prep)) return "given";
  if (buys && hasObject && /^(?:for|in|in exchange for|in return for)$/.test(prep)) return "given";
  return RECEIVED.test(prep) ? "received" : "given";
}

/** The one thing of a side: null for none, undefined for several. */
function one(phrases: readonly NounPhrase[]): string | null | undefined {
  const assets = new Set(phrases.map((phrase) => assetOf(phrase)!));
  return assets.size === 0 ? null : assets.size === 1 ? [...assets][0]! : undefined;
}

const STABLE = /^(?:USDC|USDT|DAI|BUSD|TUSD|PYUSD|USDS)$/;

/** "Buy 100 USDC worth of PEPE": what is said first pays. */
function readWorth(worth: NounPhrase, phrases: readonly NounPhrase[], verb: string): Things | null {
  const others = phrases.filter((phrase) => phrase !== worth && assetOf(phrase) !== null);
  const [pays, bought] = worth.names;
  // "Sell 100 USDT worth of ETH": a dollar's coin says how many dollars
  if (!BUYS.test(verb) && STABLE.test(pays!.name) && worth.amount?.kind === "amount") {
    const amount = { ...worth.amount, kind: "money", currency: "USD" } as const;
    const sold: NounPhrase = { ...worth, amount, names: [bought!], hints: [] };
    return readPair(phrases.map((phrase) => phrase === worth ? sold : phrase), verb);
  }
  if (!BUYS.test(verb) || others.length > 0 || pays!.kind !== "asset" || bought!.kind !== "asset") {
    return null;
  }
  return {
    asset: pays!.name,
    toAsset: bought!.name,
    amount: worth.amount,
    amountOf: "asset",
    ambiguous: [],
    inputs: [{ amount: worth.amount, asset: pays!.name }],
  };
}
