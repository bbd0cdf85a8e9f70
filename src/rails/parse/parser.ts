import { MicroLmError } from "../../core/errors.ts";
import { type CorrectedSettings, parseCorrected } from "./corrected.ts";
import { parityReport, parityStock, parityWithPrior } from "./parity.ts";
import type { ParserPrior } from "./prior.ts";
import type { ParseResult } from "./result.ts";
import type { Traces } from "../traces/easy.ts";

/**
 * How a parser reads traces.
 *
 * - `corrected`: a lobe and a line fitted at every sample, aligned at the borders; each channel
 *   against its own null over all circular shifts; nothing is kept where nothing stands out.
 * - `parity`: the published formulas, number by number, with the published shifts.
 */
export type ParserMode = "corrected" | "parity";

/** Options that all parsers share. */
export interface ParserOptions {
  /** Default: corrected. */
  readonly mode?: ParserMode;
  /** Samples of the moving average; an even number is raised by one. Default: 9. */
  readonly sigma?: number;
  /** Samples of the half-sine lobe, at most those of the trace. Default: 160. */
  readonly protoWidth?: number;
  /** Least score as a share of the best. */
  readonly relFloor?: number;
}

/** Gates of the corrected mode; the parity mode does not look at them. */
export interface CorrectedGates {
  /**
   * Least robust standard deviations above the channel's own null. Default: 8, which fits traces of four
   * lobes and longer; for shorter ones find it with `calibrateZMin`.
   */
  readonly zMin?: number;
  /** Least correlation of the window with the lobe. Default: 0.7. */
  readonly minShape?: number;
  /** Least height of the lobe in the units of the traces; fit it with `fitMinHeight`. Default: 0. */
  readonly minHeight?: number;
  /**
   * Greatest distance, in samples, to the nearest other kept lobe where three or more are kept: lone
   * lobes are taken for phantoms. It holds only where actions follow each other closely. Default: none.
   */
  readonly maxGap?: number;
  /** Whether nothing may be kept; false forces the best channel. Default: true. */
  readonly allowEmpty?: boolean;
}

/** Options of {@linkcode stockParse}. */
export interface StockParseOptions extends ParserOptions, CorrectedGates {}

/** Options of {@linkcode geodesicParseReport}. */
export interface GeodesicParseReportOptions extends ParserOptions, CorrectedGates {}

/** Options of {@linkcode geodesicParseWithPrior}. */
export interface GeodesicParseWithPriorOptions extends ParserOptions, CorrectedGates {
  /** Where the features of known actions lie. Default: none, everything is plausible. */
  readonly prior?: ParserPrior;
  /** Weight of the prior, 0 to 1. Default: 0.05. */
  readonly alpha?: number;
  /** Exponent of the plausibility. Default: 2. */
  readonly qS?: number;
  /** Scale of the plausibility; parity mode. Default: 0.25. */
  readonly betaS?: number;
  /** Least score; parity mode. Default: 2.4. */
  readonly z?: number;
  /** Least positive correlation summed over one lobe; parity mode. Default: 6. */
  readonly minArea?: number;
}

/**
 * Reads actions from the traces as they are, without looking at what they share.
 *
 * Parity: keeps the channels whose greatest correlation with the lobe is at least `relFloor` (0.6) of
 * the best; never empty. Corrected: the gates of {@linkcode CorrectedGates}, relative to the best z
 * (`relFloor` 0).
 *
 * @throws {MicroLmError} Kind `usage` if the lobe is longer than the traces.
 *
 * @example
 * ```ts
 * import { generateSimpleTraces, stockParse } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const traces = generateSimpleTraces(42);
 * assertEquals(stockParse(traces, { sigma: 7, protoWidth: 64 }).order, ["1", "2"]);
 * ```
 */
export function stockParse(traces: Traces, options: StockParseOptions = {}): ParseResult {
  const shared = resolve(traces, options);
  if (options.mode === "parity") return parityStock(traces, { relFloor: 0.6, ...shared });
  return parseCorrected(traces, { ...gatesOf(options), ...shared, common: "none" });
}

/**
 * Reads actions from what each trace has and the others do not.
 *
 * Parity: score = z(residual) + 0.4 z(trace) − 0.3 max(0, z(common mode)); keeps scores of at least
 * `relFloor` (0.5) of the best; never empty. Corrected: score = z of the trace less the least of all
 * traces, and the gates of {@linkcode CorrectedGates} (`relFloor` 0); empty where nothing passes.
 *
 * @throws {MicroLmError} Kind `usage` if the lobe is longer than the traces.
 *
 * @example
 * ```ts
 * import { generateSimpleTraces, geodesicParseReport } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const silence = generateSimpleTraces(321, { which: [] });
 * const width = { sigma: 7, protoWidth: 64 };
 * assertEquals(geodesicParseReport(silence, width).keep, []);
 * assertEquals(geodesicParseReport(silence, { ...width, mode: "parity" }).keep.length > 0, true);
 * ```
 */
export function geodesicParseReport(
  traces: Traces,
  options: GeodesicParseReportOptions = {},
): ParseResult {
  const shared = resolve(traces, options);
  if (options.mode === "parity") return parityReport(traces, { relFloor: 0.5, ...shared });
  return parseCorrected(traces, { ...gatesOf(options), ...shared, common: "minimum" });
}

/**
 * Reads actions as {@linkcode geodesicParseReport} does, and weighs how plausible each lobe is under a
 * prior.
 *
 * Parity: score = (1 − α) · report score + α · betaS · prior^qS; kept if at least `relFloor` (0.7) of a
 * positive best, at least `z`, and with at least `minArea` of correlation. Corrected: z is multiplied
 * by 1 − α + α · prior^qS before the gates.
 *
 * @throws {MicroLmError} Kind `usage` if the lobe is longer than the traces; kind `data` if the prior was
 * fitted with windows of another length.
 *
 * @example
 * ```ts
 * import { generateSimpleTraces, geodesicParseWithPrior } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const traces = generateSimpleTraces(123);
 * assertEquals(geodesicParseWithPrior(traces, { sigma: 7, protoWidth: 64 }).order, ["1", "2"]);
 * ```
 */
export function geodesicParseWithPrior(
  traces: Traces,
  options: GeodesicParseWithPriorOptions = {},
): ParseResult {
  const shared = resolve(traces, options);
  const { prior, alpha = 0.05, qS = 2, betaS = 0.25, z = 2.4, minArea = 6 } = options;
  if (prior?.window !== undefined && prior.window !== shared.protoWidth) {
    throw new MicroLmError(
      "data",
      `Expected a prior fitted with windows of ${shared.protoWidth} samples, got ${prior.window}`,
    );
  }
  const { allowEmpty = true } = options;
  if (options.mode === "parity") {
    const settings = { relFloor: 0.7, ...shared, prior, alpha, qS, betaS, z, minArea, allowEmpty };
    return parityWithPrior(traces, settings);
  }
  const weighed = prior ? { prior: { prior, alpha, qS } } : {};
  return parseCorrected(traces, {
    ...gatesOf(options),
    ...shared,
    ...weighed,
    common: "minimum",
  });
}

function resolve({ data: { cols } }: Traces, options: ParserOptions) {
  const { sigma = 9, protoWidth = 160, relFloor } = options;
  if (!(protoWidth >= 4 && protoWidth < cols)) {
    throw new MicroLmError(
      "usage",
      `Expected a lobe of 4 to ${cols - 1} samples for traces of ${cols}, got ${protoWidth}`,
    );
  }
  return { sigma, protoWidth, ...(relFloor === undefined ? {} : { relFloor }) };
}

function gatesOf(
  { zMin = 8, minShape = 0.7, minHeight = 0, maxGap = Infinity, allowEmpty = true }: CorrectedGates,
): Omit<CorrectedSettings, "sigma" | "protoWidth" | "common"> {
  return { zMin, minShape, minHeight, maxGap, allowEmpty, relFloor: 0 };
}
