import { MicroLmError } from "../core/errors.ts";
import { movingAverage } from "./parse/matched_filter.ts";
import { argMax, correlateSame, halfSine } from "./parse/matched_filter.ts";
import type { LabeledTraces } from "./parse/calibrate.ts";
import { type ParserPrior, priorFeatures } from "./parse/prior.ts";
import { channelOf } from "./traces/easy.ts";
import { applyWarp, fitWarp } from "./warp/warp.ts";

/** A value at each radius. */
export interface RadialProfile {
  /** Centres of the bins, ascending. */
  readonly radii: Float64Array;
  readonly values: Float64Array;
}

/** Options of {@linkcode radialProfile}. */
export interface RadialProfileOptions {
  /** Equal bins from the least radius to the greatest. Default: 220. */
  readonly bins?: number;
  /** Quantile of the values within a bin. Default: 0.65. */
  readonly quantile?: number;
}

/**
 * The profile of values over radii: a quantile in each bin, straight lines over bins without a value, and
 * the nearest value beyond the outermost ones.
 *
 * @throws {MicroLmError} Kind `data` if there are no values.
 *
 * @example
 * ```ts
 * import { radialProfile } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const { values } = radialProfile([0, 1, 3], [1, 2, 4], { bins: 3 });
 * assertEquals([...values], [1, 2, 4]);
 * ```
 */
export function radialProfile(
  radii: ArrayLike<number>,
  values: ArrayLike<number>,
  { bins = 220, quantile = 0.65 }: RadialProfileOptions = {},
): RadialProfile {
  if (radii.length === 0) throw new MicroLmError("data", "Expected values by radius, found none");
  const all = Array.from(radii);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const width = (high - low) / bins;
  const groups: number[][] = Array.from({ length: bins }, () => []);
  all.forEach((radius, i) => {
    const bin = width > 0 ? Math.min(bins - 1, Math.floor((radius - low) / width)) : 0;
    groups[bin]!.push(values[i]!);
  });
  const raw = Float64Array.from(groups, (group) => quantileOf(group, quantile));
  return {
    radii: Float64Array.from(raw, (_, i) => low + (i + 0.5) * width),
    values: fillGaps(raw),
  };
}

/** By linear interpolation; NaN for an empty group. */
function quantileOf(group: readonly number[], q: number): number {
  if (group.length === 0) return NaN;
  const sorted = group.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

function fillGaps(values: Float64Array): Float64Array {
  const known = [...values.keys()].filter((i) => !Number.isNaN(values[i]!));
  return values.map((value, i) => {
    if (!Number.isNaN(value)) return value;
    const before = known.findLast((k) => k < i);
    const after = known.find((k) => k > i);
    if (before === undefined) return values[after!]!;
    if (after === undefined) return values[before]!;
    const share = (i - before) / (after - before);
    return values[before]! + share * (values[after]! - values[before]!);
  });
}

/** Options of {@linkcode funnelCore}. */
export interface FunnelCoreOptions {
  /** Value at the centre. Default: 0.18. */
  readonly height?: number;
  /** Steepness. Default: 1.7. */
  readonly power?: number;
  /** Radius at which the value has fallen to 1/e, as a share of the greatest radius. Default: 0.14. */
  readonly reach?: number;
}

/**
 * The analytic funnel: height · exp(−(r / (reach · greatest radius))^power) at each radius.
 *
 * @example
 * ```ts
 * import { funnelCore } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const core = funnelCore(Float64Array.of(0, 1, 2), { height: 1, power: 1, reach: 0.5 });
 * core.forEach((value, r) => assertAlmostEquals(value, Math.exp(-r), 1e-12));
 * ```
 */
export function funnelCore(
  radii: Float64Array,
  { height = 0.18, power = 1.7, reach = 0.14 }: FunnelCoreOptions = {},
): Float64Array {
  const scale = reach * Math.max(Number.MIN_VALUE, radii.at(-1)!);
  return radii.map((r) => height * Math.exp(-((Math.max(0, r) / scale) ** power)));
}

/**
 * Blends a profile with a core, (1 − weight) · profile + weight · core, and stretches it to 0 … 1.
 *
 * @example
 * ```ts
 * import { blendFunnel } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const profile = { radii: Float64Array.of(0, 1, 2), values: Float64Array.of(4, 2, 0) };
 * const { values } = blendFunnel(profile, Float64Array.of(2, 1, 0), 0.5);
 * [1, 0.5, 0].forEach((value, i) => assertAlmostEquals(values[i]!, value, 1e-6));
 * ```
 */
export function blendFunnel(
  { radii, values }: RadialProfile,
  core: Float64Array,
  weight = 0.25,
): RadialProfile {
  const mixed = values.map((value, i) => (1 - weight) * value + weight * core[i]!);
  const low = Math.min(...mixed);
  const high = Math.max(...mixed);
  return { radii, values: mixed.map((value) => (value - low) / (high - low + 1e-9)) };
}

/** Options of {@linkcode fitParserPrior}. */
export interface FitParserPriorOptions extends RadialProfileOptions {
  /** Samples of the lobe, and of the window of the features. Default: 160. */
  readonly window?: number;
  /** Samples of the moving average. Default: 9. */
  readonly sigma?: number;
  /** Project the features by their principal components, or take them as they are. Default: `pca`. */
  readonly projection?: "pca" | "identity";
  /** Weight of the analytic funnel. Default: 0.25. */
  readonly blend?: number;
}

/**
 * Fits a prior for `geodesicParseWithPrior`: where the features of known actions lie (place, area, mean),
 * and how strong lobes are at each distance from their centre.
 *
 * @param samples Traces with their truth; the channels asked for are used, and no others.
 * @throws {MicroLmError} Kind `data` if fewer than three actions are asked for.
 *
 * @example
 * ```ts
 * import { fitParserPrior, generateHardTraces, geodesicParseWithPrior } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prior = fitParserPrior(generateHardTraces(50, 1000));
 * assertEquals(prior.window, 160);
 * const { traces } = generateHardTraces(1, 1)[0]!;
 * assertEquals(geodesicParseWithPrior(traces, { prior }).channels.length, 3);
 * ```
 */
export function fitParserPrior(
  samples: readonly LabeledTraces[],
  options: FitParserPriorOptions = {},
): ParserPrior {
  const { window = 160, sigma = 9, projection = "pca", blend = 0.25 } = options;
  const lobe = halfSine(window);
  const found = samples.flatMap(({ traces, truth }) =>
    traces.names.flatMap((name, row) => {
      if (!truth.includes(name)) return [];
      const x = movingAverage(channelOf(traces, row), sigma);
      const curve = correlateSame(x, lobe);
      const peak = argMax(curve);
      return [{ features: priorFeatures(x, peak, window), strength: curve[peak]! }];
    })
  );
  if (found.length < 3) {
    throw new MicroLmError(
      "data",
      `Expected at least 3 actions to fit a prior, got ${found.length}`,
    );
  }
  const space = projection === "pca"
    ? projectByPca(found.map(({ features }) => features))
    : projectAsIs(found.map(({ features }) => features));
  const radii = space.points.map(([a, b]) => Math.hypot(a - space.centre[0], b - space.centre[1]));
  const profile = radialProfile(radii, found.map(({ strength }) => strength), options);
  const { radii: grid, values } = blendFunnel(profile, funnelCore(profile.radii), blend);
  const { centre, components, scales, mean } = space;
  return { radii: grid, values, centre, components, scales, mean, window };
}

type Triple = readonly [number, number, number];

function projectAsIs(features: readonly Triple[]) {
  const middle = (j: 0 | 1) => quantileOf(features.map((f) => f[j]), 0.5);
  return {
    points: features.map(([a, b]): [number, number] => [a, b]),
    centre: [middle(0), middle(1)] as const,
    components: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    scales: [1, 1, 1],
    mean: [0, 0, 0],
  };
}

function projectByPca(features: readonly Triple[]) {
  const warp = fitWarp({
    data: Float64Array.from(features.flat()),
    rows: features.length,
    cols: 3,
  });
  const { data, rows } = warp.components;
  const component = (k: number) => k < rows ? [...data.subarray(3 * k, 3 * k + 3)] : [0, 0, 0];
  return {
    points: features.map((f): [number, number] => {
      const [a, b = 0] = applyWarp(warp, f);
      return [a!, b];
    }),
    centre: [0, 0] as const,
    components: [component(0), component(1), component(2)],
    scales: [0, 1, 2].map((k) => warp.scales[k] ?? 1),
    mean: [...warp.mean],
  };
}
