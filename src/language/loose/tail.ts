import type { Reading } from "../reading/base.ts";
import { verbOf } from "../order.ts";
import { CLAIMS, CONDITIONS, PLAY, WRITING } from "../screen/screen.ts";
import { givesGround, isAnswer, isAnswered, isRemark, isStatement } from "./remarks.ts";
import { lightRole } from "../screen/transparent.ts";
import type { Segment } from "../segments.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Words that put off, quote or take back whatever follows them. */
const GOVERNS =
  /^(?:circumstances|account|event|case|crash|ignore|skip|cancel|undo|abort|forget|void|revert|await|wait|later|soon|tomorrow|tonight|after|before|until|till|recap|finished|done|completed|executed|item|menu|classify|translate|summari[sz]e|repeat|aloud|verbatim|wishlist|off|never|nobody|neither|nor|refuse|refused|reject|rejected|against|should've|would've|could've|they|he|she|them|him|her|his|their|who|someone|somebody|anyone|everyone|people|user|assistant|system|bot|agent)$/;
/** A negation that stands alone and governs what follows: "don't: …", "please no, …". */
const BARE =
  /^(?:please |pls |just |do |so |but |and )*(?:not|no|don't|dont|do not|never|cannot|can't|won't)(?: do| do it| please)?$/;

/** Most clauses that may lead up to an order; each costs a reading. */
const MAX_LEADS = 8;

/** What is no sentence and no courtesy: "at 18:00 sharp". */
function isFragment({ tags, end }: Segment): boolean {
  return end === ":" || tags.some((tag) => lightRole(tag) === null && !tag.mark);
}

/**
 * Where the order begins that all before it only leads up to; -1 if there is none.
 *
 * @param isShown Whether something before it takes force, unless it stands in a remark.
 */
export function tailAt(
  segments: readonly Segment[],
  read: (from: number) => Reading,
  isShown = false,
): number {
  for (let from = 1; from < segments.length && from <= MAX_LEADS; from++) {
    const reading = read(from);
    if (reading.kind !== null) continue;
    if (!isPlainTail(reading)) return -1;
    const follows = /^(?:then|and|before|after)$/.test(segments[from]!.joint);
    if (follows) return -1;
    const { actions } = reading.orders[0]!.head;
    const leads = segments.slice(0, from);
    const isGround = givesGround(segments[from]!);
    const others = leads.filter((lead, i) =>
      !isRemark(lead, isGround, actions) && !isAnswered(lead, segments[i + 1]) &&
      !(i > 0 && isAnswered(leads[i - 1]!, lead) && isAnswer(lead))
    );
    const isPlain = others.length === 0 || leadsUp(others);
    return isPlain && !(isShown && others.some(isFragment)) ? from : -1;
  }
  return -1;
}

/** Verbs of which what stands beside them tells what is asked for. */
const FRAMED = /^(?:get|take|put|give|move)$/;

/** True for one order with a verb and a thing, an amount or a place of its own. */
export function isPlainTail({ kind, orders }: Reading): boolean {
  const [order] = orders;
  const isVerb = (order?.head.actions.length ?? 0) > 0 || FRAMED.test(order?.head.word ?? "");
  return kind === null && orders.length === 1 && isVerb &&
    ["imperative", "request"].includes(order!.head.form) && order!.head.repaired === undefined &&
    order!.phrases.some(({ names, amount }) => names.length > 0 || amount !== null) &&
    order!.phrases.every(({ pronoun }) => pronoun === null) &&
    !/ (?:it|them)\b/.test(order!.head.word);
}

/** Fewest words that make a clause of what stands before an order that nothing sets off. */
const MIN_LEAD = 4;
/** Those who do something: "most whales on Lido stake 32 ETH". */
const SUBJECTS =
  /^(?:most|many|some|few|several|other|others|people|you|we|they|he|she|everyone|everybody|whales|users|traders|validators|holders|bots|guide|the guide)$/;
const LETS =
  /^(?:don't|dont|do not|never) (?:let|make|help|allow|have|ask|tell|force|permit|want|try|ever|you)\b/;
const IS =
  /^(?:is|are|was|were|has|have|had|went|got|came|ran|fell|rose|looks?|feels?|seems?|needs?|dropped|crashed|i'm|we're|they're|it's|[a-z]+'s)$/;
const PERCEIVES = /^(?:saw|seen|watched|watching|heard|noticed|caught|observed|witnessed)$/;
/** The same of what has a subject and a verb: "gas is cheap". */
const MIN_CLAUSE = 3;
/** Words after which a verb is no order: "to stake", "I may stake", "the stake". */
const JOINS_ON =
  /^(?:to|for|of|on|from|about|with|by|via|in|at|and|or|not|no|never|than|as|will|may|can|must|shall|should|would|could|might|i'd|i'll|we'd|we'll|you'd|they'd|he'd|she'd|i|he|she|they|we|you|who|that|this|these|those|the|a|an|my|your|his|her|our|their|its|each|every|some|any|is|was|are|were|be|been|being|has|have|had|do|did|does|gonna|wanna|gotta|let|lets|let's|help|make|get)$/;

/** True where an order may begin behind a clause, though nothing sets it off. */
export function mayRunOn(tags: readonly Tag[], at: number): boolean {
  const verb = verbOf(tags[at], "base");
  if (verb === undefined || may(tags[at], "name")) return false;
  // "have the Ankr product take 600 BNB": who is to do it, not a clause
  if (verb.actions.length === 0 && !/^(?:get|put)$/.test(verb.base)) return false;
  const [before, after] = [tags[at - 1], tags[at + 1]];
  // "proud of my 5 ETH deposit into aave"
  const isNoun = may(tags[at], "noun", "object") &&
    !(after?.quantity !== undefined || may(after, "determiner", "name"));
  if (isNoun || before === undefined || before.mark !== undefined && before.mark !== ",") {
    return false;
  }
  if (
    JOINS_ON.test(before.norm.split(" ").at(-1)!) ||
    may(before, "adjective", "determiner", "negation")
  ) {
    return false;
  }
  // "let it stake"; else no verb in its base form follows "it"
  if (
    before.norm === "it" && /(?:^| )(?:let|make|help|see|have|lets)$/.test(tags[at - 2]?.norm ?? "")
  ) {
    return false;
  }
  const words = tags.slice(0, at).filter((tag) => !tag.mark && lightRole(tag) === null);
  if (hastens(tags.slice(0, at))) return true;
  // "thanks for earlier now also lend 200 DAI"
  const isBrief = /^(?:before|sorry)\b/.test(words[0]?.norm ?? tags[0]!.norm);
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  // "don't let my brother stake 5 ETH"
  if (LETS.test(norms.join(" "))) return false;
  const isClause = isStatement(norms) && norms.some((word) => IS.test(word));
  const joins = /^(?:and|so|but)$/.test(norms.at(-1) ?? "");
  // "I saw a bot withdraw 5 ETH"
  if (!joins && norms.slice(-4).some((word) => PERCEIVES.test(word))) return false;
  const isSubject = SUBJECTS.test(norms[0] ?? "") ||
    !isStatement(norms) && /^[a-z]{2,}[^s']s$/.test(before.norm) && !may(before, "object", "noun");
  if (isSubject) return false;
  return words.length >=
    (may(tags[0], "courtesy") ? 1 : isBrief ? 2 : isClause ? MIN_CLAUSE : MIN_LEAD);
}

/** "before it gets worse", "don't let them expire": haste, in words that are about no thing and no person. */
export function hastens(tags: readonly Tag[]): boolean {
  const words = tags.filter((tag) => !tag.mark && (lightRole(tag) === null || may(tag, "subject")));
  const text = words.map(({ norm }) => norm).join(" ");
  const isPlain = words.every((tag) => tag.quantity === undefined && !may(tag, "name"));
  return isPlain &&
    /^(?:don't|dont|do not|never) let (?:it|them|that|those|these) (?:expire|lapse|slip|wait|sit|rot|die|rust|idle|run out|go to waste|sit there|sit around|pile up)$/
      .test(text);
}

/** Fewest words that make a clause of what a colon ends. */
const MIN_LABEL = 3;

/** Of these words, those that take nothing from an order after a clause of its own: "they want a deposit". */
const OF_CLAUSE = /^(?:they|them|their|against|off|never)$/;

/**
 * True for sentences and clauses that take no force from what follows them.
 *
 * @param isRunOn Whether nothing sets off what follows.
 */
export function leadsUp(segments: readonly Segment[], isRunOn = false): boolean {
  if (segments.some(({ end }) => end === "?")) return false;
  const last = segments.at(-1)!;
  const tags = segments.flatMap(({ tags }) => tags);
  const words = tags.filter((tag) => !tag.mark && lightRole(tag) === null);
  // "deprecated: swap 2 ETH": a label may say anything of what follows it
  if (last.end === ":" && words.length < MIN_LABEL) return false;
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  if (/\bnot yet\b/.test(norms.join(" "))) return false;
  // "not now, but stake 5 ETH"
  const loaded = last.tags.filter((tag) => lightRole(tag) === null && !tag.mark);
  const hurries = last.tags.some((tag) => may(tag, "urgency"));
  if (hurries && BARE.test(loaded.map(({ norm }) => norm).join(" "))) return false;
  if (BARE.test(last.tags.map(({ norm }) => norm).join(" ")) && last.end !== ".") return false;
  const governs = (word: string) =>
    GOVERNS.test(word) && !(isRunOn && OF_CLAUSE.test(word)) || CONDITIONS.test(word) ||
    PLAY.test(word) || CLAIMS.test(word) ||
    WRITING.test(word);
  // "usdt 900 -> usde, stake the usde": an order of its own that would be lost
  if (norms.some(governs) || tags.some(({ mark }) => mark === "->" || mark === "<-")) return false;
  if (words.some((tag) => may(tag, "speech", "condition", "question", "play", "foreign"))) {
    return false;
  }
  if (words.some(({ quantity }) => quantity?.refusal && quantity.kind !== "approximate")) {
    return false;
  }
  if (segments.some(isOrder) || segments.some(isAddressed)) return false;
  const isAbout = words.some((tag) => tag.quantity !== undefined || may(tag, "name"));
  return !(isAbout && words.some((tag, i) => acts(tag, words[i - 1], words[i + 1])));
}

/** "Priya, …": somebody else is asked. */
function isAddressed({ tags }: Segment): boolean {
  const words = tags.filter((tag) => !tag.mark && lightRole(tag) === null);
  return words.length > 0 && words.length <= 2 &&
    words.every((tag) => tag.senses.length === 0 && /^\p{Lu}\p{Ll}/u.test(tag.text));
}

/** Verbs that hand something over. */
const HANDS_OVER = /^(?:send|move|transfer|shift|ship|push|remit|pay)$/;

/** "pay my landlord", "send it to …": asked for as well, though no domain carries it out. */
function isOrder({ tags }: Segment): boolean {
  const at = tags.findIndex((tag) =>
    lightRole(tag) === null && !tag.mark && tag.quantity?.kind !== "ordinal"
  );
  const verb = verbOf(tags[at], "base");
  const after = tags[at + 1];
  // "mint an NFT" is one word to the lexicon
  if (verb?.foreign !== undefined && verb.base.includes(" ")) return true;
  if (verb && after?.quantity && !may(tags[at], "name")) return true;
  return verb !== undefined && (verb.foreign !== undefined || HANDS_OVER.test(verb.base)) &&
    (may(after, "determiner", "pronoun", "name", "self"));
}

/** True for an act with an object of its own: an order that would be lost. */
function acts(tag: Tag, before: Tag | undefined, after: Tag | undefined): boolean {
  // "Not before having claimed my rewards, …"
  const isPast = before?.norm === "having" || before?.norm === "have";
  const verb = verbOf(tag, ...isPast ? ["participle"] : ["base", "gerund"]);
  if (verb === undefined || may(tag, "name")) return false;
  if (verb.actions.length === 0 && verb.foreign === undefined) return false;
  return !may(tag, "noun", "object") || before?.norm === "to" || after?.quantity !== undefined ||
    may(after, "name", "pronoun", "determiner");
}
