import { ASSETS, CHAINS, MORE_ASSETS, MORE_VENUES, VENUES } from "./slots.ts";
import { DEFI_LEXICON, STEP_VERBS, WEAK_STEP_VERBS } from "./lexicon.ts";

const LEAD_INS = "hey|hi|hello|ok|okay|so|well|um|uh|hmm|please|pls|plz|btw|sorry|yo|now|alright|" +
  "right|just|actually|also|but|and|or|quick one|quick question|one more thing|thanks|again|" +
  "there|folks|everyone|team|dear|mate|buddy|man|gm|good morning|good evening|hiya|" +
  "seriously|honestly|listen|look|dear assistant|assistant|kindly|first|wait";

/** Where a clause begins, greetings and fillers skipped. */
export const START = `(?:^|[!?;:,\\n(]|\\.(?!\\d)|\\s-)\\s*(?:(?:${LEAD_INS})\\b[\\s,:.!-]*)*`;

/** Where the text begins, greetings and fillers skipped. */
export const TEXT_START = `^\\s*(?:(?:${LEAD_INS})\\b[\\s,:.!-]*)*`;

/** Where a sentence begins. */
export const SENTENCE_START =
  `(?:^|[!?;\\n]|\\.(?!\\d)|[,:]\\s*(?:but|and|so|or)\\b)\\s*(?:(?:${LEAD_INS})\\b[\\s,:.!-]*)*`;

/** A day of the week. */
export const DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";

/** Somebody else, as the subject of a sentence. */
export const PERSON =
  "(?:he|she|they|someone|somebody|some guy|anyone|people|everyone|everybody|nobody|" +
  "no one|a friend|alice|bob|carol|charlie|dave|eve|vitalik|satoshi|john|mary|anna|tom|peter|" +
  "mike|sarah|david|emma|max(?= (?:wants|said|told|asked))|(?:my|our|his|her) (?:friend|boss|" +
  "wife|husband|mom|mum|mother|dad|father|brother|" +
  "sister|advis[oe]r|colleague|accountant|partner|manager|bank|broker|cousin|uncle|roommate|" +
  "buddy))";

/** Past forms of what can be done with assets. */
export const DONE =
  "(?:deposited|supplied|lent|withdrew|withdrawn|redeemed|removed|swapped|traded|" +
  "exchanged|converted|sold|bought|purchased|borrowed|repaid|paid|staked|restaked|delegated|" +
  "bonded|" +
  "unstaked|undelegated|unbonded|unlocked|locked|claimed|harvested|collected|moved|added|took|" +
  "taken|put|pulled|cashed|closed|opened|settled|cleared|drew|drawn|sent|transferred|bridged|" +
  "minted|invested|provided|parked|got liquidated|earned|lost|received|used|liquidated)";

/** What is done with assets, as nouns and with -ing. */
export const ACTION_NOUN =
  "(?:deposit(?:s|ing)?|withdraw(?:als?|ing)|swap(?:s|ping)?|trad(?:es?|ing)|sell(?:ing)?|" +
  "buy(?:ing)?|exchang(?:es?|ing)|convert(?:ing)?|borrow(?:s|ing)?|loans?|lend(?:ing)?|" +
  "repay(?:ments?|ing)|stak(?:es?|ing)|unstak(?:es?|ing)|restak(?:es?|ing)|delegat(?:ions?|ing)|" +
  "undelegat(?:ions?|ing)|claim(?:s|ing)?|harvest(?:s|ing)?|collect(?:ing)?|redeem(?:ing)?|" +
  "redemptions?|transactions?|moves?|moving|supply(?:ing)?|unlock(?:ing)?|touching|" +
  "actions?|execut(?:ion|ing)|liquidations?)";

const VERBS = [...STEP_VERBS, ...WEAK_STEP_VERBS].sort((a, b) => b.length - a.length).join("|");
const THING =
  "(?:\\$?\\d|my\\b|the\\b|it\\b|them\\b|all\\b|half\\b|that\\b|those\\b|some\\b|max\\b|" +
  "rewards\\b|everything\\b|back\\b|out\\b|off\\b|a\\b|an\\b|up\\b|another\\b|down\\b|one\\b|" +
  "ten\\b)";

/** A verb of the domain with its object. */
export const IMPERATIVE = `(?:${VERBS})\\s+${THING}`;

/** After a report, a clause that orders something: "I just got paid, put 200 usdc into aave". */
export const IMPERATIVE_AFTER = pattern(
  `(?:[.!;,:\\n]|\\s-|\\b(?:so|and now|now))\\s*(?:(?:${LEAD_INS}|then|can you|could you|` +
    `would you|let's)` +
    `\\b[\\s,]*)*(?:${IMPERATIVE}|do it\\b)`,
);

/** An order from the first word on. */
export const STARTS_WITH_ACTION = pattern(`${TEXT_START}(?:${VERBS})\\b`);

const NAMES = [...ASSETS, ...MORE_ASSETS, ...VENUES, ...MORE_VENUES, ...CHAINS]
  .filter((name) =>
    !["near", "base", "link", "op", "dot", "maker", "spark", "fluid"].includes(name)
  )
  .map((name) => name.replaceAll(".", "\\.")).join("|");

/** Something that an action of the domain could be about. */
export const OBJECT = pattern(
  `(?<![a-z])(?:${NAMES})(?![a-z])|\\b(?:rewards?|yields?|incentives?|emissions?|earnings|` +
    `accrued|` +
    `(?:un)?stak\\w*|(?:un)?delegat\\w*|(?:un)?bond\\w*|restak\\w*|validat\\w*|loans?|debts?|` +
    `borrow\\w*|` +
    `lend\\w*|lent|repa\\w+|owe|collateral|liquidity|lp|pools?|vaults?|farms?|farming|` +
    `positions?|deposits?|` +
    `withdraw\\w*|deposited|stables?|stablecoins?|tokens?|coins?|crypto|savings|interest|` +
    `swap\\w*|claim\\w*|` +
    `harvest\\w*|wallet|shares|principal|gauge|airdrop\\w*|near|link|op|dot|maker|spark|fluid|` +
    `[a-z]*(?:eth|btc|usd[a-z]?)|everything|all of it|it all|max|portfolio|bags?)\\b`,
);

/** Names and numbers alone: whatever is wanted with them, it is not said. */
export const ONLY_NAMES = pattern(
  `^[\\s\\W]*(?:(?:${NAMES}|near|base|link|op|dot|maker|spark|fluid|` +
    `[\\d.,]+[km]?)(?![a-z])[\\s\\W]*)+$`,
);

const TERMS = Object.values(DEFI_LEXICON).flatMap(({ strong, weak }) => [...strong, ...weak])
  .sort((a, b) => b.length - a.length).join("|");

/** A verb of the domain, or a small word that makes a sentence; names alone have neither. */
export const SENTENCE = pattern(
  `(?<![a-z])(?:(?:un|re|de|un-)?(?:${VERBS}|${TERMS})(?:s|d|ed|ing)?|an?|the|my|me|i|it|to|on|` +
    `in|at|by|of|with|via|from|and|please|pls|out|off|over|back|some|all)(?![a-z])|->|=>|→|>`,
);

/** Objects of everyday life that the verbs of the domain also take. */
export const EVERYDAY = pattern(
  "\\b(?:luggage|baggage|suitcase|door|phone|laptop|computer|car|house|kitchen|lights?|bread|" +
    "tomato(?:es)?|" +
    "crops?|book|books|library|train|seats?|shoes|clothes|shirt|kids?|children|dog|cat|school|" +
    "application|job|resume|paycheck|cheque|branch|atm|favou?r|kindness|ears?|insults?|wedding|" +
    "rings?|bike|milk|shopping|grocer(?:y|ies)|pizza|coffee|lunch|dinner|homework|insurance|" +
    "electricity|rent (?:bill|payment)|student loan|mortgage|tax(?:es)? (?:return|refund)|" +
    "court|charges|surgeon|" +
    "actor|votes|domain name|nft|expenses?|vacation|umbrella|ladder|tools?|sugar|pen|pencil|" +
    "shift with|places|stories|recipes?|numbers with|jersey|bed|bathroom|tickets?|" +
    "reservation|watchlist|dashboard|furniture|plants?)\\b",
);

function pattern(source: string): RegExp {
  return new RegExp(source, "u");
}
