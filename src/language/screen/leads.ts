import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { may, type Tag } from "../tokens/tags.ts";
import type { Token } from "../tokens/tokens.ts";
import { CLAIMS, CONDITIONS } from "./screen.ts";
import { lightRole } from "./transparent.ts";

/** What nobody needs to mind: "never mind the gas", "no matter what the news says". */
const DISMISSES =
  /^(?:and |but |so )?(?:never ?mind|nvm|forget|forget about|never mind about|ignore|to hell with|screw|sod|bugger|blow|hang|damn|pay no (?:attention|heed) to|don't mind|dont mind|do not mind|pardon|excuse|forgive|regardless of|irrespective of|no matter|never mind|despite|in spite of|notwithstanding|whatever|i don't care about|i dont care about|don't care about|dont care about|who cares about|(?:i |we )?(?:really |just )?(?:don't|dont|do not|couldn't|could not) (?:really )?(?:care|give a (?:damn|toss|hoot|monkey's|fig|rat's ass|shit|fuck))(?: about)?|idc|idgaf) (?:(?:the|my|our|all the|all this|all that|this|that|these|those|his|her|their) |(?:what|how|who) (?!i\b|we\b|you\b|it\b))/;
/** What was said in an earlier turn, and is not what is said now. */
const TAKES_BACK =
  /^(?:forget|scratch|scrap|ditch|bin|drop|never ?mind|disregard|strike) (?:the|my|that|this) (?:(?:last|previous|earlier|first|old|other|former) )?(?:idea|one|plan|thought|thing|suggestion|message|question|email|note)(?: (?:of mine|from (?:before|earlier|yesterday)|i (?:had|sent|asked|wrote)))?$|^(?:forget|ignore|scratch|strike|never ?mind|disregard|cancel) (?:all|everything|what|whatever|anything|all that) ?(?:that )?(?:i|we) (?:just )?(?:said|typed|wrote|told you|asked|asked for|sent)(?: you)?(?: earlier| before| above| just now| yesterday| last time| so far| until now)?$/;
/** "My wife says no, I say yes": what others think, and what the speaker does. */
const OVERRIDES =
  /^(?:and |but )?(?:i know )?(?:(?:my|the|our|every) [a-z]+(?: [a-z]+)?|ct|chatgpt|reddit|everyone|everybody|people|they|twitter|i|he|she)(?: keeps?| all)? (?:says?|said|saying|tweets|thinks|swears|insists|told me|tells me|warned me|advised me|warns me) (?:no|nope|not yet|don't [a-z]+(?: early| now| yet| it| them| anything)?|never [a-z]+|not to [a-z]+(?: early| now| yet| it)?|not to|don't|not to do it|to wait|to hold|never|otherwise|it's (?:mad|crazy|stupid|dumb|risky|a bad idea)|i'm (?:mad|crazy|nuts))(?: earlier| before| yesterday| last week| last time| the other day)? but (?:but )?(?:today |now |this time )?(?:i say (?:yes|do it|otherwise)|idc|i don't care|i dont care|who cares|yes|i'm doing it(?: anyway)?|i disagree|i beg to differ|i differ|i'm ignoring (?:it|them|him|her|that)|i've (?:had a think|slept on it|changed my mind)(?: since)?|i know better|i don't listen|i do)$/;
/** Haste and resolve that a negation says. */
const RESOLVES = [
  /^(?:and )?no (?:more )?(?:lectures?|speeches|sermons?|advice|hard feelings|offen[cs]e|pressure|sweat|biggie|big deal|small talk|chit-?chat|pleasantries|frills|fanfare|ceremony|explanations?|arguments?|objections?|discussions?|debates?|comments?|funny business|faff|hassle|bother|problem|problemo|mercy|turning back|going back|looking back|peeking|sleep|rest for the wicked|pain no gain|guts no glory)(?: please| now| today| at all| from you)?$/,
  /^(?:(?:ok|okay|aight|alright|yeah|all right) )?(?:bet|say less|heard|facts|copy that|roger|roger that|sweet|nice one|right on|got it|game time|go time|degen time|showtime|party time|crunch time|we ball|we move|we ride|we ridin|let's ride|vamos|allez|giddy up|tally ho|onwards|forward march|all aboard)$/,
  /^(?:this|that|it)(?:'s| is) neither an? (?:test|drill|joke|question|game|prank|rehearsal|whim) nor an? (?:test|drill|joke|question|game|prank|rehearsal|whim)$/,
  /^(?:and |but |so )?(?:i|we) (?:do not|don't|dont|didn't|did not) (?:want|need|require|ask for|come for|seek) (?:an?|any|your|the|another|more|no) (?:[a-z]+ )?(?:quote|quotation|estimate|lecture|lectures|tutorial|explanation|explanations|advice|opinion|discussion|debate|speech|sermon|walkthrough|guide|summary|breakdown|analysis|comparison|hand-holding|pep talk|second opinion|permission|convincing|persuading|reminder|warning|price check|preamble|small talk|chat)$/,
  /^(?:nobody|no ?-?one)(?:'s| is| has)? (?:forcing me|making me(?: do (?:it|this))?|forced me|made me(?: do (?:it|this))?|put me up to (?:it|this)|twisting my arm|twisted my arm|holding a gun to my head)$/,
  /^(?:since|as|because|seeing as) you(?:'re|'ve)? (?:asked|ask|insist|offered|so kind|here|up|awake)(?: me)?(?: so)?(?: nicely| kindly| politely| sweetly)?$/,
  /^nothing (?:to worry about|personal|to see here|special|new|to fear|wrong with that|much to say|to it|ventured nothing gained|complicated|dramatic|wild|crazy)(?: here| today)?$/,
  /^(?:but |and )?(?:don't|dont|do not|never) (?:tell (?:my|the|our|anyone|anybody|him|her|them)(?: [a-z]+){0,2}|let (?:my|the|our|anyone|anybody|him|her|them)(?: [a-z]+){0,2} know)(?: but)?$/,
  /^(?:long time no (?:see|speak|chat|talk|hear)|between you and me|just between us|just between you and me)$/,
  /^(?:happy|merry|good|blessed|lovely) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|birthday|new year|easter|christmas|xmas|holidays|halloween|diwali|eid|thanksgiving|weekend|hump day)(?: to you| to all| all| everyone| bot| folks)?$/,
  OVERRIDES,
  /^(?:please )?(?:don't|dont|do not|never|no need to|you needn't) (?:even |ever |bother to |you dare )?(?:ask|question|argue|quibble|hesitate|dither|dawdle|wait|worry|panic|fret|stress|stall|blink|flinch|dally|doubt|doubt me|fuss|object|complain|nag|lecture|second guess|overthink|thank|bother|wake|call|remind|test me|judge)(?: (?:me|us|it|yourself|with me|about it|over it|about me|for me|about that))?(?: (?:again|twice|why|how|too much|too long|any more|anymore|any longer|anything|any questions|a second time|a second|a minute|now|about it|or anything))*$/,
  /^(?:and |but )?(?:there's|theres|there is|there was|i see|i've|i have|we have|we've got|i've got|is)? ?(?:absolutely |really )?no (?:more )?(?:reason|point|sense|use|need|time|cause|excuse|good reason|earthly reason|good)(?: in| for| to be)?(?: to)? (?:wait|waiting|delay|delaying|hesitate|hesitating|linger|lingering|hang about|hanging about|hang around|hanging around|stall|stalling|dither|dithering|explain|explaining|argue|arguing|talk|talking|chat|chatting|think|thinking|lose|waste|spare|discuss|panic|worry|sit|sitting|sit around|sitting around|dawdle|dawdling|hold back|holding back|put it off|putting it off|drag my feet|dragging my feet)(?: [a-z']+){0,3}$/,
  /^(?:i've|ive|i have|we've|we have|i was|i)? ?never (?:been|was|felt) (?:so |more |this |quite so )?(?:sure|surer|certain|serious|ready|confident|happier|clearer|better|determined|resolved|keener|keen)(?: (?:of|about) (?:anything|it|this|something|a thing))?(?: in (?:all )?my (?:whole |entire )?life| before| in years)?$/,
  /^(?:it's |that's |this is )?(?:no|not a|not) (?:small|mean|little|tiny|trivial|modest|inconsiderable|insignificant) (?:sum|amount|feat|thing|matter|step|ask|favou?r|deal)(?: today| for me| this time| i know)?$/,
  /^(?:instead of|rather than|no point|no point in|no use|no sense in|why|sick of|tired of|instead) (?:just )?(?:let|letting|leave|leaving|watch|watching|have|having|keep|keeping|see|seeing) (?:it|them|these|those|that|this|everything|all of it|all of them|the money|the cash|the funds)(?: [a-z']+){0,6}$/,
];
/** What asks nobody anything. */
const RHETORICAL =
  /^(?:so |and |but |oh )?(?:why (?:wait|not|delay|hesitate|bother waiting|wait any longer|wait around|put it off|fight it|resist|mess about|lie|beat about the bush)|(?:yo)?u know what|know what|guess what|what (?:are we|are you|am i) waiting for|what the (?:hell|heck)|who cares|what's not to like|what have i got to lose|what could be simpler|how hard can it be|who am i kidding|what's stopping (?:me|us|you)|who needs (?:sleep|banks)|remember me|miss me|got a (?:sec|second|minute|moment)|(?:are )?(?:you|u) (?:there|awake|up|ready|around)|still there|anyone home|anybody home|ready|did(?:n't| not) i (?:just )?(?:tell you|say so|say that|say it|ask you|ask)(?: already| twice| before)?|did i stutter|what did i (?:just )?(?:say|tell you)|how many times(?: must i say it| do i have to (?:say|ask))?|need i (?:say more|go on|repeat myself)|is that clear|are we clear|(?:must|shall|do i have to|do i need to) (?:i )?(?:beg|repeat myself|spell it out|say it twice)|have you forgotten(?: already| me)?|what's (?:taking so long|the hold ?up|keeping you))$/;
/** What one answers himself. */
const ANSWERS =
  /^(?:no|not|nope|nah|yes|yeah|yep|never|nothing|nobody|not me|not i|not really|not at all|a bit|a little|a lot|hardly|barely|of course|of course not|absolutely|very|none|no one|not a bit|not in the slightest|not one bit|only a bit|just a bit|you bet|always|who knows|who cares|not us|i am|i do|i did|me)$/;
/** Questions that ask whether to act at all. */
const DOUBTS =
  /\b(?:sure|certain|wise|good idea|right|smart|safe|legal|allowed|want|need|should|shall|must|will|would i|can i|could i|may i|ok|okay|worth|time)\b/;

/** "don't care", "couldn't care less". */
const CARES =
  /^(?:and |but )?(?:i |we |it )?(?:really )?(?:don't|dont|do not|couldn't|could not|doesn't|does not|not) (?:really )?(?:care|care less|mind|matter|bothered|fussed|fazed|scare me|frighten me|bother me)$/;
/** "what a week", "lovely day". */
const EXCLAIMS =
  /^what an? (?:[a-z]+ ){0,2}(?!(?:joke|test|lie|scam|game|question|idea|thought|quote|line|story|mistake|rip-off)$)[a-z]+$/;
/** What may be dismissed although orders may be about it. */
const MINDED =
  /^(?:fees?|gas|slippage|price|prices|costs?|rates?|yields?|apy|apr|interest|risks?|unbonding|cooldown|cool-down|queues?|penalt(?:y|ies)|spreads?|lock-?up|delays?)$/;
/** What is not to be brushed aside: "ignore the warning". */
const GUARDS =
  /^(?:warnings?|alerts?|previous|prior|instructions?|orders?|requests?|limits?|checks?|guards?|rules?|policy|policies|safety|safeguards?|messages?|prompts?|confirmations?|caps?|plan|plans|deal|deals|trade|trades|swap|swaps|it|them|everything|all)$/;
const TRAILS =
  /^(?:no matter|whatever|regardless|irrespective|never ?mind|despite|in spite|who cares)\b/;

const wordsOf = (tags: readonly Tag[]): Tag[] =>
  tags.filter((tag) =>
    !tag.mark && !may(tag, "filler", "address", "greeting", "courtesy") &&
    !(may(tag, "urgency") && /^(?:today|now)$/.test(tag.norm))
  );

/** True for a clause that only says what need not be minded, or how sure the speaker is. */
function isLead(tags: readonly Tag[], isBehind = false): boolean {
  const words = wordsOf(tags);
  const text = words.map(({ norm }) => norm).join(" ");
  if (isBehind && !DISMISSES.test(text)) return false;
  if (TAKES_BACK.test(text) || CARES.test(text)) return true;
  const whole = tags.filter(({ mark }) => !mark).map(({ norm }) => norm).join(" ");
  if (/\b(?:if|when|whenever|unless|once)\b/.test(whole)) return false;
  if (RESOLVES.some((pattern) => pattern.test(text) || pattern.test(whole))) {
    return !words.some((tag) => may(tag, "name"));
  }
  const said = DISMISSES.exec(text)?.[0];
  if (said === undefined && !EXCLAIMS.test(text)) return false;
  const rest = text.slice(said?.trimEnd().length ?? 0).split(" ");
  return !rest.some((word) => GUARDS.test(word) || CLAIMS.test(word) || CONDITIONS.test(word)) &&
    words.every((tag) =>
      (tag.quantity === undefined || tag.norm === "whatever") &&
      !may(tag, "name", "foreign", "label", "link") &&
      (MINDED.test(tag.norm) || !may(tag, "object", "noun")) &&
      (MINDED.test(tag.norm) || verbOf(tag, "base", "gerund") === undefined ||
        /^(?:screw|hang|blow|think|say|mind|pay)$/.test(tag.norm))
    );
}

const ENDS = /^[,.:;!\n-]$/;

/** "…; I say repay 640 USDC": where the order begins that the speaker sets against others; -1 if he does not. */
function sayAt(tags: readonly Tag[], end: number): number {
  let at = end + 1;
  while (may(tags[at], "but")) at++;
  if (tags[at]?.norm === "i" && tags[at + 1]?.norm === "say") at += 2;
  else if (tags[at]?.norm === "i say") at++;
  else return -1;
  return verbOf(tags[at], "base") ? at : -1;
}

/** Takes out clauses before and behind an order that say what need not be minded. */
export function dropLeads(tags: readonly Tag[], roles: Roles): Tag[] {
  let from = 0;
  while (from < tags.length) {
    let start = from;
    while (tags[start] && (tags[start]!.mark || mayOpen(tags[start]!))) start++;
    const end = tags.findIndex((tag, i) => i > start && (tag.mark === "?" || isEnd(tags, i)));
    const answered = answeredAt(tags, start, end);
    const next = tags.findIndex((tag, i) => i > end && tag.mark !== undefined);
    const both = end >= 0 && next > 0 && /^[,;.]$/.test(tags[end]!.mark ?? "") &&
      OVERRIDES.test(`${textOf(tags.slice(start, end))} but ${textOf(tags.slice(end + 1, next))}`);
    if (both) {
      from = next + 1;
      continue;
    }
    const said = end < 0 ? -1 : sayAt(tags, end);
    if (said > 0 && OVERRIDES.test(`${textOf(tags.slice(start, end))} but i say yes`)) {
      from = said;
      break;
    }
    if (answered < 0 && (end < 0 || tags[end]!.mark === "?" || !isLead(tags.slice(start, end)))) {
      break;
    }
    from = answered < 0 ? end : answered;
    while (tags[from]?.mark) from++;
  }
  const last = Math.min(trailAt(tags, from), besidesAt(tags, from));
  for (const tag of [...tags.slice(0, from), ...tags.slice(last)]) roles.set(tag, "aside");
  return tags.slice(from, last);
}

/** What stays as it is, and what there is already: "…, the others stay put", "…, I already owe 1000". */
const STAYS =
  /^(?:and |but )?(?:the )?(?:rest|others?|remainder)(?: of (?:it|them))? (?:stays?|remains?|can stay|may stay|can remain|keeps|is to stay|should stay)(?: (?:put|there|where (?:it is|they are)|as (?:it is|they are)|as is|in|staked|untouched|with me))*$/;
const HAS_ALREADY =
  /^i (?:already (?:owe|have|hold|borrowed|staked|deposited|supplied|lent)|(?:owe|have|hold|borrowed|staked|deposited|supplied) (?:[$\d.,]+k?m?|[a-z]+)(?: [a-z0-9.]+)? (?:there )?already)\b/;

/** "…, gotta pay the plumber", "…, might as well earn something": what it is for, outside of any domain. */
const SERVES =
  /^(?:(?:i |we )?(?:gotta|got to|need to|have to|must|wanna|want to)|i've got to|i gotta|trying to|hoping to|saving up to|off to) (?:pay|buy|cover|feed|fix|fund|catch|book|replace|afford|treat|repair|impress|eat|sleep|travel|move) ?[a-z' ]*$|^(?:might|may) as well (?:earn|make|get|have|use|enjoy) (?:something|some use|some good|the best) ?[a-z' ]*$/;

/** True for a purpose in which nothing of a domain and nobody is named. */
function serves(tags: readonly Tag[]): boolean {
  const words = tags.filter(({ mark }) => !mark);
  return SERVES.test(textOf(words)) && words.length <= 8 &&
    words.every((tag) =>
      tag.quantity === undefined && !may(tag, "name", "object", "noun", "foreign", "condition") &&
      (tag.text === tag.norm || /^i\b/.test(tag.norm))
    );
}

/** Where a clause behind an order with an amount of its own tells what is not asked for. */
function besidesAt(tags: readonly Tag[], from: number): number {
  const at = tags.findLastIndex((tag, i) => i < tags.length - 1 && /^[,.;-]$/.test(tag.mark ?? ""));
  if (at <= from + 2) return tags.length;
  const said = tags.slice(at + 1);
  const counted = tags.slice(from, at).some(({ quantity }) =>
    quantity?.kind === "amount" && quantity.refusal === undefined
  );
  const isBeside = STAYS.test(textOf(said)) ||
    HAS_ALREADY.test(textOf(said)) && said.length <= 7 &&
      !said.some((tag) => may(tag, "condition", "negation", "question", "but"));
  return counted && isBeside || serves(said) ? at : tags.length;
}

/** "Leave the DAI alone but swap the 90 LINK": what is named to be let be, where the order is about something else. */
export function dropSpared(tags: readonly Tag[], roles: Roles): Tag[] {
  const [first] = tags;
  if (
    first === undefined ||
    !/^(?:leave|keep|spare|don't touch|dont touch|do not touch|don't|dont|do not|forget|forget about|never ?mind|skip)$/
      .test(first.norm)
  ) return [...tags];
  const at = tags.findIndex((tag, i) =>
    i > 1 && i < 10 && (may(tag, "but", "and") || /^[,;.]$/.test(tag.mark ?? ""))
  );
  if (at < 0) return [...tags];
  const spared = tags.slice(0, at);
  const isSpared = SPARES.test(textOf(spared)) &&
    !spared.some(({ quantity }) => quantity !== undefined);
  const names = spared.filter((tag) => may(tag, "name", "object"));
  let to = at + 1;
  while (tags[to] && (tags[to]!.mark || may(tags[to], "but", "and", "filler"))) to++;
  const rest = tags.slice(to);
  const isAsked = (verbOf(rest[0], "base")?.actions.length ?? 0) > 0 ||
    /^(?:give me|give us|get me|gimme)$/.test(rest[0]?.norm ?? "");
  const isElse = names.length > 0 && isAsked &&
    rest.some((tag) => may(tag, "name")) &&
    !rest.some(({ norm }) =>
      names.some((name) => name.norm === norm) || /^(?:it|them|all|everything)$/.test(norm)
    );
  if (!isSpared || !isElse) return [...tags];
  for (const tag of tags.slice(0, to)) roles.set(tag, "correction");
  return rest;
}

const SPARES =
  /^(?:(?:leave|keep) (?:the|my|our) .+ (?:alone|be|in peace|out of it|as (?:it is|they are|is)|where (?:it is|they are)|untouched|put|there)|(?:spare|forget|forget about|never ?mind|skip) (?:the|my|our) (?!loan|debt|rest)\S+|(?:don't|dont|do not) touch (?:the|my|our) .+)$/;

const textOf = (tags: readonly Tag[]): string =>
  tags.filter(({ mark }) => !mark).map(({ norm }) => norm).join(" ");

/** Where "Why wait?", "Am I worried? A bit." ends; -1 where nothing is asked so. */
function answeredAt(tags: readonly Tag[], start: number, end: number): number {
  if (end < 0 || tags[end]!.mark !== "?") return -1;
  const asked = tags.slice(start, end);
  const next = tags.findIndex((tag, i) => i > end && tag.mark !== undefined);
  if (next < 0) return RHETORICAL.test(textOf(asked)) ? end : -1;
  const answer = textOf(tags.slice(end + 1, next));
  if (RHETORICAL.test(textOf(asked)) && !/^because\b/.test(answer)) return end;
  const isPlain = asked.every((tag) =>
    tag.quantity === undefined &&
    !may(tag, "name", "object", "noun", "foreign", "condition") &&
    (!may(tag, "speech") || /^who\b|^who'/.test(asked[0]!.norm)) &&
    (verbOf(tag, "base", "gerund", "participle")?.actions.length ?? 0) === 0
  );
  return isPlain && ANSWERS.test(answer) && !DOUBTS.test(textOf(asked)) ? next : -1;
}

/** Longest clause behind an order that says what need not be minded, in tags. */
const MAX_TRAIL = 9;

/** Where "…, whatever the gas" begins; behind the last tag if nothing is said so. */
function trailAt(tags: readonly Tag[], from: number): number {
  for (let at = Math.max(from + 2, tags.length - MAX_TRAIL); at < tags.length - 1; at++) {
    if (TRAILS.test(tags[at]!.norm) && isLead(tags.slice(at), true)) {
      return tags[at - 1]!.mark ? at - 1 : at;
    }
  }
  return tags.length;
}

function mayOpen(tag: Tag): boolean {
  return may(tag, "filler", "greeting") && !may(tag, "insistence");
}

/** A sign, or "bro just" before a verb: where a clause ends. */
function isEnd(tags: readonly Tag[], at: number): boolean {
  const tag = tags[at]!;
  if (tag.mark) return ENDS.test(tag.mark);
  if (!may(tag, "address", "filler") && tag.norm !== "so") return false;
  const next = tags.slice(at).find((one) => lightRole(one) === null);
  return (verbOf(next, "base")?.actions.length ?? 0) > 0 && !may(next, "name");
}

const MOVES = /^(?:take|get|put|give|move|bring|send)$/;
const DENIES = /^(?:don't|dont|do not|can't|cant|cannot|can not|won't|couldn't)$/;
const NO_REASON =
  /^(?:(?:it would|it'd|it'll|it will|i'd|i would|we'd) (?:be|have to be) (?:a |an |just |plain |quite )*(?:silly|mad|crazy|fool|foolish|stupid|daft|idiot|idiotic|nuts|insane|remiss|shame|crime|rude|wrong|pity|waste|madness|sin|mug)|(?:(?:there's|theres|there is|i see|i have|i've got|got) )?(?:absolutely )?no (?:good |earthly )?(?:reason|point|point in|sense|sense in|way i'm|excuse|excuse for|use|use in))$/;

/**
 * "Don't not lend 400 USDC: lend it", "I can't not sell my 2 ETH, so sell it": two negations, and the act again
 * without them, are none.
 */
export function dropDoubleNegation(tags: readonly Tag[], roles: Roles): Tag[] {
  let start = 0;
  while (tags[start] && (tags[start]!.mark || lightRole(tags[start]!) || isSpeaker(tags[start]!))) {
    start++;
  }
  const not = tags.findIndex((tag, i) => i >= start && i < start + 7 && tag.norm === "not");
  if (not < 1) return [...tags];
  const lead = tags.slice(0, not).filter((tag) =>
    !tag.mark && !may(tag, "greeting", "address") &&
    !/^(?:possibly|really|simply|actually|just)$/.test(tag.norm)
  );
  const denied = DENIES.test(lead.at(-1)?.norm ?? "") &&
    lead.slice(0, -1).every((tag) => isSpeaker(tag) || lightRole(tag) !== null);
  const text = lead.flatMap(({ norm }) => norm.split(" ")).filter((word) => word !== "just").join(
    " ",
  );
  if (!denied && !NO_REASON.test(text)) return [...tags];
  const at = tags[not + 1]?.norm === "to" ? not + 2 : not + 1;
  const verb = verbOf(tags[at], "base", "gerund");
  if (!verb || verb.actions.length === 0 && !MOVES.test(verb.base)) return [...tags];
  const rest = tags.slice(at + 1);
  const end = rest.findIndex(({ mark }) => mark !== undefined);
  if (end < 0 || rest.some((tag) => may(tag, "negation", "condition", "question", "speech"))) {
    return [...tags];
  }
  const said = rest.slice(end + 1);
  const again = said.some((tag) =>
    verbOf(tag, "base")?.base === verb.base ||
    verbOf(tag, "base")?.actions.some((action) => verb.actions.includes(action)) ||
    /^(?:do it|just do it|do so|please do|do|go ahead)$/.test(tag.norm)
  );
  if (!again) return [...tags];
  // "No point not collecting them: claim my CRV": what is meant is said behind it
  const isBare = rest.slice(0, end).every((tag) => may(tag, "pronoun") || lightRole(tag) !== null);
  const from = isBare ? at + 1 + end + 1 : at;
  for (const tag of tags.slice(0, from)) roles.set(tag, "aside");
  return tags.slice(from);
}

function isSpeaker({ norm }: Tag): boolean {
  return /^(?:i|we|you|u)$/.test(norm);
}

const HITS = /^(?:hit|press|push|click|tap|smash|mash|punch|slam)$/;

/** "hit repay on 50 USDC", "smash that claim button for my CRV": the act that a button has. */
export function dropButton(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => lightRole(tag) === null && !tag.mark);
  if (at < 0 || !HITS.test(tags[at]!.norm)) return [...tags];
  let verb = at + 1;
  if (may(tags[verb], "determiner")) verb++;
  const isAct = (verbOf(tags[verb], "base")?.actions.length ?? 0) > 0;
  let to = verb + 1;
  if (/^(?:button|key|lever)$/.test(tags[to]?.norm ?? "")) to++;
  if (!isAct || !/^(?:on|for|with)$/.test(tags[to]?.norm ?? "")) return [...tags];
  const after = tags[to + 1];
  if (after?.quantity === undefined && !may(after, "determiner")) return [...tags];
  const left = [...tags.slice(at, verb), ...tags.slice(verb + 1, to + 1)];
  for (const tag of left) roles.set(tag, "connector");
  return tags.filter((tag) => !left.includes(tag));
}

/** "/swap 4 BNB CAKE", "!stake 25 SOL": the sign of a command, glued to a verb of the domain. */
export function dropCommandSign(
  tags: readonly Tag[],
  tokens: readonly Token[],
  roles: Roles,
): Tag[] {
  const [sign, verb] = tags;
  const isSign = sign !== undefined && /^[/!]$/.test(sign.text) && verb !== undefined &&
    tokens[sign.from]!.end === tokens[verb.from]!.start &&
    (verbOf(verb, "base")?.actions.length ?? 0) > 0;
  if (!isSign) return [...tags];
  roles.set(sign, "list_mark");
  return tags.slice(1);
}
