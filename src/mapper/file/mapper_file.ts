import { sha256Hex } from "../../core/hash.ts";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { type FileCheck, readWholeBytes } from "../../core/input_file.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import { openEncoder, type OpenEncoderOptions } from "../../encoders/open.ts";
import type { ModelDtype } from "../../encoders/sentence_transformer/onnx.ts";
import { ABSTAIN_CLASS } from "../../core/abstain_class.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { Features, Matrix } from "../../core/matrix.ts";
import {
  type ArtifactFacts,
  type MapperArtifact,
  readArtifact,
  serializeArtifact,
} from "./artifact.ts";
import { createBlankFinder } from "../calibrate/blank_rows.ts";
import { createOrderScorer, createPredictor } from "../calibrate/predictor.ts";
import { checkEncoder, measureDrift, type RuntimeDrift } from "../drift.ts";
import type { Mapper, PredictOptions } from "../mapper.ts";
import { createNoveltyMeter } from "../novelty.ts";
import { createLeadMeter, scoreOos } from "../out_of_scope/score.ts";
import type { TrainedMapper } from "../train.ts";

/** Rows that are encoded at a time: bounds memory and paces the progress bar. */
const BATCH = 512;

/**
 * Writes a mapper to a file, whole or not at all.
 *
 * @throws {MicroLmError} Kind `write` or `permission`.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, saveMapper, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { assert } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * await saveMapper(".artifacts/example-save.json", mapper, { domain: "defi", flags: {} });
 * assert((await Deno.stat(".artifacts/example-save.json")).size > 1000);
 * await Deno.remove(".artifacts/example-save.json");
 * ```
 */
export async function saveMapper(
  path: string,
  mapper: TrainedMapper,
  about: ArtifactFacts,
): Promise<void> {
  await writeFileAtomic(path, serializeArtifact(mapper, about));
}

/**
 * Reads a mapper file and checks it; nothing in it is executed.
 *
 * @param check Sees the bytes before anything in them is believed. Default: none.
 * @throws {MicroLmError} Kind `missing` if there is no file, `data` if it is no mapper of ours: a Python
 * pickle, a truncated or changed file, one with wrong shapes or numbers that are not finite.
 *
 * @example
 * ```ts
 * import { loadMapper, openEncoder, readLabeledCsv, saveMapper, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * await saveMapper(".artifacts/example-load.json", mapper, { domain: "defi", flags: {} });
 * assertEquals((await loadMapper(".artifacts/example-load.json")).classes, mapper.classes);
 * await Deno.remove(".artifacts/example-load.json");
 * ```
 */
export async function loadMapper(path: string, check?: FileCheck): Promise<MapperArtifact> {
  const bytes = await readWholeBytes(path).catch((error: MicroLmError) => {
    if (error.kind !== "missing") throw error;
    throw new MicroLmError("missing", error.message, {
      hint: "Train one: deno task train --labels_csv FILE --out_path MAPPER",
    });
  });
  await check?.(path, bytes);
  refusePickle(bytes, path);
  try {
    return readArtifact(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Cannot load mapper "${path}": ${reason}`, {
      hint: "Train it again with deno task train, or restore the file",
      cause,
    });
  }
}

/** Pickles begin with the opcode PROTO and their version, compressed ones with zlib's or gzip's mark. */
function refusePickle(bytes: Uint8Array, path: string): void {
  const [first, second] = bytes;
  const pickle = first === 0x80 && second !== undefined && second >= 2 && second <= 5;
  const compressed = (first === 0x78 && (second === 0x9c || second === 0xda || second === 0x01)) ||
    (first === 0x1f && second === 0x8b);
  if (!pickle && !compressed) return;
  const what = pickle ? "a Python pickle" : "compressed data, as joblib writes pickles";
  throw new MicroLmError("data", `Cannot load mapper "${path}": it is ${what}`, {
    hint: "Loading a pickle runs whatever code it holds, so it is refused. " +
      "Train a mapper from the CSV with deno task train",
  });
}

/** Options of {@linkcode openMapper}. */
export interface OpenMapperOptions extends Omit<OpenEncoderOptions, "dtype"> {
  /** Number type of the encoder's weights. Default: that of the training. */
  readonly dtype?: ModelDtype;
  /** Accept an engine or number type other than the training's. Default: refuse it. */
  readonly allowRuntimeDrift?: boolean;
  /** Is told how far another engine's results are from those of the training. */
  readonly onDrift?: (drift: RuntimeDrift) => void;
}

/**
 * Opens a mapper for prediction: loads the file and the encoder that it was trained with.
 *
 * @throws {MicroLmError} As {@linkcode loadMapper} and {@linkcode openEncoder}; kind `data` if the
 * encoder is not the one of the training, or runs in another engine and `allowRuntimeDrift` is not set.
 *
 * @example
 * ```ts
 * import { openEncoder, openMapper, readLabeledCsv, saveMapper, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * await saveMapper(".artifacts/example-open.json", mapper, { domain: "defi", flags: {} });
 * await using opened = await openMapper(".artifacts/example-open.json");
 * const { rows, cols } = await opened.predictProbabilities(["deposit 2 ETH into aave"]);
 * assertEquals([rows, cols], [1, mapper.classes.length]);
 * await Deno.remove(".artifacts/example-open.json");
 * ```
 */
export async function openMapper(path: string, options: OpenMapperOptions = {}): Promise<Mapper> {
  return await openArtifact(await loadMapper(path), path, options);
}

/**
 * Opens a mapper that is already in memory; see {@linkcode openMapper}.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { openArtifact, parseArtifact, serializeArtifact } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * const artifact = parseArtifact(serializeArtifact(mapper, { domain: "defi", flags: {} }));
 * await using opened = await openArtifact(artifact, "example");
 * assertEquals(opened.classes, mapper.classes);
 * ```
 */
export async function openArtifact(
  artifact: MapperArtifact,
  name: string,
  options: OpenMapperOptions = {},
): Promise<Mapper> {
  const encoder = await openTrainedEncoder(artifact, options);
  const predict = createPredictor(artifact.model);
  try {
    if (checkEncoder(artifact.encoder, encoder, name, options)) {
      options.onDrift?.(await measureDrift(artifact.encoder, encoder, predict));
    }
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
  return createMapper(artifact, encoder, predict);
}

/**
 * Puts a trained mapper to work that was not written. The encoder stays the caller's: disposing the
 * mapper does not dispose it.
 */
export function openTrained(mapper: TrainedMapper, encoder: Encoder): Mapper {
  const sha256 = sha256Hex(serializeArtifact(mapper, { domain: "generic", flags: {} }));
  const named = { ...mapper, sha256, core_sha256: sha256 };
  return {
    ...createMapper(named, encoder, createPredictor(mapper.model)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function openTrainedEncoder(
  { encoder: { spec, dtype } }: MapperArtifact,
  options: OpenMapperOptions,
): Promise<Encoder> {
  const chosen = options.dtype ?? (dtype?.split("+")[0] as ModelDtype | undefined);
  return await openEncoder(spec, { ...options, ...(chosen && { dtype: chosen }) });
}

function createMapper(
  { classes, sha256, core_sha256, training, model, order, oos }: Pick<
    MapperArtifact,
    "classes" | "sha256" | "core_sha256" | "training" | "model" | "order" | "oos"
  >,
  encoder: Encoder,
  predict: (features: Features) => Matrix<Float64Array>,
): Mapper {
  const findBlank = createBlankFinder(encoder);
  const scoreOrders = order && createOrderScorer(order);
  const measureNovelty = createNoveltyMeter(training.known_columns);
  const measureLead = oos && createLeadMeter(model, classes.indexOf(ABSTAIN_CLASS));
  /** Encodes texts batch by batch and says which of a batch are blank. */
  const eachBatch = async (
    texts: readonly string[],
    { signal, onProgress }: PredictOptions,
    take: (features: Features, from: number, blank: Uint8Array) => void,
  ) => {
    for (let from = 0; from < texts.length; from += BATCH) {
      signal?.throwIfAborted();
      const batch = texts.slice(from, from + BATCH);
      const features = await encoder.encode(batch, {
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (done) => onProgress(from + done, texts.length) }),
      });
      take(features, from, await findBlank(features, batch));
    }
  };
  const ordersOf = (features: Features, blank: Uint8Array) =>
    scoreOrders!(features).map((score, i) => blank[i] ? 0 : score);
  /** Of texts whose leads are known. */
  const oosOf = async (
    texts: readonly string[],
    lead: Float64Array,
    { signal }: PredictOptions,
  ): Promise<Float64Array> => {
    const novelty = await measureNovelty(texts, signal ? { signal } : {});
    return scoreOos(oos!, { lead, novelty });
  };
  return {
    classes,
    source: { backend: "sbert", encoder: encoder.spec, sha256 },
    coreSha256: core_sha256,
    predictProbabilities: async (texts, options = {}) => {
      const data = new Float64Array(texts.length * classes.length);
      const lead = new Float64Array(texts.length);
      await eachBatch(texts, options, (features, from, blank) => {
        options.onFeatures?.(features, from);
        if (scoreOrders) options.onOrder?.(ordersOf(features, blank), from);
        data.set(predict(features).data, from * classes.length);
        if (options.onOos && measureLead) lead.set(measureLead(features), from);
        blank.forEach((isBlank, i) => {
          if (isBlank) data.fill(0, (from + i) * classes.length, (from + i + 1) * classes.length);
        });
      });
      if (measureLead) options.onOos?.(await oosOf(texts, lead, options));
      return { data, rows: texts.length, cols: classes.length };
    },
    measureNovelty,
    ...(training.order_groups !== undefined && { orderGroups: training.order_groups }),
    ...(scoreOrders && {
      measureOrder: async (texts: readonly string[], options: PredictOptions = {}) => {
        const scores = new Float64Array(texts.length);
        await eachBatch(texts, options, (features, from, blank) => {
          scores.set(ordersOf(features, blank), from);
        });
        return scores;
      },
    }),
    ...(measureLead && {
      measureOos: async (texts: readonly string[], options: PredictOptions = {}) => {
        const lead = new Float64Array(texts.length);
        await eachBatch(texts, options, (features, from) => lead.set(measureLead(features), from));
        return await oosOf(texts, lead, options);
      },
    }),
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}
