import { createRandom, type Random } from "../../core/random.ts";
import { DENOISE_STAGES, denoiseTraces } from "../denoise/denoise.ts";
import { hybridFilter, phantomClamp, snrDb } from "../denoise/filters.ts";
import { createStreamingDenoiser } from "../denoise/stream.ts";
import { type ParserSummary, scoreParse, summarizeScores } from "./score.ts";
import { geodesicParseReport, type GeodesicParseReportOptions } from "../parse/parser.ts";
import { generateHardTraces, type HardSample } from "../traces/hard.ts";
import { channelOf, type Traces } from "../traces/easy.ts";

/** Kinds of noise that are added to the clean traces. */
export type NoiseKind = "none" | "gaussian" | "gaussian+phantoms";

/** One way of denoising on one kind of noise. */
export interface DenoiseRow {
  readonly noise: NoiseKind;
  /** `raw`, `all`, `only X`, `without X`, `clamp (mean)`, `hybrid`, or `streaming X`. */
  readonly variant: string;
  /** Signal over noise after denoising, mean over samples, in decibels; null without noise. */
  readonly snr_db: number | null;
  /** What denoising gained over the raw traces; null without noise. */
  readonly gain_db: number | null;
  /** What the stage adds to all the others: the gain of all less the gain without it; else null. */
  readonly stage_gain_db: number | null;
  /** Signal over distortion when the input is clean; null where denoising is off. */
  readonly clean_snr_db: number | null;
  /** Of the report parser on the denoised traces. */
  readonly parse: Pick<
    ParserSummary,
    "exact" | "precision" | "recall" | "f1" | "hallucination" | "omission"
  >;
}

/** Options of {@linkcode runDenoiseBench}. */
export interface RunDenoiseBenchOptions {
  /** Signal over noise of the raw traces, in decibels. Default: 0. */
  readonly inputSnrDb?: number;
  /** Gates of the parser that reads the denoised traces. */
  readonly parser?: GeodesicParseReportOptions;
}

/** Share of samples that are phantoms, and their height in standard deviations of the other noise. */
const PHANTOM_SHARE = 0.02;
const PHANTOM_HEIGHT = 8;

type Variant = readonly [name: string, denoise: (traces: Traces) => Traces];

/**
 * Measures the denoiser on hidden clean traces under noise of a given power: as a whole, each stage
 * alone, all but each stage, and the streaming forms. The denoiser sees the noisy traces only. The first
 * row is what the parser makes of the traces before noise.
 *
 * @param samples How many.
 *
 * @example
 * ```ts
 * import { runDenoiseBench } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const rows = runDenoiseBench(3, 1);
 * assert(rows.find((row) => row.variant === "all")!.gain_db! > 6);
 * ```
 */
export function runDenoiseBench(
  samples: number,
  seed: number,
  options: RunDenoiseBenchOptions = {},
): DenoiseRow[] {
  const { inputSnrDb = 0, parser = {} } = options;
  const hidden = generateHardTraces(samples, seed, { noise: 0 });
  const clean: DenoiseRow = {
    noise: "none",
    variant: "raw",
    snr_db: null,
    gain_db: null,
    stage_gain_db: null,
    clean_snr_db: null,
    parse: parseSummary(hidden, hidden.map((sample) => sample.clean), parser),
  };
  const kinds = ["gaussian", "gaussian+phantoms"] as const;
  return [
    clean,
    ...kinds.flatMap((noise) => {
      const random = createRandom(seed + 1);
      const noisy = hidden.map((sample) => addNoise(sample.clean, inputSnrDb, noise, random));
      const rows = VARIANTS.map((variant) => measure(variant, noise, hidden, noisy, parser));
      const all = rows.find(({ variant }) => variant === "all")!.gain_db;
      return rows.map((row): DenoiseRow =>
        row.variant.startsWith("without ") ? { ...row, stage_gain_db: all - row.gain_db } : row
      );
    }),
  ];
}

const perChannel = (filter: (x: Float64Array) => Float64Array) => (traces: Traces): Traces => {
  const data = new Float64Array(traces.data.data.length);
  traces.names.forEach((_, p) => data.set(filter(channelOf(traces, p)), p * traces.data.cols));
  return { names: traces.names, data: { ...traces.data, data } };
};

const streaming = (kind: "ema" | "median" | "hybrid"): Variant => [
  `streaming ${kind}`,
  perChannel((x) => {
    const denoiser = createStreamingDenoiser({ kind });
    return x.map((value) => denoiser.push(value));
  }),
];

const VARIANTS: readonly Variant[] = [
  ["raw", (traces) => traces],
  ["all", (traces) => denoiseTraces(traces)],
  ...DENOISE_STAGES.map((stage): Variant => [
    `only ${stage}`,
    (traces) => denoiseTraces(traces, { stages: [stage] }),
  ]),
  ...DENOISE_STAGES.map((stage): Variant => [
    `without ${stage}`,
    (traces) => denoiseTraces(traces, { stages: DENOISE_STAGES.filter((s) => s !== stage) }),
  ]),
  ["clamp (mean)", perChannel((x) => phantomClamp(x))],
  ["hybrid", perChannel((x) => hybridFilter(x))],
  streaming("ema"),
  streaming("median"),
  streaming("hybrid"),
];

function measure(
  [variant, denoise]: Variant,
  noise: NoiseKind,
  hidden: readonly HardSample[],
  noisy: readonly Traces[],
  parser: GeodesicParseReportOptions,
): DenoiseRow & { readonly gain_db: number } {
  const estimates = noisy.map(denoise);
  const meanSnr = (traces: (i: number) => Traces) =>
    hidden.reduce((sum, { clean }, i) => sum + snrDb(clean.data.data, traces(i).data.data), 0) /
    hidden.length;
  const after = meanSnr((i) => estimates[i]!);
  return {
    noise,
    variant,
    snr_db: after,
    gain_db: after - meanSnr((i) => noisy[i]!),
    stage_gain_db: null,
    clean_snr_db: variant === "raw" ? null : meanSnr((i) => denoise(hidden[i]!.clean)),
    parse: parseSummary(hidden, estimates, parser),
  };
}

function parseSummary(
  hidden: readonly HardSample[],
  traces: readonly Traces[],
  parser: GeodesicParseReportOptions,
): DenoiseRow["parse"] {
  const { exact, precision, recall, f1, hallucination, omission } = summarizeScores(
    hidden.map(({ truth }, i) => scoreParse(truth, geodesicParseReport(traces[i]!, parser).order)),
  );
  return { exact, precision, recall, f1, hallucination, omission };
}

/** White noise over all channels, scaled to the signal-to-noise ratio asked for. */
function addNoise(clean: Traces, snr: number, kind: NoiseKind, random: Random): Traces {
  const signal = clean.data.data;
  const noise = signal.map(() => {
    const white = random.normal();
    if (kind === "gaussian" || random.uniform() >= PHANTOM_SHARE) return white;
    return white + (random.uniform() < 0.5 ? -PHANTOM_HEIGHT : PHANTOM_HEIGHT);
  });
  const power = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
  const scale = Math.sqrt(power(signal) / (power(noise) * 10 ** (snr / 10)));
  const data = signal.map((value, i) => value + scale * noise[i]!);
  return { names: clean.names, data: { ...clean.data, data } };
}
