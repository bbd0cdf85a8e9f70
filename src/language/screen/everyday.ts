import { verbOf } from "../order.ts";
import type { CompiledLexicon } from "../lexicon.ts";
import { may, mayName, senseOf, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

/** How far behind a word such as "weekly" the rewards stand that it belongs to. */
const REACH = 3;
/** "I say", "I tell you": who orders may say that he does. */
const SPEAKS = /^(?:say|tell|ask)$/;

/** What an order follows from. */
const SO =
  /^(?:which is why|(?:and )?that's why|that is why|this is why|hence why|for th(?:at|is) reason|as a result)$/;

/** Takes from words the senses that they do not have where they stand: "500 DAI goes to Aave" quotes nobody. */
export function toEveryday(
  said: readonly Tag[],
  { bases }: Pick<CompiledLexicon, "bases">,
): Tag[] {
  const exit = bases.get("exit");
  const tags = takeOwed(said);
  return tags.map((tag, i) => {
    if (exit && isLeft(tags, i)) {
      return { ...tag, senses: [{ role: "verb", verb: exit, form: "base" }] };
    }
    if (isSpentOn(tags, i)) return { ...tag, norm: "for", senses: [{ role: "prep" }] };
    if (isNil(tags, i)) {
      const { from, to, text } = tag;
      const refusal = { kind: "zero" as const, text };
      return { ...tag, senses: [], quantity: { from, to, kind: "amount", value: "0", refusal } };
    }
    if (isYielded(tags, i)) return { ...tag, senses: [{ role: "object", hint: "reward" }] };
    if (isOneAt(tags, i) || isOneAt(tags, i - 1)) {
      const { quantity: _, ...rest } = tag;
      return { ...rest, senses: [{ role: "filler" }] };
    }
    if (isOfOne(tags, i)) {
      const { quantity: _, ...rest } = tag;
      return { ...rest, senses: [{ role: "determiner" }] };
    }
    if (isMadeOf(tags, i)) return { ...tag, norm: "please", senses: [{ role: "courtesy" }] };
    // "which is why I want …"
    if (SO.test(tag.norm)) return { ...tag, norm: "so" };
    // "goes to Aave", "goes back": moves
    const moves = tag.norm === "goes" && may(tags[i + 1], "prep", "particle");
    // "I'd rather hold my ETH myself", "I'd rather see you do it": no act of the speaker
    const isKept = /^\S+(?: would)?(?: much| really)? rather(?: see| get| have)?$/.test(tag.norm) &&
      (verbOf(tags[i + 1], "base")?.foreign !== undefined ||
        /^(?:you|u|he|she|they|them|him|her)\b/.test(tags[i + 1]?.norm ?? ""));
    if (isKept) return { ...tag, senses: [{ role: "subject" }] };
    if (moves || isPerformed(tags, i)) {
      return { ...tag, senses: tag.senses.filter(({ role }) => role !== "speech") };
    }
    // "after all my ETH is out": when, where "I earned it after all" is not
    const waits = tag.norm === "after all" && tags[i + 1] !== undefined && !tags[i + 1]!.mark &&
      lightRole(tags[i + 1]!) === null;
    if (waits) return { ...tag, senses: [{ role: "condition" }] };
    if (isNamedSo(tags, i)) return { ...tag, senses: [] };
    if (isMine(tags, i)) return { ...tag, senses: [{ role: "determiner" }] };
    if (isStopped(tags, i)) return { ...tag, senses: [{ role: "negation" }] };
    if (isVainNeed(tags, i)) return { ...tag, senses: [{ role: "subject" }] };
    if (!isAttribute(tags, i)) return tag;
    const { quantity: _, ...rest } = tag;
    return { ...rest, senses: [{ role: "adjective" }] };
  });
}

/** "0.75 of an ETH": of one of it, as much as is said. */
function isOfOne(tags: readonly Tag[], at: number): boolean {
  const counted = tags[at - 2]?.quantity;
  return (tags[at]!.norm === "an" || tags[at]!.norm === "a") && tags[at - 1]?.norm === "of" &&
    counted?.kind === "amount" && !counted.refusal && /^0?\.\d/.test(counted.value ?? "") &&
    mayName(tags[at + 1], "asset");
}

/** What may follow the name of a place that is left, and leaves nothing in it. */
const AFTER_LEFT =
  /^(?:with|on|at|and|altogether|entirely|completely|fully|totally|now|today|please|pls|asap|immediately|for good|with all|right now|at once)$/;

/** "leave the Lido pool", "leave Puffer altogether": out of it, where nothing is said that stays in it. */
function isLeft(tags: readonly Tag[], at: number): boolean {
  if (tags[at]!.norm !== "leave" && tags[at]!.norm !== "leaving") return false;
  if (tags.slice(0, at).some((tag) => (verbOf(tag, "base")?.actions.length ?? 0) > 0)) return false;
  if (may(tags[at - 1], "but", "and", "negation", "then")) return false;
  let to = at + 1;
  while (/^(?:the|my|our|this|that)$/.test(tags[to]?.norm ?? "")) to++;
  const start = to;
  while (tags[to] && !tags[to]!.quantity && may(tags[to], "name", "place_word", "object")) to++;
  const place = tags.slice(start, to);
  const isPlace = place.length > 0 && place.length <= 4 &&
    place.some((tag) =>
      mayName(tag, "place") ||
      /^(?:vault|pool|farm|gauge|market|staking pool|nomination pool|safety module|stability pool|lending pool)$/
        .test(tag.norm)
    ) &&
    !place.some((tag) =>
      /^(?:position|stake|collateral|liquidity|lp|money|funds|balance|deposit)$/.test(tag.norm)
    );
  const after = tags[to];
  if (
    !isPlace ||
    tags.slice(to).some(({ norm }) =>
      /^(?:still|remaining|left|running|open|staked|locked|deposited|in|inside|there|alone|behind|as|until|be)$/
        .test(norm)
    )
  ) {
    return false;
  }
  return after === undefined || after.mark !== undefined || after.quantity !== undefined ||
    AFTER_LEFT.test(after.norm);
}

/** "spend 65 USDC on RENDER": what is bought with it. */
function isSpentOn(tags: readonly Tag[], at: number): boolean {
  const [next, after] = [tags[at + 1], tags[at + 2]];
  if (tags[at]!.norm !== "on" || !mayName(tags[at - 1], "asset") || !tags[at - 2]?.quantity) {
    return false;
  }
  if (verbOf(tags[at - 3], "base")?.base !== "spend") return false;
  // "RENDER", "on NOT": everyday words that are tickers as they are written
  const isThing = mayName(next, "asset") || /^\$?[A-Z][A-Z0-9]{1,9}$/.test(next?.text ?? "");
  return isThing && !mayName(next, "chain") && !mayName(next, "place") &&
    (after === undefined || after.mark !== undefined || lightRole(after) !== null ||
      may(after, "prep"));
}

/** "bring my debt down to nil" */
function isNil(tags: readonly Tag[], at: number): boolean {
  return /^(?:nil|nought|naught|zilch|nothing)$/.test(tags[at]!.norm) &&
    tags[at - 1]?.norm === "to" &&
    tags.slice(0, at).some((tag) => senseOf(tag, "object")?.hint === "debt");
}

/** What a place does for who has something in it. */
const YIELDS =
  /^(?:earned|made|yielded|accrued|generated|paid|accumulated|produced|earns|earn|yield|grown|collected|brought in|thrown off|made me|paid me|earned me|gave me|gave|owes me|owes us|owes|brought me|has earned|has made|has yielded|has accrued)$/;

/** "what my validator earned so far", "whatever Velodrome owes me": what a place yields. */
function isYielded(tags: readonly Tag[], at: number): boolean {
  // "the fees which my LP earned"
  const isRelative = /^(?:which|that)$/.test(tags[at]!.norm) &&
    senseOf(tags[at - 1], "object")?.hint === "reward";
  if (!isRelative && !/^(?:what|whatever|everything|all)$/.test(tags[at]!.norm)) return false;
  let to = at + 1;
  while (to < at + 6 && tags[to] && isPlaceWord(tags[to]!)) to++;
  const names = tags.slice(at + 1, to).some((tag) =>
    may(tag, "place_word") || mayName(tag, "place") ||
    /^(?:stake|position|liquidity|collateral)$/.test(senseOf(tag, "object")?.hint ?? "")
  );
  while (/^(?:has|have|did|already)$/.test(tags[to]?.norm ?? "")) to++;
  // "repay what Aave owes me" is none
  const isOwed = /^owes/.test(tags[to]?.norm ?? "");
  if (
    isOwed &&
    !/^(?:claim|collect|harvest|grab|fetch|get|give me|get me)$/.test(tags[at - 1]?.norm ?? "")
  ) {
    return false;
  }
  return names && to > at + 1 && YIELDS.test(tags[to]?.norm ?? "") &&
    !tags.slice(to + 1).some((tag) => may(tag, "question"));
}

function isPlaceWord(tag: Tag): boolean {
  return !tag.mark && !tag.quantity &&
    (may(tag, "determiner", "place_word", "name") || mayName(tag, "place") ||
      /^(?:on|in|at)$/.test(tag.norm) ||
      /^(?:stake|reward|lending|position|liquidity|collateral)$/
        .test(senseOf(tag, "object")?.hint ?? ""));
}

/** "harvest it, the one on QuickSwap": where what was named before is. */
function isOneAt(tags: readonly Tag[], at: number): boolean {
  const isOne = /^(?:the|that|those)$/.test(tags[at]?.norm ?? "") &&
    /^ones?$/.test(tags[at + 1]?.norm ?? "");
  return isOne && tags[at - 1]?.mark === "," && may(tags[at + 2], "prep") &&
    (mayName(tags[at + 3], "place") || may(tags[at + 3], "determiner")) &&
    tags.slice(0, at).some((tag) => (verbOf(tag, "base")?.actions.length ?? 0) > 0) &&
    !tags.slice(0, at).some((tag) => may(tag, "negation", "correction"));
}

/** "No wait, make that 60 ETH, not 50, sold into DAI": asks for it anew. */
function isMadeOf(tags: readonly Tag[], at: number): boolean {
  const { norm } = tags[at]!;
  if (
    !/^(?:actually )?(?:let's )?make (?:it|that)$/.test(norm) ||
    tags[at + 1]?.quantity === undefined || tags[at + 2]?.norm === "instead"
  ) return false;
  return tags.slice(0, at).every((tag) =>
    tag.mark !== undefined || may(tag, "correction") || lightRole(tag) !== null
  );
}

/** "I ask politely: …", "undelegate 5 SOL I tell you": the speaker's own act, at an end of the prompt. */
function isPerformed(tags: readonly Tag[], at: number): boolean {
  if (!SPEAKS.test(tags[at]!.norm) || !/^(?:i|we)$/.test(tags[at - 1]?.norm ?? "")) return false;
  const next = tags[at + 1]?.norm === "you" ? at + 2 : at + 1;
  const before = tags[at - 2];
  const isLast = tags.slice(next).every(({ mark }) => mark !== undefined);
  return before === undefined || before.mark === "." || isLast && !may(before, "condition", "but");
}

/** "my weekly rewards": how often they are paid out, not how often to claim them. */
function isAttribute(tags: readonly Tag[], at: number): boolean {
  const { quantity, norm } = tags[at]!;
  if (quantity?.kind !== "schedule" || !/^(?:weekly|monthly)$/.test(norm)) return false;
  const before = tags[at - 1];
  if (!may(before, "determiner", "name")) return false;
  for (let i = at + 1; i <= at + REACH && i < tags.length; i++) {
    if (senseOf(tags[i], "object")?.hint === "reward") return true;
    if (!may(tags[i], "name", "adjective") && tags[i]!.senses.length > 0) return false;
  }
  return false;
}

/** Words of one who wants something to end or not to be. */
const AGAINST =
  /^(?:please |and )?(?:stop|quit|enough|no|not|don't|dont|do not|never|(?:i'm|im|i am|we're|we are) not|(?:i )?won't|(?:i'm |im )?(?:done|tired|sick|fed up)|nothing) (?!.* and$)/;

/** "stop asking me to stake 5 ETH": of what there is to be no more, where "stop asking me, stake …" only hurries. */
function isStopped(tags: readonly Tag[], at: number): boolean {
  const next = tags[at + 1];
  return AGAINST.test(tags[at]!.norm) && !/(?:wait|time|more|less)$/.test(tags[at]!.norm) &&
    may(tags[at], "insistence") && next !== undefined &&
    !verbOf(next, "base") && lightRole(next) === null &&
    (may(next, "prep", "condition", "self", "pronoun", "question", "speech") ||
      /^(?:about|that|to|of|how|why|regarding)$/.test(next.norm)) &&
    !may(next, "before");
}

/** "I can't not have some yield": a need, where "I can't not claim it" is an order. */
function isVainNeed(tags: readonly Tag[], at: number): boolean {
  if (!/(?:can't|cant|cannot|couldn't) not$/.test(tags[at]!.norm)) return false;
  let next = at + 1;
  while (tags[next] && lightRole(tags[next]!) !== null) next++;
  return (verbOf(tags[next], "base")?.actions.length ?? 0) === 0;
}

/** "cash is king", "a good sport": what somebody is, and not who is spoken to. */
function isNamedSo(tags: readonly Tag[], at: number): boolean {
  return /^(?:emergency|king|queen|sport|baby|babe|hen|lad|lass|digger|doc|governor|mister|ladies|gents)$/
    .test(tags[at]!.norm) && may(tags[at - 1], "be", "determiner", "prep", "adjective");
}

/** "half me ETH", "on me Aave": my, as it is spoken. */
function isMine(tags: readonly Tag[], at: number): boolean {
  const before = tags[at - 1];
  const isLed = before?.quantity !== undefined ||
    /^(?:in|on|from|off|of|to|into|onto|with|out of|at|all)$/.test(before?.norm ?? "");
  return tags[at]!.norm === "me" && isLed &&
    may(tags[at + 1], "name", "object", "adjective", "place_word") &&
    (verbOf(tags[at + 1], "base") === undefined || may(tags[at + 1], "name"));
}

/** What a place owes, behind "whatever" and its name: "whatever the Thena gauge owes me". */
const OWES =
  /^(?:owes|has for|holds for|has earned|has made|has accrued for|has paid|pays|is paying)$/;

/** "collect whatever GMX owes to me": what one has earned there. */
function takeOwed(tags: readonly Tag[]): readonly Tag[] {
  const at = tags.findIndex(({ norm }) =>
    /^(?:whatever|what|all that|everything|anything)$/.test(norm)
  );
  if (at < 0) return tags;
  let to = at + 1;
  while (to < at + 5 && may(tags[to], "determiner", "name", "place_word")) to++;
  const [verb, next] = [tags[to], tags[to + 1]];
  const whom = next?.norm === "to" ? to + 2 : to + 1;
  const owes = to > at + 1 && verb !== undefined && OWES.test(verb.norm) &&
    /^(?:me|us)$/.test(tags[whom]?.norm ?? "") &&
    tags.slice(at + 1, to).some((tag) => may(tag, "name"));
  if (!owes) return tags;
  return tags.map((tag, i) =>
    i === at
      ? { ...tag, senses: [{ role: "object", hint: "reward" }] }
      : i >= to && i <= whom
      ? { ...tag, senses: [{ role: "adjective" }] }
      : i > at && i < to && mayName(tag, "place")
      ? {
        ...tag,
        senses: tag.senses.filter((sense) => sense.role !== "name" || sense.kind === "place"),
      }
      : tag
  );
}
