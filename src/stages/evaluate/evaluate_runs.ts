import { join } from "node:path";
import type { Features } from "../../core/matrix.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";
import type { DetectionSet } from "../iac/detections.ts";
import { type ResolvedThreshold, resolveThreshold } from "../iac/detection_threshold.ts";
import { type EvaluationConfig, evaluationFolder } from "../config/evaluation_config.ts";
import {
  detailPredictions,
  type EvaluationMetadata,
  type EvaluationResults,
  measureDetections,
} from "./evaluation_results.ts";
import { finishedRuns, type FinishedRunsOptions } from "./finished_runs.ts";
import type { ValidationPrediction } from "../experiment/run_results.ts";
import {
  readJson,
  RUN_FILES,
  type StoredRun,
  writeJson,
  writeYaml,
} from "../experiment/experiment_folder.ts";
import { writeEvaluationSummary } from "./evaluation_summary.ts";
import { type LoadedHead, loadHead } from "./load_head.ts";
import { createRunOverlap, type RunOverlap } from "./run_overlap.ts";
import { thresholdForRecall } from "./recall_target.ts";
import { EncodedSets } from "./encoded_sets.ts";

/** Options of {@linkcode evaluateRuns}. */
export interface EvaluateRunsOptions extends FinishedRunsOptions {
  readonly openEncoder: OpenStageEncoder;
  /** Called after each run and set. */
  readonly onEvaluation?: (done: number, total: number, evaluation: RunEvaluation) => void;
  /** Stops between two evaluations. */
  readonly signal?: AbortSignal;
}

/** A run's results on one test set. */
export interface RunEvaluation {
  /** Name of the run folder. */
  readonly run: string;
  readonly dataset: string;
  readonly folder: string;
  readonly results: EvaluationResults;
  /** What the set shares with what the run has seen. */
  readonly overlap: RunOverlap;
}

/**
 * Evaluates the finished runs of a folder on the test sets of a config, with one threshold a run for
 * all sets, and writes the documented files below a folder of the mode's own.
 *
 * @throws {MicroLmError} Kind `missing` if there is no finished run, no test set or no threshold
 * file; `data` if a file is wrong or the encoder is another one than a run was trained on.
 *
 * @example
 * ```ts
 * import { MicroLmError, openEncoder } from "micro-lm";
 * import { evaluateRuns, parseEvaluationConfig } from "micro-lm/stages";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const config = parseEvaluationConfig("models: { encoder: { path: .artifacts/no-such-folder } }");
 * const evaluate = () => evaluateRuns(config, { openEncoder: (spec) => openEncoder(spec) });
 * assertEquals((await assertRejects(evaluate, MicroLmError)).kind, "missing");
 * ```
 */
export async function evaluateRuns(
  config: EvaluationConfig,
  options: EvaluateRunsOptions,
): Promise<RunEvaluation[]> {
  const runs = await finishedRuns(config, options);
  const { combined, technologies } = config.evaluation.test_sets;
  const names = setNames(config);
  const total = runs.length * names.length;
  const encoded = new EncodedSets(config, options.openEncoder);
  const overlapOf = createRunOverlap();
  const done: RunEvaluation[] = [];
  // Faults of thresholds come before any work.
  for (const { folder } of runs) await resolveThreshold(config, folder);
  for (const run of runs) {
    const model = await loadRun(run, config);
    for (const dataset of names) {
      options.signal?.throwIfAborted();
      const set = dataset === "combined" ? combined : technologies[dataset]!;
      const { detections, features } = await encoded.get(model, set.path, set.tech);
      const overlap = await overlapOf(model.used, detections);
      const facts = { dataset, overlap };
      const evaluation = await evaluateOne(model, facts, detections, features, config);
      done.push(evaluation);
      options.onEvaluation?.(done.length, total, evaluation);
    }
  }
  // Tasks of one batch would write it over each other: who started them does it.
  if (options.only === undefined) await writeEvaluationSummary(evaluationFolder(config));
  return done;
}

/** Names of the sets of an evaluation. */
function setNames({ evaluation }: EvaluationConfig): string[] {
  return ["combined", ...Object.keys(evaluation.test_sets.technologies)];
}

/**
 * Reads the evaluations of runs that were written elsewhere with the same config, and writes their
 * summary.
 *
 * @throws {MicroLmError} Kind `missing` if one is not there.
 */
export async function gatherEvaluations(
  config: EvaluationConfig,
  runs: readonly string[],
): Promise<RunEvaluation[]> {
  const root = evaluationFolder(config);
  const found: RunEvaluation[] = [];
  for (const run of runs) {
    for (const dataset of setNames(config)) {
      const folder = join(root, run, dataset);
      const { overlap } = await readJson<Required<EvaluationMetadata>>(metadataPath(folder));
      const results = await readJson<EvaluationResults>(resultsPath(folder));
      found.push({ run, dataset, folder, results, overlap });
    }
  }
  await writeEvaluationSummary(root);
  return found;
}

function metadataPath(folder: string): string {
  return join(folder, "evaluation_metadata.json");
}

function resultsPath(folder: string): string {
  return join(folder, "encoder_eval", "evaluation_results.json");
}

interface LoadedRun extends StoredRun, LoadedHead {
  readonly threshold: ResolvedThreshold;
  readonly recallTargets: readonly { readonly target: number; readonly threshold: number }[];
}

async function loadRun(run: StoredRun, config: EvaluationConfig): Promise<LoadedRun> {
  const { used, predict } = await loadHead(run.folder);
  const validation = await readJson<ValidationPrediction[]>(join(run.folder, RUN_FILES.validation));
  const p = Float64Array.from(validation, ({ probability }) => probability);
  const labels = validation.map(({ true_label }) => Number(true_label === "TP"));
  return {
    ...run,
    used,
    threshold: await resolveThreshold(config, run.folder),
    predict,
    recallTargets: labels.includes(1)
      ? config.evaluation.recall_targets.map((target) => ({
        target,
        threshold: thresholdForRecall(p, labels, target),
      }))
      : [],
  };
}

async function evaluateOne(
  run: LoadedRun,
  { dataset, overlap }: Pick<RunEvaluation, "dataset" | "overlap">,
  { path, sha256, rows }: DetectionSet,
  features: Features,
  config: EvaluationConfig,
): Promise<RunEvaluation> {
  const started = performance.now();
  const p = run.predict(features);
  const seconds = (performance.now() - started) / 1000;
  const results = measureDetections(rows, p, {
    modelPath: run.folder,
    testPath: path,
    testSha256: sha256,
    seconds,
    threshold: run.threshold.value,
    recallTargets: run.recallTargets,
  });
  const folder = join(evaluationFolder(config), run.id, dataset);
  const metadata: EvaluationMetadata = {
    run: run.id,
    dataset,
    model_path: run.folder,
    weights_sha256: run.used.weights_sha256,
    test_path: path,
    test_sha256: sha256,
    threshold: run.threshold,
    encoder: run.used.encoder,
    experiment: run.used.experiment,
    training: {
      seconds: run.status.seconds ?? null,
      parameters: run.status.parameters ?? null,
    },
    data: run.used.data,
    overlap,
  };
  const inner = join(folder, "encoder_eval");
  await writeJson(resultsPath(folder), results);
  if (config.evaluation.save_predictions) {
    const predictions = detailPredictions(rows, p, run.threshold.value);
    await writeJson(join(inner, "detailed_predictions.json"), predictions);
  }
  await writeYaml(join(inner, "eval_config.yaml"), config);
  // Last: a folder with metadata is whole.
  await writeJson(metadataPath(folder), metadata);
  return { run: run.id, dataset, folder, results, overlap };
}
