import { type Context, covers, isAsset, isPhraseEnd, norm, refused } from "./context.ts";
import { readCounted } from "./counted.ts";
import { isNumberWord } from "./number_words.ts";
import type { Quantity } from "./types.ts";

const ALL = new RegExp(
  "^(?:everything|(?:all the way )?down to (?:zero|nothing|nil|the last [a-z]+)|to the last (?:cent|penny|wei|drop|unit|coin|token|bit)|the whole (?:shebang|caboodle|enchilada|nine yards)|the (?:whole )?lot(?: of)?|the (?:totality|entirety|whole) of|the last of(?= (?:my|our|the) )|in full|in (?:its|their) entirety|the entire lot|the whole(?= [a-z0-9.]+ (?:debt|loan|balance|position|stake|deposit|bag|stack|thing|stash|pile|pot|hoard|supply|exposure|allocation|reserves?)(?: |$))|the (?:maximum|max)(?: (?:amount|balance|possible|allowed))?|" +
    "(?:max|maximum) (?:amount|balance|possible)|entire|entirely|completely|fully|" +
    "(?:the )?full (?:balance|amount|position|deposit|stake|loan|debt|stack|bag|holdings?|size)|" +
    "whole(?= [a-z0-9.]+ (?:debt|loan|balance|position|stake|deposit|bag|stack|thing|stash|pile|pot|hoard|supply|exposure|allocation|reserves?)(?: |$))|whole (?:thing|balance|amount|position|deposit|stake|loan|debt|stack|bag|holdings?|lot|portfolio|wallet)|whole of|" +
    "total (?:balance|amount|position|holdings?|stake|debt|deposit)|" +
    "(?:the )?whole (?:shebang|caboodle|kaboodle|kit and caboodle|enchilada|nine yards|bunch|shooting match|ball of wax|pile|pot|bundle|sum)(?: of)?|" +
    "the works|the full monty|lock ,? ?stock ,? ?and barrel|the entire (?:amount|balance|sum|pile|bunch)(?: of)?|" +
    "(?:down )?to the (?:very )?last (?:cent|penny|drop|token|coin|wei|satoshi|sat|dime|crumb)|" +
    "what(?:ever)?(?= [a-z0-9.]+ (?:i|we) (?:still )?(?:have|hold|own)(?: |$))|" +
    "every (?:last |single )?(?:drop|crumb|wei|satoshi|sat|lamport|speck|shred|scrap|morsel|grain|dime|nickel|dollar|token|coin|piece|unit|iota|ounce|share)(?: of)?|" +
    "every (?:last |single )?(?:drop|crumb|scrap|satoshi|sat|wei|ounce|speck|shred|morsel|dime|red cent|tiny bit|little bit|last little bit)(?: of)?|" +
    "(?:down )?to the (?:very )?last (?:drop|crumb|scrap|cent|penny|satoshi|sat|wei|coin|token|bit|dime|one|decimal)|" +
    "the whole (?:shebang|enchilada|nine yards|shooting match|caboodle|kaboodle|kit and (?:ca|ka)boodle|bundle|kit)(?: of)?|lock ,? ?stock and barrel|" +
    "every (?:last |single )?one(?: of)?|every (?:bit|last|single|cent|penny)(?: (?:last|single|bit|cent|penny))?(?: of)?|each and every)(?= |$)",
);
const NOT_ALL =
  /^(?:right|good|set|ready|clear|best|alone|along|over|the way|in all|time|day|night|week|of a sudden)(?= |$)/;
const BEFORE_NOT_ALL = /^(?:after|at|above|of|thanks|hi|hello|hey|for|in)$/;
const REST =
  /^(?:(?:the )?(?:rest|remainder|remaining|leftovers?)|what(?:ever)?(?: is|'s| was)? left|what(?:ever)? remains|whatever(?: i have| we have| is there|'s there)?)(?= |$)/;
const VAGUE = new RegExp(
  "^(?:(?:a|the) (?:bit|little|lot|bunch|handful|tad|ton|load|small amount|large amount|small part|large part|" +
    "small portion|large portion|(?:small|large|good|big|fair) (?:share|slice|bit|piece|chunk|sum)|portion|chunk|fraction|little bit|part|good part)(?: more)?(?: of)?|" +
    "(?:a |the )?(?:few|couple)(?: more)?(?: of)?|(?:part|parts|bits|portions?|chunks?) of|several|some(?: more)?|" +
    "lots of|plenty of|tons of|loads of|most of|most (?=my |our )|(?:tens|dozens|hundreds|thousands|millions|billions)(?: of)?|" +
    "enough|(?:the |my |our )?(?:usual|same|normal|regular|standard) (?:\\S+ )?(?:amount|size|sum)|as (?:much|many|little) as (?:\\S+ )?(?:\\S+ )?(?:can|could|want|like|possible|have|allowed|" +
    "able|needed)|as (?:much|many) (?:\\S+ ){0,5}as|the most (?:i|we|you) can|however much|(?:any|an|x|n|some|a certain|a given) amount(?: of)?|a suitable amount(?: of)?)(?= |$)",
);
/** Where these words say something else than how much. */
const NOT_VAGUE =
  /^(?:some(?: more)?|most(?: of)?|few|several|enough|part|little|lot|bit|(?:the |a )?part(?: of)?) (?:point|time|day|way|reason|how|one|where|likely|recent|days|of the time|minutes|hours|seconds|weeks|moments|times)(?= |$)/;
const NOT_FINITE = /^(?:nan|inf|infinity|infinite|infinitely|unlimited|∞|boundless|endless)$/;
const FACTOR = /^(?:twice|thrice|double|triple|quadruple|doubled|tripled|x\d+)$/;

/** "all", "everything", "max", "the whole balance". */
export function readAll(context: Context, index: number): Quantity | null {
  const word = norm(context, index);
  if (word === "all") return readAllWord(context, index);
  if (/^max(?:imum)?$/.test(word)) {
    const length = covers(context, index, ALL) || 1;
    const to = index + length;
    const isAll = length > 1 || isPhraseEnd(context, to) || isAsset(context, to) ||
      /^(?:my|the|our|of)$/.test(norm(context, to));
    // "max slippage" limits something
    if (isAll) return { from: index, to, kind: "all" };
    return refused(context, index, to, "bound", "bound");
  }
  if (word === "min" || word === "minimum") {
    return refused(context, index, index + 1, "bound", "bound");
  }
  const isEach = word === "every" && isAsset(context, index + 1);
  const length = isEach ? 1 : covers(context, index, ALL);
  return length ? { from: index, to: index + length, kind: "all" } : null;
}

function readAllWord(context: Context, index: number): Quantity | null {
  const to = index + 1;
  const isOther = /^(?:after|above)$/.test(norm(context, index - 1)) ||
    covers(context, to, NOT_ALL) > 0 ||
    BEFORE_NOT_ALL.test(norm(context, index - 1)) && isPhraseEnd(context, to);
  if (isOther) return null;
  // "all 5 ETH", "all of my 5 ETH": the five that there are
  const skip = covers(context, to, /^(?:of )?(?:my |the |our |these |those )?(?=\S)/);
  const counted = readCounted(context, to + skip);
  if (counted?.kind === "amount" && !counted.refusal) return { ...counted, from: index };
  return { from: index, to, kind: "all" };
}

/** "some", "a few", "the rest", "unlimited", "twice": amounts that are named but not stated. */
export function readUnstated(context: Context, index: number): Quantity | null {
  const rest = covers(context, index, REST);
  // "the leftover 73 USDC": so many are left
  const isOwn = /^(?:my|our)$/.test(norm(context, index - 1));
  const left = rest && !isOwn ? readCounted(context, index + rest) : null;
  if (left?.kind === "amount" && !left.refusal) return { ...left, from: index };
  if (rest) return refused(context, index, index + rest, "unreadable", "rest");
  if (covers(context, index, NOT_VAGUE) === 0) {
    const vague = covers(context, index, VAGUE);
    if (vague) {
      const counted = readCounted(context, index + vague);
      return refused(context, index, counted?.to ?? index + vague, "approximate", "vague");
    }
  }
  const word = norm(context, index);
  // "borrow N GHO": a place that was left open
  const isBlank = /^(?:N|X|Y|NN|XX|XXX)$/.test(context.tokens[index]!.text) &&
    !context.isShouting && isAsset(context, index + 1);
  if (isBlank) return refused(context, index, index + 1, "unreadable", "malformed");
  // "1__000", "5e3k": a number that no convention writes
  const isNumber = /^[\d.,'_]+(?:e\d+)?(?:k|mm?|bn?)?$/.test(word);
  if (isNumber && context.tokens[index]!.kind === "symbol") {
    return refused(context, index, index + 1, "unreadable", "malformed");
  }
  // "3k5" is 3,500 to some
  if (/^\d{1,3}[km]\d{1,3}$/.test(word)) {
    return refused(context, index, index + 1, "unreadable", "malformed");
  }
  if (word.endsWith("ish") && isNumberWord(word.slice(0, -3))) {
    return refused(context, index, index + 1, "approximate", "approximate");
  }
  // "7.5 INF", "2 SOL to INF": a token of that name
  const before = norm(context, index - 1);
  const counts = word === "inf" && (context.tokens[index - 1]?.kind === "number" ||
    isNumberWord(before) || /^(?:to|into|for|my)$/.test(before) && !isAsset(context, index + 1));
  if (NOT_FINITE.test(word) && !counts) {
    return refused(context, index, index + 1, "unreadable", "not_finite");
  }
  if (/^(?:x|\*|times)$/.test(word)) {
    const factor = readCounted(context, index + 1);
    if (factor) return refused(context, index, factor.to, "multiplier", "multiplier");
  }
  if (FACTOR.test(word)) return refused(context, index, index + 1, "multiplier", "multiplier");
  // a longer one is an address, one before dots the beginning of one
  if (/^0(?:x[0-9a-f]{1,8}|[bo]\d+)$/.test(word) && !/^\.\./.test(norm(context, index + 1))) {
    return refused(context, index, index + 1, "unreadable", "hex");
  }
  return null;
}
