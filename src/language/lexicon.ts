import { ENGLISH } from "./english/english.ts";
import { indexPhrases, type PhraseIndex } from "./english/phrases.ts";
import type { QuantityOptions } from "./quantities/types.ts";
import { tokenize } from "./tokens/tokens.ts";
import type { NameKind, Sense, VerbEntry } from "./sense.ts";
import { type VerbForm, verbForms } from "./english/verb_forms.ts";

/** What a domain tells the reader of prompts. */
export interface OrderLexicon {
  readonly verbs: readonly VerbEntry[];
  /** Nouns that name an action ("withdrawal"), and the actions. */
  readonly actionNouns: Readonly<Record<string, readonly string[]>>;
  /** Names by kind, lower case, and the name that plans use. */
  readonly names: readonly {
    readonly kind: NameKind;
    readonly name: string;
    readonly canonical: string;
  }[];
  /** Nouns of the domain that stand in an order without naming a slot ("rewards"), and a hint. */
  readonly objects: Readonly<Record<string, string>>;
  /** Nouns that follow the name of a place: "vault", "pool". */
  readonly placeWords: readonly string[];
  /** Ways of carrying an order out that change nothing of it: "at market price". */
  readonly manners: readonly string[];
  /** Words that make an order one of another kind: "leverage" (perps). */
  readonly foreignWords: Readonly<Record<string, string>>;
  /** Actions that take a thing from where it is: a place that was told of with the thing is theirs. */
  readonly fetches?: readonly string[];
  /** Actions that give one thing for another. */
  readonly exchanges: readonly string[];
  /** Everyday words that name a thing as well, in capitals alone: passed over, they would be lost. */
  readonly doubtful?: readonly string[];
  /** Verbs that may open an exchange as well as something else: "give me". */
  readonly givers: readonly string[];
  /** Verbs that exchange, but not where "to" leads to a place. */
  readonly payers?: readonly string[];
  /** Verbs inside of an order that join its parts ("to buy"), and the preposition they stand for. */
  readonly links: Readonly<Record<string, string>>;
  /** Names of limits that an order may state beside its amount, and what they are called. */
  readonly ratios: Readonly<Record<string, string>>;
  readonly quantities: QuantityOptions;
  /** Whether names that are on no list may stand in the place of one. */
  readonly openNames: boolean;
  /** Names that are everyday words: they are names only where nothing else could stand. */
  readonly everyday: Readonly<Partial<Record<NameKind, readonly string[]>>>;
  /** What a name may begin with, a dash behind it: "pt" in "pt-susde". */
  readonly prefixes: readonly string[];
}

/** A domain's words, compiled once. */
export interface CompiledLexicon {
  readonly index: PhraseIndex<Sense>;
  readonly lexicon: OrderLexicon;
  /** Base forms of one word, for repairing slips. */
  readonly bases: ReadonlyMap<string, VerbEntry>;
  /** Nouns of the domain of one word that are no verb, and small words, by their first letter, and what they mean. */
  readonly nouns: ReadonlyMap<string, readonly (readonly [string, readonly Sense[]])[]>;
  /** Names of places and networks by their first letter, for telling slips and look-alikes. */
  readonly places: ReadonlyMap<string, OrderLexicon["names"]>;
  readonly isName: (norm: string) => boolean;
}

/** Small words of orders, in which letters are crossed as well as in nouns. */
const SMALL_WORDS = /^(?:please|back|with|from|into|onto|ether|tether|bitcoin)$/;

// Cutting these changes nothing, and they are nine in ten phrases
const UNPLAIN = /[^a-z ]/;
const PLAIN_WORDS = /^[a-z]+(?:'[a-z]+)?(?: [a-z]+(?:'[a-z]+)?)*$/;

function* cutAll(
  entries: readonly (readonly [string, Sense])[],
  cut: (phrase: string) => string,
): Generator<readonly [string, Sense]> {
  for (const [phrase, sense] of entries) yield [cut(phrase), sense];
}

/** Compiles the words of a domain together with those of the language. */
export function compileLexicon(lexicon: OrderLexicon): CompiledLexicon {
  const entries: (readonly [string, Sense])[] = [];
  for (const verb of lexicon.verbs) {
    for (const [form, spellings] of Object.entries(verbForms(verb.base))) {
      for (const spelling of spellings) {
        entries.push([spelling, { role: "verb", verb, form: form as VerbForm }]);
      }
    }
  }
  for (const [noun, actions] of Object.entries(lexicon.actionNouns)) {
    entries.push([noun, { role: "noun", actions }]);
  }
  for (const { kind, name, canonical } of lexicon.names) {
    entries.push([name, { role: "name", kind, name: canonical }]);
  }
  for (const [word, hint] of Object.entries(lexicon.objects)) {
    entries.push([word, { role: "object", hint }]);
  }
  for (const [word, kind] of Object.entries(lexicon.foreignWords)) {
    entries.push([word, { role: "foreign", kind }]);
  }
  for (const [phrase, prep] of Object.entries(lexicon.links)) {
    entries.push([phrase, { role: "link", prep }]);
  }
  for (const [phrase, key] of Object.entries(lexicon.ratios)) {
    entries.push([phrase, { role: "ratio", key }]);
  }
  for (const word of lexicon.placeWords) entries.push([word, { role: "place_word" }]);
  for (const phrase of lexicon.manners) entries.push([phrase, { role: "manner" }]);
  entries.push(...ENGLISH);
  const names = new Set(lexicon.names.map(({ name }) => name));
  const isPrefixed = (norm: string) => {
    const dash = norm.indexOf("-");
    return dash > 0 && lexicon.prefixes.includes(norm.slice(0, dash)) &&
      names.has(norm.slice(dash + 1));
  };
  const isName = (norm: string) =>
    names.has(norm) || (norm.endsWith("+") && names.has(norm.slice(0, -1))) || isPrefixed(norm);
  const cut = (phrase: string) =>
    !UNPLAIN.test(phrase) || PLAIN_WORDS.test(phrase)
      ? phrase
      : tokenize(phrase, { isName }).map(({ norm }) => norm).join(" ");
  const nouns = new Map<string, Sense[]>();
  for (const [word, sense] of entries) {
    const isNoun = ["object", "noun", "place_word"].includes(sense.role) &&
      /^[a-z]{4,}$/.test(word);
    if (isNoun || SMALL_WORDS.test(word)) nouns.set(word, [...nouns.get(word) ?? [], sense]);
  }
  for (const { base } of lexicon.verbs) nouns.delete(base);
  return {
    nouns: Map.groupBy(nouns, ([noun]) => noun[0]!),
    // The same cuts as in prompts: "single-sided" is three tokens there
    index: indexPhrases(cutAll(entries, cut)),
    lexicon,
    places: Map.groupBy(
      lexicon.names.filter(({ kind, name }) => kind !== "asset" && name.length >= 4),
      ({ name }) => name[0]!,
    ),
    bases: new Map(
      lexicon.verbs.filter(({ base }) => !base.includes(" ")).map((verb) => [verb.base, verb]),
    ),
    isName,
  };
}
