/**
 * From a prompt to a verified plan: policy, context, records, traces, bulk runs, suites.
 *
 * @module
 */
export { type ArcStepRecord, readPairs } from "./../domains/arc/run.ts";
export { resolveContext } from "./../domains/context.ts";
export { DEFAULT_DOMAIN } from "./../domains/registry.ts";
export { isApproval, orderReasons } from "./../domains/gates/reasons.ts";
export { decideAll } from "./../evaluate/decide_texts.ts";
export { fromPinned } from "./../mapper/pinned_point.ts";
export { mapFile, type MapFileSummary } from "./bulk/bulk.ts";
export { parseShard, type Shard, shardRange } from "./bulk/input.ts";
export { bulkFiles, type MapFileOptions } from "./bulk/job.ts";
export { planShards, type ShardedMap } from "./bulk/shards.ts";
export { type Evidence, openEvidence, railsPath } from "./evidence.ts";
export { fitRails } from "./fit_rails.ts";
export { resolvePoint } from "./operating_point.ts";
export { mergePolicies } from "./policy/layers.ts";
export { policyOf } from "./policy/of_runtime.ts";
export { POLICY_ENVIRONMENT } from "./policy/environment.ts";
export { DEFAULT_POLICY, type PolicyInput, resolvePolicy } from "./policy/policy.ts";
export { createPhaseClock, writeProfile } from "./profile.ts";
export { DEFAULT_RAILS, minimalRecord, type Rails } from "./record/record.ts";
export { railMapper } from "./rails_mapper.ts";
export { checkRunRecord, runRecordJsonSchema } from "./record/schema.ts";
export { readSuite, type SuiteReference } from "./suite/file.ts";
export { perturb } from "./suite/perturb.ts";
export { runSuite, type SuiteResult } from "./suite/suite.ts";
export { TRACE_START } from "./trace/line.ts";
export { type ReplayDifference, replayTrace } from "./trace/replay.ts";
export { appendSigned, requireSignedHead } from "./trace/sign.ts";
export { openTrace, readTraceHead, type TraceHead } from "./trace/trace.ts";
export { readTrace, verifyTrace } from "./trace/verify.ts";
