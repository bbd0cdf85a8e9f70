/**
 * Prompts and labels from files: CSV, JSON Lines, templates, overlap between two sets.
 *
 * @module
 */
export { rewriteAbstain, suspectAbstainLabels } from "./abstain_labels.ts";
export { concatDatasets } from "./concat.ts";
export { countDuplicates, findConflicts, findLabelTwins } from "./conflicts.ts";
export { readCsv } from "./csv/csv.ts";
export { stringifyCsv } from "./csv/write_csv.ts";
export { mapLabels } from "./dataset.ts";
export { type FileFormat } from "./file_format.ts";
export { groupPrompts, identifyPrompts, joinRows, normalForm, vectorKeys } from "./identity.ts";
export { readLabels } from "./join_labels.ts";
export { readLines } from "./jsonl.ts";
export { createOverlapIndex, flagOverlap, lookupBaseline, measureOverlap } from "./overlap.ts";
export { profileDataset, validateDataset } from "./profile.ts";
export { type ReadOptions, readRecords } from "./records.ts";
export { splitRows, takeDataset } from "./split.ts";
export { createMasker } from "./template.ts";
