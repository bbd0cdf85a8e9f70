import type { SlotWords } from "../data/template.ts";
import type { WordmapTerms } from "../mapper/wordmap.ts";
import type { Planner } from "./planner.ts";

/** Labels of somebody's data, by the action that each asks for; null for none of them. */
export type OwnLabels = Readonly<Record<string, string | null>>;

/** What is special to one field of prompts. */
export interface Domain {
  readonly name: string;
  /** What `--domain` takes to open it again: its name, or the folder that describes it. */
  readonly source: string;
  /** Words that vary without changing what a prompt asks for. */
  readonly slots: readonly SlotWords[];
  /** The actions, in canonical order; empty where any label is one. */
  readonly primitives: readonly string[];
  /** Terms by action for the keyword mapper; null where there is none. */
  readonly lexicon: Readonly<Record<string, WordmapTerms>> | null;
  /**
   * Hex sha256 of what a mapper is trained with, which its file has to record; null where the name of the
   * domain says it all.
   */
  readonly trainingSha256: string | null;
  /** From prompt to plan; null for labels alone, which have no gates. */
  readonly planner: Planner | null;
  /** Labels of somebody's data that it reads beside its own. */
  readonly ownLabels?: OwnLabels;
  /**
   * The canonical spelling of a label.
   *
   * @throws {MicroLmError} Kind `data` if the domain does not know the label.
   */
  canonicalLabel(label: string): string;
}
