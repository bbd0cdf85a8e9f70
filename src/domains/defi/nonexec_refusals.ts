import type { Rule } from "./nonexec_kind.ts";
import { ACTION_NOUN, DAY, DONE, PERSON, SENTENCE_START, START } from "./nonexec_patterns.ts";
import { words } from "./pattern.ts";

/** Attempts to change the rules instead of giving an order. */
export function override(): Rule[] {
  const kind = "override";
  return [
    words`\b(?:ignore|disregard|forget|override|bypass|skip|disable|turn off|remove) (?:all |
      any |every |the |your |my |these |those |previous |prior |above |earlier |safety |risk |
      policy )*(?:instructions?|rules?|polic(?:y|ies)|prompts?|guards?|guardrails?|checks?|
      limits?|safety|restrictions?|verification|filters?|context)\b`,
    words`\b(?:system|admin|developer|debug|god|root|sudo|dan|jailbreak) (?:mode|prompt|override|
      message|access)\b|\bjailbreak|^\s*(?:system|assistant|user|admin|developer)\s*:|\bsudo\b`,
    words`###|\binstructions?:|\bas (?:an? |the )?(?:admin|owner|developer|operator|root)\b|
      \bauthori[sz]e you\b`,
    words`[.!;\n]\s*(?:system|assistant|user|admin|developer)\s*:`,
    words`\byou are (?:now|no longer|an?|in)\b|\bact as\b|\bpretend\b|\brole ?play\b|
      \bnew (?:instructions?|rules?|polic)`,
    words`\b(?:seed phrase|private key|api key|recovery phrase|mnemonic|password|permit|
      allowance|approvals?|unlimited|flash[- ]?loans?|drain the (?:pool|treasury|protocol|
      contract)|honeypot|rug ?pull|exploit|hack)\b`,
    words`\b(?:set|change|raise|lift|increase|lower) (?:my |the |your )?(?:max |maximum )?(?:ltv|
      hf|health factor|confidence|threshold|policy|risk)(?: (?:limit|max|min|threshold|policy))?\b`,
    words`\b(?:hundred|thousand|infinite|\d{2,}) ?(?:x|times)\b|\bloop(?:ed|ing|s)?\b|
      \brepeatedly\b`,
    words`\b(?:user|owner|admin) (?:has |have |already )?(?:confirmed|approved|authori[sz]ed|
      consented)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** An order not to. */
export function negation(): Rule[] {
  const kind = "negation";
  return [
    words`\b(?:d[o0](?:es)?|did|would|w[o0]uld|could|should|must|can|will|is|are|was|were|need|
      have|has|had|may|might|shall) ?-?n[o0]t\b`,
    words`\b(?:d[o0]|does|did|w[o0]uld|could|should|must|ca|w[o0]|is|are|was|were|need|have|has|
      had|sha|ai)n['\x60*.]?\s?t\b|\bd[o0] ?n[;']?t\b|\bunder no \w+\b|\bdunno\b`,
    words`\b(?:never|nvr|n[o0]t|nor|neither|none|nobody|no one|nothing|nowhere|cannot|nay)\b`,
    words`\bno (?:\w+ )?${ACTION_NOUN}\b|\bno (?:way|need|reason|point|chance|intention|plans?|
      interest|sense|desire|wish|appetite|use|sooner|thanks|thank|longer|more|moving|one|how)\b`,
    words`\b(?:refrain|avoid(?:ing)?|refus(?:e|ing)|declin(?:e|ing)|resist|prevent(?:ing)?|
      prohibit(?:ed)?|forbid(?:den)?|abstain|against the idea|opposed to|hate to|by no means|
      anything but|far from|instead of (?:me|you)|rather than)\b`,
    words`${START}without \w+ing\b|\bwithout (?:\w+ing|any) (?:anything|any|a thing|
      transactions?)\b`,
    words`[\u{1F6AB}\u{1F6D1}\u274C\u274E\u26D4\u270B\u{1F590}\u2716\u2718\u{1F645}\u{1F44E}\u{1F6C7}]|
      !=|≠|¬`,
    words`\b(?:nicht|kein(?:e|en)?|nunca|jamais|nao|niemals|pas de|ne pas|geen|niet)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** An order taken back. */
export function calledOff(): Rule[] {
  const kind = "called_off";
  return [
    words`${START}(?:please )?stop\b(?! (?:the |my |all )?(?:staking|lending|delegat\w+|
      nominat\w+|restaking|supplying|providing|earning|validating|bonding|locking|farming|stake|
      validator)\b)`,
    words`\b(?:stop|halt|quit|cease) (?:the |my |that |this |all |any |it\b)? ?(?:swap|withdraw|
      borrow|repay|claim|deposit|trad|transaction|everything|payment|order)`,
    words`\b(?:cancel|abort|call off|scrap|undo|revert|roll back)\b(?! my (?:staking|stake|
      delegation|restaking|nomination|lock)\b.*\b(?:and|return)\b)`,
    words`\b(?:scratch (?:that|it)|never ?mind|nvm|forget|changed? my mind|on second thoughts?|
      hold on|hold off|hang on|not now|sit tight|stand by|hold your horses|take (?:it|that) back|
      back out of (?:it|that)|disregard|belay)\b`,
    words`\b(?:pause|postpone|put off|delay(?!ed)|suspend)\b|${START}wait(?:\b|,)|\bwait (?:with|
      before|until|till|a)\b`,
    words`\bleave\b.{0,60}?\b(?:alone|as (?:is|it is|they are)|where|untouched|in place|there|be|
      unclaimed|unstaked|deposited|staked|invested)\b`,
    words`${START}hold (?:the|my|that|this|it)\b|${START}reverse\b`,
    words`${START}keep (?:my|the(?! (?:rest|change|other))|it|them|all|everything|both|holding|
      calm)\b|${START}leave (?:it|them|everything|my|our|all)\b`,
    words`\b(?:drop|ditch|skip|ignore) (?:the|that|this|it)(?: \w+){0,2} (?:idea|plan|thing|
      request|order|thought)\b|\b(?:skip|ignore) (?:it|that|this|the|my|what|\w+ing)\b|
      \b(?:cancell?ed|aborted|reversed|undone|revoked|halted|called off)\b|\brevoke\b(?!.*delegat)`,
    words`^[\s\W]*(?:no|nope|nah|no way|yes|yeah|yep|sure)[\s\W]*$`,
    words`${START}(?:nope|nah|no)\b,? (?:leave|keep|stop|wait|thanks|that)`,
    words`\b(?:nix|veto|pass on|count me out|can wait|enough (?:with|of) \w+ing|off limits|
      quit (?!staking|lending|delegating|restaking|supplying|validating)\w+ing)\b|\bwe agreed\b|
      (?::|-| is) (?:no|nope|never|negative|nothing doing)\W*$`,
    words`\bhands off\b|\bon (?:ice|hold)\b|\bend of story\b|\b(?:remains?|stays?) (?:
      staked|deposited|locked|put|as (?:it|they|is)|where|in|on|with|at)\b|\bi(?:'m| am|'d be)
      \x20(?:strictly |totally |dead )?(?:against|opposed)\b`,
    words`\bjust (?:kidding|joking)\b|\bjk\b|\b(?:april fools|only joking|as a joke)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** What somebody else says or wants. */
export function reported(): Rule[] {
  const kind = "reported";
  return [
    words`${SENTENCE_START}(?:yesterday |today |apparently |now )?${PERSON}\b`,
    words`\b${PERSON} (?:\w+ )?(?:said|says|told|tells|wants?|wanted|asked|asks|thinks?|
      suggests?|suggested|recommends?|recommended|advised|advises|claims|insists?|
      keeps? (?:saying|telling)|wrote|texted|should|must)\b`,
    words`(?<!\bi )\b(?:said|says|told me|tells me|asked me|asks me|wants me|want me|advised|
      advises|suggests|recommends|suggested|recommended)\b`,
    words`\b(?:tell|ask|remind|text|email|message|notify|inform|warn|teach|let) (?!me\b|us\b|
      go\b|the \w+ (?:be|sit))(?:\w+ ){1,2}(?:to|that|about|know|how)\b`,
    words`\baccording to\b|\bi (?:heard|read|saw|was told|have been told|got told)\b|
      \b(?:rumou?r|headline|meme|quote[ds]?(?! and execute)|unquote)\b`,
    words`\b(?:article|docs?|documentation|button|page|site|website|message|e-?mail|tweet|
      example|sentence|phrase|text|headline|sign|title|tutorial|guide|book|post|video|manual|
      readme|label|note|letter)s? (?:\w+ )?(?:reads?|says?|said|is|are|was|to|that|tells?|told|
      shows?|explains?|called|titled|recommends?|suggests?)\b`,
    words`${START}(?:todo|to-do|to do|note|note to self|memo|reminder|fyi|psa|warning|tip|fact|
      news)\b\s*[:-]`,
    words`\bthe (?:words?|command|instruction|string|prompt|term|verb)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** What has been done, and what is the case. */
export function past(): Rule[] {
  const kind = "past";
  const who =
    "(?:i|we|he|she|they|you|it|who|(?:the|our|a|this|that) (?!(?:\\w*(?:eth|btc|usd\\w)|dai|" +
    "loan|debt|rewards?|staked|stake)\\b)[a-z]+|my (?:bot|dao|wallet|team|agent|script|swap|" +
    "withdrawal|deposit|loan|trade|transaction))";
  const time =
    `(?:yesterday|earlier today|the other day|the day before|last (?:week|month|year|night|` +
    `time|${DAY})|this morning|earlier|previously|` +
    `recently|already|ages ago|once|on ${DAY}|in (?:january|february|march|april|may|june|` +
    `july|august|september|october|november|december))`;
  const rules: Rule[] = [
    words`${SENTENCE_START}(?:${time},? |when |after |because |since |while |
      before )?${who}(?:'ve|'d| have| has| had| did)?(?: (?:been|already|just|recently|once|also|
      only|finally|previously|successfully|accidentally|actually|all))* ${DONE}\b`,
    words`${SENTENCE_START}${who}(?:'ve|'s| have| has| had) been \w+ing\b|${SENTENCE_START}(?:i|
      we) (?:used to|had)\b|\bhad i\b|\bi (?:felt|noticed|reali[sz]ed|gained)\b`,
    words`${SENTENCE_START}(?:have |had |i |we )?(?:already |just |recently |
      finally )?(?!put\b)${DONE}\b`,
    words`${SENTENCE_START}(?:(?:some |all )?(?:\$?[\d.,]+k? ?)?(?!(?:my|get|have|be|keep|make|
      has)\b)[a-z]+) (?:were|was|has been|have been|(?!(?:staked|locked|earned|lent|borrowed|put|
      used|supplied) )${DONE})\b(?![^.]*\b(?:please|pls)\b)`,
    words`${SENTENCE_START}\w{3,}ing [^.,;!?\n]*\b(?:is|are|was|pays?|would|could|costs?|makes?|
      takes?|gives?|seems?|looks?|means|sounds?|earns|yields|lowers?|raises)\b`,
    words`${SENTENCE_START}(?:(?:my|the|our|this|that|these|those) )?
      (?!(?:what|all|everything|it) )[a-z]+(?: of [\d.,]+k? [a-z]+| [a-z]+){0,3}
      \x20(?:is|are|isn|aren|seems?|looks?|yields \d|pays|earns)\b
      (?! (?:to\b|time|ready to|what i))`,
    words`${SENTENCE_START}(?:i|we) (?:own|hold|like|love|enjoy|hate|owe)\b|
      ${SENTENCE_START}(?:i|we) have [^,.;!?\n]*
      \x20(?:staked|deposited|lent|borrowed|supplied|locked)(?= (?:on|with|in|at|to)\b|\W*$)`,
    words`${SENTENCE_START}(?:i|we|you) (?:regret|regretted|tried|failed|forgot|
      wanted to [^.;]* but)\b`,
    words`${SENTENCE_START}(?:my|the|our|his|her|their|a|an|that|this) [^,.;!?\n]{0,60}?\b(?:was|
      were|went|has been|have been|had|cost|failed|arrived|got|didn|succeeded|expired)\b`,
  ].map((pattern) => ({ kind, pattern, unless: "order" as const }));
  return [
    ...rules,
    {
      kind,
      pattern: words`${SENTENCE_START}(?:the |my )?
      (?:deposit|withdrawal|swap|loan|stake|claim|repayment|trade|transaction)s? (?:[^,.;]* )?
      (?:failed|completed?|pending|succeeded|done|went|stuck|confirmed)\b`,
    },
    {
      kind,
      pattern:
        words`\b(?:already|yesterday|ago|last (?:week|month|year|night|${DAY})|previously)\b`,
      unless: "order",
    },
    { kind, pattern: words`\balready ${DONE}\b(?! (?:rewards|eth|position))` },
  ];
}
