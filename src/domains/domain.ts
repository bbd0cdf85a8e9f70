import type { SlotWords } from "../data/template.ts";
import type { WordmapTerms } from "../mapper/wordmap.ts";

/** What is special to one field of prompts. */
export interface Domain {
  readonly name: string;
  /** Words that vary without changing what a prompt asks for. */
  readonly slots: readonly SlotWords[];
  /** The actions, in canonical order; empty where any label is one. */
  readonly primitives: readonly string[];
  /** Terms by action for the keyword mapper; null where there is none. */
  readonly lexicon: Readonly<Record<string, WordmapTerms>> | null;
  /**
   * The canonical spelling of a label.
   *
   * @throws {MicroLmError} Kind `data` if the domain does not know the label.
   */
  canonicalLabel(label: string): string;
}
