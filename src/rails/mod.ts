/**
 * Evidence that is independent of the classifier: traces, warp, parser, WDD, audit.
 *
 * @module
 */
export {
  AUDIT_COLUMNS,
  auditCsvRow,
  type AuditInput,
  type AuditReport,
  reportAudit,
  runAudit,
  type RunAuditOptions,
} from "./audit/audit.ts";
export { type AuditGates } from "./audit/evidence.ts";
export { fitAuditGates } from "./audit/gates.ts";
export { kaiserWindow } from "./audit/kernel.ts";
export { auditClasses, auditMetrics } from "./audit/metrics.ts";
export { PAIR_SIDES, pairMetrics, type PairRow, type PairSide, railsWorth } from "./audit/pair.ts";
export { fitRefutation, refutationMetrics, refutesLabel } from "./audit/refute.ts";
export { type AuditRow } from "./audit/row.ts";
export { DENOISE_STAGES, denoiseTraces } from "./denoise/denoise.ts";
export {
  emaFilter,
  hybridFilter,
  localClamp,
  medianFilter,
  phantomClamp,
  snrDb,
} from "./denoise/filters.ts";
export { createStreamingDenoiser } from "./denoise/stream.ts";
export { runNgfBench } from "./ngf/bench.ts";
export { runDenoiseBench } from "./ngf/denoise_bench.ts";
export { replayParity } from "./ngf/parity.ts";
export { scoreParse, summarizeScores } from "./ngf/score.ts";
export { ngfRowsTable } from "./ngf/table.ts";
export { calibrateZMin, fitMaxGap, fitMinHeight } from "./parse/calibrate.ts";
export { argMax, correlateSame, halfSine, movingAverage } from "./parse/matched_filter.ts";
export { createLobeCurves, createLobeFilter } from "./parse/matched_filter_curve.ts";
export { nullZ, shiftNull } from "./parse/null_robust.ts";
export { publishedShifts } from "./parse/null_shifts.ts";
export { geodesicParseReport, geodesicParseWithPrior, stockParse } from "./parse/parser.ts";
export { priorFeatures, priorValue } from "./parse/prior.ts";
export { binOf, binsOf, createSpanReader } from "./spans.ts";
export { channelOf, createTraces } from "./traces/easy.ts";
export { generateDefiTraces, generateHardTraces } from "./traces/hard.ts";
export { generateSimpleTraces } from "./traces/simple.ts";
export {
  applyWarp,
  fitWarp,
  hashWarp,
  loadWarp,
  packWarp,
  saveWarp,
  truncateWarp,
  unpackWarp,
} from "./warp/warp.ts";
export { applyWdd } from "./wdd/decide.ts";
export { createEvidenceReader, priorOf, sumTrack } from "./wdd/evidence.ts";
export { hashWdd, loadWdd, saveWdd } from "./wdd/file.ts";
export {
  checkWddEncoder,
  describeWdd,
  fitWdd,
  openModelEncoder,
  type WddModel,
} from "./wdd/model.ts";
export { shuffleTracks } from "./wdd/null.ts";
export { leastShare, supports } from "./wdd/shares.ts";
export { openEvidenceEncoder, requireWords } from "./wdd/open_encoder.ts";
export { openTermEncoder } from "./wdd/terms.ts";
export { type RailsStage } from "./wdd/traces.ts";
export { openWdd, type WddResult } from "./wdd/wdd.ts";
