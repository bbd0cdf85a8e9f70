import { z } from "zod";
import { parseYamlConfig, type YamlConfigOptions } from "../../core/strict_yaml.ts";
import { readConfigText } from "../../core/text/config_text.ts";

/** Names of the metrics that a run can be steered by. */
export type StageMetric = "f1" | "accuracy" | "precision" | "recall" | "loss";

/** The shape of a classification head. */
export interface HeadConfig {
  /** Units of the hidden layer; 0 is a linear head. Default: 0. */
  readonly hidden: number;
  /** Default: `relu`. */
  readonly activation: "relu" | "tanh";
  /** Share of the output layer's inputs that training drops. Default: 0. */
  readonly dropout: number;
}

/** What trains an experiment. */
export type StageEngine = "head" | "torch";

/** How token vectors become one vector. */
export type StagePooling = "auto" | "mean" | "cls" | "lasttoken";

/** What all experiments of a config share. */
export interface StageGlobals {
  /** What trains: heads over fixed features here, or PyTorch. Default: `head`. */
  readonly engine?: StageEngine | undefined;
  /** Tokens of a text that count, for the engine `torch`; others refuse another. Default: 512. */
  readonly max_length: number;
  /** Updates after which every run ends. Default: all of its epochs. */
  readonly max_steps?: number | undefined;
  /** Updates between two evaluations. Default: 100. */
  readonly eval_steps: number;
  /** Accepted for compatibility; every evaluation saves. Default: 200. */
  readonly save_steps: number;
  /** When to evaluate. Default: `steps`. */
  readonly evaluation_strategy: "steps" | "epoch" | "no";
  /** When to save a checkpoint. Default: `steps`. */
  readonly save_strategy: "steps" | "epoch" | "no";
  /** Updates between two entries of the training loss. Default: 25. */
  readonly logging_steps: number;
  /** Keep the weights of the best evaluation, not the last. Default: true. */
  readonly load_best_model_at_end: boolean;
  /** Default: `f1`. */
  readonly metric_for_best_model: StageMetric;
  /** Default: true, false for `loss`. */
  readonly greater_is_better: boolean;
  readonly train_path: string;
  readonly val_path: string;
  /** Field of a detection that is classified, or several: `smell+content`. Default: `content`. */
  readonly text_field: string;
  /** Half precision for a tuned encoder: its weights, with `torch` the training on a GPU. Default: true. */
  readonly fp16: boolean;
  /** The other half precision, for `torch` alone; goes before `fp16`. Default: false. */
  readonly bf16?: boolean | undefined;
  /** Accepted for compatibility. Default: true. */
  readonly dataloader_pin_memory: boolean;
  /** Updates over which the learning rate rises. Default: 100. */
  readonly warmup_steps: number;
  /** The same as a share of all updates; used where `warmup_steps` is not given. */
  readonly warmup_ratio?: number | undefined;
  /** Default: `linear`. */
  readonly lr_scheduler_type: "linear" | "cosine" | "constant";
  /** Largest norm of a gradient; 0 turns clipping off. Default: 1. */
  readonly max_grad_norm: number;
  /** Default: `none`. */
  readonly class_weight: "none" | "balanced";
  /** Default: 42. */
  readonly seed: number;
  readonly head: HeadConfig;
}

/** When to stop before the last epoch. */
export interface EarlyStoppingConfig {
  /** Default: true. */
  readonly enabled: boolean;
  /** Evaluations in a row without improvement. Default: 2. */
  readonly patience: number;
  /** What an improvement has to exceed. Default: 0.001. */
  readonly min_delta: number;
  /** Default: `f1`. */
  readonly metric: StageMetric;
  /** Default: `max`, `min` for `loss`. */
  readonly mode: "max" | "min";
}

/** Thresholds to try on the validation set. */
export interface ThresholdSweepConfig {
  /** Default: true. */
  readonly enabled: boolean;
  /** Default: `f1`. */
  readonly metric: Exclude<StageMetric, "loss">;
  /** Default: 0.3 to 0.7. */
  readonly range: readonly [number, number];
  /** Default: 0.01. */
  readonly step: number;
}

/** One line of experiments: an encoder and lists of hyperparameters. */
export interface ExperimentConfig {
  /** An encoder spec, a folder or a hub id. */
  readonly model_name: string;
  readonly hyperparameters: {
    readonly learning_rates: readonly number[];
    readonly batch_sizes: readonly number[];
    readonly num_epochs: readonly number[];
    readonly weight_decay?: readonly number[] | undefined;
    readonly gradient_accumulation_steps?: readonly number[] | undefined;
    readonly seeds?: readonly number[] | undefined;
  };
  /** Default: false. */
  readonly gradient_checkpointing: boolean;
  /** What is trained. Default: `head`, with the engine `torch` `full`. */
  readonly tune?: "head" | "last_layer" | "full" | undefined;
  /** Replaces the common engine. */
  readonly engine?: StageEngine | undefined;
  /**
   * How `torch` makes one vector of a text's token vectors. Default: `auto`, the mean for T5-like
   * models, else the first token.
   */
  readonly pooling?: StagePooling | undefined;
  /** Replaces the common head. */
  readonly head?: HeadConfig | undefined;
}

/** A config of one stage, with its defaults filled in. */
export interface StageConfig {
  readonly global: StageGlobals;
  readonly early_stopping: EarlyStoppingConfig;
  readonly threshold_sweep: ThresholdSweepConfig;
  readonly output: {
    /** Folder of the run folders. Default: `models/experiments/encoder`. */
    readonly base_dir: string;
    /** Folder of configs and logs by run. Default: `results/experiments/encoder`. */
    readonly results_dir: string;
    /** Folder of generated configs. Default: `configs/generated`. */
    readonly configs_dir: string;
    /** Accepted for compatibility; names are always built in the same way. */
    readonly naming_pattern?: string | undefined;
  };
  /** What a cluster's scheduler is told. */
  readonly slurm?: Readonly<Record<string, unknown>> | undefined;
  readonly experiments: Readonly<Record<string, ExperimentConfig>>;
}

const steps = z.int().min(1);
const metric = z.enum(["f1", "accuracy", "precision", "recall", "loss"]);
const strategy = z.enum(["steps", "epoch", "no"]);
const engine = z.enum(["head", "torch"]);
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const HEAD = z.strictObject({
  hidden: z.int().min(0).max(4096).default(0),
  activation: z.enum(["relu", "tanh"]).default("relu"),
  dropout: z.number().min(0).lt(1).default(0),
});

const GLOBAL = z.strictObject({
  engine: engine.optional(),
  max_length: steps.default(512),
  max_steps: steps.optional(),
  eval_steps: steps.default(100),
  save_steps: steps.default(200),
  evaluation_strategy: strategy.default("steps"),
  save_strategy: strategy.default("steps"),
  logging_steps: steps.default(25),
  load_best_model_at_end: z.boolean().default(true),
  metric_for_best_model: metric.default("f1"),
  greater_is_better: z.boolean().optional(),
  train_path: z.string().min(1).default("data/processed/train.jsonl"),
  val_path: z.string().min(1).default("data/processed/val.jsonl"),
  text_field: z.string().min(1).default("content"),
  fp16: z.boolean().default(true),
  bf16: z.boolean().optional(),
  dataloader_pin_memory: z.boolean().default(true),
  warmup_steps: z.int().min(0).optional(),
  warmup_ratio: z.number().min(0).lt(1).optional(),
  lr_scheduler_type: z.enum(["linear", "cosine", "constant"]).default("linear"),
  max_grad_norm: z.number().min(0).default(1),
  class_weight: z.enum(["none", "balanced"]).default("none"),
  seed: z.int().default(42),
  head: HEAD.prefault({}),
}).transform((given) => ({
  ...given,
  greater_is_better: given.greater_is_better ?? given.metric_for_best_model !== "loss",
  warmup_steps: given.warmup_steps ?? (given.warmup_ratio === undefined ? 100 : 0),
  // Given steps go before a given share, so that only one of the two is left.
  warmup_ratio: given.warmup_steps === undefined ? given.warmup_ratio : undefined,
}));

const EARLY_STOPPING = z.strictObject({
  enabled: z.boolean().default(true),
  patience: steps.default(2),
  min_delta: z.number().min(0).default(0.001),
  metric: metric.default("f1"),
  mode: z.enum(["max", "min"]).optional(),
}).transform((given) => ({
  ...given,
  mode: given.mode ?? (given.metric === "loss" ? "min" as const : "max" as const),
}));

const SWEEP = z.strictObject({
  enabled: z.boolean().default(true),
  metric: z.enum(["f1", "accuracy", "precision", "recall"]).default("f1"),
  range: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
    .refine(([low, high]) => low <= high, "expected the lower bound first").default([0.3, 0.7]),
  step: z.number().positive().default(0.01),
});

const list = <T extends z.ZodType>(item: T) => z.array(item).min(1);

const EXPERIMENT = z.strictObject({
  model_name: z.string().min(1),
  hyperparameters: z.strictObject({
    learning_rates: list(z.number().positive()),
    batch_sizes: list(steps),
    num_epochs: list(steps),
    weight_decay: list(z.number().min(0)).optional(),
    gradient_accumulation_steps: list(steps).optional(),
    seeds: list(z.int()).optional(),
  }),
  gradient_checkpointing: z.boolean().default(false),
  tune: z.enum(["head", "last_layer", "full"]).optional(),
  engine: engine.optional(),
  pooling: z.enum(["auto", "mean", "cls", "lasttoken"]).optional(),
  head: HEAD.optional(),
});

const STAGE = z.strictObject({
  global: GLOBAL.prefault({}),
  early_stopping: EARLY_STOPPING.prefault({}),
  threshold_sweep: SWEEP.prefault({}),
  output: z.strictObject({
    base_dir: z.string().min(1).default("models/experiments/encoder"),
    results_dir: z.string().min(1).default("results/experiments/encoder"),
    configs_dir: z.string().min(1).default("configs/generated"),
    naming_pattern: z.string().optional(),
  }).prefault({}),
  slurm: z.record(z.string(), z.unknown()).optional(),
  experiments: z.record(z.string().regex(NAME, "expected letters, digits, . _ -"), EXPERIMENT)
    .refine((all) => Object.keys(all).length > 0, "expected at least one experiment"),
});

/**
 * Parses the config of a training stage (YAML 1.2) and fills in the defaults. Values of
 * `options.overrides` (from flags that were given) go before the file's, these before the defaults.
 *
 * @throws {MicroLmError} Kind `data`, naming the path of each fault in the document, for a typo also
 * the closest known key.
 *
 * @example
 * ```ts
 * import { parseStageConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { global } = parseStageConfig(`
 * experiments:
 *   lite:
 *     model_name: lite
 *     hyperparameters: { learning_rates: [1e-2], batch_sizes: [8], num_epochs: [3] }
 * `);
 * assertEquals([global.max_length, global.eval_steps, global.warmup_steps], [512, 100, 100]);
 * ```
 */
export function parseStageConfig(text: string, options: YamlConfigOptions = {}): StageConfig {
  return parseYamlConfig<StageConfig>(text, STAGE, options);
}

/**
 * Reads the config of a training stage from a file; see {@linkcode parseStageConfig}.
 *
 * @throws {MicroLmError} Kind `missing` if there is none, `data` if it is wrong.
 *
 * @example
 * ```ts
 * import { readStageConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { global } = await readStageConfig("configs/encoder/stage1_offline.yaml");
 * assertEquals(global.train_path, "fixtures/iac/train.jsonl");
 * ```
 */
export async function readStageConfig(
  path: string,
  options: Omit<YamlConfigOptions, "file"> = {},
): Promise<StageConfig> {
  return parseStageConfig(await readConfigText(path), { ...options, file: path });
}
