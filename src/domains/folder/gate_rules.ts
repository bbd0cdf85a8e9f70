import { everywhere, words } from "./pattern.ts";

/** Why a prompt is no order to act on. */
export type FolderRefusal =
  | "empty"
  | "too_long"
  | "unreadable"
  | "data"
  | "quoted"
  | "override"
  | "negation"
  | "called_off"
  | "reported"
  | "conditional"
  | "hypothetical"
  | "question"
  | "deferred"
  | "statement"
  | "out_of_scope";

/** A pattern over clean text that speaks against acting. */
export interface FolderRule {
  readonly kind: FolderRefusal;
  readonly pattern: RegExp;
  /** An order after it overrules it: "it is dark, turn on the lamp". */
  readonly unlessOrder?: true;
  /** An order as the first words overrules it, too: "make sure that the door is locked". */
  readonly unlessStart?: true;
}

/** Greetings and fillers in front of a clause. */
export const LEAD = "(?:(?:hey|hi|hello|ok|okay|so|well|um|uh|please|pls|alright|right|just|" +
  "actually|also|but|and|thanks|good morning|good evening|house|home|computer|assistant|now)" +
  "\\b[\\s,:.!-]*)*";
const CLAUSE = `(?:^|[!?;:,\\n]|\\.(?!\\d))\\s*${LEAD}`;
const SENTENCE = `(?:^|[!?;\\n]|\\.(?!\\d)|, (?:but|and|so)\\b)\\s*${LEAD}`;
const WHO =
  "(?:he|she|they|someone|somebody|anyone|people|everyone|nobody|kids|children|guests|(?:my|our|his|her|the) " +
  "(?:wife|husband|partner|mom|mum|mother|dad|father|son|daughter|kids?|children|brother|sister|" +
  "friend|boss|landlord|neighbou?r|flatmate|roommate|guests?|nanny|sitter|cleaner|doctor))";
const DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)days?";
const SPAN = "(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)";

/** What looks like a refusal and is none. */
export const HARMLESS: readonly RegExp[] = [
  everywhere`\b(?:do not|don't|dont|never) (?:forget|hesitate|fail) to\b`,
  everywhere`\bif (?:you (?:can|could|would|will|please|may|like|wish|do not mind|don't mind|
    wouldn't mind)|(?:it is |it's )?(?:possible|ok|okay))\b`,
  everywhere`\b(?:as soon as|when|once) (?:you can|you get a chance|you have time|possible)\b`,
  everywhere`\b(?:once more|at once|no rush|no hurry|no problem|more or less|or so|would you mind)\b`,
];

/** A question that asks to act. */
export const POLITE = words`(?:^|[!?;:,.\n])\s*${LEAD}(?:can|could|would|will) you\b|
  \bwould you mind\b|[\s,](?:please|pls|ok|okay|thanks|will you|would you|could you|can you)\s*\?$`;

/** Checked in this order; the first that matches names the kind. */
export const FOLDER_RULES: readonly FolderRule[] = [
  ...rules("unreadable", [
    /[^\P{L}a-z]|(?<![a-z0-9'])[a-z](?:[\s.,_*~'-]+[a-z](?![a-z0-9])){3,}/u,
  ]),
  ...rules("data", [/[{}<\[\]\\|]|:\/\/|```|&[a-z]+;/]),
  ...rules("override", [
    words`\b(?:ignore|disregard|forget|override|bypass|skip|disable|lift) (?:\w+ ){0,4}?
      (?:instructions?|rules?|polic(?:y|ies)|prompts?|guards?|checks?|limits?|safety|
      restrictions?|verification)\b`,
    words`\b(?:system|admin|developer|debug|root|sudo|god) (?:mode|prompt|override|access)\b|
      (?:^|[.!;\n])\s*(?:system|assistant|user|admin|developer)\s*:|\byou are (?!(?:done|welcome|ready)\b)|
      \bact as\b|\bpretend\b|\bnew (?:instructions?|rules?)\b`,
  ]),
  ...rules("negation", [
    /\b(?:not|never|cannot|nor|neither|none|nothing|nobody|dont|doesnt|cant|wont|shouldnt)\b/,
    /\b(?:do|does|did|ca|wo|is|are|was|were|should|would|could|must|need|have|has|ai)n['`]?t\b/,
    words`\bunder no\b|\b(?:no (?:need|way|reason|point|longer|more|one|\w+ing)|avoid|refrain|refuse|without
      \x20\w+ing|instead of \w+ing|rather than|by no means)\b`,
  ]),
  ...rules("called_off", [
    words`${CLAUSE}(?:stop|cancel|abort|wait|hold on|hold off|never ?mind|nvm|forget (?:it|that|
      about)|scratch that|undo|revert|skip|leave|keep|no|nope|nah)\b`,
    /\b(?:never ?mind|scratch that|changed? my mind|on second thoughts?|just (?:kidding|joking))\b/,
  ]),
  ...rules("reported", [
    words`${SENTENCE}${WHO} (?:\w+ )?(?:said|says|told|tells|wants?|wanted|asked|asks|thinks?|
      likes?|loves?|hates?|keeps?|always|usually|should|must|could|would)\b`,
    words`\b(?:said|says|told me|asked me|wants me|according to|i (?:heard|read|saw)|
      the manual|the article|the instructions?)\b`,
    words`\b(?:tell|ask|remind|text|call|message|email|let) (?!me\b|us\b)(?:\w+ ){1,2}(?:to|that|
      know|about)\b|\bremind (?:me|us)\b`,
  ]),
  ...rules("conditional", [
    words`\b(?:if|unless|in case|provided|providing|assuming|as long as|otherwise|when|whenever|
      once|as soon as|the moment|every time|each time|until|till|should (?:it|the|my|our|he|
      she|they|anyone|someone|somebody))\b`,
    words`\b(?:before|after) (?:the|my|our|it|we|i|you|he|she|they|sunset|sunrise|dark|dinner|
      lunch|breakfast|work|school|bed|bedtime|midnight|noon|\d)`,
  ]),
  ...rules("hypothetical", [
    words`\b(?:maybe|perhaps|might|possibly|probably|what if|imagine|suppose|hypothetically|
      in theory|for example|for instance|thinking (?:of|about)|think about|considering|wonder|
      wondering|not sure|unsure|i wish|i(?:'d| would) (?:rather|prefer|be)|would be|(?:could|should|
      would|might) have|planning to|going to|let's say|dream(?:ed|t)?)\b`,
    words`${CLAUSE}(?:i|we|you) (?:could|may|should|shall|ought|think|guess|believe)\b`,
  ]),
  ...rules("question", [
    words`${CLAUSE}(?:what|what's|whats|how|how's|why|who|who's|whose|where|where's|which|is|are|
      am|was|were|does|did|has|should|shall|isn|aren|any)\b`,
    words`${CLAUSE}(?:do|may|might|can|could|will|would) (?:i|we|it|he|she|they|the|this|
      that|these|those|there|my|our|any\w*|some\w*|one|people)\b|
      ${CLAUSE}(?:do|have|had) (?:you|i|we|they)\b`,
    words`${CLAUSE}(?:(?:can|could|would|will) you (?:please |also |just )*)?(?:tell|explain|believe|imagine|guess|
      describe|show|check|list|report|say|compare|confirm|find out|look up|know|recommend|suggest|
      teach|remember|see|define|summari[sz]e|translate|repeat|echo|spell|write|type|print)\b`,
    words`\b(?:do you know|whether|how (?:do|does|can|to|much|many)|i(?:'d| would)? (?:want|like|
      need) to know|any idea|good idea|worth it|is it|are there|curious)\b`,
    words`\b(?:or|either)\b`,
  ]),
  ...rules("deferred", [
    words`\b(?:later|someday|some day|one day|eventually|soon|next (?:time|week|month|year|${DAY})|
      (?:on |this )?${DAY}|weekdays?|weekends?|the day after)\b`,
    words`\b(?:every|each) (?:day|night|week|month|hour|morning|evening|afternoon|year|\w+day)\b|
      \b(?:daily|weekly|nightly|hourly)\b`,
  ]),
  ...rules("statement", [
    words`${SENTENCE}(?:i|we|you|it|he|she|they)(?:'ve|'d|'s|'re|'m)?(?: (?:have|had|has|already|
      just|only|also|really|usually|always|once))* (?:\w+ed|left|put|set|was|were|got|am|are|is|
      has|had|have|love|like|hate|own|hear|heard|saw|feel|felt|took|made|slept|ran|broke)\b`,
    words`${SENTENCE}(?:it|that|this|there|here)(?:'s| is| was| are| were| seems?| looks?| feels?)
      \b`,
    words`${SENTENCE}(?:the|my|our|this|that|these|those|his|her|their|a|an) [^,.;!?\n]{0,60}?\b
      (?:is|are|was|were|has|have|had|seems?|looks?|feels?|keeps?|needs?|makes?|works?|broke|reads?|shows?|says?|displays?)\b`,
    words`${SENTENCE}(?:\w{3,}ing) [^,.;!?\n]{0,60}?\b(?:is|are|was|costs?|makes?|takes?|saves?|
      uses?|wastes?|helps?)\b`,
    words`${SENTENCE}[^,.;!?\n]{0,40}?\b(?:was|were|has been|have been|had|rang|went|woke|came|fell|
      broke|began|stopped|started by)\b`,
    words`\b(?!(?:need|feed|speed|heed|shed)\b)\w{2,}ed (?:the|my|our|a|an|his|her|their|this|
      that)\b`,
    words`${SENTENCE}(?!(?:bring|ring)\b)\w{2,}ing (?:the|my|our|a|an|his|her|their|all|some)\b`,
    words`${SENTENCE}to \w+ `,
  ], true),
  {
    kind: "statement",
    pattern: words`${SENTENCE}[^,.;!?\n]{0,60}?\b(?:is|are)\b`,
    unlessOrder: true,
    unlessStart: true,
  },
  ...rules("statement", [/\b(?:already|yesterday|ago|last (?:night|week|month|year|time))\b/]),
];

/** A time that no slot holds. */
export const FOR_A_WHILE = words`\b(?:for|in|after|within) (?:about |around |the next |another )?
  (?:\d+(?:\.\d+)?|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|half an?|
  a few|a couple of) ?(?:more )?${SPAN}\b|\bfor the (?:next|rest)\b|\bfor (?:a while|now|a bit)\b`;

/** A time of the day or a day, for actions that take a time. */
export const AT_A_TIME = words`\b(?:tomorrow|tonight|(?:this|in the) (?:morning|afternoon|evening)|
  at (?:dawn|dusk|night|sunset|sunrise|noon|midnight|\d{1,2}(?::\d\d)?(?!\s*(?:%|percent|degrees)))|
  o'clock|sunset|sunrise|dawn|dusk|by \d{1,2}(?::\d\d)?\s?(?:am|pm))\b`;

function rules(
  kind: FolderRefusal,
  patterns: readonly RegExp[],
  unlessOrder = false,
): FolderRule[] {
  return patterns.map((pattern) => ({ kind, pattern, ...(unlessOrder && { unlessOrder: true }) }));
}
