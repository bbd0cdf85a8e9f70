import { join } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { EvaluationMetadata, EvaluationResults } from "./evaluation_results.ts";
import { matchesAny } from "../config/expand.ts";
import { readJson } from "../experiment/experiment_folder.ts";

/** One run on one test set: a row of the analysis CSV. */
export interface AnalysisRow {
  readonly run: string;
  readonly base: string;
  readonly model: string;
  readonly lr: number;
  readonly batch_size: number;
  readonly epochs: number;
  readonly weight_decay: number;
  readonly accum: number;
  readonly seed: number;
  readonly dataset: string;
  readonly n: number;
  readonly threshold_mode: string;
  readonly threshold: number | null;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
  readonly eval_loss: number;
  /** Seconds of training. */
  readonly seconds: number | null;
  readonly eval_seconds: number;
  readonly parameters: number | null;
  readonly f1_ci_low: number;
  readonly f1_ci_high: number;
  readonly fp_removed: number | null;
  readonly fp_removed_ci_low: number;
  readonly fp_removed_ci_high: number;
}

/** Columns of the analysis CSV, in order. */
export const ANALYSIS_COLUMNS: readonly (keyof AnalysisRow)[] = [
  ...["run", "base", "model", "lr", "batch_size", "epochs", "weight_decay", "accum"] as const,
  ...["seed", "dataset", "n", "threshold_mode", "threshold", "accuracy", "precision"] as const,
  ...["recall", "f1", "tp", "fp", "fn", "tn", "eval_loss", "seconds", "eval_seconds"] as const,
  ...["parameters", "f1_ci_low", "f1_ci_high", "fp_removed"] as const,
  ...["fp_removed_ci_low", "fp_removed_ci_high"] as const,
];

/** Columns of the per-smell CSV, in order. */
export const SMELL_COLUMNS: readonly (keyof SmellRow)[] = [
  ...["run", "dataset", "smell", "count", "tp_actual", "fp_actual"] as const,
  ...["accuracy", "precision", "recall", "f1"] as const,
];

/** One run on the rows of one smell. */
export interface SmellRow {
  readonly run: string;
  readonly dataset: string;
  readonly smell: string;
  readonly count: number;
  readonly tp_actual: number;
  readonly fp_actual: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** An evaluation as it lies in its folder. */
export interface StoredEvaluation {
  readonly folder: string;
  readonly metadata: EvaluationMetadata;
  readonly results: EvaluationResults;
}

/** Options of {@linkcode collectEvaluations}. */
export interface CollectEvaluationsOptions {
  /** Keeps runs whose name begins with this. Default: all. */
  readonly prefix?: string;
  /** Keeps runs whose name contains one of these texts, separated by commas. Default: all. */
  readonly filter?: string;
}

/**
 * Reads all evaluations below a folder of results, by run and set.
 *
 * @throws {MicroLmError} Kind `missing` if there are none; `data` if a file is damaged.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { collectEvaluations } from "micro-lm/stages";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const collect = () => collectEvaluations(".artifacts/no-such-folder");
 * assertEquals((await assertRejects(collect, MicroLmError)).kind, "missing");
 * ```
 */
export async function collectEvaluations(
  folder: string,
  { prefix = "", filter }: CollectEvaluationsOptions = {},
): Promise<StoredEvaluation[]> {
  const found: StoredEvaluation[] = [];
  for (const run of await subfolders(folder)) {
    if (!run.startsWith(prefix) || (filter !== undefined && !matchesAny(run, filter))) continue;
    for (const dataset of await subfolders(join(folder, run))) {
      const inside = join(folder, run, dataset);
      const metadata = await readJson<EvaluationMetadata>(
        join(inside, "evaluation_metadata.json"),
        { optional: true },
      );
      if (!metadata) continue;
      const file = join(inside, "encoder_eval", "evaluation_results.json");
      const results = await readJson<EvaluationResults>(file);
      if (typeof results.metrics?.f1 !== "number") {
        throw new MicroLmError("data", 'Expected "metrics.f1" in results of an evaluation', {
          at: { file },
        });
      }
      found.push({ folder: inside, metadata, results });
    }
  }
  if (found.length > 0) return found;
  throw new MicroLmError("missing", `Cannot find an evaluation in "${folder}"`, {
    hint: "Evaluate first: deno task batch-eval --config FILE",
  });
}

async function subfolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) if (entry.isDirectory) names.push(entry.name);
  } catch (error) {
    throw explainIoError(error, folder, "read");
  }
  return names.sort();
}

/**
 * An evaluation as a row of the analysis CSV.
 *
 * @example
 * ```ts
 * import { analysisRow, type StoredEvaluation } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { run, f1, tp } = analysisRow({
 *   metadata: { run: "lite_lr1e-2", experiment: {}, training: {}, threshold: {} },
 *   results: {
 *     metrics: { f1: 0.8 },
 *     confusion_matrix: { tp: 4 },
 *     intervals: { f1: {}, fp_removed: {} },
 *   },
 * } as StoredEvaluation);
 * assertEquals([run, f1, tp], ["lite_lr1e-2", 0.8, 4]);
 * ```
 */
export function analysisRow({ metadata, results }: StoredEvaluation): AnalysisRow {
  const { experiment, training, threshold } = metadata;
  const { metrics, confusion_matrix, intervals } = results;
  return {
    run: metadata.run,
    base: experiment.base,
    model: experiment.model_name,
    lr: experiment.learning_rate,
    batch_size: experiment.batch_size,
    epochs: experiment.num_epochs,
    weight_decay: experiment.weight_decay,
    accum: experiment.gradient_accumulation_steps,
    seed: experiment.seed,
    dataset: metadata.dataset,
    n: results.num_samples,
    threshold_mode: threshold.mode,
    threshold: threshold.value,
    accuracy: metrics.accuracy,
    precision: metrics.precision,
    recall: metrics.recall,
    f1: metrics.f1,
    tp: confusion_matrix.tp,
    fp: confusion_matrix.fp,
    fn: confusion_matrix.fn,
    tn: confusion_matrix.tn,
    eval_loss: metrics.eval_loss,
    seconds: training.seconds,
    eval_seconds: results.evaluation_time,
    parameters: training.parameters,
    f1_ci_low: intervals.f1.ci_low,
    f1_ci_high: intervals.f1.ci_high,
    fp_removed: intervals.fp_removed.value,
    fp_removed_ci_low: intervals.fp_removed.ci_low,
    fp_removed_ci_high: intervals.fp_removed.ci_high,
  };
}

/**
 * An evaluation by smell.
 *
 * @example
 * ```ts
 * import { smellRows, type StoredEvaluation } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const [row] = smellRows({
 *   metadata: { run: "lite_lr1e-2", dataset: "chef" },
 *   results: { smell_metrics: { use_of_http: { count: 12, f1: 0.8 } } },
 * } as unknown as StoredEvaluation);
 * assertEquals([row!.dataset, row!.smell, row!.f1], ["chef", "use_of_http", 0.8]);
 * ```
 */
export function smellRows({ metadata, results }: StoredEvaluation): SmellRow[] {
  return Object.entries(results.smell_metrics).map(([smell, metrics]) => ({
    run: metadata.run,
    dataset: metadata.dataset,
    smell,
    ...metrics,
  }));
}

/** How much seeds matter: runs that differ in nothing else, on one set. */
export interface SeedSummary {
  readonly base: string;
  readonly model: string;
  readonly lr: number;
  readonly batch_size: number;
  readonly epochs: number;
  readonly dataset: string;
  readonly metric: "accuracy" | "precision" | "recall" | "f1";
  readonly seeds: number;
  readonly mean: number;
  /** Of the sample (ddof 1); null for one seed. */
  readonly std: number | null;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Summarises rows over seeds.
 *
 * @example
 * ```ts
 * import { type AnalysisRow, summarizeSeeds } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [0.5, 1, 0.75].map((f1, seed) => ({ base: "lite", seed, f1 }) as AnalysisRow);
 * const { seeds, mean, std } = summarizeSeeds(rows).find(({ metric }) => metric === "f1")!;
 * assertEquals([seeds, mean, std], [3, 0.75, 0.25]);
 * ```
 */
export function summarizeSeeds(rows: readonly AnalysisRow[]): SeedSummary[] {
  const keyOf = ({ base, lr, batch_size, epochs, weight_decay, accum, dataset }: AnalysisRow) =>
    JSON.stringify([base, lr, batch_size, epochs, weight_decay, accum, dataset]);
  const groups = Map.groupBy(rows, keyOf);
  const metrics = ["accuracy", "precision", "recall", "f1"] as const;
  return [...groups.values()].flatMap((group) => {
    const { base, model, lr, batch_size, epochs, dataset } = group[0]!;
    return metrics.map((metric) => ({
      base,
      model,
      lr,
      batch_size,
      epochs,
      dataset,
      metric,
      seeds: group.length,
      ...spread(group.map((row) => row[metric])),
    }));
  });
}

function spread(values: readonly number[]): Pick<
  SeedSummary,
  "mean" | "std" | "min" | "median" | "max"
> {
  const n = values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    std: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    min: sorted[0]!,
    median: (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2,
    max: sorted[n - 1]!,
  };
}

/** A run's cost and gain on one set. */
export interface CostRow {
  readonly run: string;
  readonly seconds: number;
  readonly parameters: number;
  readonly f1: number;
  /** No other run has a higher F1 in no more time, or the same F1 in less. */
  readonly efficient: boolean;
}

/**
 * Sets what training costs against what it brings, cheapest first.
 *
 * @example
 * ```ts
 * import { type AnalysisRow, costAgainstGain } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const runs = [{ seconds: 9, f1: 0.7 }, { seconds: 4, f1: 0.8 }, { seconds: 1, f1: 0.6 }];
 * assertEquals(
 *   costAgainstGain(runs as AnalysisRow[]).map(({ seconds, efficient }) => [seconds, efficient]),
 *   [[1, true], [4, true], [9, false]],
 * );
 * ```
 */
export function costAgainstGain(rows: readonly AnalysisRow[]): CostRow[] {
  const costs = rows.map(({ run, seconds, parameters, f1 }) => ({
    run,
    seconds: seconds ?? 0,
    parameters: parameters ?? 0,
    f1,
  })).sort((a, b) => a.seconds - b.seconds || b.f1 - a.f1);
  let best = -Infinity;
  return costs.map((row) => {
    const efficient = row.f1 > best;
    best = Math.max(best, row.f1);
    return { ...row, efficient };
  });
}
