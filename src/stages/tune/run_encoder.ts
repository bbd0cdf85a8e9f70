import { join } from "node:path";
import type { Encoder } from "../../encoders/encoder.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";
import type { RunConfig } from "../config/run_config.ts";
import { openTorchRunEncoder, TORCH_SPEC } from "../torch/run_encoder.ts";
import { TUNE_FILES } from "./experiment.ts";
import { openTunedUseLite, TUNED_SPEC } from "./export.ts";

/**
 * Opens the encoder of a run: the fine-tuned one in its folder, if it has one, else the one that its
 * config names.
 *
 * @throws {MicroLmError} Kind `missing` if the run's own encoder is gone; what `openEncoder` throws.
 */
export async function openRunEncoder(
  folder: string,
  { encoder, experiment, global }: RunConfig,
  openEncoder: OpenStageEncoder,
): Promise<Encoder> {
  if (encoder.spec === TUNED_SPEC) return await openTunedUseLite(join(folder, TUNE_FILES.encoder));
  if (encoder.spec === TORCH_SPEC) return await openTorchRunEncoder(folder, openEncoder);
  return await openEncoder(experiment.model_name, { maxLength: global.max_length });
}
