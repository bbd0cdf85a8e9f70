import { parse } from "yaml";
import { MicroLmError } from "../../core/errors.ts";
import type { Experiment } from "./expand.ts";
import type { StageConfig } from "./stage_config.ts";

/** Tokens that the encoders of the reference read: what our encoders read follows from themselves. */
const USUAL_LENGTH = 512;

/** Keys that are read so that reference configs parse. */
const ACCEPTED = ["global.save_steps", "global.dataloader_pin_memory", "output.naming_pattern"];

/**
 * Lists the options of a config that change nothing in its experiments, as paths.
 *
 * @param text The config: defaults are nobody's wish.
 * @throws {MicroLmError} Kind `data` for an option that would change results if it worked: another
 * `max_length` than 512 where PyTorch does not train.
 *
 * @example
 * ```ts
 * import { expandExperiments, parseStageConfig, unusedOptions } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `
 * global: { fp16: true }
 * experiments:
 *   lite:
 *     model_name: lite
 *     hyperparameters: { learning_rates: [1e-2], batch_sizes: [8], num_epochs: [3] }
 *     gradient_checkpointing: true
 * `;
 * const config = parseStageConfig(text);
 * assertEquals(unusedOptions(text, config, expandExperiments(config)), [
 *   "global.fp16",
 *   "experiments.lite.gradient_checkpointing",
 * ]);
 * ```
 */
export function unusedOptions(
  text: string,
  { global }: Pick<StageConfig, "global">,
  experiments: readonly Experiment[],
): string[] {
  const others = experiments.filter(({ engine }) => engine !== "torch");
  if (global.max_length !== USUAL_LENGTH && others.length > 0) {
    throw new MicroLmError("data", `Cannot keep to global.max_length ${global.max_length}`, {
      hint:
        "Encoders read as many tokens as their own files say, ours whole texts; leave it out, or " +
        "train with `engine: torch`",
    });
  }
  const given = parse(text) as Readonly<Record<string, unknown>>;
  const heads = others.filter(({ tune }) => tune === "head");
  const checkpointed = new Set(
    heads.filter(({ gradientCheckpointing }) => gradientCheckpointing).map(({ base }) => base),
  );
  return [
    ...ACCEPTED.filter((path) => valueAt(given, path) !== undefined),
    // Half precision is for encoders that are tuned.
    ...(valueAt(given, "global.fp16") === true && heads.length === experiments.length
      ? ["global.fp16"]
      : []),
    ...(valueAt(given, "global.bf16") === true && others.length === experiments.length
      ? ["global.bf16"]
      : []),
    ...[...new Set(others.map(({ base }) => base))]
      .map((base) => `experiments.${base}.pooling`)
      .filter((path) => valueAt(given, path) !== undefined),
    ...[...checkpointed].map((base) => `experiments.${base}.gradient_checkpointing`),
  ];
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[key],
    value,
  );
}
