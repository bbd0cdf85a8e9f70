import type { VerbForm } from "./english/verb_forms.ts";

/** A verb of a domain. */
export interface VerbEntry {
  /** Base form; a particle may follow: "pay back". */
  readonly base: string;
  /** Actions that an order with this verb may ask for; empty where its frame decides. */
  readonly actions: readonly string[];
  /** Why an order with this verb is outside of the domain: "transfer", "bridge". */
  readonly foreign?: string;
}

/** Kinds of names: what is acted on, where, and on which network. */
export type NameKind = "asset" | "place" | "chain";

/** What a phrase may be. */
export type Sense =
  | { readonly role: "verb"; readonly verb: VerbEntry; readonly form: VerbForm }
  | { readonly role: "noun"; readonly actions: readonly string[] }
  | { readonly role: "name"; readonly kind: NameKind; readonly name: string }
  | { readonly role: "object"; readonly hint: string }
  | { readonly role: "foreign"; readonly kind: string }
  | { readonly role: "frame"; readonly takes: FrameTakes }
  | { readonly role: "link"; readonly prep: string }
  | { readonly role: "ratio"; readonly key: string }
  | { readonly role: PlainRole };

/** What follows a frame: a verb in its base form, with -ing, or a thing that is wanted. */
export type FrameTakes = "base" | "gerund" | "thing" | "doing";

/** Roles without anything further to know. */
export type PlainRole =
  | "greeting"
  | "courtesy"
  | "filler"
  | "urgency"
  | "address"
  | "label"
  | "insistence"
  | "determiner"
  | "pronoun"
  | "prep"
  | "particle"
  | "and"
  | "then"
  | "but"
  | "be"
  | "manner"
  | "self"
  | "place_word"
  | "reason"
  | "condition"
  | "negation"
  | "speech"
  | "question"
  | "play"
  | "subject"
  | "adjective"
  | "before"
  | "after"
  | "correction";
