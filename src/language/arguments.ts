import { nameAt, type NameContext } from "./names/names.ts";
import type { CompiledLexicon } from "./lexicon.ts";
import { type FoundName, type NounPhrase, verbOf } from "./order.ts";
import type { Quantity } from "./quantities/types.ts";
import type { Roles } from "./roles.ts";
import { may, mayName, senseOf, type Tag } from "./tokens/tags.ts";
import { lightRole } from "./screen/transparent.ts";

/** What the arguments of an order were read to. */
export interface Arguments {
  readonly phrases: readonly NounPhrase[];
  readonly particles: readonly string[];
  /** Words that have no place in the order. */
  readonly unread: readonly Tag[];
  /** Those of them that stand in the place of a thing. */
  readonly things: readonly Tag[];
  /** Those of them that are nouns here and look like verbs of the domain. */
  readonly nouns: readonly Tag[];
  /** Kind of an order outside of the domain that a word tells. */
  readonly foreign: string | null;
}

/** What is known when arguments are read. */
export interface ArgumentContext {
  readonly lexicon: CompiledLexicon;
  readonly roles: Roles;
  readonly isShouting: boolean;
  /** Whether the head exchanges one thing for another: "to" leads to a thing then. */
  readonly exchanges: boolean;
}

/** Prepositions as they are meant. */
const PREPS: Readonly<Record<string, string>> = {
  "@": "at",
  vs: "against",
  "backed by": "against",
  "backed with": "against",
  "secured by": "against",
  "secured with": "against",
  "collateralized by": "against",
  "collateralised by": "against",
  "guaranteed by": "against",
  versus: "against",
  w: "with",
  wi: "with",
  "in place of": "in exchange for",
  "in lieu of": "in exchange for",
  "in favour of": "for",
  "in favor of": "for",
  "w /": "with",
  frm: "from",
  frum: "from",
  form: "from",
  fro: "for",
  too: "to",
  thru: "through",
  outta: "out of",
  use: "with",
  "by using": "with",
  "paid with": "with",
  "paid for with": "with",
  "paid for in": "with",
  "paying in": "with",
  "paying with": "with",
};

interface Draft {
  prep: string | null;
  joined: boolean;
  amount: Quantity | null;
  names: FoundName[];
  hints: string[];
  pronoun: string | null;
  pronounAt: number | null;
  self: boolean;
  front: boolean;
  tag: Tag | null;
  /** Whether a determiner or an amount opened it, so that a name has to follow. */
  open: boolean;
}

/** Amounts that are said and cannot be acted on, but are no reason to misunderstand. */
const VAGUE = ["vague"];

/**
 * Reads what stands beside the head of an order: every tag gets a role, or is unread.
 *
 * @param front Tags before the head.
 * @param back Tags after it.
 */
export function readArguments(
  front: readonly Tag[],
  back: readonly Tag[],
  context: ArgumentContext,
): Arguments {
  const { roles, lexicon } = context;
  const tags = [...front, ...back];
  const phrases: Draft[] = [];
  const particles: string[] = [];
  const unread: Tag[] = [];
  const things: Tag[] = [];
  const nouns: Tag[] = [];
  let foreign: string | null = null;
  let draft = null as Draft | null;
  let prep: string | null = null;
  let prepTag: Tag | null = null;
  let joined = false;
  let relative = false;
  const begin = (index: number): Draft => {
    const fresh: Draft = {
      ...{
        prep,
        joined,
        amount: null,
        names: [],
        hints: [],
        pronoun: null,
        pronounAt: null,
        self: false,
      },
      front: index < front.length,
      tag: tags[index] ?? null,
      open: false,
    };
    [prep, joined] = [null, false];
    phrases.push(fresh);
    return draft = fresh;
  };
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    const after = tags[i + 1];
    if (i === front.length) draft = null;
    if (tag.quantity) {
      const { refusal } = tag.quantity;
      // "the ETH I staked last month": when it was, not when to act
      if (
        relative && /^(?:yesterday|last \w+|\w+ (?:\w+ )?ago|the other day|in \w+)$/.test(tag.norm)
      ) {
        roles.set(tag, "aside");
        continue;
      }
      // "bring my BNB debt to zero": all of it
      const owed = owedIn(phrases);
      if (refusal?.kind === "zero" && owed && (prep === "to" || prep === "->")) {
        owed.hints.push("is:zero");
        owed.amount ??= { from: tag.quantity.from, to: tag.quantity.to, kind: "all" };
        roles.set(tag, "manner");
        [prep, draft] = [null, null];
        continue;
      }
      if (refusal && !VAGUE.includes(refusal.kind) && !isRest(tag.quantity)) {
        unread.push(tag);
        continue;
      }
      if (!isAmount(tag.quantity)) {
        unread.push(tag);
        continue;
      }
      // "into ARB 60 of my OP": of what is told behind it
      const isOf = tags[i + 1]?.norm === "of" && draft !== null && draft.names.length > 0;
      let current: Draft = draft && prep === null && draft.amount === null && !joined && !isOf
        ? draft
        : begin(i);
      // "500 USDC 2 ETH", "aave 7": another phrase; "GHO 210" is one
      const counts = current.names.length === 0 ||
        (current.names.at(-1)!.kind === "asset" &&
          (placeFollows(tags[i + 1], context) || !nameFollows(tags, i, context)));
      if (!counts) current = begin(i);
      current.amount = tag.quantity;
      current.open = true;
      roles.set(tag, "amount");
      continue;
    }
    const place: NameContext = {
      exchanges: context.exchanges,
      isShouting: context.isShouting,
      lexicon,
      // "in the aave": the determiner has opened the phrase already
      prep: prep ?? (draft !== null && !joined && draft.open && draft.amount === null &&
          draft.names.length === 0
        ? draft.prep
        : null),
      things: phrases.filter(({ names }) => names.some(({ kind }) => kind === "asset")).length,
      joined,
      ofDebtor: draft !== null && prep === null && draft.hints.length > 0,
      afterPlaceWord: i > 0 && may(tags[i - 1], "place_word"),
      afterAmount: draft !== null && prep === null && draft.amount !== null &&
        draft.names.length === 0,
      isExact: draft?.amount?.kind === "amount",
      isFront: i < front.length,
      afterDeterminer: draft !== null && prep === null && draft.open && draft.names.length === 0,
      next: after,
      inPhrase: draft !== null && prep === null ? draft.names.length : 0,
      isSecond: draft !== null && /^(?:worth|of)$/.test(draft.hints.at(-1) ?? ""),
    };
    const found = nameAt(tags, i, place);
    // "USDT (0xdAC1…)": the contract of what was just named
    const contract = draft === null && tags[i - 1]?.mark === "(" && tags[i + 1]?.mark === ")";
    const named: Draft | undefined = phrases.at(-1);
    if (found && contract && isAddress(found.name) && named && named.names.length > 0) {
      roles.set(tag, "asset");
      continue;
    }
    if (found) {
      const current: Draft = draft && prep === null && !joined && canTake(draft, found.name)
        ? draft
        : begin(i);
      current.names.push(found.name);
      current.open = false;
      if (current.hints.at(-1) === "of") current.hints[current.hints.length - 1] = "worth";
      for (let k = 0; k < found.length; k++) roles.set(tags[i + k]!, found.name.kind);
      i += found.length - 1;
      continue;
    }
    // "40 AVAX which is on Benqi", "the rewards that stand in the gauge": only where it is
    if (draft !== null && prep === null && isSaid(draft) && isSituated(tags, i)) {
      for (const one of tags.slice(i, i + 2)) roles.set(one, "adjective");
      i++;
      continue;
    }
    const other = senseOf(tag, "foreign");
    if (other) {
      foreign ??= other.kind;
      unread.push(tag);
      continue;
    }
    const link = senseOf(tag, "link");
    // "sell ETH to buy DAI", "give me DAI and take 500 USDC", "by selling 2 ETH"
    if (
      link && context.exchanges &&
      (joined || tag.norm === "take" && (i === 0 || tags[i - 1]!.mark === ",") ||
        /^(?:to|by)$/.test(prep ?? "") || verbOf(tag, "gerund") ||
        /^(?:to |so |such |pay (?:with|in|w)$)/.test(tag.norm))
    ) {
      // "sell 30 LINK and take DAI", "give me DAI and take 500 USDC": the other side
      [prep, prepTag, joined] = [tag.norm === "take" ? "take" : link.prep, tag, false];
      roles.set(tag, "connector");
      continue;
    }
    if (may(tag, "self")) {
      const current: Draft = draft && prep === null ? draft : begin(i);
      current.self = true;
      roles.set(tag, "self");
      continue;
    }
    const object = senseOf(tag, "object");
    // "stake them": what has an object of its own is another order
    const isVerb = object !== undefined && (verbOf(tag, "base")?.actions.length ?? 0) > 0 &&
      may(after, "pronoun") && !may(after, "determiner") && prep === null &&
      i !== front.length - 1;
    if (isVerb) {
      unread.push(tag);
      things.push(tag);
      continue;
    }
    if (object) {
      const current: Draft = draft && prep === null && !joined ? draft : begin(i);
      current.hints.push(object.hint);
      current.open = false;
      roles.set(tag, "object");
      continue;
    }
    if (may(tag, "manner")) {
      roles.set(tag, "manner");
      continue;
    }
    // "stake my SOL, all of it"
    const owned = phrases.find((phrase) => phrase.prep === null && !phrase.self);
    const isWhole = /^(?:all of it|all of them|it all|them all)$/.test(tag.norm) && prep === null &&
      draft === null && (context.exchanges ||
        phrases.flatMap(({ names }) => names).filter(({ kind }) => kind === "asset").length ===
          1) &&
      owned?.amount === null && owned.pronoun === null &&
      owned.names.length === 1 && owned.names[0]!.kind === "asset";
    if (isWhole) {
      owned!.amount = { from: tag.from, to: tag.to, kind: "all" };
      roles.set(tag, "amount");
      continue;
    }
    if (may(tag, "pronoun") && !(may(tag, "determiner") && startsThing(after))) {
      const current: Draft = draft && prep === null && !draft.pronoun ? draft : begin(i);
      current.pronoun = tag.norm;
      current.pronounAt = tag.from;
      roles.set(tag, "pronoun");
      continue;
    }
    if (tag.norm === "from there") {
      roles.set(tag, "connector");
      continue;
    }
    // "…, USDC in return": what is received
    if (context.exchanges && draft !== null && isInReturn(tags, i) && prep === null) {
      if (draft.names.length > 0 && draft.prep === null && !draft.joined) draft.prep = "for";
      for (const one of tags.slice(i, i + 2)) roles.set(one, "connector");
      i++;
      continue;
    }
    if (
      may(tag, "particle") &&
      (!(may(tag, "prep") || tag.norm === "home") || !startsThing(after))
    ) {
      particles.push(tag.norm);
      roles.set(tag, "particle");
      continue;
    }
    // "everything in OP"
    if (
      tag.norm === "in" && /^(?:all|money)$/.test(draft?.amount?.kind ?? "") &&
      draft?.names.length === 0 && prep === null
    ) {
      roles.set(tag, "connector");
      continue;
    }
    // "too risky" is no "to"
    const isToo = tag.norm === "too" && after !== undefined && !after.quantity &&
      !may(after, "name", "determiner", "self", "place_word", "object") &&
      !/^[$A-Z]/.test(after.text);
    // "…, and use it for my loan": another act
    if (tag.norm === "use" && joined && /^(?:it|them|that|this)$/.test(after?.norm ?? "")) {
      unread.push(tag);
      things.push(tag);
      continue;
    }
    if (may(tag, "prep") && !isToo && !(lightRole(tag) && !startsThing(after))) {
      if (prep !== null && prepTag) unread.push(prepTag);
      prep = PREPS[tag.norm] ?? tag.norm;
      prepTag = tag;
      joined = false;
      roles.set(tag, "connector");
      continue;
    }
    // "of my 10 SOL stake 4": the whole of which a part is meant
    if (i === 0 && i < front.length && tag.norm === "of") {
      [prep, prepTag] = ["of", tag];
      roles.set(tag, "connector");
      continue;
    }
    if (tag.mark === "->" || tag.mark === "<-") {
      prep = tag.mark;
      roles.set(tag, "connector");
      continue;
    }
    if (may(tag, "and")) {
      joined = true;
      draft = null;
      roles.set(tag, "connector");
      continue;
    }
    if (
      tag.mark === "," || tag.mark === "-" || tag.mark === ":" || tag.mark === '"' ||
      tag.mark === "(" || tag.mark === ")"
    ) {
      if (tag.mark !== '"') draft = null;
      roles.set(tag, "punct");
      continue;
    }
    if (may(tag, "place_word")) {
      const current: Draft = draft && prep === null ? draft : begin(i);
      current.hints.push(tag.norm);
      roles.set(tag, "object");
      continue;
    }
    // "35 INJ-backed USDT": what is pledged, and not what is counted
    const pledge = phrases.at(-1);
    if (
      /^(?:backed|secured)$/.test(tag.norm) && tags[i - 1]?.mark === "-" && pledge?.names.length
    ) {
      const { amount, prep: led } = pledge;
      [pledge.amount, pledge.prep] = [null, "against"];
      const meant = begin(i);
      [meant.amount, meant.prep, meant.open] = [amount, led, true];
      roles.set(tag, "adjective");
      continue;
    }
    // "the 50 LINK I parked"
    const tells = /^(?:i|we|i've|we've)$/.test(tag.norm) && draft !== null &&
      verbOf(after, "participle") !== undefined;
    if (tells || /^i (?!can\b)/.test(tag.norm)) relative = true;
    // "cut it" is another act
    const acts = verbOf(tag, "base") !== undefined && /^(?:it|them)$/.test(after?.norm ?? "");
    // "if you supplied my cbBTC and borrowed $2,000": another act
    const done = joined && (verbOf(tag, "participle")?.actions.length ?? 0) > 0 &&
      (after?.quantity !== undefined || may(after, "pronoun") || opensOwn(after));
    if (done) {
      unread.push(tag);
      things.push(tag);
      joined = false;
      continue;
    }
    if (tells || may(tag, "adjective") || verbOf(tag, "participle") && !acts) {
      if (!tells) (draft ?? begin(i)).hints.push(`is:${tag.norm}`);
      roles.set(tag, "adjective");
      continue;
    }
    // "every farm I've got", "each reward"
    const isEach = /^(?:every|each)$/.test(tag.norm) && may(after, "object", "place_word") &&
      after!.from === tag.to;
    if (may(tag, "determiner") || isEach) {
      // "of" and "worth of" go on with what an amount has begun
      const goesOn = /^(?:of|worth|worth of|worth in)$/.test(tag.norm);
      // "and the other half": one phrase, which "and" joins
      const isBegun = draft !== null && draft.open && !isSaid(draft);
      const current: Draft = draft && prep === null && !joined && (goesOn || isBegun)
        ? draft
        : begin(i);
      if (tag.norm.startsWith("worth")) current.hints.push("worth");
      // "0.1 SOL of BONK": the first thing pays for the second
      if (tag.norm === "of" && current.amount !== null && current.names.length > 0) {
        current.hints.push("of");
      }
      current.open = true;
      roles.set(tag, "determiner");
      continue;
    }
    const light = lightRole(tag);
    if (light) {
      roles.set(tag, light);
      continue;
    }
    // "idle cash", "the earn market": a verb's form that is a noun here
    const isNoun = i > 0 && verbOf(tag, "base")?.foreign === undefined &&
      verbOf(tag, "base") !== undefined &&
      may(tags[i - 1], "adjective", "determiner", "prep", "place_word");
    // "the DeFi Spring rewards": a name of what is earned, which has no place in a plan
    const names = tag.senses.length === 0 && /^[A-Z]/.test(tag.text) && namesObject(tags, i);
    if (isNoun || names) nouns.push(tag);
    // "last night" tells when it was; "the allegation about" is what is acted on
    const isTold =
      tag.norm === "last" && /^(?:night|week|month|year|time)$/.test(after?.norm ?? "") ||
      tag.senses.length === 0 && !tag.mark && draft?.open === true &&
        /^(?:about|regarding|concerning)$/.test(after?.norm ?? "");
    if (isTold) things.push(tag);
    const isDoubtful = lexicon.lexicon.doubtful?.includes(tag.norm) === true &&
      (prep !== null || draft?.open === true);
    // "…, and the ETH then swapped for USDC": what is to be done next is another order
    const isNext = may(tag, "then") && verbOf(after, "participle") !== undefined;
    if (isNext || isDoubtful || isOpenThing(tags, i, draft, prep)) things.push(tag);
    unread.push(tag);
  }
  // A preposition that leads nowhere: "in the morning"
  // "the indexer I delegated to"
  const isStranded = relative && /^(?:to|with|in|from|at|on|into)$/.test(prep ?? "");
  if (isStranded && prepTag) roles.set(prepTag, "adjective");
  if (prep !== null && prepTag && !isStranded) {
    unread.push(prepTag);
    if (/^(?:from|to|into|with|at|on|onto|off|out of)$/.test(prep)) things.push(prepTag);
  }
  for (const phrase of phrases) {
    if (phrase.prep !== null && !isSaid(phrase) && phrase.tag) unread.push(phrase.tag);
  }
  return { phrases: phrases.filter(isSaid), particles, unread, things, nouns, foreign };
}

/** What is owed. */
function owedIn(phrases: readonly Draft[]): Draft | undefined {
  return phrases.find(({ hints }) => hints.includes("debt") || hints.includes("is:borrowed"));
}

/** True for an unknown word that stands where a thing or a place is named, and not before its name. */
function isOpenThing(
  tags: readonly Tag[],
  at: number,
  draft: Draft | null,
  prep: string | null,
): boolean {
  const tag = tags[at]!;
  const before = tags[at - 1];
  // "on my go", "at market top": what no name and no noun of the domain can be
  if (prep === null && draft?.open && may(tag, "frame") && may(before, "determiner")) return true;
  if (tag.senses.length > 0 || tag.mark) return false;
  if (may(before, "manner")) return true;
  // "lend Jenny 100 USDC": whom it is for
  const follows = tags[at + 1];
  const isGiven = at === 0 && follows !== undefined && !tag.norm.endsWith("ly") &&
    (follows.quantity !== undefined || may(follows, "determiner"));
  if (isGiven) return true;
  if (
    /^(?:has|have|is|are|was|were|did|does|had|gave|give|gives|pays|paid|yielded|looks|feels|seems)$|ed$/
      .test(
        tag.norm,
      )
  ) return false;
  if (before?.norm === "of" && tags[at + 1] === undefined) return true;
  // "the vault door": what stands before belongs to the word
  if (may(before, "place_word", "object") && tag.text === tag.norm) return true;
  if (tag.norm.endsWith("'s") && may(tags[at + 1], "self")) return true;
  const lead = prep ??
    (draft !== null && draft.open && draft.names.length === 0 ? draft.prep : null);
  if (lead !== null && /^(?:for|as|of|by|per|like|around|between|behind|within)$/.test(lead)) {
    return false;
  }
  const opens = prep !== null || at === 0 ||
    (draft !== null && draft.open && draft.names.length === 0 && draft.hints.length === 0);
  if (!opens) return false;
  let next = at + 1;
  while (next < tags.length && next < at + 4 && isModifier(tags[next]!)) next++;
  const follower = tags[next];
  return !(follower !== undefined && next < at + 4 &&
      (follower.quantity !== undefined ||
        may(follower, "name", "object", "noun", "place_word", "self")) ||
    (follower !== undefined && follower.senses.length === 0 && !follower.mark &&
      /^[$A-Z0-9]/.test(follower.text)));
}

function opensOwn(tag: Tag | undefined): boolean {
  return /^(?:my|our|the|all|some|another)$/.test(tag?.norm ?? "");
}

/** "in return", "in exchange", where nothing follows that it is for. */
function isInReturn(tags: readonly Tag[], at: number): boolean {
  return tags[at]!.norm === "in" && /^(?:return|exchange)$/.test(tags[at + 1]?.norm ?? "") &&
    !/^(?:for|of)$/.test(tags[at + 2]?.norm ?? "");
}

/** "which is on", "that sits in", "which are staked". */
function isSituated(tags: readonly Tag[], at: number): boolean {
  const [tag, be, next] = [tags[at]!, tags[at + 1], tags[at + 2]];
  return /^(?:which|that|what)$/.test(tag.norm) &&
    /^(?:is|are|sits?|lies?|lays?|stands?|waits?|rests?)$/.test(be?.norm ?? "") &&
    (may(next, "prep", "adjective") || verbOf(next, "participle") !== undefined);
}

function namesObject(tags: readonly Tag[], at: number): boolean {
  let next = at + 1;
  while (next < at + 3 && tags[next]?.senses.length === 0 && /^[A-Z]/.test(tags[next]!.text)) {
    next++;
  }
  return senseOf(tags[next], "object")?.hint === "reward";
}

function isModifier(tag: Tag): boolean {
  if (tag.norm === "of") return false;
  if (tag.mark || tag.quantity || may(tag, "name", "object", "noun", "place_word", "self")) {
    return false;
  }
  return may(tag, "adjective", "determiner") || lightRole(tag) !== null ||
    (tag.senses.length === 0 && tag.text === tag.norm);
}

function isSaid({ amount, names, hints, pronoun, self }: Draft): boolean {
  return amount !== null || names.length > 0 || hints.length > 0 || pronoun !== null || self;
}

/** "the rest": what it is, only what was taken before tells. */
function isRest({ refusal }: Quantity): boolean {
  return refusal?.kind === "rest" && /\b(?:rest|remainder)$/i.test(refusal.text);
}

function isAmount(quantity: Quantity): boolean {
  const { kind } = quantity;
  return isRest(quantity) ||
    ["amount", "money", "fraction", "percent", "all", "approximate"].includes(kind);
}

function isAddress({ name, open }: FoundName): boolean {
  return open && /\d/.test(name) && name.length >= 6;
}

/** One thing and one place fit into a phrase: "my aave DAI", "the USDC vault". */
function canTake(draft: Draft, name: FoundName): boolean {
  return !draft.names.some(({ kind }) => kind === name.kind) ||
    ((draft.hints.includes("worth") || draft.hints.at(-1) === "of") && draft.names.length < 2);
}

/** "usdc 2k aave": what is also a place is one, behind a thing and its amount. */
function placeFollows(tag: Tag | undefined, { exchanges }: ArgumentContext): boolean {
  return !exchanges && tag !== undefined &&
    mayName(tag, "place");
}

function nameFollows(tags: readonly Tag[], at: number, context: ArgumentContext): boolean {
  const next = tags[at + 1];
  return next !== undefined &&
    nameAt(tags, at + 1, {
        ...context,
        prep: null,
        things: 0,
        joined: false,
        ofDebtor: false,
        afterPlaceWord: false,
        afterAmount: true,
        isExact: true,
        isFront: false,
        afterDeterminer: false,
        next: tags[at + 2],
        inPhrase: 0,
        isSecond: false,
      }) !== null;
}

function startsThing(tag: Tag | undefined): boolean {
  if (!tag) return false;
  return tag.quantity !== undefined || tag.senses.length === 0 ||
    may(tag, "determiner", "name", "object", "noun", "adjective", "self", "place_word", "pronoun");
}
