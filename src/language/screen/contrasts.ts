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
    if (isLessLiked(tags, i)) {
      for (const tag of tags.slice(i, i + 2)) dropped.add(tag);
      i++;
      continue;
    }
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
    // "45 USDC and not 450 to BAL": what the amount is followed by is not taken back
    const ofAmount = (at: number) =>
      at > from && tags[from]!.quantity && may(tags[at], "prep") && tags[at]!.norm !== "of";
    while (
      to < tags.length && to < from + MAX_LENGTH && isPart(tags[to]!) && !ofAmount(to) &&
      tags[to]!.norm !== "that"
    ) to++;
    const isLeftOut = () => {
      const rest = [...tags.slice(0, i), ...tags.slice(to)].filter((tag) => !dropped.has(tag));
      return to > from && isSaidOtherwise(tags.slice(from, to), rest);
    };
    // "55,000 rather than 50,000 USDC", "unstake 15 not 50 BNB": the thing is said once
    const counts = tags[i - 1]?.quantity !== undefined && tags[from]?.quantity !== undefined;
    if (counts) to = from + 1;
    // "80 DAI rather than USDC on Euler": where, is said of what is meant
    if (!isLeftOut()) {
      const led = tags.findIndex((tag, k) => k > from && k < to && may(tag, "prep"));
      if (led > from) to = led;
    }
    const ends = to === tags.length || tags[to]!.mark !== undefined || opens > 1 ||
      may(tags[to], "and") && tags[to + 1]?.norm === "not" ||
      counts && may(tags[to], "name") || tags[to]?.norm === "that" || tags[to]?.norm === "but" ||
      may(tags[to], "courtesy", "prep", "urgency");
    if (!ends || !isLeftOut()) continue;
    // "not 2 but 3 rETH"
    if (tags[to]?.norm === "but") to++;
    const joined = may(tags[i - 1], "and", "but") ? i - 1 : i;
    for (const tag of tags.slice(joined, to)) dropped.add(tag);
    // "make that 3 ETH, not 2, into the vault"
    const isInside = tags[i - 1]?.mark === "," && tags[to]?.mark === "," &&
      may(tags[to + 1], "prep");
    if (isInside) dropped.add(tags[i - 1]!).add(tags[to]!);
    i = to - 1;
  }
  for (const tag of dropped) roles.set(tag, "correction");
  return dropped.size === 0 ? [...tags] : tags.filter((tag) => !dropped.has(tag));
}

/** "I'd rather borrow than sell: …": what is liked less is not to be done. */
function isLessLiked(tags: readonly Tag[], at: number): boolean {
  const [next, after] = [tags[at + 1], tags[at + 2]];
  return tags[at]!.norm === "than" &&
    tags.slice(0, at).some(({ norm }) => /\b(?:rather|sooner|prefer)\b/.test(norm)) &&
    (verbOf(next, "base", "gerund", "participle") !== undefined || may(next, "adjective")) &&
    (after === undefined || after.mark !== undefined || /^so$/.test(after.norm));
}

/**
 * Takes out what is not meant where what is meant follows it: "not 10 but 100 DAI", "not Compound and not Spark
 * but Aave".
 */
export function dropNotBut(tags: readonly Tag[], roles: Roles): Tag[] {
  let kept = [...tags];
  for (let i = 0; i < kept.length; i++) {
    if (!/^(?:and )?not$/.test(kept[i]!.norm)) continue;
    let but = i + 1;
    while (kept[but] && (isPart(kept[but]!) || isJoint(kept[but]!)) && but < i + 2 * MAX_LENGTH) {
      but++;
    }
    if (!may(kept[but], "but") || kept[but]!.norm !== "but") continue;
    const said = kept.slice(i + 1, but);
    let to = but + 1;
    while (kept[to] && isPart(kept[to]!) && to <= but + MAX_LENGTH) to++;
    const meant = kept.slice(but + 1, to);
    if (!isPart(said[0] ?? kept[but]!) || !isAlike(said, meant)) continue;
    // "not on Aave but on Spark": led by the same word
    if (may(said[0], "prep") !== may(meant[0], "prep")) continue;
    // "not 5 but 3: withdraw 5 SOL"
    const values = said.flatMap(({ quantity }) => quantity?.value ?? []);
    if (kept.slice(to).some(({ quantity }) => values.includes(quantity?.value ?? ""))) continue;
    const from = may(kept[i - 1], "and") && kept[i - 1]!.quantity === undefined ? i - 1 : i;
    for (const tag of kept.slice(from, but + 1)) roles.set(tag, "correction");
    kept = [...kept.slice(0, from), ...kept.slice(but + 1)];
  }
  return kept;
}

/** An amount for an amount, a name for a name of the same sort. */
function isAlike(said: readonly Tag[], meant: readonly Tag[]): boolean {
  if (said.some(({ quantity }) => quantity?.refusal)) return false;
  const counts = (tags: readonly Tag[]) => tags.some(({ quantity }) => quantity !== undefined);
  const names = said.filter((tag) => may(tag, "name"));
  const kinds = meant.flatMap(nameKinds);
  return counts(said) === counts(meant) && (counts(said) || names.length > 0) &&
    names.every((tag) => nameKinds(tag).some((kind) => kinds.includes(kind)));
}

function isJoint({ norm, mark }: Tag): boolean {
  return mark === "," || /^(?:not|and not|nor|or|and)$/.test(norm);
}

/** How many tags open a contrast: "not" behind a sign, "rather than". */
function contrastLength(tags: readonly Tag[], at: number): number {
  const { norm } = tags[at]!;
  const before = tags[at - 1];
  // "Not the ETH loan, the USDC loan: …"
  const isJoined = before === undefined || before.mark !== undefined || may(before, "and", "but");
  if (isOtherVerb(tags, at) || isOtherThing(tags, at)) return 1;
  const isCounted = before?.quantity !== undefined ||
    may(before, "name") && tags[at - 2]?.quantity !== undefined;
  if (norm === "not" && isCounted && tags[at + 1]?.quantity) return 1;
  // "borrow in DAI not USDC"
  const isOther = norm === "not" &&
    nameKinds(before).some((kind) => nameKinds(tags[at + 1]).includes(kind));
  if (isOther) return 1;
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
  const names = said.filter((tag) => may(tag, "name")).map(({ norm }) => norm);
  // "30 INJ, not 30 TIA": as many of another thing
  const isOther = names.length > 0 && !rest.some(({ norm }) => names.includes(norm));
  // "50 LINK. Not 50": what is taken back is not what is meant
  const isSame = counted.length === 0 || counted.some((value) => values.includes(value));
  if (counts && isSame && !(counted.length > 0 && isOther)) return false;
  // "5 SOL, not SOL": what is taken back is what was meant
  const isMeant = ({ norm, from }: Tag) => names.includes(norm) && from < said[0]!.from;
  if (!counts && rest.some(isMeant)) return false;
  const kinds = new Set(said.flatMap(nameKinds));
  const others = new Set(rest.flatMap(nameKinds));
  if ([...kinds].some((kind) => !others.has(kind))) return false;
  // A place that is led to needs another one that is led to: "on Euler, not on Aave"
  const [lead] = said;
  if (may(lead, "prep") && !rest.some(({ norm }) => norm === lead!.norm)) return false;
  return counts || kinds.size > 0;
}

/** "Not the ETH, the SOL: sell 2 SOL": what is not meant and what is, where the order names it again. */
export function dropNotThis(tags: readonly Tag[], roles: Roles): Tag[] {
  let at = tags[0]?.norm === "not" ? 1 : -1;
  if (at < 0) return [...tags];
  if (may(tags[at], "determiner")) at++;
  const other = tags[at];
  const sign = tags[at + 1]?.mark;
  let next = at + 2;
  if (may(tags[next], "determiner") && !may(tags[next], "name")) next++;
  const meant = tags[next];
  const end = tags[next + 1]?.mark;
  const rest = tags.slice(next + 2);
  const isSame = other !== undefined && meant !== undefined && /^[,;-]$/.test(sign ?? "") &&
    /^[:.,!;-]$/.test(end ?? "") &&
    nameKinds(other).some((kind) => nameKinds(meant).includes(kind)) &&
    rest.some(({ norm }) => norm === meant.norm) && !rest.some(({ norm }) => norm === other.norm);
  if (!isSame) return [...tags];
  for (const tag of tags.slice(0, next + 2)) roles.set(tag, "correction");
  return rest;
}
