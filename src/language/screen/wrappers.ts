import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { dropRather } from "./repairs.ts";
import { lightRole } from "./transparent.ts";
import { may, nameKinds, type Tag } from "../tokens/tags.ts";
import type { Token } from "../tokens/tokens.ts";

/**
 * Takes the marks of a list from the front of lines: "1)", "(2)", "b)", "3.", "-", "*", "→", ">".
 * A mark that says that something is done, such as "[x]", is none.
 */
export function dropListMarks(
  tags: readonly Tag[],
  prompt: string,
  tokens: readonly Token[],
  roles: Roles,
): Tag[] {
  const kept: Tag[] = [];
  for (let i = 0; i < tags.length; i++) {
    const isFirst = i === 0 || tags[i - 1]!.mark === "\n";
    const numbered = isFirst || tags[i]!.from > 0 ? markLength(tags, i, isFirst) : 0;
    const follows = tags[i + numbered];
    const spaced = follows !== undefined && numbered > 0 &&
      /\s/.test(prompt[tokens[follows.from]!.start - 1] ?? "");
    if (numbered > 0 && spaced && (isFirst || beginsStep(tags, i + numbered))) {
      for (const tag of tags.slice(i, i + numbered)) roles.set(tag, "list_mark");
      if (!isFirst) {
        kept.push({
          ...tags[i]!,
          to: tags[i]!.from,
          text: "\n",
          norm: "\n",
          senses: [],
          mark: "\n",
        });
      }
      const last = kept.at(-1);
      if (last?.quantity && !isFirst) delete (last as { quantity?: unknown }).quantity;
      i += numbered - 1;
      continue;
    }
    kept.push(tags[i]!);
  }
  return kept;
}

function markLength(tags: readonly Tag[], at: number, isFirst: boolean): number {
  const one = tags[at]!;
  const two = tags[at + 1];
  const three = tags[at + 2];
  const small = (tag: Tag | undefined) =>
    tag !== undefined && /^(?:\d{1,2}|[a-h]|i{1,3}|iv|v)$/.test(tag.norm);
  if (one.mark === "(" && small(two) && three?.mark === ")") return 3;
  if (small(one) && (two?.mark === ")" || two?.mark === "." || (isFirst && two?.mark === ":"))) {
    return 2;
  }
  if (/^(?:\d{1,2}|[a-h])[.)]$/.test(one.text)) return 1;
  const isArrow = one.mark === "->" && one.text !== ">";
  if (isFirst && (one.mark === "-" || isArrow || one.norm === "*" || one.norm === "•")) return 1;
  return 0;
}

function beginsStep(tags: readonly Tag[], at: number): boolean {
  return verbOf(tags[at], "base") !== undefined || may(tags[at], "frame");
}

const CODE = /^[{}[\]<>|\\#*~_=@^%`]+$|^--?[a-z]|^\/\/|^\/\*|:\/\//;

/** "the voters' share", "ether.fi's pool": glued to what is before it, and no quotation begins or ends there. */
function isApostrophe({ from, text }: Tag, prompt: string, tokens: readonly Token[]): boolean {
  if (
    prompt.includes(":") || !/^['’]$/.test(text) || /(?:^|\s)['‘’]\S|['‘’].*['‘’]/s.test(prompt)
  ) return false;
  const { start, end } = tokens[from]!;
  return /s['’] \w|\w['’]s\b/.test(prompt.slice(start - 1, end + 2));
}

/** A sign of a quotation, of code or of marked text; a name in quotes is still said. */
export function findWrapper(
  tags: readonly Tag[],
  prompt: string,
  tokens: readonly Token[],
): Tag | null {
  if (tags[0]?.mark === "!" || tags[0]?.mark === ":" || tags[0]?.text === ">") return tags[0]!;
  // "deposit(5, ETH)": a call, not an aside
  const call = tags.find((tag, i) => {
    const start = tokens[tag.from]?.start ?? 0;
    return tag.mark === "(" && verbOf(tags[i - 1], "base") !== undefined &&
      /\S/.test(prompt[start - 1] ?? " ");
  });
  if (call) return call;
  const quotes = tags.flatMap((tag, i) =>
    tag.mark === '"' && !isApostrophe(tag, prompt, tokens) ? [i] : []
  );
  if (quotes.length % 2 === 1) return tags[quotes.at(-1)!]!;
  for (let k = 0; k < quotes.length; k += 2) {
    const inner = tags.slice(quotes[k]! + 1, quotes[k + 1]!);
    const isName = inner.length > 0 && inner.length <= 2 &&
      inner.every((tag) => !verbOf(tag, "base") || may(tag, "name"));
    if (!isName) return tags[quotes[k]!]!;
  }
  return tags.find((tag, i) =>
    !tag.quantity && !(tag.norm === "@" && may(tags[i + 1], "name")) && tag.mark === undefined &&
    tag.senses.length === 0 && CODE.test(tag.norm)
  ) ??
    null;
}

/** Whose leave makes a courtesy a condition: "if that's ok with Kim". */
const LEAVE =
  /\bif (?:that's|that is|it's|it is|that works|it works|it suits|that suits) ?(?:ok|okay|alright|all right|fine|possible|convenient|allowed)? (?:with|by|for) (?!you\b|me\b|us\b)/;

/** True if an order waits for what somebody else says. */
export function asksOthers(tags: readonly Tag[]): boolean {
  return LEAVE.test(tags.map(({ norm }) => norm).join(" "));
}

const RENAMES =
  /^(?:wait|make that|make it|i mean|i meant|i meant to say|correction|oops|whoops|sry|sorry|my bad|no wait|wait no|scratch that|strike that|scrap that|typo|er no|no i mean|no i meant|or should i say|i should say)$/;

/**
 * "swap 70 DAI, make that USDT, to FRAX", "to Aave, I mean Compound", "to USDC - wait, to JUP": another name of
 * the same sort takes the place of the one before. What is dropped is the range `[from, at)`.
 */
function renamedAt(
  tags: readonly Tag[],
  at: number,
  next: number,
): { readonly from: number; readonly at: number } | null {
  const was = isSign(tags[at - 1]!) ? at - 2 : at - 1;
  // "xai no not xai I meant dai": all of it is said again
  if (tags[was - 1]?.norm === "not") return null;
  const isLed = may(tags[next], "prep");
  const name = isLed ? next + 1 : next;
  const kinds = nameKinds(tags[was]);
  if (!nameKinds(tags[name]).some((kind) => kinds.includes(kind))) return null;
  // "…, no Compound" may exclude it; "…, no, Compound" does not
  const isApart = isSign(tags[at - 1]!) && isSign(tags[next - 1]!);
  if (!isLed && !isApart && !RENAMES.test(tags[at]!.norm)) return null;
  if (!isLed) return { from: was, at: name };
  return may(tags[was - 1], "prep") ? { from: was - 1, at: next } : null;
}

/** "2 ETH, no wait, 3 ETH": the amount that is said again takes the place of the one that is taken back. */
export function applyCorrections(tags: readonly Tag[], roles: Roles): Tag[] {
  const kept = [...tags];
  for (let i = 1; i < kept.length; i++) {
    if (!may(kept[i], "correction")) continue;
    const before = lastAmount(kept, i);
    let next = i + 1;
    while (
      kept[next] &&
      (may(kept[next], "correction") || isSign(kept[next]!) || kept[next]!.mark === ":" ||
        /^(?:actually|um|uh|yeah|yes|rather|make it|i said|only|just|it's|it is|its|i want|more like|in fact|exactly)$/
          .test(kept[next]!.norm))
    ) next++;
    const after = kept[next];
    const was = kept[before]?.quantity;
    const said = renamedAt(kept, i, next);
    if (said) {
      for (const tag of kept.slice(said.from, said.at)) roles.set(tag, "correction");
      kept.splice(said.from, said.at - said.from);
      dropRather(kept, said.from, roles);
      i = said.from;
      continue;
    }
    if (!was || !after?.quantity || !isAlike(was.kind, after.quantity.kind)) continue;
    const opened = kept[i - 1]?.mark === "(" ? i - 1 : -1;
    const closed = opened < 0 ? -1 : kept.findIndex((tag, k) => k > next && tag.mark === ")");
    // "2 ETH, no, 3 WBTC": the name that is said again as well
    let to = next + 1;
    const name = kept[before + 1];
    while (may(kept[to], "determiner") && kept[to]!.norm !== "a") to++;
    const again = isNamed(kept[to]) && isNamed(name) ? kept[to] : undefined;
    if (!again) to = next + 1;
    // "30... ugh fat fingers, 300"
    let start = i;
    while (start > before + 1 && (isSign(kept[start - 1]!) || may(kept[start - 1], "filler"))) {
      start--;
    }
    const from = opened >= 0 ? opened : start;
    const dropped = [
      kept[before]!,
      ...kept.slice(from, next),
      ...again ? kept.slice(next + 1, to).concat(name!) : [],
      ...closed < 0 ? [] : [kept[closed]!],
    ];
    for (const tag of dropped) roles.set(tag, "correction");
    if (closed >= 0) kept.splice(closed, 1);
    kept.splice(from, (again ? to + 1 : next + 1) - from);
    kept.splice(before, again ? 2 : 1, after, ...again ? [again] : []);
    i = before;
  }
  return kept;
}

/** A name, or a ticker that is on no list. */
function isNamed(tag: Tag | undefined): boolean {
  return may(tag, "name") ||
    tag?.senses.length === 0 && !tag.mark && !tag.quantity && /^\$?[A-Z][A-Z0-9]+$/.test(tag.text);
}

/**
 * Where an order begins that takes the place of what was begun before: "mint, no, I mean borrow 700 MIM",
 * "put my WBTC, no sorry put my cbBTC in morpho"; -1 if nothing is taken back so.
 */
export function restartAt(tags: readonly Tag[]): number {
  for (let i = tags.length - 2; i > 0; i--) {
    if (!takesBack(tags, i) && !restarts(tags, i)) continue;
    let next = i + 1;
    while (
      tags[next] &&
      (may(tags[next], "correction") || isSign(tags[next]!) || lightRole(tags[next]!) !== null)
    ) next++;
    // "add no remove remove 20 LINK"
    if (verbOf(tags[next], "base") && tags[next + 1]?.norm === tags[next]!.norm) next++;
    const verb = verbOf(tags[next], "base");
    // "Cambiar… sorry, I mean exchange 65 USDT to ETH"
    const isBroken = i <= 2 && may(tags[i], "correction") && tags[i]!.norm !== "no" &&
      !may(tags[0], "negation", "condition", "speech", "name", "address");
    const began = isBroken ||
      tags.slice(0, i).some((tag) =>
        tag.quantity !== undefined || may(tag, "name", "noun") || verbOf(tag, "base")
      );
    if (began && verb !== undefined && verb.actions.length > 0) return next;
  }
  return -1;
}

/** Words behind which "no" negates what it stands before: "there is no", "with no", "please no". */
const NEGATED_BY =
  /^(?:is|are|was|be|been|there's|there|have|has|had|got|want|need|with|and|or|but|of|to|for|in|at|by|say|says|said|see|take|make|means|mean|please|pls|absolutely|i|we|you|he|she|they|it|that|this|so|oh|under|still|yet)$/;

/** "mint no borrow 300 USDC", "add no remove …": begun, not counted, and begun again with another verb. */
function restarts(tags: readonly Tag[], at: number): boolean {
  if (tags[at]!.norm !== "no") return false;
  let from = at;
  while (from > 0 && tags[from - 1]!.norm === "no") from--;
  const lead = tags.slice(0, from);
  const last = lead.at(-1);
  if (!last || NEGATED_BY.test(last.norm.split(" ").at(-1)!)) return false;
  let next = at + 1;
  while (
    tags[next] &&
    (lightRole(tags[next]!) !== null || isSign(tags[next]!) || may(tags[next], "correction"))
  ) next++;
  const object = tags[next + 1];
  const isBegun = lead.some((tag) => verbOf(tag, "base")) &&
    !lead.some(({ quantity }) => quantity !== undefined);
  return isBegun && verbOf(tags[next], "base") !== undefined && object !== undefined &&
    (object.quantity !== undefined || may(object, "determiner", "name") ||
      verbOf(object, "base") !== undefined);
}

/** "no sorry", "I mean", "…, no, …": a bare "no" may as well negate what follows it. */
function takesBack(tags: readonly Tag[], at: number): boolean {
  const { norm } = tags[at]!;
  if (/^(?:nah|nope)$/.test(norm)) return true;
  if (!may(tags[at], "correction") || norm === "wait") return false;
  if (norm !== "no" && norm !== "i say") return true;
  if (norm === "i say") return tags[at - 1]!.mark !== undefined;
  return tags[at - 1]!.mark !== undefined && tags[at + 1]?.mark !== undefined;
}

/** An amount may take the place of a share of what is held, and the other way round. */
function isAlike(one: string, other: string): boolean {
  const shares = ["fraction", "percent", "all"];
  return one === other || [one, other].every((kind) => kind === "amount" || shares.includes(kind));
}

function lastAmount(tags: readonly Tag[], before: number): number {
  for (let i = before - 1; i >= 0 && i >= before - 9; i--) {
    if (tags[i]!.quantity) return i;
    if (verbOf(tags[i], "base") && !may(tags[i], "name")) return -1;
  }
  return -1;
}

function isSign(tag: Tag): boolean {
  return tag.mark === "," || tag.mark === "." || tag.mark === "-" || tag.mark === ";";
}
