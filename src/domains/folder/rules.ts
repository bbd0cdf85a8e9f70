import type { GateWords } from "./gate.ts";
import type { FactType, FolderGuard, FolderSlot } from "./schema.ts";
import type { SlotReader } from "./slots.ts";
import type { StepSplitter } from "./split.ts";

/** What a folder says of its domain, ready to be used. */
export interface FolderRules {
  /** The actions, in the order of the folder. */
  readonly primitives: readonly string[];
  readonly slotKinds: Readonly<Record<string, FolderSlot>>;
  /** The slots of each action. */
  readonly actionSlots: Readonly<Record<string, ActionSlots>>;
  /** Facts that a context may state, and their types. */
  readonly facts: Readonly<Record<string, FactType>>;
  readonly guards: readonly FolderGuard[];
  /** How prompts are read. */
  readonly reader: FolderReader;
}

/** The slots of an action. */
export interface ActionSlots {
  /** A step without one of these is not carried out. */
  readonly needs: readonly string[];
  /** These may be left open. */
  readonly takes: readonly string[];
}

/** The patterns of a domain, compiled once. */
export interface FolderReader {
  readonly gate: GateWords;
  readonly split: StepSplitter;
  readonly slots: Readonly<Record<string, SlotReader>>;
}
