import { type ArgumentContext, readArguments } from "./arguments.ts";
import { findHead, findTold, type FoundHead, isAsking } from "./head.ts";
import { HIDDEN } from "./screen/hidden.ts";
import { kindOfUnread, type RefusalKind } from "./kinds.ts";
import type { CompiledLexicon } from "./lexicon.ts";
import type { NameKind } from "./sense.ts";
import { isShouting } from "./names/open_names.ts";
import { type NounPhrase, type ReadOrder, verbOf } from "./order.ts";
import { readQuantities } from "./quantities/read.ts";
import { createRoles, type Role, type Roles } from "./roles.ts";
import { type FoundRatio, takeRatios } from "./ratios.ts";
import { screenAfter, screenBefore } from "./screen/screen.ts";
import { cutSegments, type Segment } from "./segments.ts";
import { may, senseOf, type Tag, tagTokens } from "./tokens/tags.ts";
import { type Token, tokenize } from "./tokens/tokens.ts";
import { lightRole } from "./screen/transparent.ts";
import { applyCorrections, dropListMarks, findWrapper } from "./screen/wrappers.ts";

/** Why a prompt is no order to act on now, and where. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Ranges `[start, end)` of the prompt in UTF-16 units. */
  readonly spans: readonly (readonly [number, number])[];
}

/** What a prompt was read to. */
export interface ParsedPrompt {
  readonly tokens: readonly Token[];
  /** The role of each token. */
  readonly roles: readonly Role[];
  /** The orders as they are to happen; empty where the prompt is refused. */
  readonly orders: readonly ReadOrder[];
  readonly refusal: Refusal | null;
}

/** Longest prompt that is read, in tokens. A person's order has fewer than a hundred. */
export const MAX_TOKENS = 400;
/** Longest prompt that is looked at, in UTF-16 units. */
export const MAX_PROMPT_LENGTH = 2_000;

/**
 * Reads a prompt: which clauses are orders to be carried out now, what they are about, and what everything
 * else is. An order is proved, not assumed: its clause begins as orders do, and every word of it has a
 * place. What stands before it may tell how things are, what stands after it may give a reason; anything else
 * refuses the whole prompt, with the kind and the spans.
 *
 * Works in linear time.
 *
 * @param prompt Text of a person.
 * @param lexicon The words of a domain: {@linkcode compileLexicon}.
 */
export function parsePrompt(prompt: string, lexicon: CompiledLexicon): ParsedPrompt {
  const whole = [[0, prompt.length]] as const;
  const nothing = (kind: RefusalKind): ParsedPrompt => ({
    tokens: [],
    roles: [],
    orders: [],
    refusal: { kind, spans: whole },
  });
  if (prompt.length > MAX_PROMPT_LENGTH) return nothing("too_long");
  const hidden = HIDDEN.exec(prompt);
  if (hidden) {
    const span = [hidden.index, hidden.index + hidden[0].length] as const;
    return { ...nothing("unreadable"), refusal: { kind: "unreadable", spans: [span] } };
  }
  const tokens = tokenize(prompt, { isName: lexicon.isName });
  if (tokens.length > MAX_TOKENS) return nothing("too_long");
  if (tokens.length === 0) return nothing("empty");
  const roles = createRoles(tokens.length);
  const finish = (orders: readonly ReadOrder[], kind: RefusalKind | null, bad: readonly Tag[]) => ({
    tokens,
    roles: tokens.map(({ norm }, i) => {
      const role = roles.of(i);
      return role === "unread" && /^[,.;:!?()-]+$/.test(norm) ? "punct" : role;
    }),
    orders: kind === null ? orders : [],
    refusal: kind === null ? null : { kind, spans: spansOf(bad, tokens, prompt) },
  });
  const flawed = tokens.findIndex(({ flaws }) => flaws?.some((flaw) => !HARMLESS.includes(flaw)));
  if (flawed >= 0) {
    const { start, end } = tokens[flawed]!;
    return { ...finish([], null, []), refusal: { kind: "unreadable", spans: [[start, end]] } };
  }
  const quantities = readQuantities(tokens, lexicon.lexicon.quantities);
  const all = applyCorrections(
    dropListMarks(tagTokens(prompt, tokens, quantities, lexicon), prompt, tokens, roles),
    roles,
  );
  const wrapper = findWrapper(all, prompt, tokens);
  if (wrapper) return finish([], "wrapper", [wrapper]);
  const starts = tokens.map(({ start }) => start);
  const { kept, ratios } = takeRatios(all, roles);
  const segments = cutSegments(prompt, kept, lexicon, starts);
  const read = readSegments(segments, {
    lexicon,
    roles,
    ratios,
    isShouting: isShouting(prompt),
  });
  return finish(read.orders, read.kind, read.bad);
}

const HARMLESS: readonly string[] = ["compatibility", "glued"];

interface Reading {
  readonly orders: readonly ReadOrder[];
  readonly kind: RefusalKind | null;
  readonly bad: readonly Tag[];
}

/** An order with the fragments that go on with it. */
interface OpenOrder {
  found: FoundHead;
  front: Tag[];
  back: Tag[];
  segment: Segment;
  /** What stands before it and tells how things are. */
  ground: readonly Tag[];
  tags: Tag[];
}

type Base = Omit<ArgumentContext, "exchanges"> & { readonly ratios: readonly FoundRatio[] };

function readSegments(segments: readonly Segment[], base: Base): Reading {
  const { roles, lexicon } = base;
  const open: OpenOrder[] = [];
  let pending: Tag[] = [];
  let before: Segment[] = [];
  let inReason = false;
  for (const segment of segments) {
    const { end } = segment;
    // "…, but swap 9 USDC first"
    const turns = segment.joint === "so" || segment.tags[0]!.norm === "but";
    const isFirst = turns && segment.tags.length > 1 &&
      segment.tags.at(-1)!.norm === "first";
    const tags = isFirst ? segment.tags.slice(0, -1) : segment.tags;
    const light = tags.every((tag) =>
      lightRole(tag) !== null || isJoin(tag) || isLabel(tag, segment)
    );
    const last = open.at(-1);
    if (light) {
      for (const tag of tags) {
        roles.set(tag, lightRole(tag) ?? (may(tag, "label") ? "label" : "connector"));
      }
      if (end === "?" && !isTag(segment) && !(last && isAsking(last.found.frame))) {
        return fault("question", tags);
      }
      continue;
    }
    const isTold = segment.joint === "after" || segment.joint === "before";
    const found = (isTold ? findTold(tags) : null) ?? findHead(tags, lexicon);
    if (found && isProved(found, base)) {
      const doubt = judge(before, roles) ?? judgeQuestion(segment, found, last);
      if (doubt) return doubt;
      // "deposit: 5 ETH" is one order, "deleverage: repay 500 USDC" has a label
      if (last && isLabelOf(last, found)) {
        for (const tag of last.tags) roles.set(tag, "label");
        open.pop();
      }
      const ground = before.flatMap(({ tags }) => tags);
      before = [];
      inReason = false;
      open.push({
        found,
        front: [...pending, ...found.front],
        back: [...found.back],
        segment: isFirst ? { ...segment, joint: "after" } : segment,
        ground,
        tags: [...tags],
      });
      pending = [];
      continue;
    }
    // "swap 2 ETH, I need USDC"
    const wanted = last && !inReason && /^(?:i need|i want)$/.test(tags[0]!.norm) &&
        exchangesOf(last.found, last.back, lexicon)
      ? [{ ...tags[0]!, senses: [{ role: "prep" }], norm: "for" } as Tag, ...tags.slice(1)]
      : null;
    if (last && wanted && wanted.length > 1 && isArguments(wanted.slice(1), base)) {
      last.back.push(comma(tags[0]!), ...wanted);
      last.tags.push(...tags);
      continue;
    }
    if (last && !inReason && goesOn(tags, last, base)) {
      if (end === "?" && !isAsking(last.found.frame)) return fault("question", tags);
      last.back.push(comma(tags[0]!), ...tags);
      last.tags.push(...tags);
      continue;
    }
    if (!last && isArguments(tags, base)) {
      pending.push(...tags, comma(tags[0]!));
      continue;
    }
    if (last && screenAfter(tags, segment.joint) === null && end !== "?") {
      inReason = true;
      for (const tag of tags) roles.set(tag, lightRole(tag) ?? "reason");
      continue;
    }
    // Where another order follows, it may give its ground; else it is not accounted for
    before.push(segment);
  }
  if (before.length > 0 || open.length === 0) {
    const rest = before.flatMap(({ tags }) => tags);
    const named = foundForeign(segments, base);
    if (named) return named;
    return fault(kindOfUnread([...rest, ...pending], before.at(-1)?.end ?? ""), [
      ...rest,
      ...pending,
    ]);
  }
  return readOrders(open, base);
}

/** Kind of an order that is recognised and outside of the domain. */
function foundForeign(segments: readonly Segment[], { lexicon }: Base): Reading | null {
  for (const { tags } of segments) {
    const found = findHead(tags, lexicon);
    if (found?.head.foreign !== undefined) return fault(found.head.foreign, found.tags);
  }
  return null;
}

function judge(before: readonly Segment[], roles: Roles): Reading | null {
  for (const { tags, end, joint } of before) {
    const why = screenBefore(tags, end, joint !== "start");
    if (why !== null) return fault(why === "not_understood" ? kindOfUnread(tags, end) : why, tags);
    for (const tag of tags) roles.set(tag, lightRole(tag) ?? "aside");
  }
  return null;
}

/** A question is an order only where it asks to act. */
function judgeQuestion(
  segment: Segment,
  { frame }: FoundHead,
  last: OpenOrder | undefined,
): Reading | null {
  const { end, tags } = segment;
  if (end !== "?") return null;
  return isAsking(frame) || isTag(segment) || (last && isAsking(last.found.frame))
    ? null
    : fault("question", tags);
}

/** A verb alone before a colon, of the same action as the order behind it. */
function isLabelOf({ segment, front, back, found }: OpenOrder, next: FoundHead): boolean {
  const { actions, repaired, form } = found.head;
  if (segment.end !== ":" || repaired !== undefined || form === "open_verb") return false;
  if (found.head.foreign !== undefined) return false;
  const args = [...front, ...back];
  const isLoaded = args.some((tag) => tag.quantity !== undefined || may(tag, "name"));
  if (isLoaded) return false;
  // "Take profits from the farm: claim the rewards"
  return actions.length === 0
    ? args.length > 0
    : actions.some((action) => next.head.actions.includes(action));
}

/** "…, would you?", "… please?" */
function isTag({ tags }: Segment): boolean {
  return tags.some((tag) => may(tag, "courtesy")) ||
    /^(?:yeah|ok|okay|innit|eh|lah)$/.test(tags.at(-1)!.norm);
}

function fault(kind: RefusalKind, bad: readonly Tag[]): Reading {
  return { orders: [], kind, bad };
}

function isJoin(tag: Tag): boolean {
  return may(tag, "then", "and", "but") || tag.mark !== undefined;
}

/** "order:", "next step -": what may stand in front of an order. */
function isLabel(tag: Tag, { end, joint }: Segment): boolean {
  return may(tag, "label") && (end === ":" || end === "-" || end === "," || joint === "start");
}

/** True if the head has something to act on, or refers to what an order before it yields. */
function isProved(found: FoundHead, base: Base): boolean {
  if (found.head.form === "arrow") return true;
  const { unread } = read([...found.front], [...found.back], found, silent(base));
  if (unread.length === 0) return true;
  // A verb as the first word is an order even if parts of it are not understood
  return found.head.form === "imperative" || found.head.form === "request";
}

function silent(base: Base): Base {
  return { ...base, roles: { set: () => {}, of: () => "unread" } };
}

function read(front: readonly Tag[], back: readonly Tag[], found: FoundHead, base: Base) {
  const exchanges = exchangesOf(found, back, base.lexicon);
  return readArguments(front, back, { ...base, exchanges });
}

/** True if a head gives one thing for another. */
function exchangesOf(
  { head }: FoundHead,
  back: readonly Tag[],
  lexicon: CompiledLexicon,
): boolean {
  const { exchanges } = lexicon.lexicon;
  return head.actions.includes("->") ||
    head.actions.some((action) => exchanges.includes(action)) ||
    (head.actions.length === 0 && hasLink(back, head.word, lexicon));
}

function hasLink(tags: readonly Tag[], verb: string, { lexicon }: CompiledLexicon): boolean {
  const gives = lexicon.givers.includes(verb) &&
    tags.filter((tag) =>
        tag.senses.some((sense) => sense.role === "name" && sense.kind === "asset")
      ).length > 1;
  return tags.some((tag, i) =>
    (gives && /^(?:with|using)$/.test(tag.norm)) ||
    /^(?:for|in exchange for|in return for)$/.test(tag.norm) ||
    (may(tag, "link") && lexicon.exchanges.length > 0 &&
      (may(tags[i - 1], "and") || verbOf(tag, "gerund") || tag.norm === "paying with"))
  );
}

/** True for a fragment that only adds to the order before it: ", on mainnet please". */
function goesOn(tags: readonly Tag[], { found }: OpenOrder, base: Base): boolean {
  const rest = read([], tags, found, silent(base));
  return rest.unread.length === 0 && rest.foreign === null &&
    !tags.some((tag) => may(tag, "negation", "condition"));
}

function isArguments(tags: readonly Tag[], base: Base): boolean {
  if (tags[0]!.norm.startsWith("i ")) return false;
  const rest = readArguments([], tags, { ...silent(base), exchanges: false });
  return rest.unread.length === 0 && rest.foreign === null &&
    rest.phrases.some(({ names, amount, hints, self, pronoun }) =>
      names.length > 0 || amount !== null || self || pronoun !== null ||
      hints.some((hint) => !hint.startsWith("is:"))
    );
}

function comma({ from }: Tag): Tag {
  return { from, to: from, text: ",", norm: ",", senses: [], mark: "," };
}

function readOrders(open: readonly OpenOrder[], base: Base): Reading {
  const { roles } = base;
  const orders: ReadOrder[] = [];
  for (const [i, { found, front, back, segment, ground, tags }] of open.entries()) {
    if (found.head.foreign !== undefined) return fault(found.head.foreign, found.tags);
    const { tail, args } = splitReason(back, exchangesOf(found, back, base.lexicon));
    const { phrases, particles, unread, foreign } = read(front, args, found, base);
    if (foreign !== null) return fault(foreign, unread);
    if (unread.length > 0) {
      const isOurs = phrases.some(({ names, amount, hints }) =>
        names.length > 0 || amount !== null || hints.some((hint) => !hint.startsWith("is:"))
      );
      const kind = kindOfUnread(unread, segment.end);
      return fault(isOurs || kind !== "not_understood" ? kind : "out_of_domain", unread);
    }
    const why = tail.length === 0 ? null : screenAfter(tail, ",");
    if (why) return fault(why === "not_understood" ? kindOfUnread(tail, segment.end) : why, tail);
    for (const tag of tail) roles.set(tag, lightRole(tag) ?? "reason");
    for (const tag of found.frame) roles.set(tag, "frame");
    for (const tag of found.tags) roles.set(tag, "verb");
    markLight(tags, roles);
    orders.push({
      head: found.head,
      particles,
      phrases: [...phrases, ...referred(phrases, ground)],
      ratios: ratiosOf(
        base.ratios,
        i === 0 ? 0 : tags[0]!.from,
        open[i + 1]?.tags[0]?.from ?? Infinity,
      ),
      parts: partsOf([...found.tags, ...front, ...args]),
      when: segment.joint === "before" || segment.joint === "after" ? segment.joint : "then",
    });
  }
  return { orders: inTime(orders), kind: null, bad: [] };
}

/** "I hold 800 USDC, put it into …": the one thing that "it" can mean. */
function referred(phrases: readonly NounPhrase[], ground: readonly Tag[]): NounPhrase[] {
  const refers = phrases.some(({ pronoun }) => pronoun !== null);
  const isThing = (kind: NameKind) => kind === "asset";
  if (!refers || phrases.some(({ names }) => names.some(({ kind }) => isThing(kind)))) return [];
  const named = ground.flatMap((tag) =>
    tag.senses.flatMap((sense) =>
      sense.role === "name" && isThing(sense.kind) && !sense.name.includes(" ")
        ? [{ tag, sense }]
        : []
    )
  );
  const hints = ground.flatMap((tag) => {
    const object = senseOf(tag, "object");
    if (object) return [object.hint];
    return may(tag, "adjective") || verbOf(tag, "participle") ? [`is:${tag.norm}`] : [];
  });
  if (new Set(named.map(({ sense }) => sense.name)).size > 1) return [];
  const [thing] = named;
  if (!thing && hints.length === 0) return [];
  const counted = ground.flatMap(({ quantity }) =>
    quantity && !quantity.refusal && quantity.kind === "amount" ? [quantity] : []
  );
  const own = phrases.some(({ amount }) => amount !== null);
  return [{
    prep: null,
    joined: false,
    pronoun: null,
    pronounAt: null,
    self: false,
    front: true,
    amount: thing && !own && counted.length === 1 && counted[0]!.to === thing.tag.from
      ? counted[0]!
      : null,
    names: thing
      ? [{
        kind: "asset",
        name: thing.sense.name,
        open: false,
        from: thing.tag.from,
        to: thing.tag.to,
      }]
      : [],
    hints,
  }];
}

function ratiosOf(
  ratios: readonly FoundRatio[],
  from: number,
  to: number,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ratios.filter(({ at }) => at >= from && at < to).map(({ key, value }) => [key, value]),
  );
}

/** Words in front of a head that bear no load, joins among them. */
function markLight(tags: readonly Tag[], roles: Roles): void {
  for (const tag of tags) {
    if (tag.to === tag.from || roles.of(tag.from) !== "unread") continue;
    const role = lightRole(tag) ?? (may(tag, "label") ? "label" : isJoin(tag) ? "connector" : null);
    if (role) roles.set(tag, role);
  }
}

/** Cuts off "because …", "to pay for …" at the end of an order. */
function splitReason(
  back: readonly Tag[],
  exchanges: boolean,
): { readonly args: readonly Tag[]; readonly tail: readonly Tag[] } {
  for (let i = 0; i < back.length; i++) {
    const tag = back[i]!;
    const isFor = (tag.norm === "for" && !exchanges) || tag.norm === "so" ||
      (tag.norm === "to" && back[i + 1]?.senses.length === 0 && !back[i + 1]!.quantity &&
        /^[a-z]+$/.test(back[i + 1]!.text));
    if ((!may(tag, "reason") && !isFor) || tag.quantity) continue;
    if (exchanges && may(tag, "link")) continue;
    const rest = back.slice(i + 1);
    const sure =
      /^(?:because|cause|cos|coz|since|so that|so i can|so we can|in order to|now that|seeing)/;
    const purpose = tag.norm.startsWith("to ") || /^(?:so|and let me)/.test(tag.norm);
    const told = tag.norm === "so" && /^(?:it|they|that)$/.test(rest[0]?.norm ?? "");
    const plain = rest.some((one) => one.senses.length === 0 && !one.mark && !one.quantity);
    if (
      told || sure.test(tag.norm) || (purpose && i > 0) ||
      (plain && i > 0 && isLowOnly(rest) && tag.norm !== "as")
    ) {
      return { args: back.slice(0, i), tail: back.slice(i) };
    }
  }
  return { args: back, tail: [] };
}

function isLowOnly(tags: readonly Tag[]): boolean {
  return tags.every((tag) => tag.quantity === undefined && !may(tag, "name"));
}

function partsOf(tags: readonly Tag[]): (readonly [number, number])[] {
  return tags.filter(({ from, to }) => to > from).map(({ from, to }) => [from, to] as const)
    .sort((a, b) => a[0] - b[0]);
}

/** Puts orders into the time that "before" and "after" tell. */
function inTime(orders: readonly ReadOrder[]): ReadOrder[] {
  const timed: ReadOrder[] = [];
  for (let i = 0; i < orders.length; i++) {
    const order = orders[i]!;
    const next = orders[i + 1];
    if (timed.length === 0 && order.when === "before" && next) {
      timed.push(next, order);
      i++;
    } else if (timed.length > 0 && order.when === "after") {
      timed.splice(timed.length - 1, 0, order);
    } else timed.push(order);
  }
  return timed;
}

function spansOf(
  tags: readonly Tag[],
  tokens: readonly Token[],
  prompt: string,
): (readonly [number, number])[] {
  const spans = tags.filter(({ from, to }) => to > from)
    .map(({ from, to }) => [tokens[from]!.start, tokens[to - 1]!.end] as const);
  return spans.length > 0 ? spans : [[0, prompt.length]];
}
