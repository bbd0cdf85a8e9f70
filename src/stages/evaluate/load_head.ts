import { join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Features } from "../../core/matrix.ts";
import { readRunConfig, type RunConfig } from "../config/run_config.ts";
import { RUN_FILES } from "../experiment/experiment_folder.ts";
import { predictHead, probabilitiesOfTp } from "../head/head.ts";

/** A trained head, ready to predict. */
export interface LoadedHead {
  readonly used: RunConfig;
  /** p(TP) of each row. */
  readonly predict: (features: Features) => Float64Array;
}

/**
 * Loads the head of a run folder, or of a champion's.
 *
 * @throws {MicroLmError} Kind `missing` if a file is not there, `data` if the weights are not the run's.
 */
export async function loadHead(folder: string): Promise<LoadedHead> {
  const { headFromOnnx } = await import("../head/onnx.ts");
  const used = await readRunConfig(folder);
  const file = join(folder, RUN_FILES.weights);
  const bytes = await readWeights(file);
  if (sha256Hex(bytes) !== used.weights_sha256) {
    throw new MicroLmError("data", "The weights are not those that the run wrote", {
      at: { file },
    });
  }
  const head = headFromOnnx(bytes, file);
  return { used, predict: (features) => probabilitiesOfTp(predictHead(head, features).data) };
}

async function readWeights(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    throw new MicroLmError("missing", `Cannot read the weights "${file}"`, { cause });
  }
}
