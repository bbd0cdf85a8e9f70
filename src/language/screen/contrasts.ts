import type { Roles } from "../roles.ts";
import { verbOf } from "../order.ts";
import { may, nameKinds, senseOf, type Tag } from "../tokens/tags.ts";

/** Longest thing that a contrast leaves out, in tags. */
const MAX_LENGTH = 5;

/**
 * Takes out what a contrast says that is not meant: "30 INJ, not 30 TIA", "350,000 USDC rather than
 * 300,000", "redelegate not, undelegate". What is meant has to be said as well, and to be of the same sort.
 */
export function dropContrasts(tags: readonly Tag[], roles: Roles): Tag[] {
  const dropped = new Set<Tag>();
  for (let i = 0; i < tags.length; i++) {
    const opens = contrastLength(tags, i);
    if (opens === 0) continue;
    if (isOtherVerb(tags, i) || isOtherThing(tags, i)) {
      const to = isOtherVerb(tags, i) ? i + 2 : tags.length;
      for (const tag of tags.slice(i, to)) if (!tag.mark) dropped.add(tag);
      i = to - 1;
      continue;
    }
    const from = i + opens;
    let to = from;
    while (to < tags.length && to < from + MAX_LENGTH && isPart(tags[to]!)) to++;
    const isLeftOut = () => {
      const rest = [...tags.slice(0, i), ...tags.slice(to)].filter((tag) => !dropped.has(tag));
      return to > from && isSaidOtherwise(tags.slice(from, to), rest);
    };
    // "55,000 rather than 50,000 USDC", "unstake 15 not 50 BNB": the thing is said once
    const counts = tags[i - 1]?.quantity !== undefined && tags[from]?.quantity !== undefined;
    if (counts && !isLeftOut()) to = from + 1;
    // "80 DAI rather than USDC on Euler": where, is said of what is meant
    if (!isLeftOut()) {
      const led = tags.findIndex((tag, k) => k > from && k < to && may(tag, "prep"));
      if (led > from) to = led;
    }
    const ends = to === tags.length || tags[to]!.mark !== undefined || opens > 1 ||
      counts && may(tags[to], "name") || may(tags[to], "courtesy", "prep", "urgency") ||
      tags[to]!.norm === "but";
    if (!ends || !isLeftOut()) continue;
    // "not 2 but 3 rETH"
    if (tags[to]?.norm === "but") to++;
    for (const tag of tags.slice(i, to)) dropped.add(tag);
    i = to - 1;
  }
  for (const tag of dropped) roles.set(tag, "correction");
  return dropped.size === 0 ? [...tags] : tags.filter((tag) => !dropped.has(tag));
}

/** How many tags open a contrast: "not" behind a sign, "rather than". */
function contrastLength(tags: readonly Tag[], at: number): number {
  const { norm } = tags[at]!;
  const before = tags[at - 1];
  // "Not the ETH loan, the USDC loan: …"
  const isJoined = before === undefined || before.mark !== undefined || may(before, "and", "but");
  if (isOtherVerb(tags, at) || isOtherThing(tags, at)) return 1;
  if (norm === "not" && before?.quantity && tags[at + 1]?.quantity) return 1;
  if (/^(?:not|and not|but not)$/.test(norm) && (isJoined || norm !== "not")) return 1;
  if (norm === "rather" && tags[at + 1]?.norm === "than") return 2;
  return /^(?:rather than|as opposed to|in place of)$/.test(norm) ? 1 : 0;
}

/** "repay not supply!", "unstake, not swap": another act, of which nothing is said. */
function isOtherVerb(tags: readonly Tag[], at: number): boolean {
  const verb = verbOf(tags[at - 1]?.mark === "," ? tags[at - 2] : tags[at - 1], "base");
  const other = verbOf(tags[at + 1], "base");
  const after = tags[at + 2];
  return tags[at]!.norm === "not" && verb !== undefined && other !== undefined &&
    verb.actions.length > 0 && other.actions.length > 0 &&
    !verb.actions.some((action) => other.actions.includes(action)) &&
    (after === undefined || after.mark !== undefined);
}

/** "just the fees, not the liquidity": another thing, at the end. */
function isOtherThing(tags: readonly Tag[], at: number): boolean {
  if (tags[at]!.norm !== "not" || !may(tags[at + 1], "determiner")) return false;
  const said = tags.slice(at + 2).filter(({ mark }) => mark !== ".");
  const only = tags.slice(0, at).some(({ norm }) => /^(?:just|only)$/.test(norm));
  const hint = senseOf(said[0], "object")?.hint;
  const others = tags.slice(0, at).flatMap((tag) => senseOf(tag, "object")?.hint ?? []);
  return only && said.length === 1 && hint !== undefined && others.length > 0 &&
    !others.includes(hint);
}

function isPart(tag: Tag): boolean {
  return tag.quantity !== undefined ||
    may(tag, "name", "object", "prep", "determiner", "place_word") ||
    (tag.senses.length === 0 && tag.mark === undefined && /^[$A-Z]/.test(tag.text));
}

/** True if an amount for an amount, a thing for a thing, a place for a place is said elsewhere. */
function isSaidOtherwise(said: readonly Tag[], rest: readonly Tag[]): boolean {
  const counts = said.some(({ quantity }) => quantity !== undefined);
  const isWhen = (kind = "") => /^(?:time|date|duration|schedule|price)$/.test(kind);
  if (said.some(({ quantity }) => quantity?.refusal !== undefined || isWhen(quantity?.kind))) {
    return false;
  }
  const values = said.flatMap(({ quantity }) => quantity ? [quantity.value] : []);
  const counted = rest.flatMap(({ quantity }) => quantity ? [quantity.value] : []);
  // "50 LINK. Not 50": what is taken back is not what is meant
  if (counts && (counted.length === 0 || counted.some((value) => values.includes(value)))) {
    return false;
  }
  const kinds = new Set(said.flatMap(nameKinds));
  const others = new Set(rest.flatMap(nameKinds));
  if ([...kinds].some((kind) => !others.has(kind))) return false;
  // A place that is led to needs another one that is led to: "on Euler, not on Aave"
  const [lead] = said;
  if (may(lead, "prep") && !rest.some(({ norm }) => norm === lead!.norm)) return false;
  return counts || kinds.size > 0;
}
