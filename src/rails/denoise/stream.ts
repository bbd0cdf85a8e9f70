import { insert } from "./filters.ts";

/** A denoiser that sees one sample at a time and never the future. */
export interface StreamingDenoiser {
  /** Takes the next sample; returns the denoised one. */
  push(sample: number): number;
  /** Forgets all samples. */
  reset(): void;
}

/** Options of {@linkcode createStreamingDenoiser}. */
export interface CreateStreamingDenoiserOptions {
  /** `hybrid` is the mean of average and median; `off` returns the sample. Default: hybrid. */
  readonly kind?: "hybrid" | "ema" | "median" | "off";
  /** Weight of the past in the exponential average, 0 to 1. Default: 0.85. */
  readonly decay?: number;
  /** Last samples that the median is taken of. Default: 3. */
  readonly medianWidth?: number;
}

/**
 * Creates a denoiser for samples as they arrive: half the exponential average plus half the median of
 * the last samples. The first sample comes out as it is.
 *
 * @throws {RangeError} If the decay is outside 0 to 1 or the median has no samples.
 *
 * @example
 * ```ts
 * import { createStreamingDenoiser } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const denoiser = createStreamingDenoiser({ kind: "median" });
 * assertAlmostEquals([1, 1, 9].map((x) => denoiser.push(x))[2]!, 1, 1e-12);
 * ```
 */
export function createStreamingDenoiser(
  options: CreateStreamingDenoiserOptions = {},
): StreamingDenoiser {
  const { kind = "hybrid", decay = 0.85, medianWidth = 3 } = options;
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`Expected a decay of 0 to 1, got ${decay}`);
  if (!(medianWidth >= 1)) throw new RangeError(`Expected a median of samples, got ${medianWidth}`);
  const past = new Float64Array(medianWidth);
  const sorted = new Float64Array(medianWidth);
  let seen = 0;
  let sum = 0;
  let weight = 0;
  const average = (sample: number) => {
    sum = (1 - decay) * sample + decay * sum;
    weight = 1 - decay + decay * weight;
    return sum / (weight + 1e-12);
  };
  const median = (sample: number) => {
    past[seen % medianWidth] = sample;
    seen++;
    const count = Math.min(seen, medianWidth);
    for (let k = 0; k < count; k++) insert(sorted, k, past[k]!);
    return (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2;
  };
  const steps = {
    off: (sample: number) => sample,
    ema: average,
    median,
    hybrid: (sample: number) => 0.5 * (average(sample) + median(sample)),
  };
  return {
    push: steps[kind],
    reset: () => {
      seen = sum = weight = 0;
    },
  };
}
