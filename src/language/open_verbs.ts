import type { CompiledLexicon } from "./lexicon.ts";
import type { VerbEntry } from "./sense.ts";
import { slips } from "./names/names.ts";

/** "I want to maximize my earnings": what an order is for. */
const AIMS =
  /^(?:maximi[sz]e|minimi[sz]e|optimi[sz]e|improve|enhance|boost|grow|protect|diversify|simplify|avoid|enjoy|pardon|excuse|forgive|learn|understand|see|try)$/;

/** "unswap", "mistake": a known verb under a prefix says something else than the verb. */
export function isReversed(word: string, { bases }: CompiledLexicon): boolean {
  const [, stem] = /^(?:un|mis|dis|de|non|anti|pre|over|under)(.{3,})$/.exec(word) ?? [];
  return stem !== undefined && bases.has(stem);
}

/** Common words that are near a verb and no slip of it. */
const COMMON =
  /^(?:believe|relive|must|dust|most|just|best|rest|last|less|more|some|your|year|over|like|came|come|done|went|here|sleep|read|cast|know|many|hope|home|park|part|past|mind|mine|time|tell|till|will|well|wait|reply|rely|relay|swab|swipe|swoop|swan|swat|unstale|stale|steak|stick|stack|snake|shake|lead|land|soap|reap|repel|depot|depose|climb|clean|blame|chain|whole|repair|halve|halved|doubled|feel|feels)$/;

/**
 * The verb that a misspelt one stands for: one slip in four to seven letters, two in more. Verbs of other
 * actions as near make it `ambiguous`.
 */
export function repairVerb(word: string, lexicon: CompiledLexicon): Repaired {
  const known = repaired.get(lexicon) ?? new Map<string, Repaired>();
  repaired.set(lexicon, known);
  const found = known.get(word);
  if (found !== undefined) return found;
  if (known.size >= MAX_REPAIRED) known.clear();
  const repair = repairFresh(word, lexicon);
  known.set(word, repair);
  return repair;
}

type Repaired = VerbEntry | "ambiguous" | null;

/** Every reading of a prompt asks for the same words. */
const repaired = new WeakMap<CompiledLexicon, Map<string, Repaired>>();
const MAX_REPAIRED = 512;

function repairFresh(word: string, { bases }: CompiledLexicon): Repaired {
  // "sel", "pul": a doubled letter at the end, written once
  const doubled = /^[b-df-hj-np-tv-z][aeiou][lst]$/.test(word)
    ? bases.get(word + word[2])
    : undefined;
  if (doubled && doubled.actions.length > 0) return doubled;
  // "stakers" are people
  if (word.length < 4 || COMMON.test(word) || /ers$/.test(word)) return null;
  const limit = word.length >= 8 ? 2 : 1;
  let best = limit + 1;
  let found: VerbEntry[] = [];
  for (const [base, verb] of bases) {
    if (base.length < 4 || Math.abs(base.length - word.length) > limit) continue;
    const edits = slips(base, word);
    if (edits > limit || edits > best) continue;
    // "decrease" is no slip of "increase"
    if (edits > 1 && base[0] !== word[0]) continue;
    if (edits < best) found = [];
    best = edits;
    found.push(verb);
  }
  if (found.length === 0) return null;
  // "reapy": all the letters of one, two of them crossed
  const letters = (of: string) => [...of].sort().join("");
  const crossed = found.filter(({ base }) => letters(base) === letters(word));
  if (crossed.length > 0) found = crossed;
  const meanings = new Set(
    found.map(({ actions, foreign }) => foreign ?? [...actions].sort().join()),
  );
  return meanings.size === 1 ? found[0]! : "ambiguous";
}

/** True for a common word that stands for no act of a domain, however near it is to one. */
export function isNoVerb(word: string): boolean {
  return AIMS.test(word) || COMMON.test(word) || /ers$/.test(word);
}
