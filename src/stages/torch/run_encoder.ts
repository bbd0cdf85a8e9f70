import { join, resolve } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";

/** Folder of the tuned encoder in a run's folder. */
export const TORCH_ENCODER = "encoder";

/** What the encoder of such a run is called. */
export const TORCH_SPEC = "torch-tuned";

/**
 * Opens the encoder that PyTorch tuned in a run.
 *
 * @param open Opens folders with sentence-transformers models. Default: in WebAssembly.
 * @throws {MicroLmError} Kind `missing` if it is gone, `data` if it is damaged.
 */
export async function openTorchRunEncoder(
  run: string,
  open?: OpenStageEncoder,
): Promise<Encoder> {
  const folder = resolve(join(run, TORCH_ENCODER));
  if (open) return renamed(await open(`[${folder}]`, { maxLength: 512 }));
  const { openSentenceTransformer } = await import(
    "../../encoders/sentence_transformer/encoder.ts"
  );
  return await openSentenceTransformer(folder, { spec: TORCH_SPEC });
}

/** The same encoder under the name that a run's config has: where the run stands says nothing. */
function renamed(encoder: Encoder): Encoder {
  const { fingerprint, dims, runtime, dtype } = encoder;
  return {
    spec: TORCH_SPEC,
    fingerprint,
    dims,
    ...(runtime === undefined ? {} : { runtime }),
    ...(dtype === undefined ? {} : { dtype }),
    encode: (texts, options) => encoder.encode(texts, options),
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}

/** Files of weights that PyTorch reads: what was pulled for ONNX Runtime alone has none. */
const WEIGHTS = /^(model|pytorch_model)(-\d+-of-\d+)?\.(safetensors|bin)$/;

/** A model as the worker finds it: a folder, a pulled model's folder, or a name for its own cache. */
export async function torchFolder(model: string): Promise<string> {
  const isFolder = await Deno.stat(model).then((info) => info.isDirectory, () => false);
  if (isFolder || !/^[^/]+\/[^/]+$/.test(model)) return model;
  const { resolveModel } = await import("../../encoders/hub/model_store.ts");
  try {
    const folder = await resolveModel(model, {});
    for await (const { name } of Deno.readDir(folder)) if (WEIGHTS.test(name)) return folder;
    return model;
  } catch (error) {
    if (error instanceof MicroLmError && error.kind === "missing") return model;
    throw error;
  }
}
