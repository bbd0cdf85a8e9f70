import type { Dataset } from "../data/dataset.ts";
import {
  type LookupBaseline,
  lookupBaseline,
  measureOverlap,
  type Overlap,
  type OverlapIndex,
} from "../data/overlap.ts";
import { createMasker, type Masker } from "../data/template.ts";
import type { EncodeOptions } from "../encoders/encoder.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { Matrix } from "../core/matrix.ts";
import { bootstrapQuality, type Measured, type QualityName } from "./bootstrap.ts";
import { type Certification, DEFAULT_SPLIT } from "./certify/certificate.ts";
import { certify, type CertifyOptions } from "./certify/certify.ts";
import { takeScored } from "./certify/certify_path.ts";
import {
  checkGate,
  type ChooseBy,
  chooseOperatingPoint,
  type ChosenPoint,
  type GateLimits,
  type GateResult,
} from "./choose.ts";
import { type CostTable, costThresholds } from "./cost.ts";
import { compilePoint, type OperatingPoint, type ScoredRows, scoreRows } from "./decide.ts";
import { type DecisionRow, decisionRows } from "./decision_rows.ts";
import { encodeGold, evaluatePoint, type Gold, GOLD_OTHER, type PointMetrics } from "./metrics.ts";
import { type ClassReport, reportClasses } from "./per_class.ts";
import { collectAnswers, type ProbabilityQuality, qualityOf } from "./quality.ts";
import { measureSelection, type SelectionQuality } from "./selection.ts";
import { splitGroups } from "./certify/split_groups.ts";
import { sweep, type SweepGrid } from "./sweep.ts";

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

/** What a sweep is to certify. */
export interface CertifyRequest
  extends Pick<CertifyOptions, "maxWrongRate" | "confidence" | "split" | "seed" | "eachClass"> {
  /** Thresholds by class with the least expected cost come first; the certificate may raise them. */
  readonly costs?: CostTable;
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
  /** The same with intervals, if draws were asked for. */
  readonly intervals: Readonly<Record<QualityName, Measured>>;
  /** How well confidence tells what to answer. */
  readonly selection: SelectionQuality;
  /** The rows that are reported on, and of each all that the rule looks at. */
  readonly dataset: Dataset;
  readonly scored: ScoredRows;
  /** The promise about the chosen point, or why there is none, if one was asked for. */
  readonly certification?: Certification;
  readonly overlap?: Overlap;
  readonly baseline?: LookupBaseline;
}

/**
 * Scores a data set once, evaluates every point of the grid, chooses one and decides on every row
 * there.
 *
 * @throws {MicroLmError} Kind `data` if a label is no class of the mapper (nor `abstain`), `usage` if a
 * per-class threshold names no class.
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
  options: RunSweepOptions,
): Promise<SweepOutcome> {
  const { classes } = mapper;
  const { perClass } = options;
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
  const limitsNovelty = (options.maxNovelty ?? 1) < 1;
  const novelty = limitsNovelty ? await noveltyOf(mapper, prompts, options) : undefined;
  const scored = scoreRows(probabilities, novelty);
  if (!options.certify) {
    return report({ mapper, dataset, probabilities, scored, gold, options });
  }
  const certification = certifyRows(dataset, scored, gold, classes, options);
  const rows = certification.parts[2]!;
  const part = takeScored(scored, gold, rows);
  const kept = { ...dataset, rows: Array.from(rows, (row) => dataset.rows[row]!) };
  const some = takeProbabilities(probabilities, rows);
  return report({ mapper, dataset: kept, probabilities: some, ...part, options, certification });
}

/** How much of each prompt is new to the mapper. */
async function noveltyOf(
  mapper: Mapper,
  prompts: readonly string[],
  options: EncodeOptions,
): Promise<Float64Array> {
  if (mapper.measureNovelty) return await mapper.measureNovelty(prompts, options);
  throw new MicroLmError("usage", "This mapper cannot tell how new a prompt is");
}

function certifyRows(
  dataset: Dataset,
  scored: ScoredRows,
  gold: Gold,
  classes: readonly string[],
  { certify: request, nearMargins, perClass, maxNovelty, training }: RunSweepOptions,
): Certification {
  if (gold.labeled < dataset.rows.length) {
    throw new MicroLmError("data", "A certificate needs a label on every row", {
      at: { file: dataset.source },
      hint: "Give them with --labels_csv",
    });
  }
  const mask = training?.mask ?? createMasker([]);
  const groups = dataset.rows.map(({ prompt }) => mask(prompt));
  const { costs, ...goal } = request!;
  const base = costs ? costBase(scored, gold, groups, classes, { ...goal, costs }) : perClass;
  return certify(scored, gold, groups, classes, {
    ...goal,
    ...(nearMargins && { nearMargins }),
    ...(base && { perClass: base }),
    ...(maxNovelty !== undefined && { maxNovelty }),
    dataSha256: dataset.sha256,
  });
}

/** Costs are weighed on the part that fixes the order, which certifies and reports nothing. */
function costBase(
  scored: ScoredRows,
  gold: Gold,
  groups: readonly string[],
  classes: readonly string[],
  { split = DEFAULT_SPLIT, seed = 0, costs }: CertifyRequest & { readonly costs: CostTable },
): Record<string, number | null> {
  const first = takeScored(scored, gold, splitGroups(groups, split, seed)[0]!);
  return costThresholds(first.scored, first.gold, classes, costs);
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
  readonly certification?: Certification;
}

function report(
  { mapper, dataset, probabilities, scored, gold, options, certification }: Reported,
): SweepOutcome {
  const { classes } = mapper;
  const { training } = options;
  const metrics = sweep(scored, gold, classes, options);
  const { chosen, point } = choose(metrics, { scored, gold, options, certification }, classes);
  const citation = certification?.certificate?.id ?? options.citation;
  const rows = decisionRows(dataset.rows, scored, classes, point, citation);
  const answers = collectAnswers(probabilities, scored, gold, classes);
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
    quality: qualityOf(answers),
    intervals: bootstrapQuality(answers, { draws: options.bootstrapDraws ?? 0 }),
    selection: measureSelection(probabilities, answers, gold, classes, scored.novelty),
    dataset,
    scored,
    ...(certification && { certification }),
    ...(training && {
      overlap: measureOverlap(training.index, dataset, training.mask),
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
  const { chooseBy, perClass, maxNovelty } = options;
  if (certification?.certificate) {
    const { point, limit, confidence } = certification.certificate;
    const why = `highest coverage with at most ${limit} wrong actions, certified at ${confidence}`;
    return { point, chosen: { metrics: evaluatePoint(scored, gold, point, classes), why } };
  }
  const chosen = chooseOperatingPoint(metrics, { ...options, ...(chooseBy && { by: chooseBy }) });
  const { threshold, near_margin: nearMargin } = chosen.metrics;
  const point = {
    threshold,
    nearMargin,
    ...(perClass && { perClass }),
    ...(maxNovelty !== undefined && { maxNovelty }),
  };
  return { chosen, point };
}

function checkLabels(dataset: Dataset, gold: Int32Array, classes: readonly string[]): void {
  const row = dataset.rows[gold.indexOf(GOLD_OTHER)];
  if (!row) return;
  throw new MicroLmError("data", `Expected a class of the mapper, found "${row.label}"`, {
    at: { file: dataset.source, line: row.line },
    hint: `The mapper knows ${classes.join(", ")}`,
  });
}
