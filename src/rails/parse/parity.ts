import { argMax, correlateSame, halfSine, movingAverage } from "./matched_filter.ts";
import { createNullScratch, publishedNullZ } from "./null_circular.ts";
import { publishedShifts } from "./null_shifts.ts";
import { type ParserPrior, priorFeatures, priorValue } from "./prior.ts";
import { forceBest, type ParsedChannel, type ParseResult, toParseResult } from "./result.ts";
import { channelOf, type Traces } from "../traces/easy.ts";

const WEIGHT_RAW = 0.4;
const WEIGHT_COMMON = 0.3;
const UNMEASURED = {
  zResidual: null,
  zRaw: null,
  zCommon: null,
  height: null,
  shape: null,
  prior: null,
} as const;

/** The published stock parser. */
export function parityStock(
  traces: Traces,
  { sigma, protoWidth, relFloor }: { sigma: number; protoWidth: number; relFloor: number },
): ParseResult {
  const template = halfSine(protoWidth);
  const peaks = traces.names.map((_, p) => {
    const curve = correlateSame(movingAverage(channelOf(traces, p), sigma), template);
    const peak = argMax(curve);
    return { peak, score: curve[peak]! };
  });
  const floor = relFloor * Math.max(...peaks.map(({ score }) => score));
  return toParseResult(traces.names.map((name, p): ParsedChannel => {
    const { peak, score } = peaks[p]!;
    return {
      ...UNMEASURED,
      name,
      peak,
      score,
      verdict: score >= floor ? "kept" : "below_relative",
    };
  }));
}

/** The published report parser: never empty. */
export function parityReport(
  traces: Traces,
  { sigma, protoWidth, relFloor }: { sigma: number; protoWidth: number; relFloor: number },
): ParseResult {
  const evidence = publishedEvidence(traces, sigma, protoWidth);
  const floor = relFloor * (Math.max(...evidence.map(({ score }) => score)) + 1e-12);
  const channels = evidence.map(({ area: _, ...rest }): ParsedChannel => ({
    ...UNMEASURED,
    ...rest,
    verdict: rest.score >= floor ? "kept" : "below_relative",
  }));
  const result = toParseResult(channels);
  return result.keep.length > 0 ? result : toParseResult(forceBest(channels));
}

/** What {@linkcode parityWithPrior} needs. */
export interface ParityPriorSettings {
  readonly sigma: number;
  readonly protoWidth: number;
  readonly relFloor: number;
  readonly z: number;
  readonly alpha: number;
  readonly betaS: number;
  readonly qS: number;
  readonly minArea: number;
  readonly allowEmpty: boolean;
  readonly prior: ParserPrior | undefined;
}

/** The published parser with a prior. */
export function parityWithPrior(traces: Traces, settings: ParityPriorSettings): ParseResult {
  const { sigma, protoWidth, alpha, betaS, qS, prior } = settings;
  const measured = publishedEvidence(traces, sigma, protoWidth).map(({ area, ...rest }, p) => {
    const plausible = prior === undefined
      ? 1
      : priorValue(prior, parityFeatures(channelOf(traces, p), sigma, protoWidth));
    const score = (1 - alpha) * rest.score + alpha * betaS * plausible ** qS;
    return { ...UNMEASURED, ...rest, score, prior: plausible, area };
  });
  const best = Math.max(...measured.map(({ score }) => score));
  const channels = measured.map(({ area, ...channel }): ParsedChannel => {
    const { score } = channel;
    if (!(best > 0) || score < settings.relFloor * best) {
      return { ...channel, verdict: "below_relative" };
    }
    if (score < settings.z) return { ...channel, verdict: "below_z" };
    return { ...channel, verdict: area < settings.minArea ? "below_area" : "kept" };
  });
  const result = toParseResult(channels);
  if (result.keep.length > 0 || settings.allowEmpty) return result;
  return toParseResult(forceBest(channels));
}

function parityFeatures(x: Float64Array, sigma: number, window: number) {
  const smooth = movingAverage(x, sigma);
  return priorFeatures(smooth, argMax(correlateSame(smooth, halfSine(window))), window);
}

/** What the published parsers measure on one channel. */
interface PublishedEvidence {
  readonly name: string;
  readonly peak: number;
  readonly zResidual: number;
  readonly zRaw: number;
  readonly zCommon: number;
  readonly score: number;
  /** Positive correlation summed over one template around the peak. */
  readonly area: number;
}

/** Scores all channels; the common-mode term uses the first channel's peak for all, as published. */
function publishedEvidence(traces: Traces, sigma: number, protoWidth: number): PublishedEvidence[] {
  const { cols } = traces.data;
  const template = halfSine(protoWidth);
  const shifts = publishedShifts(cols);
  const scratch = createNullScratch(cols, template.length);
  const common = meanChannel(traces);
  const residual = new Float64Array(cols);
  const smooth = new Float64Array(cols);
  const curve = new Float64Array(cols);
  const zAt = (x: Float64Array, peak: number) =>
    publishedNullZ(movingAverage(x, sigma, smooth), peak, template, shifts, scratch);
  let zCommon: number | undefined;
  return traces.names.map((name, p) => {
    const x = channelOf(traces, p);
    for (let t = 0; t < cols; t++) residual[t] = Math.max(0, x[t]! - common[t]!);
    correlateSame(movingAverage(residual, sigma, smooth), template, curve);
    const peak = argMax(curve);
    const area = positiveArea(curve, peak, template.length);
    const zResidual = zAt(residual, peak);
    const zRaw = zAt(x, peak);
    zCommon ??= zAt(common, peak);
    const score = zResidual + WEIGHT_RAW * zRaw - WEIGHT_COMMON * Math.max(0, zCommon);
    return { name, peak, zResidual, zRaw, zCommon, score, area };
  });
}

function meanChannel({ data }: Traces): Float64Array {
  const mean = new Float64Array(data.cols);
  for (let p = 0; p < data.rows; p++) {
    for (let t = 0; t < data.cols; t++) mean[t]! += data.data[p * data.cols + t]!;
  }
  for (let t = 0; t < data.cols; t++) mean[t]! /= data.rows;
  return mean;
}

function positiveArea(curve: Float64Array, peak: number, width: number): number {
  const to = Math.min(curve.length, peak + (width >> 1));
  let area = 0;
  for (let i = Math.max(0, peak - (width >> 1)); i < to; i++) area += Math.max(0, curve[i]!);
  return area;
}
