import { closest, distance } from "fastest-levenshtein";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import type { WordmapTerms } from "../../mapper/wordmap.ts";
import type { Domain } from "../domain.ts";
import type { DomainParts, FactType, FolderGuard, FolderSlot } from "./schema.ts";
import { compileGate, type GateWords } from "./gate.ts";
import { compileSlots, type SlotReader } from "./slots.ts";
import { compileSplitter, type StepSplitter } from "./split.ts";

/** A domain that a folder describes: words and rules alone, no code. */
export interface FolderDomain extends Domain {
  readonly lexicon: Readonly<Record<string, WordmapTerms>>;
  /** The folder. */
  readonly folder: string;
  /** Hex sha256 over what the files say; comments and layout do not count. */
  readonly sha256: string;
  /** The same over what a mapper is trained with: actions, aliases and words of the slots. */
  readonly trainingSha256: string;
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

/** Builds a domain of checked parts; {@linkcode loadDomain} reads them from a folder. */
export function createFolderDomain(folder: string, parts: DomainParts): FolderDomain {
  const { taxonomy: { name, actions }, lexicon, slots, guards } = parts;
  const primitives = Object.keys(actions);
  const words = Object.entries(slots.slots).flatMap(([slot, given]) =>
    given.kind === "words" ? [{ name: slot, words: Object.values(given.words).flat() }] : []
  );
  const ordered = Object.fromEntries(primitives.map((action) => [action, lexicon[action]!]));
  const strong = Object.values(ordered).flatMap((terms) => terms.strong);
  const kinds = slots.slots;
  return {
    folder,
    name,
    primitives,
    slots: words,
    sha256: sha256Hex(canonicalJson(parts)),
    trainingSha256: sha256Hex(canonicalJson({
      name,
      actions: Object.entries(actions).map(([action, { aliases }]) => [action, aliases]),
      words,
    })),
    lexicon: ordered,
    slotKinds: kinds,
    actionSlots: Object.fromEntries(
      primitives.map((action) => [action, slots.actions[action] ?? { needs: [], takes: [] }]),
    ),
    facts: guards.facts,
    guards: guards.guards,
    canonicalLabel: labelReader(parts),
    reader: {
      gate: compileGate(ordered, words.flatMap((slot) => slot.words)),
      split: compileSplitter(strong),
      slots: compileSlots(kinds, strong),
    },
  };
}

/** Label of a prompt that asks for none of the actions. */
const ABSTAIN = "abstain";

function labelReader({ taxonomy: { name, actions } }: DomainParts): (label: string) => string {
  const known = new Map([[ABSTAIN, ABSTAIN]]);
  for (const [action, { aliases }] of Object.entries(actions)) {
    for (const spelling of [action, ...aliases]) known.set(spelling, action);
  }
  return (label) => {
    const folded = label.trim().toLowerCase();
    const found = known.get(folded);
    if (found !== undefined) return found;
    const near = closest(folded, [...known.keys()]);
    const meant = distance(folded, near) <= 2 ? `Did you mean "${near}"? ` : "";
    throw new MicroLmError("data", `Unknown label "${label}" in the domain ${name}`, {
      hint: `${meant}Known labels: ${[...Object.keys(actions), ABSTAIN].join(", ")}`,
    });
  };
}
