import { argMax, movingAverage } from "./matched_filter.ts";
import { createLobeCurves, createLobeFilter, type LobeFilter } from "./matched_filter_curve.ts";
import { nullZ, shiftNull } from "./null_robust.ts";
import { type ParserPrior, priorFeatures, priorValue } from "./prior.ts";
import {
  type ChannelVerdict,
  forceBest,
  type ParsedChannel,
  type ParseResult,
  toParseResult,
} from "./result.ts";
import { channelOf, type Traces } from "../traces/easy.ts";

/** What the corrected rule needs; see `GeodesicParseReportOptions` for the meaning. */
export interface CorrectedSettings {
  readonly sigma: number;
  readonly protoWidth: number;
  readonly relFloor: number;
  readonly zMin: number;
  readonly minShape: number;
  readonly minHeight: number;
  readonly maxGap: number;
  readonly allowEmpty: boolean;
  /** Measure the evidence less what all channels show, or the channels as they are. */
  readonly common: "minimum" | "none";
  readonly prior?: { readonly prior: ParserPrior; readonly alpha: number; readonly qS: number };
}

/** The corrected rule: every channel against its own null, and an empty result where none passes. */
export function parseCorrected(traces: Traces, settings: CorrectedSettings): ParseResult {
  const measured = measure(traces, settings);
  const floor = settings.relFloor * Math.max(...measured.map(({ score }) => score));
  const judged = measured.map((channel): ParsedChannel => ({
    ...channel,
    verdict: judge(channel, floor, settings),
  }));
  const channels = dropIsolated(judged, settings.maxGap);
  const result = toParseResult(channels);
  if (result.keep.length > 0 || settings.allowEmpty) return result;
  return toParseResult(forceBest(channels));
}

type Measured = Omit<ParsedChannel, "verdict"> & {
  readonly zResidual: number;
  readonly height: number;
  readonly shape: number;
};

function judge(channel: Measured, floor: number, settings: CorrectedSettings): ChannelVerdict {
  if (channel.score < settings.zMin) return "below_z";
  if (channel.shape < settings.minShape) return "below_shape";
  if (channel.height < settings.minHeight) return "below_height";
  return channel.score < floor ? "below_relative" : "kept";
}

/** Among three kept channels or more, drops those that stand apart from all others. */
export function dropIsolated(channels: readonly ParsedChannel[], maxGap: number): ParsedChannel[] {
  const kept = channels.filter(({ verdict }) => verdict === "kept");
  return channels.map((channel) => {
    if (kept.length < 3 || channel.verdict !== "kept") return channel;
    const near = kept.some((other) =>
      other !== channel && Math.abs(other.peak - channel.peak) <= maxGap
    );
    return near ? channel : { ...channel, verdict: "isolated" };
  });
}

function measure(traces: Traces, settings: CorrectedSettings): Measured[] {
  const { cols, rows } = traces.data;
  const { sigma, protoWidth, prior } = settings;
  const filter = filterFor(cols, protoWidth);
  const curves = createLobeCurves(cols);
  const scratch = new Float64Array(cols);
  const less = new Float64Array(cols);
  const smooth = traces.names.map((_, p) => movingAverage(channelOf(traces, p), sigma));
  const common = settings.common === "minimum" && rows > 1 ? minimumOf(smooth) : null;
  const shared = common && filter(common).strength;
  return traces.names.map((name, p) => {
    const x = smooth[p]!;
    const residual = common && strongest(filter(subtract(x, common, less), curves).strength);
    const { strength, height: heights, shape: shapes } = filter(x, curves);
    const peak = residual ? climb(strength, residual.at, protoWidth >> 1) : argMax(strength);
    const raw = strength[peak]!;
    const height = heights[peak]!;
    const shape = shapes[peak]!;
    subtractLobe(x, peak, height, protoWidth, less);
    const own = shiftNull(filter(less, curves).strength, peak, protoWidth, scratch);
    const zRaw = nullZ(raw, own);
    const zResidual = residual ? nullZ(residual.value, own) : zRaw;
    const zCommon = shared &&
      nullZ(shared[peak]!, shiftNull(shared, peak, protoWidth, scratch));
    const plausible = prior ? priorValue(prior.prior, priorFeatures(x, peak, protoWidth)) : null;
    const weight = prior ? 1 - prior.alpha + prior.alpha * plausible! ** prior.qS : 1;
    const score = weight * zResidual;
    return { name, peak, score, zResidual, zRaw, zCommon, height, shape, prior: plausible };
  });
}

function strongest(strength: Float64Array): { readonly at: number; readonly value: number } {
  const at = argMax(strength);
  return { at, value: strength[at]! };
}

function subtract(x: Float64Array, y: Float64Array, out: Float64Array): Float64Array {
  for (let t = 0; t < out.length; t++) out[t] = x[t]! - y[t]!;
  return out;
}

/** The trace without the lobe under judgement, which must not widen its own null. */
function subtractLobe(
  x: Float64Array,
  peak: number,
  height: number,
  width: number,
  out: Float64Array,
): void {
  const half = width >> 1;
  out.set(x);
  const to = Math.min(x.length - 1, peak + half);
  for (let t = Math.max(0, peak - half); t <= to; t++) {
    out[t]! -= height * Math.cos((Math.PI * (t - peak)) / (2 * half));
  }
}

/** What every channel shows at each sample is common to all and evidence for none. */
function minimumOf(channels: readonly Float64Array[]): Float64Array {
  const least = channels[0]!.slice();
  for (const x of channels) {
    for (let t = 0; t < least.length; t++) if (x[t]! < least[t]!) least[t] = x[t]!;
  }
  return least;
}

/** The greatest value within reach: what the channel shows itself, where the residual points. */
function climb(curve: Float64Array, from: number, reach: number): number {
  const to = Math.min(curve.length - 1, from + reach);
  let best = Math.max(0, from - reach);
  for (let i = best + 1; i <= to; i++) if (curve[i]! > curve[best]!) best = i;
  return best;
}

/** The tables of the last shape: parsers see one shape over and over. */
let last: { length: number; width: number; filter: LobeFilter } | undefined;

function filterFor(length: number, width: number): LobeFilter {
  if (last?.length !== length || last.width !== width) {
    last = { length, width, filter: createLobeFilter(length, width) };
  }
  return last.filter;
}
