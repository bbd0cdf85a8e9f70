import { verbOf } from "../order.ts";
import { lightRole } from "../screen/transparent.ts";
import { CLAIMS, FINITE } from "../screen/screen.ts";
import { isShunned } from "./telling.ts";
import { isIdle } from "./words.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";

/** A condition of politeness. */
const COURTEOUS =
  /^(?:and |but )?if (?:i may|we may|it (?:isn't|is not|wouldn't be|'s not|would not be)|it's (?:no|not|ok|okay|fine|alright)|it (?:please|pleases) (?:you|the)|you(?:'d| would| will|'ll) (?:be|please|kindly|allow)|you (?:wouldn't|would not|don't|do not) mind|that(?:'s| is) (?:ok|okay|fine|alright|no|not)|allowed|permitted|convenient)\b/;

/** What takes an order back or puts it off, wherever it is said. */
export const RETRACTS =
  /\b(?:in advance|what (?:i|we) said|get ready|my target|fair (?:number|price|value)|take (?:it|that|this) back|took it back|changed? (?:my|our) mind|second thoughts?|scratch (?:that|it)|strike (?:that|it)|scrap (?:that|it)|hang on|forget (?:it|that|about)|never ?mind|ignore|disregard|cancel|undo|revert|abort|(?:just|only) (?:kidding|joking)|jk|kidding|joking|sarcasm|not yet|(?<!rather |to )hold (?:on|off|it|that)|wait (?:for|until|till)|don't do|do not do|don't execute|stop there|call it off|my mistake|wrong|oops|later|tomorrow|unless|until|till|only if|whenever|as soon as|once (?:it|the|i|we|my)|i'll (?:tell|say|let you know|confirm)|let you know|let me know|confirm|first ask|ask me|my signal|my word|go-?ahead|approval|approved?|sign(?:ed|s|er)?|for now|as an example|for example|for instance|in theory|no (?:real|actual)|for fun|nothing real|simulat\w+|drill|preview|dry[- ]run|backtest|sandbox|testnet|hypothetical\w*|pretend|imagine|suppose|supposing|role-?play|mock|fictional|quote|lyrics|poem|screenplay|novel|story)\b/;
/** A clause that stands under a condition. */
const CONDITIONAL =
  /^(?:if|so long as|as long as|unless|when|whenever|once|until|till|provided|providing|assuming|in case|supposing|should|otherwise|else|or|either|before|while|depending|subject|pending|upon|contingent|as soon|as long|except|only|maybe|perhaps|would|could|can|may|might|do|does|did|is|are|were|had|in the event|given|failing|each|every|what|how|why|which|who|where|whether|you|your|he|she|they|somebody|someone|nobody|everyone|people|suppose|imagine|let)$/;
/** Openings of a sentence with a verb in them, and of talk that needs none. */
const OWN = /^(?:ive|weve|i'm|im|i've|i'd|i'll|we're|we've|it's|there's|that's)$/;
const OPENS =
  /^(?:thanks|thank|sorry|apologies|pardon|excuse|forgive|good|nice|great|hope|having|talking|after|so|because|since|as|for|been|all|one|just)$/;
/** What an order is for, or what goes with it: "to satisfy the lender covenant". */
const PURPOSE =
  /^(?:to [a-z]+ (?:the|a|an|my|our|some)\b|in view of|in light of|in line with|with thanks|with regard|for [a-z]+ reasons|lovely|good|nice|what a|welcome|need|as a|as an|first things first|last request|one last|quick)\b/;
const ABOUT_ORDER =
  /\b(?:don't|do not|never|not|won't|no|nobody|cannot|can't) (?:do|execute|send|submit|sign|touch|act|sure|ready|it|that|this|want (?:it|this|that|you)|do (?:it|this|that))\b/;
const UNSURE =
  /\b(?:i'm|im|i am|we're|we are) (?:not|unsure|undecided|(?:just |only )?(?:asking|curious|wondering|saying|testing|thinking))\b(?! (?:patient|waiting|selling|paying|a|the|happy|using|getting|in the mood|touching))/;
const SAYS =
  /\b(?:says|said|told|tells|wrote|writes|asks|asked|suggests|suggested|recommends|recommended|advises|advised|tweeted|posted|claims|claimed|reads|goes like|repeat|translate|shouted|whispered|quote|quoted|called|titled|named|labelled)$/;
const TELLS_FINITE =
  /^(?:they|they've|they're|i|i'm|i've|i'd|i'll|we|we're|we've|it|it's|its|there|there's|that's|my|our|their|i'd rather|the|a|an|this|these|those|no|so|as|since|because|having|for|with|thanks|thank|sorry|been|all|one|everything|nothing|hope|good|nice|great|just|too|yes|now|due|when i|talking|having)$/;

/** "they upped the commission", "they've raised the fees", "they're bleeding". */
const OTHERS_DID =
  /^(?:(?:they|theyve|they've|they have) (?:just |now |only |all )?(?!(?:want|agree|decid|cancell?|approv|ask|order|request|fail|promis|suggest|plann|declin|refus|reject|call|need|demand|propos|instruct|sign|insist)(?:e)?d )(?:[a-z]{2,}ed|cut|ran|lost|broke|hit|shut|put) [a-z]|(?:they're|theyre|they are) (?:[a-z]+ing|down|dead|broke|bust|insolvent|offline|closing)) ?/;

/** "This is merely a test of the line". */
const IS_TEST =
  /\b(?:this|it|that)(?:'s| is) (?!not\b|no\b)(?:\w+ )*(?:test|drill|demo|simulation|exercise|example|rehearsal|draft)\b/;

/** "After lunch": later. */
const DAYTIME =
  /^after (?:the |my |our |a )?(?:lunch|dinner|breakfast|work|school|meeting|call|class|gym|weekend|holidays?|trip|break|nap|close|hours|midnight|noon)$/;

/** Words for what is written: what follows a colon after one is quoted. */
const WRITING =
  /\b(?:phrase|password|song|title|plans?|notes?|message|e?mail|docs|text|quote|story|poem|memo|headline|prompt|words?|sentence|tweet|post|sign|label|caption|subject|headers?|logs?|history|status|error|summary|transcript|script|motto|slogan|rumou?r|advice|tip|rules?|article|book|page|letter|output|response|code|agenda|saying|example|user|system|assistant|agent|bot|him|her|them)\b/;

/** "First item of the day:", "Treasury instruction:": what only announces an order. */
const ANNOUNCES =
  /^(?:(?:and|now|here|is|here's|my|our|the|a|an|one|just|another|more|first|second|third|next|last|final|top|new|urgent|important|main|only|single|simple|small|quick|little|tiny|big|today's|morning|treasury|desk|drawing|withdrawal|deposit|swap|staking|repayment|borrowing|loan) )*(?:order|request|instruction|item|task|priority|job|errand|trade|thing|favou?r|more)(?: (?:of|for|on) (?:the day|today|business|the list|the desk|you|this morning))?(?: is)?$/;

/** "degen time:", "time to touch grass,": what the moment is for, and no time of the day. */
const OCCASION = /^(?:(?:it's|it is|now it's|and now|now) )?(?:a )?(?:[a-z]+ ){1,3}time$/;
const NO_OCCASION =
  /\b(?:this|that|next|last|first|second|some|any|every|each|of|in|on|at|by|no|not|same|long|short|real|full|part|more|less|due|story|bed|nap|lunch|dinner|breakfast|tea|break|closing|opening|play|game|test|free|spare|night|day|summer|winter|any other|the|old|wrong|right|bad|good)\b/;

function isOccasion(words: readonly Tag[], text: string): boolean {
  return OCCASION.test(text) && !NO_OCCASION.test(text) &&
    words.every((tag) =>
      tag.quantity === undefined && !may(tag, "negation", "condition", "question", "speech", "play")
    );
}

/** What is done to the order, and not by it. */
const DROPS =
  /^(?:now )?(?:dropping|removing|deleting|cancell?ing|scrapping|shelving|parking|postponing|reverting|rejecting|closing) (?:this|that|it|these)\b/;

/** "validator doesn't matter", "don't care which": what is left open anyway. */
const INDIFFERENT =
  /^(?:i |we )?(?:really |just )?(?:don't|dont|do not|couldn't) (?:really )?(?:care|mind)\b|^(?:the |which )?(?:[a-z]+ ){1,2}(?:doesn't|does not|don't|do not|isn't|is not) (?:matter|important|a concern|an issue|a problem)$/;
/** "today's rates are a joke": a judgement, and no play. */
const SCORNS =
  /^(?!this|that|it|these|those|here|i\b|we\b|you)(?!.*\b(?:order|request|instruction|task|message|prompt|all|thing|everything|above|lot|text|question)\b)\S+(?: \S+){0,3} (?:is|are|was|were|has become|have become) (?:a |an |such a |just a |total |absolute |complete |bad )+(?:joke|nightmare|dream)$/;
/** "rates are trash", "gas is cheap": a thing, and how it is. */
const IS_SO = /^(?:[a-z']+ ){1,3}(?:is|are|was|were|looks?|feels?|seems?) [a-z]/;

function isAsideAbout(words: readonly Tag[], text: string): boolean {
  return (INDIFFERENT.test(text) || SCORNS.test(text)) &&
    words.every((tag) =>
      tag.quantity === undefined && !may(tag, "name", "condition", "question", "speech")
    );
}

/** "Grandma here", "half asleep here": who speaks. */
const INTRODUCES =
  /^(?!stop|wait|not|no|stay|leave|come|hold|nothing|nobody|anyone|who|what|is|are|you|right|from|over|put|look|nothing|he|she|they|see|done)(?:[a-z-]+ ){1,3}here$/;

/** What may not be waited for before an order that is given for now: "before they liquidate me". */
const HASTE =
  /^before (?:i|we|the|it|my|our|they|he|she|fees|gas|rates?|prices?|interest|everyone|everybody|anyone|someone|somebody|people|others|another|dinner|lunch|breakfast|bed|bedtime|work|school|class|church|gym|midnight|noon|sunset|christmas|easter|things)\b/;

/** "quick one before my train leaves". */
const BRIEF =
  /^(?:just )?(?:(?:a|one) )?(?:quick|last|final|small|little|more)(?: little| quick| last)?(?: (?:one|thing|favou?r|job|ask|request|order|errand))? (?=before )/;
/** "…, they been good to me": well of those to whom it goes. */
const PRAISES =
  /^(?:they|they're|theyre|they've|these guys|those guys|that team|the team|those folks|these folks)(?: (?:are|have|been|always|really|just|all|so|pretty|very|such|a))* (?:good|great|solid|nice|kind|decent|legit|reliable|trustworthy|honest|best|goat|favou?rites?|fair|cheap|fast|lovely|pay well|treat|treated|look after|looked after|never let|earned|deserve|know what|do good|do great|rock|rule)\b[a-z' ]*$/;

/** True for haste: nothing of the domain is waited for. */
export function isHaste(tags: readonly Tag[]): boolean {
  const words = tags.filter((tag) => !tag.mark && (lightRole(tag) === null || may(tag, "subject")));
  if (/^(?:only|not|just|right|long|even)$/.test(tags.find(({ mark }) => !mark)?.norm ?? "")) {
    return false;
  }
  const text = words.map(({ norm }) => norm).join(" ").replace(BRIEF, "");
  return HASTE.test(text) &&
    words.every((tag) =>
      (!tag.quantity || ["time", "date"].includes(tag.quantity.kind)) &&
      !may(tag, "name", "negation", "speech") &&
      (tag.norm === "liquidate" || !verbOf(tag, "base")?.actions.length)
    );
}

/** Why a stretch beside an order may not be passed over; null if it only tells how things are. */
export type BackgroundFault =
  | "condition"
  | "negation"
  | "question"
  | "quotation"
  | "not_understood";

/** "repay my mother's loan": an order, whatever stands beside it. */
function hasObject(tag: Tag, after: Tag | undefined): boolean {
  return (verbOf(tag, "base")?.actions.length ?? 0) > 0 && !may(tag, "name") &&
    may(after, "determiner", "pronoun", "adjective");
}

/** "My friend warned me": who is told of, and not who is spoken to. */
function isSubject(tag: Tag, next: Tag | undefined): boolean {
  return /^(?:my|our) /.test(tag.norm) && may(tag, "address") &&
    next !== undefined && next.mark === undefined && lightRole(next) === null;
}

/** Words that open a judgement without a verb: "too risky", "looks safe enough". */
const JUDGES =
  /^(?:too|very|pretty|quite|way|looks|seems|feels|sounds|nice|good|bad|rough|boring)$/;

/** "rent's due", "the lock's up": a noun with its verb, and no owner of what follows. */
function isContracted(words: readonly Tag[]): boolean {
  const at = words.findIndex(({ norm }) => /^[a-z]{3,}'s$/.test(norm));
  const next = words[at + 1];
  return at >= 0 && at <= 1 && next !== undefined &&
    (may(next, "adjective", "particle", "prep") ||
      /^(?:too|been|got|so|very|all|gone|done|dead|over|here|high|low|full|paid|fine)$/
        .test(next.norm));
}

/** Judges a stretch of a prompt that is not the order. */
export function backgroundFault(
  tags: readonly Tag[],
  end: string,
  isBefore: boolean,
  isFirst = false,
  isGround = false,
): BackgroundFault | null {
  const words = tags.filter((tag, i) =>
    !tag.mark && (lightRole(tag) === null || isSubject(tag, tags[i + 1]))
  );
  if (words.length === 0) return null;
  const text = words.map(({ norm }) => norm).join(" ");
  if (COURTEOUS.test(text) && words.every((tag) => !tag.quantity && !may(tag, "name"))) return null;
  // "before I lose my nerve": haste, where nothing of the domain is waited for
  const isOnly = /^(?:only|not|just|right|long|even)$/.test(
    tags.find(({ mark }) => !mark)?.norm ?? "",
  );
  const hastens = !isOnly && /^before (?:i|we|the|it|my|interest|they|he|she|fees)\b/.test(text);
  if (hastens && words.every((tag) => !tag.quantity && !may(tag, "name"))) return null;
  if (isAsideAbout(words, text)) return null;
  const said = tags.filter(({ mark }) => !mark).map(({ norm }) => norm).join(" ");
  const praises = !isBefore && end !== "?" && PRAISES.test(said) &&
    words.every((tag) => !tag.quantity && !may(tag, "name", "condition", "speech"));
  if (praises) return null;
  const introduces = isBefore && end !== ":" && end !== "?" && INTRODUCES.test(said) &&
    tags.every((tag) => !tag.quantity && !may(tag, "name") && !verbOf(tag, "base"));
  if (introduces) return null;
  if (isBefore && (isHaste(tags) || isOccasion(words, text))) return null;
  // "…, but keep the stake where it is"
  const stays =
    /^(?:leave|keep) (?:the|my) (?:stake|principal|collateral|position|rest|liquidity|deposit|delegation) (?:where it is|as it is|as is|untouched|alone|there|in place)$/;
  if (stays.test(text) && !isBefore) return null;
  if (
    /^(?:leave|keep) (?!in mind)/.test(text) && !isBefore &&
    words.every((tag) => !tag.quantity && !may(tag, "name", "pronoun")) &&
    !/ as (?:it|they)\b/.test(text)
  ) {
    return null;
  }
  if (end === ":" && isBefore && ANNOUNCES.test(text)) return null;
  // "I want to use my ETH to borrow USDC": an order of its own that would be lost
  const acts = words.some((tag, i) =>
    verbOf(tag, "base", "gerund") !== undefined && !isShunned(words, i)
  );
  const isAbout = words.some((tag) => tag.quantity !== undefined || may(tag, "name"));
  const isOwnAct = (tag: Tag, i: number) => hasObject(tag, words[i + 1]) && !isShunned(words, i);
  if ((acts && isAbout) || words.some(isOwnAct)) {
    return "not_understood";
  }
  if (
    RETRACTS.test(text) &&
    !(isFirst && /^(?:on second thoughts?|never ?mind|changed? my mind)/.test(text))
  ) {
    return "not_understood";
  }
  if (end === ":" && /^(?:done|finished|completed|executed|sent|submitted)$/.test(text)) {
    return "not_understood";
  }
  // "leave all of it staked": against the order
  if (/^(?:leave|keep) /.test(text) && words.some((tag) => tag.quantity || may(tag, "pronoun"))) {
    return "not_understood";
  }
  if (DAYTIME.test(text)) return "condition";
  // "after the market settles", "dropping this from the queue:", "… in my niece's wallet"
  if (/\bafter (?:the|my|our|this|that) [a-z]+ [a-z]+s\b$/.test(said)) return "condition";
  if (DROPS.test(said)) return "negation";
  if (/\b[a-z]+'s (?:wallet|account|address|ledger|safe)\b/.test(said)) return "not_understood";
  // "no reason to swap if the price drops: …"
  const isPointless = /^(?:there's |there is |i see )?no (?:reason|point|sense|need|use)\b/.test(
    text,
  );
  if (isPointless && acts && !/\bnot\b/.test(text)) return "negation";
  // "so it shows up on BNB Chain": more than the order
  if (!isBefore && words.some((tag) => senseOf(tag, "name")?.kind === "chain")) {
    return "not_understood";
  }
  if (/^(?:before|after) you\b/.test(text)) return "condition";
  if (IS_TEST.test(text)) return "not_understood";
  if (ABOUT_ORDER.test(text)) return "negation";
  // "I'm not sure", where "sure" alone would be a filler
  if (UNSURE.test(tags.map(({ norm }) => norm).join(" "))) return "not_understood";
  if (text.split(" ").some((word) => CLAIMS.test(word))) return "not_understood";
  const first = text.slice(0, (text + " ").indexOf(" "));
  if (end === "?") return "question";
  const isOther = isBefore && /^(?:they|he|she|everyone|people|nobody)$/.test(first);
  // "Your last answer convinced me": what moved the speaker
  const isMoved = isBefore &&
    /^your (?:\w+ )?(?:answer|advice|help|explanation|reply|suggestion|guidance)s? (?!is\b|was\b|says\b|said\b)/
      .test(text);
  // "…, they upped the commission": what others did, and not what they said or want
  const isDoing = !isBefore && OTHERS_DID.test(text) &&
    !words.some((tag) => may(tag, "speech") || /^(?:me|us|you|it|them)$/.test(tag.norm));
  // "withdraw everything, they got exploited": what happened, and nobody's wish
  const isEvent = !isBefore &&
    /^they(?:'ve| have|'re| are| got| get| were| keep| lost| froze| paused| cut)\b(?!.*\b(?:want|need|ask|asked|asking|told|make|made|force|forced|require)\b)/
      .test(text);
  const isOpen = !isDoing && !isEvent &&
    (CONDITIONAL.test(first) || CONDITIONAL.test(words[0]!.norm));
  if (!isOther && !isMoved && isOpen) return "condition";
  // "my lawyer says no, so …"
  const denies = /\b(?:says?|said|tells?|told) (?:\w+ )?(?:no|not|never|don't|do not|nope|stop)$/;
  if (denies.test(text)) return "negation";
  if (SAYS.test(text) || end === ":" && words.some((tag) => may(tag, "speech"))) return "quotation";
  if (words.some((tag) => /[^\P{L}a-z]/iu.test(tag.norm))) return "not_understood";
  const explains = /^(?:because|cause|cos|since|as|so|i|i'm|i've|we|my|the|it|it's)$/.test(first);
  if (!isBefore && !explains && words.some((tag) => may(tag, "negation"))) return "negation";
  const norms = text.split(" ");
  const finite = norms.slice(1).some((word) => FINITE.test(word)) || OWN.test(first);
  // "claim my GMX, they've been piling up for months"
  const isPerfect =
    /^(?:it's|its|it|they've|they|i've|i|that's|this has|it has|the|my)$/.test(first) &&
    /\b(?:been|waited|sat|gathered|piled|accrued|accumulated)\b/.test(text);
  const isPlain = isPerfect || OPENS.test(first) || isDoing ||
    finite && (TELLS_FINITE.test(first) || /^(?:ive|weve)$/.test(first));
  const opener = words[0]!;
  const isOfOthers = isBefore && finite && !verbOf(opener, "base") &&
    !may(opener, "prep", "condition", "frame", "label", "question", "speech") &&
    !words.some((tag) => may(tag, "speech"));
  const isShort = isBefore &&
    /^(?:got|had|been|done|bored|tired|sick|fed|finally|not|need|too|half)$/.test(first);
  // "bored of matic", "rent's due", "too risky now"
  const isTired = isBefore && /^(?:done|bored|tired|sick)$/.test(first) &&
    words.slice(1).every((tag) => isIdle(tag) || may(tag, "name", "object", "noun"));
  const opens = tags.find(({ mark }) => mark === undefined)!.norm;
  const isJudged = isBefore && end !== ":" && words.length <= 6 && words.every(isIdle) &&
    (JUDGES.test(opens) || JUDGES.test(first) || isContracted(words));
  const isSo = !isBefore && words.length <= 6 && IS_SO.test(text) && words.every(isIdle) &&
    !/^(?:you|your|he|she|they|nobody|someone|amount|price|size|this|that|mine|it|order|speed|date|day|time)\b/
      .test(first) &&
    !may(opener, "prep", "frame", "label");
  const isTold = isPlain || isSo || isOfOthers || isTired || isJudged ||
    (isShort && words.every(isIdle));
  // "ive been lazy for months": for how long it was so
  const wasSo = !isBefore && /^(?:i've|ive|i have|it's|they've|we've) been\b/.test(text);
  const counts = words.some(({ quantity }) =>
    quantity !== undefined && !["time", "ordinal"].includes(quantity.kind) &&
    quantity.refusal?.kind !== "vague" && !((wasSo || isPerfect) && quantity.kind === "duration")
  );
  const isOrder = words.some((tag, i) =>
    verbOf(tag, "base") !== undefined && (i === 0 || may(words[i - 1], "courtesy"))
  );
  if (isOrder) return "not_understood";
  if (!isTold && counts) return "not_understood";
  if (!isBefore && counts) return "not_understood";
  if (
    !isBefore &&
    words.some((tag) => may(tag, "condition") && !/^(?:since|as|given)$/.test(tag.norm))
  ) {
    return "condition";
  }
  if (
    !isBefore &&
    /\b(?:only|just) (?:if|when|in|after|once)\b|\bnot (?:before|until|exceeding|more|less|under|over|above|below|a)\b/
      .test(text)
  ) return "condition";
  const plays = words.some((tag) =>
    may(tag, "play") && (isBefore || !/^(?:could|would|may|hope|wish|dream)$/.test(tag.norm))
  );
  if (plays && (!isTold || !isBefore)) return "not_understood";
  const isDone = words.some((tag) => verbOf(tag, "participle") !== undefined);
  if (end === ":" && (WRITING.test(text) || (!isPlain && isDone))) return "not_understood";
  // What does not tell is passed over only where all its words are known and bear no load
  // A short sentence before the first order that bears no load: "collat's fine."
  const isTalk = isBefore && isFirst && (isGround || [".", "!", "\n"].includes(end)) &&
    words.length <= 7 &&
    words.every((tag) => isIdle(tag) && !may(tag, "frame", "label")) &&
    !words.some((tag) => verbOf(tag, "base", "gerund") !== undefined);
  if (isTalk && !WRITING.test(text)) return null;
  const purposes = isBefore && end !== ":" && PURPOSE.test(text) && words.every(isIdle);
  if (purposes) return null;
  const isBare = words.every((tag) => tag.senses.length > 0 && isIdle(tag) && !may(tag, "frame"));
  if (!isTold && !isBare) return "not_understood";
  return null;
}
