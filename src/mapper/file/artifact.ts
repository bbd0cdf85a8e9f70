import { z } from "zod";
import type { CalibratedMember, CalibratedModel } from "../calibrate/calibration.ts";
import type { Calibrator } from "../calibrate/calibrators.ts";
import { parseSealed, requireFinite, seal, sealOf, unseal } from "../../core/sealed_json.ts";
import type { LinearClassifier } from "../fit/linear_classifier.ts";
import { packArray, unpackArray } from "../../core/packed_arrays.ts";
import { PINNED_POINT, pinnedFault, type PinnedPoint } from "../pinned_point.ts";
import type { TrainedEncoder, TrainedMapper, TrainingFacts } from "../train.ts";

export type { PinnedPoint } from "../pinned_point.ts";

/** Names the format. */
const ARTIFACT_SCHEMA = "micro-lm/mapper@1";

/** A trained mapper with what was asked for when it was trained. */
export interface MapperArtifact extends TrainedMapper {
  /** Name of the domain whose slots masked the prompts. */
  readonly domain: string;
  /** The flags of the training. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** When to act, if that was decided. */
  readonly operating_point?: PinnedPoint;
  /** Hex sha256 over everything else in the file. */
  readonly sha256: string;
  /** The same without the operating point: names what decides, whatever point is pinned to it. */
  readonly core_sha256: string;
}

/** Parameters of {@linkcode serializeArtifact} beside the mapper. */
export type ArtifactFacts = Pick<MapperArtifact, "domain" | "flags" | "operating_point">;

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected a hex sha256");

const CALIBRATOR = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("isotonic"), x: z.string(), y: z.string() }),
  z.strictObject({ kind: z.literal("sigmoid"), a: z.number(), b: z.number() }),
]);

const ARTIFACT = z.strictObject({
  schema: z.literal(ARTIFACT_SCHEMA),
  kind: z.literal("calibrated-linear"),
  classes: z.array(z.string().min(1)).min(2),
  encoder: z.strictObject({
    spec: z.string(),
    fingerprint: hash,
    dims: count,
    runtime: z.enum(["wasm", "native"]).optional(),
    dtype: z.string().optional(),
    probe: z.strictObject({
      prompts: z.array(z.string()),
      probabilities: z.string(),
      dense: z.string(),
    }).optional(),
  }),
  classifier: z.strictObject({
    dense_columns: count,
    sparse_columns: z.string(),
    members: z.array(z.strictObject({ weights: z.string(), intercepts: z.string() })).min(1),
  }),
  calibration: z.strictObject({
    method: z.enum(["isotonic", "sigmoid", "temperature", "none"]),
    temperature: z.number().positive(),
    members: z.array(z.array(CALIBRATOR)),
  }),
  operating_point: z.strictObject(PINNED_POINT).optional(),
  training: z.looseObject({
    rows: count,
    label_counts: z.record(z.string(), count),
    data_sha256: hash,
    domain: z.string(),
    flags: z.record(z.string(), z.unknown()),
    known_columns: z.string(),
    overlap: z.strictObject({
      exact: z.base64(),
      template: z.base64(),
      vectors: z.base64(),
      labels: z.array(z.string()),
      two_words: z.record(z.string(), count),
      first_word: z.record(z.string(), count),
      majority: count,
    }),
  }),
  sha256: hash,
});

type ArtifactJson = z.infer<typeof ARTIFACT>;

/**
 * Writes a mapper as canonical JSON: equal mappers give equal bytes.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { serializeArtifact } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * const text = serializeArtifact(mapper, { domain: "defi", flags: {} });
 * assertEquals(JSON.parse(text).schema, "micro-lm/mapper@1");
 * ```
 */
export function serializeArtifact(
  mapper: TrainedMapper,
  { domain, flags, operating_point }: ArtifactFacts,
): string {
  const { model } = mapper;
  const [first] = model.members;
  const body = {
    schema: ARTIFACT_SCHEMA,
    kind: "calibrated-linear",
    classes: mapper.classes,
    encoder: packEncoder(mapper.encoder),
    classifier: {
      dense_columns: first!.classifier.denseColumns,
      sparse_columns: packArray(first!.classifier.sparseColumns),
      members: model.members.map(({ classifier }) => ({
        weights: packArray(classifier.weights),
        intercepts: packArray(classifier.intercepts),
      })),
    },
    calibration: {
      method: model.method,
      temperature: model.temperature,
      members: model.members.map(({ calibrators }) => calibrators.map(packCalibrator)),
    },
    ...(operating_point && { operating_point }),
    training: {
      ...mapper.training,
      known_columns: packArray(mapper.training.known_columns),
      domain,
      flags,
    },
  };
  return seal(body).text;
}

function packEncoder({ probe, ...encoder }: TrainedEncoder): unknown {
  if (!probe) return encoder;
  const { prompts, probabilities, dense } = probe;
  return {
    ...encoder,
    probe: { prompts, probabilities: packArray(probabilities), dense: packArray(dense) },
  };
}

function unpackEncoder({ classes, encoder, classifier }: ArtifactJson): TrainedEncoder {
  const { spec, fingerprint, dims, runtime, dtype, probe } = encoder;
  const base = { spec, fingerprint, dims, ...(runtime && { runtime }), ...(dtype && { dtype }) };
  if (!probe) return base;
  const { prompts } = probe;
  const probabilities = unpackArray(probe.probabilities, Float64Array);
  const dense = unpackArray(probe.dense, Float32Array);
  if (
    probabilities.length !== prompts.length * classes.length ||
    dense.length !== prompts.length * classifier.dense_columns
  ) {
    throw new Error("the probe of the encoder has another shape than the mapper");
  }
  return { ...base, probe: { prompts, probabilities, dense } };
}

function packCalibrator(calibrator: Calibrator): unknown {
  if (calibrator.kind === "sigmoid") return calibrator;
  return { ...calibrator, x: packArray(calibrator.x), y: packArray(calibrator.y) };
}

/**
 * Reads a mapper from its text and checks it: format, content hash, shapes, finiteness. Nothing of it
 * is executed.
 *
 * @throws {Error} Saying what is wrong, without the path.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { parseArtifact, serializeArtifact } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * const artifact = parseArtifact(serializeArtifact(mapper, { domain: "defi", flags: {} }));
 * assertEquals([artifact.domain, artifact.classes], ["defi", mapper.classes]);
 * ```
 */
export function parseArtifact(text: string): MapperArtifact {
  const json = parseSealed(text, ARTIFACT_SCHEMA);
  const parsed = ARTIFACT.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`${issue.message} at "${issue.path.join(".")}"`);
  }
  const { sha256 } = parsed.data;
  const { operating_point, ...core } = unseal(json as ArtifactJson);
  const core_sha256 = operating_point ? sealOf(core) : sha256;
  const pinned = parsed.data.operating_point as PinnedPoint | undefined;
  const fault = pinned && pinnedFault(pinned, core_sha256);
  if (fault) throw new Error(fault);
  const { training: { domain, flags, ...training } } = parsed.data;
  return {
    classes: parsed.data.classes,
    encoder: unpackEncoder(parsed.data),
    model: unpackModel(parsed.data),
    training: {
      ...training,
      known_columns: unpackColumns(training.known_columns),
    } as unknown as TrainingFacts,
    domain,
    flags,
    ...(pinned && { operating_point: pinned }),
    sha256,
    core_sha256,
  };
}

function unpackColumns(text: string): Uint32Array {
  const columns = unpackArray(text, Uint32Array);
  if (columns.some((column, i) => i > 0 && column <= columns[i - 1]!)) {
    throw new Error("the known columns do not ascend");
  }
  return columns;
}

function unpackModel({ classes, encoder, classifier, calibration }: ArtifactJson): CalibratedModel {
  const { method, temperature } = calibration;
  const sparseColumns = unpackArray(classifier.sparse_columns, Uint32Array);
  if (sparseColumns.some((column, i) => i > 0 && column <= sparseColumns[i - 1]!)) {
    throw new Error("the sparse columns do not ascend");
  }
  const last = sparseColumns.at(-1) ?? -1;
  if (classifier.dense_columns + last + 1 > encoder.dims) {
    throw new Error(`expected at most ${encoder.dims} columns, found more`);
  }
  const members = classifier.members.map(({ weights, intercepts }, i): CalibratedMember => {
    const unpacked: LinearClassifier = {
      classes: classes.length,
      denseColumns: classifier.dense_columns,
      sparseColumns,
      weights: unpackArray(weights, Float32Array),
      intercepts: unpackArray(intercepts, Float64Array),
    };
    const calibrators = (calibration.members[i] ?? []).map(unpackCalibrator);
    checkMember(unpacked, calibrators, method);
    return { classifier: unpacked, calibrators };
  });
  return { method, classes: classes.length, members, temperature };
}

function unpackCalibrator(json: z.infer<typeof CALIBRATOR>): Calibrator {
  if (json.kind === "sigmoid") return json;
  const x = unpackArray(json.x, Float64Array);
  const y = unpackArray(json.y, Float64Array);
  if (x.length === 0 || x.length !== y.length) {
    throw new Error(`a calibrator has ${x.length} scores and ${y.length} probabilities`);
  }
  requireFinite(x, "a calibrator's scores");
  requireFinite(y, "a calibrator's probabilities");
  return { kind: "isotonic", x, y };
}

function checkMember(
  { classes, denseColumns, sparseColumns, weights, intercepts }: LinearClassifier,
  calibrators: readonly Calibrator[],
  method: CalibratedModel["method"],
): void {
  const expected = (denseColumns + sparseColumns.length) * classes;
  if (weights.length !== expected) {
    throw new Error(`expected ${expected} weights, found ${weights.length}`);
  }
  if (intercepts.length !== classes) {
    throw new Error(`expected ${classes} intercepts, found ${intercepts.length}`);
  }
  const single = method === "none" || method === "temperature";
  const needed = single ? 0 : classes === 2 ? 1 : classes;
  if (calibrators.length !== needed || calibrators.some(({ kind }) => kind !== method)) {
    throw new Error(`expected ${needed} ${method} calibrators, found ${calibrators.length}`);
  }
  requireFinite(weights, "the weights");
  requireFinite(intercepts, "the intercepts");
}
