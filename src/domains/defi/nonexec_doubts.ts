import type { Rule } from "./nonexec_kind.ts";
import { DAY, EVERYDAY, SENTENCE_START, START, TEXT_START } from "./nonexec_patterns.ts";
import { words } from "./pattern.ts";
import { ASSETS, VENUES } from "./slots.ts";

/** An order for a case that may never come. */
export function conditional(): Rule[] {
  const kind = "conditional";
  return [
    words`\b(?:if|iff|unless|provided (?:that|the)|providing (?:that|the)|assuming|in case|
      in the event|as long as|so long as|on condition|contingent|conditional(?:ly)?|depending|
      only when|otherwise|or else)\b`,
    words`\b(?:when|whenever|once|as soon as|the moment|the minute|every time|each time|
      the next time)\b(?! (?:done|you (?:can|have (?:the )?time)))`,
    words`\b(?:eth|ether|btc|bitcoin|sol|price|rates?|apy|apr|yield|it|market|gas|ltv|factor|
      \w+) (?:hits?|reach(?:es)?|(?:falls?|drops?|dips|slips) (?:below|under|to)|(?:goes|is|gets|
      trades|stays) (?:above|below|over|under)|(?:climbs|rises) (?:above|to|over)|rises|climbs|
      crosses|crashes|exceeds|doubles|recovers|pumps|tanks|moons)\b`,
    words`\bshould (?:the|eth|ether|btc|prices?|rates?|gas|it|things|anything|something)\b|
      \bafter (?:the|my|our|it|they|eth|btc|price)\b[^,.;]*\b(?:merge|fork|upgrade|vote|halving|
      crash|dip)\b|\bstop[- ]loss\b|\btake-profit\b|\blimit order\b`,
  ].map((pattern) => ({ kind, pattern }));
}

const CHOICE = [...ASSETS, ...VENUES].map((name) => name.replaceAll(".", "\\.")).join("|");

/** A thought. */
export function hypothetical(): Rule[] {
  const kind = "hypothetical";
  return [
    words`\b(?:what if|imagine|hypothetical(?:ly)?|in theory|theoretically|suppose|supposing|
      assume|let's (?:say|assume|pretend|imagine)|say i|in principle|simulate|simulation|dry run|
      test run|what would|thought experiment|for the sake of)\b`,
    words`\b(?:maybe|perhaps|might|possibly|probably|likely|potentially|someday|some day|one day|
      eventually|sooner or later|undecided|tempted)\b`,
    words`\b(?:i|we) (?:doubt|fear|worry|guess|suspect|am afraid)\b|\btoo (?:early|risky|late|
      expensive|dangerous|much|soon|costly) to\b`,
    words`\b(?:you|one|users?|people) can\b(?! you)|\b(?:lets|allows|enables) (?:you|me|us|
      people|users)\b`,
    words`\b(?:thinking (?:of|about|that|out loud)|think about|thought (?:of|about)|
      considering|consider|
      contemplating|debating|wonder(?:ing|ed)?|toying with|the idea of|mulling|weighing|
      leaning towards?|not sure|unsure|was (?:going|about|planning|thinking)|planning to|plan to|
      intend to|hesitating)\b`,
    words`${START}(?:i|we) (?:could|may|ought|should|shall|
      can)\b(?! (?:please|get|have|use|do with))|
      \b(?:ought|should probably)\b`,
    words`\b(?:could|would|should|might|must) have\b|\b(?:i|we)(?:'d| would) be\b|\b(?:could|
      would|might) make sense\b|\bif only\b|\bi wish\b|\bwere (?:i|we) to\b|\bin an ideal world\b|
      \bdream(?:ed|t|ing)?\b`,
    // Somebody speaks of an action: "the cons of staking 2 eth", "enough with swapping"
    words`(?<!\b(?:start|begin|continue|go on|finish|end|conclude|go ahead|proceed|carry on|help|
      help me|help me out|assist|assist me|get going|rolling|move forward|keep going|interested|up|
      time|off|ready|order|favor|you) )\b(?:with|on|to|of|about|in) (?:(?:deposit|supply|lend|
      withdraw|redeem|swapp|convert|exchang|sell|borrow|repay|unstak|undelegat|claim|
      harvest)ing\b|staking (?:\d|my\b))(?! (?:rewards|yield|pool|contract|position|vault))`,
    words`\bin the (?:old|early) days\b|\b(?:price check|quote me|pros and cons)\b|\bwen\b`,
    words`\b(?:\d\S* )?(?:${CHOICE}) or (?:\d|(?:${CHOICE})\b)`,
    words`${START}can (?!(?:you|u|ya|we|i|someone|somebody|anyone|please|the bot|it|this|
      \w+ (?:lend|loan|give|get) me)\b)`,
    words`\bsooner die\b|\bover my dead body\b|\bfat chance\b|\b(?:like )?hell (?:no|i)\b|
      \b(?:zero|0(?:\.0*)?) (?:w?eth|usd[ct]|dai|btc)\b|\bbut i(?:'m| am| have| can| fear| worry|
      'd)\b`,
    words`\b(?:rather not|would rather (?:not|keep|wait)|would prefer (?:not|to (?:keep|wait|
      leave)))\b`,
    words`\b(?:for example|for instance|e\.g\.|as an example|such as|example)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** A question, or a request to be told something. */
export function question(): Rule[] {
  const kind = "question";
  const info =
    "(?:believe|imagine|explain|tell|show|check|describe|clarify|confirm|calculate|compute|" +
    "estimate|compare|list|see|remind|recommend|suggest|say|think|know|guess|" +
    "help me (?:understand|decide|figure|see|choose)|understand|find out|look|give me (?:a |" +
    "an |the |some )?(?:list|overview|summary|example|advice|info|estimate|details|price|" +
    "quote|idea)|advise|remember|summari[sz]e|report|translate|predict|define|teach|share|" +
    "verify|point me|walk me|elaborate|be\\b|still\\b|even\\b|get liquidated|stake or|" +
    "swap or|lend or|do\\b|handle\\b(?! my))(?![a-z])";
  const wh =
    "(?:what|how|why|who|whom|whose|where|what's|whats|how's|hows|who's|where's|why's|wtf|wat)";
  return [
    words`${START}${wh}\b(?<!, ?what)|${SENTENCE_START}which\b|
      ${START}when(?:'s| is| are| can| could| will| do| does| did| should| would)\b`,
    words`[:,] (?:what|how)(?:'s| (?:is|are|do|does|did|much|many|can|could|would|will|about|
      long|should|happens))\b`,
    words`${START}(?:is|are|was|were|does|did|am|has|should|shall|isn't|aren't|doesn't|
      didn't)\b(?! be\b)`,
    words`${START}(?:do|have|had|may|might|must|need|don't) (?:i|we|they|he|she|you|u|people|
      any(?:one|body)?)\b`,
    words`${START}(?:will|would|can|could) (?:they|he|she|it|the|there|this|that|these|those|
      some(?:one|body)|any(?:one|body)?|one|people|my|our|everyone|\w+ing|eth|btc|usdc|dai|
      aave(?! lend me))\b`,
    words`${START}(?:will|would|should) (?:i|we)\b`,
    words`${START}(?:can|could|may|might) (?:i|we) (?!(?:please |kindly |just |also )*(?:get|
      have|take|put)\b[^?]*(?:\d|\bmy\b|\ball\b|\bhalf\b|\bten\b)|please\b)`,
    words`${START}(?:can|could|may) (?:i|we)\b[^.!;]*\b(?:any ?time|ever|still|without|early|
      safely|instead|yet|right away|liquidated|and still|at once|or)\b`,
    words`${START}(?:can|could|would|will) (?:you|u|ya) (?:please |kindly |just |also |maybe |
      quickly )*${info}`,
    words`${START}can (?:you|u) (?!please|kindly)(?![^?]*(?:\d|\b(?:my|me|all|half|everything|
      some|the|these|those|ten|please|our|us|a|an|max|maximum)\b))[^?]*\?`,
    words`${START}would (?:you|u) (?!please|kindly|mind|be so)(?![^?]*(?:\d|\b(?:my|me|all|half|
      everything|some|these|for)\b))`,
    words`${START}(?:can|could|would) you [^?.]*\bor\b[^?.]*\?`,
    words`\b(?:tell me|explain|curious|do you (?:know|think)|any (?:idea|advice|thoughts|
      suggestions?)|i (?:want|need|would like|'d like) to (?:know|understand|learn|see|ask|check|
      find)|i'd like to (?:know|understand|learn|see|ask|check|find)|let me know|whether|
      your (?:opinion|thoughts|advice|view|take)|what do you|help me (?:understand|decide|choose|
      figure)|a question|wondering|good idea|worth it|makes? sense|right\?|correct\?|or not\?|
      (?:is|are) (?:it|there|this|that|they) (?:a |any |worth|safe|smart|ok|possible|better|good|
      wise|risky|too|allowed)\b)`,
    words`\bhow (?:do|does|did|can|could|would|should|to|is|are|much do|much does|much can|
      much would|many)\b|\bwhy\b`,
    // A question mark after anything but a polite order, or a tag that softens one
    words`${TEXT_START}(?![^?]*?(?<=${START})(?:can|could|would|will) (?:you|u|ya|we|i)\b|(?:may|
      might) i\b|mind\b)(?![^?]*,? (?:please|pls|ok|okay|k|will you|would you|can you|could you|
      thanks|thx|ty|alright|yeah)\s*\?)[^?]*\?`,
    words`\b(?:deposit|withdraw|swap|borrow|repay|stake|unstake|claim|lend)(?: [^,.;!?\n]*)?
      \x20or (?:deposit|withdraw|swap|borrow|repay|stake|unstake|claim|lend|wait|keep|hold|not)\b`,
    words`${START}(?:thoughts|advice|opinions?) (?:on|about)\b|\bany (?:reasons?|point|chance|
      downside|risk|harm|benefit)\b|${START}you (?:think|reckon|believe|guess|suppose)\b`,
    words`\?[^?]*[a-z][^?]*\?`,
    words`${TEXT_START}(?:tell|explain|describe|list(?! \d)|compare|calculate|compute|estimate|
      summari[sz]e|(?:give|get|send) me (?:a|an|the) (?:\w+ )?(?:summary|overview|list|report|
      statement|breakdown)|check|look up|look at|find (?:out|the|my|a)|print|display|show|export|
      define|view|track|monitor|analy[sz]e|review|inspect|status|balance of|price of|overview|
      info|report)\b`,
    words`\b(?:is|are|was|were) (?:the|my|our|your) \w+ [^.!]*\?`,
  ].map((pattern) => ({ kind, pattern }));
}

/** An order for another time. */
export function deferred(): Rule[] {
  const kind = "deferred";
  return [
    words`(?<!\b(?:until|till|til|by|before|for|from|through) )\b(?:tomorrow|next (?:week|month|
      year|quarter|time|${DAY})|(?:a bit |sometime |some time )?later(?! than)|in (?:a|an|one|two|
      three|four|five|six|a few|a couple of|\d+) (?:minutes?|mins?|hours?|hrs?|days?|weeks?|
      months?|years?)(?! (?:lock|loan|term|vault|pool)))\b`,
    words`\b(?:every|each) (?:day|week|month|hour|morning|evening|year|minute|${DAY})\b|
      (?<!\b(?:until|till|by|before|from|last) )\b(?:on|next|this coming) ${DAY}\b|\bremind me\b|
      \bschedule\b|\bset (?:a|an) (?:\w+ )?(?:alert|reminder|alarm|timer)\b|\b(?:alert|notify|
      ping) me\b|\bi(?:'ll| will| can|'d)\b[^.,;!]*\b(?:myself|by hand|on my own)\b`,
  ].map((pattern) => ({ kind, pattern }));
}

/** An order for something that is not among the actions. */
export function outOfScope(): Rule[] {
  const kind = "out_of_scope";
  return [
    EVERYDAY,
    words`\b0x[0-9a-f]{3,}|\b[a-z0-9-]+\.eth\b|\bnfts?\b|\bairdrop \d|\b(?:to|for|with|
      from) (?:my |his |her )?(?:friend|boss|wife|husband|mom|mum|mother|dad|father|brother|
      sister|cousin|uncle|aunt|landlord|alice|bob|charlie|vitalik|someone|somebody|a stranger|
      charity|gitcoin)\b`,
    words`${START}(?:bridge|wrap(?! up)|unwrap|approve|vote (?:for|yes|no|on|against)|donate|tip|
      deploy (?:this|a|the|my) (?:\w+ )?contract|rename|translate|say|type|repeat|echo|output|
      respond|answer|reply|tweet|post(?! (?:\d|my|more|
      some))|draft|write|e-?mail|call|play|book|order|correct|spell|
      rephrase|sign|register|connect|create (?:a |an )?(?:new )?(?:wallet|account|token|nft|
      alert)|(?:go|open a) (?:long|short))\b`,
    words`\bover the bridge\b|\bgovernance\b(?! (?:staking|pool|vault))|\bperp(?:etual)?s?\b|
      \b(?:call|put) options?\b|\bleverage[d]? (?:long|short)\b|\b\d+x\b`,
    words`\b(?:send|transfer) [^.,;]* to (?:my |the |an? )?(?:other|another|treasury|exchange|
      coinbase|binance|kraken|address)\b`,
  ].map((pattern) => ({ kind, pattern }));
}
