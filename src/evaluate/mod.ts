/**
 * From scores to a defended operating point: decisions, sweeps, metrics, certificates.
 *
 * @module
 */
export { ABSTAIN_CLASS } from "./../core/abstain_class.ts";
export { bootstrapQuality } from "./bootstrap.ts";
export { attemptShare } from "./certify/attempts.ts";
export { binomialTail, countedRows, rowsToCertify, zeroErrorRows } from "./certify/binomial.ts";
export { type CertifyRequest } from "./certify/certify_rows.ts";
export { dealGroups, splitGroups } from "./certify/split_groups.ts";
export { checkGate, type ChooseBy, chooseOperatingPoint, needlessAbstainRate } from "./choose.ts";
export { type CostTable, costThresholds } from "./cost.ts";
export {
  compilePoint,
  decideRow,
  DEFAULT_MIN_ORDER,
  describeDecision,
  OUTCOMES,
  type ScoredRows,
  scoreRows,
} from "./decide.ts";
export { DECISION_COLUMNS, decisionRows } from "./decision_rows.ts";
export {
  countOutcomes,
  encodeGold,
  evaluatePoint,
  GOLD_ABSTAIN,
  GOLD_NONE,
  GOLD_OTHER,
  METRICS_COLUMNS,
  metricsRow,
} from "./metrics.ts";
export {
  crossValidateThresholds,
  evaluateThresholds,
  type Objective,
  optimiseThresholds,
  type ThresholdOutcome,
} from "./optimise.ts";
export { bootstrapCounts, confusionByGroup, f1OfCounts, mcNemarTest } from "./paired_tests.ts";
export { type ClassifiedRow, listAbstains, listMisfires, readDecisionRows } from "./per_class.ts";
export { collectAnswers, measureQuality, qualityOf } from "./quality.ts";
export { type Rate, rate } from "./rate.ts";
export { measureSelection } from "./selection.ts";
export { sweep } from "./sweep.ts";
export { verdictOf } from "./verdict.ts";
