/** A list of words that fill one kind of gap in a prompt: assets, venues, chains. */
export interface Slot {
  /** Singular, lower case: `asset`. */
  readonly name: string;
  /** The words, lower case. */
  readonly words: readonly string[];
}

/** What is special to one field of prompts. */
export interface Domain {
  readonly name: string;
  /** Words that vary without changing what a prompt asks for. */
  readonly slots: readonly Slot[];
  /** The actions, in canonical order; empty where any label is one. */
  readonly primitives: readonly string[];
  /**
   * The canonical spelling of a label.
   *
   * @throws {MicroLmError} Kind `data` if the domain does not know the label.
   */
  canonicalLabel(label: string): string;
}
