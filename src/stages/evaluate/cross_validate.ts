import { MicroLmError } from "../../core/errors.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";
import { takeRows } from "../../mapper/fit/rows.ts";
import type { Features } from "../../core/matrix.ts";
import { createRandom } from "../../core/random.ts";
import { predictDetections } from "./binary_metrics.ts";
import { type Detection, detectionLabels } from "../iac/detections.ts";
import type { Experiment } from "../config/expand.ts";
import { predictHead, probabilitiesOfTp } from "../head/head.ts";
import type { LabeledFeatures } from "../head/training.ts";
import {
  bootstrapCounts,
  type BootstrapInterval,
  confusionByGroup,
  f1OfCounts,
} from "../../evaluate/paired_tests.ts";
import { type Predictor, trainTfIdf } from "./baseline.ts";
import { type FalsePositiveReduction, thresholdForRecall } from "./recall_target.ts";
import { trainOptions } from "../experiment/run_experiment.ts";
import type { StageConfig } from "../config/stage_config.ts";
import { sweepDetectionThreshold } from "./threshold_sweep.ts";
import { trainHead } from "../head/train_head.ts";

/** Share of true positives that the second threshold is to keep. */
const RECALL_TARGET = 0.9;

/** Options of {@linkcode crossValidate}. */
export interface CrossValidateOptions {
  /** Default: 5. */
  readonly folds?: number;
  /** Of the division into folds. Default: 42. */
  readonly seed?: number;
  /** Called after each fold. */
  readonly onFold?: (done: number, total: number) => void;
}

/** How an experiment does on rows that it has not seen, each row once. */
export interface CrossValidation {
  /** p(TP) of each row. */
  readonly probabilities: Float64Array;
  /** 1 where the threshold of the row's fold says TP. */
  readonly predicted: Uint8Array;
  /** F1 of these; files are drawn. */
  readonly f1: BootstrapInterval;
  /** Share of true positives among the rows that are said to be some. */
  readonly precision: Rate;
  /** Share of the true positives that are said to be some. */
  readonly recall: Rate;
  /** What thresholds that were to keep a share of the true positives keep and remove. */
  readonly reduction: Omit<FalsePositiveReduction, "threshold">;
}

/**
 * Cross-validates an experiment by file: rows of one file are never on both sides. Of the folds that
 * are not held out the next one serves early stopping and both thresholds, the others training: no
 * choice is made on rows that are measured.
 *
 * @throws {MicroLmError} Kind `data` if there are fewer files with a TP than folds.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { crossValidate, expandExperiments } from "micro-lm/stages";
 * import { readDetections, readStageConfig } from "micro-lm/stages";
 * import { assert } from "@std/assert";
 *
 * const config = await readStageConfig("configs/encoder/stage1_offline.yaml");
 * const [experiment] = expandExperiments(config, { filter: "ngram" });
 * const { rows } = await readDetections("fixtures/iac/val.jsonl");
 * await using encoder = await openEncoder("ngram");
 * const features = await encoder.encode(rows.map(({ text }) => text));
 * const { f1 } = await crossValidate(experiment!, config, rows, features, { folds: 3 });
 * assert(f1.ci_low <= f1.value && f1.value <= f1.ci_high);
 * ```
 */
export async function crossValidate(
  experiment: Experiment,
  config: StageConfig,
  rows: readonly Detection[],
  features: Features,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const settings = trainOptions(experiment, config);
  const fit: Fit = async (train, validation) => {
    const { head } = await trainHead(train, validation, settings);
    return (some) => probabilitiesOfTp(predictHead(head, some).data);
  };
  return await crossValidateFit(fit, config, rows, features, options);
}

/**
 * Cross-validates what every experiment is compared with: TF-IDF of n-grams with logistic regression,
 * over the same folds and with thresholds chosen in the same way.
 *
 * @param features As the encoder `ngram` gives them.
 * @throws {MicroLmError} As {@linkcode crossValidate}.
 */
export async function crossValidateTfIdf(
  config: Pick<StageConfig, "threshold_sweep">,
  rows: readonly Detection[],
  features: Features,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const fit: Fit = (train) => Promise.resolve(trainTfIdf(train));
  return await crossValidateFit(fit, config, rows, features, options);
}

/** Trains on some rows, with others for early stopping. */
type Fit = (train: LabeledFeatures, validation: LabeledFeatures) => Promise<Predictor>;

async function crossValidateFit(
  fit: Fit,
  config: Pick<StageConfig, "threshold_sweep">,
  rows: readonly Detection[],
  features: Features,
  { folds = 5, seed = 42, onFold }: CrossValidateOptions,
): Promise<CrossValidation> {
  const labels = detectionLabels(rows);
  const files = rows.map(({ file, id }) => file || id);
  const fold = foldsByFile(files, labels, folds, seed);
  const probabilities = new Float64Array(rows.length);
  const predicted = new Uint8Array(rows.length);
  const kept = new Uint8Array(rows.length);
  for (let k = 0; k < folds; k++) {
    const held = k;
    const tuning = (k + 1) % folds;
    const part = (keep: (fold: number) => boolean) => {
      const at = Uint32Array.from([...fold.keys()].filter((row) => keep(fold[row]!)));
      return {
        at,
        features: takeRows(features, at),
        labels: Int32Array.from(at, (i) => labels[i]!),
      };
    };
    const validation = part((f) => f === tuning);
    const train = part((f) => f !== held && f !== tuning);
    const test = part((f) => f === held);
    const predict = await fit(train, validation);
    const tuned = predict(validation.features);
    const sweep = sweepDetectionThreshold(tuned, validation.labels, config.threshold_sweep);
    const recall = thresholdForRecall(tuned, validation.labels, RECALL_TARGET);
    const p = predict(test.features);
    const [byF1, byRecall] = [sweep.best_threshold, recall].map((t) => predictDetections(p, t));
    test.at.forEach((row, i) => {
      probabilities[row] = p[i]!;
      predicted[row] = byF1![i]!;
      kept[row] = byRecall![i]!;
    });
    onFold?.(k + 1, folds);
  }
  const counts = confusionByGroup(labels, predicted, files);
  const [, wrong, missed, right] = countPairs(labels, predicted);
  return {
    probabilities,
    predicted,
    f1: bootstrapCounts(counts, 4, f1OfCounts, { seed }),
    precision: rate(right, wrong + right),
    recall: rate(right, missed + right),
    reduction: countReduction(labels, kept, RECALL_TARGET),
  };
}

/**
 * Fold of each row: files are shuffled, then each goes to the fold with the fewest rows, those with a
 * TP first, so that each fold has some.
 */
function foldsByFile(
  files: readonly string[],
  labels: Int32Array,
  folds: number,
  seed: number,
): Uint8Array {
  const sizes = new Map<string, number>();
  const withTp = new Set<string>();
  for (const [row, file] of files.entries()) {
    sizes.set(file, (sizes.get(file) ?? 0) + 1);
    if (labels[row] === 1) withTp.add(file);
  }
  if (withTp.size < folds) {
    throw new MicroLmError(
      "data",
      `Expected at least ${folds} files with a TP, found ${withTp.size}`,
    );
  }
  const foldOf = new Map<string, number>();
  const shuffled = createRandom(seed).shuffle([...sizes.keys()].sort());
  for (const stratum of [true, false]) {
    const load = new Float64Array(folds);
    for (const file of shuffled.filter((name) => withTp.has(name) === stratum)) {
      const least = load.indexOf(Math.min(...load));
      foldOf.set(file, least);
      load[least]! += sizes.get(file)!;
    }
  }
  return Uint8Array.from(files, (file) => foldOf.get(file)!);
}

function countReduction(
  labels: Int32Array,
  kept: Uint8Array,
  target: number,
): CrossValidation["reduction"] {
  const [removed, let_through, lost, found] = countPairs(labels, kept);
  return {
    target,
    recall: rate(found, lost + found),
    removed: rate(removed, removed + let_through),
  };
}

/** Rows by label and verdict: FP and FP, FP and TP, TP and FP, TP and TP. */
function countPairs(labels: Int32Array, said: Uint8Array): [number, number, number, number] {
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  labels.forEach((label, row) => counts[label * 2 + said[row]!]!++);
  return counts;
}
