import { lightRole } from "../screen/transparent.ts";
import { screenAfter } from "../screen/screen.ts";
import { kindOfUnread } from "../kinds.ts";
import { backgroundFault } from "../loose/background.ts";
import { loadedIn } from "../loose/words.ts";
import { type NounPhrase, type ReadOrder, verbOf } from "../order.ts";
import type { FoundRatio } from "../ratios.ts";
import type { Roles } from "../roles.ts";
import { may, type Tag } from "../tokens/tags.ts";
import { type Base, fault, isJoin, type OpenOrder, type Reading } from "./base.ts";
import { exchangesOf, read } from "./exchange.ts";
import { splitReason } from "./reason.ts";
import { referred, referredPlace } from "./referred.ts";

/** Verbs of leaving something where it is. */
const SPARES = /^(?:keep|keeping|leave|leaving|spare|sparing|hold|holding|retain|retaining)$/;

export function readOrders(open: readonly OpenOrder[], base: Base): Reading {
  const { roles } = base;
  const orders: ReadOrder[] = [];
  for (const [i, { found, front, back, segment, ground, tags }] of open.entries()) {
    if (found.head.foreign !== undefined) return fault(found.head.foreign, found.tags);
    const { tail, args } = splitReason(back, exchangesOf(found, back, base.lexicon));
    const reading = read(front, args, found, base);
    const { phrases, particles, foreign } = reading;
    const unread = base.isLoose ? loadedIn(reading) : reading.unread;
    if (foreign !== null) return fault(foreign, unread);
    // "claim the rewards but leave the CRV": what is named behind it is to be left
    const spared = reading.unread.find(({ norm, from }) =>
      SPARES.test(norm) && from >= found.head.to
    );
    const isSpared = ({ names, amount }: NounPhrase) =>
      (amount !== null || names.some(({ kind }) => kind === "asset")) &&
      Math.max(...names.map(({ from }) => from), amount?.from ?? 0) > spared!.from;
    if (spared && phrases.some(isSpared)) return fault("negation", [spared]);
    // "sell 40 UNI for whatever pumps"
    const any = reading.unread.filter(({ norm }) => /^(?:whatever|something|anything)$/.test(norm));
    const before = any.map((tag) => back[back.indexOf(tag) - 1]?.norm ?? "");
    if (before.some((norm) => /^(?:for|into|to)$/.test(norm))) return fault("not_understood", any);
    // "everything staked since March": a part of it
    const since = [...front, ...back].filter(({ norm }, k, all) =>
      norm === "since" && verbOf(all[k - 1], "participle") !== undefined
    );
    if (since.length > 0) return fault("not_understood", since);
    if (unread.length > 0) {
      const isOurs = phrases.some(({ names, amount, hints }) =>
        names.length > 0 || amount !== null || hints.some((hint) => !hint.startsWith("is:"))
      );
      const kind = kindOfUnread(unread, segment.end);
      return fault(isOurs || kind !== "not_understood" ? kind : "out_of_domain", unread);
    }
    const screened = tail.length === 0 ? null : screenAfter(tail, ",");
    const why = screened !== null && base.isLoose
      ? backgroundFault(tail, segment.end === "?" ? "" : segment.end, false)
      : screened;
    if (why) return fault(why === "not_understood" ? kindOfUnread(tail, segment.end) : why, tail);
    for (const tag of tail) roles.set(tag, lightRole(tag) ?? "reason");
    for (const tag of found.frame) roles.set(tag, "frame");
    for (const tag of found.tags) roles.set(tag, "verb");
    markLight(tags, roles);
    const { fetches = [] } = base.lexicon.lexicon;
    const { actions, word } = found.head;
    const isFetched = actions.length > 0 && actions.every((action) => fetches.includes(action)) ||
      particles.some((one) => /^(?:out|back|off)$/.test(one)) ||
      / (?:out|back|off)$/.test(word) ||
      actions.length === 0 &&
        phrases.some(({ prep }) => /^(?:from|out of|off)$/.test(prep ?? "")) ||
      // "I owe Spark 222 DAI, pay it"
      actions.some((action) => fetches.includes(action)) &&
        ground.some(({ norm }) => /^(?:owe|owed|owing)$/.test(norm));
    const meant = referred(phrases, tags, ground, isFetched);
    const place = referredPlace(phrases, tags, ground, isFetched);
    // "My target for SOL is 300, sell all four there": at that price
    const there = tags.filter(({ norm }) => norm === "there");
    const isPriced = there.length > 0 && place.length === 0 &&
      ground.some(({ quantity }) => quantity !== undefined) &&
      !phrases.some(({ names }) => names.some(({ kind }) => kind === "place"));
    if (isPriced) return fault("price", there);
    const isBare = phrases.length === 0 &&
      !meant.some(({ names, hints }) =>
        names.length > 0 || hints.some((hint) => !hint.startsWith("is:"))
      );
    orders.push({
      head: found.head,
      particles,
      phrases: isBare ? [] : [...phrases, ...meant, ...place],
      ratios: ratiosOf(
        base.ratios,
        i === 0 ? 0 : tags[0]!.from,
        open[i + 1]?.tags[0]?.from ?? Infinity,
      ),
      parts: partsOf(
        [...found.tags, ...front, ...args].filter((tag) => !reading.unread.includes(tag)),
      ),
      when: segment.joint === "before" || segment.joint === "after" ? segment.joint : "then",
    });
  }
  // "… comes last": behind all others
  const lasting = orders.filter((_, i) => open[i]!.rank === "last");
  const others = orders.filter((_, i) => open[i]!.rank !== "last");
  return { orders: [...inTime(others), ...lasting], kind: null, bad: [] };
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
