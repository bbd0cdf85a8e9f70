import type { FoundHead } from "../head.ts";
import { verbOf } from "../order.ts";
import { CLAIMS } from "../screen/screen.ts";
import { lightRole } from "../screen/transparent.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Verbs that make a clause tell instead of asking. */
const FINITE =
  /^(?:is|are|was|were|am|has|have|had|did|does|do|went|got|came|ended|finished|happened|worked|failed|confirmed|took|made|gave|will|would|could|might|goes|comes|cost|costs|arrived|means|seems|looks|feels|'s)$/;
const ASIDE =
  /^(?:is|are|am|does|did|was|were|how|why|when|who|which|should|what|where|whose|had|whether|nobody)$/;
/** Words that ask where a subject follows: "have you", "do we". */
const INVERTS = /^(?:do|have|would|will)$/;
/** Words before a head that leave it an order. */
const BEFORE_HEAD =
  /^(?:if|should|could|would|can|may|must|shall|to|be|i'd|that|were|wish|ask|ought|let|given|what|now that)$/;
const STOPS_ORDER =
  /^(?:n't|n|hell|dead|dismiss|not|no|never|don't|dont|do not|cannot|can't|won't|isn't|aren't|without|nor|neither|nothing|none|nobody|refrain|avoid|eventually|ultimately|someday|cancel|abort|stop|undo|revert|forget|retract|void|hold|skip|ignore|disregard|decline|declined|declines|against|circumstances|if|unless|until|till|when|whenever|once|while|wait|might|maybe|perhaps|possibly|probably|pretend|imagine|suppose|example|test|draft|simulate|simulation|scrap|delete|drop|reject|guide|how|why|who|whether|they|he|she|price|define|automate|prepare)$/;

/** "against selling ETH", "I refuse to sell": an act that is named as what is not wanted. */
export function isShunned(tags: readonly Tag[], at: number): boolean {
  const before = tags.slice(Math.max(0, at - 3), at).map(({ norm }) => norm).join(" ");
  if (
    /(?:^| )(?:don't|dont|do not|never|won't|wouldn't|not) (?:want to|wanna|wish to|need to|like to|plan to|intend to|have to|going to|gonna|wanting to|looking to|willing to)$/
      .test(before)
  ) {
    return true;
  }
  return /(?:^| )(?:against|without|rather than|instead of|(?:refuse|refused|reluctant|loath|hate|(?:don't|dont|do not|not|no longer|never) (?:plan|planning|intend|intending|wish|want|need|like|going)|unwilling) to)$/
    .test(before);
}

/** True if one of the words makes a sentence that tells. */
export function tells(unread: readonly Tag[]): boolean {
  return unread.some((tag) =>
    FINITE.test(tag.norm) || /^(?:i'm|we're|it's|that's|they're|i am)$/.test(tag.norm)
  );
}

/** True if words that are left unread beside an act that is named make a sentence that tells. */
export function isTelling(
  { head, takes, front, back, tags }: FoundHead,
  unread: readonly Tag[],
): boolean {
  // "swap failed again": what looks like an order is a thing that did something
  if (head.form === "imperative") {
    return /^(?:failed|went|worked|cost|happened|is|was|has|had|took|did|are|were)$/.test(
      back[0]?.norm ?? "",
    );
  }
  if (takes !== null) return false;
  const isThird = unread.some((tag) => verbOf(tag, "third") || /^[a-z]{3,}[^s]s$/.test(tag.norm));
  if (tells(unread) || isThird) return true;
  const isVerb = tags.some((tag) => verbOf(tag, "base")) && !may(front.at(-1), "determiner");
  if (head.form !== "noun" || isVerb) return false;
  const asks = [...front, ...back].some((tag) => may(tag, "courtesy"));
  return !asks && unread.some((tag) => tag.senses.length === 0 && !tag.mark);
}

/** True if words before a head, which its frame skips, take away its force. */
export function skippedFault(tags: readonly Tag[], { head, frame }: FoundHead): boolean {
  const first = tags.find((tag) => lightRole(tag) === null && !tag.mark);
  const asksFor =
    (head.form === "request" ? /^what (?:i|we)\b|^how (?:about|bout)$/ : /^what (?:i|we)\b/)
      .test(first?.norm ?? "");
  if (first && ASIDE.test(first.norm.split(" ")[0]!) && !asksFor) {
    return true;
  }
  const rest = tags.filter((tag) => lightRole(tag) === null && !tag.mark);
  // "would it be possible to …" is the frame of what it asks for
  const asksLeave = /^(?:would|will)$/.test(rest[0]?.norm ?? "") && rest[1]?.norm === "it" &&
    frame.includes(rest[1]);
  const inverts = INVERTS.test(rest[0]?.norm ?? "") && !asksLeave &&
    /^(?:i|we|they|he|she|it|you)\b/.test(rest[1]?.norm ?? "");
  if (inverts) return true;
  return tags.some((tag) => tag.from < head.from && takesForce(tag, frame.includes(tag)));
}

function takesForce(tag: Tag, isFramed: boolean): boolean {
  // "the SOL I hold": what it is
  if (may(tag, "insistence", "courtesy", "urgency", "adjective")) return false;
  const words = tag.norm.split(" ");
  if (words.some((word) => CLAIMS.test(word))) return true;
  if (may(tag, "frame")) return false;
  const isOther = may(tag, "speech", "foreign") || verbOf(tag, "base")?.foreign !== undefined;
  if (isOther && !/^(?:see|ask|order|request|instruct)$/.test(tag.norm)) return true;
  return words.some((word) => STOPS_ORDER.test(word)) && !(isFramed && BEFORE_HEAD.test(tag.norm));
}
