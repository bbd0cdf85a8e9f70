import { type Rate, rate } from "../../evaluate/rate.ts";
import { denoiseTraces } from "../denoise/denoise.ts";
import { type DenoiseRow, runDenoiseBench } from "./denoise_bench.ts";
import { NGF_REFERENCE, type ReferenceRow } from "./reference.ts";
import { type ParserSummary, type ParseScore, scoreParse, summarizeScores } from "./score.ts";
import {
  geodesicParseReport,
  type GeodesicParseReportOptions,
  geodesicParseWithPrior,
  stockParse,
} from "../parse/parser.ts";
import { fitMaxGap, fitMinHeight } from "../parse/calibrate.ts";
import type { ParserPrior } from "../parse/prior.ts";
import {
  generateHardTraces,
  type GenerateHardTracesOptions,
  type HardSample,
} from "../traces/hard.ts";

/** Options of {@linkcode runNgfBench}. */
export interface RunNgfBenchOptions {
  /** Samples that are scored. Default: 2000. */
  readonly samples?: number;
  /** Of the scored samples. Default: 42. */
  readonly seed?: number;
  /** Samples that the gates are fitted on. Default: 2000. */
  readonly tuningSamples?: number;
  /** Of the samples that the gates are fitted on; another than `seed`. Default: 1000. */
  readonly tuningSeed?: number;
  /** Samples of the denoiser's ablation. Default: 100. */
  readonly denoiseSamples?: number;
  /** Signal over noise of the denoiser's ablation, in decibels. Default: 0. */
  readonly inputSnrDb?: number;
  /** Of the generator. Default: the published values. */
  readonly generator?: GenerateHardTracesOptions;
  /** Prior of the parser with a prior. Default: none. */
  readonly prior?: ParserPrior;
  /** Milliseconds, to time the parsers. Default: none, times are null. */
  readonly clock?: () => number;
  /** Told about every part that is done, as a share. Default: nobody. */
  readonly onProgress?: (done: number) => void;
}

/** One parser over all scored samples. */
export interface NgfParserRow extends ParserSummary {
  readonly parser: string;
  /** What it is, in a sentence. */
  readonly about: string;
  /** Milliseconds a sample, or null without a clock. */
  readonly ms: number | null;
}

/** One scored sample and what every parser made of it. */
export interface NgfSampleRow {
  readonly sample: number;
  readonly truth: readonly string[];
  readonly parsers: Readonly<Record<string, ParseScore>>;
}

/** What {@linkcode runNgfBench} returns. */
export interface NgfBenchResult {
  readonly schema: "ngf-bench/1";
  readonly samples: number;
  readonly seed: number;
  readonly generator: GenerateHardTracesOptions;
  readonly tuning: {
    readonly seed: number;
    readonly samples: number;
    readonly min_height: number;
    readonly max_gap: number;
  };
  readonly parsers: readonly NgfParserRow[];
  /** Samples without any action, from which the corrected parser reads one. */
  readonly noise_only: { readonly corrected: Rate; readonly parity_report: Rate };
  readonly denoise: {
    readonly samples: number;
    readonly input_snr_db: number;
    readonly rows: readonly DenoiseRow[];
  };
  readonly reference: readonly ReferenceRow[];
  readonly rows: readonly NgfSampleRow[];
}

type Reader = readonly [
  parser: string,
  about: string,
  read: (sample: HardSample) => readonly string[],
];

/**
 * Scores the parsers on hard traces: as published, corrected, and with one correction or gate off at a
 * time; then noise without actions, and the denoiser on hidden clean traces. Gates are fitted on samples
 * of another seed. Without a clock the result depends on the options alone.
 *
 * @throws {RangeError} If samples would be scored that the gates are fitted on.
 *
 * @example
 * ```ts
 * import { runNgfBench } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const bench = runNgfBench({ samples: 20, tuningSamples: 50, denoiseSamples: 1 });
 * const corrected = bench.parsers.find(({ parser }) => parser === "corrected")!;
 * assert(corrected.omission < 0.05);
 * ```
 */
export function runNgfBench(options: RunNgfBenchOptions = {}): NgfBenchResult {
  const { samples = 2000, seed = 42, tuningSamples = 2000, tuningSeed = 1000 } = options;
  const { denoiseSamples = 100, inputSnrDb = 0, generator = {}, onProgress } = options;
  if (seed === tuningSeed) {
    throw new RangeError(`Expected other seeds for tuning and scoring, got ${seed} for both`);
  }
  const tuning = generateHardTraces(tuningSamples, tuningSeed, generator);
  const minHeight = fitMinHeight(tuning);
  const maxGap = fitMaxGap(tuning, { minHeight });
  const scored = generateHardTraces(samples, seed, generator);
  const readers = createReaders(minHeight, maxGap, options.prior);
  const parts = readers.length + 2;
  const runs = readers.map((reader, k) => {
    const run = runReader(reader, scored, options.clock);
    onProgress?.((k + 1) / parts);
    return run;
  });
  const noiseOnly = measureNoise(samples, seed, generator);
  onProgress?.((parts - 1) / parts);
  const denoise = runDenoiseBench(denoiseSamples, seed, { inputSnrDb, parser: { minHeight } });
  onProgress?.(1);
  return {
    schema: "ngf-bench/1",
    samples,
    seed,
    generator,
    tuning: { seed: tuningSeed, samples: tuningSamples, min_height: minHeight, max_gap: maxGap },
    parsers: runs.map(({ row }) => row),
    noise_only: noiseOnly,
    denoise: { samples: denoiseSamples, input_snr_db: inputSnrDb, rows: denoise },
    reference: NGF_REFERENCE,
    rows: scored.map(({ truth }, i) => ({
      sample: i,
      truth,
      parsers: Object.fromEntries(runs.map(({ row, scores }) => [row.parser, scores[i]!])),
    })),
  };
}

function runReader(
  [parser, about, read]: Reader,
  scored: readonly HardSample[],
  clock: (() => number) | undefined,
): { readonly row: NgfParserRow; readonly scores: readonly ParseScore[] } {
  const start = clock?.();
  const orders = scored.map(read);
  const ms = start === undefined ? null : (clock!() - start) / scored.length;
  const scores = orders.map((order, i) => scoreParse(scored[i]!.truth, order));
  return { row: { parser, about, ...summarizeScores(scores), ms }, scores };
}

function createReaders(minHeight: number, maxGap: number, prior?: ParserPrior): Reader[] {
  const parity = { mode: "parity" } as const;
  const weighed = prior ? { prior } : {};
  const corrected = (about: string, name: string, options: GeodesicParseReportOptions): Reader => [
    name,
    about,
    ({ traces }) => geodesicParseReport(traces, options).order,
  ];
  return [
    ["stock", "published stock parser", ({ traces }) => stockParse(traces, parity).order],
    corrected("published report parser", "report", parity),
    [
      "prior",
      prior ? "published parser with the given prior" : "published parser with prior, none given",
      ({ traces }) => geodesicParseWithPrior(traces, { ...parity, ...weighed }).order,
    ],
    corrected("own null, aligned borders, fitted least height", "corrected", { minHeight }),
    corrected("corrected, and lone lobes are phantoms: fitted greatest gap", "corrected+gap", {
      minHeight,
      maxGap,
    }),
    [
      "denoised",
      "corrected, on denoised traces",
      ({ traces }) => geodesicParseReport(denoiseTraces(traces), { minHeight }).order,
    ],
    corrected("corrected without a least height", "corrected-height", {}),
    corrected("corrected without the gate on z", "corrected-z", { minHeight, zMin: -Infinity }),
    corrected("corrected without the gate on shape", "corrected-shape", {
      minHeight,
      minShape: -1,
    }),
    [
      "corrected-common",
      "corrected without taking off the common mode",
      ({ traces }) => stockParse(traces, { minHeight }).order,
    ],
    [
      "presence_oracle",
      "knows which channels have a lobe and in which order, not who asked for it",
      ({ present, clean }) =>
        geodesicParseReport(clean, { zMin: -Infinity, minShape: -1 }).channels
          .filter(({ name }) => present.includes(name))
          .sort((a, b) => a.peak - b.peak)
          .map(({ name }) => name),
    ],
  ];
}

function measureNoise(samples: number, seed: number, generator: GenerateHardTracesOptions) {
  const silent = generateHardTraces(samples, seed, {
    ...generator,
    tasks: [0, 0],
    distractorProbability: 0,
  });
  const kept = (options: GeodesicParseReportOptions) =>
    rate(
      silent.filter(({ traces }) => geodesicParseReport(traces, options).keep.length > 0).length,
      samples,
    );
  return { corrected: kept({}), parity_report: kept({ mode: "parity" }) };
}
