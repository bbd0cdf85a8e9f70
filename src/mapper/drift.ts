import type { Encoder } from "../encoders/encoder.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Features, Matrix } from "../core/matrix.ts";
import type { TrainedEncoder } from "./train.ts";

/** How far the results of one engine are from those of the training, over some training prompts. */
export interface RuntimeDrift {
  /** Engine and number type of the training and of now: `wasm fp32`. */
  readonly trained: string;
  readonly opened: string;
  /** Training prompts that were compared. */
  readonly prompts: number;
  /** Largest difference of a vector component; vectors have length one. */
  readonly maxVectorDifference: number;
  /** Largest difference of a probability. */
  readonly maxProbabilityDifference: number;
  /** Prompts whose most probable class is another one. */
  readonly changedDecisions: number;
}

/**
 * Compares the encoder of a training with the one that was opened for it.
 *
 * @returns Whether they are the same encoder in another engine or number type, which was allowed.
 * @throws {MicroLmError} Kind `data` if they differ and that was not allowed.
 */
export function checkEncoder(
  trained: TrainedEncoder,
  opened: Encoder,
  name: string,
  { allowRuntimeDrift = false }: { readonly allowRuntimeDrift?: boolean },
): boolean {
  const before = engineOf(trained);
  const now = engineOf(opened);
  if (before === now) {
    if (trained.fingerprint === opened.fingerprint) return false;
    throw otherEncoder(trained, opened, name);
  }
  if (allowRuntimeDrift && trained.probe && trained.dims === opened.dims) return true;
  const task = trained.runtime === "native" ? "the :native task" : "--runtime wasm";
  throw new MicroLmError(
    "data",
    `Mapper "${name}" was trained with ${before}, this is ${now}: results may differ`,
    {
      hint: `Use ${task}${trained.dtype ? ` with --dtype ${trained.dtype}` : ""}, ` +
        "or measure the difference and go on with --allow_runtime_drift",
    },
  );
}

function engineOf({ runtime, dtype }: Pick<Encoder, "runtime" | "dtype">): string {
  return [runtime ?? "no engine", dtype].filter(Boolean).join(" ");
}

function otherEncoder(trained: TrainedEncoder, opened: Encoder, name: string): MicroLmError {
  const expected = trained.fingerprint.slice(0, 12);
  const found = opened.fingerprint.slice(0, 12);
  return new MicroLmError(
    "data",
    `Mapper "${name}" was trained with encoder "${trained.spec}" (${expected}), ` +
      `this one is "${opened.spec}" (${found})`,
    { hint: "The vectors differ: train the mapper again with this version" },
  );
}

/** Encodes and maps the prompts of the probe anew and compares with what the training saw. */
export async function measureDrift(
  trained: TrainedEncoder,
  opened: Encoder,
  predict: (features: Features) => Matrix<Float64Array>,
): Promise<RuntimeDrift> {
  const { prompts, probabilities, dense } = trained.probe!;
  const features = await opened.encode(prompts);
  const found = predict(features);
  const classes = found.cols;
  const best = (values: Float64Array, row: number) => {
    const some = values.subarray(row * classes, (row + 1) * classes);
    return some.indexOf(Math.max(...some));
  };
  return {
    trained: engineOf(trained),
    opened: engineOf(opened),
    prompts: prompts.length,
    maxVectorDifference: largestDifference(dense, features.dense?.data ?? new Float32Array()),
    maxProbabilityDifference: largestDifference(probabilities, found.data),
    changedDecisions:
      prompts.filter((_, row) => best(probabilities, row) !== best(found.data, row)).length,
  };
}

function largestDifference(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
