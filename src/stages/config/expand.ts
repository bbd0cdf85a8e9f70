import { closest } from "../../core/text/edits.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { HeadConfig, StageConfig, StagePooling } from "./stage_config.ts";

/** One training run to be done. */
export interface Experiment {
  /** `<base>_lr<lr>_bs<b>_ep<e>[_wd<w>][_acc<g>][_seed<s>]`. */
  readonly name: string;
  /** Key of the config that it comes from. */
  readonly base: string;
  /** An encoder spec, a folder or a hub id. */
  readonly model: string;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Default: 0.01. */
  readonly weightDecay: number;
  /** Batches an update. Default: 1. */
  readonly accumulation: number;
  /** Default: the config's. */
  readonly seed: number;
  readonly gradientCheckpointing: boolean;
  readonly tune: "head" | "last_layer" | "full";
  readonly head: HeadConfig;
  /** Where PyTorch trains: that, and how it pools. */
  readonly engine?: "torch";
  readonly pooling?: StagePooling;
}

/** Options of {@linkcode expandExperiments}. */
export interface ExpandExperimentsOptions {
  /** Keeps experiments whose base name contains one of these texts, separated by commas. */
  readonly filter?: string;
  /** Drops experiments whose base name contains one of these texts. */
  readonly exclude?: string;
  /** Keeps the first ones. Default: all. */
  readonly maxExperiments?: number;
  /** Keeps those with these names, for example the share of one worker. Default: all. */
  readonly only?: readonly string[];
}

const WEIGHT_DECAY = 0.01;

/**
 * Lists the experiments of a config: all combinations of learning rate, batch size, epochs, weight
 * decay, accumulation and seed, the last varying fastest.
 *
 * Learning rates are named in their shortest exponent form, however the file spells them: `2e-5`,
 * `1.5e-5`.
 *
 * @throws {MicroLmError} Kind `usage` if a filter leaves nothing or a name is unknown; `data` if two
 * experiments have the same name.
 *
 * @example
 * ```ts
 * import { expandExperiments, parseStageConfig } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseStageConfig(`
 * experiments:
 *   lite:
 *     model_name: lite
 *     hyperparameters: { learning_rates: [0.00002, 1.5e-05], batch_sizes: [8], num_epochs: [3] }
 * `);
 * assertEquals(
 *   expandExperiments(config).map(({ name }) => name),
 *   ["lite_lr2e-5_bs8_ep3", "lite_lr1.5e-5_bs8_ep3"],
 * );
 * ```
 */
export function expandExperiments(
  config: StageConfig,
  { filter, exclude, maxExperiments = Infinity, only }: ExpandExperimentsOptions = {},
): Experiment[] {
  const bases = Object.keys(config.experiments);
  const kept = bases.filter((base) =>
    (filter === undefined || matchesAny(base, filter)) &&
    (exclude === undefined || !matchesAny(base, exclude))
  );
  if (kept.length === 0) {
    throw new MicroLmError("usage", "No experiment is left after --filter and --exclude", {
      hint: `Known: ${bases.join(", ")}`,
    });
  }
  const experiments = kept.flatMap((base) => expandOne(config, base));
  const names = new Set<string>();
  for (const { name } of experiments) {
    if (names.has(name)) {
      throw new MicroLmError("data", `Two experiments have the name "${name}"`, {
        hint: "Remove the value that a list of hyperparameters holds twice",
      });
    }
    names.add(name);
  }
  const unknown = only?.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new MicroLmError("usage", `There is no experiment "${unknown}"`, {
      hint: `Did you mean "${closest(unknown, [...names])}"?`,
    });
  }
  return experiments.slice(0, maxExperiments).filter(({ name }) => only?.includes(name) ?? true);
}

/** Whether a name contains one of the texts of a comma-separated list. */
export function matchesAny(name: string, patterns: string): boolean {
  return patterns.split(",").map((part) => part.trim()).some((part) =>
    part !== "" && name.includes(part)
  );
}

function expandOne({ experiments, global }: StageConfig, base: string): Experiment[] {
  const { model_name, hyperparameters: lists, head, ...rest } = experiments[base]!;
  const isTorch = (rest.engine ?? global.engine) === "torch";
  const common = {
    base,
    model: model_name,
    gradientCheckpointing: rest.gradient_checkpointing,
    tune: rest.tune ?? (isTorch ? "full" as const : "head" as const),
    head: head ?? global.head,
    ...(isTorch ? { engine: "torch" as const, pooling: rest.pooling ?? "auto" } : {}),
  };
  const out: Experiment[] = [];
  for (const learningRate of lists.learning_rates) {
    for (const batchSize of lists.batch_sizes) {
      for (const epochs of lists.num_epochs) {
        for (const decay of lists.weight_decay ?? [undefined]) {
          for (const accumulation of lists.gradient_accumulation_steps ?? [undefined]) {
            for (const seed of lists.seeds ?? [undefined]) {
              const rate = `lr${formatLearningRate(learningRate)}`;
              const parts = [base, rate, `bs${batchSize}`, `ep${epochs}`];
              if (decay !== undefined) parts.push(`wd${decay}`);
              if (accumulation !== undefined) parts.push(`acc${accumulation}`);
              if (seed !== undefined) parts.push(`seed${seed}`);
              out.push({
                name: parts.join("_"),
                ...common,
                learningRate,
                batchSize,
                epochs,
                weightDecay: decay ?? WEIGHT_DECAY,
                accumulation: accumulation ?? 1,
                seed: seed ?? global.seed,
              });
            }
          }
        }
      }
    }
  }
  return out;
}

/** The shortest exponent form: 2e-5, 1.5e-5, 1e-2. */
function formatLearningRate(rate: number): string {
  return rate.toExponential();
}
