import type { NounPhrase, ReadOrder } from "../../../language/order.ts";
import type { Quantity } from "../../../language/quantities/types.ts";
import type { Token } from "../../../language/tokens/tokens.ts";
import { KEEPING_VENUES, receiptOf, STAKING_VENUES, TOKEN_PLACES } from "./known_names.ts";
import { LENDING_VENUES } from "./slots.ts";
import { assetOf, hasPlace, isRest, joinShares, states, withTokens } from "./things.ts";

/** Pools take two things at once. */
const POOLED =
  /^(?:liquidity|pool|liquidity pool|pair|lp|whirlpool|clmm|dlmm|slipstream|amm|is:matching|is:corresponding)/;
const TAKES = /^(?:to|into|for|in|in exchange for|in return for|->|with|using)$/;
/** Actions that need no place. */
const ALONE = /^(?:stake|unstake|borrow|repay)_asset$/;
/** Actions that may be done in full at several places. */
const EVERYWHERE = /^(?:claim_rewards|withdraw_asset|unstake_asset)$/;
/** Actions of which several uncounted things are several orders. */
const EACH = /^(?:swap|repay|stake|unstake)_asset$/;

/** What "and" joins: what it is done to, and where or for what. */
interface Unit {
  readonly phrases: readonly NounPhrase[];
  readonly objects: readonly NounPhrase[];
  readonly leads: readonly NounPhrase[];
  /** Its first token. */
  readonly from: number;
}

/**
 * The orders of a verb that is said once: "lend 100 USDC on aave and 200 DAI on compound" is two, and so is
 * "swap 2 ETH and 1 WBTC to USDC", where what is said last holds for both, and "claim on aave and compound".
 */
export function splitGapped(order: ReadOrder): readonly ReadOrder[] {
  const { head, phrases } = order;
  // "make two swaps: 200 USDC into JUP, 5 SOL into JTO"
  const [two, ...list] = phrases;
  const isCount = head.form === "noun" && !head.held && two?.front && two.prep === null &&
    two.names.length + two.hints.length === 0 && two.amount?.kind === "amount" &&
    Number(two.amount.value) === 2 && list.length > 1;
  if (isCount) {
    const parts = order.parts.filter(([start]) => start !== two.amount!.from);
    const both = splitGapped({ ...order, phrases: list, parts });
    return both.length === 2 ? both : [order];
  }
  const moved = splitMove(order) ?? splitOnward(order);
  if (moved) return moved;
  const action = head.actions[0];
  // "both my 60 DOT and my 15 KSM"
  const refers = phrases.some(({ pronoun, amount }) =>
    pronoun !== null && pronoun !== "both" && amount === null
  );
  if (action === undefined || refers || isPooled(order)) return [order];
  const swaps = head.actions.includes("swap_asset") || action === "->";
  const { shared, units } = unitsOf(
    joinShares(withTokens(phrases, swaps)),
    swaps,
    EVERYWHERE.test(action),
  );
  if (units.length !== 2) return [order];
  const parts = splitLed(units) ?? splitObjects(units, shared, head.actions, swaps) ??
    splitPlaces(units, shared, action);
  return parts === null
    ? [order]
    : parts.map((own, i) => part(order, [...shared, ...own], i, units));
}

/** "pull my USDC out of aave and ape it into morpho": from place to place, though MORPHO is a thing as well. */
export function intoPlace(
  order: ReadOrder,
  before: ReadOrder | undefined,
  tokens: readonly Token[],
): ReadOrder {
  if (!/^(?:ape|flip|rotate|roll)$/.test(order.head.word)) return order;
  const [it, to, ...more] = order.phrases;
  const name = to?.names[0];
  const said = name?.name.toLowerCase() ?? "";
  const place = TOKEN_PLACES.get(said) ?? said;
  const isMoved = it?.pronoun !== null && to?.prep === "into" && to.names.length === 1 &&
    name!.kind === "asset" && more.length === 0 &&
    before?.phrases.some((phrase) =>
      /^(?:from|out of|off)$/.test(phrase.prep ?? "") && hasPlace(phrase)
    );
  const isWritten = name !== undefined && /^[A-Z]+$|^\$/.test(tokens[name.from]!.text);
  if (!isMoved || isWritten || !LENDING_VENUES.includes(place)) return order;
  return {
    ...order,
    head: { ...order.head, word: "put", actions: ["deposit_asset"] },
    phrases: [it!, { ...to!, names: [{ ...name!, kind: "place", name: place }] }],
  };
}

/** "unstake all my OSMO, swap half to ATOM": a share of what the step before yields. */
export function ofYield(order: ReadOrder, before: ReadOrder): ReadOrder {
  // "withdraw half my ETH, half into lido": the same half, or a half of it
  if (before.phrases.some(({ amount, pronoun }) => isShare(amount) && pronoun === null)) {
    return order;
  }
  if (/^(?:borrow|repay|claim)/.test(order.head.actions[0] ?? "")) return order;
  const isOpen = ({ prep, names, hints }: NounPhrase) =>
    prep === null && names.length === 0 && hints.length === 0;
  const things = order.phrases.filter(({ prep }) => prep === null);
  const [share] = things;
  const isBare = things.length === 1 && isOpen(share!) && isShare(share!.amount) &&
    share!.pronoun === null && !order.phrases.some(({ self, pronoun }) => self || pronoun !== null);
  return isBare
    ? {
      ...order,
      phrases: order.phrases.map((one) => one === share ? { ...one, pronoun: "it" } : one),
    }
    : order;
}

/** Verbs that bring a thing from one place to another. */
const MOVES =
  /^(?:move|shift|transfer|relocate|roll|roll over|take|take out|pull|pull out|bring|withdraw|switch|get)$/;

/** What the step before yields. */
export const IT: NounPhrase = {
  prep: null,
  joined: false,
  amount: null,
  names: [],
  hints: [],
  pronoun: "it",
  pronounAt: null,
  self: false,
  front: false,
};

/** "move 500 USDC from aave to morpho": taken out there, brought in here. */
function splitMove(order: ReadOrder): readonly ReadOrder[] | null {
  const { head, phrases, parts } = order;
  const led = (preps: RegExp) =>
    phrases.filter((phrase) => preps.test(phrase.prep ?? "") && hasPlace(phrase));
  const [from, ...froms] = led(/^(?:from|out of|off|out from)$/);
  const [to, ...tos] = led(/^(?:to|into|over to|onto|in|over into)$/);
  const things = phrases.filter((phrase) => assetOf(phrase) !== null);
  const [object] = things;
  const isMove = MOVES.test(head.word) && from && to && froms.length + tos.length === 0 &&
    things.length === 1 && object!.prep === null && phrases.filter(states).length < 2 &&
    phrases.every(({ pronoun, self }) => !pronoun && !self);
  if (!isMove || [from, to].some(({ names }) => names.length !== 1 || names[0]!.open)) return null;
  const [was, is] = [from.names[0]!, to.names[0]!];
  const staked = (name: string) => STAKING_VENUES.includes(name);
  // What is unstaked is another thing than its receipt, and a pool's share is none of another pool
  const isOther = receiptOf(assetOf(object!)!) !== undefined && staked(was.name) ||
    object!.hints.includes("liquidity");
  if (was.name === is.name || isOther) return null;
  const others = phrases.filter((phrase) => phrase !== from && phrase !== to);
  const at = parts.findIndex(([start]) => start === was.from);
  const into = parts.findIndex(([start]) => start === is.from);
  const without = (i: number) => parts.filter((_, k) => k !== i && k !== i - 1);
  return [
    {
      ...order,
      head: {
        ...head,
        word: staked(was.name) ? "unstake" : "withdraw",
        actions: [staked(was.name) ? "unstake_asset" : "withdraw_asset"],
      },
      phrases: [...others, from],
      parts: without(into),
    },
    {
      ...order,
      head: {
        ...head,
        word: staked(is.name) ? "stake" : "deposit",
        actions: [staked(is.name) ? "stake_asset" : "deposit_asset"],
      },
      phrases: [IT, { ...to, joined: false }],
      parts: without(at),
    },
  ];
}

/** "swap 1000 MATIC for USDC, half of it into aave, the rest into morpho": what comes out goes on. */
function splitOnward(order: ReadOrder): readonly ReadOrder[] | null {
  const { head, phrases, parts } = order;
  const isPart = (phrase: NounPhrase) =>
    phrase.prep === null && !phrase.front && phrase.names.length === 0 &&
    (isRest(phrase) ||
      states(phrase) && (/^(?:it|them)$/.test(phrase.pronoun ?? "") || isShare(phrase.amount)));
  const isGoal = (phrase: NounPhrase | undefined) =>
    phrase !== undefined && /^(?:into|in|to|onto)$/.test(phrase.prep ?? "") &&
    phrase.amount === null && phrase.names.length === 1 && hasPlace(phrase) &&
    !phrase.names[0]!.open;
  const at = phrases.findIndex((phrase, i) => i > 0 && isPart(phrase) && isGoal(phrases[i + 1]));
  const onward = phrases.slice(Math.max(0, at));
  const isPaired = onward.length % 2 === 0 &&
    onward.every((phrase, i) => i % 2 === 0 ? isPart(phrase) : isGoal(phrase));
  const main = phrases.slice(0, Math.max(0, at));
  // "unstake stETH, 1/8th of it": nothing has come out yet
  const yields = main.some((phrase) => assetOf(phrase) !== null && phrase.prep === null) &&
    main.some((phrase) =>
      /^(?:from|out of|off)$/.test(phrase.prep ?? "") && hasPlace(phrase) ||
      head.actions.includes("swap_asset") && /^(?:to|into|for)$/.test(phrase.prep ?? "") &&
        assetOf(phrase) !== null
    );
  if (!yields || !isPaired || isRest(onward[0]!) || main.some(({ pronoun }) => pronoun !== null)) {
    return null;
  }
  // "half into jito, half into marinade"
  const shares = onward.filter((_, i) => i % 2 === 0);
  const amounts = shares.map(({ amount }, i) =>
    i === 0 || !isShare(amount)
      ? amount
      : shares.length === 2
      ? afterShare(shares[0]!.amount, amount)
      : undefined
  );
  if (amounts.includes(undefined)) return null;
  const starts = shares.map(({ amount }) => amount!.from);
  const within = (from: number, to: number) =>
    parts.filter(([start]) => start >= from && start < to);
  const goes = starts.map((start, i): ReadOrder => {
    const [part, goal] = [{ ...shares[i]!, amount: amounts[i]! }, onward[2 * i + 1]!];
    const { name } = goal.names[0]!;
    const stakes = STAKING_VENUES.includes(name);
    return {
      ...order,
      head: {
        ...head,
        form: "imperative",
        word: stakes ? "stake" : "put",
        actions: stakes ? ["stake_asset"] : ["deposit_asset", "stake_asset"],
      },
      phrases: [{ ...part, joined: false }, { ...goal, joined: false }],
      particles: [],
      ratios: {},
      parts: within(start, starts[i + 1] ?? Infinity),
    };
  });
  const all = [{ ...order, phrases: main, parts: within(0, starts[0]!) }, ...goes];
  return all.every((one) => one.parts.length > 0) ? all : null;
}

/** "100 USDC on aave and 200 DAI on compound", "5 ETH from aave and 3 from compound". */
function splitLed([first, second]: readonly Unit[]): (readonly NounPhrase[])[] | null {
  const [one, two] = [first!.objects, second!.objects];
  const isLed = one.length === 1 && two.length === 1 && first!.leads.length > 0 &&
    second!.leads.length > 0 &&
    (isRest(two[0]!) ? states(one[0]!) : states(two[0]!) === states(one[0]!));
  const { pronoun, pronounAt } = one[0] ?? {};
  if (!isLed || (assetOf(one[0]!) === null && pronoun === null)) return null;
  const asset = assetOf(two[0]!);
  if (asset !== null && asset !== assetOf(one[0]!)) return [first!.phrases, second!.phrases];
  const amount = isRest(two[0]!)
    ? allOf(two[0]!.amount!)
    : afterShare(one[0]!.amount, two[0]!.amount);
  if (amount === undefined || second!.leads.includes(two[0]!)) return null;
  const names = one[0]!.names.filter(({ kind }) => kind === "asset");
  const theirs = second!.phrases.map((phrase) =>
    phrase === two[0]
      ? { ...phrase, names, amount, pronoun: pronoun!, pronounAt: pronounAt! }
      : phrase
  );
  return [first!.phrases, theirs];
}

function isShare(one: Quantity | null): boolean {
  return one !== null && /^(?:fraction|percent)$/.test(one.kind) && one.refusal === undefined;
}

/** All that there is, where "the rest" was said. */
function allOf({ from, to }: Quantity): Quantity {
  return { from, to, kind: "all" };
}

/**
 * How much of the same thing is taken second: after half of it, half of what there was is all that there is.
 * Undefined where no decimal says it.
 */
function afterShare(first: Quantity | null, second: Quantity | null): Quantity | null | undefined {
  if (!isShare(first) && !isShare(second)) return second;
  if (!isShare(first) || !isShare(second) || !first!.ratio || !second!.ratio) return undefined;
  const [[a, b], [c, d]] = [first!.ratio, second!.ratio].map((ratio) => ratio.map(BigInt)) as [
    [bigint, bigint],
    [bigint, bigint],
  ];
  return a * d + c * b === b * d ? { ...second!, kind: "all" } : undefined;
}

/**
 * The order with "the other half" of what an order before it took half of, which is all that is left; null if
 * nothing before tells.
 */
export function settleOther(
  order: ReadOrder,
  earlier: readonly ReadOrder[],
  tokens: readonly Token[],
): ReadOrder | null {
  const at = order.phrases.findIndex((phrase) =>
    isRest(phrase) ||
    (phrase.amount?.kind === "fraction" && tokens[phrase.amount.from - 1]?.norm === "other")
  );
  if (at < 0) return order;
  const other = order.phrases[at]!;
  const said = earlier.flatMap(({ phrases }) => joinShares(phrases));
  const taken = isRest(other)
    ? said.findLast((phrase) => states(phrase) && phrase.amount!.kind !== "all")
    : said.findLast(({ amount }) => afterShare(amount, other.amount)?.kind === "all");
  // "put the rest on Base" does something else with it
  const isPlaced = order.phrases.some(hasPlace) || order.head.actions.length === 1;
  if (taken === undefined || (isRest(other) && !isPlaced)) return null;
  const was = assetOf(taken);
  const [own] = order.phrases.slice(at).filter(({ prep, names }) =>
    prep === null && names.some(({ kind }) => kind === "asset")
  );
  // "swap 1000 USDC to SOL, stake half and lend the other half": of what an order before both yields
  const isYield = earlier.length > 1 && was === null;
  const isSame = own === undefined ? was !== null || isYield : was === null || assetOf(own) === was;
  if (!isSame) return null;
  const names = own ? other.names : taken.names.filter(({ kind }) => kind === "asset");
  const whole = { ...other, names, amount: allOf(other.amount!) };
  return { ...order, phrases: order.phrases.map((phrase, i) => i === at ? whole : phrase) };
}

/** "2 ETH and 1 WBTC to USDC", "60 DOT and 15 KSM": where or for what is said once, or not at all. */
function splitObjects(
  [first, second]: readonly Unit[],
  shared: readonly NounPhrase[],
  actions: readonly string[],
  swaps: boolean,
): (readonly NounPhrase[])[] | null {
  const objects = [...first!.objects, ...second!.objects];
  const assets = new Set(objects.map(assetOf));
  const isTwo = first!.objects.length === 1 && second!.objects.length === 1 && assets.size === 2 &&
    !assets.has(null) && objects.every(({ names }) => names.length === 1);
  const leads = second!.leads;
  // "buy ETH and SOL with 500 USDC": nobody knows how much for each
  if (!isTwo || first!.leads.length > 0 || leads.some(({ amount }) => amount !== null)) return null;
  // "borrow 200 DAI against 5 ETH and 3 BTC": joined to what is pledged, and not to what is borrowed
  const isJoinedThere =
    first!.phrases.some((phrase) =>
      phrase.prep !== null && !phrase.front && assetOf(phrase) !== null
    ) || shared.some(({ prep }) => prep === "against");
  if (isJoinedThere) return null;
  const placed = [...shared.filter(hasPlace), ...leads];
  const isAlone = placed.length === 0 && !swaps && actions.every((action) => ALONE.test(action));
  const counts = objects.every(states);
  const isEach = objects.every(({ amount }) => amount === null) && leads.length > 0 &&
    (actions.every((action) => EACH.test(action)) ||
      (actions[0] === "deposit_asset" && leads.every(keeps)));
  if (!(counts ? placed.length > 0 || isAlone : isEach)) return null;
  const others = second!.phrases.filter((phrase) => !second!.objects.includes(phrase));
  return [[...first!.phrases, ...others], second!.phrases];
}

/** "claim my rewards on Pendle and Convex", "unstake everything from Lido and Jito": the same at two places. */
function splitPlaces(
  [first, second]: readonly Unit[],
  shared: readonly NounPhrase[],
  action: string,
): (readonly NounPhrase[])[] | null {
  const whole = [...shared, ...first!.phrases, ...second!.phrases].every(({ amount }) =>
    amount === null || amount.kind === "all"
  );
  const isTwo = EVERYWHERE.test(action) && whole &&
    second!.objects.every(({ names }) => names.length === 0) &&
    first!.leads.length === 1 && second!.leads.length === 1 &&
    // "my Pendle and Convex rewards", and not "my COMP and Aave rewards"
    (first!.leads.some(hasPlace) || second!.leads.some(hasPlace));
  if (!isTwo) return null;
  const others = first!.phrases.filter((phrase) => !first!.leads.includes(phrase));
  const theirs = second!.phrases.filter((phrase) => !second!.leads.includes(phrase));
  return [
    first!.phrases.map((phrase) => asPlace(phrase, first!.leads)),
    [...others, ...theirs, ...second!.leads.map((phrase) => asPlace(phrase, second!.leads))],
  ];
}

/** What stands before both and holds for both, and what is joined. */
function unitsOf(
  phrases: readonly NounPhrase[],
  swaps: boolean,
  mayBePlaces: boolean,
): { readonly shared: readonly NounPhrase[]; readonly units: readonly Unit[] } {
  const isObject = (phrase: NounPhrase) =>
    phrase.prep === null && !hasPlace(phrase) &&
    (assetOf(phrase) !== null || states(phrase) || isRest(phrase));
  const isLead = (phrase: NounPhrase) =>
    swaps ? assetOf(phrase) !== null && TAKES.test(phrase.prep ?? "") : hasPlace(phrase);
  const start = Math.max(0, phrases.findIndex((phrase) => isObject(phrase) || hasPlace(phrase)));
  // "on aave repay 30 DAI and 20 USDC"
  const isFront = phrases.some(isObject) && hasPlace(phrases[start]!) && phrases[start]!.front;
  const begin = isFront ? phrases.findIndex(isObject) : start;
  // "I have 900 USDC. Put half of it in …": what "it" is was said before
  const isGround = (phrase: NounPhrase, i: number) =>
    i > begin && phrase.front && phrases[begin]!.pronoun !== null;
  const units: NounPhrase[][] = [];
  const rest = phrases.filter((one, i) => i >= begin && !isGround(one, i));
  // "swap 40 USDT for TRX, 60 for SUN"
  const isTwice = rest.length === 4 &&
    (swaps ||
      !rest.some(({ names }) => names.some(({ kind, open }) => kind === "place" && open))) &&
    rest.every((one, i) => i % 2 === 0 ? isObject(one) && states(one) : isLead(one));
  for (const [i, phrase] of rest.entries()) {
    if (units.length === 0 || phrase.joined || (isTwice && i === 2)) units.push([]);
    units.at(-1)!.push(phrase);
  }
  // "my Pendle and Convex rewards": of one sort with what it is joined to
  const namesPlaces = mayBePlaces && units.length === 2 &&
    units.every((own) => own.some((one) => hasPlace(one) || isTokenPlace(one))) &&
    units.some((own) => own.some(hasPlace));
  const leads = (phrase: NounPhrase) => isLead(phrase) || (namesPlaces && isTokenPlace(phrase));
  return {
    shared: phrases.filter((one, i) => i < begin || isGround(one, i)),
    units: units.map((own) => ({
      phrases: own,
      objects: own.filter((phrase) => isObject(phrase) && !leads(phrase)),
      leads: own.filter(leads),
      from: own[0]!.amount?.from ?? own[0]!.names[0]?.from ?? Infinity,
    })),
  };
}

function isTokenPlace(phrase: NounPhrase): boolean {
  return phrase.amount === null && phrase.names.length === 1 &&
    TOKEN_PLACES.has(assetOf(phrase)?.toLowerCase() ?? "");
}

/** The phrase with a token's name taken for the place. */
function asPlace(phrase: NounPhrase, leads: readonly NounPhrase[]): NounPhrase {
  if (hasPlace(phrase) || !leads.includes(phrase)) return phrase;
  const name = TOKEN_PLACES.get(assetOf(phrase)!.toLowerCase())!;
  return { ...phrase, names: [{ ...phrase.names[0]!, kind: "place", name }] };
}

/** Venues that take one thing at a time. */
function keeps({ names }: NounPhrase): boolean {
  return names.some(({ kind, name }) =>
    kind === "place" && [...LENDING_VENUES, ...KEEPING_VENUES].includes(name)
  );
}

function isPooled({ head, phrases }: ReadOrder): boolean {
  return /\bliquidity\b|^lp\b|^pool\b/.test(head.word) ||
    phrases.some(({ hints, names }) =>
      hints.some((hint) => POOLED.test(hint)) || names.some(({ name }) => name.includes("/"))
    );
}

/** One of two orders: its phrases, and of the words those that are its own or hold for both. */
function part(
  order: ReadOrder,
  phrases: readonly NounPhrase[],
  index: number,
  [first, second]: readonly Unit[],
): ReadOrder {
  const { head, parts } = order;
  const own = phrases.flatMap(startsOf);
  // "and my": joins them, and is of neither
  const joint = [Math.max(...first!.phrases.flatMap(startsOf)), second!.from] as const;
  const kept = parts.filter(([start], i) => {
    if (start > joint[0] && start < joint[1]) return false;
    return start === head.from || own.includes(start) ||
      (index === 0 ? start < joint[1] : start >= joint[1]) || own.includes(parts[i + 1]?.[0] ?? -1);
  });
  return {
    ...order,
    phrases: phrases.map((phrase) => ({ ...phrase, joined: false })),
    parts: kept,
  };
}

function startsOf({ names, amount }: NounPhrase): number[] {
  return [...names.map(({ from }) => from), ...amount ? [amount.from] : []];
}
