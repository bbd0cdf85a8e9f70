import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { may, mayName, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

const GETS =
  /^(?:get|gets|want|receive|need|buy|take|end up with|getting|receiving|buying|wanting|after|'m after)$/;
const GIVES =
  /^(?:give|gives|pay|sell|spend|offer|hand over|part with|have|trade|trade in|swap|give up|giving|paying|selling|spending|offering|trading|swapping|put in|have got|hold|own)$/;
const SPEAKER = /^(?:i|we|i'm|we're|i am|we are|i'll|we'll|i will|i'd)$/;

/** A preposition that a word order says without one. */
const led = ({ from }: Tag, norm: string): Tag => ({
  ...{ from, to: from, text: norm, norm },
  senses: [{ role: "prep" }],
});

/**
 * Puts the words of a cleft sentence back in their places: "USDC is what I get, 2 ETH is what I give", "550
 * LUSD is what I'm borrowing", "it's USDC I want my 2 SOL turned into", "Aave is where I want 85 USDC
 * deposited", "Morpho gets 40 USDC from me, deposit it".
 */
export function undoClefts(tags: readonly Tag[], roles: Roles): Tag[] {
  const told = handOver(unfront(unstrand(sides(tags, roles), roles), roles), roles);
  return bid(isWanted(payFor(pseudo(told, roles)), roles), roles);
}

/** Where the thing before a tag begins; -1 if there is none. */
function thingBefore(tags: readonly Tag[], at: number): number {
  let from = at;
  while (from > 0 && isPart(tags[from - 1]!)) from--;
  const isFresh = from === 0 || tags[from - 1]!.mark !== undefined ||
    may(tags[from - 1], "and", "but", "greeting", "address", "then") ||
    /^(?:so|and so)$/.test(tags[from - 1]!.norm);
  const names = tags.slice(from, at).some((tag) => may(tag, "name") || isOpen(tag));
  return isFresh && names ? from : -1;
}

function isPart(tag: Tag): boolean {
  if (tag.mark || may(tag, "negation", "condition", "question", "verb", "and", "but")) {
    return may(tag, "name") && !tag.mark;
  }
  return tag.quantity !== undefined ||
    may(tag, "name", "determiner", "object", "adjective", "place_word") || isOpen(tag) ||
    /^(?:in|exactly|just|only|precisely)$/.test(tag.norm);
}

function isOpen(tag: Tag | undefined): boolean {
  return tag !== undefined && tag.senses.length === 0 && !tag.mark && !tag.quantity &&
    /^[$A-Z0-9]/.test(tag.text);
}

function isEnd(tag: Tag | undefined): boolean {
  return tag === undefined || tag.mark !== undefined || may(tag, "and", "urgency", "courtesy") ||
    /^(?:exactly|precisely)$/.test(tag.norm);
}

/** "X is what I get", "X is what I'm borrowing on Y", "X is where I want Y deposited". */
function sides(tags: readonly Tag[], roles: Roles): Tag[] {
  let kept = [...tags];
  for (let at = 1; at < kept.length - 1; at++) {
    if (!/^(?:is|are)$/.test(kept[at]!.norm)) continue;
    const asks = kept[at + 1]!;
    const from = thingBefore(kept, at);
    if (from < 0 || !/^(?:what|where)\b/.test(asks.norm)) continue;
    const thing = kept.slice(from, at);
    const [, said, subject] = /^(what|where)(?: (.+))?$/.exec(asks.norm) ?? [];
    // "what i get" may be one word to the lexicon
    const inner = subject?.split(" ") ?? [];
    const next = inner.length > 0 ? at + 2 : at + 2 + (isPerson(kept[at + 2]) ? 1 : 0);
    const verbTag = kept[at + 2];
    const wishes = said === "what" && inner.length === 0 && may(verbTag, "frame") &&
      /^(?:i|we) (?:want|need)$/.test(verbTag!.norm);
    const verb = inner.length > 1
      ? inner.slice(1).join(" ")
      : wishes
      ? "want"
      : isPerson(verbTag)
      ? kept[next]?.norm ?? ""
      : "";
    const end = inner.length > 1 ? at + 2 : wishes ? at + 3 : next + 1;
    const side = GETS.test(verb) ? "to" : GIVES.test(verb) ? "from" : null;
    const rest = kept[end]?.norm === "for" && /^(?:it|them|that)$/.test(kept[end + 1]?.norm ?? "")
      ? end + 2
      : end;
    if (said === "what" && side !== null && isEnd(kept[rest])) {
      const isSwap = kept.some((tag) =>
        verbOf(tag, "base", "gerund")?.actions.includes("swap_asset")
      );
      if (!isSwap && side === "to") continue;
      for (const tag of kept.slice(at, rest)) roles.set(tag, "connector");
      kept = [...kept.slice(0, from), led(thing[0]!, side), ...thing, ...kept.slice(rest)];
      at = from + thing.length;
      continue;
    }
    const moved = invert(kept, { from, at, said: said!, isWish: may(verbTag, "frame") });
    if (moved === null) continue;
    for (const tag of kept.slice(at, at + 2)) roles.set(tag, "connector");
    kept = moved;
  }
  // "DAI is what Kim gets, 3 ETH is what I give": the other half would be lost
  const isLeft = kept.length !== tags.length &&
    kept.some(({ norm }, i) => /^(?:is|are)$/.test(norm) && kept[i + 1]?.norm === "what");
  return isLeft ? [...tags] : kept;
}

function isPerson(tag: Tag | undefined): boolean {
  return tag !== undefined && SPEAKER.test(tag.norm);
}

/** "550 LUSD is what I'm borrowing", "66 LINK is what I want back", "Aave is where I want 85 USDC deposited". */
function invert(
  tags: readonly Tag[],
  { from, at, said, isWish }: {
    readonly from: number;
    readonly at: number;
    readonly said: string;
    readonly isWish: boolean;
  },
): Tag[] | null {
  const thing = tags.slice(from, at);
  const start = at + 2;
  const mark = tags.findIndex((tag, i) => i >= start && tag.mark !== undefined);
  const end = mark < 0 ? tags.length : mark;
  const clause = tags.slice(start, end);
  if (!isWish && !isPerson(clause[0])) return null;
  if (clause.some((tag) => may(tag, "negation", "condition", "question", "play"))) return null;
  if (said === "where") {
    const isPlace = thing.some((tag) => mayName(tag, "place") || may(tag, "place_word"));
    if (!isPlace || !isWish) return null;
    return [...tags.slice(0, from), ...clause, led(thing[0]!, "at"), ...thing, ...tags.slice(end)];
  }
  const acts = clause.findIndex((tag, i) =>
    i > 0 && (verbOf(tag, "base", "gerund", "participle")?.actions.length ?? 0) > 0
  );
  const isBase = acts > 0 && verbOf(clause[acts], "base", "gerund") !== undefined;
  // "2 ETH is what I staked" tells
  if (!isWish && !(isBase && /^(?:i'm|we're|i am|we are|i'll|we'll)$/.test(clause[0]!.norm))) {
    return null;
  }
  const to = isBase ? acts + 1 : 1;
  return [
    ...tags.slice(0, from),
    ...clause.slice(0, to),
    ...thing,
    ...clause.slice(to),
    ...tags.slice(end),
  ];
}

/** "It's USDC I want my 2 SOL turned into": the thing that is named first belongs at the end. */
function unstrand(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => !tag.mark && lightRole(tag) === null);
  if (!/^(?:it's|it is|it)$/.test(tags[at]?.norm ?? "")) return [...tags];
  const start = tags[at]!.norm === "it" ? at + 2 : at + 1;
  const wish = tags.findIndex((tag, i) => i > start && may(tag, "frame"));
  const mark = tags.findIndex((tag, i) => i > start && tag.mark !== undefined);
  const end = mark < 0 ? tags.length : mark;
  const lead = tags.slice(start, wish).filter(({ norm }) => norm !== "that");
  const isThing = wish > start && wish < end && lead.every(isPart) &&
    lead.some((tag) => may(tag, "name") || isOpen(tag));
  const isStranded = /^(?:into|for|to|in|on|at|with|from|out of|onto)$/.test(
    tags[end - 1]?.norm ?? "",
  );
  // "it's 8 ETH that I want staked"
  const isDone = verbOf(tags[wish + 1], "participle") !== undefined ||
    /^(?:back|out|back from|out of)$/.test(tags[wish + 1]?.norm ?? "");
  if (!isThing || !isStranded && !isDone) return [...tags];
  for (const tag of tags.slice(at, wish)) if (!lead.includes(tag)) roles.set(tag, "connector");
  if (!isStranded) {
    return [...tags.slice(0, at), tags[wish]!, ...lead, ...tags.slice(wish + 1)];
  }
  return [...tags.slice(0, at), ...tags.slice(wish, end), ...lead, ...tags.slice(end)];
}

const RECEIVES = /^(?:gets|receives|takes|get|receive)$/;
const BIDS = /^(?:should|shall|must|is to|will)$/;

/** "Morpho gets 40 USDC from me, deposit it": where to, if an order behind it refers to it. */
function handOver(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => !tag.mark && lightRole(tag) === null);
  const place = tags[at];
  if (place === undefined || !mayName(place, "place")) return [...tags];
  const verb = BIDS.test(tags[at + 1]?.norm ?? "") ? at + 2 : at + 1;
  const mark = tags.findIndex((tag, i) => i > verb && /^[,.;:!-]$/.test(tag.mark ?? ""));
  if (mark < 0 || !RECEIVES.test(tags[verb]?.norm ?? "")) return [...tags];
  let end = mark;
  if (/^(?:from|of)$/.test(tags[end - 2]?.norm ?? "") && may(tags[end - 1], "self")) end -= 2;
  const thing = tags.slice(verb + 1, end);
  const follows = tags.slice(mark + 1).filter((tag) => lightRole(tag) === null && !tag.mark);
  const refers = (verbOf(follows[0], "base")?.actions.length ?? 0) > 0 &&
    (follows.length === 1 || /^(?:it|them|that|those)$/.test(follows[1]!.norm));
  const isThing = thing.length > 0 && thing.every(isPart) &&
    thing.some((tag) => may(tag, "name") || isOpen(tag)) &&
    !thing.some(({ quantity }) => quantity?.refusal);
  if (!refers || !isThing) return [...tags];
  for (const tag of [...tags.slice(at + 1, verb + 1), ...tags.slice(end, mark)]) {
    roles.set(tag, "connector");
  }
  return [
    ...tags.slice(0, at),
    ...thing,
    led(place, "into"),
    place,
    ...tags.slice(mark),
  ];
}

/** How things that were named before are counted: first, second, last. */
const ORDERED: Readonly<Record<string, number>> = {
  former: 0,
  first: 0,
  "first one": 0,
  latter: 1,
  second: 1,
  "second one": 1,
  last: 1,
};

/** "From SNX to RPL, 90 of the latter": which of the two things that were named before is meant. */
export function resolveLatter(tags: readonly Tag[], roles: Roles): Tag[] {
  const kept = [...tags];
  for (let i = 2; i < kept.length; i++) {
    const [of, the, which] = [kept[i - 2]!, kept[i - 1]!, kept[i]!];
    const nth = ORDERED[which.norm];
    if (nth === undefined || the.norm !== "the" || of.norm !== "of") continue;
    if (kept[i - 3]?.quantity === undefined) continue;
    const named = kept.slice(0, i - 2).filter((tag) => mayName(tag, "asset"));
    if (named.length !== 2 || named[0]!.norm === named[1]!.norm) continue;
    const { from, to } = which;
    roles.set(of, "connector");
    roles.set(the, "connector");
    kept.splice(i - 2, 3, { ...named[nth]!, from, to });
    i -= 2;
  }
  return kept;
}

/** "Into WIF I want my 40 USDC swapped", "for GHO do I want my 70 AAVE sold": what leads stands at the end. */
function unfront(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => !tag.mark && lightRole(tag) === null);
  if (at < 0 || !/^(?:into|for|to|in|on|at|from|out of|onto)$/.test(tags[at]!.norm)) {
    return [...tags];
  }
  let start = at + 1;
  while (tags[start] && start < at + 6 && isPart(tags[start]!)) start++;
  // "Into USDC goes my 3 SOL, swap it"
  if (start > at + 1 && /^(?:goes|go)$/.test(tags[start]?.norm ?? "")) {
    let end = start + 1;
    while (tags[end] && isPart(tags[end]!)) end++;
    const follows = tags[end]?.mark !== undefined &&
      (verbOf(tags[end + 1], "base")?.actions.length ?? 0) > 0;
    if (end === start + 1 || !follows) return [...tags];
    roles.set(tags[start]!, "connector");
    return [
      ...tags.slice(0, at),
      ...tags.slice(start + 1, end),
      ...tags.slice(at, start),
      ...tags.slice(end),
    ];
  }
  const asks = tags[start]?.norm === "do i" || tags[start]?.norm === "do";
  const wish = tags[start]?.norm === "do" ? start + 2 : asks ? start + 1 : start;
  const isWish = may(tags[wish], "frame") && /^(?:i|we)\b/.test(tags[wish]!.norm) ||
    asks && tags[wish]?.norm === "want";
  const mark = tags.findIndex((tag, i) => i > wish && tag.mark !== undefined);
  const end = mark < 0 ? tags.length : mark;
  const clause = tags.slice(wish, end);
  const done = clause.findIndex((tag) => verbOf(tag, "participle") !== undefined);
  if (start === at + 1 || !isWish || done < 1 || clause.slice(done + 1).some(({ mark }) => mark)) {
    return [...tags];
  }
  const lead = tags.slice(at, start);
  return [
    ...tags.slice(0, at),
    ...clause.slice(0, done + 1),
    ...lead,
    ...clause.slice(done + 1),
    ...tags.slice(end),
  ];
}

/** What says with what something is paid for, behind what is wanted. */
const PAYS =
  /^(?:paying (?:in|with|from|out of)|paid (?:in|with|from|for in|for with|for out of)|pay (?:in|with)|pay for it (?:with|in|from|out of)|to be paid (?:in|with|from)|funded (?:by|from|with))$/;
/** Frames and verbs of having something, which say nothing of how. */
const WANTS =
  /^(?:get me|get us|give me|gimme|get|grab me|i want|i need|we want|we need|i'd like|we'd like|i'd love|(?:i want to|i'd like to|we want to|i need to|i wanna) end up with|i want to have)$/;

/** "grab 40 DAI of UNI, spend BNB": what pays, where another verb has what is bought. */
const SPENDS =
  /^(?:spend|spending|use|using|use up|burn|i'll spend|i'm spending|i'll use|i'm using)$/;
const BUYS =
  /^(?:buy|get|grab|purchase|acquire|pick up|cop|snag|bag|obtain|scoop|scoop up|slurp|snap up)\b/;

/** "Pay with DAI, get me 4 AAVE", "buy 4 AAVE, spend DAI": what pays stands last, and leads in as a means. */
function payLast(tags: readonly Tag[]): Tag[] {
  const at = tags.findIndex(({ norm }) => PAYS.test(norm) || SPENDS.test(norm));
  if (at < 0) return [...tags];
  const isMark = (tag: Tag | undefined) => tag === undefined || /^[,;.-]$/.test(tag.mark ?? "");
  let end = at + 1;
  while (tags[end] && isPart(tags[end]!) && !tags[end]!.quantity) end++;
  const paid = tags.slice(at + 1, end);
  const isPaid = paid.filter((tag) => mayName(tag, "asset") || isOpen(tag)).length === 1 &&
    !paid.some((tag) => mayName(tag, "place")) &&
    (isMark(tags[end]) || tags[end]!.mark === ":");
  if (!isPaid) return [...tags];
  const buys = (tag: Tag | undefined) =>
    tag !== undefined && (BUYS.test(tag.norm) || WANTS.test(tag.norm));
  const { from, to, text } = tags[at]!;
  const pay: Tag = { from, to, text, norm: "paying with", senses: [{ role: "prep" }] };
  const starts = tags.slice(0, at).every((tag) => lightRole(tag) !== null || tag.mark);
  if (starts) {
    const rest = tags.slice(end + 1);
    const next = rest.findIndex((tag) => lightRole(tag) === null);
    let stop = rest.findIndex((tag, i) => i > next && tag.mark !== undefined);
    if (stop < 0) stop = rest.length;
    const bought = rest.slice(next, stop);
    const isOne = bought.filter((tag) => mayName(tag, "asset") || isOpen(tag)).length === 1 &&
      !bought.some(({ norm }) => /^(?:from|off|out of|back|out|with|for|and|loan)$/.test(norm));
    if (tags[end] === undefined || !buys(rest[next]) || !isOne) return [...tags];
    return [...tags.slice(0, at), ...rest.slice(0, stop), pay, ...paid, ...rest.slice(stop)];
  }
  const first = tags.find((tag) => lightRole(tag) === null && !tag.mark);
  if (!SPENDS.test(tags[at]!.norm) || !isMark(tags[at - 1]) || !buys(first)) return [...tags];
  return [...tags.slice(0, at - 1), pay, ...tags.slice(at + 1)];
}

/** "I need 3 LINK, pay with USDT", "get me 2 ETH, paying in DAI": one thing in exchange for another. */
function payFor(said: readonly Tag[]): Tag[] {
  const tags = payLast(said);
  const pays = tags.findIndex(({ norm }) => PAYS.test(norm));
  const want = tags.findIndex(({ norm }) => WANTS.test(norm));
  const isOther = tags.some((tag) =>
    (verbOf(tag, "base")?.actions.length ?? 0) > 0 && !PAYS.test(tag.norm)
  );
  if (want < 0 || pays < want + 2 || isOther) return [...tags];
  const before = tags.slice(want + 1, pays);
  const isThing = before.some((tag) => mayName(tag, "asset") || isOpen(tag)) &&
    before.every((tag) => isPart(tag) || tag.mark === "," || lightRole(tag) !== null);
  const pay = tags[pays]!;
  const paid: Tag = { ...pay, norm: "in exchange for", senses: [{ role: "prep" }] };
  if (!isThing) return [...tags];
  const cut = tags[pays - 1]?.mark === "," ? pays - 1 : pays;
  return [...tags.slice(0, cut), paid, ...tags.slice(pays + 1)];
}

const GIVEN =
  /^(?:what|all) (?:i|we)(?:'m| am|'re| are|'ll| will)? (?:give|giving|pay|paying|sell|selling|spend|spending|offer|offering|have|trade|trading) is$|^(?:i|we)(?:'m| am|'ll| will)? (?:give|giving|pay|paying|spend|spending|offer|offering|part with|parting with)(?: with)?$/;
const RECEIVED =
  /^(?:what|all) (?:i|we)(?:'d| would)? (?:want|need|get|like|receive) is$|^(?:and )?(?:i|we)(?:'d| would)? (?:want|get|take|need|receive|like)$/;

/** "What I want is UNI, what I'm giving is 3 ETH: swap", "I'm paying 40 DAI and I want LINK: trade". */
function pseudo(tags: readonly Tag[], roles: Roles): Tag[] {
  const verb = tags.findLastIndex((tag) =>
    verbOf(tag, "base")?.actions.includes("swap_asset") === true
  );
  if (verb < 1 || !/^[:,;.!-]$/.test(tags[verb - 1]?.mark ?? "")) return [...tags];
  const given = opensAt(tags, GIVEN, verb);
  const received = opensAt(tags, RECEIVED, verb);
  if (given === null || received === null) return [...tags];
  const kept: Tag[] = [];
  for (let i = 0; i < tags.length; i++) {
    const side = i === given.from ? "from" : i === received.from ? "to" : null;
    if (side === null) {
      kept.push(tags[i]!);
      continue;
    }
    const { to } = side === "from" ? given : received;
    for (const tag of tags.slice(i, to)) roles.set(tag, "connector");
    if (may(kept.at(-1), "and")) {
      const { from } = kept.pop()!;
      kept.push({ from, to: from, text: ",", norm: ",", senses: [], mark: "," });
    }
    kept.push(led(tags[i]!, side));
    i = to - 1;
    // "… for it", "… in return"
    let end = to;
    while (tags[end] && isPart(tags[end]!) && tags[end]!.norm !== "in") kept.push(tags[end++]!);
    const after = tags.slice(end, end + 2).map(({ norm }) => norm).join(" ");
    if (/^(?:for it|for them|for that|in return|in exchange)$/.test(after)) {
      for (const tag of tags.slice(end, end + 2)) roles.set(tag, "connector");
      end += 2;
    }
    i = end - 1;
  }
  return kept;
}

/** Where words that match begin and end, before a tag and at the beginning of a clause. */
function opensAt(
  tags: readonly Tag[],
  pattern: RegExp,
  before: number,
): { readonly from: number; readonly to: number } | null {
  for (let from = 0; from < before; from++) {
    const isFresh = from === 0 || tags[from - 1]!.mark !== undefined || may(tags[from - 1], "and");
    for (let to = Math.min(from + 5, before); isFresh && to > from; to--) {
      const said = tags.slice(from, to).map(({ norm }) => norm).join(" ");
      const isThing = tags[to] !== undefined && isPart(tags[to]!);
      if (isThing && pattern.test(said)) return { from, to };
    }
  }
  return null;
}

/** Behind the noun of an act: that it is to be done. */
const WANTED =
  /^(?:is|are|'s) (?:what (?:i'm|i am|we're) (?:after|looking for|asking for)|what (?:i|we) (?:want|need|require|ask for|ask)|what(?:'s| is) (?:needed|wanted|required|called for)|in order|called for|needed|required|wanted|what i'd like)(?: now| today| please| here)*$/;

/** "A withdrawal of 40 USDC is what I'm after", "a deposit is in order: 40 DAI": an act that is asked for. */
function isWanted(tags: readonly Tag[], roles: Roles): Tag[] {
  const be = tags.findIndex(({ norm }) => /^(?:is|are)$/.test(norm));
  const mark = tags.findIndex((tag, i) => i > be && tag.mark !== undefined);
  const end = mark < 0 ? tags.length : mark;
  const act = tags.slice(0, be);
  const isAct = be > 0 && /^(?:an?|one)$/.test(act[0]!.norm) &&
    act.filter((tag) => may(tag, "noun")).length === 1 &&
    !act.some((tag) => tag.mark !== undefined || may(tag, "negation", "condition", "subject"));
  const text = tags.slice(be, end).map(({ norm }) => norm).join(" ");
  if (!isAct || !WANTED.test(text)) return [...tags];
  for (const tag of tags.slice(be, end)) roles.set(tag, "courtesy");
  const { from, to } = tags[be]!;
  const asks: Tag = { from, to, text: "please", norm: "please", senses: [{ role: "courtesy" }] };
  return [...act, asks, ...tags.slice(end)];
}

/** "Compound should lend me 40 USDC right now": what a place is bidden to do for the speaker, where he asks for it. */
function bid(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => !tag.mark && lightRole(tag) === null);
  const [place, modal, verb] = tags.slice(at, at + 3);
  const isBidden = at >= 0 && mayName(place, "place") &&
    /^(?:should|shall|must|ought to|needs to|has to|is to)$/.test(modal?.norm ?? "") &&
    verbOf(verb, "base") !== undefined && / (?:me|us)$/.test(verb!.norm);
  const mark = tags.findIndex((tag, i) => i > at && tag.mark !== undefined);
  const follows = mark < 0
    ? undefined
    : tags.slice(mark).find((tag) => !tag.mark && lightRole(tag) === null);
  const asks = tags.some((tag) => may(tag, "urgency", "courtesy")) ||
    (verbOf(follows, "base")?.actions.length ?? 0) > 0;
  const isOpen = tags.some((tag) => may(tag, "negation", "question")) || tags.at(-1)?.mark === "?";
  if (!isBidden || !asks || isOpen) return [...tags];
  roles.set(modal!, "frame");
  const { from } = place!;
  const have: Tag = {
    ...{ from, to: from, text: "have", norm: "have" },
    senses: [{ role: "frame", takes: "thing" }],
  };
  return [...tags.slice(0, at), have, place!, ...tags.slice(at + 2)];
}
