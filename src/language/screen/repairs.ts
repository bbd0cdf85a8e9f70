import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { may, nameKinds, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

/** How far back what is said again may have begun, in tags. */
const REACH = 6;
/** Words that take back what was just said. */
const TAKES_BACK =
  /^(?:no|nah|nope|no wait|wait no|no sorry|sorry|i mean|i meant|or rather|rather|oops|scratch that|correction)$/;
/** Of these, those that do nothing else; a bare "no" may as well negate. */
const SURE = /^(?:nah|nope|no wait|wait no|sorry|i mean|i meant|or rather|oops|scratch that)$/;

/**
 * Takes out what is said again in the same form: "from my Maple, no, from my Compound line", "claim my CRV no
 * sorry my CVX rewards". What takes its place has to begin with the same preposition, or to be a thing or a
 * place where one was.
 */
export function dropRepairs(tags: readonly Tag[], roles: Roles): Tag[] {
  const kept = [...tags];
  for (let i = 1; i < kept.length - 1; i++) {
    if (!TAKES_BACK.test(kept[i]!.norm)) continue;
    let from = i;
    while (from > 0 && isPause(kept[from - 1]!)) from--;
    let to = i;
    while (kept[to] && (isPause(kept[to]!) || isMarker(kept[to]!))) to++;
    // "xai no not xai, I meant dai"
    const again = kept[to]?.norm === "not" && kept[to + 1]?.norm === kept[from - 1]?.norm;
    if (again) {
      to += 2;
      while (kept[to] && (isPause(kept[to]!) || isMarker(kept[to]!))) to++;
    }
    // "to USDC, no DAI" may rule DAI out
    const isBare = kept[i]!.norm === "no" && to === i + 1;
    const isSure = from < i && !isBare || again ||
      kept.slice(i, to).some(({ norm }) => SURE.test(norm));
    const start = from === 0 ? -1 : repairedFrom(kept, from, to, isSure);
    if (start < 0) continue;
    for (const tag of kept.slice(start, to)) roles.set(tag, "correction");
    kept.splice(start, to - start);
    dropRather(kept, start, roles);
    i = start;
  }
  return kept;
}

/** "oops, to USDT rather": said once more that it is meant. */
export function dropRather(tags: Tag[], from: number, roles: Roles): void {
  const end = tags.findIndex((tag, k) => k > from && tag.mark !== undefined);
  const last = end < 0 ? tags.length - 1 : end - 1;
  if (last <= from || !/^(?:rather|instead)$/.test(tags[last]!.norm)) return;
  roles.set(tags[last]!, "correction");
  tags.splice(last, 1);
}

function isPause({ mark }: Tag): boolean {
  return mark === "," || mark === "." || mark === "-" || mark === ";" || mark === "?";
}

function isMarker(tag: Tag): boolean {
  return TAKES_BACK.test(tag.norm) || lightRole(tag) === "filler" || may(tag, "correction");
}

/** Where what is taken back begins; -1 where what follows has not its form. */
function repairedFrom(tags: readonly Tag[], end: number, next: number, isSure: boolean): number {
  const first = tags[next];
  if (!first || first.quantity || verbOf(first, "base") && !may(first, "name", "prep")) return -1;
  const named = tags.slice(next, next + 4).findIndex((tag) => isThing(tag));
  if (named < 0) return -1;
  // "that Yearn thing, I mean the yield on it": what is named before is still meant
  if (tags.slice(next, next + 6).some((tag) => may(tag, "pronoun") && !may(tag, "determiner"))) {
    return -1;
  }
  if (may(first, "prep") || first.norm === "of") {
    // "with 100 USDC, no, with 120 USDC"
    const counts = tags.slice(next, next + named).some(({ quantity }) => quantity !== undefined);
    for (let k = end - 1; k > 0 && k >= end - REACH; k--) {
      if (tags[k]!.norm === first.norm && end - k > 1) {
        return mayReplace(tags.slice(k + 1, end), tags[next + named]!) ? k : -1;
      }
      if (ends(tags[k]!) && !(counts && tags[k]!.quantity)) return -1;
    }
    return -1;
  }
  const last = tags[end - 1]!;
  const isSame = nameKinds(last).some((kind) => nameKinds(tags[next + named]!).includes(kind));
  const determined = may(first, "determiner");
  if (isSame && !determined) return isSure ? end - 1 : -1;
  if (!determined) return -1;
  for (let k = end - 1; k > 0 && k >= end - REACH; k--) {
    const isStart = may(tags[k], "determiner") && tags[k]!.norm !== "of";
    if (isStart && end - k > 1 && (isSure || isSame && tags[k]!.norm === first.norm)) return k;
    if (ends(tags[k]!) || may(tags[k], "prep")) return -1;
  }
  return -1;
}

/** A thing for a thing, a place for a place; what is on no list may be either. */
function mayReplace(said: readonly Tag[], named: Tag): boolean {
  const kinds = said.flatMap(nameKinds);
  if (named.senses.length === 0 || kinds.length === 0) return !may(named, "object");
  // "in the JLP vault, no, in the Jupiter Lend vault"
  return nameKinds(named).some((kind) => kind === "place" || kinds.includes(kind));
}

/** What stands in the place of a thing: a name, or a word that nothing is known of. */
function isThing(tag: Tag): boolean {
  return may(tag, "name", "object") || tag.senses.length === 0 && !tag.mark && !tag.quantity;
}

function ends(tag: Tag): boolean {
  return tag.mark !== undefined || tag.quantity !== undefined ||
    verbOf(tag, "base") !== undefined && !may(tag, "name", "object", "noun", "prep");
}

/** "No, sorry, …", "nope, …": takes back what was read before, and says what is meant. */
const OPENS =
  /^(?:no (?:no )*(?:sorry|wait)|no no(?: no)*|no wait(?: sorry)?|oh no(?: wait| sorry)*|nope|nah|oops|oops sorry|sorry|whoops)$/;
/** What says that something was a slip, wherever it stands in such an opening. */
const SLIPPED =
  /\b(?:typo|mistyped|misspoke|wrong|no hold on|no hang on|wait hold on|wait hang on)\b/;

/** Takes out an opening that takes back what was said in an earlier turn. */
export function dropOpening(tags: readonly Tag[], roles: Roles): Tag[] {
  let to = 0;
  const ends = (tag: Tag) => isPause(tag) || tag.mark === "!";
  while (tags[to] && (ends(tags[to]!) || isMarker(tags[to]!))) to++;
  while (to > 0 && !ends(tags[to - 1]!)) to--;
  const said = tags.slice(0, to).filter((tag) => !tag.mark).map(({ norm }) => norm).join(" ");
  const asks = tags.slice(0, to).some(({ mark }) => mark === "?");
  const slipped = SLIPPED.test(said) && !asks;
  if (to === 0 || to >= tags.length || !(slipped || OPENS.test(said))) return [...tags];
  for (const tag of tags.slice(0, to)) roles.set(tag, "correction");
  return tags.slice(to);
}

/** "… to USDT *USDC", "6,000 DAI, sDAI I mean, …": a name that is said behind takes the place of the last of its sort. */
export function dropRenames(tags: readonly Tag[], roles: Roles): Tag[] {
  const kept = [...tags];
  for (let i = 2; i < kept.length; i++) {
    const tag = kept[i]!;
    const before = kept[i - 1]!;
    if (!may(tag, "name")) continue;
    const isStarred = before.text === "*";
    const length = /^(?:i mean|i meant|i should say|sorry|rather|or rather)$/.test(
        kept[i + 1]?.norm ?? "",
      )
      ? 1
      : kept[i + 1]?.norm === "that" && kept[i + 2]?.norm === "is"
      ? 2
      : 0;
    const end = kept[i + 1 + length];
    const isBehind = length > 0 && isPause(before) && (end === undefined || end.mark !== undefined);
    if (!isBehind && !(isStarred && (end === undefined || end.mark !== undefined))) continue;
    const was = kept.slice(0, i - 1).findLastIndex((one) =>
      nameKinds(one).some((kind) => nameKinds(tag).includes(kind))
    );
    if (was < 0 || kept[was]!.norm === tag.norm) continue;
    const closes = end?.mark === "," ? 1 : 0;
    for (const one of [kept[was]!, ...kept.slice(i - 1, i + 1 + length + closes)]) {
      if (one !== tag) roles.set(one, "correction");
    }
    kept.splice(i - 1, 2 + length + closes);
    kept.splice(was, 1, tag);
  }
  return kept;
}

/** "Stake 10 INJ. Scratch the 10, stake 11": an amount that is named to be taken back, and the one that is meant. */
export function dropScratched(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag, i) =>
    i > 1 && /^(?:scratch|strike|forget|cancel|drop|not)$/.test(tag.norm) &&
    /^(?:the|that)$/.test(tags[i + 1]?.norm ?? "") && tags[i + 2]?.quantity !== undefined
  );
  if (at < 0) return [...tags];
  const taken = tags[at + 2]!.quantity!;
  const was = tags.findIndex(({ quantity }, i) =>
    i < at && quantity !== undefined && quantity.value === taken.value && !quantity.refusal
  );
  let to = at + 3;
  while (tags[to] && (isPause(tags[to]!) || isMarker(tags[to]!) || may(tags[to], "and"))) to++;
  const isAgain = verbOf(tags[to], "base") !== undefined &&
    tags.slice(0, was).some(({ norm }) => norm === tags[to]!.norm);
  if (isAgain || tags[to]?.norm === "make it") to++;
  const meant = tags[to]?.quantity;
  if (was < 0 || meant === undefined || meant.refusal || meant.kind !== taken.kind) {
    return [...tags];
  }
  let from = at;
  while (from > 0 && isPause(tags[from - 1]!)) from--;
  for (const tag of [tags[was]!, ...tags.slice(from, to)]) roles.set(tag, "correction");
  const rest = tags.slice(to + 1);
  // "stake 11 INJ": the thing that is said again
  const again = rest[0] && rest[0].norm === tags[was + 1]?.norm && may(rest[0], "name") ? 1 : 0;
  return [...tags.slice(0, was), tags[to]!, ...tags.slice(was + 1, from), ...rest.slice(again)];
}
