import { HIDDEN } from "./screen/hidden.ts";
import type { RefusalKind } from "./kinds.ts";
import type { CompiledLexicon } from "./lexicon.ts";
import { isShouting } from "./names/open_names.ts";
import { type ReadOrder, verbOf } from "./order.ts";
import { readGist } from "./loose/gist.ts";
import { hastens, isPlainTail, leadsUp, mayRunOn, tailAt } from "./loose/tail.ts";
import { isShunned } from "./loose/telling.ts";
import { isHaste } from "./loose/background.ts";
import { isRunOnRemark, isThanksFor } from "./loose/remarks.ts";
import { lightRole } from "./screen/transparent.ts";
import type { Base, Reading } from "./reading/base.ts";
import { readSegments } from "./reading/segments.ts";
import { readQuantities } from "./quantities/read.ts";
import { createRoles, type Role, type Roles } from "./roles.ts";
import { takeRatios } from "./ratios.ts";
import { cutSegments } from "./segments.ts";
import { may, senseOf, type Tag, tagTokens } from "./tokens/tags.ts";
import { joinAddresses } from "./tokens/addresses.ts";
import { type Token, tokenize } from "./tokens/tokens.ts";
import { resolveLatter, undoClefts } from "./screen/clefts.ts";
import { dropContrasts, dropNotBut, dropNotThis } from "./screen/contrasts.ts";
import { dropExclusions } from "./screen/exclusions.ts";
import {
  dropButton,
  dropCommandSign,
  dropDoubleNegation,
  dropLeads,
  dropSpared,
} from "./screen/leads.ts";
import { toEveryday } from "./screen/everyday.ts";
import { dropOpening, dropRenames, dropRepairs, dropScratched } from "./screen/repairs.ts";
import {
  dropRepeats,
  dropStutters,
  dropUnclear,
  dropWhole,
  dropWholeBehind,
  joinHalves,
} from "./screen/repeats.ts";
import {
  applyCorrections,
  asksOthers,
  dropListMarks,
  findWrapper,
  restartAt,
} from "./screen/wrappers.ts";

/** Why a prompt is no order to act on now, and where. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Ranges `[start, end)` of the prompt in UTF-16 units. */
  readonly spans: readonly (readonly [number, number])[];
}

/**
 * How orders were found: each word in its place (`strict`), words that bear no load passed over (`loose`),
 * the order at the end, to which all before it only leads up (`tail`), or the one thing that all words
 * together can be about (`gist`).
 */
export type ReadingKind = "strict" | "loose" | "tail" | "gist";

/** What a prompt was read to. */
export interface ParsedPrompt {
  readonly tokens: readonly Token[];
  /** The role of each token. */
  readonly roles: readonly Role[];
  /** The orders as they are to happen; empty where the prompt is refused. */
  readonly orders: readonly ReadOrder[];
  readonly refusal: Refusal | null;
  /** How the orders were found. */
  readonly reading: ReadingKind;
  /** What the words beside the orders may ask for, an entry for each that names an act. */
  readonly besides: readonly (readonly string[])[];
}

/** Longest prompt that is read, in tokens. A person's order has fewer than a hundred. */
export const MAX_TOKENS = 400;
/** Longest prompt that is looked at, in UTF-16 units. */
export const MAX_PROMPT_LENGTH = 2_000;

/**
 * Reads a prompt: which clauses are orders to be carried out now, what they are about, and what everything
 * else is. An order is proved, not assumed: its clause begins as orders do, and every word of it has a
 * place. What stands before it may tell how things are, what stands after it may give a reason; anything else
 * refuses the whole prompt, with the kind and the spans.
 *
 * Works in linear time.
 *
 * @param prompt Text of a person.
 * @param lexicon The words of a domain: {@linkcode compileLexicon}.
 */
export function parsePrompt(prompt: string, lexicon: CompiledLexicon): ParsedPrompt {
  let last: ParsedPrompt | null = null;
  for (const parsed of readingsOf(prompt, lexicon)) {
    if (parsed.reading === "tail" || parsed.reading === "gist") break;
    if (parsed.refusal === null) return parsed;
    last = parsed;
  }
  return last!;
}

/**
 * The readings of a prompt, the strictest first: a domain takes the first in which it finds something to do.
 * A `tail` and a `gist` prove no order; a score has to.
 */
export function* readingsOf(prompt: string, lexicon: CompiledLexicon): Generator<ParsedPrompt> {
  if (latest?.prompt !== prompt || latest.lexicon !== lexicon) {
    latest = { prompt, lexicon, seen: [], rest: freshReadings(prompt, lexicon) };
  }
  const { seen, rest } = latest;
  for (let i = 0;; i++) {
    if (i === seen.length) {
      const next = advance(rest);
      if (next.done) return;
      seen.push(next.value);
    }
    yield seen[i]!;
  }
}

/** The next reading; after a failure none is kept, or who asks again would get fewer. */
function advance(rest: Generator<ParsedPrompt>): IteratorResult<ParsedPrompt> {
  try {
    return rest.next();
  } catch (error) {
    latest = null;
    throw error;
  }
}

/** The prompt that was read last: who found nothing proved asks for its further readings. */
let latest: {
  readonly prompt: string;
  readonly lexicon: CompiledLexicon;
  readonly seen: ParsedPrompt[];
  readonly rest: Generator<ParsedPrompt>;
} | null = null;

function* freshReadings(prompt: string, lexicon: CompiledLexicon): Generator<ParsedPrompt> {
  const prepared = prepare(prompt, lexicon);
  if ("refusal" in prepared) {
    yield prepared;
    return;
  }
  const strict = readClauses(prepared, false);
  const first = finish(prepared, strict, "strict");
  yield first;
  if (exceptsSome(prepared)) return;
  const restart = strict.kind === null ? null : readRestart(prepared);
  // "withdraw, sorry, I meant deposit 400 USDC": what was begun before is none of it
  if (strict.kind !== null && restart === null) {
    const loose = readClauses(prepared, true);
    // What bears load tells more than all that the first reading left over
    const bad = loose.bad.length > 0 ? loose.bad : strict.bad;
    yield loose.kind === null
      ? finish(prepared, loose, "loose")
      : { ...first, refusal: { kind: strict.kind, spans: spansOf(bad, prepared) } };
  }
  // What looks odd is not guessed at
  if (prepared.tokens.some(({ flaws }) => flaws !== undefined) || HARDLY.test(prompt)) return;
  if (strict.kind !== null) {
    const isShown = ![...UNSHOWN, "negation"].includes(strict.kind);
    const tail = readTail(prepared, isShown) ?? readRunOn(prepared, isShown) ??
      readTail(prepared, isShown, true);
    if (tail) yield finish(prepared, tail, "tail");
  }
  if (restart) yield finish(prepared, restart, "tail");
  if (strict.kind !== null && !UNSHOWN.includes(strict.kind)) return;
  const roles = prepared.marked();
  const gist = readGist(dropContrasts(prepared.tags, roles), baseOf(prepared, roles, true));
  if (gist && askedBesides(prepared.tags, roles, 1).length === 0) {
    yield finish(prepared, { orders: [gist], kind: null, bad: [], roles }, "gist");
  }
}

/**
 * "on any chain but base", "into something like aave": passed over, it would name what is not meant; "leave all
 * of it staked" takes back the order.
 */
const EXCEPTS =
  /\b(?:any|anything|anywhere|something|somewhere|everything|everywhere|all|none)(?: \w+)? (?:but|like|except)\b|\b(?:leave|keep|leaving|keeping) (?:all|every|everything|it all|every)\b/;

function exceptsSome({ tokens }: Prepared): boolean {
  return EXCEPTS.test(tokens.map(({ norm }) => norm).join(" "));
}

/** Characters that nobody types by chance. */
const HARDLY = /[\p{Cf}\u2028\u2029]|[^\P{Cc}\n\r\t]/u;

/** Kinds of a refusal that say only that no clause shows an order. */
const UNSHOWN: readonly RefusalKind[] = ["not_understood", "third_person", "out_of_domain"];

/** A prompt that can be read. */
interface Prepared {
  readonly prompt: string;
  readonly lexicon: CompiledLexicon;
  readonly tokens: readonly Token[];
  readonly tags: readonly Tag[];
  /** Fresh roles in which list marks and corrections are marked. */
  readonly marked: () => Roles;
}

/** "one deposit of 0.4 WBTC": that it is one says nothing of how much. */
function withoutCounts(tags: readonly Tag[]): Tag[] {
  const isCounted = tags.some(({ quantity }) => quantity?.kind === "amount" && !quantity.refusal);
  return tags.map((tag, i) => {
    // "partial repayment, 125 LUSD": the amount tells how much of it
    const isSized = isCounted && /^(?:partial|small|modest)$/.test(tag.norm) &&
      may(tags[i + 1], "noun") &&
      tags[i + 2]?.mark !== undefined;
    if (isSized) return { ...tag, senses: [{ role: "adjective" }] };
    if (tag.quantity === undefined || !/^(?:one|a single|a)$/.test(tag.norm)) return tag;
    // "20 USDC on our Morpho line and 10 USDT on the Aave one": stands for the noun
    const isNoun = i > 1 && may(tags[i - 1], "name") && may(tags[i - 2], "determiner") &&
      !may(tags[i + 1], "name", "noun", "object");
    if (isNoun) {
      const { quantity: _, ...rest } = tag;
      return { ...rest, senses: [{ role: "adjective" }] };
    }
    // "one small loan, 50 DAI": what counts is said as well
    const next = tags.slice(i + 1, i + 4).findIndex((one) => may(one, "noun", "object"));
    const isSaid = next > 0 && tags.some((one) => one !== tag && one.quantity !== undefined) &&
      tags.slice(i + 1, i + 1 + next).every((one) =>
        !may(one, "name") && !one.quantity && !one.mark
      );
    const counts = !may(tags[i + 1], "name") &&
      (isSaid || may(tags[i + 1], "noun") ||
        may(tags[i + 1], "object") && tags[i + 2]?.norm === "of");
    if (!counts) return tag;
    const { quantity: _, ...rest } = tag;
    return { ...rest, senses: [{ role: "determiner" }] };
  });
}

type RoledReading = Reading & { readonly roles: Roles };

function prepare(prompt: string, lexicon: CompiledLexicon): Prepared | ParsedPrompt {
  const refuse = (
    kind: RefusalKind,
    span: readonly [number, number] = [0, prompt.length],
    tokens: readonly Token[] = [],
  ): ParsedPrompt => ({
    tokens,
    roles: rolesOf(tokens, createRoles(tokens.length)),
    orders: [],
    refusal: { kind, spans: [span] },
    reading: "strict",
    besides: [],
  });
  if (prompt.length > MAX_PROMPT_LENGTH) return refuse("too_long");
  const hidden = HIDDEN.exec(prompt);
  if (hidden) return refuse("unreadable", [hidden.index, hidden.index + hidden[0].length]);
  const tokens = tokenize(prompt, { isName: lexicon.isName });
  if (tokens.length > MAX_TOKENS) return refuse("too_long");
  if (tokens.length === 0) return refuse("empty");
  const flawed = tokens.find(({ flaws }) => flaws?.some((flaw) => !HARMLESS.includes(flaw)));
  if (flawed) return refuse("unreadable", [flawed.start, flawed.end], tokens);
  const quantities = readQuantities(tokens, lexicon.lexicon.quantities);
  const marks = createRoles(tokens.length);
  const tagged = joinAddresses(tagTokens(prompt, tokens, quantities, lexicon));
  const listed = dropListMarks(dropCommandSign(tagged, tokens, marks), prompt, tokens, marks);
  const said = dropStutters(withoutCounts(toEveryday(listed, lexicon)), marks);
  const renamed = dropScratched(dropRenames(joinHalves(said, marks), marks), marks);
  const corrected = applyCorrections(dropNotBut(dropUnclear(renamed, marks), marks), marks);
  const mended = dropRepeats(dropRepairs(dropOpening(corrected, marks), marks), marks);
  const meant = dropButton(dropDoubleNegation(dropLeads(mended, marks), marks), marks);
  const told = dropSpared(
    dropNotThis(dropWholeBehind(dropWhole(meant, marks), marks), marks),
    marks,
  );
  const tags = undoClefts(resolveLatter(told, marks), marks);
  const wrapper = findWrapper(tags, prompt, tokens);
  if (wrapper) {
    const { start } = tokens[wrapper.from]!;
    const { end } = tokens[Math.max(wrapper.from, wrapper.to - 1)]!;
    return refuse("wrapper", wrapper.to > wrapper.from ? [start, end] : undefined, tokens);
  }
  if (asksOthers(tags)) return refuse("condition", undefined, tokens);
  return { prompt, lexicon, tokens, tags, marked: () => createRoles(tokens.length, marks) };
}

function readClauses(prepared: Prepared, isLoose: boolean): RoledReading {
  const { prompt, lexicon, tokens, tags, marked } = prepared;
  const roles = marked();
  const { kept, ratios } = takeRatios(
    isLoose ? dropExclusions(dropContrasts(tags, roles), roles) : tags,
    roles,
    lexicon.lexicon.ratios,
  );
  const segments = cutSegments(prompt, kept, lexicon, tokens.map(({ start }) => start));
  const reading = readSegments(segments, { ...baseOf(prepared, roles, isLoose), ratios });
  const more = reading.kind === null ? askedBesides(kept, roles, reading.orders.length) : [];
  return more.length > 0
    ? { ...reading, kind: "not_understood", bad: more, roles }
    : { ...reading, roles };
}

/**
 * The order at the end, where all that stands before it only leads up to it.
 *
 * @param isLoose Whether words of it that bear no load may be passed over as well.
 */
function readTail(prepared: Prepared, isShown: boolean, isLoose = false): RoledReading | null {
  const { prompt, lexicon, tokens, tags, marked } = prepared;
  const roles = marked();
  const { kept, ratios } = takeRatios(tags, roles, lexicon.lexicon.ratios);
  const segments = cutSegments(prompt, kept, lexicon, tokens.map(({ start }) => start));
  const read = (from: number, into: Roles) =>
    readSegments(segments.slice(from), { ...baseOf(prepared, into, isLoose), ratios });
  const from = tailAt(segments, (at) => read(at, marked()), isShown);
  if (from < 0) return null;
  for (const { tags } of segments.slice(0, from)) {
    for (const tag of tags) roles.set(tag, lightRole(tag) ?? "aside");
  }
  const reading = read(from, roles);
  // "Stake, unstake, whatever, 5 SOL": another act may be what is meant
  const { actions } = reading.orders[0]!.head;
  const isTorn = isLoose && segments.slice(0, from).some(({ tags }) => {
    const verb = verbOf(tags.find((tag) => lightRole(tag) === null), "base");
    return verb?.actions.some((action) => !actions.includes(action)) === true;
  });
  return isTorn || askedBesides(kept, roles, 1).length > 0 ? null : { ...reading, roles };
}

/** Most places where an order may begin that nothing sets off; each costs a reading. */
const MAX_RUN_ONS = 6;

/** "the house sale went through so I'm killing the debt repay 20 DAI to maker": a tail that nothing sets off. */
function readRunOn(prepared: Prepared, isShown: boolean): RoledReading | null {
  const { prompt, lexicon, tokens, tags, marked } = prepared;
  const starts = tokens.map(({ start }) => start);
  const cut = (part: readonly Tag[]) => cutSegments(prompt, part, lexicon, starts);
  let tries = 0;
  for (let at = 0; at < tags.length && tries < MAX_RUN_ONS; at++) {
    if (!mayRunOn(tags, at)) continue;
    tries++;
    const roles = marked();
    const { kept, ratios } = takeRatios(tags.slice(at), roles, lexicon.lexicon.ratios);
    const reading = readSegments(cut(kept), { ...baseOf(prepared, roles, false), ratios });
    if (!isPlainTail(reading)) continue;
    const lead = tags.slice(0, at);
    const leads = isHaste(lead) || isThanksFor(lead) || hastens(lead) ||
      (isShown ? isRunOnRemark(lead, reading.orders[0]!.head.actions) : leadsUp(cut(lead), true));
    if (!leads || askedBesides(tags, roles, 1).length > 0) return null;
    for (const tag of tags.slice(0, at)) roles.set(tag, lightRole(tag) ?? "aside");
    return { ...reading, roles };
  }
  return null;
}

/** Kinds of words that take from what is said after them, however it begins. */
const GOVERNING = ["condition", "question", "speech", "play", "foreign", "label"] as const;

/** "mint, no, I mean borrow 700 MIM": the order that takes the place of what was begun before. */
function readRestart(prepared: Prepared): RoledReading | null {
  const { prompt, lexicon, tokens, tags, marked } = prepared;
  const at = restartAt(tags);
  if (at < 0) return null;
  const lead = tags.slice(0, at);
  if (lead.some((tag) => lightRole(tag) === null && may(tag, ...GOVERNING))) return null;
  const roles = marked();
  const { kept, ratios } = takeRatios(tags.slice(at), roles, lexicon.lexicon.ratios);
  const segments = cutSegments(prompt, kept, lexicon, tokens.map(({ start }) => start));
  for (const tag of lead) roles.set(tag, "correction");
  const reading = readSegments(segments, { ...baseOf(prepared, roles, false), ratios });
  const isOne = reading.kind === null && reading.orders.length === 1 &&
    askedBesides(kept, roles, 1).length === 0;
  return isOne ? { ...reading, roles } : null;
}

function baseOf({ prompt, lexicon }: Prepared, roles: Roles, isLoose: boolean): Base {
  return { lexicon, roles, ratios: [], isShouting: isShouting(prompt), isLoose };
}

/** What is to be told is asked for as well, what is told when it is done is not. */
const TELL_ME = /\blet (?:me|us) know (?:the|my|our|a|an|how|what|which|if|whether|about)\b/;

/** "…& snapshot it", "first …, second …": acts that no list knows, passed over beside an order. */
function askedBesides(tags: readonly Tag[], roles: Roles, orders: number): Tag[] {
  const isPassed = (tag: Tag | undefined) =>
    tag !== undefined && ["unread", "aside"].includes(roles.of(tag.from));
  const strays = tags.filter((tag, i) => {
    if (!isPassed(tag) || tag.senses.length > 0 || tag.mark) return false;
    const [before, after] = [tags[i - 1], tags[i + 1]];
    const isNext = orders === 1 && /^(?:second|secondly|third|thirdly)$/.test(tag.norm) &&
      !may(before, "determiner");
    if (tag.quantity) return isNext;
    const joins = before === undefined || before.mark !== undefined || may(before, "and", "then") ||
      lightRole(before) !== null;
    return isNext || joins && /^(?:it|them|that|this|these|those)$/.test(after?.norm ?? "");
  });
  const text = tags.map(({ norm }) => norm).join(" ");
  return strays.length === 0 && TELL_ME.test(text) ? tags.slice(-1) : strays;
}

function finish(
  prepared: Prepared,
  { orders, kind, bad, roles }: RoledReading,
  reading: ReadingKind,
): ParsedPrompt {
  const { tokens } = prepared;
  return {
    tokens,
    roles: rolesOf(tokens, roles),
    orders: kind === null ? orders : [],
    refusal: kind === null ? null : { kind, spans: spansOf(bad, prepared) },
    reading,
    besides: kind === null ? actsBesides(prepared.tags, orders, roles) : [],
  };
}

/** "It's payback time: 7 LINK to Aave": acts that are named where no order was read. */
function actsBesides(
  tags: readonly Tag[],
  orders: readonly ReadOrder[],
  roles: Roles,
): string[][] {
  const parts = orders.flatMap(({ parts }) => parts);
  const isRead = ({ from, to }: Tag) =>
    roles.of(from) === "correction" || parts.some(([start, end]) => from < end && start < to);
  // "I know I only staked on Tuesday": what was done
  const isPast = (tag: Tag, i: number) =>
    verbOf(tag, "base", "gerund") === undefined && !may(tag, "noun") &&
    tags.slice(Math.max(0, i - 2), i).some(({ norm }) => /^(?:i|we|i've|we've)$/.test(norm));
  return tags.flatMap((tag, i) => {
    if (may(tag, "name") || isRead(tag)) return [];
    // "before I get liquidated": what is feared
    const isFate = /^(?:get|gets|got|getting|be|being|am|up)$/.test(tags[i - 1]?.norm ?? "") &&
      verbOf(tag, "base", "gerund") === undefined && (!tags[i + 1] || tags[i + 1]!.mark);
    // "they've been piling up": what they did
    const isSince = tags[i - 1]?.norm === "been" && verbOf(tag, "gerund") !== undefined &&
      (!tags[i + 1] || tags[i + 1]!.mark || may(tags[i + 1], "particle", "prep"));
    if (isFate || isSince) return [];
    // "buying a washing machine": nothing that a domain knows
    const object = may(tags[i + 1], "determiner") ? tags[i + 2] : undefined;
    const isElse = object !== undefined && object.senses.length === 0 && !object.quantity &&
      object.text === object.norm;
    if (isElse && !object.mark) return [];
    // "the lock has ended": a thing
    if (may(tag, "object") && may(tags[i - 1], "determiner")) return [];
    const { actions }: { readonly actions: readonly string[] } = verbOf(
      tag,
      "base",
      "gerund",
      "participle",
    ) ?? senseOf(tag, "noun") ??
      { actions: [] };
    // "for quarter end we need cash on hand": a thing
    const isNoun = verbOf(tag, "base") !== undefined &&
      (may(tags[i - 1], "prep", "determiner") ||
        /^(?:(?:i |we )?need|some|more|quarter|month|year|week)$/.test(tags[i - 1]?.norm ?? ""));
    if (isNoun && orders.length > 1) return [];
    // "I refuse to sell" leaves all but selling
    const isSame = orders.some(({ head }) => head.actions.some((one) => actions.includes(one)));
    if (isShunned(tags, i)) return isSame ? [[]] : [];
    return actions.length === 0 || isPast(tag, i) ? [] : [[...actions]];
  });
}

function rolesOf(tokens: readonly Token[], roles: Roles): Role[] {
  return tokens.map(({ norm }, i) => {
    const role = roles.of(i);
    return role === "unread" && /^[,.;:!?()-]+$/.test(norm) ? "punct" : role;
  });
}

const HARMLESS: readonly string[] = ["compatibility", "glued"];

function spansOf(
  tags: readonly Tag[],
  { tokens, prompt }: Pick<Prepared, "tokens" | "prompt">,
): (readonly [number, number])[] {
  const spans = tags.filter(({ from, to }) => to > from)
    .map(({ from, to }) => [tokens[from]!.start, tokens[to - 1]!.end] as const);
  return spans.length > 0 ? spans : [[0, prompt.length]];
}
