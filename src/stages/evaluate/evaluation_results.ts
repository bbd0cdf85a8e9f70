import { shorten } from "../../core/shorten.ts";
import { type Rate, rate } from "../../evaluate/rate.ts";
import {
  type BinaryMetrics,
  binaryMetrics,
  type ConfusionCounts,
  countConfusion,
  DETECTION_LABELS,
  type DetectionLabel,
  meanLogLoss,
  predictDetections,
} from "./binary_metrics.ts";
import type { ResolvedThreshold } from "../iac/detection_threshold.ts";
import { type Detection, detectionLabels } from "../iac/detections.ts";
import {
  bootstrapCounts,
  type BootstrapInterval,
  confusionByGroup,
  f1OfCounts,
} from "../../evaluate/paired_tests.ts";
import { type FalsePositiveReduction, measureReduction } from "./recall_target.ts";
import type { RunOverlap } from "./run_overlap.ts";
import type { RunConfig } from "../config/run_config.ts";

/** Metrics of the rows of one smell. */
export interface SmellMetrics {
  readonly count: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly tp_actual: number;
  readonly fp_actual: number;
}

/** The content of `evaluation_results.json`: first the documented keys, then ours. */
export interface EvaluationResults {
  readonly model_path: string;
  readonly test_path: string;
  readonly num_samples: number;
  /** Seconds. */
  readonly evaluation_time: number;
  readonly metrics: BinaryMetrics & { readonly eval_loss: number };
  readonly threshold_used: number | null;
  readonly confusion_matrix: ConfusionCounts;
  readonly smell_metrics: Readonly<Record<string, SmellMetrics>>;
  readonly predictions_summary: {
    readonly total_tp_predicted: number;
    readonly total_fp_predicted: number;
    readonly total_tp_actual: number;
    readonly total_fp_actual: number;
  };
  readonly test_sha256: string;
  readonly intervals: {
    readonly accuracy: Rate;
    readonly precision: Rate;
    readonly recall: Rate;
    /** Files are drawn, where rows name them. */
    readonly f1: BootstrapInterval;
    /** Share of false positives that are removed. */
    readonly fp_removed: Rate;
  };
  /** What thresholds chosen on the validation set for a recall keep and remove here. */
  readonly at_recall: readonly FalsePositiveReduction[];
}

/** A row of `detailed_predictions.json`. */
export interface DetailedPrediction {
  readonly sample_id: string;
  readonly smell: string;
  readonly file: string;
  readonly true_label: DetectionLabel;
  readonly predicted_label: DetectionLabel;
  readonly probabilities: { readonly FP: number; readonly TP: number };
  /** The first 200 characters. */
  readonly content: string;
}

/** The content of `evaluation_metadata.json`. */
export interface EvaluationMetadata {
  readonly run: string;
  readonly dataset: string;
  readonly model_path: string;
  readonly weights_sha256: string;
  readonly test_path: string;
  readonly test_sha256: string;
  readonly threshold: ResolvedThreshold;
  readonly encoder: RunConfig["encoder"];
  readonly experiment: RunConfig["experiment"];
  readonly training: { readonly seconds: number | null; readonly parameters: number | null };
  /** What the run was trained and chosen on. Evaluations of version 0.1.0 do not say. */
  readonly data?: RunConfig["data"];
  /** What the test set shares with it. */
  readonly overlap?: RunOverlap;
}

/** What {@linkcode measureDetections} needs beside rows and probabilities. */
export interface MeasureDetectionsFacts {
  readonly modelPath: string;
  readonly testPath: string;
  readonly testSha256: string;
  readonly seconds: number;
  /** Null: the more probable label wins. */
  readonly threshold: number | null;
  /** Thresholds that were chosen on the validation set. */
  readonly recallTargets: readonly { readonly target: number; readonly threshold: number }[];
}

/** Measures what a run says about a test set. */
export function measureDetections(
  rows: readonly Detection[],
  probabilities: Float64Array,
  facts: MeasureDetectionsFacts,
): EvaluationResults {
  const labels = detectionLabels(rows);
  const predicted = predictDetections(probabilities, facts.threshold);
  const counts = countConfusion(labels, predicted);
  const { tn, fp, fn, tp } = counts;
  const files = rows.every(({ file }) => file !== "") ? rows.map(({ file }) => file) : undefined;
  return {
    model_path: facts.modelPath,
    test_path: facts.testPath,
    num_samples: rows.length,
    evaluation_time: facts.seconds,
    metrics: { ...binaryMetrics(counts), eval_loss: meanLogLoss(labels, probabilities) },
    threshold_used: facts.threshold,
    confusion_matrix: counts,
    smell_metrics: measureSmells(rows, labels, predicted),
    predictions_summary: {
      total_tp_predicted: tp + fp,
      total_fp_predicted: tn + fn,
      total_tp_actual: tp + fn,
      total_fp_actual: tn + fp,
    },
    test_sha256: facts.testSha256,
    intervals: {
      accuracy: rate(tp + tn, rows.length),
      precision: rate(tp, tp + fp),
      recall: rate(tp, tp + fn),
      f1: bootstrapCounts(confusionByGroup(labels, predicted, files), 4, f1OfCounts),
      fp_removed: rate(tn, tn + fp),
    },
    at_recall: facts.recallTargets.map((target) => measureReduction(probabilities, labels, target)),
  };
}

function measureSmells(
  rows: readonly Detection[],
  labels: Int32Array,
  predicted: Uint8Array,
): Record<string, SmellMetrics> {
  const smells = [...new Set(rows.map(({ smell }) => smell))].sort();
  return Object.fromEntries(smells.map((smell) => {
    const own = rows.flatMap((row, i) => row.smell === smell ? [i] : []);
    const pick = (values: ArrayLike<number>) => own.map((i) => values[i]!);
    const counts = countConfusion(pick(labels), pick(predicted));
    const { support, ...metrics } = binaryMetrics(counts);
    const fp_actual = own.length - support;
    return [smell, { count: own.length, ...metrics, tp_actual: support, fp_actual }];
  }));
}

/** Lists what a run says about each row. */
export function detailPredictions(
  rows: readonly Detection[],
  probabilities: Float64Array,
  threshold: number | null,
): DetailedPrediction[] {
  const predicted = predictDetections(probabilities, threshold);
  return rows.map(({ id, smell, file, label, text }, i) => ({
    sample_id: id,
    smell,
    file,
    true_label: label,
    predicted_label: DETECTION_LABELS[predicted[i]!]!,
    probabilities: { FP: 1 - probabilities[i]!, TP: probabilities[i]! },
    content: shorten(text, 200),
  }));
}
