import { MicroLmError } from "../../core/errors.ts";
import {
  type CorrectedGates,
  geodesicParseReport,
  type GeodesicParseReportOptions,
} from "./parser.ts";
import { dropIsolated } from "./corrected.ts";
import { toParseResult } from "./result.ts";
import type { Traces } from "../traces/easy.ts";

/** Options of {@linkcode calibrateZMin}. */
export interface CalibrateZMinOptions extends GeodesicParseReportOptions {
  /** Share of traces without an action that may keep one. Default: 0.01. */
  readonly falseAlarmRate?: number;
}

/**
 * The least gate `zMin` that keeps the share of traces without any action from which the report parser
 * reads one at the rate asked for: a split-conformal quantile (Vovk, 2005), so that new traces of the same
 * kind exceed it at most at that rate, on average over calibration sets.
 *
 * Short traces need it: with fewer than about four lobes to a trace, the null of one trace says little.
 *
 * @param noise Traces of prompts that ask for nothing.
 * @throws {MicroLmError} Kind `data` if there are too few traces for the rate.
 *
 * @example
 * ```ts
 * import { calibrateZMin, generateSimpleTraces } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const noise = Array.from({ length: 99 }, (_, s) => generateSimpleTraces(s, { which: [] }));
 * assert(calibrateZMin(noise, { sigma: 7, protoWidth: 64 }) > 1);
 * ```
 */
export function calibrateZMin(
  noise: readonly Traces[],
  options: CalibrateZMinOptions = {},
): number {
  const { falseAlarmRate = 0.01, ...parser } = options;
  return conformalGate(
    noise.map((traces) => {
      const { channels } = geodesicParseReport(traces, { ...parser, zMin: -Infinity });
      return Math.max(...channels.map((c) => c.verdict === "kept" ? c.score : -Infinity));
    }),
    falseAlarmRate,
  );
}

/**
 * The least gate that new scores of the same kind pass at most at a rate, on average over calibration
 * sets: the split-conformal quantile (Vovk, 2005).
 *
 * @param scores Of traces of prompts that ask for nothing; −Infinity where nothing was kept.
 * @throws {MicroLmError} Kind `data` if there are too few scores for the rate.
 */
export function conformalGate(scores: readonly number[], rate: number): number {
  const rank = Math.ceil((scores.length + 1) * (1 - rate));
  if (!(rate > 0) || rank > scores.length) {
    throw new MicroLmError(
      "data",
      `Cannot calibrate a false-alarm rate of ${rate} on ${scores.length} traces`,
      { hint: `Give at least ${Math.ceil(1 / rate) - 1} traces without an action` },
    );
  }
  const gate = Float64Array.from(scores).sort()[rank - 1]!;
  // Nothing was kept at that rank: no gate is needed to keep the rate.
  if (gate === -Infinity) return 0;
  // The gate keeps equal scores; the quantile itself must not pass.
  return gate + Math.abs(gate) * 1e-12 + Number.MIN_VALUE;
}

/** Traces with their truth, to fit gates on. */
export interface LabeledTraces {
  readonly traces: Traces;
  readonly truth: readonly string[];
}

/** Share of the actions asked for that the gate may lose. */
const LOSS_RATE = 0.001;

/**
 * Fits the gate `minHeight`: the height that at most the allowed share of the actions asked for fall
 * below. Fit it on other samples than those that are scored.
 *
 * @throws {MicroLmError} Kind `data` if no action that was asked for is found.
 *
 * @example
 * ```ts
 * import { fitMinHeight, generateHardTraces } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const minHeight = fitMinHeight(generateHardTraces(50, 1000));
 * assert(minHeight > 0.1 && minHeight < 0.6);
 * ```
 */
export function fitMinHeight(
  samples: readonly LabeledTraces[],
  parser: GeodesicParseReportOptions = {},
): number {
  const gates: CorrectedGates = { ...parser, minHeight: -Infinity };
  const heights = samples.flatMap(({ traces, truth }) =>
    geodesicParseReport(traces, { ...parser, ...gates }).channels
      .filter((c) => c.verdict === "kept" && truth.includes(c.name))
      .map((c) => c.height!)
  ).sort((a, b) => a - b);
  if (heights.length === 0) {
    throw new MicroLmError("data", "Expected samples with an action, found none");
  }
  return heights[Math.floor(LOSS_RATE * heights.length)]!;
}

/** Steps of half a lobe's width to one and a half in which {@linkcode fitMaxGap} looks. */
const GAP_STEPS = 32;

/**
 * Fits the gate `maxGap`: the distance, from half a lobe's width to one and a half, at which most samples
 * are read exactly; the greatest among equals. Fit it on other samples than those that are scored.
 *
 * @throws {MicroLmError} Kind `data` if there are no samples.
 *
 * @example
 * ```ts
 * import { fitMaxGap, generateHardTraces } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const maxGap = fitMaxGap(generateHardTraces(50, 1000));
 * assert(maxGap >= 80 && maxGap <= 240);
 * ```
 */
export function fitMaxGap(
  samples: readonly LabeledTraces[],
  options: GeodesicParseReportOptions = {},
): number {
  if (samples.length === 0) throw new MicroLmError("data", "Expected samples, found none");
  const { protoWidth = 160 } = options;
  const parsed = samples.map(({ traces, truth }) => ({
    channels: geodesicParseReport(traces, { ...options, maxGap: Infinity }).channels,
    truth: truth.join("\n"),
  }));
  let best = { gap: Infinity, exact: -1 };
  for (let k = GAP_STEPS; k >= 0; k--) {
    const gap = protoWidth * (0.5 + k / GAP_STEPS);
    const exact = parsed.filter(({ channels, truth }) =>
      toParseResult(dropIsolated(channels, gap)).order.join("\n") === truth
    ).length;
    if (exact > best.exact) {
      best = { gap, exact };
    }
  }
  return best.gap;
}
