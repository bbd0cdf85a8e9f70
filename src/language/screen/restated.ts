import type { Segment } from "../segments.ts";
import { may, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

/** Words of one who mends what he said before. */
const MENDS =
  /^(?:no|nope|wait|not|but|and|i|we|it|me|said|meant|mean|mistyped|typed|wrote|entered|should|be|was|supposed|make|on|in|to|at|from|for|the|a|of|only|just|all|rather|than|instead|actually|typed|wrote|entered|asked|should|be|forget|scrap|it's|correction|second|thought|thoughts|typo|wrong|coin|token|amount|chain)$/;
/** What stands before the thing that is taken back. */
const TAKES_BACK = /^(?:not|rather than|instead of|no longer|forget|scrap)$/;

/**
 * "Sorry, not 400 but 300: borrow 300 USDC": what mends something said before, where the order says it in full:
 * what is meant is in the order, what is taken back is not.
 */
export function restates(before: readonly Segment[], order: readonly Tag[]): boolean {
  if (before.length === 0) return false;
  const tags = before.flatMap((segment) => segment.tags);
  const mends = tags.some((tag, i) =>
    may(tag, "correction") || TAKES_BACK.test(tag.norm) ||
    /^(?:meant|mistyped|typed|wrote|entered|i said|no|nope|nah)$/.test(tag.norm) ||
    isSaidFirst(tags, i) ||
    tag.norm === "rather" && tags[i + 1]?.norm === "than"
  );
  const isKnown = tags.every((tag) =>
    tag.mark !== undefined || isSlot(tag) || lightRole(tag) !== null || may(tag, "correction") ||
    tag.norm.split(" ").every((word) => MENDS.test(word))
  );
  const slots = tags.flatMap((tag, i) => isSlot(tag) ? [{ tag, isOut: isTakenBack(tags, i) }] : []);
  // "No wait, 3! Not now": what is not to be done yet is no mending
  const isAside = tags.every((tag, i) => !TAKES_BACK.test(tag.norm) || takesBack(tags, i));
  // "Forget USDT, lend 800 USDC instead"
  const isMeant = slots.some(({ isOut }) => !isOut) ||
    slots.length > 0 && order.some(({ norm }) => /^(?:instead|rather)$/.test(norm));
  return mends && isKnown && isAside && isMeant &&
    slots.every(({ tag, isOut }) => order.some((one) => isSame(one, tag)) !== isOut);
}

function isSlot(tag: Tag): boolean {
  return tag.quantity !== undefined && tag.quantity.kind !== "ordinal" || may(tag, "name");
}

function takesBack(tags: readonly Tag[], at: number): boolean {
  let next = at + 1;
  while (may(tags[next], "prep", "determiner") && !isSlot(tags[next]!)) next++;
  const tag = tags[next];
  return tag !== undefined && (isSlot(tag) || /^all\b/.test(tag.norm));
}

/** "I typed 1000 but it should be 100" */
function isSaidFirst(tags: readonly Tag[], at: number): boolean {
  const before = tags.slice(Math.max(0, at - 2), at).map(({ norm }) => norm).join(" ");
  const after = tags.slice(at + 1).map(({ norm }) => norm).join(" ");
  return /(?:^| )(?:said|typed|wrote|entered)$/.test(before) &&
    /\bbut\b.*\b(?:meant|mean|should be)\b/.test(after);
}

function isTakenBack(tags: readonly Tag[], at: number): boolean {
  if (isSaidFirst(tags, at)) return true;
  for (let i = at - 1; i >= 0 && i >= at - 3; i--) {
    if (TAKES_BACK.test(tags[i]!.norm)) return true;
    if (tags[i]!.norm === "than" && tags[i - 1]?.norm === "rather") return true;
    if (!may(tags[i], "prep", "determiner") || isSlot(tags[i]!)) return false;
  }
  return false;
}

function isSame(one: Tag, other: Tag): boolean {
  if (one.quantity && other.quantity) {
    return one.quantity.kind === other.quantity.kind &&
      one.quantity.value === other.quantity.value &&
      one.quantity.refusal === undefined;
  }
  const names = other.senses.flatMap((sense) => sense.role === "name" ? [sense.name] : []);
  return one.senses.some((sense) => sense.role === "name" && names.includes(sense.name));
}
