import type { CompiledLexicon } from "./lexicon.ts";
import type { FrameTakes, VerbEntry } from "./sense.ts";
import { isNoVerb, isReversed, repairVerb } from "./open_verbs.ts";
import { type HeadForm, type OrderHead, verbOf } from "./order.ts";
import { may, mayName, senseOf, type Tag } from "./tokens/tags.ts";
import { lightRole } from "./screen/transparent.ts";

/** Where the head of a clause stands, and what stands around it. */
export interface FoundHead {
  readonly head: OrderHead;
  /** Words that make it an order: "could you", "i want". */
  readonly frame: readonly Tag[];
  /** Arguments before and after the head. */
  readonly front: readonly Tag[];
  readonly back: readonly Tag[];
  /** Tags of the head itself. */
  readonly tags: readonly Tag[];
  /** What the first frame asks for: a question is an order only where it begins with one. */
  readonly takes: FrameTakes | null;
}

/** "Once you've claimed my rewards, …": what is to be done first is told as done. */
export function findTold(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex((tag) => lightRole(tag) === null && tag.mark === undefined);
  const verb = at < 0 ? undefined : verbOf(tags[at], "participle");
  return verb ? headOf(tags, at, [], null, verb, "request") : null;
}

/** Words of a frame that ask politely, so that a question mark may follow. */
const ASKING =
  /^(?:can|could|would|will|mind|do you mind|may|might|is it possible|are you able|how about|why don't|what about|u\b|help|any |is (?:there|it)|i (?:was wondering|wonder)|wondering|was wondering|gonn|wouldst|wilt|what are the chances|(?:do |d')?you (?:think|reckon|suppose)|think you|reckon you|i don't suppose|don't suppose|dont suppose|i dont suppose|why dont|you wouldn't mind|you don't mind|do u mind|(?:do |d')?(?:you )?fancy|(?:are )?(?:you|u) (?:up|free|in a)|are (?:you|u)|wondering if|would u|wouldja|couldja)/;

/** True if a frame asks: "could you", "would you mind". */
export function isAsking(frame: readonly Tag[]): boolean {
  return frame.some(({ norm }) => ASKING.test(norm));
}

/**
 * Finds what makes a clause an order: a verb in its base form as its first word, a frame and the form of a
 * verb that it takes, an act that is named with what it is about, or an arrow between two things. Null
 * where nothing does.
 *
 * @param tags The tags of a clause. Words that bear no load may stand in front.
 */
export function findHead(tags: readonly Tag[], lexicon: CompiledLexicon): FoundHead | null {
  const { frame, takes, at } = readFrame(tags);
  const first = tags[at];
  if (first === undefined) return null;
  // "Having withdrawn 3,000 USDS": tells what was done
  if (first.norm === "having" && isDone(tags, at + 1)) return null;
  const expects = takes ?? "base";
  const done = expects === "thing" || expects === "doing" || mayCause(first)
    ? findDone(tags, at, frame, takes) ?? findGone(tags, at, frame, lexicon)
    : null;
  if (done) return done;
  const meant = expects === "base" ? findMeans(tags, at, frame, takes, lexicon) : null;
  if (meant) return meant;
  if (expects === "base") {
    // "Have already repaid": tells what was done
    if (/^(?:have|has|had)$/.test(first.norm) && isDone(tags, at + 1)) return null;
    const verb = verbOf(first, "base");
    // "Long day!": what is no order of the domain needs something to act on
    const acts = verb?.foreign === undefined || actsOn(tags[at + 1]);
    if (verb && acts) {
      return headOf(tags, at, frame, takes, verb, takes ? "request" : "imperative");
    }
  }
  // "full repay on compound"
  const next = tags[at + 1];
  const whole = takes === null && first.norm === "full" ? verbOf(next, "base") : undefined;
  if (whole && whole.actions.length > 0) {
    return { ...headOf(tags, at + 1, frame, takes, whole, "imperative"), front: [first] };
  }
  const gerund = verbOf(first, "gerund");
  if (gerund && (expects === "gerund" || (takes === null && frame.length === 0))) {
    return headOf(tags, at, frame, takes, gerund, "request");
  }
  // "repya my DAI loan": the verb, and no noun behind it
  const slip = takes === null && isOpen(first) && may(tags[at + 1], "determiner")
    ? repairVerb(first.norm, lexicon)
    : null;
  if (slip !== null && slip !== "ambiguous" && slip.actions.length > 0) {
    return findOpenVerb(tags, at, frame, takes, lexicon);
  }
  if (expects !== "gerund") {
    const named = findNamed(tags, at, frame, takes);
    if (named) return named;
    const wanted = takes === "thing" || takes === null
      ? findBecome(tags, at, frame) ?? (takes === "thing" ? findBack(tags, at, frame) : null)
      : null;
    if (wanted) return wanted;
  }
  const bare = takes === null ? findBare(tags, at) : null;
  if (bare) return bare;
  const bought = takes === "thing" || takes === null ? findBought(tags, at, frame) : null;
  if (bought) return bought;
  return expects === "base" ? findOpenVerb(tags, at, frame, takes, lexicon) : null;
}

/** Verbs that tell what comes of an act, and not which act. */
const AIMS =
  /^(?:raise|lower|reduce|cut|increase|boost|improve|grow|double|protect|get|make|put|turn|bring|take|give|add|cash in|cash out|cancel|cancel out|free|free up|help)$/;

/** "raise 400 USDC by borrowing on Spark", "cancel out my debt by repaying 35 USDT": the act is what it is done by. */
function findMeans(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  takes: FrameTakes | null,
  lexicon: CompiledLexicon,
): FoundHead | null {
  const by = tags.findIndex((tag, i) =>
    i > at && tag.norm === "by" && verbOf(tags[i + 1], "gerund")
  );
  const gerund = by < 0 ? undefined : verbOf(tags[by + 1], "gerund");
  const verb = verbOf(tags[at], "base");
  if (!gerund || gerund.actions.length === 0) return null;
  // "repay my loan by selling 2 ETH" is two acts
  if (gerund.actions.some((action) => lexicon.lexicon.exchanges.includes(action))) return null;
  const isOne = AIMS.test(tags[at]!.norm) ||
    verb?.actions.some((action) => gerund.actions.includes(action)) === true;
  if (!isOne) return null;
  const found = headOf(tags, by + 1, frame, takes, gerund, takes ? "request" : "imperative");
  return {
    ...found,
    front: tags.slice(at + 1, by),
    tags: [tags[at]!, tags[by]!, tags[by + 1]!],
  };
}

function readFrame(
  tags: readonly Tag[],
): { readonly frame: Tag[]; readonly takes: FrameTakes | null; readonly at: number } {
  const frame: Tag[] = [];
  let takes: FrameTakes | null = null;
  let at = 0;
  for (; at < tags.length; at++) {
    const tag = tags[at]!;
    const sense = nextFrame(tags, at);
    if (sense !== null) {
      frame.push(tag);
      takes = sense;
      continue;
    }
    if (verbOf(tag, "base") || (may(tag, "name", "noun") && !lightRole(tag))) break;
    const isYield = takes === null && /^what(?:ever)? (?:comes|i|u|you) /.test(tag.norm) &&
      /^(?:it|them|em)$/.test(tags.slice(at + 1).find((one) => may(one, "pronoun"))?.norm ?? "");
    if (
      lightRole(tag) || isYield || tag.mark === "," || may(tag, "then", "but", "and") ||
      isOrdinal(tag) ||
      (takes !== null && tag.norm === "to")
    ) continue;
    break;
  }
  return { frame, takes, at };
}

function isOrdinal({ norm }: Tag): boolean {
  return /^(?:first|second|third|fourth|next|last|that)$/.test(norm);
}

/** What the frame at a tag takes, if what follows fits; null if it is none here. */
function nextFrame(tags: readonly Tag[], at: number): FrameTakes | null {
  const senses = tags[at]!.senses.flatMap((sense) => sense.role === "frame" ? [sense.takes] : []);
  if (senses.length === 0) return null;
  let next = at + 1;
  while (
    tags[next] && (lightRole(tags[next]!) || tags[next]!.mark === ",") &&
    !verbOf(tags[next], "base", "gerund")
  ) next++;
  const follower = tags[next];
  const isFrame = may(follower, "frame");
  if (senses.includes("thing") && isBareInfinitive(tags[at]!, tags.slice(next))) return "base";
  // "but do repay 300 DAI": emphasis
  const acts = verbOf(follower, "base")?.actions.length ?? 0;
  const object = tags[next + 1];
  const stresses = tags[at]!.norm === "do" && acts > 0 &&
    (object?.quantity !== undefined || may(object, "determiner", "pronoun", "name"));
  if (stresses) return "base";
  for (const takes of ["base", "gerund", "doing", "thing"] as const) {
    if (!senses.includes(takes) || follower === undefined) continue;
    if (takes === "base" && (verbOf(follower, "base") || isFrame || isOpen(follower))) return takes;
    // "would you mind starting the exit"
    const isDoing = isFrame && follower.norm.endsWith("ing") && namesAct(tags, next + 1);
    if (takes === "gerund" && (verbOf(follower, "gerund") || isDoing)) return takes;
    if (takes === "doing" && namesAct(tags, next)) return takes;
    const acts = verbOf(tags[at], "base") === undefined ||
      namesAct(tags, next) && !leads(tags, next);
    if (takes === "thing" && acts && (isThing(follower) || may(follower, "noun"))) return takes;
  }
  return null;
}

/** "I would like place 1200 SUI", "I need withdraw 5 ETH": a "to" is left out. */
function isBareInfinitive({ norm }: Tag, [verb, object]: readonly Tag[]): boolean {
  const acts = (verbOf(verb, "base")?.actions.length ?? 0) > 0 &&
    !may(verb, "noun", "object", "name", "adjective") && !ADJECTIVES.test(verb!.norm);
  return WISHES.test(norm) && acts &&
    (object?.quantity !== undefined || may(object, "name", "determiner", "pronoun"));
}

const WISHES = /^(?:i|we)(?:d|'d| would)?(?: really)? (?:like|love|want|need|wish)$/;
/** Verbs that look like what a thing is: "I need free ETH". */
const ADJECTIVES = /^(?:free|open|close|clear|lower|cover|square|zero|empty|secure|wrap)$/;

function isOpen(tag: Tag): boolean {
  return tag.senses.length === 0 && !tag.mark && !tag.quantity;
}

function isThing(tag: Tag): boolean {
  return tag.quantity !== undefined ||
    may(tag, "determiner", "name", "object", "adjective", "pronoun", "self") || isOpen(tag);
}

/** True if the clause tells where something is taken from or brought to. */
function leads(tags: readonly Tag[], from: number): boolean {
  return tags.slice(from, from + 14).some(({ norm }) =>
    /^(?:out|out of|back|off|from|back from|into|onto)$/.test(norm)
  );
}

/** True if the name of an act follows within the clause. */
function namesAct(tags: readonly Tag[], from: number): boolean {
  for (let i = from; i < tags.length && i < from + 14; i++) {
    // "give me my delegation rewards" names none
    const isOfReward = senseOf(tags[i + 1], "object")?.hint === "reward";
    if (may(tags[i], "noun") && !isOfReward) return true;
    if (tags[i]!.mark && tags[i]!.mark !== "-") return false;
  }
  return false;
}

/** "get", "have" and the like, after which a thing is said to be done. */
function mayCause(tag: Tag): boolean {
  return /^(?:please )?(?:get|have|want|need|see|make)$/.test(tag.norm);
}

/** "get 5 ETH staked", "that 11 ETH be unstaked", "what I need is 1100 DAI borrowed". */
function findDone(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  takes: FrameTakes | null,
): FoundHead | null {
  // "I have 5 ETH staked" tells
  const said = frame.at(-1)?.norm ?? "";
  if (/^(?:i have|we have|i've got|i got)$/.test(said)) return null;
  // "Let me see the 40 SOL staked": to look at
  if (tags[at]!.norm === "see" && /^(?:let me|let us)$/.test(said)) return null;
  const start = mayCause(tags[at]!) && takes !== "thing" ? at + 1 : at;
  let things = 0;
  for (let i = start; i < tags.length; i++) {
    const tag = tags[i]!;
    if (tag.mark && tag.mark !== '"') return null;
    const verb = verbOf(tag, "participle");
    if (verb && things > 0 && !isAdjective(tags, i) && !may(tag, "adjective")) {
      const skipped = may(tags[i - 1], "be") ? i - 1 : i;
      return {
        head: {
          form: "participle",
          word: verb.base,
          actions: verb.actions,
          ...(verb.foreign !== undefined && { foreign: verb.foreign }),
          from: tag.from,
          to: tag.to,
        },
        frame: start > at ? [...frame, tags[at]!] : frame,
        front: tags.slice(start, skipped),
        back: withSource(verb, tags.slice(i + 1)),
        tags: skipped < i ? [tags[skipped]!, tag] : [tag],
        takes,
      };
    }
    if (tag.quantity || may(tag, "name", "pronoun", "object") || isOpen(tag)) things++;
  }
  return null;
}

/** "I'd like 6 ETH staked and the other 4 supplied to compound": a thing that is to be done to, too. */
export function findResumed(said: readonly Tag[]): FoundHead | null {
  // "and the ETH then swapped for USDC"
  const tags = said.filter((tag) => !may(tag, "then") || may(tag, "and")).map((tag, i, all) =>
    tag.norm === "they" && may(all[i + 1], "be")
      ? { ...tag, norm: "them", senses: [{ role: "pronoun" as const }] }
      : tag
  );
  const at = tags.findIndex((tag) =>
    lightRole(tag) === null && tag.mark === undefined && !may(tag, "and", "then", "but")
  );
  const verb = verbOf(tags[at], "participle");
  // "… withdrawn from Aave and staked with Lido"
  if (verb && verb.actions.length > 0 && !may(tags[at], "adjective", "name")) {
    return { ...headOf(tags, at, [], null, verb, "participle"), front: [itAt(tags[at]!)] };
  }
  return at < 0 || mayCause(tags[at]!) ? null : findDone(tags, at, [], "thing");
}

/** What was done to before, which nothing names again. */
function itAt({ from }: Tag): Tag {
  return { from, to: from, text: "it", norm: "it", senses: [{ role: "pronoun" }] };
}

/** "I want that 2 ETH debt gone": what is to be there no more. */
function findGone(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  { lexicon }: CompiledLexicon,
): FoundHead | null {
  const end = tags.findIndex(({ norm }, i) => i > at && norm === "gone");
  const verb = end < 0 ? undefined : lexicon.verbs.find(({ base }) => base === "get rid of");
  if (verb === undefined) return null;
  const isWanted = mayCause(tags[at]!) ||
    /\b(?:want|need|like|love|get|want to see|like to see)(?: that)?$/.test(
      frame.at(-1)?.norm ?? "",
    );
  if (!isWanted) return null;
  const start = mayCause(tags[at]!) ? at + 1 : at;
  const front = tags.slice(start, end);
  if (front.some(({ mark }) => mark !== undefined) || !front.some((tag) => may(tag, "object"))) {
    return null;
  }
  const { from, to } = tags[end]!;
  return {
    head: { form: "participle", word: verb.base, actions: verb.actions, from, to },
    frame,
    front,
    back: tags.slice(end + 1),
    tags: [tags[end]!],
    takes: "thing",
  };
}

/** True if a participle comes next: "already repaid". */
function isDone(tags: readonly Tag[], from: number): boolean {
  const next = tags.slice(from).find((tag) => lightRole(tag) === null);
  return next !== undefined && verbOf(next, "participle") !== undefined;
}

/** "my staked ETH": the participle belongs to what follows. */
function isAdjective(tags: readonly Tag[], at: number): boolean {
  const before = tags[at - 1];
  const after = tags[at + 1];
  const opens = before !== undefined &&
    (before.quantity !== undefined || may(before, "determiner", "adjective"));
  return opens && after !== undefined &&
    (may(after, "name", "object", "noun", "place_word") || isOpen(after));
}

function headOf(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  takes: FrameTakes | null,
  verb: VerbEntry,
  form: HeadForm,
): FoundHead {
  const tag = tags[at]!;
  return {
    head: {
      form,
      word: verb.base,
      actions: verb.actions,
      ...(verb.foreign !== undefined && { foreign: verb.foreign }),
      from: tag.from,
      to: tag.to,
    },
    frame,
    front: [],
    back: withSource(verb, tags.slice(at + 1)),
    tags: [tag],
    takes,
  };
}

/** "pulled out of Sky": what belongs to the verb leads on. */
export function withSource({ base }: VerbEntry, back: readonly Tag[]): readonly Tag[] {
  const [first, next, ...rest] = back;
  const isOpenName = next !== undefined && next.senses.length === 0 && !next.mark && !next.quantity;
  return first?.norm === "of" && / out$/.test(base) &&
      (isOpenName || may(next, "name", "determiner"))
    ? [{ ...first, norm: "out of", senses: [{ role: "prep" }] }, next!, ...rest]
    : back;
}

/** "a swap of 2 ETH", "5 ETH deposit to aave", "2 ETH -> USDC", "aave: supply 250 USDC". */
function findNamed(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  takes: FrameTakes | null,
): FoundHead | null {
  if (takes === null && verbOf(tags[at], "base") && !may(tags[at], "noun", "name", "prep")) {
    return null;
  }
  let arrow = -1;
  let noun = -1;
  let things = 0;
  let isHeld = false;
  for (let i = at; i < tags.length; i++) {
    const tag = tags[i]!;
    // "USDC in return"
    const isPlain = /^(?:return|exchange)$/.test(tag.norm) && tags[i - 1]?.norm === "in";
    const base = isPlain ? undefined : verbOf(tag, "base");
    const isLast = tags.slice(i + 1).every((one) => lightRole(one) || one.mark !== undefined);
    // "5 ETH -> aave, deposit", "I have 2 ETH to stake", "aave borrow 200 GHO"
    // "against it borrow 1,500 GHO", and not "from my Moonwell deposit"
    const mayBeNoun = isHeld && may(tag, "noun", "object") && !tags[i + 1]?.quantity;
    // "deposit 5 ape": what is counted
    const isCounted = tags[i - 1]?.quantity !== undefined &&
      !tags.slice(at, i).some((one) => may(one, "name"));
    // "all my lp"
    const isOwned = may(tag, "object") && may(tags[i - 1], "determiner");
    // "35 USDC on Save": a name
    const isNamed = /^[A-Z]/.test(tag.text) && may(tags[i - 1], "prep") &&
      tags[i - 1]!.norm !== "to";
    const verbal = base && things > 0 && noun < 0 && !mayBeNoun && !isCounted && !isOwned &&
      !isNamed &&
      (tags[i - 1]?.norm === "to" || isLast || may(tags[at], "prep") ||
        /^(?:let|have)$/.test(frame.at(-1)?.norm ?? "") || isPlaced(tags, at, i) ||
        may(tags[i - 1], "address"));
    if (verbal) {
      const front = tags.slice(at, tags[i - 1]?.norm === "to" ? i - 1 : i);
      const used = tags[i - 1]?.norm === "to" ? [tags[i - 1]!, tag] : [tag];
      return {
        head: {
          form: may(tags[at], "prep") && !may(tags[at], "name") ? "request" : "noun",
          word: base.base,
          actions: base.actions,
          ...(base.foreign !== undefined && { foreign: base.foreign }),
          from: tag.from,
          to: tag.to,
        },
        frame,
        front,
        back: tags.slice(i + 1),
        tags: used,
        takes,
      };
    }
    // "I want my deposit back": what is held, not what to do
    const isOwn = takes === "thing" && /^(?:my|our)$/.test(tags[i - 1]?.norm ?? "") &&
      /^(?:back|back from|out|out of)$/.test(tags[i + 1]?.norm ?? "");
    // "let me have my delegation rewards"
    const isOfReward = senseOf(tags[i + 1], "object")?.hint === "reward" &&
      i > at;
    // "I swear to stake 5 ETH": a verb
    const isInfinitive = base !== undefined && tags[i - 1]?.norm === "to" && i === at + 1;
    const names = may(tag, "noun") && !isPlain && !isOwn && !isOfReward && !isInfinitive;
    if (names && noun < 0 && takes !== "base" && !isHeld) noun = i;
    // "from my Moonwell deposit": where it is, not what to do
    if (/^(?:from|out of|off|against|behind|towards|toward)$/.test(tag.norm)) isHeld = true;
    if (tag.mark === "," || may(tag, "and")) isHeld = false;
    if (tag.mark === "->" && arrow < 0) arrow = i;
    if (tag.quantity || may(tag, "name", "object", "pronoun") || isOpen(tag)) things++;
  }
  if (noun >= 0) {
    const tag = tags[noun]!;
    const { actions } = senseOf(tag, "noun")!;
    // "stkAAVE cooldown ended" tells
    const isTold = takes === null &&
      /^(?:ended|closed|finished|completed|complete|over|done|up|expired|passed)$/.test(
        tags.slice(noun + 1).find((one) => lightRole(one) === null)?.norm ?? "",
      );
    // "I have a loan on aave" tells as well
    const has = /^(?:i have|we have|i've got|i got)$/.test(frame.at(-1)?.norm ?? "");
    if (isTold || has && senseOf(tag, "object")?.hint === "debt") return null;
    // "a small loan of 50 USDC": how small it is, the amount tells; without one it is left over
    const sized = SIZE.test(tags[noun - 1]?.norm ?? "") &&
      tags.slice(noun).some(({ quantity }) => quantity && !quantity.refusal);
    // "275 USDC as a loan"
    const led = may(tags[noun - 1], "determiner") && tags[noun - 2]?.norm === "as"
      ? noun - 2
      : noun - 1;
    // "5 ETH for staking at Lido"
    const isGoal = /^(?:for|to|into)$/.test(tags[noun - 1]?.norm ?? "") && /ing$/.test(tag.norm) &&
      tags.slice(at, noun - 1).some(({ quantity }) => quantity && !quantity.refusal) &&
      tags.slice(at, noun - 1).every((one) =>
        one.quantity !== undefined || may(one, "name", "determiner", "adjective") ||
        lightRole(one) !== null
      );
    const start = tags[led]?.norm === "as" && led > at ? led : sized || isGoal ? noun - 1 : noun;
    const held = isThere(tags.slice(at, noun));
    return {
      head: {
        form: "noun",
        word: tag.norm,
        actions,
        ...(held && { held }),
        from: tag.from,
        to: tag.to,
      },
      frame,
      front: tags.slice(at, start),
      back: tags.slice(noun + 1),
      tags: tags.slice(start, noun + 1),
      takes,
    };
  }
  if (arrow > at && takes === null && isExchange(tags, arrow)) {
    const tag = tags[arrow]!;
    return {
      head: { form: "arrow", word: "->", actions: ["->"], from: tag.from, to: tag.to },
      frame,
      front: [],
      back: tags.slice(at),
      tags: [],
      takes,
    };
  }
  return null;
}

/** "my loan", "8 SOL for the Kamino loan": what a noun names is there before the order. */
function isThere(before: readonly Tag[]): boolean {
  const led = before.findLastIndex((tag) => may(tag, "prep"));
  const isLed = led >= 0 && !/^(?:as|in|with)$/.test(before[led]!.norm) &&
    before.slice(led + 1).every((tag) => !tag.quantity && !tag.mark) &&
    before.slice(led + 1).filter((tag) => mayName(tag, "asset")).length < 2;
  return isLed || before.some(({ norm }) => /^(?:my|our|this|that|current|existing)$/.test(norm));
}

/** Words that tell how much an act is about, and not how much exactly. */
const SIZE = /^(?:partial|small|modest|tiny|little|large|big)$/;

/** True if an arrow stands between two things. */
function isExchange(tags: readonly Tag[], arrow: number): boolean {
  const given = tags.slice(0, arrow).some((tag) => tag.quantity || mayName(tag, "asset"));
  const target = tags.slice(arrow + 1).find((tag) => !may(tag, "determiner") && !tag.quantity);
  const isPlace = target !== undefined && mayName(target, "place") &&
    target.text !== target.text.toUpperCase();
  return given && target !== undefined && !isPlace &&
    (mayName(target, "asset") || (isOpen(target) && /^[$A-Z0-9.]+$/.test(target.text)));
}

/** "I need my DAI back from Spark": what is wanted is to have it back. */
function findBack(tags: readonly Tag[], at: number, frame: readonly Tag[]): FoundHead | null {
  const { from } = frame.at(-1)!;
  // "What I want is 3 ETH in exchange for USDC"
  const tells = /^(?:i have|we have|i've got|we've got|i got)$/.test(frame.at(-1)!.norm);
  const isExchanged = tags.some(({ norm }) =>
    /^in (?:exchange for|return for|place of|lieu of)$/.test(norm)
  );
  if ((isExchanged || isWishedFor(tags, at)) && !tells) {
    return {
      head: { form: "wish", word: "get", actions: ["->"], from, to: from },
      frame,
      front: [],
      back: tags.slice(at),
      tags: [],
      takes: "thing",
    };
  }
  // "I've got sUSDe at Aave to back it" tells
  if (tells) return null;
  const back = tags.findIndex((tag, i) =>
    i > at && /^(?:back|back from|out of|out)$/.test(tag.norm) && tags[i - 1]!.norm !== "to"
  );
  if (back < 0) return null;
  return {
    head: { form: "wish", word: "get back", actions: [], from, to: from },
    frame,
    front: [],
    back: tags.slice(at),
    tags: [],
    takes: "thing",
  };
}

/** "I'd like USDC for my 0.02 BTC": a thing for what one has of another. */
function isWishedFor(tags: readonly Tag[], at: number): boolean {
  const link = tags.findIndex(({ norm }, i) => i > at && norm === "for");
  if (link < 0 || tags.slice(at).some(({ mark }) => mark !== undefined && mark !== '"')) {
    return false;
  }
  const given = tags.slice(link + 1).filter((tag) => lightRole(tag) === null);
  const wanted = tags.slice(at, link).filter((tag) => mayName(tag, "asset"));
  const isOwn = given[0]?.quantity !== undefined ||
    /^(?:my|our|some of my|the)$/.test(given[0]?.norm ?? "");
  const name = given.findIndex((tag) => mayName(tag, "asset"));
  const after = given[name + 1];
  // "5 ETH for 500 USDC" asks a price
  const counts = tags.slice(at, link).some(({ quantity }) => quantity !== undefined) &&
    given.some(({ quantity }) => quantity !== undefined);
  return wanted.length === 1 && isOwn && name > 0 && !counts &&
    given.slice(0, name).every((tag) =>
      tag.quantity !== undefined || may(tag, "determiner", "adjective")
    ) &&
    (after === undefined || /^(?:on|at|via|through|in)$/.test(after.norm));
}

/** "I'd like my USDT to be USDC", "my 800 MATIC become ETH, now": one thing is to be another. */
function findBecome(tags: readonly Tag[], at: number, frame: readonly Tag[]): FoundHead | null {
  // "I want my AVAX in USDC", "I'd like my 500 USDC as DAI"
  const isIn = (i: number) =>
    (/^(?:in|as|into)$/.test(tags[i]!.norm) && WISHES.test(frame.at(-1)?.norm ?? "") ||
      frame.length > 0 && tags[i]!.norm === "as") &&
    mayName(tags[i + 1], "asset") && !mayName(tags[i + 1], "place") &&
    !tags.slice(at, i).some((tag) => may(tag, "prep") && !may(tag, "determiner"));
  const as = tags.findIndex(({ norm }, i) =>
    i > at &&
    (/^(?:to be|become|becomes|to become|be turned into|turn into|turns into)$/.test(norm) ||
      isIn(i))
  );
  if (as < 0) return null;
  // "everything in AERO must become USDC"
  const isBidden = /^(?:must|should|shall|has to|have to|needs to|ought to)$/.test(
    tags[as - 1]?.norm ?? "",
  );
  const asks = frame.length > 0 || isBidden ||
    tags.some((tag) => may(tag, "courtesy", "urgency"));
  const isThing = (tag: Tag) => mayName(tag, "asset");
  const given = tags.slice(at, isBidden ? as - 1 : as);
  const isOwn = given[0]?.quantity !== undefined || may(given[0], "determiner");
  const target = tags.slice(as + 1).find((tag) => lightRole(tag) === null);
  if (!asks || !isOwn || given.filter(isThing).length !== 1) return null;
  if (target === undefined || !isThing(target) || given.some(({ mark }) => mark !== undefined)) {
    return null;
  }
  const { from, to } = tags[as]!;
  const becomes: Tag = { ...tags[as]!, norm: "to", senses: [{ role: "prep" }] };
  return {
    head: { form: "arrow", word: "to", actions: ["->"], from, to },
    frame,
    front: [],
    back: [...given, becomes, ...tags.slice(as + 1)],
    tags: [],
    takes: "thing",
  };
}

/** "2 ETH to USDC please": an amount of something known, what it is to become, and a courtesy. */
function findBare(tags: readonly Tag[], at: number): FoundHead | null {
  if (!tags.some((tag) => may(tag, "courtesy"))) return null;
  const words = tags.slice(at).filter((tag) => lightRole(tag) === null);
  const [amount, name, prep, target] = words;
  if (!amount?.quantity || amount.quantity.refusal) return null;
  if (!/^(?:to|into|for)$/.test(prep?.norm ?? "")) return null;
  if (!mayName(name, "asset") || !mayName(target, "asset") || may(target, "place_word")) {
    return null;
  }
  // "5 ETH into Aave": a place, unless it is written as a ticker
  const isPlace = mayName(target, "place");
  if (isPlace && target!.text !== target!.text.toUpperCase() && prep!.norm !== "for") return null;
  const { from, to, norm } = prep!;
  return {
    head: { form: "arrow", word: norm, actions: ["->"], from, to },
    frame: [],
    front: [],
    back: tags.slice(at),
    tags: [],
    takes: null,
  };
}

/**
 * "can I get 200 USDC of HYPE", "I want ETH for 500 USDC", "5 SOL of BONK please": a thing that is wanted, and
 * what pays for it.
 */
function findBought(tags: readonly Tag[], at: number, frame: readonly Tag[]): FoundHead | null {
  const asks = frame.length > 0
    ? !HAS.test(frame.at(-1)!.norm)
    : tags.some((tag) => may(tag, "courtesy"));
  const words = tags.slice(at).filter((tag) => lightRole(tag) === null && tag.mark === undefined);
  const isCount = ({ quantity }: Tag) =>
    quantity !== undefined && !quantity.refusal && /^(?:amount|money)$/.test(quantity.kind);
  const shape = words.map((tag) =>
    isCount(tag)
      ? tag.quantity!.kind === "money" ? "$" : "#"
      : /^(?:of|worth|worth of|worth in)$/.test(tag.norm)
      ? "o"
      : /^(?:for|with|w|using)$/.test(tag.norm)
      ? "f"
      : isCoin(tag)
      ? "a"
      : may(tag, "determiner")
      ? "d"
      : "?"
  ).join("");
  // A bare thing for a thing is left to who says it as an exchange
  const fits = /^(?:#ao|\$o)d?a$/.test(shape) ||
    frame.length > 0 && /^(?:d?af(?:d|#|d#)a|#afda)$/.test(shape);
  if (!asks || !fits) return null;
  const [{ from }] = words as [Tag];
  return {
    head: {
      form: frame.length > 0 ? "wish" : "verbless",
      word: "get",
      actions: ["->"],
      from,
      to: from,
    },
    frame,
    front: [],
    back: tags.slice(at),
    tags: [],
    takes: frame.length > 0 ? "thing" : null,
  };
}

/** Frames that tell what there is. */
const HAS = /^(?:i have|we have|i've got|we've got|i got)$/;

/** A thing, or a ticker that is on no list. */
function isCoin(tag: Tag): boolean {
  const isTicker = isOpen(tag) && /^\$?[A-Z0-9]{2,}$/.test(tag.text);
  return mayName(tag, "asset") && !may(tag, "object", "noun") || isTicker;
}

function actsOn(tag: Tag | undefined): boolean {
  return tag !== undefined && (tag.quantity !== undefined ||
    (lightRole(tag) === null &&
      may(tag, "name", "determiner", "noun", "object", "pronoun", "self", "prep", "foreign")) ||
    (isOpen(tag) && /^[A-Z0-9$]/.test(tag.text)));
}

/** Names of places alone stand before the verb: "aave borrow 200 GHO". */
function isPlaced(tags: readonly Tag[], from: number, to: number): boolean {
  return tags.slice(from, to).every((tag) =>
    senseOf(tag, "name")?.kind === "place" || lightRole(tag) !== null || tag.mark !== undefined ||
    mayName(tag, "place")
  );
}

/** A word that is no known verb, in the place of one: a slip, or a verb that the list lacks. */
function findOpenVerb(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  takes: FrameTakes | null,
  lexicon: CompiledLexicon,
): FoundHead | null {
  const tag = tags[at]!;
  if (!isOpen(tag) || !/^[a-z]{2,15}$/.test(tag.norm)) return null;
  if (isNoVerb(tag.norm)) return null;
  const repaired = repairVerb(tag.norm, lexicon);
  if (repaired === "ambiguous") return null;
  if (repaired) {
    const found = headOf(tags, at, frame, takes, repaired, takes ? "request" : "imperative");
    return { ...found, head: { ...found.head, repaired: tag.text } };
  }
  let next = at + 1;
  while (tags[next] && lightRole(tags[next]!)) next++;
  const object = tags[next];
  const fits = object !== undefined && (object.quantity !== undefined || may(object, "name") ||
    /^(?:my|the|our|some|it|them|another|a|an|everything|those|these)$/.test(object.norm));
  const acts = tags.slice(next).some((one) => may(one, "noun"));
  if (!fits || acts || isReversed(tag.norm, lexicon)) return null;
  const head: OrderHead = {
    form: "open_verb",
    word: tag.norm,
    actions: [],
    from: tag.from,
    to: tag.to,
  };
  return { head, frame, front: [], back: tags.slice(at + 1), tags: [tag], takes };
}
