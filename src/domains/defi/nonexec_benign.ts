import { DONE, IMPERATIVE } from "./nonexec_patterns.ts";
import { everywhere } from "./pattern.ts";

/**
 * Text that a reader and a parser see differently: direction overrides, strokes through letters,
 * letters drawn as symbols, sequences of flags.
 */
export const HIDDEN =
  /[\u202A-\u202E\u2066-\u2069\u0335-\u0338\u20D2\u20D8\u20E0\u20E5\u{1F100}-\u{1F1FF}]/u;

const FEE = "(?:the )?(?:network )?(?:gas|fees?|base fee|gwei)\\b";
const NEVER = "(?:d[o0] ?n[o0]t|d[o0]n'?t|never|can(?:no|')t|cant)";

/** Roundabout ways to say "can you", before an order. */
export const POLITE: RegExp = everywhere`(?:\bi(?: was|'m| am)? (?:just )?wonder(?:ing)?\x20
  (?:if|whether) (?:you|u) (?:could|can|would|might)|\bwould you be (?:so (?:kind|good)\x20
  (?:as )?to|able to)|\bany chance (?:that )?you (?:could|can|would))(?= (?:please |kindly |
  just )?(?:${IMPERATIVE}))`;

/** What looks like a negation, condition or question and is none. Applied in order. */
export const BENIGN: readonly RegExp[] = [
  everywhere`\b(?:and |please )?(?:let me know|tell me|notify me|ping me|report back|
    confirm)(?: when| once) (?:(?:it|that|this|all|everything|the \w+)(?:'s| is| has been) |
    you(?:'re| are) )?(?:done|finished|completed?|ready|through|confirmed)\b`,
  everywhere`\band (?:tell|show) me (?:the|my|a) \w+`,
  everywhere`\beven if\b[^,.;!?\n]*`,
  everywhere`\byou can (?:find|get)\b`,
  everywhere`(?<=^\s*|[.!?;:,\n]\s*|\b(?:please|pls|and|but|also|just|hey|ok|okay|you|
    then)[,]? )(?:${NEVER} (?:forget|hesitate|fail|neglect|omit) to|${NEVER} forget:|(?:make sure|
    be sure) (?:(?:you|to) )?(?:not to|you ${NEVER}|${NEVER}) forget to)\b`,
  everywhere`\bif (?:you|u) (?:can|could|would|will|please|may|like|wish|have time|get a chance|
    do(?:n't| not) mind|wouldn't mind)\b`,
  everywhere`\bif (?:(?:it's|it is|that's|that is|at all|still) )?(?:possible|needed|necessary|
    ok|okay|available|feasible|convenient)\b`,
  everywhere`\bi (?:wish|hope|was hoping|am hoping|'m hoping) to\b`,
  everywhere`\b(?:(?:might|may) as well|not only|no (?:rush|hurry|slippage|matter|problem|
    worries|later than|more than|less than|fewer than|fees?|limit)|(?:not|never) (?:more|less|
    fewer) than|(?:only|more than|at|all at|just this) once|once more)\b`,
  everywhere`\b(?:once|when(?:ever)?|while|as soon as|after|until|wait (?:until|
    for)) ${FEE}[^.,;?!\n]*`,
  everywhere`\b(?:once|when|as soon as|after) (?:you(?:'re| are|'ve| have)? |it(?:'s| is| has)? |
    that(?:'s| is| has)? |this(?:'s| is| has)? |all(?:'s| is)? |everything(?:'s| is)? |
    the (?:swap|trade|deposit|withdrawal|loan|claim|stake|unstake|first (?:one|step)|transaction|
    tx) (?:is|has|goes) |they(?:'re| are|'ve| have)? )?(?:been )?(?:done|finished|ready|
    complete[ds]?|confirm(?:ed|s)|through|arrive[ds]?|settle[ds]?|clear(?:ed|s)|possible|you can|
    received?|lands?|executed|get it|get them|claimed|swapped|withdrawn|unstaked|deposited|
    borrowed|repaid|staked)\b`,
  everywhere`\bas soon as (?:possible|you can)\b`,
  everywhere`\b(?:(?:can|could|would|will) you )(?:possibly|maybe|perhaps)\b`,
  everywhere`\b(?:deposit|withdraw|swap|borrow|repay|stake|unstake|claim) nothing,? (?:but |
    just |only |and )*(?=(?:deposit|withdraw|swap|borrow|repay|stake|unstake|claim) (?:\$?\d|my|
    all|half|the))`,
  everywhere`\bwithout (?:selling|overpaying|losing|paying|closing|exceeding|risking|going|using|
    spending)\b`,
  everywhere`(?<=[,;(] ?|(?:,| and| but) |\b(?:rewards|yield|only|eth|usdc|dai|usdt|
    all)\b,? )(?:just |and |but )?not (?:the|my|from|on|all|into|in|at|via|through|with|
    any of the|its?)\b(?! ?(?:time|moment|way)\b)`,
  everywhere`(?<=\s)not (?=(?:aave|compound|morpho|spark|maker|lido|uniswap|curve|mainnet|
    ethereum|arbitrum|optimism|base|polygon|weth|eth|usdc|usdt|dai)\b)`,
  everywhere`\bi no longer (?:want|need|wish|care) (?:to (?:stake|lend|supply|delegate|keep|hold|
    have|be)\b|my |the |(?=\d))`,
  everywhere`\b(?:what|all|everything|whatever) (?:i|we) (?:want|need|
    would like)(?: to do)? (?:is|are)\b`,
  everywhere`\b(?:what|all) (?:i|we)(?:'d| would) (?:like|love|prefer)(?: to do)? is\b`,
  everywhere`\b(?:i(?:'d| would) be (?:very |so )?)?(?:grateful|great|
    appreciate it|nice|lovely|cool|awesome|
    thankful|glad|love it|kind|happy) if you(?: ${DONE})?\b|
    \bnever fear\b|\bno doubt\b|\bcan(?:'t|not) wait to\b`,
  everywhere`\b(?:now then|since then)\b`,
];
