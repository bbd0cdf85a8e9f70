import { openTorchEngine, type StartTorchEngine, type TorchRequests } from "./engine.ts";
import { requireStart } from "./experiment.ts";
import { torchFolder } from "./run_encoder.ts";

/** Says which model PyTorch would train, without training it. */
export async function describeTorchModel(
  model: string,
  pooling: string,
  maxLength: number,
  start: StartTorchEngine | undefined,
): Promise<TorchRequests["describe"]["answer"]> {
  await using engine = openTorchEngine(requireStart(start));
  const folder = await torchFolder(model);
  return await engine.ask("describe", { model: folder, pooling, max_length: maxLength });
}

/**
 * Writes the encoder of a transformers model as a sentence-transformers model with weights in ONNX,
 * which is what an encoder's spec may name.
 *
 * @throws {MicroLmError} Kind `data` if it is no such model, `unavailable` if the worker dies.
 */
export async function exportTorchModel(
  model: string,
  folder: string,
  { pooling = "auto", maxLength = 512 }: {
    readonly pooling?: string;
    readonly maxLength?: number;
  },
  start: StartTorchEngine,
): Promise<TorchRequests["export"]["answer"]> {
  await using engine = openTorchEngine(start);
  const ask = { model: await torchFolder(model), pooling, max_length: maxLength, folder };
  return await engine.ask("export", ask);
}
