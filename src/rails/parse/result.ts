/** Why a channel was kept, or what it failed first. */
export type ChannelVerdict =
  | "kept"
  | "below_relative"
  | "below_z"
  | "below_area"
  | "below_shape"
  | "below_height"
  | "isolated";

/** What a parser found on one channel; what it does not measure is null. */
export interface ParsedChannel {
  readonly name: string;
  /** Sample at which the lobe stands. */
  readonly peak: number;
  /** What the channels are compared by. */
  readonly score: number;
  readonly verdict: ChannelVerdict;
  /** Standard deviations above the null: of the trace less the common mode, … */
  readonly zResidual: number | null;
  /** … of the trace itself, … */
  readonly zRaw: number | null;
  /** … and of the common mode. */
  readonly zCommon: number | null;
  /** Height of the lobe, in the units of the trace. */
  readonly height: number | null;
  /** Correlation of the window with the lobe, −1 to 1. */
  readonly shape: number | null;
  /** Plausibility under the prior, 0 to 1. */
  readonly prior: number | null;
}

/** The actions that a parser reads from traces. */
export interface ParseResult {
  /** Kept actions in the order of the channels; empty when the parser abstains. */
  readonly keep: readonly string[];
  /** The same actions in the order of their peaks. */
  readonly order: readonly string[];
  readonly channels: readonly ParsedChannel[];
}

/** Collects kept channels and sorts them by peak; equal peaks stay in the order of the channels. */
export function toParseResult(channels: readonly ParsedChannel[]): ParseResult {
  const kept = channels.filter((channel) => channel.verdict === "kept");
  const order = [...kept].sort((a, b) => a.peak - b.peak);
  return { keep: kept.map(({ name }) => name), order: order.map(({ name }) => name), channels };
}

/** Keeps the channel of the highest score although it failed. */
export function forceBest(channels: readonly ParsedChannel[]): ParsedChannel[] {
  let best = 0;
  channels.forEach((channel, p) => {
    if (channel.score > channels[best]!.score) best = p;
  });
  return channels.map((channel, p) => p === best ? { ...channel, verdict: "kept" } : channel);
}
