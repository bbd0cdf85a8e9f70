import { findHead, findResumed, findTold } from "./head.ts";
import type { CompiledLexicon } from "./lexicon.ts";
import { findLooseHead } from "./loose/heads.ts";
import { verbOf } from "./order.ts";
import { type Mark, may, mayName, senseOf, type Tag } from "./tokens/tags.ts";
import { isPicture, lightRole } from "./screen/transparent.ts";

/** A stretch of a prompt between two joints. */
export interface Segment {
  readonly tags: readonly Tag[];
  /** What joins it to the stretch before. */
  readonly joint: "start" | "and" | "then" | "before" | "after" | "so" | Mark;
  /** The sign behind it; empty at a word or at the end. */
  end: string;
}

const STOPS: readonly string[] = [",", ".", ";", ":", "!", "?", "\n", "(", ")"];

/** Cuts tags at signs, at "then", and at "and", "so" and arrows where another order begins. */
export function cutSegments(
  prompt: string,
  tags: readonly Tag[],
  lexicon: CompiledLexicon,
  starts: readonly number[],
): Segment[] {
  const segments: Segment[] = [];
  let joint: Segment["joint"] = "start";
  let from = 0;
  const close = (to: number, end: string, next: Segment["joint"]) => {
    if (to > from) segments.push({ tags: tags.slice(from, to), joint, end });
    else if (segments.length > 0 && end !== "") segments.at(-1)!.end ||= end;
    if (to > from || (joint !== "before" && joint !== "after")) joint = next;
  };
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    // "get me 3 WBTC, paying in USDC": one exchange
    const pays = tag.mark === "," && i > from && tags[i - 1]!.mark === undefined &&
      /^(?:paying (?:with|in|by)|paid (?:for )?(?:with|in)|pay (?:with|in|w)|pay)$/
        .test(tags[i + 1]?.norm ?? "") &&
      (/ /.test(tags[i + 1]!.norm) || /^(?:w|with|in)$/.test(tags[i + 2]?.norm ?? ""));
    if (pays && lexicon.lexicon.exchanges.length > 0) continue;
    if (tag.mark && STOPS.includes(tag.mark)) {
      close(i, tag.mark, tag.mark);
      from = i + 1;
      continue;
    }
    if (tag.mark === "-" && isDash(prompt, tags, i, starts)) {
      close(i, "-", "-");
      from = i + 1;
      continue;
    }
    // "harvest time baby 🌾 pull my rewards": a picture sets off what leads up to an order
    if (isPicture(tag) && i > from + 1 && setsOff(tags, i)) {
      close(i, ",", ",");
      from = i + 1;
      continue;
    }
    // "…, but first swap": it goes before what was said before it
    const goesFirst = /^(?:but first|but before|before th|(?:but )?prior to th|(?:but )?beforehand)/
      .test(tag.norm);
    const relation = may(tag, "after") || (goesFirst && segments.length > 0)
      ? "after"
      : may(tag, "before")
      ? "before"
      : null;
    if (relation && !isFate(tags, i) && beginsOrder(tags, i + 1, lexicon, true)) {
      close(i, "", relation);
      from = i + 1;
      continue;
    }
    // "50 FRAX goes into Fraxlend, while the 35 crvUSD goes into …": as well as what was said
    const asWell = i === from && segments.length > 0 && /^(?:while|whereas)$/.test(tag.norm) &&
      goesWhere(tags, i) && tags.slice(i + 1, i + 7).some(({ quantity }) => quantity);
    if (asWell) {
      joint = "and";
      from = i + 1;
      continue;
    }
    if (i === from) continue;
    // "after withdrawing the ARB flip it into GMX"
    const isTold = (joint as Segment["joint"]) === "after";
    if (isTold && turnsToOrder(tags, i) && isOrder(tags.slice(from, i), lexicon)) {
      close(i, ",", "then");
      from = i;
      continue;
    }
    // "take 400 USDC from there"
    const next = tags.slice(i + 1).find((one) => lightRole(one) === null);
    // "move 400 USDC from there to Fluid"
    const isPlace = tag.norm === "from there" &&
      (next === undefined || next.mark !== undefined ||
        i > from && !may(tags[i - 1], "and") && may(next, "prep"));
    // "…, and the ETH then swapped for USDC"
    const isInside = i - from < 6 && may(tags[from], "and", "determiner") &&
      verbOf(tags[i + 1], "participle") !== undefined && !verbOf(tags[i + 1], "base");
    if (may(tag, "then") && !may(tag, "label") && !isPlace && !isInside) {
      close(i, "", "then");
      from = i + 1;
      continue;
    }
    if (runsOn(tags, from, i, lexicon)) {
      close(i, "", "then");
      from = i;
      continue;
    }
    const joins = may(tag, "and") || tag.mark === "->" ||
      /^(?:so|but|and then|next|hence|thus|therefore|consequently|accordingly|ergo)$/.test(
        tag.norm,
      );
    // "… to pay off my loan on spark", which may be no more than a reason
    const act = toPay(tag, lexicon);
    if (act && isPurpose([...tags.slice(0, i + 1), act, ...tags.slice(i + 1)], from, i, lexicon)) {
      close(i, "", "then");
      const [first, ...more] = cutSegments(prompt, [act, ...tags.slice(i + 1)], lexicon, starts);
      return [...segments, { ...first!, joint: "then" }, ...more];
    }
    // "in order to repay 500 DAI": for the sake of another order
    const serves = /^(?:in order to|so i can|so we can|so that i can)$/.test(tag.norm);
    if (
      serves && hasHead(tags.slice(from, i), lexicon) &&
        beginsOrder(tags, i + 1, lexicon, false) ||
      tag.norm === "to" && isPurpose(tags, from, i, lexicon)
    ) {
      close(i, "", "then");
      from = i + 1;
      continue;
    }
    // "I have 100 USDT and want to stake it"
    const owns = may(tag, "and") && /^(?:i have|i've got|i got|we have)$/.test(tags[from]!.norm);
    // "The rent is due and I'd like 600 USDC from the vault": a wish that begins anew behind what is told
    // "so often that I want my 300 OSMO unbonded", "I know that I want …"
    const follows = tag.norm === "that" &&
      !tags.slice(from, i).some((one) => may(one, "negation", "condition", "question", "speech")) &&
      (tags.slice(from, i - 1).some(({ norm }) => norm === "so") ||
        /^(?:know|sure|certain|decided)$/.test(tags[i - 1]!.norm));
    const wishes = (may(tag, "and") || follows || /^(?:so|hence|thus|therefore)$/.test(tag.norm)) &&
      isWish(tags, i + 1) &&
      !hasHead(tags.slice(from, i), lexicon) && hasHead(tags.slice(i + 1), lexicon, true);
    const resolves = may(tag, "and") && isResolve(tags.slice(from, i));
    if (((owns || resolves) && beginsOrder(tags, i + 1, lexicon, false)) || wishes) {
      close(i, ",", "so");
      from = i + 1;
      continue;
    }
    if (
      may(tag, "and") && (resumes(tags, from, i, lexicon) || goesOnward(tags, from, i, lexicon))
    ) {
      close(i, "", "and");
      from = i + 1;
      continue;
    }
    if (
      joins && !isLinked(tags, from, i, lexicon) && hasHead(tags.slice(from, i), lexicon) &&
      beginsOrder(tags, i + 1, lexicon, false)
    ) {
      close(i, "", may(tag, "and") ? "and" : tag.mark === "->" ? "then" : "so");
      from = i + 1;
      continue;
    }
    if (
      /^(?:so|but|hence|thus|therefore|consequently|accordingly|ergo)$/.test(tag.norm) &&
      beginsOrder(tags, i + 1, lexicon, false)
    ) {
      close(i, ",", "so");
      from = i + 1;
    }
  }
  close(tags.length, "", "start");
  return segments;
}

/** True for a picture before what begins as orders do. */
function setsOff(
  tags: readonly Tag[],
  at: number,
): boolean {
  let next = at + 1;
  while (tags[next] && lightRole(tags[next]!) !== null) next++;
  const verb = verbOf(tags[next], "base");
  return verb !== undefined && verb.actions.length > 0 && opensThing(tags[next + 1]) &&
    !may(tags[at - 1], "negation", "prep", "determiner", "and", "frame", "condition") &&
    tags[at - 1]!.norm !== "to";
}

/** "before I get liquidated", "before we end up rekt": what is feared, and no order. */
function isFate(tags: readonly Tag[], at: number): boolean {
  if (!/^before (?:i|we)$/.test(tags[at]!.norm)) return false;
  const to = tags[at + 2]?.norm === "up" ? at + 2 : at + 1;
  const [verb, next, after] = [tags[at + 1], tags[to + 1], tags[to + 2]];
  return /^(?:get|am|are|become|end|wind|go|fall)$/.test(verb?.norm ?? "") && next !== undefined &&
    !next.quantity && !next.mark && !may(next, "name", "determiner", "object", "pronoun") &&
    (after === undefined || after.mark !== undefined || lightRole(after) !== null);
}

/** "Sell 1 BTC and buy DAI with it" is one exchange. */
function isLinked(
  tags: readonly Tag[],
  from: number,
  at: number,
  lexicon: CompiledLexicon,
): boolean {
  if (!may(tags[at], "and") || !may(tags[at + 1], "link")) return false;
  const head = findHead(tags.slice(from, at).slice(0, 40), lexicon)?.head;
  const { exchanges, givers } = lexicon.lexicon;
  const gives = head !== undefined &&
    (head.actions.some((action) => exchanges.includes(action)) || givers.includes(head.word));
  const things = tags.slice(from, at).filter((tag) => mayName(tag, "asset"));
  return gives && things.length < 2;
}

function isOrder(told: readonly Tag[], lexicon: CompiledLexicon): boolean {
  return (findTold(told) ?? findHead(told, lexicon)) !== null;
}

/** True where what is told ends and an order begins, though nothing sets it off. */
function turnsToOrder(tags: readonly Tag[], at: number): boolean {
  const verb = verbOf(tags[at], "base");
  return verb !== undefined && verb.actions.length > 0 &&
    !may(tags[at], "name", "noun", "object") &&
    opensThing(tags[at + 1]) && !may(tags[at - 1], "and", "prep", "determiner", "adjective") &&
    tags[at - 1]!.norm !== "to";
}

/** "withdraw my USDC from aave swap it to ETH stake it on lido": what is done to "it" is the next order. */
function runsOn(
  tags: readonly Tag[],
  from: number,
  at: number,
  lexicon: CompiledLexicon,
): boolean {
  const verb = verbOf(tags[at], "base");
  const acts = verb !== undefined && verb.actions.length > 0 &&
    /^(?:it|them|em)$/.test(tags[at + 1]?.norm ?? "");
  const before = tags[at - 1];
  const isLed = lightRole(before!) !== null || before!.norm === "to" ||
    may(before, "and", "then", "but", "frame", "prep", "determiner", "negation");
  return acts && !isLed && at - from > 1 && hasHead(tags.slice(from, at), lexicon) &&
    tags.slice(from, at).some((one) => mayName(one, "asset") || may(one, "pronoun"));
}

/** "swap 300 USDT into SOL and whatever comes out goes into marinade": where a thing goes is another order. */
function goesOnward(
  tags: readonly Tag[],
  from: number,
  at: number,
  lexicon: CompiledLexicon,
): boolean {
  return goesWhere(tags, at) && hasHead(tags.slice(from, at), lexicon);
}

function goesWhere(tags: readonly Tag[], at: number): boolean {
  const goes = tags.findIndex(({ norm }, i) => i > at + 1 && /^(?:goes|go)$/.test(norm));
  return goes > 0 && goes - at < 7 && may(tags[goes + 1], "prep", "adjective") &&
    tags.slice(at + 1, goes).every((tag) =>
      tag.quantity || may(tag, "determiner", "pronoun", "name", "object", "adjective")
    );
}

/** "… staked and the other 4 supplied to compound" */
function resumes(
  tags: readonly Tag[],
  from: number,
  at: number,
  lexicon: CompiledLexicon,
): boolean {
  const end = tags.findIndex((tag, i) => i > at && tag.mark !== undefined && tag.mark !== '"');
  const rest = tags.slice(at + 1, end < 0 ? undefined : end).slice(0, 16);
  return findResumed(rest) !== null &&
    findHead(tags.slice(from, at).slice(0, 40), lexicon)?.head.form === "participle";
}

/** "to pay", "to cover": the verb in it. */
export function toPay(tag: Tag, { lexicon: { verbs } }: CompiledLexicon): Tag | undefined {
  if (!/^to (?:pay|cover)$/.test(tag.norm)) return undefined;
  const norm = tag.norm.slice(3);
  const verb = verbs.find(({ base }) => base === norm);
  return verb && {
    ...tag,
    from: tag.from + 1,
    norm,
    text: norm,
    senses: [{ role: "verb", form: "base", verb }],
  };
}

/** "withdraw 500 USDC from aave to repay my loan on spark": what the step before is for is a step as well. */
function isPurpose(
  tags: readonly Tag[],
  from: number,
  at: number,
  lexicon: CompiledLexicon,
): boolean {
  const verb = verbOf(tags[at + 1], "base");
  const acts = verb !== undefined && verb.actions.length > 0 && verb.foreign === undefined &&
    may(tags[at - 1], "name", "object") && !may(tags[at + 1], "name");
  if (!acts) return false;
  const end = tags.findIndex((tag, i) => i > at && (tag.mark !== undefined || may(tag, "and")));
  const goal = tags.slice(at + 2, end < 0 ? undefined : end);
  const isNamed = goal.some((tag) => senseOf(tag, "name")?.kind === "asset") &&
      goal.some((tag) => tag.quantity !== undefined || mayName(tag, "place")) ||
    goal.some((tag) => may(tag, "object", "pronoun")) &&
      goal.some((tag) => mayName(tag, "place"));
  if (!isNamed || goal.some((tag) => may(tag, "condition", "negation", "question"))) return false;
  const head = findHead(tags.slice(from, at).slice(0, 40), lexicon)?.head;
  // "sell ETH to buy DAI" is one exchange
  const isOne = may(tags[at + 1], "link") &&
    head?.actions.some((action) => lexicon.lexicon.exchanges.includes(action)) === true;
  return head !== undefined && head.actions.length > 0 && head.foreign === undefined && !isOne &&
    tags.slice(from, at).some((tag) => mayName(tag, "asset"));
}

function hasHead(tags: readonly Tag[], lexicon: CompiledLexicon, isLoose = false): boolean {
  const part = tags.slice(0, 40);
  return findHead(part, lexicon) !== null || (isLoose && findLooseHead(part, false) !== null);
}

const WISH =
  /^(?:i|we|i'd|we'd|i'll|we'll|i've got|i gotta|want|would like|would love|need)\b(?! have$| got$|'ve got$)/;

/** "let's be responsible adults and …", "I'd like to do the decent thing and …": what one is to be like. */
function isResolve(tags: readonly Tag[]): boolean {
  const words = tags.filter((tag) => lightRole(tag) === null && tag.mark === undefined);
  return words.length > 2 && may(words[0], "frame") &&
    /^(?:be|do|play|stay|act|get|become|feel)$/.test(words[1]!.norm) &&
    words.slice(1).every((tag) =>
      tag.quantity === undefined &&
      !may(tag, "negation", "condition", "speech", "self", "pronoun") &&
      (verbOf(tag, "base")?.actions.length ?? 0) === 0 && senseOf(tag, "name")?.kind !== "asset"
    );
}

/** A wish of the speaker, who may have been named before: "… and want to sell". */
function isWish(tags: readonly Tag[], from: number): boolean {
  let at = from;
  while (tags[at] && lightRole(tags[at]!)) at++;
  return may(tags[at], "frame") && WISH.test(tags[at]!.norm);
}

/** A dash with spaces around it, or at the start of a line. */
function isDash(
  prompt: string,
  tags: readonly Tag[],
  at: number,
  starts: readonly number[],
): boolean {
  const tag = tags[at]!;
  const next = tags[at + 1];
  const start = starts[tag.from]!;
  const before = at === 0 || /\s/.test(prompt[start - 1] ?? " ");
  const end = start + tag.text.length;
  return before && next !== undefined && /\s/.test(prompt[end] ?? " ");
}

/** True if an order may begin at a tag: a verb, after words that bear no load. */
function beginsOrder(
  tags: readonly Tag[],
  from: number,
  lexicon: CompiledLexicon,
  isTold: boolean,
): boolean {
  let at = skipLead(tags, from);
  while (at < tags.length && at < from + 10) {
    const tag = tags[at]!;
    const isGerund = verbOf(tag, "gerund") !== undefined &&
      tags.slice(from, at).some((one) =>
        one.senses.some((sense) => sense.role === "frame" && sense.takes === "gerund")
      );
    if (
      verbOf(tag, "base") || isGerund || (isTold && verbOf(tag, "gerund", "participle"))
    ) {
      if (isGerund) return true;
      if (may(tag, "name") && !opensThing(tags[at + 1])) return false;
      const verb = verbOf(tag, "base");
      const isSure = verb !== undefined && verb.actions.length > 0 && verb.actions.length < 4;
      return isTold || isSure || opensThing(tags[at + 1]) || may(tags[at + 1], "particle");
    }
    // "…, and to lend the USDC"
    const isTo = tag.norm === "to" && (verbOf(tags[at + 1], "base")?.actions.length ?? 0) > 0;
    // "and whatever comes out just stake it"
    const isYield = /^what(?:ever)? (?:comes|i|u|you) /.test(tag.norm) && at === from;
    const skips = lightRole(tag) || isYield || may(tag, "frame", "then", "label", "but") ||
      tag.mark === "," || isTo;
    if (!skips) {
      // "and write memo gm": a word in the place of a verb, with what it is about
      return !isTold && tag.senses.length === 0 && !tag.mark && !tag.quantity &&
        findHead(tags.slice(at, at + 12), lexicon)?.head.repaired !== undefined;
    }
    at++;
  }
  return false;
}

/** "and against it borrow", "then with the USDC repay": the order behind what leads to it. */
function skipLead(tags: readonly Tag[], from: number): number {
  let at = from;
  while (tags[at] && (lightRole(tags[at]!) !== null || tags[at]!.mark === ",")) at++;
  if (!may(tags[at], "prep") || verbOf(tags[at], "base")) return from;
  at++;
  const start = at;
  while (at < start + 4 && may(tags[at], "determiner", "pronoun", "name", "object", "adjective")) {
    const verb = verbOf(tags[at], "base");
    const mayBeNoun = may(tags[at], "noun", "name", "object") && !tags[at + 1]?.quantity;
    if (verb && verb.actions.length > 0 && !mayBeNoun) break;
    at++;
  }
  const verb = verbOf(tags[at], "base");
  const isOrder = at > start && verb !== undefined && verb.actions.length > 0 &&
    opensThing(tags[at + 1]) && !may(tags[at], "name");
  return isOrder ? at : from;
}

function opensThing(tag: Tag | undefined): boolean {
  return tag !== undefined &&
    (tag.quantity !== undefined ||
      may(tag, "determiner", "name", "object", "pronoun", "adjective") ||
      (tag.senses.length === 0 && !tag.mark));
}
