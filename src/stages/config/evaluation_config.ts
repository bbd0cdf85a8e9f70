import { z } from "zod";
import { parseYamlConfig, type YamlConfigOptions } from "../../core/strict_yaml.ts";
import { readConfigText } from "../../core/text/config_text.ts";

/** How a probability becomes a label. */
export type ThresholdMode = "argmax" | "fixed" | "file" | "frozen";

/** Detections to evaluate on. */
export interface TestSetConfig {
  readonly path: string;
  /** Keeps rows of one technology. */
  readonly tech?: string | undefined;
}

/** A config of an evaluation, with its defaults filled in. */
export interface EvaluationConfig {
  readonly evaluation: {
    /** Texts an encoder gets at once on a cluster. Default: 8. */
    readonly batch_size: number;
    /** Rows of each set; null is all. Default: null. */
    readonly max_samples: number | null;
    /** Write `detailed_predictions.json`. Default: true. */
    readonly save_predictions: boolean;
    readonly threshold: {
      /** Default: `argmax`. */
      readonly mode: ThresholdMode;
      /** The threshold of mode `fixed`. */
      readonly value?: number | undefined;
      /** The file of mode `file` (default: the run's own) or `frozen` (default: the champion's). */
      readonly file?: string | undefined;
    };
    /** Sets by name: `combined` and one a technology. */
    readonly test_sets: {
      readonly combined: TestSetConfig;
      readonly technologies: Readonly<Record<string, TestSetConfig>>;
    };
    /** Results go to a folder of the mode below this. Default: `results/experiments/evaluation`. */
    readonly output_dir: string;
    /** Accepted for compatibility: all metrics are always written. */
    readonly metrics: readonly string[];
    /** Shares of true positives to keep when measuring what can be removed. Default: .9 and .95. */
    readonly recall_targets: readonly number[];
  };
  readonly models: {
    readonly encoder: {
      /** A run folder, or a folder of them. Default: `models/experiments/encoder`. */
      readonly path: string;
      readonly batch_size?: number | undefined;
    };
  };
  readonly batch_evaluation: { readonly job_spacing_seconds: number };
  readonly slurm?: Readonly<Record<string, unknown>> | undefined;
}

/** The threshold file that frozen evaluations read unless told otherwise: a link to the champion. */
export const FROZEN_THRESHOLD_FILE =
  "models/experiments/encoder/codet5p_220m_final_sweep_latest/threshold_sweep_results.json";

const METRICS = [
  "accuracy",
  "precision",
  "recall",
  "f1",
  "confusion_matrix",
  "per_smell_metrics",
] as const;

const TEST_SET = z.union([
  z.string().min(1),
  z.strictObject({ path: z.string().min(1), tech: z.string().min(1).optional() }),
]).transform((set) => typeof set === "string" ? { path: set } : set);

const THRESHOLD = z.strictObject({
  mode: z.enum(["argmax", "fixed", "file", "frozen"]).default("argmax"),
  value: z.number().min(0).max(1).optional(),
  file: z.string().min(1).optional(),
}).refine(({ mode, value }) => mode !== "fixed" || value !== undefined, {
  message: "mode fixed needs a value from 0 to 1",
  path: ["value"],
});

const EVALUATION = z.strictObject({
  evaluation: z.strictObject({
    batch_size: z.int().min(1).default(8),
    max_samples: z.int().min(1).nullable().default(null),
    save_predictions: z.boolean().default(true),
    threshold: THRESHOLD.prefault({}),
    test_sets: z.strictObject({
      combined: TEST_SET.prefault("data/processed/test.jsonl"),
      technologies: z.record(z.string().regex(/^[a-z0-9_-]+$/), TEST_SET).prefault({
        chef: "data/processed/chef/chef_test.jsonl",
        ansible: "data/processed/ansible/ansible_test.jsonl",
        puppet: "data/processed/puppet/puppet_test.jsonl",
      }),
    }).prefault({}),
    output_dir: z.string().min(1).default("results/experiments/evaluation"),
    metrics: z.array(z.enum(METRICS)).default([...METRICS]),
    recall_targets: z.array(z.number().gt(0).max(1)).default([0.9, 0.95]),
  }).prefault({}),
  models: z.strictObject({
    encoder: z.strictObject({
      path: z.string().min(1).default("models/experiments/encoder"),
      batch_size: z.int().min(1).optional(),
    }).prefault({}),
  }).prefault({}),
  batch_evaluation: z.strictObject({ job_spacing_seconds: z.number().min(0).default(1) })
    .prefault({}),
  slurm: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Parses the config of an evaluation (YAML 1.2) and fills in the defaults.
 *
 * @throws {MicroLmError} Kind `data`, naming the path of each fault in the document.
 *
 * @example
 * ```ts
 * import { parseEvaluationConfig } from "micro-lm/stages";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const { evaluation } = parseEvaluationConfig("evaluation: { threshold: { mode: file } }");
 * assertEquals(evaluation.threshold.mode, "file");
 * assertThrows(() => parseEvaluationConfig("evaluation: { threshold: { mode: fixed } }"));
 * ```
 */
export function parseEvaluationConfig(
  text: string,
  options: YamlConfigOptions = {},
): EvaluationConfig {
  return parseYamlConfig<EvaluationConfig>(text, EVALUATION, options);
}

/**
 * Reads the config of an evaluation from a file; see {@linkcode parseEvaluationConfig}.
 *
 * @throws {MicroLmError} Kind `missing` if there is none, `data` if it is wrong.
 *
 * @example
 * ```ts
 * import { readEvaluationConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { evaluation } = await readEvaluationConfig("configs/eval/eval_argmax_offline.yaml");
 * assertEquals(evaluation.threshold.mode, "argmax");
 * ```
 */
export async function readEvaluationConfig(
  path: string,
  options: Omit<YamlConfigOptions, "file"> = {},
): Promise<EvaluationConfig> {
  return parseEvaluationConfig(await readConfigText(path), { ...options, file: path });
}

/**
 * Folder that results of a mode go to: below `output_dir`, unless that ends with its name already.
 *
 * @example
 * ```ts
 * import { evaluationFolder, parseEvaluationConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "evaluation: { output_dir: out, threshold: { mode: file } }";
 * assertEquals(evaluationFolder(parseEvaluationConfig(text)), "out/threshold_file");
 * ```
 */
export function evaluationFolder({ evaluation }: EvaluationConfig): string {
  const { output_dir, threshold: { mode } } = evaluation;
  const folder = mode === "argmax" ? "argmax" : `threshold_${mode}`;
  return output_dir.endsWith(`/${folder}`) ? output_dir : `${output_dir}/${folder}`;
}
