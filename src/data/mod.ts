/**
 * Prompts and labels from files: CSV, JSON Lines, templates, overlap between two sets.
 *
 * @module
 */
export { readCsv, stringifyCsv } from "./csv.ts";
export { countDuplicates, findConflicts, mapLabels } from "./dataset.ts";
export { groupPrompts, identifyPrompts, joinRows, normalForm, vectorKeys } from "./identity.ts";
export { readJsonl, readLines } from "./jsonl.ts";
export { createOverlapIndex, flagOverlap, lookupBaseline, measureOverlap } from "./overlap.ts";
export { createMasker } from "./template.ts";
