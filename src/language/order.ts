import type { NameKind, VerbEntry } from "./sense.ts";
import type { Quantity } from "./quantities/types.ts";
import type { Tag } from "./tokens/tags.ts";

/** A name in an order. */
export interface FoundName {
  readonly kind: NameKind;
  /** As plans use it; an unknown one as it was written. */
  readonly name: string;
  /** Whether it is on no list of the domain. */
  readonly open: boolean;
  /** As it was written, where a slip was repaired. */
  readonly repaired?: string;
  /** Index of its first token. */
  readonly from: number;
  readonly to: number;
}

/** A part of an order: "for 500 USDC", "on aave". */
export interface NounPhrase {
  /** The preposition before it, as it was read; null for an object. */
  readonly prep: string | null;
  /** Whether "and", "+" or a comma joins it to the phrase before. */
  readonly joined: boolean;
  readonly amount: Quantity | null;
  readonly names: readonly FoundName[];
  /** What nouns of the domain say of it. */
  readonly hints: readonly string[];
  readonly pronoun: string | null;
  /** Index of the pronoun's first token. */
  readonly pronounAt: number | null;
  /** Whether it is the speaker's own: "my wallet". */
  readonly self: boolean;
  /** Whether it stands before the head. */
  readonly front: boolean;
}

/** How an order is put. */
export type HeadForm =
  | "imperative"
  | "wish"
  | "request"
  | "participle"
  | "noun"
  | "arrow"
  | "verbless"
  | "open_verb";

/** What makes a clause an order. */
export interface OrderHead {
  readonly form: HeadForm;
  /** The verb in its base form, a noun or an arrow, as it was read. */
  readonly word: string;
  /** Actions that it may ask for; empty where the frame decides. */
  readonly actions: readonly string[];
  readonly foreign?: string;
  /** As it was written, where a slip was repaired. */
  readonly repaired?: string;
  /** Whether it is a noun for what is there already: "my loan", "for the loan". */
  readonly held?: boolean;
  /** Index of its first token. */
  readonly from: number;
  readonly to: number;
}

/** A clause that is proved to be an order, and its parts. */
export interface ReadOrder {
  readonly head: OrderHead;
  readonly phrases: readonly NounPhrase[];
  /** Limits that it names, by what the lexicon calls them. */
  readonly ratios: Readonly<Record<string, string>>;
  /** "out", "back" and the like. */
  readonly particles: readonly string[];
  /** Ranges of tokens that are the order; what stands between is aside. */
  readonly parts: readonly (readonly [number, number])[];
  /** Whether it is to happen before or after the order that was said before it. */
  readonly when: "then" | "before" | "after";
}

/** Verb of a tag in one of some forms. */
export function verbOf(
  tag: Tag | undefined,
  ...forms: readonly string[]
): VerbEntry | undefined {
  for (const sense of tag?.senses ?? []) {
    if (sense.role === "verb" && forms.includes(sense.form)) return sense.verb;
  }
  return undefined;
}
