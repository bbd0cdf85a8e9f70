import { closest, distance } from "../../core/text/edits.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import type { WordmapTerms } from "../../mapper/wordmap.ts";
import type { Domain } from "../domain.ts";
import type { RunPlan } from "../gates/finding.ts";
import type { Planner } from "../planner.ts";
import { compileGate, detectFolderNonExecutable } from "./gate.ts";
import type { FolderContext } from "./guards.ts";
import type { FolderRules } from "./rules.ts";
import { contextType, guardSteps, readFolderContext, runFolder } from "./run.ts";
import type { DomainParts } from "./schema.ts";
import { compileSlots } from "./slots.ts";
import { compileSplitter } from "./split.ts";
import type { FolderStep } from "./steps.ts";

/** A domain that a folder describes: words and rules alone, no code. */
export interface FolderDomain extends Domain, FolderRules {
  readonly lexicon: Readonly<Record<string, WordmapTerms>>;
  readonly primitives: readonly string[];
  /** Hex sha256 over what the files say; comments and layout do not count. */
  readonly sha256: string;
  /** The same over what a mapper is trained with: actions, aliases and words of the slots. */
  readonly trainingSha256: string;
}

/** Builds a domain of checked parts; {@linkcode loadDomain} reads them from a folder. */
export function createFolderDomain(folder: string, parts: DomainParts): FolderDomain {
  const { taxonomy: { name, actions }, lexicon, slots } = parts;
  const primitives = Object.keys(actions);
  const words = Object.entries(slots.slots).flatMap(([slot, given]) =>
    given.kind === "words" ? [{ name: slot, words: Object.values(given.words).flat() }] : []
  );
  const ordered = Object.fromEntries(primitives.map((action) => [action, lexicon[action]!]));
  const rules = compileRules(parts, ordered, words.flatMap((slot) => slot.words));
  return {
    ...rules,
    name,
    source: folder,
    slots: words,
    lexicon: ordered,
    sha256: sha256Hex(canonicalJson(parts)),
    trainingSha256: sha256Hex(canonicalJson({
      name,
      actions: Object.entries(actions).map(([action, { aliases }]) => [action, aliases]),
      words,
    })),
    planner: createPlanner(rules),
    canonicalLabel: labelReader(parts),
  };
}

function compileRules(
  { taxonomy, slots, guards }: DomainParts,
  lexicon: Readonly<Record<string, WordmapTerms>>,
  slotWords: readonly string[],
): FolderRules {
  const primitives = Object.keys(taxonomy.actions);
  const strong = Object.values(lexicon).flatMap((terms) => terms.strong);
  return {
    primitives,
    slotKinds: slots.slots,
    actionSlots: Object.fromEntries(
      primitives.map((action) => [action, slots.actions[action] ?? { needs: [], takes: [] }]),
    ),
    facts: guards.facts,
    guards: guards.guards,
    reader: {
      gate: compileGate(lexicon, slotWords),
      split: compileSplitter(strong),
      slots: compileSlots(slots.slots, strong),
    },
  };
}

function createPlanner(rules: FolderRules): Planner<RunPlan<FolderStep>, FolderContext> {
  return {
    needsMapper: true,
    takesGrids: false,
    read: (prompt) => {
      const refusal = detectFolderNonExecutable(prompt, rules.reader.gate);
      return { refusal, steps: refusal ? [] : rules.reader.split(prompt) };
    },
    contextType: contextType(rules),
    readContext: (given) => readFolderContext(rules, given),
    guard: (before, { steps }, request) => guardSteps(rules, before, steps, request),
    run: (request, tools) => runFolder(rules, request, tools),
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
