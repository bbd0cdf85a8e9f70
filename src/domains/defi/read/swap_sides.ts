import type { NounPhrase } from "../../../language/order.ts";
import { isDollar } from "./known_names.ts";
import { assetOf, states, type Things } from "./things.ts";

/** Verbs whose object is received. */
const BUYS =
  /^(?:buy|purchase|acquire|get|get me|obtain|grab|pick up|pick|give me|gimme|receive|market buy|want|take|ape|scoop|scoop up|snap up|bid|snipe|slurp|slurp up|load up on|stock up on|nab|snag|cop|hoover up|vacuum up|snatch up|mop up|swoop up|smash[- ]buy|bag|mint|purchase of|order)$/;
/** Verbs whose "with" leads to what is received. */
const REPLACES = /^(?:replace|substitute|swap|exchange|trade|switch|change)$/;
/** Verbs whose object is given, and none: what another verb does with its object nobody can tell. */
const GIVES =
  /^(?:swap|exchange|trade|convert|change|turn|switch|sell|market[- ]sell|dump|flip|rotate|unload|offload|shift|move|roll|transform|cash|liquidate|replace|substitute|give|put|throw|send|conversion|sale|swapping|trading|->|make|go|from|take|liquidation|get rid|rid|exit|ditch|sub|dispose|flog|let go|rid me|rid us|part ways|say goodbye|say bye|give up|jettison|nuke|burn|shed|spend|pay|trim|cut|reduce|lighten|nuke|paper|jeet|panic|clip|full port)/;
const CLEAR = /^(?:take|to|into|->|<-|with|using|from|out of|by selling|by spending)$/;
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
  const all = phrases.filter((phrase) => assetOf(phrase) !== null);
  // "USDC! swap 5 LINK to USDC": said first, and again in its place
  const isTopic = (phrase: NounPhrase) =>
    phrase.front && phrase.prep === null && phrase.amount === null &&
    all.some((other) => !other.front && assetOf(other) === assetOf(phrase));
  const named = all.length > 2 ? all.filter((phrase) => !isTopic(phrase)) : all;
  const loose = phrases.filter((phrase) => states(phrase) && assetOf(phrase) === null);
  // "ape 1 ETH into PEPE" gives what "ape 1 ETH" alone would get
  const isInto = named.some(({ prep }) => prep === null) &&
    named.some(({ prep }) => /^(?:into|->)$/.test(prep ?? ""));
  // "swap 3 ETH into something sensible"
  const isAny = phrases.some(({ prep, pronoun }) =>
    RECEIVED.test(prep ?? "") && /^(?:something|anything|whatever|some|any)$/.test(pronoun ?? "")
  );
  if (isAny) return nothing;
  // "I want GRT in place of my 75 MATIC, trade it": which of them "it" is
  const isEither = named.some(({ prep }) => /^in (?:exchange|return) for$/.test(prep ?? "")) &&
    phrases.some(({ pronoun }) => pronoun !== null) && !BUYS.test(verb);
  if (named.length > 1 && isEither) return nothing;
  // "3 LINK for my DAI", without a verb that says who gets what
  const isSure = BUYS.test(verb) || GIVES.test(verb) ||
    named.some(({ prep }) => CLEAR.test(prep ?? ""));
  if (named.length > 1 && !isSure) return nothing;
  // "a tenth of it": of what was said before, not of what is received
  const isShare = phrases.some((phrase) => phrase.pronoun !== null && states(phrase));
  // "make jitoSOL from 25 SOL"
  const makes = verb === "make" &&
    phrases.some((phrase) =>
      /^(?:from|out of|with)$/.test(phrase.prep ?? "") &&
      (phrase.pronoun !== null || named.includes(phrase))
    );
  const buys = (BUYS.test(verb) || makes) && !isInto;
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
  // "buy ETH with 200 of some stablecoin": of which, nobody can tell
  const isOpen = asset === null &&
    phrases.some((phrase) =>
      assetOf(phrase) === null && phrase.hints.includes("thing") &&
      (states(phrase) || loose.length > 0 || GIVEN.test(phrase.prep ?? ""))
    );
  if (isOpen) return { ...nothing, toAsset };
  // "swap USDC/ETH 300": a market, and neither what is given nor what is received
  const isMarket = [asset, toAsset].some((name) => name?.includes("/")) &&
    !phrases.some(({ hints }) => hints.some((hint) => /^(?:liquidity|pool|lp)/.test(hint)));
  if (isMarket) return nothing;
  // "For the maximum amount of USDC": as much as there is to be had
  const counted = named.filter((phrase) =>
    states(phrase) && !(phrase.amount!.kind === "all" && received.includes(phrase))
  );
  const amounts = [...counted, ...loose];
  if (amounts.length > 1) return { ...nothing, asset, toAsset, ambiguous: ["amount"] };
  const [said] = amounts;
  // "ETH to USDC pls half": a share that is said last is of what is given
  const isShareBehind = said !== undefined && asset !== null && !buys &&
    /^(?:fraction|percent)$/.test(said.amount!.kind) &&
    named.every(({ names }) => names.every(({ from }) => from < said.amount!.from));
  const ofReceived = said !== undefined && !isShareBehind &&
    (received.includes(said) || loose.includes(said) && buys && !GIVEN.test(said.prep ?? ""));
  // "swap a hundred for ETH": of what, nobody can tell
  // "swap them, in full, for USDC": all of what was said before
  const isWhole = said?.amount?.kind === "all" &&
    phrases.some(({ pronoun, prep }) => pronoun !== null && prep === null);
  if (said !== undefined && loose.includes(said) && asset === null && !buys && !isWhole) {
    return { ...nothing, toAsset };
  }
  const amount = said?.amount ?? null;
  // "to 50% ETH": what is to be held in the end
  if (ofReceived && /^(?:fraction|percent)$/.test(amount?.kind ?? "")) {
    return { ...nothing, asset, toAsset, ambiguous: ["amount"] };
  }
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
  if (prep === "take") return buys ? "given" : "received";
  if (replaces && /^(?:with|by)$/.test(prep)) return "received";
  if (GIVEN.test(prep)) return "given";
  if (buys && hasObject && /^(?:for|in|in exchange for|in return for|against)$/.test(prep)) {
    return "given";
  }
  return RECEIVED.test(prep) ? "received" : "given";
}

/** The one thing of a side: null for none, undefined for several. */
function one(phrases: readonly NounPhrase[]): string | null | undefined {
  const assets = new Set(phrases.map((phrase) => assetOf(phrase)!));
  return assets.size === 0 ? null : assets.size === 1 ? [...assets][0]! : undefined;
}

/** "Buy 100 USDC worth of PEPE": what is said first pays. */
function readWorth(worth: NounPhrase, phrases: readonly NounPhrase[], verb: string): Things | null {
  const others = phrases.filter((phrase) => phrase !== worth && assetOf(phrase) !== null);
  const [pays, bought] = worth.names;
  // "Sell 100 USDT worth of ETH": a dollar's coin says how many dollars
  if (!BUYS.test(verb) && isDollar(pays!.name) && worth.amount?.kind === "amount") {
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
