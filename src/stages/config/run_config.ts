import { join } from "node:path";
import { z } from "zod";
import { RUN_FILES } from "../experiment/experiment_folder.ts";
import { parseYamlConfig } from "../../core/strict_yaml.ts";
import { readConfigText } from "../../core/text/config_text.ts";

/** What later steps read from a run's `config_used.yaml`. */
export interface RunConfig {
  readonly experiment: {
    readonly name: string;
    readonly base: string;
    readonly model_name: string;
    readonly learning_rate: number;
    readonly batch_size: number;
    readonly num_epochs: number;
    readonly weight_decay: number;
    readonly gradient_accumulation_steps: number;
    readonly seed: number;
  };
  readonly global: { readonly max_length: number; readonly text_field: string };
  readonly data: {
    readonly train: { readonly path: string; readonly sha256: string };
    readonly validation: { readonly path: string; readonly sha256: string };
  };
  readonly encoder: { readonly spec: string; readonly fingerprint: string };
  readonly weights_sha256: string;
}

const DATA = z.looseObject({ path: z.string(), sha256: z.string() });

const RUN_CONFIG = z.looseObject({
  experiment: z.looseObject({
    name: z.string(),
    base: z.string(),
    model_name: z.string(),
    learning_rate: z.number(),
    batch_size: z.number(),
    num_epochs: z.number(),
    weight_decay: z.number(),
    gradient_accumulation_steps: z.number(),
    seed: z.number(),
  }),
  global: z.looseObject({ max_length: z.number(), text_field: z.string() }),
  data: z.looseObject({ train: DATA, validation: DATA }),
  encoder: z.looseObject({ spec: z.string(), fingerprint: z.string() }),
  weights_sha256: z.string(),
});

/**
 * Reads `config_used.yaml` of a run folder.
 *
 * @throws {MicroLmError} Kind `missing` or `data`.
 */
export async function readRunConfig(folder: string): Promise<RunConfig> {
  const file = join(folder, RUN_FILES.config);
  return parseYamlConfig<RunConfig>(await readConfigText(file), RUN_CONFIG, { file });
}
