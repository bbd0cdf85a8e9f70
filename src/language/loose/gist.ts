import { readArguments } from "../arguments.ts";
import type { HeadForm, OrderHead, ReadOrder } from "../order.ts";
import { verbOf } from "../order.ts";
import type { Base } from "../reading/base.ts";
import { exchangesOf } from "../reading/exchange.ts";
import { CLAIMS } from "../screen/screen.ts";
import { lightRole } from "../screen/transparent.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";
import { RETRACTS } from "./background.ts";
import { isIdle, loadedIn } from "./words.ts";

/** Those of whom a report tells. */
const OTHERS =
  /^(?:he|she|they|them|him|her|his|their|you|your|you're|yours|who|whose|someone|somebody|anyone|everyone|people|nobody|guys|folks)$/;
/** Words of a report or a plan: an order that is to be carried out now has none of them. */
const TELLS =
  /^(?:was|were|came|hate|hated|enjoy|enjoyed|miss|missed|regret|regretted|remember|remembered|recall|agreed|supposed|promised|forgot|dread|fear|dislike|detest|adore|considered|tried|planned|allowed|refused|wanted|wished|hoped|had|did|didn't|went|yesterday|ago|tomorrow|tonight|later|soon|next|someday|again|already|inclined|bearing|way|ways|cheap|expensive|erase|slippage|earlier|will|info|information|finished|executed|completed|used|count|step|steps|finish|finally|once|afterwards|difference|versus|unsend|made|usually|always|often|sometimes|how|why|what|which|when|where|whether|would've|should've|could've)$/;

/** Longest prompt whose gist is looked for, in tags: a longer one says more than one thing. */
const MAX_TAGS = 40;

/** Something that a prompt may ask for: a word of the domain that names an act. */
interface Act {
  readonly tag: Tag;
  readonly form: HeadForm;
  readonly word: string;
  readonly actions: readonly string[];
}

/**
 * The one order that a prompt can be about, where its clauses do not show one: "frax loan: pay 3k",
 * "venus usdc 2k back please". No word may take force away or tell of others, all acts that it names
 * have to agree, and all that bears load has to find its place: one amount, one thing of a kind. Whether
 * it is an order at all is left to a score that is sure.
 */
export function readGist(tags: readonly Tag[], base: Base): ReadOrder | null {
  if (!couldAsk(tags)) return null;
  const acts = tags.flatMap((tag, i) =>
    isHeld(tags, i) ? [] : actsOf(tag, tags[i - 1], tags[i + 1])
  );
  // Whose "it" is meant, and whether it is another's to carry, only clauses could tell
  const isFree = acts.some((act) => act.actions.length === 0);
  const isOpen = acts.length > 1 || isFree;
  // "take it out", "unclaimed GRT, get it": else the verb tells nothing
  const isEarned = tags.some(isReward);
  const tells = (i: number) => isEarned || may(tags[i + 1], "particle", "prep");
  const refers = (i: number) => isFree && (acts.length > 1 || !tells(i)) || !resumes(tags, i);
  // "that validator" is a thing of its own
  const isPronoun = (tag: Tag, i: number) =>
    may(tag, "pronoun") &&
    !(may(tag, "determiner") && may(tags[i + 1], "name", "object", "noun", "adjective"));
  if (isOpen && tags.some((tag, i) => isPronoun(tag, i) && refers(i))) return null;
  const actions = agreed(acts) ?? agreed(acts.filter(({ form }) => form === "imperative"));
  if (actions === null) return null;
  const act = leading(acts, actions);
  if (act === null ? !isPut(tags) : isTold(act, tags)) return null;
  const head = act === null ? headless(tags) : headOf(act, actions);
  const at = act === null ? 0 : tags.indexOf(act.tag);
  const named = acts.flatMap(({ tag, form }) => form === "imperative" ? [tag] : []);
  const isOther = (tag: Tag) => tag !== act?.tag && (isBareVerb(tag) || named.includes(tag));
  const front = tags.slice(0, at).filter((tag) => !isOther(tag));
  const back = tags.slice(act === null ? 0 : at + 1).filter((tag) => !isOther(tag));
  const found = { head, frame: [], front, back, tags: act ? [act.tag] : [], takes: null };
  const exchanges = exchangesOf(found, back, base.lexicon);
  const reading = readArguments(front, back, { ...base, exchanges });
  if (reading.foreign !== null || loadedIn(reading).length > 0) return null;
  for (const tag of tags) {
    if (isOther(tag) || tag === act?.tag) base.roles.set(tag, "verb");
  }
  return {
    head,
    phrases: reading.phrases,
    particles: reading.particles,
    ratios: {},
    parts: [[tags[0]!.from, tags.at(-1)!.to]],
    when: "then",
  };
}

/** "700 USDT to APT", and on the next line "stake it on Amnis": two things. */
function fillsLines(tags: readonly Tag[]): boolean {
  const at = tags.findIndex(({ mark }) => mark === "\n");
  const names = (part: readonly Tag[]) => part.some((tag) => may(tag, "name") || tag.quantity);
  return at >= 0 && names(tags.slice(0, at)) && names(tags.slice(at + 1));
}

/** "my velo bribes, claim them", "half of my LP take it out": what stood before the verb is meant by it. */
function resumes(tags: readonly Tag[], at: number): boolean {
  if (
    !/^(?:it|them|that|those|it all|them all|all of it|all of them|the lot)$/.test(tags[at]!.norm)
  ) {
    return false;
  }
  // "put my SNX in staking, all of it"
  const isNamed = tags.slice(0, at).some((tag) => may(tag, "name"));
  if (isNamed && /^(?:all of it|all of them)$/.test(tags[at]!.norm)) return true;
  const isDone = verbOf(tags[at - 1], "base") !== undefined;
  return isDone && tags.slice(0, at - 1).some((tag) => may(tag, "name", "object"));
}

/** True where nothing tells, asks back, takes back or counts twice. */
function couldAsk(tags: readonly Tag[]): boolean {
  // "1 WBTC into aave then": the last word joins nothing
  const joins = (i: number) => i < tags.length - 1 || tags[i]!.norm !== "then";
  if (tags.length > MAX_TAGS || tags.some((tag, i) => bars(tag) && joins(i)) || fillsLines(tags)) {
    return false;
  }
  // "kim's loan, repay it"
  const owned = tags.some(({ senses, norm, text }, i) =>
    senses.length === 0 && text === norm && norm.endsWith("'s") &&
    may(tags[i + 1], "name", "object", "noun")
  );
  // "I like staking 5 ETH", "I'm meant to stake 5 ETH"
  const feels = tags.some(({ norm }, i) =>
    /^(?:like|love|meant)$/.test(norm) && /^(?:i|we|i'm|im|we're)$/.test(tags[i - 1]?.norm ?? "")
  );
  if (owned || feels) return false;
  const words = tags.filter((tag) => !tag.mark && lightRole(tag) === null);
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  // "what I owe" is a thing, "claim them" says what stood before
  const told = words.filter((tag, i) =>
    !may(tag, "object") && !(may(tag, "pronoun") && resumes(words, i))
  ).flatMap(({ norm }) => norm.split(" "));
  // "the safety module" is a place to stake in
  const claims = (word: string, i: number) => CLAIMS.test(word) && norms[i + 1] !== "module";
  const tells = told.some((word) => OTHERS.test(word) || TELLS.test(word));
  if (tells || norms.some(claims)) {
    return false;
  }
  return !asks(norms) && isEnglish(words) && !RETRACTS.test(norms.join(" ")) &&
    tags.filter(({ quantity }) => quantity !== undefined && quantity.kind !== "ordinal").length <=
      1;
}

/** "can USDT be borrowed", "is my ETH staked": a question, with or without its mark. */
function asks([first, second]: readonly string[]): boolean {
  // "do the repay", "is time for giving it back"
  if (/^(?:do|is)$/.test(first ?? "") && /^(?:the|a|an|me|this|time|\w+ing)$/.test(second ?? "")) {
    return false;
  }
  return /^(?:can|could|is|are|do|does|did|would|should|has|have|may|am)$/.test(first ?? "") &&
    !/^(?:i|we|like|love)$/.test(second ?? "");
}

/** True if most words are known: others may be of another language. */
function isEnglish(words: readonly Tag[]): boolean {
  const unknown = words.filter(({ senses, quantity }) => senses.length === 0 && !quantity);
  return unknown.length <= Math.max(1, 0.4 * words.length);
}

/** "I pulled 500 USDC", "sorry for withdrawing it": what was done, or what is talked about. */
function isTold({ tag, form }: Act, tags: readonly Tag[]): boolean {
  const at = tags.indexOf(tag);
  const before = tags[at - 1]?.norm ?? "";
  if (
    /(?:^| )(?:against|for|of|about|way to|way|done|stop|stopped|inclined|tend|between|risk|due|due to)$/
      .test(before)
  ) {
    return true;
  }
  const relates = /^(?:i|we)$/.test(before) &&
    /^(?:that|which|what)$/.test(tags[at - 2]?.norm ?? "");
  if (relates || /^(?:that|which|what) (?:i|we)$/.test(before)) return true;
  // "I have a loan on aave"
  const has = tags.slice(0, at).some(({ norm }) =>
    /^(?:i have|we have|i've got|i got)$/.test(norm)
  );
  if (form === "noun" && has && senseOf(tag, "object")?.hint === "debt") return true;
  if (form !== "participle") return false;
  // "Finally got my 5 ETH unstaked"
  const got = tags.findIndex(({ norm }) => /(?:^| )got$/.test(norm));
  if (got >= 0 && got < at - 1) return true;
  const after = tags[at + 1];
  const isSaid = after?.quantity !== undefined || may(after, "determiner", "name", "object");
  // "half of my INJ, I want it unbonded"
  const isWanted = before === "it" &&
    tags[at - 2]?.senses.some((sense) => sense.role === "frame" && sense.takes === "thing");
  return isSaid || !isWanted && /^(?:i|we|i've|we've|just|it)$/.test(before);
}

const WHOLE = /^(?:all of it|all of them|everything|it all|the lot|the whole lot)$/;
const EARNED = /^(?:unclaimed|accrued|claimable|earned|pending)$/;

function isReward(tag: Tag): boolean {
  return senseOf(tag, "object")?.hint === "reward" ||
    may(tag, "adjective") && EARNED.test(tag.norm);
}

/** True if words without an act tell where something is to go: "venus usdc 2k back", "300 DAI into the DSR". */
function isPut(tags: readonly Tag[]): boolean {
  const led = tags.some((tag, i) =>
    i < tags.length - 1 && (may(tag, "prep") || tag.mark === "->") && lightRole(tag) === null
  );
  const counts = tags.some((tag) => tag.quantity !== undefined || WHOLE.test(tag.norm));
  const isAsked = tags.some((tag) => may(tag, "courtesy", "urgency", "self"));
  // "fees from my ETH-USDC pool now", "those unclaimed RAY into my account"
  if (tags.some(isReward) && isAsked && tags.some((tag) => may(tag, "name"))) return true;
  const isAt = tags.some((tag) =>
    may(tag, "object", "place_word") || may(tag, "name") && senseOf(tag, "name")?.kind !== "asset"
  );
  // "a third of my staked ALGO out"
  const isOut = tags.some(({ norm }) => /^(?:out|back|home|to here|back here)$/.test(norm)) &&
    tags.some((tag) => may(tag, "name"));
  return counts &&
    (led || isOut || (isAt && tags.some((tag) => may(tag, "particle", "courtesy", "urgency"))));
}

/** True for what leaves no order that could be acted on, wherever it stands. */
function bars(tag: Tag): boolean {
  if (tag.quantity) return tag.quantity.refusal !== undefined;
  if (tag.mark === "?") return true;
  if (lightRole(tag) !== null) return false;
  const roles = ["negation", "condition", "question", "speech", "play", "foreign"] as const;
  if (may(tag, ...roles, "then", "before", "after")) return true;
  // "staking 2 ETH on lido gives stETH" tells
  if (verbOf(tag, "third") && !may(tag, "name", "object", "noun")) return true;
  if (tag.senses.some((sense) => sense.role === "verb" && sense.verb.foreign !== undefined)) {
    return !may(tag, "name", "object", "noun");
  }
  const isSlot = may(tag, "name", "object", "noun", "place_word", "prep", "particle") ||
    /^[+&]$/.test(tag.norm);
  return !isSlot && !isBareVerb(tag) && tag.senses.length > 0 && !isIdle(tag);
}

function isBareVerb(tag: Tag): boolean {
  return verbOf(tag, "base", "gerund") !== undefined &&
    !may(tag, "name", "object", "noun", "place_word", "prep", "determiner");
}

/** "my supply", "take credit": a noun that looks like a verb. */
function isThing(tag: Tag, before: Tag | undefined, after: Tag | undefined): boolean {
  if (!may(tag, "object", "noun", "place_word") || before === undefined) return false;
  // "stake it", "lend 5 ETH": what has an object of its own is a verb
  if (after?.quantity !== undefined || may(after, "pronoun", "determiner")) return false;
  if (verbOf(tag, "gerund")) return may(before, "determiner", "adjective", "name");
  return may(before, "determiner", "adjective", "prep", "name") || before.quantity !== undefined ||
    verbOf(before, "base") !== undefined;
}

/** "out of my Kamino deposit", "from the staked ETH": where something is, not what to do. */
function isHeld(tags: readonly Tag[], at: number): boolean {
  for (let i = at - 1; i >= 0 && i >= at - 3; i--) {
    const tag = tags[i]!;
    if (/^(?:from|out of|off)$/.test(tag.norm)) return true;
    if (!may(tag, "determiner", "name", "adjective", "place_word") || tag.quantity) return false;
  }
  return false;
}

function actsOf(tag: Tag, before: Tag | undefined, after: Tag | undefined): Act[] {
  // Harvest Finance, and "harvest everything"
  const isTaken = after?.quantity !== undefined || may(after, "pronoun", "determiner");
  if (may(tag, "name") && !(isTaken && verbOf(tag, "base"))) return [];
  const verb = isThing(tag, before, after) ? undefined : verbOf(tag, "base", "gerund");
  if (verb) return [{ tag, form: "imperative", word: verb.base, actions: verb.actions }];
  const done = verbOf(tag, "participle");
  // "half my staked AVAX", "a third of staked ALGO": what it is
  const isWhat = may(before, "determiner", "adjective") && may(after, "name", "object");
  if (done && isWhat) return [];
  if (done) return [{ tag, form: "participle", word: done.base, actions: done.actions }];
  const noun = senseOf(tag, "noun");
  return noun ? [{ tag, form: "noun", word: tag.norm, actions: noun.actions }] : [];
}

/** What all acts of a prompt may ask for; empty where none tells, null where they differ. */
function agreed(acts: readonly Act[]): string[] | null {
  const told = acts.filter(({ actions }) => actions.length > 0);
  if (told.length === 0) return [];
  const common = told[0]!.actions.filter((action) =>
    told.every(({ actions }) => actions.includes(action))
  );
  return common.length === 0 ? null : common;
}

const FORMS: readonly HeadForm[] = ["imperative", "participle", "noun"];

/** The act that says most: of several verbs the one that leaves the least open. */
function leading(acts: readonly Act[], actions: readonly string[]): Act | null {
  const told = actions.length === 0 ? acts : acts.filter((act) => act.actions.length > 0);
  for (const form of FORMS) {
    const [first, ...more] = told.filter((one) => one.form === form);
    if (first) {
      return more.reduce((a, b) => b.actions.length < a.actions.length ? b : a, first);
    }
  }
  return null;
}

function headOf({ tag: { from, to }, form, word }: Act, actions: readonly string[]): OrderHead {
  // "that's for the loan": whether it is there already, nothing shows
  return { form, word, actions, ...(form === "noun" && { held: true }), from, to };
}

function headless([first]: readonly Tag[]): OrderHead {
  return { form: "verbless", word: "", actions: [], from: first!.from, to: first!.from };
}
