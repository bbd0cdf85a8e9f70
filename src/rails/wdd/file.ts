import { z } from "zod";
import { packArray, unpackArray } from "../../core/packed_arrays.ts";
import type { SigningKey } from "../../core/sign/keys.ts";
import type { FileCheck } from "../../core/input_file.ts";
import { writeSigned } from "../../core/sign/signature.ts";
import { readSealed, requireFinite, seal } from "../../core/sealed_json.ts";
import { packWarp, unpackWarp } from "../warp/warp.ts";
import type { EvidenceTrack } from "./evidence.ts";
import type { WddModel } from "./model.ts";
import { LIMITS } from "./shares.ts";

const SCHEMA = "micro-lm/wdd@2";
const count = z.number().int().nonnegative();
const FILE = z.strictObject({
  schema: z.literal(SCHEMA),
  primitives: z.array(z.string().min(1)).min(1),
  encoder: z.strictObject({
    spec: z.string(),
    fingerprint: z.string(),
    dims: count,
    dtype: z.enum(["fp32", "fp16", "int8", "q4"]).optional(),
    context: z.string().min(1).optional(),
  }),
  lexicon: z.record(
    z.string(),
    z.strictObject({ strong: z.array(z.string()), weak: z.array(z.string()) }),
  ).nullable(),
  slots: z.array(z.strictObject({ name: z.string(), words: z.array(z.string()) })),
  max_tokens: count,
  classes: z.array(z.string().min(1)).min(2),
  dense_columns: count,
  sparse_columns: z.string(),
  weights: z.string(),
  intercepts: z.string(),
  // Where evidence is contextual
  context: z.string().optional(),
  warp: z.unknown(),
  means: z.string(),
  background: z.strictObject({ tokens: z.string(), data: z.string() }),
  limits: z.string(),
  silent_share: z.number().gt(0).max(1),
  training: z.strictObject({ rows: count, data_sha256: z.string().nullable() }),
});

type File = z.infer<typeof FILE>;

function packWdd(model: WddModel): File {
  const { evidence, background } = model;
  const { classifier } = evidence;
  const data = background.flatMap((track) => [...track.data]);
  return {
    schema: SCHEMA,
    primitives: [...model.primitives],
    encoder: model.encoder as File["encoder"],
    lexicon: model.lexicon && Object.fromEntries(
      Object.entries(model.lexicon).map(([action, { strong, weak }]) => [
        action,
        { strong: [...strong], weak: [...weak] },
      ]),
    ),
    slots: model.slots.map(({ name, words }) => ({ name, words: [...words] })),
    max_tokens: model.maxTokens,
    classes: [...evidence.classes],
    dense_columns: classifier.denseColumns,
    sparse_columns: packArray(classifier.sparseColumns),
    weights: packArray(classifier.weights),
    intercepts: packArray(classifier.intercepts),
    ...(evidence.context && { context: packArray(evidence.context) }),
    warp: packWarp(model.warp),
    means: packArray(model.means),
    background: {
      tokens: packArray(Uint32Array.from(background, ({ tokens }) => tokens)),
      data: packArray(Float32Array.from(data)),
    },
    limits: packArray(model.limits),
    silent_share: model.silentShare,
    training: model.training,
  };
}

function unpackWdd(json: unknown): WddModel {
  const file = FILE.parse(json);
  const n = file.classes.length;
  const doubles = (text: string, length: number, what: string) => {
    const array = unpackArray(text, Float64Array);
    if (array.length !== length) {
      throw new Error(`expected ${length} numbers of ${what}, found ${array.length}`);
    }
    requireFinite(array, what);
    return array;
  };
  const sparseColumns = unpackArray(file.sparse_columns, Uint32Array);
  const weights = unpackArray(file.weights, Float32Array);
  if (weights.length !== (file.dense_columns + sparseColumns.length) * n) {
    throw new Error(`the evidence has ${weights.length} weights, which do not fit its columns`);
  }
  requireFinite(weights, "the evidence");
  const { context: around, ...encoder } = file.encoder;
  const context = file.context === undefined ? undefined : unpackArray(file.context, Float32Array);
  if ((context === undefined) !== (around === undefined)) {
    throw new Error(
      "evidence of words and the encoder of their context stand together or not at all",
    );
  }
  if (context) {
    requireFinite(context, "the evidence of words");
    if (context.length === 0 || context.length % n !== 0) {
      throw new Error(`expected rows of ${n} weights of words, found ${context.length} numbers`);
    }
  }
  const warp = unpackWarp(file.warp);
  if (warp.components.cols !== n) throw new Error(`the warp does not take ${n} classes`);
  return {
    primitives: file.primitives,
    encoder: {
      ...{ spec: encoder.spec, fingerprint: encoder.fingerprint, dims: encoder.dims },
      ...(encoder.dtype !== undefined && { dtype: encoder.dtype }),
      ...(around !== undefined && { context: around }),
    },
    lexicon: file.lexicon,
    slots: file.slots,
    maxTokens: file.max_tokens,
    evidence: {
      classes: file.classes,
      classifier: {
        classes: n,
        denseColumns: file.dense_columns,
        sparseColumns,
        weights,
        intercepts: doubles(file.intercepts, n, "intercepts"),
      },
      ...(context && { context }),
    },
    warp,
    means: doubles(file.means, n * n, "class means"),
    background: unpackTracks(file.background, n),
    limits: readLimits(file.limits),
    silentShare: file.silent_share,
    training: file.training,
  };
}

function readLimits(text: string): Float64Array {
  const limits = unpackArray(text, Float64Array);
  requireFinite(limits, "the limits of shares");
  if (limits.length === LIMITS && limits.every((x, i) => i === 0 || x >= limits[i - 1]!)) {
    return limits;
  }
  throw new Error(`expected ${LIMITS} rising limits of shares, found ${limits.length}`);
}

function unpackTracks(packed: File["background"], classes: number): EvidenceTrack[] {
  const data = unpackArray(packed.data, Float32Array);
  requireFinite(data, "the background");
  let at = 0;
  const tracks = [...unpackArray(packed.tokens, Uint32Array)].map((tokens): EvidenceTrack => {
    const bins = Math.max(0, 2 * tokens - 1);
    const from = at;
    at += bins * classes;
    return { tokens, bins, classes, data: Float64Array.from(data.subarray(from, at)) };
  });
  if (at !== data.length) throw new Error(`the background has ${data.length} numbers, not ${at}`);
  return tracks;
}

/**
 * The sha256 that a file of this model carries: equal models have equal hashes.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, hashWdd } from "micro-lm/rails";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * assertEquals(hashWdd(model), hashWdd({ ...model }));
 * assertNotEquals(hashWdd(model), hashWdd({ ...model, maxTokens: 2 }));
 * ```
 */
export function hashWdd(model: WddModel): string {
  return READ.get(model) ?? seal(packWdd(model)).sha256;
}

/** Hashes of models that were read: writing them again only to hash them takes as long as the reading. */
const READ = new WeakMap<WddModel, string>();

/**
 * Writes a WDD model as canonical JSON with a content hash.
 *
 * @throws {MicroLmError} Kind `write` or `permission`.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, hashWdd, saveWdd } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * await saveWdd(".artifacts/doc_save_wdd.json", model);
 * const { sha256 } = JSON.parse(await Deno.readTextFile(".artifacts/doc_save_wdd.json"));
 * await Deno.remove(".artifacts/doc_save_wdd.json");
 * assertEquals(sha256, hashWdd(model));
 * ```
 */
export async function saveWdd(path: string, model: WddModel, key?: SigningKey): Promise<void> {
  await writeSigned(path, seal(packWdd(model)).text, key);
}

/**
 * Reads a WDD model file and checks its hash, shapes and numbers.
 *
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` if it is none or was changed.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, hashWdd, loadWdd, saveWdd } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * await saveWdd(".artifacts/doc_load_wdd.json", model);
 * const loaded = await loadWdd(".artifacts/doc_load_wdd.json");
 * await Deno.remove(".artifacts/doc_load_wdd.json");
 * assertEquals(hashWdd(loaded), hashWdd(model));
 * ```
 */
export async function loadWdd(path: string, check?: FileCheck): Promise<WddModel> {
  return await readSealed(path, "WDD model", SCHEMA, (body, sha256) => {
    const model = unpackWdd(body);
    READ.set(model, sha256);
    return model;
  }, check);
}
