import { type FoundHead, withSource } from "../head.ts";
import { type HeadForm, verbOf } from "../order.ts";
import type { NameKind, VerbEntry } from "../sense.ts";
import { lightRole } from "../screen/transparent.ts";
import { may, mayName, senseOf, type Tag } from "../tokens/tags.ts";

/** Words that make what is to be done to a thing an order: "should be staked", "has to come out". */
const OUGHT =
  /^(?:should|must|shall|has to|have to|needs to|need to|ought to|ought|has|have|needs|need|needed|can|could|may|might|would|wants|want|is to|are to|if|that|let|to|wish|like|love|please|pls|kindly)$/;
/** Subjects of one who decides for himself. */
const SPEAKER =
  /^(?:i|we|board|desk|committee|treasury|foundation|council|company|management|i'm|we're|i am|we are|i'll|we'll|i will|we will|i'd|we'd|im|lets|me)$/;
/** Words before "to" that put an order off, doubt it or tell of it. */
const DOUBTS =
  /^(?:plan|plans|planned|planning|think|thinking|thought|tempted|forgot|forget|failed|managed|tried|used|able|unable|afraid|scared|refuse|refused|hope|hoping|hesitate|hesitant|reluctant|learn|learning|learned|how|when|where|what|whether|if|not|never|don't|won't|can't|cannot|didn't|doesn't|wouldn't|shouldn't|considered|considering|consider|curious|wondering|wonder|know|remember|remembered|dream|dreamt|dreaming|wished|hate|hated|dislike|mean|meant|decline|declined|against|supposed|about|might|may|could|would|maybe|perhaps|intend|intends|intended|intending|expect|expects|expected|somebody|someone|anyone|they|he|she|who|him|her|them|people|told|said|says|asked|advised|suggested|recommended|yet|nobody|nothing|no|neither|nor|had|did|was|were|been|yesterday|already|ever|always|usually|often|sometimes|rarely)$/;
/** Words that ask for something. */
const ASKS =
  /^(?:please|pls|plz|kindly|thanks|thank|ty|thx|cheers|ta|ask|request|requesting|wish|want|need|needed|order|grateful|obliged|appreciate|desire|require|required|now|asap|time|go|give|gimme|let|let's|lets)$/;

/** Words between the speaker and what he is willing to do. */
const WILLING =
  /^(?:am|are|is|be|been|being|was|do|hereby|happy|glad|content|ready|keen|eager|resolved|determined|decided|pleased|prepared|satisfied|wish|want|wanting|need|like|love|choose|chose|chosen|prefer|opt|going|gonna|trying|time|to|and|would|'d|must|have|has|had|just|now|really|simply|hereby|therefore|also|then|so|it|our|my|the|order|request|instruction|choice|decision|step|task|job|move|thing|first|next|second|last|final|that|this|wishes|wants|resolves|agreed|agree|today|a|for|in|on|you|let|us|me|please|kindly|with|here|there|of|all|at|again|most|much|very|quite|rather)$/;
/** What the infinitive behind "is to" tells of. */
const NAMED_TASK =
  /\b(?!(?:the )?last thing (?:i|we) (?:want|need))(?:my|our|the|next|first|second|last|final|one) (?:\w+ )?(?:thing|order|request|wish|choice|decision|instruction|task|job|step|move|idea|matter|item)(?: i want| we want| i'd like)? is to\b/;

/**
 * A head that a freer word order puts anywhere in a clause; null if there is none.
 *
 * @param isPolite Whether the prompt asks for something: "… Please go ahead."
 */
export function findLooseHead(tags: readonly Tag[], isPolite: boolean): FoundHead | null {
  if (tags.length > 60 || asksSomebody(tags) || tags.some(isAssumed) || suggests(tags)) return null;
  return findCleft(tags) ?? findWhatIsWanted(tags) ?? findIfYou(tags) ?? findPriced(tags) ??
    findMayI(tags, isPolite) ??
    findPermission(tags) ?? findPassive(tags) ?? findNeeding(tags) ??
    findFronted(tags) ??
    findMoving(tags) ?? findGiven(tags) ??
    findDecision(tags) ?? findLater(tags) ??
    findDoneLast(tags) ?? findAct(tags) ??
    findWanted(tags) ?? findThrown(tags) ?? findVerbless(tags);
}

/** "Let us assume the 300 FRAX is supplied". */
function isAssumed(tag: Tag): boolean {
  return may(tag, "play") && /\b(?:assume|presume|pretend|imagine)\b/.test(tag.norm);
}

/** "how about you deposit 10 ETH" only suggests it, "how about you claim my rewards" does not. */
function suggests(tags: readonly Tag[]): boolean | undefined {
  const words = tags.filter((tag) => lightRole(tag) === null && !tag.mark).map(({ norm }) => norm);
  if (!/^how (?:about|bout) (?:you|u)\b/.test(words.join(" "))) return undefined;
  return !tags.some(({ norm }) => /^(?:my|our|now)$/.test(norm));
}

/** "Ask support to unstake my TIA": another is to do it. */
function asksSomebody(tags: readonly Tag[]): boolean {
  const [verb, whom] = tags.filter((tag) =>
    tag.norm === "ask" || lightRole(tag) === null || may(tag, "address")
  );
  return verb?.norm === "ask" && whom !== undefined && !may(whom, "name") &&
    !/^(?:you|u|to)\b/.test(whom.norm);
}

function headAt(
  tags: readonly Tag[],
  at: number,
  verb: VerbEntry,
  form: HeadForm,
  frame: readonly Tag[],
  front: readonly Tag[],
): FoundHead {
  const tag = tags[at]!;
  const foreign = verb.foreign === undefined ? {} : { foreign: verb.foreign };
  return {
    head: {
      form,
      word: verb.base,
      actions: verb.actions,
      ...foreign,
      from: tag.from,
      to: tag.to,
    },
    frame,
    front,
    back: withSource(verb, tags.slice(at + 1)),
    tags: [tag],
    takes: null,
  };
}

/** True for a word that may lead up to what is asked for. */
function isKnownLead(tag: Tag): boolean {
  return may(tag, "frame", "label") || lightRole(tag) !== null || tag.mark !== undefined ||
    tag.norm.split(" ").every((word) =>
      WILLING.test(word) || SPEAKER.test(word) || ASKS.test(word)
    );
}

/** Verbs by which a place gives something to the speaker. */
const HANDS = /^(?:pay|pay out|give|give back|release|return|hand|hand over|send)$/;

/** "have the gauge pay me my incentives": what a place is to do for the speaker. */
export function findCausative(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex((tag) => lightRole(tag) === null && !tag.mark && !may(tag, "and"));
  const cause = tags[at];
  if (!cause || !/^(?:have|let|get|make)$/.test(cause.norm)) return null;
  let to = at + 1;
  while (tags[to] && isPlacePart(tags[to]!)) to++;
  const subject = tags.slice(at + 1, to);
  if (!subject.some((tag) => may(tag, "place_word") || mayName(tag, "place"))) return null;
  const [tag, rest] = [tags[to], tags.slice(to + 1)];
  const verb = verbOf(tag, "base");
  const isTo = HANDS.test(tag?.norm ?? "") && rest.some((one) => may(one, "self"));
  if (!tag || !verb || !(isTo || / (?:me|us)$/.test(verb.base))) return null;
  const from: Tag = {
    from: tag.from,
    to: tag.from,
    text: "from",
    norm: "from",
    senses: [{ role: "prep" }],
  };
  const found = headAt(tags, to, verb, "request", [cause], []);
  return {
    ...found,
    head: isTo ? { ...found.head, word: "give me", actions: [] } : found.head,
    back: [...rest, from, ...subject],
  };
}

function isPlacePart(tag: Tag): boolean {
  return !tag.quantity && !tag.mark && !verbOf(tag, "base") &&
    (may(tag, "determiner", "place_word", "name") || mayName(tag, "place"));
}

/** Words of a stretch, single ones of phrases too. */
function wordsOf(tags: readonly Tag[]): string[] {
  return tags.flatMap(({ norm }) => [norm, ...norm.includes(" ") ? norm.split(" ") : []]);
}

/** True for words that may stand before a verb that comes last: things and what belongs to them. */
function isPlainFront(tags: readonly Tag[]): boolean {
  return tags.every((tag, i) =>
    isRelative(tags, i) || /^(?:every|each)$/.test(tag.norm) || isSlot(tag) ||
    tag.mark !== undefined || lightRole(tag) !== null ||
    may(
      tag,
      "determiner",
      "adjective",
      "prep",
      "particle",
      "place_word",
      "and",
      "self",
      "noun",
      "then",
    ) ||
    (tag.senses.length === 0 && /^[$A-Z0-9]/.test(tag.text))
  );
}

/** "my 25 SOL which are staked in Jito", "every reward that waits in Suilend": only where it is. */
function isRelative(tags: readonly Tag[], at: number): boolean {
  const isWhich = (tag: Tag | undefined) => /^(?:which|that|what)$/.test(tag?.norm ?? "");
  const isThere = (tag: Tag | undefined) =>
    /^(?:is|are|sits?|lies?|lays?|stands?|waits?|rests?)$/.test(tag?.norm ?? "");
  const follows = (tag: Tag | undefined) =>
    may(tag, "prep", "adjective") || verbOf(tag, "participle") !== undefined;
  const isOpening = isWhich(tags[at]) && isThere(tags[at + 1]) && follows(tags[at + 2]);
  const isVerb = isWhich(tags[at - 1]) && isThere(tags[at]) && follows(tags[at + 1]);
  const isDone = isWhich(tags[at - 2]) && isThere(tags[at - 1]) && follows(tags[at]);
  return at > 0 && (isOpening || isVerb || isDone);
}

function isSlot(tag: Tag): boolean {
  return tag.quantity !== undefined || may(tag, "name", "object", "pronoun");
}

const GRATEFUL =
  /\b(?:grateful|thankful|happy|glad|obliged|appreciate|appreciated|great|nice|lovely|good|kind|pleased|alright|all right|okay|ok|possible|fine|delighted|help|wonderful|relief|weight|feel better|sleep better|ease|easier|fantastic|perfect|best|super|please|pls|mind|favou?r|ask|alright|all right|okay|fine|possible|acceptable|convenient)\b/;

/** "I'd be thankful if you staked my 33 LINK", "I should be grateful if you would lend …". */
function findIfYou(tags: readonly Tag[]): FoundHead | null {
  const text = tags.map(({ norm }) => norm).join(" ");
  if (!/\bif (?:you|u)\b/.test(text) || !GRATEFUL.test(text)) return null;
  let at = tags.findIndex(({ norm }) => /\bif (?:you|u)(?:'d| would| could| can)?$/.test(norm));
  if (at < 0) {
    at = tags.findIndex(({ norm }, i) =>
      norm === "if" && /^(?:you|u|you'd)$/.test(tags[i + 1]?.norm ?? "")
    ) + 1;
  }
  if (at < 0) return null;
  for (let i = at + 1; i < tags.length && i < at + 5; i++) {
    const isWould = /(?:would|could|can|'d)$/.test(
      tags.slice(at, i).map(({ norm }) => norm).join(" "),
    );
    const verb = isWould
      ? verbOf(tags[i], "base")
      : verbOf(tags[i], "base")
      ? undefined
      : verbOf(tags[i], "participle");
    if (verb) return headAt(tags, i, verb, "request", tags.slice(0, i), []);
    const skips = lightRole(tags[i]!) !== null ||
      /^(?:you|would|could|can|just|might|then)$/.test(tags[i]!.norm);
    if (!skips) return null;
  }
  return null;
}

/** "may I exchange 15 ATOM for OSMO, please": leave is asked where something is counted or owned. */
function findMayI(tags: readonly Tag[], isPolite: boolean): FoundHead | null {
  const at = tags.findIndex((tag) => lightRole(tag) === null && !tag.mark);
  const text = tags.slice(at, at + 4).map(({ norm }) => norm).join(" ");
  const length =
    /^(?:may|could|can|might) (?:i|we)\b|^(?:you|u) can\b|^how (?:about|bout) (?:you|u)\b/
        .test(text)
      ? tags[at]!.norm.includes(" ") ? 1 : 2
      : lengthOfPossible(tags.slice(at, at + 7));
  const asks = isPolite || suggests(tags) === false ||
    tags.some((tag) => may(tag, "courtesy") && !may(tag, "frame"));
  if (length === 0 || !asks) return null;
  let next = at + length;
  while (next < tags.length && lightRole(tags[next]!) !== null) next++;
  const verb = verbOf(tags[next], "base");
  if (!verb || verb.actions.length === 0 && !HANDLES.test(verb.base)) return null;
  return headAt(tags, next, verb, "request", tags.slice(at, next), []);
}

/** Verbs of which what stands beside them tells what is asked for. */
const HANDLES = /^(?:take|put|give|move|bring|get|send|pass)$/;

/** "yes you can deposit now the 60 DOT", "the 100 NEAR on Burrow you can take back": leave that is given. */
function findPermission(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex(({ norm }, i) =>
    /^(?:you|u) (?:can|may)$/.test(norm) ||
    /^(?:you|u)$/.test(norm) && /^(?:can|may)$/.test(tags[i + 1]?.norm ?? "")
  );
  if (at < 0) return null;
  const front = tags.slice(0, at);
  const granted = tags[at]!.norm.includes(" ") ? tags[at]!.norm : tags[at + 1]!.norm;
  let next = tags[at]!.norm.includes(" ") ? at + 1 : at + 2;
  while (next < tags.length && lightRole(tags[next]!) !== null) next++;
  const verb = verbOf(tags[next], "base");
  if (!verb || verb.actions.length === 0 && !HANDLES.test(verb.base)) return null;
  const rest = [...front, ...tags.slice(next)];
  // "you can now stake ETH on Lido" is news; what is counted or told apart is meant
  const isMeant = rest.some((tag) => tag.quantity !== undefined || may(tag, "determiner")) ||
    !rest.some((tag) => may(tag, "name"));
  const isNow = isMeant &&
    [...front, ...tags.slice(at)].some(({ norm }) => /^(?:yes|yep|yeah|now|please)$/.test(norm));
  const isOwn = rest.some(({ norm }) => /^(?:my|our)$/.test(norm));
  const isLet = granted.endsWith("may") && rest.some(({ quantity }) => quantity !== undefined);
  const isSaid = /\b(?:also|still|only|always|even|once|never)\b/.test(
    tags.slice(0, next).map(({ norm }) => norm).join(" "),
  );
  if (isSaid || !(isNow || isOwn || isLet || front.some(isSlot)) || !isPlainFront(front)) {
    return null;
  }
  return headAt(tags, next, verb, "request", tags.slice(at, next), front.some(isSlot) ? front : []);
}

/** How many tags ask whether something may be: "would it be possible to", "would be possible that you". */
function lengthOfPossible(tags: readonly Tag[]): number {
  const asks =
    /^(?:would|will) (?:it be|you be|be) (?:possible|ok|okay|alright|all right|fine|able)(?: to| that you| for you to)?(?= |$)/;
  const found = asks.exec(tags.map(({ norm }) => norm).join(" "))?.[0].length ?? 0;
  let read = 0;
  for (const [i, { norm }] of tags.entries()) {
    read += norm.length + (i > 0 ? 1 : 0);
    if (found > 0 && read >= found) return read === found ? i + 1 : 0;
  }
  return 0;
}

/** "could my SCRT be undelegated", "the 15 INJ should be repaid", "if my 75 SUI were staked". */
function findPassive(tags: readonly Tag[]): FoundHead | null {
  for (let i = 1; i < tags.length; i++) {
    const verb = verbOf(tags[i], "participle");
    if (!verb) continue;
    let be = i - 1;
    while (be > 0 && i - be < 4 && !isBe(tags[be]!) && !isSlot(tags[be]!)) be--;
    const isUp = /^(?:to go|ought to go)$/.test(tags[be]!.norm);
    if (!isBe(tags[be]!) && !isUp) continue;
    const before = tags.slice(0, be);
    const isOught = before.some(({ norm }) => norm.split(" ").some((word) => OUGHT.test(word))) ||
      tags[be]!.norm === "to be" || tags.some((tag) => may(tag, "courtesy"));
    // "can 2 ETH be swapped on curve" asks whether it is possible
    const isPossible = tags[0]!.norm === "can" && !tags.some((tag) => may(tag, "courtesy"));
    if (
      !isOught || isPossible ||
      wordsOf(before).some((word) =>
        /^(?:not|never|don't|they|he|she|who|when|why|how|might|had|inform|regret|report|announce|notify)$/
          .test(word)
      )
    ) return null;
    const start = before.findIndex((tag) => isSlot(tag) || may(tag, "determiner"));
    const frame = start < 0 ? before : before.slice(0, start);
    const front = start < 0
      ? []
      : before.slice(start).filter((tag) => !OUGHT.test(tag.norm) && !isBe(tag));
    if (start < 0 && !tags.slice(i + 1).some(isSlot)) return null;
    return headAt(tags, i, verb, "participle", frame, front);
  }
  return null;
}

/** "my 3 SOL need staking with Jito": what is to be done to a thing of the speaker's. */
function findNeeding(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex((tag, i) =>
    i > 1 && verbOf(tag, "gerund") !== undefined &&
    /^(?:needs?|wants?|requires?|could do with|could use)$/.test(tags[i - 1]!.norm)
  );
  const verb = verbOf(tags[at], "gerund");
  const front = tags.slice(0, at - 1);
  const isOwn = /^(?:my|our|these|those|the)$/.test(
    front.find((tag) => lightRole(tag) === null)?.norm ?? "",
  );
  if (at < 0 || !verb || verb.actions.length === 0 || !isOwn || !isPlainFront(front)) return null;
  return front.some(isSlot) ? headAt(tags, at, verb, "participle", [tags[at - 1]!], front) : null;
}

function isBe({ norm }: Tag): boolean {
  return /^(?:be|get|gets|got|being|is|are|were|was|is to be|are to be|to be|be fully)$/.test(norm);
}

/** "from EigenLayer I want to unrestake 2 stETH": what it is about comes before who wants it. */
function findFronted(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex((tag) =>
    tag.senses.some((sense) => sense.role === "frame" && sense.takes === "base") &&
    SPEAKER.test(tag.norm.split(" ")[0]!.replace(/'d$/, ""))
  );
  if (at < 1 || !isPlainFront(tags.slice(0, at))) return null;
  let next = at + 1;
  while (next < tags.length && lightRole(tags[next]!) !== null) next++;
  const verb = verbOf(tags[next], "base");
  if (!verb || verb.actions.length === 0) return null;
  const found = headAt(tags, next, verb, "request", [tags[at]!], tags.slice(0, at));
  return { ...found, takes: "base" };
}

/** Frames of a wish of one's own. */
const OWN_WISH =
  /^(?:i|we)(?:'d|'m|'ll|d)? ?(?:would |will |do )?(?:like|love|want|need|wish|request|ask)\b/;

/**
 * "my AVAX I want it in USDC", "the 16 ETH on Lido I want unstaked": the same clause with what it is about
 * behind the wish. Null for any other word order.
 */
export function topicLast(tags: readonly Tag[]): readonly Tag[] | null {
  const at = tags.findIndex((tag) => may(tag, "frame") && OWN_WISH.test(tag.norm));
  const front = tags.slice(0, at);
  if (at < 1 || !front.some(isSlot) || !isPlainFront(front)) return null;
  const rest = tags.slice(at + 1);
  const said = rest.findIndex((tag) => lightRole(tag) === null);
  const refers = /^(?:it|them)$/.test(rest[said]?.norm ?? "");
  const acts = verbOf(rest[said], "base");
  if (acts?.foreign !== undefined || verbOf(rest[said], "gerund")) return null;
  const verb = acts ? rest.slice(0, said + 1) : [];
  return [tags[at]!, ...verb, ...front, ...rest.slice(refers ? said + 1 : verb.length)];
}

/** How many tags say at the start of a clause that what stands before it is wanted: "I want it". */
export function ownWishLength(tags: readonly Tag[]): number {
  if (!may(tags[0], "frame") || !OWN_WISH.test(tags[0]!.norm)) return 0;
  return /^(?:it|them)$/.test(tags[1]?.norm ?? "") ? 2 : 1;
}

/** "For my DAI I want 3 LINK", "for 6 SOL I'll take JUP": what is given comes first. */
function findPriced(tags: readonly Tag[]): FoundHead | null {
  const start = tags.findIndex((tag) => lightRole(tag) === null && tag.mark === undefined);
  const at = tags.findIndex((tag, i) =>
    i > start + 1 &&
    /^(?:(?:i|we)(?: want| need|'ll take|'ll have| would like| will take|'d like|'d take)|give me|gimme|get me|let me have|hand me)$/
      .test(tag.norm)
  );
  if (at < 0 || !/^(?:for|in return for|in exchange for)$/.test(tags[start]!.norm)) return null;
  const [front, back] = [tags.slice(start, at), tags.slice(at + 1)];
  const isOne = (part: readonly Tag[]) => part.filter((tag) => mayName(tag, "asset")).length === 1;
  if (!isOne(front) || !isOne(back) || !isPlainFront(front)) return null;
  const { from, to } = tags[at]!;
  return {
    head: { form: "wish", word: "get", actions: ["->"], from, to },
    frame: [],
    front,
    back,
    tags: [tags[at]!],
    takes: null,
  };
}

const GOES =
  /^(?:goes|go|going|comes|come|coming|moves|belongs|belong|sits|heads|heading|leaves|leave|returns|lands)$/;
/** "it would help us if 450 DAI came out of the vault": what is put as done is what is wished for. */
const CAME = /^(?:came|went|left|moved|landed|returned)$/;

/** "2,000,000 USDC goes into the vault", "30 ETH has to come out of Maker". */
function findMoving(tags: readonly Tag[]): FoundHead | null {
  const wished = wishedAt(tags);
  const at = tags.findIndex(({ norm }, i) =>
    i > Math.max(0, wished) && !may(tags[i], "adjective") && tags[i]!.quantity === undefined &&
    norm.split(" ").some((word) => (wished > 0 ? CAME : GOES).test(word))
  );
  if (at < 0) return null;
  const before = tags.slice(Math.max(0, wished), at);
  // "stake 3 ETH, come on"
  const [opener] = before.filter((tag) => lightRole(tag) === null && !tag.mark);
  if ((verbOf(opener, "base")?.actions.length ?? 0) > 0) return null;
  if (!before.some(isSlot) || before.some((tag) => SPEAKER.test(tag.norm.split(" ")[0]!))) {
    return null;
  }
  const words = wordsOf(before);
  if (
    words.some((word) =>
      /^(?:not|never|don't|they|he|she|who|when|if|why|how|might|would|was|were)$/.test(word)
    )
  ) return null;
  // "ETH leaves Aave" tells, "should leave" and "arrange for it to leave" ask
  const isBidden = words.some((word) => /^(?:should|must|shall)$/.test(word)) ||
    before.some((tag) => tag.norm === "let") ||
    before.at(-1)?.norm === "to" && before.some((tag) => may(tag, "frame"));
  if (tags[at]!.norm === "leave" && !isBidden) return null;
  // "5 ETH must have come out of Aave"
  if (/^(?:have|has|had)$/.test(tags[at - 1]!.norm)) return null;
  const mayGo = words.some((word) => /^(?:could|may)$/.test(word));
  if (mayGo && !tags.some((tag) => may(tag, "courtesy") && !may(tag, "frame"))) return null;
  const tag = tags[at]!;
  const next = tags[at + 1];
  const isLeft = /^(?:leaves?|left)$/.test(tag.norm) &&
    (may(next, "name") || /^(?:the|my|our)$/.test(next?.norm ?? ""));
  const isOut = isLeft || /\b(?:out|off|home|back|comes?|coming|leaves)\b/.test(tag.norm) ||
    /^(?:out|out of|off|home|back|back to|from)$/.test(next?.norm ?? "");
  const isIn = /\b(?:in|into|to)\b/.test(tag.norm) ||
    /^(?:in|into|to|onto|on|with|towards)$/.test(next?.norm ?? "");
  if (!isOut && !isIn) return null;
  const lead = isLeft ? "from" : tag.norm.split(" ").slice(1).join(" ");
  const back: Tag[] = [...tags.slice(at + 1)];
  if (lead !== "" && !lead.startsWith("to ")) {
    back.unshift({
      from: tag.to,
      to: tag.to,
      text: lead,
      norm: lead,
      senses: [{
        role: opensPlace(next) || may(next, "object", "noun", "place_word") ? "prep" : "particle",
      }],
    });
  }
  const word = isOut ? "take out" : "put";
  return {
    head: { form: "participle", word, actions: [], from: tag.from, to: tag.to },
    frame: tags.slice(0, Math.max(0, wished)),
    front: before.filter(({ norm }) => !OUGHT.test(norm)),
    back,
    tags: [tag],
    takes: null,
  };
}

/**
 * "Scallop gets its 90 USDC back", "ether.fi takes 4 ETH of mine": what a place is to have of the speaker's. A
 * place that gets something of nobody's is news.
 */
function findGiven(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex(({ norm }) => /^(?:gets|takes|receives)$/.test(norm));
  const place = tags.slice(0, Math.max(0, at)).filter((tag) => lightRole(tag) === null);
  const rest = tags.slice(at + 1);
  const isPlace = place.length > 0 && place.length <= 5 &&
    place.every((tag) => isPlacePart(tag) || may(tag, "object") || tag.senses.length === 0) &&
    place.some((tag) => mayName(tag, "place") || may(tag, "place_word") || isOwed(tag));
  const counts = rest.some(({ quantity }) => quantity !== undefined && !quantity.refusal);
  const isBack = rest.some(({ norm }) => norm === "back");
  const isOwn = isBack ||
    rest.some((tag) =>
      /^(?:my|our|of mine|of ours)$/.test(tag.norm) || senseOf(tag, "object")?.hint === "stake" ||
      may(tag, "courtesy")
    );
  // "the protocol takes 10% of my rewards", "Aave takes 2 ETH of my collateral"
  const isTaken = rest.some((tag) =>
    may(tag, "object") && !/^(?:stake|debt)/.test(senseOf(tag, "object")!.hint) ||
    tag.quantity?.kind === "percent"
  );
  if (at < 1 || !isPlace || !counts || !isOwn || isTaken) return null;
  const tag = tags[at]!;
  const said = (norm: string): Tag => ({
    from: tag.from,
    to: tag.from,
    text: norm,
    norm,
    senses: [{ role: "prep" }],
  });
  return {
    head: {
      form: "participle",
      word: isBack || place.some(isOwed) ? "give back" : "put",
      actions: [],
      from: tag.from,
      to: tag.to,
    },
    frame: [],
    front: [],
    back: [...rest.filter(({ norm }) => norm !== "its"), said("to"), ...place],
    tags: [tag],
    takes: null,
  };
}

function isOwed(tag: Tag): boolean {
  return senseOf(tag, "object")?.hint === "debt";
}

/** "it's TIA that I wish to unstake", "it is 800 USDT that I repay to Venus": what it is done to comes first. */
function findCleft(tags: readonly Tag[]): FoundHead | null {
  const start = tags.findIndex((tag) => /^(?:it's|it is|it)$/.test(tag.norm));
  const that = tags.findIndex(({ norm }, i) => i > start && /^(?:that|which)$/.test(norm));
  const from = tags[start]?.norm === "it" ? start + 2 : start + 1;
  if (start < 0 || that <= from || !tags.slice(0, start).every(isKnownLead)) return null;
  if (from === start + 2 && tags[start + 1]?.norm !== "is") return null;
  const last = may(tags[that - 1], "and", "but") ? that - 1 : that;
  const front = tags.slice(from, last);
  const who = tags[that + 1];
  const isFrame = who?.senses.some((sense) => sense.role === "frame" && sense.takes === "base");
  const verb = verbOf(tags[that + 2], "base");
  const isSaid = (isFrame || /^(?:i|we)$/.test(who?.norm ?? "")) && front.some(isSlot) &&
    isPlainFront(front);
  if (!isSaid || !verb || verb.actions.length === 0) return null;
  return headAt(tags, that + 2, verb, "request", tags.slice(0, start).concat(who!), front);
}

/** "USDC is what I want for my 400 S", "the vault is where I want 600 USDC to go". */
function findWhatIsWanted(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex(({ norm }, i) =>
    norm === "is" && /^(?:what|where)$/.test(tags[i + 1]?.norm ?? "")
  );
  const frame = tags[at + 2];
  const isFrame =
    frame?.senses.some((sense) => sense.role === "frame" && sense.takes === "thing") &&
    SPEAKER.test(frame.norm.split(" ")[0]!.replace(/'d$/, "")) &&
    !/\b(?:have|got)$/.test(frame.norm);
  const front = tags.slice(0, at).filter((tag) => lightRole(tag) === null);
  if (at < 1 || !isFrame || !front.some(isSlot) || !isPlainFront(front)) return null;
  const end = tags.findIndex(({ norm }, i) =>
    i > at && /^(?:to go|to be|to sit|put|to land)$/.test(norm)
  );
  const rest = tags.slice(at + 3, end < 0 ? undefined : end);
  const last = end < 0 ? [] : tags.slice(end + 1).filter((tag) => tag.norm !== "go");
  const { from } = tags[0]!;
  const isPlace = tags[at + 1]!.norm === "where";
  const gives = rest[0]?.norm === "for" && rest.some((tag) => mayName(tag, "asset"));
  if (isPlace ? !rest.some((tag) => may(tag, "name")) : !gives) return null;
  const into: Tag = { from, to: from, text: "into", norm: "into", senses: [{ role: "prep" }] };
  return {
    head: {
      form: "wish",
      word: isPlace ? "put" : "get",
      actions: isPlace ? [] : ["->"],
      from,
      to: from,
    },
    frame: tags.slice(at, at + 3),
    front: [],
    back: isPlace ? [...rest, into, ...front, ...last] : [...front, ...rest],
    tags: [],
    takes: "thing",
  };
}

/** "comes out of Sky": what stands behind may be the name of a place, though no list has it. */
function opensPlace(tag: Tag | undefined): boolean {
  return may(tag, "name", "determiner") ||
    tag !== undefined && tag.senses.length === 0 && /^\p{Lu}/u.test(tag.text);
}

/** Where the wish begins in "it would be nice if …"; -1 if there is none. */
function wishedAt(tags: readonly Tag[]): number {
  const at = tags.findIndex(({ norm }) => norm === "if") + 1;
  const lead = tags.slice(0, at).map(({ norm }) => norm).join(" ");
  const isWish = GRATEFUL.test(lead) && /^(?:it|i|we|that)(?: would|'d)\b/.test(lead) &&
    !/\b(?:not|never|no)\b|n't\b/.test(lead);
  return at > 0 && isWish ? at : -1;
}

/** "I take now my fees out", "we are selling 2 ETH", "I have resolved to unstake …". */
function findDecision(tags: readonly Tag[]): FoundHead | null {
  let speaker = -1;
  let strays = 0;
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    const words = tag.norm.split(" ");
    if (!isKnownLead(tag) && !verbOf(tag, "base", "gerund")) strays++;
    if (speaker < 0 && SPEAKER.test(words[0]!)) speaker = i;
    if (words.some((word) => DOUBTS.test(word)) && !may(tag, "frame")) return null;
    if (tag.quantity || may(tag, "name", "object") || (tag.mark && tag.mark !== "-")) return null;
    const before = tags[i - 1];
    const verb = verbOf(tag, "base");
    const isTo = before?.norm.split(" ").at(-1) === "to" ||
      may(before, "courtesy", "address", "urgency") || may(before, "frame");
    // "I need cash for rent": a thing, where "I need to cash …" is an act
    const isWanted = verb !== undefined && may(before, "frame") &&
      before!.senses.every((sense) => sense.role !== "frame" || sense.takes === "thing") &&
      !opensObject(tags[i + 1]);
    if (isWanted) continue;
    const follows = i === speaker + 1 ||
      (speaker >= 0 && i > speaker && lightRole(before!) !== null);
    // "the thing to do is to supply …"
    const isNamed = strays === 0 &&
      (speaker >= 0 || tags.slice(0, i).some((one) => may(one, "courtesy", "frame")) ||
        NAMED_TASK.test(tags.slice(0, i).map(({ norm }) => norm).join(" ")));
    if (
      verb && i > 0 && verb.actions.length > 0 && isNamed && (isTo || (speaker >= 0 && follows))
    ) {
      return headAt(tags, i, verb, "request", tags.slice(0, i), []);
    }
    const gerund = verbOf(tag, "gerund");
    const goes = speaker >= 0 && /^(?:i'm|we're|i am|we are|am|are|im)$/.test(before?.norm ?? "");
    if (gerund && gerund.actions.length > 0 && goes && strays === 0) {
      return headAt(tags, i, gerund, "request", tags.slice(0, i), []);
    }
  }
  return null;
}

function opensObject(tag: Tag | undefined): boolean {
  return tag?.quantity !== undefined || may(tag, "name", "determiner", "pronoun", "object");
}

/** "navi rewards sui pls claim em": what is acted on comes first, the verb after it. */
function findLater(tags: readonly Tag[]): FoundHead | null {
  let slots = 0;
  let asks = false;
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    const words = tag.norm.split(" ");
    if (words.some((word) => DOUBTS.test(word) || SPEAKER.test(word))) {
      if (!may(tag, "adjective", "frame", "courtesy")) return null;
    }
    const verb = verbOf(tag, "base");
    // "the half of FRAX in Fraxlend take it back"
    const isTaken = slots > 0 && verb?.foreign === undefined &&
      /^(?:it|them)$/.test(tags[i + 1]?.norm ?? "") &&
      tags.slice(i + 2).every((one) =>
        lightRole(one) !== null || one.quantity !== undefined || may(one, "particle")
      );
    if (
      i > 0 && verb && (verb.actions.length > 0 || isTaken) && !(may(tag, "name") && slots === 0) &&
      (slots > 0 || asks)
    ) {
      const isNoun = may(tag, "noun") && may(tags[i - 1], "determiner", "prep");
      const front = tags.slice(0, i);
      const twice = front.some(({ quantity }) => quantity) &&
        tags.slice(i).some(({ quantity }) => quantity);
      // "stake 5 ape on Aave": what is counted
      const isCounted = tags[i - 1]!.quantity !== undefined &&
        verbOf(tags[0], "base") !== undefined &&
        !front.some((one) => may(one, "name"));
      if (!isNoun && !twice && !isCounted && isPlainFront(front)) {
        return headAt(tags, i, verb, "noun", [], front);
      }
    }
    if (isSlot(tag)) slots++;
    if (may(tag, "courtesy") || /^(?:so|hence|thus|therefore|then)$/.test(tag.norm)) asks = true;
  }
  return null;
}

/** "6 savax unstaked back to avax", "my 15 LINK deposited please". */
function findDoneLast(tags: readonly Tag[]): FoundHead | null {
  if (!tags.some((tag) => may(tag, "courtesy", "urgency"))) return null;
  let slots = 0;
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    const words = tag.norm.split(" ");
    if (
      words.some((word) => DOUBTS.test(word) || SPEAKER.test(word) || isBe(tag)) &&
      !may(tag, "adjective")
    ) return null;
    const verb = verbOf(tag, "participle");
    if (verb && verb.actions.length > 0 && slots > 0 && !may(tags[i - 1], "determiner")) {
      const front = tags.slice(0, i);
      return isPlainFront(front) ? headAt(tags, i, verb, "participle", [], front) : null;
    }
    if (tag.quantity || may(tag, "name")) slots++;
  }
  return null;
}

/** "I ask for a 5,500 USDC loan", "my wish is credit of 75 APT": an act that is asked for. */
function findAct(tags: readonly Tag[]): FoundHead | null {
  const words = wordsOf(tags);
  if (!words.some((word) => ASKS.test(word))) return null;
  if (
    words.some((word) =>
      /^(?:not|never|don't|they|he|she|who|when|if|why|how|might|was|were|had)$/.test(word)
    )
  ) return null;
  const at = tags.findIndex((tag, i) =>
    may(tag, "noun") && !/^(?:back|out|out of)$/.test(tags[i + 1]?.norm ?? "") &&
    senseOf(tags[i + 1], "object")?.hint !== "reward"
  );
  if (at < 0) return null;
  const start = tags.findIndex((tag) => isSlot(tag) || may(tag, "determiner", "noun"));
  const asked = tags.slice(0, Math.min(start, at));
  if (!asked.every(isKnownLead)) return null;
  const tag = tags[at]!;
  const { actions } = senseOf(tag, "noun")!;
  return {
    head: { form: "noun", word: tag.norm, actions, from: tag.from, to: tag.to },
    frame: asked,
    front: tags.slice(Math.min(start, at), at),
    back: tags.slice(at + 1),
    tags: [tag],
    takes: null,
  };
}

const BRINGS = /^(?:in|into|to|onto|on|with|at|towards|toward|inside|->|in to|behind)$/;
const TAKES_OUT = /^(?:from|off|out of|out|back|back from|off of|outta|out from|back to|home)$/;

/** "we'd like two hundred USDC from our Aave deposit": what is wanted, and where it is or shall be. */
function findWanted(tags: readonly Tag[]): FoundHead | null {
  const at = tags.findIndex((tag) => may(tag, "frame"));
  const frame = tags[at];
  if (!frame || !frame.senses.some((sense) => sense.role === "frame" && sense.takes === "thing")) {
    return null;
  }
  // "Kim's 3 ETH need unstaking from Lido": who is told of
  if (
    at > 3 || tags.slice(0, at).some(isOwner) ||
    /^(?:i have|we have|i've got|i got|get|have|let)$/.test(frame.norm)
  ) return null;
  const rest = tags.slice(at + 1);
  if (wordsOf(rest).some((word) => DOUBTS.test(word))) return null;
  // "my money from the Harvest vault I'd like to see in my wallet"
  const comesHome = rest.at(-1)?.norm === "in my wallet" &&
    rest.some((tag) => may(tag, "place_word", "object") || mayName(tag, "place"));
  const direction = comesHome ? "get back" : directionOf(rest);
  const rewards = rest.some((tag) => senseOf(tag, "object")?.hint === "reward");
  // "need more debt of GHO, 400"
  const lends = direction === null && frame !== undefined &&
    rest.some((tag) => senseOf(tag, "object")?.hint === "debt") &&
    rest.some(({ norm }) => /^(?:more|extra|additional|fresh|new|another|a further)$/.test(norm));
  if (lends) return verbless(tags, at, tags.slice(0, at + 1), rest, "take on");
  if (!rest.some(isSlot) || (direction === null && !rewards)) return null;
  return verbless(tags, at, tags.slice(0, at + 1), rest, rewards ? "claim" : direction!);
}

/** "out of Echelon with my APT", "into the vault with 500 USDC": where to, and with what. */
function findThrown(tags: readonly Tag[]): FoundHead | null {
  const start = tags.findIndex((tag) => lightRole(tag) === null && tag.mark === undefined);
  const lead = tags[start];
  const at = tags.findIndex(({ norm }, i) => i > start + 1 && norm === "with");
  if (lead === undefined || at < 0 || !/^(?:out of|off|into|onto|in|to)$/.test(lead.norm)) {
    return null;
  }
  const place = tags.slice(start, at);
  const thing = tags.slice(at + 1);
  const isOpened = thing[0]?.quantity !== undefined || may(thing[0], "determiner", "pronoun");
  if (!isOpened || !thing.some(isSlot) || !isPlainFront(place) || !isPlainFront(thing)) return null;
  const isOut = /^(?:out of|off)$/.test(lead.norm);
  const found = verbless(tags, start, [], [...thing, ...place], isOut ? "get back" : "put");
  const isNamed = (kind: NameKind) => place.some((tag) => mayName(tag, kind));
  // "into USDC with my 500 DAI"
  return found && !isOut && isNamed("asset") && !isNamed("place") &&
      !place.some((tag) => may(tag, "place_word", "object"))
    ? { ...found, head: { ...found.head, form: "arrow", word: "to", actions: ["->"] } }
    : found;
}

/** "100 GHO into the Aave savings vault please", "usdc 250 out morpho": an amount, and where it goes. */
function findVerbless(tags: readonly Tag[]): FoundHead | null {
  // "symbiotic rewards to me pls"
  const rewards = tags.some((tag) => senseOf(tag, "object")?.hint === "reward") &&
    tags.some((tag) => may(tag, "self", "courtesy")) && tags.some((tag) => may(tag, "name"));
  if (rewards && isPlainFront(tags)) return verbless(tags, 0, [], tags, "claim");
  const counted = tags.findIndex((tag) =>
    tag.quantity !== undefined && tag.quantity.refusal === undefined
  );
  const named = tags.findIndex((tag) => may(tag, "name"));
  if (counted < 0 || named < 0 || !isPlainFront(tags)) return null;
  if (
    tags.some((tag) =>
      SPEAKER.test(tag.norm.split(" ")[0]!) || may(tag, "be") || verbOf(tag, "third", "gerund")
    )
  ) return null;
  const direction = directionOf(tags.slice(Math.min(counted, named)));
  if (tags.some((tag) => may(tag, "frame"))) return null;
  const found = direction === null ? null : verbless(tags, 0, [], tags, direction);
  return found && { ...found, head: { ...found.head, form: "verbless" } };
}

function isOwner({ norm, senses }: Tag): boolean {
  return norm.endsWith("'s") && senses.length === 0;
}

function directionOf(tags: readonly Tag[]): "put" | "get back" | null {
  for (const [i, { norm }] of tags.entries()) {
    if (TAKES_OUT.test(norm)) return "get back";
    if (
      i > 0 && BRINGS.test(norm) &&
      tags.slice(i + 1).some((tag) => may(tag, "name", "place_word", "object"))
    ) return "put";
  }
  return null;
}

function verbless(
  tags: readonly Tag[],
  at: number,
  frame: readonly Tag[],
  back: readonly Tag[],
  word: string,
): FoundHead | null {
  const first = tags[at];
  if (!first) return null;
  return {
    head: { form: "wish", word, actions: [], from: first.from, to: first.from },
    frame,
    front: [],
    back,
    tags: [],
    takes: frame.length > 0 ? "thing" : null,
  };
}
