import { type ParsedPrompt, type ReadingKind, readingsOf } from "../../../language/parse.ts";
import type { RefusalKind } from "../../../language/kinds.ts";
import type { ReadOrder } from "../../../language/order.ts";
import { readQuantities } from "../../../language/quantities/read.ts";
import type { Token } from "../../../language/tokens/tokens.ts";
import { frameOf, isTarget } from "./frames.ts";
import { intoPlace, IT, ofYield, settleOther, splitGapped } from "./gapped.ts";
import { receiptOf } from "./known_names.ts";
import { mapperText } from "./mapper_text.ts";
import { type OrderWords, SWAP_TO } from "./order_words.ts";
import { hasPlace } from "./things.ts";
import { DEFI_PRIMITIVES, type DefiPrimitive } from "../taxonomy.ts";
import { DEFI_LANGUAGE } from "./vocabulary.ts";

/** One order of a prompt. */
export interface DefiOrder {
  /** The words of the original that ask for it. */
  readonly text: string;
  /** Where they stand: a range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: readonly [number, number];
  /** The same as the mapper reads it: as a plain order, unknown names replaced by known ones. */
  readonly order: string;
  /** What its words may ask for; the mapper chooses. */
  readonly allowed: readonly DefiPrimitive[];
  /** How it was found. */
  readonly reading: ReadingKind;
  readonly read: OrderWords;
}

const WAYS_OF_DEBT: readonly DefiPrimitive[] = ["borrow_asset", "repay_asset"];

/** What a prompt was read to. */
export interface DefiReading {
  /** As they are to happen; empty where the prompt is refused. */
  readonly orders: readonly DefiOrder[];
  /** Why it is no order to act on now, and where. */
  readonly refusal: {
    readonly kind: RefusalKind;
    readonly spans: readonly (readonly [number, number])[];
  } | null;
  readonly parsed: ParsedPrompt;
}

/**
 * Reads a prompt of DeFi: its orders, or why there are none.
 *
 * @example
 * ```ts
 * import { readOrders } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const { orders } = readOrders("could you stake 2 ETH with lido, please?");
 * assertEquals(orders.map(({ text, allowed }) => [text, allowed]), [
 *   ["stake 2 ETH with lido", ["stake_asset"]],
 * ]);
 * assertEquals(readOrders("freeze all withdrawals of ETH from aave").refusal !== null, true);
 * ```
 */
export function readOrders(prompt: string): DefiReading {
  let refused: DefiReading | null = null;
  for (const parsed of readingsOf(prompt, DEFI_LANGUAGE)) {
    if (isUnproved(parsed)) break;
    const found = findOrders(prompt, parsed);
    if (found.refusal === null) return found;
    refused = found;
    // What a domain knows to be something else is that in every reading
    if (parsed.refusal === null && found.refusal.kind !== "not_understood") break;
  }
  return refused!;
}

/** The one order of a fragment whose every word has its place; null for any other text. */
export function readStrictOrder(fragment: string): DefiOrder | null {
  for (const parsed of readingsOf(fragment, DEFI_LANGUAGE)) {
    const { orders } = findOrders(fragment, parsed);
    return orders.length === 1 ? orders[0]! : null;
  }
  return null;
}

/**
 * What a prompt would be about that {@linkcode readOrders} does not understand, or null: that it is an order
 * nothing here shows, so that a score has to be sure of it.
 */
export function proposeOrders(prompt: string): DefiReading | null {
  for (const parsed of readingsOf(prompt, DEFI_LANGUAGE)) {
    const found = findOrders(prompt, parsed);
    if (isUnproved(parsed)) {
      if (found.refusal === null) return found;
    } else if (parsed.refusal === null && found.refusal?.kind !== "not_understood") return null;
  }
  return null;
}

function isUnproved({ reading }: ParsedPrompt): boolean {
  return reading === "tail" || reading === "gist";
}

/** The orders of a reading, or why it has none. */
function findOrders(prompt: string, parsed: ParsedPrompt): DefiReading {
  const refuse = (
    kind: RefusalKind,
    spans: readonly (readonly [number, number])[],
  ): DefiReading => ({ orders: [], refusal: { kind, spans }, parsed });
  if (parsed.refusal) return { orders: [], refusal: parsed.refusal, parsed };
  const { tokens } = parsed;
  const textOf = (from: number, to: number) =>
    prompt.slice(tokens[from]!.start, tokens[to - 1]!.end);
  const orders: DefiOrder[] = [];
  let yielded = "ETH";
  let shared: readonly DefiPrimitive[] = DEFI_PRIMITIVES;
  const gapped = withShared(parsed.orders.flatMap(splitGapped), tokens).map(withVerb);
  const all = withBoth(withFetched(gapped));
  for (const [k, said] of all.entries()) {
    if (orders.length > 0 && isCarriedHome(said)) continue;
    if (orders.length > 0 && k > 0 && repeats(said, all[k - 1]!)) continue;
    const span = spanOf(said, tokens);
    const led = intoPlace(said, orders.at(-1)?.read.order, tokens);
    const other = settleOther(led, orders.map(({ read }) => read.order), tokens);
    if (other === null) return refuse("not_understood", [span]);
    const lent = orders.some(({ allowed }) => allowed.includes("borrow_asset"));
    const told = lent ? withoutLoan(other, tokens) : other;
    const order = orders.length > 0 ? ofYield(told, orders.at(-1)!.read.order) : told;
    const { allowed: framed, foreign } = frameOf(order);
    const isGist = parsed.reading === "gist";
    const isOpen = framed.length === 0 && parsed.orders.length === 1 &&
      !isAgainst(order) && (isGist || namesEnough(order));
    // "It's payback time: 7 LINK to Aave": what was passed over tells as well
    const besides = parsed.reading === "loose" ? parsed.besides : [];
    // "a second loan next to my first one, 240 USDC on Aave": taken or paid
    const isLoan = order.head.form === "verbless" && framed.includes("repay_asset") &&
      besides.some((actions) => actions.includes("borrow_asset"));
    const allowed = (isOpen ? DEFI_PRIMITIVES : isLoan ? WAYS_OF_DEBT : framed)
      .filter((action) => all.length > 1 || besides.every((actions) => actions.includes(action)))
      .filter((action) => shared.includes(action));
    // "nominate and bond 5 KSM", "clam.. claim my rewards": one act in two words
    const next = all[k + 1];
    const goesOn = order.phrases.length === 0 && order.particles.length === 0 &&
      Object.keys(order.ratios).length === 0 && orders.length === 0 && foreign === null &&
      order.head.actions.length > 0 && next !== undefined &&
      (next.head.from - order.head.to <= 2 ||
        parsed.roles.slice(order.head.to, next.head.from).every((role) => JOINS.has(role)));
    if (goesOn) {
      shared = DEFI_PRIMITIVES.filter((action) => order.head.actions.includes(action));
      continue;
    }
    if (foreign !== null) return refuse(foreign, [span]);
    // "repay the smaller of my two loans": so many of them, and no amount
    const counts = order.phrases.some(({ amount, names }) =>
      amount?.kind === "amount" && names.length === 0 &&
      SEVERAL.test(tokens[amount.to]?.norm ?? "")
    );
    if (counts) return refuse("not_understood", [span]);
    const before = orders.at(-1);
    if (before && (isHandedOver(before, order) || isTakenFor(before, order))) {
      orders[orders.length - 1] = withReceived(before, order);
      continue;
    }
    // "don't not stake it, stake my 6 SOL": the same said again, with what it is about
    const isEcho = orders.length === 0 && isEchoOf(order, next) &&
      !AS_WELL.test(textOf(order.head.to, next!.head.from));
    if (isEcho) continue;
    if (
      allowed.length === 0 || isTarget(order) || !hasObject(order, orders.length > 0)
    ) {
      return refuse("not_understood", [span]);
    }
    // "2 ETH for USDC" alone is no order; "…, please" is
    const asks = parsed.roles.some((role) => role === "courtesy" || role === "urgency");
    if (order.head.form === "verbless" && !asks && !isGist) {
      return refuse("not_understood", [span]);
    }
    const text = isGist
      ? { text: prompt.trim(), yields: null }
      : mapperText(order, tokens, yielded, allowed, orders.length > 0);
    const last = orders.at(-1);
    const isSame = last?.text === prompt.slice(...span) && last.order === text.text &&
      last.read.order.head.from === order.head.from && thingOf(last.read.order) === thingOf(order);
    if (isSame) continue;
    yielded = text.yields ?? yielded;
    orders.push({
      text: prompt.slice(...span),
      span,
      order: text.text,
      allowed,
      reading: parsed.reading,
      read: { order, textOf, ratios: order.ratios, roles: parsed.roles },
    });
  }
  const distinct = withoutEchoes(orders, prompt);
  const torn = distinct.find((order, i) => i > 0 && isTopicOf(distinct[i - 1]!, order, prompt));
  if (torn) return refuse("not_understood", [torn.span]);
  // Between several orders, words that were passed over may have been one of them
  if (parsed.reading !== "strict" && distinct.length > 1 && passesOver(parsed, distinct)) {
    return refuse("not_understood", distinct.map(({ span }) => span));
  }
  // "buy 2 ETH, paying in USDC": with what, and no order of its own
  const paid = distinct.find(({ read }, i) =>
    read.order.head.word === "pay in" && distinct[i - 1]?.allowed.includes("swap_asset")
  );
  if (paid) return refuse("not_understood", [paid.span]);
  // What is told beside several orders has to be one of them
  const isLost = parsed.reading === "loose" && all.length > 1 &&
    parsed.besides.some((told) =>
      !distinct.some(({ allowed }) => allowed.some((action) => told.includes(action)))
    );
  if (isLost) return refuse("not_understood", distinct.map(({ span }) => span));
  // "Thank you for unstaking my 19 AVAX so promptly": it is done
  const thanked = distinct.find(({ read: { order: { head } } }) =>
    head.form === "noun" && THANKED.test(prompt.slice(0, tokens[head.from]!.start))
  );
  if (thanked) return refuse("not_understood", [thanked.span]);
  const twice = distinct.find((order, i) =>
    distinct.slice(0, i).some((last) => spends(last, order))
  );
  if (twice) return refuse("impossible", [twice.span]);
  const spared = sparedIn(parsed, distinct);
  if (spared) return refuse("negation", [spared]);
  const untold = untoldIn(parsed, distinct);
  return untold ? refuse("not_understood", [untold]) : { orders: distinct, refusal: null, parsed };
}

/** What there are several of, and what is not counted out. */
const SEVERAL =
  /^(?:loans|debts|positions|validators|stakes|vaults|pools|deposits|accounts|wallets|farms|gauges|delegations)$/;

/** "all of my USDC in Aave and all of my USDC in Morpho": the second has nothing left of it. */
function spends(last: DefiOrder, order: DefiOrder): boolean {
  const wholeOf = ({ allowed, read }: DefiOrder) =>
    allowed.every((action) => /^(?:deposit|stake|swap)/.test(action))
      ? read.order.phrases.flatMap(({ amount, names, prep }) =>
        amount?.kind === "all" && prep === null
          ? names.flatMap(({ kind, name }) => kind === "asset" ? [name] : [])
          : []
      )
      : [];
  const whole = wholeOf(last);
  return wholeOf(order).some((name) => whole.includes(name));
}

const THANKED = /\b(?:thanks|thank (?:you|u)|thx|ty|cheers|grateful|gratitude) for\s*$/i;

/** "withdraw my stake and leave the stake as it is": what is acted on is to be left as well. */
function sparedIn(
  { tokens, roles }: ParsedPrompt,
  orders: readonly DefiOrder[],
): readonly [number, number] | null {
  const at = tokens.findIndex(({ norm }, i) =>
    /^(?:leave|keep)$/.test(norm) && /^(?:reason|aside)$/.test(roles[i]!)
  );
  if (at < 0) return null;
  const nouns = tokens.slice(at + 1, at + 4).map(({ norm }) => norm);
  const isSame = orders.some(({ read }) =>
    read.order.phrases.some(({ hints }) => hints.some((hint) => nouns.includes(hint)))
  );
  return isSame ? [tokens[at]!.start, tokens.at(-1)!.end] : null;
}

/** "borrow 250 USDC and put the borrowed USDC into …": what a step before yields is no debt of this one. */
function withoutLoan(order: ReadOrder, tokens: readonly Token[]): ReadOrder {
  const isYield = (hint: string) => /^is:(?:borrowed|lent|loaned)$/.test(hint);
  return {
    ...order,
    phrases: order.phrases.map((phrase) => ({
      ...phrase,
      hints: phrase.hints.filter((hint) => !isYield(hint)),
    })),
    parts: order.parts.filter(([start]) => !isYield(`is:${tokens[start]!.norm}`)),
  };
}

/** True if words were passed over from the first order to the last, or make one: "I need cash for rent". */
function passesOver({ tokens, roles }: ParsedPrompt, orders: readonly DefiOrder[]): boolean {
  const from = Math.min(...orders.map(({ span }) => span[0]));
  const to = Math.max(...orders.map(({ span }) => span[1]));
  const isSaid = ({ read }: DefiOrder) =>
    read.order.phrases.some(({ names, amount, hints, pronoun }) =>
      names.some(({ open }) => !open) || amount !== null || hints.length > 0 || pronoun !== null
    );
  return !orders.every(isSaid) ||
    tokens.some(({ start, norm }, i) =>
      start >= from && start < to && /^(?:unread|aside)$/.test(roles[i]!) &&
      !norm.split(" ").every((word) => SEQUELS.has(word))
    );
}

/** "…, and after that", "… is to be removed": words that join orders, or make one of a thing that is done to. */
const SEQUELS: ReadonlySet<string> = new Set(
  ("and|then|plus|&|n|but|so|while|whereas|also|after|that|which|next|first|finally|lastly|now|thereafter|afterwards|whatever|prior|before|this|beforehand|" +
    "is|are|to|be|being|get|gets|should|must|shall|has|have").split("|"),
);

/** Kinds of amounts that are said and cannot be acted on. */
const UNREADABLE: ReadonlySet<string> = new Set(["multiplier", "range", "bound", "unreadable"]);

/**
 * "I'd sooner have DAI than USDT, so swap 900", "I want 2 ETH. Pay in USDC": what is told beside an order that
 * leaves the thing or the amount open, and does not refer to it, would be lost.
 */
function untoldIn(
  { tokens, roles }: ParsedPrompt,
  orders: readonly DefiOrder[],
): readonly [number, number] | null {
  const { quantities } = DEFI_LANGUAGE.lexicon;
  const { isAsset = () => false } = quantities;
  const told = tokens.filter((token, i) => roles[i] === "aside" && isAsset(token.norm, token));
  const phrases = orders.flatMap(({ read }) => read.order.phrases);
  const counts = phrases.some(({ amount }) => amount !== null);
  if (phrases.some(({ pronoun }) => pronoun !== null)) {
    // "2 ETH gone, USDC back, swap it": how much was told, and not of what "it" is
    const lost = counts || orders.length > 1 ? undefined : readQuantities(tokens, quantities)
      .find(({ kind, from, to, refusal }) =>
        (/^(?:amount|fraction|percent)$/.test(kind) && !refusal ||
          UNREADABLE.has(kind) && to > from + 1) &&
        roles[from] === "aside"
      );
    // "100 USDS into sky, deposit that": where, under a name that no list has
    const led = orders.length > 1
      ? -1
      : tokens.findIndex(({ norm }, i) =>
        /^(?:into|onto)$/.test(norm) && roles[i] === "aside" && roles[i + 1] === "aside" &&
        !isAsset(tokens[i + 1]!.norm, tokens[i + 1]!)
      );
    const isPlaced = phrases.some(({ names }) => names.some(({ kind }) => kind === "place"));
    if (led >= 0 && !isPlaced) return [tokens[led]!.start, tokens[led + 1]!.end];
    return lost ? [tokens[lost.from]!.start, tokens[lost.to - 1]!.end] : null;
  }
  if (told.length === 0) return null;
  const names = phrases.some((phrase) => phrase.names.some(({ kind }) => kind === "asset"));
  const isCounted = readQuantities(tokens, quantities)
    .some(({ to, refusal }) => refusal?.kind !== "vague" && told.includes(tokens[to]!));
  const swaps = orders.some(({ allowed }) => allowed.includes("swap_asset"));
  const isLost = isCounted && !counts || !names && (counts || swaps);
  return isLost ? [told[0]!.start, told.at(-1)!.end] : null;
}

/**
 * "Claim the income: claim …", "all my OP into BAL, swap it", "stop staking my SOL, release 20": the same
 * said twice is one order.
 */
function withoutEchoes(orders: readonly DefiOrder[], prompt: string): DefiOrder[] {
  const kept: DefiOrder[] = [];
  for (const order of orders) {
    const last = kept.at(-1);
    const both = last?.allowed.filter((action) => order.allowed.includes(action)) ?? [];
    const echoes = last && both.length > 0 && !addsRewards(last, order);
    if (last && isHandedBack(last, order)) {
      kept[kept.length - 1] = merge(last, order);
    } else if (echoes && isBare(order)) {
      kept[kept.length - 1] = { ...last, allowed: both };
    } else if (echoes && isBare(last) && order.read.order.when === "then") {
      kept[kept.length - 1] = withPlaceOf(last, order);
    } else if (
      echoes && saysSame(last, order) &&
      // "my ETH staked and locked on Lido"
      (isOneBreath(last, order, prompt) || order.read.order.head.form === "participle")
    ) {
      kept[kept.length - 1] = { ...merge(last, order), allowed: both };
    } else kept.push(order);
  }
  return kept;
}

/** "My Kamino loan: repay 12 SOL": where, of the same said twice. */
function withPlaceOf(last: DefiOrder, order: DefiOrder): DefiOrder {
  const { read } = order;
  const places = last.read.order.phrases.filter(hasPlace);
  if (places.length !== 1 || read.order.phrases.some(hasPlace)) return order;
  const phrases = [...read.order.phrases, { ...places[0]!, front: true }];
  return { ...order, read: { ...read, order: { ...read.order, phrases } } };
}

/** "exit my validator and give back the 32 ETH": how much comes out, and no order of its own. */
function isHandedBack({ allowed, read: { order } }: DefiOrder, next: DefiOrder): boolean {
  const counts = order.phrases.some(({ amount }) => amount !== null);
  return allowed.every((action) =>
    /^(?:unstake_asset|withdraw_asset|claim_rewards)$/.test(action)
  ) &&
    !counts && next.read.order.phrases.length === 1 &&
    /^(?:give|give back|hand back|bring back|send back|return|bring out)$/.test(
      next.read.order.head.word,
    );
}

const LEAVES = /^(?:unstake_asset|withdraw_asset|claim_rewards)$/;
const HANDS = /^(?:give me|give us|give|return|hand me|hand|get me|let me have)$/;

/** "close my position on JustLend and give me the USDT": what comes out, and no order of its own. */
function isHandedOver({ allowed, read }: DefiOrder, next: ReadOrder): boolean {
  const [thing, ...more] = next.phrases;
  const isThing = thing?.prep === null && thing.amount === null && thing.pronoun === null &&
    thing.names.every(({ kind }) => kind === "asset") && thing.names.length <= 1 &&
    (thing.names.length === 1 || thing.hints.length > 0) &&
    thing.hints.every((hint) => hint === "thing");
  const name = thing?.names[0]?.name;
  const said = read.order.phrases.flatMap(({ names }) =>
    names.flatMap((one) => one.kind === "asset" ? [one.name] : [])
  );
  // "withdraw my USDC and give me ETH" is a swap as well; mSOL gives SOL
  const isSame = name === undefined ||
    said.every((one) => one === name || receiptOf(one) !== undefined || one.includes("/"));
  return HANDS.test(next.head.word) && next.particles.length === 0 && more.length === 0 &&
    isThing &&
    isSame && allowed.length > 0 && allowed.every((action) => LEAVES.test(action));
}

const SELLS =
  /^(?:sell|swap|trade|exchange|convert|dump|offload|ditch|get rid of|flip|flog|unload|change|switch|liquidate|nuke)/;
const TAKES = /^(?:give me|give us|hand me|get|get me|take|grab|receive|gimme)$/;

/** "sell all my DOGE, give me USDT", "ditch EIGEN take WETH": what is received for it. */
function isTakenFor({ allowed, read: { order } }: DefiOrder, next: ReadOrder): boolean {
  const [thing, ...more] = next.phrases;
  const name = thing?.names[0];
  const isThing = thing?.prep === null && thing.amount === null && thing.pronoun === null &&
    thing.names.length === 1 && name!.kind === "asset" && thing.hints.length === 0;
  const isOpen = order.phrases.every(({ prep, names }) =>
    !SWAP_TO.test(prep ?? "") && !names.some((one) => one.name === name?.name)
  );
  return isThing && more.length === 0 && isOpen && TAKES.test(next.head.word) &&
    SELLS.test(order.head.word) && allowed.includes("swap_asset") &&
    next.particles.every((word) => word === "in return");
}

/** The order with what comes out, where it does not say so itself. */
function withReceived(last: DefiOrder, { phrases, parts }: ReadOrder): DefiOrder {
  const { read } = last;
  if (last.allowed.includes("swap_asset")) {
    const [thing] = phrases;
    const order = {
      ...read.order,
      phrases: [...read.order.phrases, { ...thing!, prep: "for", joined: false }],
      parts: [...read.order.parts, ...parts.slice(1)],
    };
    const text = `${last.order} for ${thing!.names[0]!.name}`;
    return { ...last, allowed: ["swap_asset"], order: text, read: { ...read, order } };
  }
  const isNamed = read.order.phrases.some(({ names }) =>
    names.some(({ kind }) => kind === "asset")
  );
  if (isNamed || phrases[0]!.names.length === 0) return last;
  const order = {
    ...read.order,
    phrases: [...read.order.phrases, { ...phrases[0]!, joined: false }],
    parts: [...read.order.parts, ...parts.slice(1)],
  };
  return { ...last, read: { ...read, order } };
}

/** "withdraw 500 USDC and claim rewards": rewards are another thing. */
function addsRewards(last: DefiOrder, order: DefiOrder): boolean {
  const rewards = ({ read }: DefiOrder) =>
    // "I want to earn interest on 12k USDC, put it in Fluid": what the order is for
    read.order.head.word !== "earn" &&
    read.order.phrases.some(({ hints }) => hints.includes("reward"));
  // "the ETH gains, please claim them"
  const refers = order.read.order.phrases.some(({ pronoun }) => pronoun !== null);
  return rewards(order) !== rewards(last) && !(refers && rewards(last));
}

/** What tells that another thing is to be done as well. */
const AS_WELL =
  /\b(?:and|then|also|plus|next|after\w*|too|another|again|finally|as well)\b|[&+;\n\d]/i;

/** True if nothing between two orders tells that they are two. */
function isOneBreath(last: DefiOrder, order: DefiOrder, prompt: string): boolean {
  const [, end] = last.span;
  const [start] = order.span;
  return order.read.order.when === "then" && end <= start &&
    !AS_WELL.test(prompt.slice(end, start)) && !AS_WELL.test(order.text.split(" ")[0]!);
}

/** True for two orders that name at most one amount, one thing and one place between them. */
function saysSame(last: DefiOrder, order: DefiOrder): boolean {
  const phrases = [last, order].flatMap(({ read }) => read.order.phrases);
  const named = (kind: string) =>
    new Set(
      phrases.flatMap(({ names }) => names.filter((name) => name.kind === kind))
        .map(({ name }) => name.toLowerCase()),
    ).size;
  return named("asset") <= 1 && named("place") <= 1 &&
    phrases.filter(({ amount }) => amount !== null).length <= 1;
}

/** One order of what two say. */
function merge(last: DefiOrder, order: DefiOrder): DefiOrder {
  const { read } = last;
  const phrases = order.read.order.phrases.filter(({ names, amount, hints }) =>
    names.length > 0 || amount !== null || hints.length > 0
  );
  const whole = {
    ...read.order,
    phrases: [...read.order.phrases, ...phrases],
    particles: [...read.order.particles, ...order.read.order.particles],
    parts: [...read.order.parts, ...order.read.order.parts],
  };
  const span = [last.span[0], order.span[1]] as const;
  return {
    ...last,
    text: `${last.text}, ${order.text}`,
    span,
    order: `${last.order}, ${order.order}`,
    read: { ...read, order: whole },
  };
}

/**
 * "45,000 SEI, unbond, Silo liquid staking", "unstake my mSOL, I want SOL back, 4 of them": beside an order, a
 * noun or the same act without an amount may only say what the order is about.
 */
function isTopicOf(last: DefiOrder, order: DefiOrder, prompt: string): boolean {
  if (!isOneBreath(last, order, prompt) || areApart(last, order, prompt)) return false;
  const isNoun = ({ read }: DefiOrder) => read.order.head.form === "noun";
  const counts =
    [last, order].filter(({ read }) => read.order.phrases.some(({ amount }) => amount !== null))
      .length;
  const isSame = last.allowed.some((action) => order.allowed.includes(action));
  return isNoun(last) !== isNoun(order) && counts < 2 || isSame && counts === 1;
}

/** "Claim the COMP on Compound. Take 500 USDC out of Aave": two sentences about different things. */
function areApart(last: DefiOrder, order: DefiOrder, prompt: string): boolean {
  const between = prompt.slice(last.span[1], order.span[0]);
  const things = [last, order].map(({ read }) =>
    read.order.phrases.flatMap(({ names }) =>
      names.flatMap(({ kind, name }) => kind === "asset" ? [name.toLowerCase()] : [])
    )
  );
  return /[.!]/.test(between) && things.every((names) => names.length > 0) &&
    !things[0]!.some((name) =>
      things[1]!.some((other) => name.includes(other) || other.includes(name))
    );
}

/** True for an order that names nothing of its own. */
function isBare({ read: { order: { phrases, head } } }: DefiOrder): boolean {
  // "my ETH staked": what stands before is its own
  return phrases.every(({ names, amount, front }) =>
    front && head.form !== "participle" || (names.length === 0 && amount === null)
  );
}

/** A known thing and how much of it, or where: enough for the mapper to judge a verb that no list has. */
function namesEnough({ phrases, head }: ReadOrder): boolean {
  const names = phrases.flatMap((phrase) => phrase.names);
  const known = (kind: string) => names.some((name) => name.kind === kind && !name.open);
  const counts = phrases.some(({ amount }) => amount !== null);
  const [object] = phrases;
  const isDirect = object?.prep === null && (object.amount !== null || object.names.length > 0);
  if (head.form !== "open_verb" || !isDirect || phrases.some(({ self }) => self)) return false;
  return ((known("asset") && (counts || known("place"))) || (known("place") && counts));
}

/** Roles of words between two verbs of one act. */
const JOINS: ReadonlySet<string> = new Set(
  "punct|connector|courtesy|filler|urgency|insistence|address|greeting|frame|label".split("|"),
);

function thingOf({ phrases }: ReadOrder): string | undefined {
  return phrases.flatMap(({ names }) => names).find(({ kind }) => kind === "asset")?.name;
}

/** "withdraw 30% of my USDC on aave, then 20% of my DAI on spark": the verb that was said before. */
function withVerb(order: ReadOrder, at: number, orders: readonly ReadOrder[]): ReadOrder {
  const before = orders[at - 1];
  const leads = (one: ReadOrder) => one.phrases.find(hasPlace)?.prep ?? null;
  const isGapped = before !== undefined && order.head.form === "verbless" &&
    /^(?:on|at|with|in)$/.test(leads(order) ?? "") && leads(order) === leads(before);
  return isGapped
    ? { ...order, head: { ...before.head, from: order.head.from, to: order.head.from } }
    : order;
}

/** "withdraw my ETH from aave and USDC from compound, then deposit both into morpho": once for each. */
function withBoth(orders: readonly ReadOrder[]): ReadOrder[] {
  return orders.flatMap((order, k) => {
    const [first, second] = [orders[k - 2], orders[k - 1]];
    const [both, ...rest] = order.phrases;
    const refers = both?.prep === null && both.names.length === 0 && both.amount === null &&
      /^(?:both|them)$/.test(both.pronoun ?? "");
    // Of one verb: "sell my ARB for ETH, then my OP for ETH" leaves one thing
    if (!first || !second || !refers || first.head.from !== second.head.from) return [order];
    const things = [first, second].map(({ phrases }) =>
      phrases.filter(({ prep }) => prep === null).flatMap(({ names }) =>
        names.filter(({ kind }) => kind === "asset")
      )
    );
    const isEach = things.every((names) => names.length === 1) &&
      things[0]![0]!.name !== things[1]![0]!.name && !first.head.actions.includes("swap_asset");
    if (!isEach) return [order];
    const pooled = rest.some(({ names, hints }) =>
      hints.some((hint) => /^(?:pool|pair|liquidity)/.test(hint)) ||
      names.some(({ name }) => name.includes("/"))
    );
    if (pooled) {
      const pair = things.map((names, i) => ({ ...both!, names, joined: i > 0, pronoun: null }));
      return [{ ...order, phrases: [...pair, ...rest] }];
    }
    return things.map((names) => ({ ...order, phrases: [{ ...both!, names }, ...rest] }));
  });
}

/** "claim and sell my ARB rewards": two acts about one thing, which is named behind the second. */
function withShared(orders: readonly ReadOrder[], tokens: readonly Token[]): ReadOrder[] {
  const [first, second, ...more] = orders;
  if (first === undefined || second === undefined) return [...orders];
  const isAlone = first.phrases.length === 0 && first.particles.length === 0 &&
    Object.keys(first.ratios).length === 0 && first.head.form !== "noun" &&
    first.when === "then" && second.when === "then";
  // What comes out is brought somewhere else; "stake and unstake" is a joke
  const isOther = first.head.actions.length > 0 && second.head.actions.length > 0 &&
    first.head.actions.every((action) => /^(?:claim|withdraw|unstake|swap|borrow)_/.test(action)) &&
    second.head.actions.every((action) => /^(?:swap|stake|deposit|repay)_/.test(action)) &&
    !first.head.actions.some((action) => second.head.actions.includes(action));
  const between = tokens.slice(first.head.to, Math.max(first.head.to, second.head.from));
  const joins = between.length > 0 && first.head.repaired === undefined &&
    between.every(({ norm }) => /^(?:and|&|n|\+|then|also)$/.test(norm));
  const [object] = second.phrases;
  // "claim and deposit 500 USDC": how much is claimed, nobody says
  const counts = object !== undefined && object.amount !== null &&
    first.head.actions[0] === "claim_rewards";
  const isPlain = object?.prep === null && !object.front && object.pronoun === null && !counts &&
    second.phrases.every(({ joined }) => !joined);
  if (!isAlone || !isOther || !joins || !isPlain) return [...orders];
  const own = second.phrases.filter((phrase) =>
    phrase === object || /^(?:from|out of|off)$/.test(phrase.prep ?? "")
  );
  const rest = second.phrases.filter((phrase) => !own.includes(phrase));
  const starts = rest.flatMap(({ names, amount }) => [
    ...names.map(({ from }) => from),
    ...amount ? [amount.from] : [],
  ]);
  const at = Math.min(...starts, Infinity);
  return [
    {
      ...first,
      phrases: own,
      parts: [
        ...first.parts,
        ...second.parts.filter(([from]) => from > second.head.from && from < at - 1),
      ],
    },
    {
      ...second,
      phrases: [IT, ...rest],
      parts: second.parts.filter(([from]) => from === second.head.from || from >= at - 1),
    },
    ...more,
  ];
}

/** "take 400 USDC from my wallet and lend it": what is at hand is the object of what follows. */
function withFetched(orders: readonly ReadOrder[]): ReadOrder[] {
  const [first, second, ...more] = orders;
  if (first === undefined || second === undefined) return [...orders];
  const [object, ...rest] = first.phrases;
  const isOwn = object?.prep === null && object.amount !== null && object.names.length === 1 &&
    first.particles.length === 0 && /^(?:take|grab|use)$/.test(first.head.word) &&
    rest.every(({ prep, self, names }) => prep === "from" && self && names.length === 0);
  const at = second.phrases.findIndex(({ pronoun, prep }) => pronoun === "it" && prep === null);
  const isOpen = second.phrases.every(({ amount, names, prep }) =>
    amount === null && (names.every(({ kind }) => kind !== "asset") ||
      /^(?:to|into|for)$/.test(prep ?? ""))
  );
  if (!isOwn || at < 0 || !isOpen || second.head.actions.length === 0) return [...orders];
  const said = second.phrases[at]!;
  const meant = { ...said, ...object, pronoun: null, pronounAt: null };
  const [name] = object.names;
  return [{
    ...second,
    phrases: second.phrases.map((phrase) => phrase === said ? meant : phrase),
    parts: [
      [object.amount.from, object.amount.to],
      [name!.from, name!.to],
      ...second.parts.filter(([from]) => from !== said.pronounAt),
    ],
  }, ...more];
}

/** "…, and send it to my wallet": what the step before yields goes where it goes anyway. */
function isCarriedHome({ head, phrases, particles }: ReadOrder): boolean {
  const isBack = particles.some((word) => /^(?:back|home)$/.test(word)) && phrases.length === 1 &&
    phrases[0]!.pronoun !== null && phrases[0]!.names.length === 0 && phrases[0]!.amount === null;
  if (isBack && /^(?:send|bring|give|get|take|put|return)/.test(head.word)) return true;
  return /^(?:send|pay|put|move|return|take|get|give|transfer|bring|give back|bring back|deposit|withdraw)/
    .test(head.word) &&
    phrases.some(({ self }) => self) && phrases.length <= 2 &&
    phrases.every(({ self, pronoun, names, amount, hints }) =>
      (self || pronoun !== null) && names.length === 0 && amount === null && hints.length === 0
    );
}

/** "pull the 1,000 DAI off Spark; pull it": the same verb, and nothing but a pronoun. */
function repeats({ head, phrases, particles, ratios }: ReadOrder, last: ReadOrder): boolean {
  return head.word === last.head.word && particles.length === 0 &&
    Object.keys(ratios).length === 0 && last.phrases.length > 0 &&
    phrases.filter(({ front }) => !front).every(({ prep, pronoun, names, amount, hints }) =>
      prep === null && /^(?:it|them)$/.test(pronoun ?? "") && names.length === 0 &&
      amount === null && hints.length === 0
    ) && phrases.length > 0;
}

/** "rid me of 45 MIM against USDC": a pledge, or what is received. */
function isAgainst({ phrases }: ReadOrder): boolean {
  return phrases.some(({ prep }) => prep === "against");
}

/** True for a verb and a pronoun alone, where the order behind it says the same with what it is about. */
function isEchoOf({ head, phrases, particles }: ReadOrder, next: ReadOrder | undefined): boolean {
  return next !== undefined && next.head.word === head.word && head.actions.length > 0 &&
    next.when === "then" && particles.length === 0 && phrases.length === 1 &&
    phrases[0]!.pronoun !== null && phrases[0]!.amount === null && hasObject(next, false) &&
    !hasObject({ head, phrases } as ReadOrder, false);
}

/** An order is about something, or about what the order before it yields. */
function hasObject({ phrases, head }: ReadOrder, follows: boolean): boolean {
  if (follows) return true;
  return phrases.some(({ names, hints, amount }) =>
    names.length > 0 || hints.some((hint) => !hint.startsWith("is:")) || amount !== null
  ) ||
    head.form === "noun" && phrases.length > 0;
}

function spanOf({ parts }: ReadOrder, tokens: readonly Token[]): readonly [number, number] {
  const from = Math.min(...parts.map(([start]) => start));
  const to = Math.max(...parts.map(([, end]) => end));
  return [tokens[from]!.start, tokens[to - 1]!.end];
}
