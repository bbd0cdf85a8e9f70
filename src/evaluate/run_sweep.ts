import { MicroLmError } from "../core/errors.ts";
import { requireNovelty, requireOos } from "./decide_texts.ts";
import type { Dataset } from "../data/dataset.ts";
import { vectorKeys } from "../data/identity.ts";
import {
  type LookupBaseline,
  lookupBaseline,
  measureOverlap,
  type Overlap,
  type OverlapIndex,
} from "../data/overlap.ts";
import type { Masker } from "../data/template.ts";
import type { EncodeOptions } from "../encoders/encoder.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { Matrix } from "../core/matrix.ts";
import { bootstrapQuality, type Measured, type QualityName } from "./bootstrap.ts";
import type { Certification } from "./certify/certificate.ts";
import { takePart } from "./certify/certify_path.ts";
import { type CertifyRequest, certifyRows } from "./certify/certify_rows.ts";
import {
  checkGate,
  type ChooseBy,
  chooseOperatingPoint,
  type ChosenPoint,
  type GateLimits,
  type GateResult,
} from "./choose.ts";
import {
  ABSTAIN_CLASS,
  compilePoint,
  DEFAULT_MIN_ORDER,
  type OperatingPoint,
  type ScoredRows,
  scoreRows,
} from "./decide.ts";
import { type DecisionRow, decisionRows } from "./decision_rows.ts";
import { encodeGold, evaluatePoint, type Gold, type PointMetrics } from "./metrics.ts";
import { type ClassReport, reportClasses } from "./per_class.ts";
import { collectAnswers, type ProbabilityQuality, qualityOf } from "./quality.ts";
import { measureSelection, type SelectionQuality } from "./selection.ts";
import { gridPoints, sweep, type SweepGrid } from "./sweep.ts";
import { type SweepVerdict, verdictOf } from "./verdict.ts";

/** Options of {@linkcode runSweep}. */
export interface RunSweepOptions extends SweepGrid, GateLimits, EncodeOptions {
  /** Default: `abstain_then_acc`. */
  readonly chooseBy?: ChooseBy;
  /** What is known of the training data, for overlap and baseline. */
  readonly training?: { readonly index: OverlapIndex; readonly mask: Masker };
  /** Choose a point with a promise, and report on rows that neither chose nor certified it. */
  readonly certify?: CertifyRequest;
  /** Draws of the bootstrap behind the intervals of `intervals`. Default: 0, no intervals. */
  readonly bootstrapDraws?: number;
  /** Id of the certificate that the point of the grid already has: rows cite it. */
  readonly citation?: string;
}

/** All that a sweep found. */
export interface SweepOutcome {
  readonly classes: readonly string[];
  readonly metrics: readonly PointMetrics[];
  readonly chosen: ChosenPoint;
  readonly point: OperatingPoint;
  readonly gate: GateResult;
  /** What counts: the certificate if one was asked for, else the gate. */
  readonly verdict: SweepVerdict;
  /** Sentences about flags that mean nothing here. */
  readonly notes: readonly string[];
  /** Decisions at the chosen point. */
  readonly rows: readonly DecisionRow[];
  readonly perClass: readonly ClassReport[];
  /** How good the probabilities are at any threshold. */
  readonly quality: ProbabilityQuality;
  /** The same with intervals, if draws were asked for. */
  readonly intervals: Readonly<Record<QualityName, Measured>>;
  /** How well confidence tells what to answer. */
  readonly selection: SelectionQuality;
  /** The rows that are reported on, and of each all that the rule looks at. */
  readonly dataset: Dataset;
  readonly scored: ScoredRows;
  /** The promise about the chosen point, or why there is none, if one was asked for. */
  readonly certification?: Certification;
  /** Of all rows, also of those that were left out. */
  readonly overlap?: Overlap;
  readonly baseline?: LookupBaseline;
}

/**
 * Scores a data set once, evaluates every point of the grid, chooses one and decides on every row
 * there.
 *
 * A label that the mapper lacks counts as wrong wherever it acts.
 *
 * @throws {MicroLmError} Kind `usage` if a per-class threshold names no class.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const { metrics, chosen, rows } = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * assertEquals([metrics.length, rows.length], [2, data.rows.length]);
 * assertEquals(chosen.metrics.threshold, 0.5);
 * ```
 */
export async function runSweep(
  mapper: Mapper,
  dataset: Dataset,
  given: RunSweepOptions,
): Promise<SweepOutcome> {
  const { classes } = mapper;
  const minOrders = given.minOrders ?? (mapper.measureOrder && [DEFAULT_MIN_ORDER]);
  const options = { ...given, ...(minOrders && { minOrders }) };
  // A bad grid is found out before minutes of encoding, not after.
  for (const point of gridPoints(options)) compilePoint(point, classes);
  if (!mapper.measureOrder && minOrders?.some((least) => least > 0)) {
    throw new MicroLmError("usage", "This mapper cannot tell whether a prompt is an order", {
      hint: "Train one with an order head: deno task train --order_head on",
    });
  }
  requireOos(mapper, Math.min(1, ...(given.maxOosScores ?? [])));
  const gold = encodeGold(dataset.rows.map((row) => row.label), classes);
  const prompts = dataset.rows.map((row) => row.prompt);
  const vectors: string[] = [];
  const order = mapper.measureOrder && new Float64Array(prompts.length);
  let oos: Float64Array | undefined;
  const probabilities = await mapper.predictProbabilities(prompts, {
    ...options,
    onFeatures: (features) => {
      for (const key of vectorKeys(features)) vectors.push(key);
    },
    onOrder: (scores, from) => order?.set(scores, from),
    onOos: (scores) => oos = scores,
  });
  const novelty = await noveltyOf(mapper, prompts, options);
  const scored = scoreRows(probabilities, novelty, order, oos);
  const { training, certify } = options;
  const overlap = training && measureOverlap(training.index, dataset, training.mask, vectors);
  const all = { mapper, dataset, probabilities, scored, gold, options, overlap };
  if (!certify) return report(all);
  const certification = certifyRows(
    {
      dataset,
      scored,
      gold,
      classes,
      training,
      vectors: vectors.length === prompts.length ? vectors : undefined,
      mapperSha256: mapper.coreSha256 ?? mapper.source.sha256,
    },
    certify,
    options,
  );
  const rows = certification.parts[2]!;
  const part = takePart({ scored, gold, group: new Uint32Array(prompts.length) }, rows);
  const kept = { ...dataset, rows: Array.from(rows, (row) => dataset.rows[row]!) };
  const some = takeProbabilities(probabilities, rows);
  return report({ ...all, ...part, dataset: kept, probabilities: some, certification });
}

/** How much of each prompt is new to the mapper. */
async function noveltyOf(
  mapper: Mapper,
  prompts: readonly string[],
  { signal, maxNovelty = 1 }: RunSweepOptions,
): Promise<Float64Array | undefined> {
  if (mapper.measureNovelty) return await mapper.measureNovelty(prompts, signal ? { signal } : {});
  requireNovelty(mapper, maxNovelty);
  return undefined;
}

function takeProbabilities(
  { data, cols }: Matrix<Float64Array>,
  rows: Uint32Array,
): Matrix<Float64Array> {
  const some = new Float64Array(rows.length * cols);
  rows.forEach((row, i) => some.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return { data: some, rows: rows.length, cols };
}

interface Reported {
  readonly mapper: Mapper;
  readonly dataset: Dataset;
  readonly probabilities: Matrix<Float64Array>;
  readonly scored: ScoredRows;
  readonly gold: Gold;
  readonly options: RunSweepOptions;
  readonly overlap: Overlap | undefined;
  readonly certification?: Certification;
}

function report(
  { mapper, dataset, probabilities, scored, gold, options, overlap, certification }: Reported,
): SweepOutcome {
  const { classes } = mapper;
  const { training } = options;
  const metrics = sweep(scored, gold, classes, options);
  const { chosen, point } = choose(metrics, { scored, gold, options, certification }, classes);
  const citation = certification?.certificate?.id ?? options.citation;
  const rows = decisionRows(dataset.rows, scored, classes, point, citation);
  const answers = collectAnswers(probabilities, scored, gold, classes);
  const classified = rows.map((row) => ({ ...row, gold: row.gold_label }));
  const gate = checkGate(chosen.metrics, options);
  return {
    classes,
    metrics,
    chosen,
    point,
    gate,
    verdict: verdictOf(gate, certification),
    notes: notesOn(options, classes, certification),
    rows,
    perClass: reportClasses(classified, classes),
    quality: qualityOf(answers),
    intervals: bootstrapQuality(answers, { draws: options.bootstrapDraws ?? 0 }),
    selection: measureSelection(probabilities, answers, gold, classes, scored),
    dataset,
    scored,
    ...(certification && { certification }),
    ...(overlap && { overlap }),
    ...(training && {
      baseline: lookupBaseline(training.index, dataset, training.mask),
    }),
  };
}

/** The certified point if there is one, else the best of the grid. */
function choose(
  metrics: readonly PointMetrics[],
  { scored, gold, options, certification }: {
    readonly scored: ScoredRows;
    readonly gold: Gold;
    readonly options: RunSweepOptions;
    readonly certification: Certification | undefined;
  },
  classes: readonly string[],
): { readonly chosen: ChosenPoint; readonly point: OperatingPoint } {
  const { chooseBy, perClass, maxNovelty, minOrders, maxOosScores } = options;
  if (certification?.certificate) {
    const { point, limit, confidence } = certification.certificate;
    const why = `highest coverage with at most ${limit} wrong actions, certified at ${confidence}`;
    return { point, chosen: { metrics: evaluatePoint(scored, gold, point, classes), why } };
  }
  const chosen = chooseOperatingPoint(metrics, { ...options, ...(chooseBy && { by: chooseBy }) });
  const { threshold, near_margin: nearMargin, min_order: minOrder, max_oos: maxOos } = chosen
    .metrics;
  const point = {
    threshold,
    nearMargin,
    ...(perClass && { perClass }),
    ...(maxNovelty !== undefined && { maxNovelty }),
    ...(minOrders && { minOrder }),
    ...(maxOosScores && { maxOos }),
  };
  return { chosen, point };
}

function notesOn(
  { perClass, thresholds }: RunSweepOptions,
  classes: readonly string[],
  certification: Certification | undefined,
): string[] {
  const actions = classes.filter((name) => name !== ABSTAIN_CLASS);
  const isOverridden = perClass && actions.every((name) => Object.hasOwn(perClass, name));
  if (!isOverridden || certification || thresholds.length < 2) return [];
  return [
    `every class has a threshold of its own, so the ${thresholds.length} swept ones change nothing`,
  ];
}
