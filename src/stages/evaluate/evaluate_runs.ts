import { basename, join } from "node:path";
import type { Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Features } from "../../core/matrix.ts";
import type { OpenStageEncoder } from "../config/batch.ts";
import { type DetectionSet, readDetections } from "../iac/detections.ts";
import { type ResolvedThreshold, resolveThreshold } from "../iac/detection_threshold.ts";
import { type EvaluationConfig, evaluationFolder } from "../config/evaluation_config.ts";
import {
  detailPredictions,
  type EvaluationMetadata,
  type EvaluationResults,
  measureDetections,
} from "./evaluation_results.ts";
import { matchesAny } from "../config/expand.ts";
import { predictHead, probabilitiesOfTp } from "../head/head.ts";
import { readRunConfig, type RunConfig } from "../config/run_config.ts";
import type { ValidationPrediction } from "../experiment/run_results.ts";
import {
  followPointers,
  listRuns,
  readJson,
  RUN_FILES,
  type RunStatus,
  type StoredRun,
  writeJson,
  writeYaml,
} from "../experiment/experiment_folder.ts";
import { writeEvaluationSummary } from "./evaluation_summary.ts";
import { thresholdForRecall } from "./recall_target.ts";
import { openRunEncoder } from "../tune/run_encoder.ts";

/** Options of {@linkcode evaluateRuns}. */
export interface EvaluateRunsOptions {
  readonly openEncoder: OpenStageEncoder;
  /** Keeps runs whose folder name contains one of these texts, separated by commas. */
  readonly filter?: string;
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
  const runs = await finishedRuns(config.models.encoder.path, options.filter);
  const { combined, technologies } = config.evaluation.test_sets;
  const names = ["combined", ...Object.keys(technologies)];
  const total = runs.length * names.length;
  const encoded = new EncodedSets(config, options.openEncoder);
  const done: RunEvaluation[] = [];
  // Faults of thresholds come before any work.
  for (const { folder } of runs) await resolveThreshold(config, folder);
  for (const run of runs) {
    const model = await loadRun(run, config);
    for (const dataset of names) {
      options.signal?.throwIfAborted();
      const set = dataset === "combined" ? combined : technologies[dataset]!;
      const { detections, features } = await encoded.get(model, set.path, set.tech);
      const evaluation = await evaluateOne(model, dataset, detections, features, config);
      done.push(evaluation);
      options.onEvaluation?.(done.length, total, evaluation);
    }
  }
  await writeEvaluationSummary(evaluationFolder(config));
  return done;
}

async function finishedRuns(path: string, filter: string | undefined): Promise<StoredRun[]> {
  const folder = await followPointers(path);
  const status = await readJson<RunStatus>(join(folder, RUN_FILES.status), { optional: true });
  const id = basename(folder);
  const all = status ? [{ folder, id, status }] : await listRuns(folder);
  const finished = all.filter(({ status, id }) =>
    status.state === "finished" && (filter === undefined || matchesAny(id, filter))
  );
  if (finished.length > 0) return finished;
  const what = filter === undefined ? "a finished run" : `a finished run that matches "${filter}"`;
  throw new MicroLmError("missing", `Cannot find ${what} in "${path}"`, {
    hint: "Train one: deno task batch-train --config FILE",
  });
}

interface LoadedRun extends StoredRun {
  readonly used: RunConfig;
  readonly threshold: ResolvedThreshold;
  readonly predict: (features: Features) => Float64Array;
  readonly recallTargets: readonly { readonly target: number; readonly threshold: number }[];
}

async function loadRun(run: StoredRun, config: EvaluationConfig): Promise<LoadedRun> {
  const { headFromOnnx } = await import("../head/onnx.ts");
  const used = await readRunConfig(run.folder);
  const file = join(run.folder, RUN_FILES.weights);
  const bytes = await readWeights(file);
  if (sha256Hex(bytes) !== used.weights_sha256) {
    throw new MicroLmError("data", "The weights are not those that the run wrote", {
      at: { file },
    });
  }
  const head = headFromOnnx(bytes, file);
  const validation = await readJson<ValidationPrediction[]>(join(run.folder, RUN_FILES.validation));
  const p = Float64Array.from(validation, ({ probability }) => probability);
  const labels = validation.map(({ true_label }) => Number(true_label === "TP"));
  return {
    ...run,
    used,
    threshold: await resolveThreshold(config, run.folder),
    predict: (features) => probabilitiesOfTp(predictHead(head, features).data),
    recallTargets: labels.includes(1)
      ? config.evaluation.recall_targets.map((target) => ({
        target,
        threshold: thresholdForRecall(p, labels, target),
      }))
      : [],
  };
}

async function readWeights(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    throw new MicroLmError("missing", `Cannot read the weights "${file}"`, { cause });
  }
}

async function evaluateOne(
  run: LoadedRun,
  dataset: string,
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
  };
  const inner = join(folder, "encoder_eval");
  await writeJson(join(inner, "evaluation_results.json"), results);
  if (config.evaluation.save_predictions) {
    const predictions = detailPredictions(rows, p, run.threshold.value);
    await writeJson(join(inner, "detailed_predictions.json"), predictions);
  }
  await writeYaml(join(inner, "eval_config.yaml"), config);
  // Last: a folder with metadata is whole.
  await writeJson(join(folder, "evaluation_metadata.json"), metadata);
  return { run: run.id, dataset, folder, results };
}

/** Test sets and their features; features of the latest encoder only. */
class EncodedSets {
  readonly #config: EvaluationConfig;
  readonly #openEncoder: OpenStageEncoder;
  readonly #sets = new Map<string, DetectionSet>();
  #features = new Map<string, Features>();
  #encoder = "";

  constructor(config: EvaluationConfig, openEncoder: OpenStageEncoder) {
    this.#config = config;
    this.#openEncoder = openEncoder;
  }

  async get(
    { used, folder }: LoadedRun,
    path: string,
    tech: string | undefined,
  ): Promise<{ readonly detections: DetectionSet; readonly features: Features }> {
    const { text_field: textField, max_length: maxLength } = used.global;
    const key = JSON.stringify([path, tech, textField]);
    const detections = this.#sets.get(key) ?? await this.#read(path, tech, textField);
    this.#sets.set(key, detections);
    const { spec, fingerprint } = used.encoder;
    const encoderKey = `${used.experiment.model_name} ${maxLength} ${fingerprint}`;
    if (this.#encoder !== encoderKey) this.#features = new Map();
    this.#encoder = encoderKey;
    let features = this.#features.get(key);
    if (!features) {
      await using encoder = await openRunEncoder(folder, used, this.#openEncoder);
      checkEncoder(encoder, spec, fingerprint);
      features = await encoder.encode(detections.rows.map(({ text }) => text));
      this.#features.set(key, features);
    }
    return { detections, features };
  }

  async #read(path: string, tech: string | undefined, textField: string): Promise<DetectionSet> {
    const set = await readDetections(path, { textField, ...(tech === undefined ? {} : { tech }) });
    const { max_samples } = this.#config.evaluation;
    return { ...set, rows: set.rows.slice(0, max_samples ?? undefined) };
  }
}

function checkEncoder({ fingerprint }: Encoder, spec: string, expected: string): void {
  if (fingerprint === expected) return;
  throw new MicroLmError(
    "data",
    `The encoder "${spec}" is another one than the run was trained on: expected the fingerprint ` +
      `${expected.slice(0, 12)}, found ${fingerprint.slice(0, 12)}`,
    { hint: "Train the run again, or use the version that trained it" },
  );
}
