import type { Dataset } from "../data/dataset.ts";
import {
  type LookupBaseline,
  lookupBaseline,
  measureOverlap,
  type Overlap,
  type OverlapIndex,
} from "../data/overlap.ts";
import type { Masker } from "../data/template.ts";
import type { EncodeOptions } from "../encoders/encoder.ts";
import { MicroLmError } from "../errors.ts";
import type { Mapper } from "../mapper/mapper.ts";
import {
  checkGate,
  type ChooseBy,
  chooseOperatingPoint,
  type ChosenPoint,
  type GateLimits,
  type GateResult,
} from "./choose.ts";
import { compilePoint, type OperatingPoint, scoreRows } from "./decide.ts";
import { type DecisionRow, decisionRows } from "./decision_rows.ts";
import { encodeGold, GOLD_OTHER, type PointMetrics } from "./metrics.ts";
import { type ClassReport, reportClasses } from "./per_class.ts";
import { measureQuality, type ProbabilityQuality } from "./quality.ts";
import { sweep, type SweepGrid } from "./sweep.ts";

/** Options of {@linkcode runSweep}. */
export interface RunSweepOptions extends SweepGrid, GateLimits, EncodeOptions {
  /** Default: `abstain_then_acc`. */
  readonly chooseBy?: ChooseBy;
  /** What is known of the training data, for overlap and baseline. */
  readonly training?: { readonly index: OverlapIndex; readonly mask: Masker };
}

/** All that a sweep found. */
export interface SweepOutcome {
  readonly classes: readonly string[];
  readonly metrics: readonly PointMetrics[];
  readonly chosen: ChosenPoint;
  readonly point: OperatingPoint;
  readonly gate: GateResult;
  /** Decisions at the chosen point. */
  readonly rows: readonly DecisionRow[];
  readonly perClass: readonly ClassReport[];
  /** How good the probabilities are at any threshold. */
  readonly quality: ProbabilityQuality;
  readonly overlap?: Overlap;
  readonly baseline?: LookupBaseline;
}

/**
 * Scores a data set once, evaluates every point of the grid, chooses one and decides on every row
 * there.
 *
 * @throws {MicroLmError} Kind `data` if a label is no class of the mapper (nor `abstain`), `usage` if a
 * per-class threshold names no class.
 */
export async function runSweep(
  mapper: Mapper,
  dataset: Dataset,
  options: RunSweepOptions,
): Promise<SweepOutcome> {
  const { classes } = mapper;
  const { chooseBy, perClass, training } = options;
  // A bad grid is found out before minutes of encoding, not after.
  for (const nearMargin of options.nearMargins ?? [0]) {
    for (const threshold of options.thresholds) {
      compilePoint({ threshold, nearMargin, ...(perClass ? { perClass } : {}) }, classes);
    }
  }
  const gold = encodeGold(dataset.rows.map((row) => row.label), classes);
  checkLabels(dataset, gold.labels, classes);
  const prompts = dataset.rows.map((row) => row.prompt);
  const probabilities = await mapper.predictProbabilities(prompts, options);
  const scored = scoreRows(probabilities);
  const metrics = sweep(scored, gold, classes, options);
  const chosen = chooseOperatingPoint(metrics, {
    ...options,
    ...(chooseBy ? { by: chooseBy } : {}),
  });
  const point = {
    threshold: chosen.metrics.threshold,
    nearMargin: chosen.metrics.near_margin,
    ...(perClass ? { perClass } : {}),
  };
  const rows = decisionRows(dataset.rows, scored, classes, point);
  const classified = rows.map((row) => ({
    ...row,
    gold: row.gold_label,
    confidence: Number(row.confidence),
  }));
  return {
    classes,
    metrics,
    chosen,
    point,
    gate: checkGate(chosen.metrics, options),
    rows,
    perClass: reportClasses(classified, classes),
    quality: measureQuality(probabilities, scored, gold, classes),
    ...(training && {
      overlap: measureOverlap(training.index, dataset, training.mask),
      baseline: lookupBaseline(training.index, dataset, training.mask),
    }),
  };
}

function checkLabels(dataset: Dataset, gold: Int32Array, classes: readonly string[]): void {
  const row = dataset.rows[gold.indexOf(GOLD_OTHER)];
  if (!row) return;
  throw new MicroLmError("data", `Expected a class of the mapper, found "${row.label}"`, {
    at: { file: dataset.source, line: row.line },
    hint: `The mapper knows ${classes.join(", ")}`,
  });
}
