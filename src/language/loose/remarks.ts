import { verbOf } from "../order.ts";
import { CLAIMS, CONDITIONS, FINITE, OWN_START, PLAY } from "../screen/screen.ts";
import { lightRole } from "../screen/transparent.ts";
import type { Segment } from "../segments.ts";
import { may, type Tag } from "../tokens/tags.ts";
import { isHaste, RETRACTS } from "./background.ts";

/** Words that tell nothing of the order where a statement has them: "it could hit stakers". */
const MODAL = /^(?:could|would|may|might|probably|possibly|maybe|perhaps|hope|wish|should)$/;
/** Times that a reason may name: what was, and what is. */
const PAST =
  /^(?:since |for |in |over |from )?(?:the )?(?:yesterday|overnight|today|tonight|last |this |previous |past |half a |a (?:year|month|week|day)|\d|[a-z]+ (?:years?|months?|weeks?|days?)|[a-z]+ (?:[a-z]+ )?ago)/;
const FUTURE = /\b(?:tomorrow|next|coming|later|soon|from now|until|till|before|after|at|by|on)\b/;
/** What is said of the words of the order itself. */
const ABOUT_WORDS =
  /\b(?:this|these|following|below|type|typed|write|wrote|written|repeat|say|paste|message|word|words|order|orders|you|your)\b/;
const OPENS_GROUND =
  /^(?:since|as|because|cause|cos|coz|now|seeing|given|so|and|but|well|ok|okay)$/;
const OPENS_REASON = /^(?:since|because|cause|cos|coz|now that|seeing that|seeing as|given that)$/;
/** "need cash without selling my BTC, so …" */
const ELLIPTIC = /^(?:need|needed|want|wanna|got|had|been|just|short|low|tired|sick)$/;
const DOUBTS = /^(?:thinking|considering|unsure|undecided|doubts?|wondering|hesitating|torn)$/;
const GIVES_WAY = /^(?:so|thus|hence|therefore|so please)$/;
const NEGATES =
  /^(?:not|no|never|don't|dont|do not|can't|cannot|won't|without|refuse|refused|hate|rather than|instead of|instead|for not|nothing)$/;

/**
 * True for a statement of its own before an order that gives its ground, or small talk: the words in it that
 * would take force from an order have their everyday sense. "Bills to pay.", "My friend recommended AERO, so …".
 *
 * @param isGround Whether the order follows from it: "…, so …".
 * @param actions What the order may ask for.
 */
export function isRemark(
  { tags, end }: Pick<Segment, "tags" | "end">,
  isGround: boolean,
  actions: readonly string[],
  order: readonly Tag[] = [],
): boolean {
  const words = tags.filter((tag) => !tag.mark && (lightRole(tag) === null || may(tag, "subject")));
  if (words.length === 0) return false;
  if (
    (isExclusion(words, actions) || isInstead(words, actions, order)) && /^[,.!;:-]$/.test(end)
  ) return true;
  const gives = isGround || OPENS_REASON.test(tags[0]!.norm);
  const isThanks =
    /^(?:(?:many )?thanks|thank you|thx|thank u|ty|cheers|ever so grateful|so grateful|grateful)\b/
      .test(tags[0]!.norm) &&
    tags[1]?.norm === "for";
  const thanks = isThanks && end === ",";
  if (!/^[.!;\n]$/.test(end) && !thanks && !(gives && /^[,;-]?$/.test(end))) return false;
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  const text = norms.join(" ");
  // "delegate my votes to Kim. Then …": another order
  const opener = words.find(({ norm }) => !OPENS_GROUND.test(norm));
  const isOrder = verbOf(opener, "base") !== undefined && !ELLIPTIC.test(opener!.norm) &&
    !may(words[words.indexOf(opener!) + 1], "be");
  if (isOrder || opener?.norm.startsWith("let") === true) return false;
  const tells = isStatement(norms) ||
    isGround && (ELLIPTIC.test(norms[0]!) || isFragment(words));
  if (!isThanks && !tells) return false;
  const claims = norms.some((word, i) => CLAIMS.test(word) && norms[i + 1] !== "module");
  if (RETRACTS.test(text) || claims) return false;
  const speaks = words.some((tag) => may(tag, "speech"));
  // "my lawyer says no, so …"
  const denies = words.slice(-2).some((tag) => may(tag, "negation"));
  if (speaks && (!gives || denies || ABOUT_WORDS.test(text))) return false;
  if (words.some((tag) => may(tag, "question") && tag !== words[0])) return false;
  return !words.some((tag, i) => barsRemark(tag) || !isThanks && acts(words, i, actions));
}

/** The same of what nothing sets off from the order: "since gas is cheap tonight stake half an ETH". */
export function isRunOnRemark(tags: readonly Tag[], actions: readonly string[]): boolean {
  if (isHaste(tags) || isThanksFor(tags)) return true;
  const norms = tags.filter(({ mark }) => !mark).flatMap(({ norm }) => norm.split(" "));
  return !tags.some((tag) => MODAL.test(tag.norm) || may(tag, "speech", "negation", "question")) &&
    isStatement(norms) && isRemark({ tags, end: "" }, true, actions);
}

/** Words of thanks. */
const THANKS = /^(?:thanks|thank you|thx|thank u|ty|tysm|cheers|ta|sorry)$/;

/** "thx for the reminder": nothing but what the speaker is grateful for. */
export function isThanksFor(tags: readonly Tag[]): boolean {
  const [first, lead, ...rest] = tags.filter(({ mark }) => !mark);
  return THANKS.test(first?.norm ?? "") && lead?.norm === "for" && rest.length > 0 &&
    rest.length <= 4 &&
    rest.every((tag) =>
      !may(tag, "name", "negation", "condition", "question", "speech") &&
      !/^nothing$/.test(tag.norm) &&
      (tag.quantity === undefined || PAST.test(tag.norm)) &&
      !verbOf(tag, "gerund")?.actions.length &&
      !(verbOf(tag, "base") && !may(tag, "noun", "object", "foreign") &&
        verbOf(tag, "base")!.actions.length > 0)
    );
}

/** True if an order says that it follows from what stands before it. */
export function givesGround({ joint, tags }: Segment): boolean {
  return joint === "so" || GIVES_WAY.test(tags[0]?.norm ?? "");
}

/** A subject, and a verb that says something of it. */
export function isStatement(norms: readonly string[]): boolean {
  let start = 0;
  while (OPENS_GROUND.test(norms[start] ?? "") && start < 3) start++;
  const rest = norms.slice(start);
  if (
    rest.length < 2 ||
    /^(?:you|your|if|when|should|would|could|may|might|were|had|did|do|does|is|are|was|can|will|have|has)$/
      .test(rest[0]!)
  ) {
    return false;
  }
  return rest.slice(OWN_START.test(rest[0]!) ? 0 : 1).some((word) =>
    FINITE.test(word) || /^(?:should|must)$/.test(word)
  );
}

function barsRemark(tag: Tag): boolean {
  const { norm, quantity } = tag;
  if (
    quantity?.refusal || ["time", "date", "duration", "schedule"].includes(quantity?.kind ?? "")
  ) {
    const isTime = ["time", "date", "duration"].includes(quantity!.kind);
    // "that four-year lock has run out": which one
    if (isTime && /\S ?- ?(?:year|month|week|day)$/.test(norm)) return false;
    if (quantity!.kind !== "approximate" && !(isTime && PAST.test(norm) && !FUTURE.test(norm))) {
      return true;
    }
  }
  if (MODAL.test(norm)) return false;
  if (may(tag, "condition") && !/^(?:or|given|before)$/.test(norm)) return true;
  return norm.split(" ").some((word) =>
    !MODAL.test(word) && (PLAY.test(word) || CONDITIONS.test(word))
  );
}

/** Verbs of leaving alone what is not to be acted on. */
const TOUCHES = /^(?:touch|touching)$/;

/** "without selling my BTC, …", "don't touch the principal, …": another act than the order's, and no amount. */
function isExclusion(words: readonly Tag[], actions: readonly string[]): boolean {
  const [first, next] = words;
  if (!/^(?:without|not|don't|dont|do not|never|for not)$/.test(first!.norm)) return false;
  const verb = verbOf(next, "base", "gerund");
  const isOther = (verb?.actions.length ?? 0) > 0 &&
    !verb!.actions.some((action) => actions.includes(action));
  return (isOther || TOUCHES.test(next?.norm ?? "")) && words.length <= 7 &&
    words.every((tag) =>
      tag.quantity === undefined && !may(tag, "condition", "speech", "play", "question") &&
      !/^(?:any|anything|everything|all|it all)$/.test(tag.norm)
    );
}

/** "Rather than stake my 4 ETH, lend it": another act with the same thing, which the order refers to. */
function isInstead(
  words: readonly Tag[],
  actions: readonly string[],
  order: readonly Tag[],
): boolean {
  const isRather = words[0]!.norm === "rather" && words[1]?.norm === "than";
  if (!isRather && !/^(?:rather than|instead of)$/.test(words[0]!.norm)) return false;
  const verb = verbOf(words[isRather ? 2 : 1], "base", "gerund");
  const isOther = (verb?.actions.length ?? 0) > 0 &&
    !verb!.actions.some((action) => actions.includes(action));
  const refers = order.some((tag) => /^(?:it|them)$/.test(tag.norm) || tag.quantity !== undefined);
  return isOther && actions.length > 0 && refers && words.length <= 10 &&
    !words.some((tag) => may(tag, "condition", "speech", "play", "question"));
}

/** "Groceries tonight, so …", "half a year of staking KAVA, so …" */
function isFragment(words: readonly Tag[]): boolean {
  const [first] = words;
  return words.length <= 8 && !verbOf(first, "base") &&
    !words.some(({ norm }) => MODAL.test(norm) || DOUBTS.test(norm)) &&
    !may(first, "prep", "condition", "frame", "label", "question", "name", "then", "negation") &&
    (first!.quantity === undefined || words.length > 2);
}

/**
 * True for an act with an object of its own: it may be asked for as well. What the speaker will not do instead
 * of the order is no order, and what somebody asked of him without any thing is the order itself.
 */
function acts(words: readonly Tag[], at: number, actions: readonly string[]): boolean {
  const tag = words[at]!;
  const verb = verbOf(tag, "base", "gerund");
  if (verb === undefined || may(tag, "name", "noun", "object")) return false;
  const after = words[at + 1];
  const isDone = after?.quantity !== undefined ||
    may(after, "name", "pronoun", "determiner", "object");
  if (!isDone || (verb.actions.length === 0 && verb.foreign === undefined)) return false;
  const isSame = verb.actions.some((action) => actions.includes(action));
  if (words.slice(0, at).some(({ norm }) => NEGATES.test(norm))) return isSame;
  const isLoaded = words.some((one) => one.quantity !== undefined || may(one, "name"));
  return !isSame || isLoaded;
}

/** Answers that one gives oneself: "Loopring? nah.", "still there? good". */
const ANSWERS = /^(?:no|nah|nope|yes|yeah|yep|yup|good|great|fine|ok|okay|right|never mind)$/;
/** Small talk that asks the one who listens: "do you still listen?", "you there?" */
const ASKS_LISTENER =
  /^(?:(?:do |can |are |have |did )?(?:you|u)(?: still| always)? (?:there|here|awake|remember|know|hear|listen|see|alive|ready|around|listening|seen|heard)\b|do (?:you|u)(?: still)?$|(?:how|what)(?:'s| is| are| goes| do| about)? (?:you|it|life|up|things|your|everything)\b)/;
/** Most words of a name that is weighed and dropped: "Nolus loan? nope." */
const MAX_ECHO = 3;

/** True for a question that is answered before the order comes, or that only greets. */
export function isAnswered({ tags, end }: Segment, next: Segment | undefined): boolean {
  if (end !== "?" || next === undefined) return false;
  const words = tags.filter((tag) => !tag.mark && (lightRole(tag) === null || may(tag, "subject")));
  const text = words.map(({ norm }) => norm).join(" ");
  if (words.some((tag) => tag.quantity !== undefined || may(tag, "speech", "condition", "play"))) {
    return false;
  }
  if (ASKS_LISTENER.test(text)) return !words.some((tag) => verbOf(tag, "base")?.actions.length);
  const isEcho = words.length <= MAX_ECHO &&
    words.every((tag) =>
      !may(tag, "question", "negation") && !/^(?:should|shall|can)$/.test(tag.norm)
    );
  return isEcho && next.tags.length > 0 && ANSWERS.test(next.tags[0]!.norm);
}

/** "nah.", "good, …": an answer alone. */
export function isAnswer({ tags }: Segment): boolean {
  return tags.every((tag) =>
    ANSWERS.test(tag.norm) || lightRole(tag) !== null || tag.mark !== undefined
  );
}
