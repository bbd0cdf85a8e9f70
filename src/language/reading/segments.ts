import { type Arguments, readArguments } from "../arguments.ts";
import { findHead, findResumed, findTold, type FoundHead, isAsking } from "../head.ts";
import { kindOfUnread } from "../kinds.ts";
import { backgroundFault } from "../loose/background.ts";
import { findCausative, findLooseHead, ownWishLength, topicLast } from "../loose/heads.ts";
import { givesGround, isRemark } from "../loose/remarks.ts";
import { isTelling, skippedFault, tells } from "../loose/telling.ts";
import { loadedIn } from "../loose/words.ts";
import { restates } from "../screen/restated.ts";
import { screenAfter, screenBefore } from "../screen/screen.ts";
import { lightRole } from "../screen/transparent.ts";
import { type Segment, toPay } from "../segments.ts";
import { verbOf } from "../order.ts";
import { may, mayName, senseOf, type Tag } from "../tokens/tags.ts";
import { type Base, comma, fault, isJoin, type OpenOrder, type Reading } from "./base.ts";
import { exchangesOf, read, silent } from "./exchange.ts";
import { readOrders } from "./orders.ts";
import { splitReason } from "./reason.ts";

/** At the end of an order: that it goes before what was said before it. */
const EARLIER =
  /^(?:beforehand|before that|before this|prior to (?:this|that)|before (?:you do|doing) (?:so|that))$/;

/** "swap 2 ETH, I need USDC" */
const WANTS = /^(?:(?:i|we) (?:need|want|would like)|(?:i|we)'d like)$/;

/** What asks for nothing but a nod. */
const TAG_QUESTION =
  /^(?:isn't|ain't|isnt|aint|wasn't|aren't|doesn't|don't|innit|won't|hasn't|haven't|am i|right|eh|huh|hey|you know|don't you|wouldn't you)(?: (?:it|they|he|she|we|you|i|right|think|agree|know|say))*$/;

/** "… comes last": when an act that is named has its turn; null where no amount tells that it is one. */
function rankOf(tags: readonly Tag[]): "first" | "next" | "last" | null {
  const rank = /^(?:(first)|(last)|next|second|third|afterwards|later)$/.exec(
    tags.at(-1)?.norm ?? "",
  );
  const isRanked = rank !== null &&
    /^(?:comes|goes|happens|follows)$/.test(tags.at(-2)?.norm ?? "") &&
    tags.slice(0, -2).some(({ quantity }) => quantity !== undefined);
  return !isRanked ? null : rank[1] ? "first" : rank[2] ? "last" : "next";
}

/** "Tom here", "it's Maureen again", "hello from Lisbon": who it is that speaks, or where. */
function introduces(tags: readonly Tag[]): boolean {
  if (tags.some((tag) => tag.quantity || may(tag, "name") || verbOf(tag, "base"))) return false;
  const text = tags.map(({ text }) => text).join(" ");
  return /^(?:(?:it's|it is|this is) )?\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}*)?(?: again| here| here again| speaking)$/u
    .test(text) ||
    /^(?:it's|it is|this is) (?:\p{Lu}\p{Ll}+|me)(?: again)?$/iu.test(text) && tags.length <= 4 &&
      /\p{Lu}\p{Ll}+(?: again)?$/u.test(text) ||
    may(tags[0], "greeting") && /^[\p{L} ]+ from (?:\p{Ll}+ )?\p{Lu}\p{Ll}+$/u.test(text);
}

function textOf(tags: readonly Tag[]): string {
  return tags.map(({ norm }) => norm).join(" ");
}

export function readSegments(segments: readonly Segment[], base: Base): Reading {
  const { roles, lexicon } = base;
  const open: OpenOrder[] = [];
  let pending: Tag[] = [];
  let before: Segment[] = [];
  let inReason = false;
  let isTitle = false;
  let asked = false;
  const isPolite = segments.some(({ tags }) =>
    tags.some(isPlea) && tags.every((tag) => tag.mark !== undefined || lightRole(tag) !== null)
  );
  const leads: Segment[] = [];
  for (const [k, segment] of segments.entries()) {
    const { end } = segment;
    // "…, but swap 9 USDC first"
    const turns = segment.joint === "so" || segment.tags[0]!.norm === "but";
    const ends = segment.tags.length > 1 ? segment.tags.at(-1)!.norm : "";
    const isFirst = (turns && ends === "first") || EARLIER.test(ends);
    // "get the collateral back after"
    const isNext = /^(?:after|afterwards|after that)$/.test(ends);
    // "pay off my USDC first and then …"
    const isStart = ends === "first" && open.length === 0 &&
      (/^(?:then|and)$/.test(segments[k + 1]?.joint ?? "") ||
        may(segments[k + 1]?.tags[0], "then"));
    // "The deposit of 15 eETH comes last; …"
    const rank = rankOf(segment.tags);
    const tags = rank !== null
      ? segment.tags.slice(0, -2)
      : isFirst || isNext || isStart
      ? segment.tags.slice(0, -1)
      : segment.tags;
    isTitle = isHeading(segment, isTitle);
    // "Hi, Tom here. Swap …"
    if (open.length === 0 && /^[.,!\n-]$/.test(end) && introduces(tags)) {
      for (const tag of tags) roles.set(tag, "greeting");
      continue;
    }
    // "Lovely weather, isn't it? Swap …"
    if (open.length === 0 && end === "?" && TAG_QUESTION.test(textOf(tags))) {
      for (const tag of tags) roles.set(tag, "filler");
      continue;
    }
    const light = isTitle ||
      tags.every((tag) =>
        lightRole(tag) !== null || isJoin(tag) || isLabel(tag, segment) ||
        // "first, claim …; second, sell …"
        end === "," && /^(?:first|second|third|fourth|fifth|last)$/.test(tag.norm)
      );
    const last = open.at(-1);
    if (light) {
      for (const tag of tags) {
        const isNamed = isTitle || may(tag, "label");
        roles.set(tag, lightRole(tag) ?? (isNamed ? "label" : "connector"));
      }
      asked ||= tags.some(asksYou);
      if (end === "?" && !isTag(segment) && !(last && asks(last))) return fault("question", tags);
      continue;
    }
    const done = open.length === 0 ? findDoneAside(pending, segment, segments, base) : null;
    if (done) pending = [];
    const isTold = segment.joint === "after" || segment.joint === "before";
    // "buy 2 ETH, paying in USDC"
    const takes = tags[0]!.norm === "take" && segment.joint === "," &&
      tags.slice(1).every((tag) => may(tag, "name", "determiner") || lightRole(tag) !== null);
    const pays = last !== undefined && may(tags[0], "prep", "link") &&
      (takes || verbOf(tags[0], "gerund")) && exchangesOf(last.found, last.back, lexicon);
    // "exchange 3 ETH, I want DAI back"
    const isWanted = last !== undefined && !inReason && segment.joint === "," &&
      WANTS.test(tags[0]!.norm) && exchangesOf(last.found, last.back, lexicon) &&
      tags.slice(1).every((tag) =>
        may(tag, "name", "determiner", "particle") || lightRole(tag) !== null
      );
    const goes = last?.found.head.form === "participle" && segment.joint !== "before" &&
      segment.joint !== "after";
    // "I'd rather borrow: 270 USDC at Drift": what it is about stands behind the colon
    const isBegun = last !== undefined && last.segment.end === ":" && open.length === 1 &&
      last.found.head.actions.length > 0 && last.front.length === 0 && last.back.length === 0 &&
      verbOf(tags[0], "base") === undefined && goesOn(tags, last, base);
    const head = pays || isBegun || isWanted
      ? null
      : done ?? (isTold ? findTold(tags) : null) ?? (goes ? provedResumed(tags, base) : null) ??
        (last?.found.takes === "base" ? provedInfinitive(tags, last.found, base) : null) ??
        provedHead(tags, base, isPolite) ?? askedHead(segments, segment, base);
    const isTopic = head?.head.form === "verbless" && isTopicOfWish(segments[k + 1]) ||
      head?.tags.length === 0 && head.head.word === "get" && actsIn(segments.slice(k + 1));
    const found = isTopic ? null : head;
    if (rank !== null && (!found || rank !== "next" && last)) {
      return fault("not_understood", segment.tags);
    }
    if (found) {
      if (base.isLoose && open.length === 0 && restates(leads, tags)) {
        for (const tag of leads.flatMap(({ tags }) => tags)) roles.set(tag, "correction");
        [before, pending] = [[], []];
      }
      const doubt = judge(before, base, open.length === 0, segment, found) ??
        (asked ? null : judgeQuestion(segment, found, last));
      if (doubt) return doubt;
      // "deposit: 5 ETH" is one order, "deleverage: repay 500 USDC" has a label
      if (last && isLabelOf(last, found)) {
        for (const tag of last.tags) roles.set(tag, "label");
        open.pop();
      }
      // "close my position on Morpho: repay 2000 USDC and …": what the orders behind it come to
      if (last && open.length === 1 && announcesAll(last)) {
        for (const tag of last.tags) roles.set(tag, "label");
        open.pop();
      }
      // "A quarter of our Lido stake, please unstake it": what the pronoun stands for, and no order of its own
      const follows = segment.joint !== "," || tags.some((tag) => may(tag, "then", "and"));
      if (last && open.length === 1 && !follows && isTopicOf(last, found, base)) {
        pending.push(...last.tags, comma(last.tags[0]!));
        open.pop();
      }
      if (last && open.length === 1 && isSource(last, found)) {
        pending.push(...last.back, comma(last.tags[0]!));
        for (const tag of last.found.tags) roles.set(tag, "verb");
        open.pop();
      }
      const ground = before.flatMap(({ tags }) => tags);
      if (rank !== null) { for (const tag of segment.tags.slice(-2)) roles.set(tag, "connector"); }
      before = [];
      inReason = false;
      open.push({
        found,
        front: [...pending, ...found.front],
        back: [...found.back],
        segment: isFirst ? { ...segment, joint: "after" } : segment,
        rank,
        ground,
        tags: [...tags],
      });
      pending = [];
      continue;
    }
    // "…, and the SOL that I get back, put it into kamino": what "it" is
    const led = last && end === "," && /^(?:that|which) \w/.test(tags.at(-1)!.norm) &&
      may(tags.at(-1), "adjective") && verbOf(segments[k + 1]?.tags[0], "base") !== undefined &&
      segments[k + 1]!.tags.slice(1, 3).some(({ norm }) => /^(?:it|them)$/.test(norm));
    if (led && pending.length === 0 && isArguments(tags, base)) {
      pending.push(...tags, comma(tags[0]!));
      continue;
    }
    if (!last) leads.push(segment);
    // "swap 2 ETH, I need USDC"
    const wanted = last && !inReason && WANTS.test(tags[0]!.norm) &&
        exchangesOf(last.found, last.back, lexicon)
      ? [{ ...tags[0]!, senses: [{ role: "prep" }], norm: "for" } as Tag, ...tags.slice(1)]
      : null;
    if (last && wanted && wanted.length > 1 && isArguments(wanted.slice(1), base)) {
      last.back.push(comma(tags[0]!), ...wanted);
      last.tags.push(...tags);
      continue;
    }
    // "repay - 40 USDT": a dash, or a number below nought
    const isSigned = segment.joint === "-" && end !== "-" && tags[0]!.quantity !== undefined &&
      last?.front.length === 0 && last.back.length === 0;
    const said = last && !inReason && !isSigned ? afterthought(tags, last, lexicon) : tags;
    if (
      last && !inReason && !isSigned && !isDoneNext(segment, last, base) && goesOn(said, last, base)
    ) {
      if (end === "?" && !asked && !asks(last)) return fault("question", tags);
      for (const tag of tags) if (!said.includes(tag)) roles.set(tag, "aside");
      last.back.push(comma(tags[0]!), ...said);
      last.tags.push(...tags);
      continue;
    }
    // "700 usdt to apt" on a line of its own is no part of the next one
    const isLine = end === "\n" && tags.some(({ quantity }) => quantity !== undefined);
    if (!last && !isLine && isArguments(tags, base)) {
      pending.push(...tags, comma(tags[0]!));
      continue;
    }
    // "…, my validator has done its duty?": the sign belongs to what was asked before
    const closes = end === "?" && last !== undefined && asks(last);
    if (
      last && screenBehind(closes ? { ...segment, end: "" } : segment, base) === null &&
      (closes || end !== "?")
    ) {
      inReason = true;
      for (const tag of tags) roles.set(tag, lightRole(tag) ?? "reason");
      continue;
    }
    // Where another order follows, it may give its ground; else it is not accounted for
    before.push(segment);
  }
  const isTold = base.isLoose && open.length > 0 &&
    before.every(({ tags, end }) => backgroundFault(tags, end, false) === null);
  // "after depositing 5 ETH I felt great": what is only told of is no order
  const onlyTold = open.every(({ segment: { joint }, found }) =>
    (joint === "before" || joint === "after") &&
    (base.isLoose || verbOf(found.tags[0], "participle") && !verbOf(found.tags[0], "base"))
  );
  if (open.length === 1 && open[0]!.rank) return fault("not_understood", open[0]!.segment.tags);
  if ((before.length > 0 && !isTold) || open.length === 0 || onlyTold) {
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

/** The head of a clause, if what stands beside it is understood. */
function provedHead(tags: readonly Tag[], base: Base, isPolite: boolean): FoundHead | null {
  const head = findHead(tags, base.lexicon);
  // "…, leave the principal": what stays as it is, is no order
  const stays = base.isLoose && /^(?:leave|keep)$/.test(head?.head.word ?? "");
  const found = stays ? null : head;
  if (!base.isLoose) return found && isProved(found, base) ? found : null;
  const proves = (one: FoundHead | null) =>
    one !== null && isProved(one, base) && !skippedFault(tags, one);
  const caused = findCausative(tags);
  if (proves(caused)) return caused;
  if (proves(found)) return found;
  const topic = topicLast(tags);
  const told = topic && (findHead(topic, base.lexicon) ?? findLooseHead(topic, isPolite));
  if (told && proves(told)) return told;
  const loose = findLooseHead(tags, isPolite);
  return proves(loose) ? loose : null;
}

/** "…, I want them unstaked": what stands before it is what it is about. */
function isTopicOfWish(next: Segment | undefined): boolean {
  const length = next?.joint === "," ? ownWishLength(next.tags) : 0;
  return length > 0 && verbOf(next!.tags[length], "participle") !== undefined;
}

/** "I'd like $10 of MATIC, staked": an act behind what is wanted tells what for. */
function actsIn(segments: readonly Segment[]): boolean {
  return segments.some(({ tags }) =>
    tags.some((tag) => verbOf(tag, "base", "participle")?.actions.length && !may(tag, "name"))
  );
}

function provedResumed(tags: readonly Tag[], base: Base): FoundHead | null {
  const found = findResumed(tags);
  return found && read([...found.front], [...found.back], found, silent(base)).unread.length === 0
    ? found
    : null;
}

/** "All EIGEN we hold, delegated to P2P.org, please": what is to be done with what stands before the comma. */
function findDoneAside(
  pending: readonly Tag[],
  { tags, joint }: Segment,
  segments: readonly Segment[],
  { isLoose }: Base,
): FoundHead | null {
  // "the 16 ETH on Lido, I want them unstaked"
  const wish = ownWishLength(tags);
  const at = tags[0]?.norm === "to be" ? 1 : wish;
  const tag = tags[at];
  const verb = verbOf(tag, "participle");
  const asks = segments.some((segment) =>
    segment.tags.some(({ norm }) => /^(?:please|pls|plz|kindly)$/.test(norm))
  );
  const counts = pending.some((one) => one.quantity !== undefined && !one.quantity.refusal);
  const acts = isLoose && joint === "," && counts && (asks || at > 0);
  if (!acts || !tag || !verb || verb.actions.length === 0) return null;
  return {
    head: {
      form: "participle",
      word: verb.base,
      actions: verb.actions,
      from: tag.from,
      to: tag.to,
    },
    frame: tags.slice(0, wish),
    front: [...pending],
    back: tags.slice(at + 1),
    tags: tags.slice(wish, at + 1),
    takes: null,
  };
}

/** "my 5 ETH staked, let's go": joy as well as haste. */
const CHEERS = /^(?:let'?s |lfg|let (?:it|her) |full )/;

/** "AERO emissions from the gauge, please": what asks stands behind a comma. */
function askedHead(segments: readonly Segment[], segment: Segment, base: Base): FoundHead | null {
  const next = segments[segments.indexOf(segment) + 1];
  const asks = base.isLoose && segment.end === "," && next !== undefined &&
    next.tags.every((tag) => lightRole(tag) !== null) &&
    next.tags.some((tag) => may(tag, "courtesy") || may(tag, "urgency") && !CHEERS.test(tag.norm));
  return asks ? provedHead([...segment.tags, ...next.tags], base, true) : null;
}

const TO: Tag = { from: 0, to: 0, text: "to", norm: "to", senses: [] };

/** "I want to delegate 40 INJ, secondly to claim my rewards": it goes on with what was asked before. */
function provedInfinitive(
  tags: readonly Tag[],
  { frame }: FoundHead,
  base: Base,
): FoundHead | null {
  const at = tags.findIndex((tag) => lightRole(tag) === null && !isJoin(tag));
  // "…, and to pay with the USDC my Aave loan"
  const pay = at < 0 ? undefined : toPay(tags[at]!, base.lexicon);
  const owes = pay && tags.some((tag) => may(tag, "object")) &&
    tags.some((tag) => mayName(tag, "place"));
  if (owes) return provedInfinitive([TO, pay, ...tags.slice(at + 1)], { frame } as FoundHead, base);
  const goesOn = at >= 0 && tags[at]!.norm === "to" && verbOf(tags[at + 1], "base") !== undefined;
  if (!goesOn) return null;
  const found = provedHead(tags.slice(at + 1), base, false);
  return found && { ...found, frame: [...frame, tags[at]!, ...found.frame], takes: "base" };
}

function screenBehind({ tags, joint, end }: Segment, { isLoose }: Base) {
  const why = screenAfter(tags, joint);
  return why !== null && isLoose ? backgroundFault(tags, end, false) : why;
}

function judge(
  before: readonly Segment[],
  { roles, isLoose }: Base,
  isFirst: boolean,
  order: Segment,
  { head }: FoundHead,
): Reading | null {
  const isGround = givesGround(order);
  for (const [i, { tags, end }] of before.entries()) {
    if (wantsBack(tags)) return fault("not_understood", tags);
    if (isWhen(tags)) return fault("deferred", tags);
    // "proofread this for me: …"
    const [opener] = tags.filter((tag) => lightRole(tag) === null && !tag.mark);
    if (end === ":" && may(opener, "play")) return fault("hypothetical", tags);
    // "borrowing time! 620 USDC from Kamino": what the moment is for is the act
    const isTimeFor = tags.at(-1)!.norm === "time" &&
      tags.some((tag) => verbOf(tag, "gerund")?.actions.length);
    if (isTimeFor && head.actions.length === 0) return fault("not_understood", tags);
    // "don't do it in this order: …"
    const text = tags.map(({ norm }) => norm).join(" ");
    if (
      /^(?:don't|dont|do not|never) (?:do|run|execute|perform|follow)\b.* (?:order|sequence)$/.test(
        text,
      )
    ) {
      return fault("negation", tags);
    }
    const leads = order.joint === "so" && i === before.length - 1;
    const fault_ = screenBefore(tags, end, i > 0);
    const isTold = isLoose && isRemark({ tags, end }, isGround, head.actions, order.tags);
    const why = isTold
      ? null
      : fault_ !== null && isLoose
      ? backgroundFault(tags, end, true, isFirst, leads)
      : fault_;
    if (why !== null) return fault(why === "not_understood" ? kindOfUnread(tags, end) : why, tags);
    for (const tag of tags) roles.set(tag, lightRole(tag) ?? "aside");
  }
  return null;
}

/** "In ten minutes, claim …": nothing but when it is to be done. */
function isWhen(tags: readonly Tag[]): boolean {
  const words = tags.filter((tag) => lightRole(tag) === null && tag.mark === undefined);
  const isTime = ({ quantity }: Tag) =>
    quantity !== undefined && ["time", "date", "duration", "schedule"].includes(quantity.kind);
  return words.some(isTime) &&
    words.every((tag) => isTime(tag) || may(tag, "prep", "determiner")) &&
    !words.some(({ norm }) => /\b(?:for|ago|last|since|yesterday)\b/.test(norm));
}

/** "I need my ADA back from Liqwid for rent, but pay …": an order that would be lost. */
function wantsBack(tags: readonly Tag[]): boolean {
  const wishes = tags.some((tag) =>
    tag.senses.some((sense) => sense.role === "frame" && sense.takes === "thing")
  );
  return wishes && tags.some((tag) => may(tag, "name")) &&
    tags.some(({ norm }) => /^(?:back|out|off|out of|back from)$/.test(norm));
}

/** A question is an order only where it asks to act. */
function judgeQuestion(
  segment: Segment,
  { frame }: FoundHead,
  last: OpenOrder | undefined,
): Reading | null {
  const { end, tags } = segment;
  if (end !== "?") return null;
  return isAsking(frame) || isTag(segment) || (last && asks(last)) ? null : fault("question", tags);
}

/** "would you kindly": a courtesy that asks. */
function asksYou({ norm, senses }: Tag): boolean {
  return /^(?:would|could|can|will) (?:you|u)\b/.test(norm) &&
    senses.some(({ role }) => role === "courtesy");
}

/** True for an order that is put as a question, so that its mark may stand behind what goes on with it. */
function asks({ found, tags }: OpenOrder): boolean {
  return isAsking(found.frame) || tags.some(asksYou);
}

/** "please", "please go ahead": a courtesy that asks for something. */
function isPlea(tag: Tag): boolean {
  return may(tag, "courtesy", "insistence") && !may(tag, "frame") &&
    /\b(?:please|pls|plz|kindly|for me|for us)\b/.test(tag.norm);
}

/** A position that is brought to its end by what follows a colon. */
function announcesAll({ segment, tags, found: { head } }: OpenOrder): boolean {
  return segment.end === ":" &&
    /^(?:close|close out|exit|unwind|dismantle|get out of)$/.test(head.word) &&
    tags.some((tag) => senseOf(tag, "object")?.hint === "position") &&
    tags.every(({ quantity }) => quantity === undefined);
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

/** True for a thing that only looks like an act, where the order behind it has nothing but a pronoun. */
function isTopicOf({ segment, found, tags }: OpenOrder, next: FoundHead, base: Base): boolean {
  const { form, actions } = next.head;
  const [object, ...rest] = next.back.filter((tag) => lightRole(tag) === null && !tag.mark);
  const isOne = found.head.actions.some((action) => actions.includes(action)) ||
    tags.some(({ norm }) => /^(?:my|our)$/.test(norm)) &&
      !tags.some(({ norm }) => /^(?:in)?to$/.test(norm));
  return found.head.form === "noun" && found.frame.length === 0 && segment.end === "," && isOne &&
    form === "imperative" && actions.length > 0 && next.frame.length === 0 &&
    /^(?:it|them|both|all of it|all of them|it all|them all)$/.test(object?.norm ?? "") &&
    rest.every((tag) => !tag.quantity && senseOf(tag, "name")?.kind !== "asset") &&
    isArguments(tags, { ...base, isLoose: false });
}

/** "Take 16 ETH from my wallet and put them on Lido": with what, where the order behind it only refers to it. */
function isSource({ found, back }: OpenOrder, next: FoundHead): boolean {
  const isThing = (tag: Tag) =>
    senseOf(tag, "name")?.kind === "asset" ||
    tag.quantity !== undefined && tag.quantity.refusal === undefined;
  const args = back.filter((tag) => lightRole(tag) === null && !tag.mark);
  const isOwn = args.every((tag) =>
    isThing(tag) || may(tag, "self", "adjective") ||
    /^(?:from|out of|of|my|our|the|some)$/.test(tag.norm)
  );
  const isHere = !args.some(({ norm }) => /^(?:from|out of)$/.test(norm)) ||
    args.some((tag) => may(tag, "self"));
  return /^(?:take|use|grab)$/.test(found.head.word) && found.head.form === "imperative" &&
    args.some(isThing) && isOwn && isHere && next.head.actions.length > 0 &&
    next.back.some(({ norm }) => /^(?:it|them)$/.test(norm)) && !next.back.some(isThing);
}

/** "…, would you?", "… please?" */
function isTag({ tags }: Segment): boolean {
  return tags.some((tag) =>
    may(tag, "courtesy", "greeting") || /^(?:could|can) you (?:arrange|do)\b/.test(tag.norm)
  ) ||
    /^(?:yeah|ok|okay|innit|eh|lah)$/.test(tags.at(-1)!.norm);
}

/** "order:", "next step -": what may stand in front of an order. */
function isLabel(tag: Tag, { end, joint }: Segment): boolean {
  return may(tag, "label") && (end === ":" || end === "-" || end === "," || joint === "start");
}

/** True if the head has something to act on, or refers to what an order before it yields. */
function isProved(found: FoundHead, base: Base): boolean {
  if (found.head.form === "arrow") return true;
  const { args } = base.isLoose
    ? splitReason(found.back, exchangesOf(found, found.back, base.lexicon))
    : { args: found.back };
  const rest = read([...found.front], [...args], found, silent(base));
  if (rest.unread.length === 0) return true;
  if (base.isLoose) {
    // "validate deposit 5 ETH": an order inside of another verb
    const [inner, next] = found.back;
    if (found.head.form === "imperative" && inner && next?.quantity && verbOf(inner, "base")) {
      return false;
    }
    const strays = rest.unread.filter((tag) =>
      tag.from < found.head.from && !tag.mark && !may(tag, "be")
    );
    const isOpen = found.head.form === "open_verb" &&
      rest.unread.some((tag) => tag.senses.length === 0 && !tag.mark);
    return loadedIn(rest).length === 0 && strays.length === 0 && !isOpen &&
      !isTelling(found, rest.unread);
  }
  // A verb as the first word is an order even if parts of it are not understood
  return found.head.form === "imperative" || found.head.form === "request";
}

/** Words before and behind an amount that is named afterwards. */
const NAMES_IT = /^(?:it's|it is|that's|that is)$/;
const SUFFICES =
  /^(?:(?:will|would|should) do|(?:is|will be|would be|should be) (?:fine|enough|ok|okay|plenty|sufficient)|suffices|in all|in number|in size)$/;

/** "…, 0.02 will do", "… It's 18.": what only says that an amount is the one. */
function afterthought(
  tags: readonly Tag[],
  { front, back, found }: OpenOrder,
  lexicon: Base["lexicon"],
): readonly Tag[] {
  const at = tags.findIndex(({ quantity }) => quantity !== undefined);
  const amount = tags[at]?.quantity;
  const counted = [...front, ...back].some(({ quantity }) => quantity?.kind === "amount");
  if (!amount || amount.refusal || amount.kind !== "amount" || counted) return tags;
  const textOf = (part: readonly Tag[]) => part.map(({ norm }) => norm).join(" ");
  // "sell my ETH for USDC, it's 3000": a price may be meant
  const names = NAMES_IT.test(textOf(tags.slice(0, at))) && !exchangesOf(found, back, lexicon) &&
    !tags.some((tag) => may(tag, "urgency"));
  if (at > 0 && !names) return tags;
  const length = [1, 2, 3].find((n) => SUFFICES.test(textOf(tags.slice(-n)))) ?? 0;
  return tags.slice(at, tags.length - length);
}

/** "… should be unstaked, sold for USDC", "…, then swapped": what is to be done next is another order. */
function isDoneNext(
  { tags, joint }: Segment,
  { found: { head } }: OpenOrder,
  { lexicon }: Base,
): boolean {
  const first = tags.find((tag) =>
    !isJoin(tag) && (lightRole(tag) === null || verbOf(tag, "participle"))
  );
  const actions = verbOf(first, "participle")?.actions ?? [];
  const exchanges = actions.some((action) => lexicon.lexicon.exchanges.includes(action));
  return actions.length > 0 && !actions.some((action) => head.actions.includes(action)) &&
    (joint === "then" || head.form === "participle" || exchanges);
}

/** True for a fragment that only adds to the order before it: ", on mainnet please". */
function goesOn(tags: readonly Tag[], { found }: OpenOrder, base: Base): boolean {
  // "…, I have plenty of headroom", "…, im near liq": told, where nothing is counted or placed
  const tells = base.isLoose &&
    /^(?:i|im|i'm|i am|i have|i've|i've got|we|we have|we've)$/.test(tags[0]!.norm) &&
    !tags.some((tag) =>
      tag.quantity && !tag.quantity.refusal || mayName(tag, "place") || mayName(tag, "chain")
    );
  if (tells) return false;
  const rest = read([], tags, found, silent(base));
  return unreadOf(rest, base) === 0 && rest.foreign === null &&
    !tags.some((tag) => may(tag, "negation", "condition"));
}

function unreadOf(rest: Arguments, { isLoose }: Base): number {
  if (isLoose && tells(rest.unread)) return 1;
  return isLoose ? loadedIn(rest).length : rest.unread.length;
}

function isArguments(tags: readonly Tag[], base: Base): boolean {
  if (tags[0]!.norm.startsWith("i ")) return false;
  // "The yield dropped to 2%": told, and no argument
  if (tags.some(({ norm }, i) => i > 0 && CHANGED.test(norm))) return false;
  const rest = readArguments([], tags, { ...silent(base), exchanges: false });
  // "def deposit: 5 ETH": what is unknown and stands alone is no argument
  if (rest.unread.some((tag) => tag.senses.length === 0 && !tag.mark)) return false;
  return unreadOf(rest, base) === 0 && rest.foreign === null &&
    rest.phrases.some(({ names, amount, hints, self, pronoun }) =>
      names.length > 0 || amount !== null || self || pronoun !== null ||
      hints.some((hint) => !hint.startsWith("is:"))
    );
}

/** What prices and yields did. */
const CHANGED =
  /^(?:dropped|fell|rose|went|jumped|climbed|sank|increased|decreased|crashed|dipped|slipped|doubled|halved|tanked|pumped|dumped|soared|plunged|spiked|collapsed)$/;

/** What a heading says: that orders follow, how many, and in what order. */
const HEADING_WORDS =
  /^(?:please|kindly|do|carry|out|execute|perform|process|run|the|a|an|below|following|two|three|four|five|six|[2-6]|for|me|us|today|now|in|this|that|these|those|sequence|one|after|by|other|another|as|follows|should|be|executed|done|carried|are|is|here|here's|my|our|treasury|desk|i|we|need|want|would|like|you|to|and|exactly|given|right|away|at|once|all|of|few|couple|quick|small|little|also|then|again|have|it|with|together)$/;
const HEADS =
  /^(?:instructions?|orders?|things?|items?|steps?|operations?|tasks?|transactions?|requests?|following|below|rebalancing)$/;
/** "Things to do": a list for another day. */
const LISTS = /(?<!\b(?:i|we|you|like|need|want)) to\b/;

/** "Please carry out these two things, in this order:". A plan, a test or a list of what is to be done is none. */
function isHeading({ tags, end, joint }: Segment, isWithin: boolean): boolean {
  if (end !== ":" && end !== "." && end !== "\n" && end !== ",") return false;
  const said = tags.filter((tag) => tag.mark === undefined && !may(tag, "self"));
  const words = said.flatMap(({ norm }) => norm.split(" "));
  // "Please unwind our Balancer exposure in this order:"
  const first = said.find((tag) => lightRole(tag) === null);
  const bids = (first === undefined || first.norm === "in") && joint === "start" ||
    verbOf(first, "base") !== undefined ||
    /^(?:run|execute|perform|process|carry|do)$/.test(first?.norm ?? "");
  const announces = bids && end === ":" &&
    !/n't\b|\b(?:not|never|no|was|were|been)\b/.test(words.join(" ")) &&
    !said.some((tag) => tag.quantity !== undefined) &&
    !said.some((tag) =>
      may(tag, "negation", "condition", "question", "speech", "play") ||
      may(tag, "name") && !mayName(tag, "place")
    ) &&
    /\bin (?:this|that|the following|exactly this) (?:order|sequence)$|\bas follows$/.test(
      said.map(({ norm }) => norm).join(" "),
    );
  if (announces) return true;
  const isHead = isWithin || words.some((word) => HEADS.test(word));
  return isHead && words.every((word) => HEADS.test(word) || HEADING_WORDS.test(word)) &&
    !LISTS.test(words.join(" "));
}
