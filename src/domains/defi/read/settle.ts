import type { FoundName, NounPhrase } from "../../../language/order.ts";
import type { DefiPrimitive } from "../taxonomy.ts";
import { CHAINS, MORE_CHAINS, MORE_VENUES, VENUES } from "./slots.ts";
import { KNOWN_VENUES, receiptOf, TOKEN_PLACES } from "./known_names.ts";
import { distinct } from "./places.ts";
import { assetOf, hasPlace, states, withToken, withTokens } from "./things.ts";

type Phrases = readonly NounPhrase[];

/** Names of places, among them those that are mostly names of things: "the Renzo exit", "from Kava". */
const PLACES: ReadonlySet<string> = new Set([...VENUES, ...MORE_VENUES, ...KNOWN_VENUES, "kava"]);

const NETWORKS: ReadonlySet<string> = new Set([...CHAINS, ...Object.keys(MORE_CHAINS)]);

/** Gives phrases the meaning that the action leaves them. */
export function settle(action: DefiPrimitive, said: Phrases): Phrases {
  const swaps = action === "swap_asset";
  const phrases = settlePart(settleVariety(withTokens(said, swaps), swaps));
  const counted = phrases.some((phrase) => states(phrase) && assetOf(phrase) !== null)
    ? settleChains(phrases)
    : phrases;
  if (action === "swap_asset") return settleSides(counted);
  return settleDebt(action, settlePools(action, settleNames(action, counted)));
}

/** "the debt of 600 DAI, kindly settle 100 of it": how much there is, and how much of it. */
function settlePart(phrases: Phrases): Phrases {
  const isPart = (phrase: NounPhrase) =>
    states(phrase) && phrase.pronoun === "it" && phrase.names.length === 0 && !phrase.front;
  const counted = phrases.filter(states);
  const [whole, part] = counted;
  const isTold = counted.length === 2 && whole!.front && assetOf(whole!) !== null &&
    whole!.amount!.kind === "amount" && isPart(part!);
  return isTold
    ? phrases.map((phrase) => phrase === whole ? { ...phrase, amount: null } : phrase)
    : phrases;
}

/** Forms in which a coin is held on another chain. */
const FORMS: Readonly<Record<string, RegExp>> = {
  BTC: /^(?:WBTC|CBBTC|TBTC|BTCB|BTC\.B|LBTC)$/,
  ETH: /^WETH$/,
  SOL: /^WSOL$/,
};

/** "my bitcoin (0.2 wbtc)", "into Bitcoin, cbBTC is fine": the second says which. */
function settleVariety(phrases: Phrases, swaps: boolean): Phrases {
  const at = phrases.findIndex((phrase, i) => {
    const next = phrases[i + 1];
    const forms = FORMS[assetOf(phrase) ?? ""];
    // "swap 1 BTC WBTC" gives one for the other
    return forms !== undefined && next !== undefined && forms.test(assetOf(next) ?? "") &&
      next.prep === null && !next.joined && !next.front && !(swaps && phrase.prep === null) &&
      phrase.names.length === 1 && next.names.length === 1 && !(states(phrase) && states(next));
  });
  if (at < 0) return phrases;
  const [coin, form] = [phrases[at]!, phrases[at + 1]!];
  const meant = { ...coin, names: form.names, amount: coin.amount ?? form.amount };
  return [...phrases.slice(0, at), meant, ...phrases.slice(at + 2)];
}

/** "near burrow 150 usdt": a chain and a place on it, beside what is counted. */
function settleChains(phrases: Phrases): Phrases {
  return phrases.map((phrase) => {
    const isOn = phrase.amount === null && hasPlace(phrase) &&
      NETWORKS.has(assetOf(phrase)?.toLowerCase() ?? "");
    return isOn ? withKind(phrase, "chain") : phrase;
  });
}

/** What names both a thing and a place, or a thing and what it is kept as. */
function settleNames(action: DefiPrimitive, phrases: Phrases): Phrases {
  const things = phrases.filter((phrase) => assetOf(phrase) !== null);
  const places = phrases.flatMap(({ names }) => names.filter(({ kind }) => kind === "place"));
  // "withdraw my Curve from Aave": a token by the name of its place, and where it is
  const [led, ...more] = phrases.filter((phrase) => AT.test(phrase.prep ?? "") && hasPlace(phrase));
  const isOne = things.length === 0 && distinct(places) === 2 && led !== undefined &&
    more.length === 0 && led.names.every(({ open }) => !open);
  const twin = isOne
    ? phrases.find((phrase) =>
      phrase.prep === null && !phrase.joined && phrase.names.length === 1 && hasPlace(phrase) &&
      !phrase.hints.some((hint) => /^(?:liquidity|vault|pool|market|gauge|farm)/.test(hint))
    )
    : undefined;
  return phrases.map((phrase, i) => {
    if (phrase === twin) return withToken(phrase);
    const before = phrases[i - 1];
    const isPlain = phrase.prep === null && phrase.amount === null;
    const isNamed = !phrase.joined && !phrases[i + 1]?.joined && phrase.amount === null &&
      phrase.names.length === 1 &&
      things.length > 1 && namesPlace(phrase);
    // "give aave back the 500 EURC", "what I took from Kava: 220 USDX"
    const isVenue = isNamed &&
      (isPlain
        ? places.length === 0 ||
          things.some((other) => other !== phrase && other.prep === null && states(other))
        : places.length === 0 && AT.test(phrase.prep!) &&
          things.some((other) => other !== phrase && states(other)));
    // "from compound and aave": of one sort with what it is joined to
    const isListed = phrase.joined && phrase.prep === null && phrase.amount === null &&
      namesPlace(phrase) && AT.test(before?.prep ?? "") &&
      hasPlace(before!);
    if (isVenue || isListed) return withKind(phrase, "place");
    // "500 USDC out of the HLP vault"
    const isVault = phrase.amount === null && receiptOf(assetOf(phrase) ?? "") === "kept" &&
      phrase.hints.some((hint) => /^(?:vault|pool|market|savings)/.test(hint)) && things.length > 1;
    if (isVault) return withKind(phrase, "place", places.length > 0 ? "vault" : undefined);
    if (isKeptAt(action, phrase, things)) return withKind(phrase, "place", "vault");
    // "the ETH/USDC pool with 2 ETH": where the 2 ETH go to
    const isPair = assetOf(phrase)?.includes("/") === true && phrase.amount === null &&
      things.some((other) => other !== phrase && !assetOf(other)!.includes("/"));
    if (isPair) return withKind(phrase, "place");
    // "…, collateral is my wstETH"
    const pledges = action === "borrow_asset" && isPlain && before !== undefined &&
      before.prep === null && before.hints.includes("collateral") && assetOf(before) === null &&
      things.length > 1;
    return pledges ? { ...phrase, prep: "against" } : phrase;
  });
}

/** "From HLP of Hyperliquid 600 USDC", "2,300 USDC at the wstETH market": of a place, beside what is counted. */
function isKeptAt(action: DefiPrimitive, phrase: NounPhrase, things: Phrases): boolean {
  const isBeside = things.some((other) => other !== phrase && states(other));
  if (!isBeside || phrase.amount !== null || !AT.test(phrase.prep ?? "")) return false;
  if (hasPlace(phrase) && receiptOf(assetOf(phrase) ?? "") === "kept") return true;
  return /^(?:borrow|repay)_asset$/.test(action) && assetOf(phrase) !== null &&
    phrase.hints.some((hint) => /^market/.test(hint));
}

function namesPlace(phrase: NounPhrase): boolean {
  const name = assetOf(phrase)?.toLowerCase() ?? "";
  return PLACES.has(name) || TOKEN_PLACES.has(name);
}

/** Prepositions before a place. */
const AT = /^(?:from|on|at|in|into|to|out of|off|via|with|by)$/;

/** "100 USDC in the GMX ETH pool", "my LP out of the SOL BONK pool": what is in a pool is no thing to act on. */
function settlePools(action: DefiPrimitive, phrases: Phrases): Phrases {
  const isPool = ({ hints }: NounPhrase) => hints.some((hint) => /^(?:pool|vault)$/.test(hint));
  const leads = action === "deposit_asset"
    ? /^(?:in|into|to)$/
    : action === "withdraw_asset"
    ? /^(?:from|out of|off)$/
    : null;
  const counts = phrases.some((phrase) =>
    states(phrase) && phrase.prep === null && assetOf(phrase) !== null
  );
  const isIn = (phrase: NounPhrase) =>
    counts && phrase.amount === null && isPool(phrase) && leads?.test(phrase.prep ?? "") === true &&
    phrase.names.length === 2 && hasPlace(phrase) &&
    assetOf(phrase) !== null;
  if (phrases.some(isIn)) {
    return phrases.map((phrase) =>
      isIn(phrase) ? named(withKind(phrase, "place", phrase.hints.at(-1))) : phrase
    );
  }
  const [of, with_] = pairOf(action, phrases);
  if (of === undefined || with_ === undefined) return phrases;
  const pair = `${assetOf(of)}/${assetOf(with_)}`.toLowerCase();
  const joined = {
    ...of,
    hints: [...of.hints, ...with_.hints],
    names: of.names.map((name) =>
      name.kind === "asset" ? { ...name, kind: "place" as const, name: pair } : name
    ),
  };
  return phrases.flatMap((phrase) => phrase === of ? [joined] : phrase === with_ ? [] : [phrase]);
}

/** "the Steakhouse USDC vault": one name, where no list has the first word of it. */
function named(phrase: NounPhrase): NounPhrase {
  const [first, second] = phrase.names;
  if (!first?.open || second === undefined) return phrase;
  return { ...phrase, names: [{ ...first, name: `${first.name} ${second.name}` }] };
}

/** The two phrases that name the things of a pool from which liquidity is taken. */
function pairOf(action: DefiPrimitive, phrases: Phrases): readonly NounPhrase[] {
  const takes = action === "withdraw_asset" &&
    phrases.some(({ hints }) => hints.some((hint) => /^(?:liquidity|pool)$/.test(hint)));
  const at = phrases.findIndex((phrase, i) =>
    phrase.amount === null &&
    (/^(?:from|out of|off|in|at|on)$/.test(phrase.prep ?? "") ||
      (phrase.names.length === 2 && phrases[i + 1]?.hints.includes("pool"))) &&
    assetOf(phrase) !== null && !assetOf(phrase)!.includes("/")
  );
  const next = phrases[at + 1];
  const isNext = next !== undefined && next.prep === null && next.amount === null &&
    next.names.length === 1 && assetOf(next) !== null;
  const things = phrases.filter((phrase) => assetOf(phrase) !== null);
  return takes && at >= 0 && isNext && things.length === 2 ? [phrases[at]!, next] : [];
}

/** "the ezETH-backed ETH loan": of two things the one that is owed, the other is pledged. */
function settleDebt(action: DefiPrimitive, phrases: Phrases): Phrases {
  const things = phrases.filter((phrase) => assetOf(phrase) !== null);
  const [owed, ...more] = things.filter(({ hints }) =>
    hints.some((hint) => hint.startsWith("debt"))
  );
  const [pledged] = things.filter((phrase) => phrase !== owed);
  const isDebt = action === "repay_asset" && owed !== undefined && more.length === 0 &&
    things.length === 2 && pledged!.prep === null && pledged!.amount === null && !pledged!.joined &&
    phrases.indexOf(pledged!) === phrases.indexOf(owed) - 1;
  return isDebt
    ? phrases.map((phrase) => phrase === pledged ? { ...phrase, prep: "against" } : phrase)
    : phrases;
}

const RECEIVES = /^(?:to|for|into|in exchange for|->)$/;

/** "1inch: 4 WETH for DAI", "dump my ARB for stables, USDC": where it happens, and which of several. */
function settleSides(said: Phrases): Phrases {
  // "swap 300 USDC to Curve on Jupiter": what is received is a thing
  const isGoal = (phrase: NounPhrase) =>
    RECEIVES.test(phrase.prep ?? "") && phrase.hints.length === 0 &&
    phrase.names.length === 1 && hasPlace(phrase) && !phrase.names[0]!.open &&
    said.filter(hasPlace).length > 1 && !said.some((other) =>
      other !== phrase && RECEIVES.test(other.prep ?? "") && assetOf(other) !== null
    );
  const phrases = said.map((phrase) => isGoal(phrase) ? withToken(phrase) : phrase);
  const [first, second] = phrases;
  const opens = first !== undefined && second !== undefined && first.prep === null &&
    first.amount === null && first.names.length === 1 && !second.joined && states(second) &&
    second.prep === null && assetOf(second) !== null && phrases.length > 2 &&
    PLACES.has(assetOf(first)?.toLowerCase() ?? "");
  const sided = opens ? [withKind(first, "place"), ...phrases.slice(1)] : phrases;
  // "2 ETH for USDC on uni": where, beside what is given and what is received
  const things = sided.filter((phrase) => assetOf(phrase) !== null);
  const placed = sided.map((phrase) => {
    const isWhere = things.length > 2 && phrase.amount === null && phrase.names.length === 1 &&
      /^(?:on|at|via|through|using)$/.test(phrase.prep ?? "") && namesPlace(phrase);
    return isWhere ? withKind(phrase, "place") : phrase;
  });
  const at = placed.findIndex((phrase, i) =>
    phrase.prep !== null && phrase.names.length === 0 && phrase.amount === null &&
    phrase.hints.includes("thing") && isApposed(placed[i + 1])
  );
  if (at < 0) return placed;
  const apposed = { ...placed[at + 1]!, prep: placed[at]!.prep };
  return [...placed.slice(0, at), apposed, ...placed.slice(at + 2)];
}

function isApposed(phrase: NounPhrase | undefined): boolean {
  return phrase !== undefined && phrase.prep === null && phrase.amount === null &&
    phrase.names.length === 1 && assetOf(phrase) !== null;
}

function placeName(thing: string): string {
  const name = thing.toLowerCase();
  return TOKEN_PLACES.get(name) ?? name;
}

/** The phrase with its thing taken for something else, and a noun that goes with the name. */
function withKind(phrase: NounPhrase, kind: FoundName["kind"], noun?: string): NounPhrase {
  const names = phrase.names.map((name) =>
    name.kind === "asset"
      ? { ...name, kind, name: [placeName(name.name), ...noun ? [noun] : []].join(" ") }
      : name
  );
  return { ...phrase, names };
}
