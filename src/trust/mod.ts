/**
 * What is wrong with the data, how a mapper breaks, whether another is better, when the world has moved.
 *
 * @module
 */
export { auditLabels } from "./audit_labels.ts";
export { compareDecisions } from "./compare.ts";
export { openNeighbours } from "./neighbours.ts";
