import type { CompiledLexicon } from "../lexicon.ts";
import type { NameKind, Sense } from "../sense.ts";
import { findPhrase } from "../english/phrases.ts";
import type { Quantity } from "../quantities/types.ts";
import type { Token } from "./tokens.ts";

/** One or more tokens that belong together, and what they may be. */
export interface Tag {
  /** Index of the first token. */
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
  readonly text: string;
  readonly norm: string;
  /** What the words may mean; empty for words that nothing is known of. */
  readonly senses: readonly Sense[];
  readonly quantity?: Quantity;
  /** A sign that separates: one of `, . ; : ! ? ( )`, a line end, a dash or an arrow. */
  readonly mark?: Mark;
}

/** Signs between clauses. */
export type Mark = "," | "." | ";" | ":" | "!" | "?" | "(" | ")" | "\n" | "-" | "->" | "<-" | '"';

const MARKS: Readonly<Record<string, Mark>> = {
  ",": ",",
  ".": ".",
  "..": ".",
  "...": ".",
  "…": ".",
  ";": ";",
  ":": ":",
  "!": "!",
  "?": "?",
  "(": "(",
  ")": ")",
  "-": "-",
  "--": "-",
  "->": "->",
  "-->": "->",
  "=>": "->",
  "==>": "->",
  "→": "->",
  "⇒": "->",
  "⟶": "->",
  "➔": "->",
  "➜": "->",
  "➡": "->",
  ">": "->",
  ">>": "->",
  "<-": "<-",
  "←": "<-",
  "⟵": "<-",
  "⇐": "<-",
  '"': '"',
  "'": '"',
  "`": '"',
  "•": "\n",
  "·": "\n",
};

/** True if one of the senses of a tag has a role. */
export function may(tag: Tag | undefined, ...roles: readonly Sense["role"][]): boolean {
  if (tag === undefined) return false;
  // The most frequent question of all: loops that allocate nothing
  for (let i = 0; i < tag.senses.length; i++) {
    if (roles.includes(tag.senses[i]!.role)) return true;
  }
  return false;
}

/** The kinds of things that a tag may name. */
export function nameKinds(tag: Tag | undefined): readonly NameKind[] {
  return tag?.senses.flatMap((sense) => sense.role === "name" ? [sense.kind] : []) ?? [];
}

/** True if a tag may name a thing of a kind, whatever else it may mean. */
export function mayName(tag: Tag | undefined, kind: NameKind): boolean {
  return tag !== undefined &&
    tag.senses.some((sense) => sense.role === "name" && sense.kind === kind);
}

/** The sense of a tag that has a role. */
export function senseOf<R extends Sense["role"]>(
  tag: Tag | undefined,
  role: R,
): Extract<Sense, { role: R }> | undefined {
  return tag?.senses.find((sense) => sense.role === role) as
    | Extract<Sense, { role: R }>
    | undefined;
}

/** Words that mean more than the quantity in them: "by the end of the day" is haste, "my remaining" a thing. */
function isSaid(senses: readonly Sense[], { refusal }: Quantity): boolean {
  const roles = senses.map(({ role }) => role);
  if (roles.some((role) => role === "urgency" || role === "insistence" || role === "courtesy")) {
    return true;
  }
  return refusal?.kind === "rest" &&
    roles.some((role) => role === "adjective" || role === "determiner");
}

/** The phrase of a name in the possessive. */
function ownerAt(
  lexicon: CompiledLexicon,
  owners: readonly string[],
  norms: readonly string[],
  at: number,
) {
  const found = findPhrase(lexicon.index, owners, at);
  const isOwner = found !== null && norms[at + found.words.length - 1]!.endsWith("'s") &&
    found.senses.some(({ role }) => role === "name");
  if (!isOwner) return null;
  return { words: found.words, senses: found.senses.filter(({ role }) => role === "name") };
}

/** "unstaaaake", "pleeease", "nowww": a letter that is drawn out, and the one word that it is. */
function stretchedAt(lexicon: CompiledLexicon, { norm }: Token) {
  if (norm.length > 30 || !/^[a-z]*([a-z])\1\1[a-z]*$/.test(norm)) return null;
  const short = norm.replace(/([a-z])\1{2,}/g, "$1");
  const double = norm.replace(/([a-z])\1{2,}/g, "$1$1");
  const found = findPhrase(lexicon.index, [double], 0) ?? findPhrase(lexicon.index, [short], 0);
  // "Aaave" wants to be taken for a name
  return found?.senses.some(({ role }) => role === "name") ? null : found;
}

/** Words that are one slip from a noun of a domain and mean themselves. */
const NO_SLIP = /^(?:stalking|regards)$/;
/** Ends that make another word of a noun. */
const ENDS = /(?:er|ers|ed|ly)$/;

/** "laon", "postion": a letter too few, one too many or two in the wrong order, and one noun that it can be. */
function slippedAt(lexicon: CompiledLexicon, { norm, text }: Token) {
  if (text !== norm || !/^[a-z]{4,14}$/.test(norm) || NO_SLIP.test(norm)) return null;
  const near = (lexicon.nouns.get(norm[0]!) ?? []).filter(([noun]) => isSlip(noun, norm));
  return near.length === 1 ? { words: [norm], senses: near[0]![1], meant: near[0]![0] } : null;
}

/** True if a word is a noun with two letters crossed or, if it is long, a letter lost or doubled. */
function isSlip(noun: string, word: string): boolean {
  const longer = Math.abs(noun.length - word.length);
  if (
    longer > 1 || (longer === 1 && ENDS.test(word)) ||
    (longer === 1 && Math.min(noun.length, word.length) < 6)
  ) return false;
  let from = 0;
  while (from < word.length && noun[from] === word[from]) from++;
  if (longer === 0) {
    return noun[from] === word[from + 1] && noun[from + 1] === word[from] &&
      noun.slice(from + 2) === word.slice(from + 2);
  }
  const [short, long] = noun.length < word.length ? [noun, word] : [word, noun];
  return short.slice(from) === long.slice(from + 1);
}

/** Puts tokens together to phrases, the longest first, and quantities to one tag each. */
export function tagTokens(
  prompt: string,
  tokens: readonly Token[],
  quantities: readonly Quantity[],
  lexicon: CompiledLexicon,
): Tag[] {
  const norms = tokens.map(({ norm }) => norm);
  // "Maple's vault": the name is what is looked up
  const owners = norms.map((norm) => norm.replace(/'s$/, ""));
  const starts = new Map(quantities.map((quantity) => [quantity.from, quantity]));
  const tags: Tag[] = [];
  let at = 0;
  let ended = 0;
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (prompt.slice(ended, token.start).includes("\n")) {
      tags.push({ from: at, to: at, text: "\n", norm: "\n", senses: [], mark: "\n" });
    }
    const quantity = starts.get(at);
    const known = findPhrase(lexicon.index, norms, at) ?? ownerAt(lexicon, owners, norms, at) ??
      stretchedAt(lexicon, token);
    const slipped = known ? null : slippedAt(lexicon, token);
    const phrase = known ?? slipped;
    const length = phrase?.words.length ?? 0;
    // "enough USDC" says how much, "enough already" does not
    const counts = norms[at] === "enough" && lexicon.isName(norms[at + 1] ?? "");
    const covered = quantity !== undefined && quantity.to - at >= length &&
      !(quantity.to - at === length && isSaid(phrase!.senses, quantity) && !counts);
    const to = covered ? quantity.to : at + Math.max(1, length);
    const text = prompt.slice(token.start, tokens[to - 1]!.end);
    const meant = covered ? undefined : slipped?.meant;
    const norm = meant ?? norms.slice(at, to).join(" ");
    const mark = MARKS[norm];
    tags.push({
      from: at,
      to,
      text,
      norm,
      senses: covered ? [] : phrase?.senses ?? [],
      ...(covered && { quantity }),
      ...(!covered && mark !== undefined && { mark }),
    });
    at = to;
    ended = tokens[to - 1]!.end;
  }
  return tags;
}
