import type { Matrix } from "../../core/matrix.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { emaFilter, localClamp, medianFilter } from "./filters.ts";
import { track } from "./track.ts";
import type { Traces } from "../traces/easy.ts";

/** Stages of the denoiser, in the order in which they act. */
export const DENOISE_STAGES = ["clamp", "median", "ema", "gate", "guard", "jitter"] as const;

/** One stage of the denoiser. */
export type DenoiseStage = typeof DENOISE_STAGES[number];

/** Options of {@linkcode denoiseTraces}. */
export interface DenoiseTracesOptions {
  /** Stages that act. Default: all of {@linkcode DENOISE_STAGES}. */
  readonly stages?: readonly DenoiseStage[];
  /** Standard deviations of the clamp, from the median around a sample. Default: 3. */
  readonly clampZ?: number;
  /** Samples of the median. Default: 5. */
  readonly medianWidth?: number;
  /** Weight of the newest sample in the exponential average. Default: 0.2. */
  readonly alpha?: number;
  /** Least confidence that a step is no noise, 0 to 1; below it half the step is taken. Default: 0.65. */
  readonly confidence?: number;
  /** Steps shorter than this are halved, in the units of the traces. Default: 0.03. */
  readonly noiseFloor?: number;
  /** Probes of the directional guard; 1 or fewer accept every step. Default: 5. */
  readonly probes?: number;
  /** How far the probes scatter, as a share of the position's length. Default: 0.02. */
  readonly spread?: number;
  /** Jittered copies that are averaged with the traces themselves. Default: 2. */
  readonly copies?: number;
  /** Standard deviation of the jitter, in the units of the traces. Default: 0.01. */
  readonly jitter?: number;
  /** Of the probes and the jitter. Default: 0. */
  readonly seed?: number;
}

/**
 * Estimates clean traces from noisy ones, over time and from the observations alone.
 *
 * Clamp, running median and exponential average act on each channel; the tracker then follows all
 * channels as one position, halving steps that the noise explains (confidence gate) and cutting to 0.3
 * those that recent observations contradict (directional guard); jittered copies go through all of it
 * from the start and are averaged. Equal input gives equal output: no state outlives a call.
 *
 * @throws {RangeError} If the traces are not longer than half the median's window.
 *
 * @example
 * ```ts
 * import { denoiseTraces, generateHardTraces, snrDb } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const [{ traces, clean }] = generateHardTraces(1, 3, { noise: 0.3 }) as [
 *   ReturnType<typeof generateHardTraces>[number],
 * ];
 * const before = snrDb(clean.data.data, traces.data.data);
 * assert(snrDb(clean.data.data, denoiseTraces(traces).data.data) > before + 3);
 * ```
 */
export function denoiseTraces(traces: Traces, options: DenoiseTracesOptions = {}): Traces {
  const { copies = 2, jitter = 0.01, seed = 0, stages = DENOISE_STAGES } = options;
  const { data, rows, cols } = traces.data;
  const runs = stages.includes("jitter") ? 1 + Math.max(0, copies) : 1;
  const total = new Float64Array(data.length);
  for (let run = 0; run < runs; run++) {
    // A stream of its own for each copy: averaging more of them leaves the others as they are.
    const random = createRandom(seed + run);
    const observed = run === 0 ? data : data.map((x) => x + jitter * random.normal());
    const estimate = denoiseOnce({ data: observed, rows, cols }, options, stages, random);
    for (let i = 0; i < total.length; i++) total[i]! += estimate.data[i]!;
  }
  if (runs > 1) { for (let i = 0; i < total.length; i++) total[i]! /= runs; }
  return { names: traces.names, data: { data: total, rows, cols } };
}

function denoiseOnce(
  observed: Matrix<Float64Array>,
  options: DenoiseTracesOptions,
  stages: readonly DenoiseStage[],
  random: Random,
): Matrix<Float64Array> {
  const { clampZ = 3, medianWidth = 5, alpha = 0.2 } = options;
  const { confidence = 0.65, noiseFloor = 0.03, probes = 5, spread = 0.02 } = options;
  const { rows, cols } = observed;
  const data = new Float64Array(rows * cols);
  for (let p = 0; p < rows; p++) {
    let x: Float64Array = observed.data.subarray(p * cols, (p + 1) * cols);
    if (stages.includes("clamp")) x = localClamp(x, clampZ);
    if (stages.includes("median")) x = medianFilter(x, medianWidth);
    if (stages.includes("ema")) x = emaFilter(x, alpha);
    data.set(x, p * cols);
  }
  const filtered = { data, rows, cols };
  const gate = stages.includes("gate") ? { confidence, noiseFloor } : null;
  const guard = stages.includes("guard") ? { probes, spread } : null;
  return gate || guard ? track(filtered, observed, { gate, guard }, random) : filtered;
}
