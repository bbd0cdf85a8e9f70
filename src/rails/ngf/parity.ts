import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { publishedShifts } from "../parse/null_shifts.ts";
import {
  geodesicParseReport,
  geodesicParseWithPrior,
  type ParserOptions,
  stockParse,
} from "../parse/parser.ts";
import type { ParserPrior } from "../parse/prior.ts";
import type { ParseResult } from "../parse/result.ts";
import { createTraces } from "../traces/easy.ts";

const ANSWER = z.object({ keep: z.array(z.string()), order: z.array(z.string()) });
const MATRIX = z.array(z.array(z.number()));
const FILE = z.object({
  format: z.literal("ngf-stage11-parity-v1"),
  params: z.object({ sigma: z.number(), proto_width: z.number() }),
  null_shifts: z.record(z.string(), z.array(z.number())),
  prior_fitted: z.object({
    r: z.array(z.number()),
    z: z.array(z.number()),
    _proj: z.object({
      center: z.tuple([z.number(), z.number()]),
      pcs: MATRIX,
      scales: z.array(z.number()),
      mean: z.array(z.number()),
    }),
  }),
  samples: z.array(z.object({
    idx: z.number(),
    truth: z.array(z.string()),
    traces: z.record(z.string(), z.array(z.number())),
    report: ANSWER.extend({
      channels: z.record(
        z.string(),
        z.object({
          peak_idx: z.number(),
          z_res: z.number(),
          z_raw: z.number(),
          z_cm: z.number(),
          score: z.number(),
        }),
      ),
    }),
    stock: ANSWER,
    prior_none: ANSWER,
    prior_fitted: ANSWER,
  })),
});

/** Parsers that a parity file holds answers of. */
const PARITY_PARSERS = ["stock", "report", "prior_none", "prior_fitted"] as const;

/** How the parity mode compares with recorded answers. */
export interface ParityReport {
  readonly samples: number;
  /** Samples whose kept set and order both equal, by parser. */
  readonly equal: Readonly<Record<typeof PARITY_PARSERS[number], number>>;
  /** Greatest distance of a score or a z of the report parser. */
  readonly max_difference: number;
  /** Whether all peaks of the report parser are at the recorded samples. */
  readonly peaks_equal: boolean;
  /** Whether the shifts of the null are the recorded ones. */
  readonly shifts_equal: boolean;
}

/**
 * Runs the parity mode over recorded traces and compares every answer.
 *
 * @param file The content of a parity file, format `ngf-stage11-parity-v1`.
 * @throws {MicroLmError} Kind `data` if the content has another shape.
 *
 * @example
 * ```ts
 * import { replayParity } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const file = JSON.parse(await Deno.readTextFile("tests/golden/stage11_parity_20.json"));
 * const { samples, equal } = replayParity(file);
 * assertEquals(equal.report, samples);
 * ```
 */
export function replayParity(file: unknown): ParityReport {
  const parsed = FILE.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MicroLmError(
      "data",
      `Expected a parity file, got ${issue!.message} at ${issue!.path.join(".") || "its root"}`,
    );
  }
  const { params, prior_fitted, samples, null_shifts } = parsed.data;
  const options: ParserOptions = {
    mode: "parity",
    sigma: params.sigma,
    protoWidth: params.proto_width,
  };
  const prior = toPrior(prior_fitted);
  const equal = { stock: 0, report: 0, prior_none: 0, prior_fitted: 0 };
  const differences = samples.map((sample) => {
    const traces = createTraces(sample.traces);
    const report = geodesicParseReport(traces, options);
    const answers: Record<keyof typeof equal, ParseResult> = {
      stock: stockParse(traces, options),
      report,
      prior_none: geodesicParseWithPrior(traces, options),
      prior_fitted: geodesicParseWithPrior(traces, { ...options, prior }),
    };
    for (const name of PARITY_PARSERS) if (same(answers[name], sample[name])) equal[name]++;
    return compareChannels(report, sample.report.channels);
  });
  return {
    samples: samples.length,
    equal,
    max_difference: Math.max(0, ...differences.map(({ worst }) => worst)),
    peaks_equal: differences.every(({ peaksEqual }) => peaksEqual),
    shifts_equal: Object.entries(null_shifts).every(([length, shifts]) =>
      publishedShifts(Number(length)).join() === shifts.join()
    ),
  };
}

type RecordedChannels = z.infer<typeof FILE>["samples"][number]["report"]["channels"];

function compareChannels({ channels }: ParseResult, recorded: RecordedChannels) {
  let worst = 0;
  let peaksEqual = true;
  for (const { name, peak, score, zResidual, zRaw, zCommon } of channels) {
    const { peak_idx, score: was, z_res, z_raw, z_cm } = recorded[name]!;
    peaksEqual &&= peak_idx === peak;
    const pairs = [[was, score], [z_res, zResidual!], [z_raw, zRaw!], [z_cm, zCommon!]] as const;
    worst = Math.max(worst, ...pairs.map(([a, b]) => Math.abs(a - b)));
  }
  return { worst, peaksEqual };
}

function same(answer: ParseResult, recorded: z.infer<typeof ANSWER>): boolean {
  return answer.keep.join("\n") === recorded.keep.join("\n") &&
    answer.order.join("\n") === recorded.order.join("\n");
}

function toPrior({ r, z: values, _proj }: z.infer<typeof FILE>["prior_fitted"]): ParserPrior {
  return {
    radii: r,
    values,
    centre: _proj.center,
    components: _proj.pcs,
    scales: _proj.scales,
    mean: _proj.mean,
  };
}
