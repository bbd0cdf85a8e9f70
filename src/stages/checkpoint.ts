import { z } from "zod";
import { MicroLmError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/canonical_json.ts";
import { packArray, unpackArray } from "../core/packed_arrays.ts";
import type { HeadTrainingState } from "./head/training.ts";

const SCHEMA = "micro-lm/head-checkpoint@1";

const count = z.int().nonnegative();
const EVALUATION = z.strictObject({
  step: count,
  epoch: count,
  loss: z.number(),
  accuracy: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});

const CHECKPOINT = z.strictObject({
  schema: z.literal(SCHEMA),
  key: z.string(),
  step: count,
  weights: z.string(),
  mean: z.string(),
  square: z.string(),
  best: z.strictObject({ step: count, value: z.number(), weights: z.string() }),
  stopping: z.strictObject({ best: z.number().nullable(), waited: count }),
  pending: z.strictObject({ loss: z.number(), updates: count }),
  evaluations: z.array(EVALUATION),
  logs: z.array(z.strictObject({ step: count, loss: z.number(), learning_rate: z.number() })),
  sha256: z.string(),
});

/**
 * Writes the state of a training as canonical JSON with a hash.
 *
 * @param key Names the experiment, its settings and data: a checkpoint continues nothing else.
 */
export function serializeCheckpoint(state: HeadTrainingState, key: string): string {
  const body = {
    ...state,
    schema: SCHEMA,
    key,
    weights: packArray(state.weights),
    mean: packArray(state.mean),
    square: packArray(state.square),
    best: { ...state.best, weights: packArray(state.best.weights) },
  };
  return `${canonicalJson({ ...body, sha256: sha256Hex(canonicalJson(body)) })}\n`;
}

/**
 * Reads the state of a training; null if it is one of another experiment or of other settings.
 *
 * @throws {MicroLmError} Kind `data` if the file is damaged.
 */
export function parseCheckpoint(text: string, key: string, file: string): HeadTrainingState | null {
  const damaged = (reason: string, cause?: unknown) =>
    new MicroLmError("data", `Cannot continue from a damaged checkpoint: ${reason}`, {
      at: { file },
      hint: "Remove the file to train this run from its start",
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged("it is no JSON", error);
  }
  const parsed = CHECKPOINT.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(`${issue!.path.join(".")}: ${issue!.message}`, parsed.error);
  }
  const { sha256, ...body } = parsed.data;
  if (sha256Hex(canonicalJson(body)) !== sha256) throw damaged("its hash does not fit");
  if (body.key !== key) return null;
  const { schema: _schema, key: _key, ...state } = body;
  return {
    ...state,
    weights: unpackArray(body.weights, Float64Array),
    mean: unpackArray(body.mean, Float64Array),
    square: unpackArray(body.square, Float64Array),
    best: { ...body.best, weights: unpackArray(body.best.weights, Float64Array) },
  };
}
