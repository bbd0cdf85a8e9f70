import type { WordmapTerms } from "../../mapper/wordmap.ts";
import { HIDDEN } from "../../language/screen/hidden.ts";
import type { Span } from "../../language/clean.ts";
import {
  AT_A_TIME,
  FOLDER_RULES,
  type FolderRefusal,
  type FolderRule,
  FOR_A_WHILE,
  HARMLESS,
  LEAD,
  POLITE,
} from "./gate_rules.ts";
import { readTimes } from "./slots.ts";
import { anyPhrase, foldPhrase, readPlain } from "./words.ts";

/** Longest prompt that is read, in UTF-16 units of its clean text. */
const MAX_PROMPT_LENGTH = 2000;
/** The words of a domain that its gate has to know. */
export interface GateWords {
  /** Anything that the domain has a word for. */
  readonly vocabulary: RegExp;
  /** Terms that name an action and sound like a refusal, such as "stop the music"; null if none do. */
  readonly exempt: RegExp | null;
  readonly strong: RegExp;
  readonly orderAfter: RegExp;
  readonly startsWithOrder: RegExp;
}

/** What makes a prompt no order: the kind, and where in the prompt it stands. */
export interface FolderNonExecutable {
  readonly kind: FolderRefusal;
  /** Range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: Span;
}

/** Compiles what the gate has to know of a domain's words. */
export function compileGate(
  lexicon: Readonly<Record<string, WordmapTerms>>,
  slotWords: readonly string[],
): GateWords {
  const strong = Object.values(lexicon).flatMap((terms) => terms.strong);
  const weak = Object.values(lexicon).flatMap((terms) => terms.weak);
  const verb = anyPhrase(strong.map((term) => term.split(" ")[0]!));
  const asked = "(?:then |(?:can|could|would|will) you )*";
  const exempt = strong.filter((term) => ruleOf(foldPhrase(term)) !== null);
  return {
    vocabulary: new RegExp(anyPhrase([...strong, ...weak, ...slotWords]), "u"),
    exempt: exempt.length === 0 ? null : new RegExp(anyPhrase(exempt), "gu"),
    strong: new RegExp(anyPhrase(strong), "u"),
    orderAfter: new RegExp(`(?:[.!;,:\\n]|\\s-|\\b(?:so|and))\\s*${LEAD}${asked}${verb}`, "u"),
    startsWithOrder: new RegExp(
      `^\\s*${LEAD}${asked}(?:${verb}|(?:make sure|ensure|see to it|i(?: want|'d like| would like))\\b)`,
      "u",
    ),
  };
}

/**
 * Finds what makes a prompt something else than an order to act now; null for an order. Reads English and
 * the words of one domain: a term that names an action is not held against it, and a prompt without any
 * word of the domain is out of its scope. Whether the time that an order names can be kept is asked step
 * by step: {@linkcode findUnkeptTime}.
 */
export function detectFolderNonExecutable(
  prompt: string,
  words: GateWords,
): FolderNonExecutable | null {
  const whole: Span = [0, prompt.length];
  if (prompt.length > 4 * MAX_PROMPT_LENGTH) return { kind: "too_long", span: whole };
  const hidden = HIDDEN.exec(prompt);
  if (hidden) {
    return { kind: "unreadable", span: [hidden.index, hidden.index + hidden[0].length] };
  }
  const { text, toOriginal } = readPlain(prompt);
  if (text.length > MAX_PROMPT_LENGTH) return { kind: "too_long", span: whole };
  if (!/[\p{L}\p{N}]/u.test(text)) return { kind: "empty", span: whole };
  const found = findQuote(text, words) ?? findRule(text, words);
  if (found) return { kind: found.kind, span: toOriginal(...found.span) };
  return words.vocabulary.test(text) ? null : { kind: "out_of_scope", span: whole };
}

/**
 * Finds a time that a step names and its action cannot keep: "turn on the fan at 7 pm" must not turn it on
 * now.
 *
 * @param takes Kinds of time that the action has a slot for: `time` (of the day), and `duration`, a number
 * with a unit of time.
 */
export function findUnkeptTime(
  step: string,
  takes: ReadonlySet<"time" | "duration">,
): FolderNonExecutable | null {
  const { text, toOriginal } = readPlain(step);
  const takesTime = takes.has("time");
  const match = (takes.has("duration") ? null : FOR_A_WHILE.exec(text)) ??
    (takesTime ? null : AT_A_TIME.exec(text));
  if (match) {
    return { kind: "deferred", span: toOriginal(match.index, match.index + match[0].length) };
  }
  return takesTime || readTimes(text).length === 0
    ? null
    : { kind: "deferred", span: [0, step.length] };
}

function findQuote(text: string, { strong }: GateWords): FolderNonExecutable | null {
  for (const match of text.matchAll(/"([^"]*)"|`+([^`]*)`*/g)) {
    const inner = match[1] ?? match[2]!;
    if (!strong.test(inner) && inner.trim().split(/\s+/).length < 3) continue;
    return { kind: "quoted", span: [match.index, match.index + match[0].length] };
  }
  return null;
}

function findRule(text: string, words: GateWords): FolderNonExecutable | null {
  const plain = words.exempt ? text.replace(words.exempt, blank) : text;
  const isOverruled = ({ unlessOrder, unlessStart }: FolderRule, end: number) =>
    (unlessOrder === true && words.orderAfter.test(text.slice(end))) ||
    (unlessStart === true && words.startsWithOrder.test(text));
  return ruleOf(plain, isOverruled) ?? findAsking(plain);
}

function ruleOf(
  text: string,
  isOverruled: (rule: FolderRule, end: number) => boolean = () => false,
): FolderNonExecutable | null {
  const plain = HARMLESS.reduce((rest, pattern) => rest.replace(pattern, blank), text);
  for (const rule of FOLDER_RULES) {
    const match = rule.pattern.exec(plain);
    if (!match) continue;
    const end = match.index + match[0].length;
    if (isOverruled(rule, end)) continue;
    return { kind: rule.kind, span: [match.index, end] };
  }
  return null;
}

/** A question mark after anything but a polite order. */
function findAsking(text: string): FolderNonExecutable | null {
  const at = text.indexOf("?");
  if (at < 0 || POLITE.test(text.trimEnd())) return null;
  return { kind: "question", span: [at, at + 1] };
}

function blank(found: string): string {
  return " ".repeat(found.length);
}
