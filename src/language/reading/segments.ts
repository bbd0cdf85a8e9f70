import { type Arguments, readArguments } from "../arguments.ts";
import { findHead, findTold, type FoundHead, isAsking } from "../head.ts";
import { kindOfUnread } from "../kinds.ts";
import { backgroundFault } from "../loose/background.ts";
import { findLooseHead } from "../loose/heads.ts";
import { givesGround, isRemark } from "../loose/remarks.ts";
import { isTelling, skippedFault, tells } from "../loose/telling.ts";
import { loadedIn } from "../loose/words.ts";
import { screenAfter, screenBefore } from "../screen/screen.ts";
import { lightRole } from "../screen/transparent.ts";
import type { Segment } from "../segments.ts";
import { verbOf } from "../order.ts";
import { may, type Tag } from "../tokens/tags.ts";
import { type Base, comma, fault, isJoin, type OpenOrder, type Reading } from "./base.ts";
import { exchangesOf, read, silent } from "./exchange.ts";
import { readOrders } from "./orders.ts";
import { splitReason } from "./reason.ts";

export function readSegments(segments: readonly Segment[], base: Base): Reading {
  const { roles, lexicon } = base;
  const open: OpenOrder[] = [];
  let pending: Tag[] = [];
  let before: Segment[] = [];
  let inReason = false;
  let asked = false;
  const isPolite = segments.some(({ tags }) =>
    tags.some(isPlea) && tags.every((tag) => tag.mark !== undefined || lightRole(tag) !== null)
  );
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
      asked ||= tags.some(asksYou);
      if (end === "?" && !isTag(segment) && !(last && asks(last))) return fault("question", tags);
      continue;
    }
    const isTold = segment.joint === "after" || segment.joint === "before";
    const found = (isTold ? findTold(tags) : null) ?? provedHead(tags, base, isPolite);
    if (found) {
      const doubt = judge(before, base, open.length === 0, segment, found) ??
        (asked ? null : judgeQuestion(segment, found, last));
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
    // "repay - 40 USDT": a dash, or a number below nought
    const isSigned = segment.joint === "-" && tags[0]!.quantity !== undefined &&
      last?.front.length === 0 && last.back.length === 0;
    if (last && !inReason && !isSigned && goesOn(tags, last, base)) {
      if (end === "?" && !asked && !asks(last)) return fault("question", tags);
      last.back.push(comma(tags[0]!), ...tags);
      last.tags.push(...tags);
      continue;
    }
    if (!last && isArguments(tags, base)) {
      pending.push(...tags, comma(tags[0]!));
      continue;
    }
    if (last && screenBehind(segment, base) === null && end !== "?") {
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
  const onlyTold = base.isLoose &&
    open.every(({ segment: { joint } }) => joint === "before" || joint === "after");
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
  if (proves(found)) return found;
  const loose = findLooseHead(tags, isPolite);
  return proves(loose) ? loose : null;
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
    const leads = order.joint === "so" && i === before.length - 1;
    const fault_ = screenBefore(tags, end, i > 0);
    const isTold = isLoose && isRemark({ tags, end }, isGround, head.actions);
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
  return tags.some((tag) =>
    may(tag, "courtesy") || /^(?:could|can) you (?:arrange|do)\b/.test(tag.norm)
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

/** True for a fragment that only adds to the order before it: ", on mainnet please". */
function goesOn(tags: readonly Tag[], { found }: OpenOrder, base: Base): boolean {
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
  const rest = readArguments([], tags, { ...silent(base), exchanges: false });
  // "def deposit: 5 ETH": what is unknown and stands alone is no argument
  if (rest.unread.some((tag) => tag.senses.length === 0 && !tag.mark)) return false;
  return unreadOf(rest, base) === 0 && rest.foreign === null &&
    rest.phrases.some(({ names, amount, hints, self, pronoun }) =>
      names.length > 0 || amount !== null || self || pronoun !== null ||
      hints.some((hint) => !hint.startsWith("is:"))
    );
}
