/**
 * What is wrong with the data, how a mapper breaks, whether another is better, when the world has moved.
 *
 * @module
 */
export { type Attack, ATTACK_KINDS, makeAttacks } from "./attacks.ts";
export { auditLabels } from "./audit_labels.ts";
export { modelCard } from "./card.ts";
export { compareDecisions } from "./compare.ts";
export { type CorpusFormat, importCorpus } from "./import_corpus.ts";
export { learningCurve, readCurve } from "./learning_curve.ts";
export { type MonitoredScores, openMonitor, timeUniformRate } from "./monitor.ts";
export { findNearDuplicates } from "./near_duplicates.ts";
export { openNeighbours } from "./neighbours.ts";
export { type AttackResult, attackRuntime } from "./robustness.ts";
export { suggestRows } from "./suggest.ts";
