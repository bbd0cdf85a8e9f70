import { createRandom } from "../../core/random.ts";
import { createTraces, type Traces } from "./easy.ts";

/** Options of {@linkcode generateSimpleTraces}. */
export interface GenerateSimpleTracesOptions {
  /** Channels with a lobe, out of 0, 1 and 2. Default: 1 and 2. */
  readonly which?: readonly (0 | 1 | 2)[];
  /** Samples a trace. Default: 160. */
  readonly length?: number;
  /** Samples of a lobe. Default: 64. */
  readonly lobe?: number;
  /** Standard deviation of the noise. Default: 0.05. */
  readonly noise?: number;
}

/** Centres of the lobes of channels 0, 1 and 2 as shares of the length. */
const CENTRES = [0.55, 0.4, 0.7];

/**
 * Draws three traces, named "0", "1" and "2", with half-sine lobes of height 1 in Gaussian noise.
 *
 * @example
 * ```ts
 * import { generateSimpleTraces } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(generateSimpleTraces(1).names, ["0", "1", "2"]);
 * ```
 */
export function generateSimpleTraces(
  seed: number,
  options: GenerateSimpleTracesOptions = {},
): Traces {
  const { which = [1, 2], length = 160, lobe = 64, noise = 0.05 } = options;
  const random = createRandom(seed);
  const traces = CENTRES.map((centre, p) => {
    const from = Math.round(centre * length) - (lobe >> 1);
    return Float64Array.from({ length }, (_, t) => {
      const phase = (t - from) / (lobe - 1);
      const signal = which.includes(p as 0 | 1 | 2) && phase >= 0 && phase <= 1
        ? Math.sin(Math.PI * phase)
        : 0;
      return signal + noise * random.normal();
    });
  });
  return createTraces(traces);
}
