import { z } from "zod";
import { openSealed, seal } from "../../core/sealed_json.ts";
import { isBase64, packArray, packAscending, unpackArray } from "../../core/packed_arrays.ts";
import { PINNED_POINT, pinnedFault, type PinnedPoint } from "../pinned_point.ts";
import {
  isOfForm,
  type ModelForm,
  PACKED_MODEL,
  packModel,
  unpackColumns,
  unpackModel,
} from "./packed_model.ts";
import type { TrainedEncoder, TrainedMapper, TrainingFacts } from "../train.ts";

export type { PinnedPoint } from "../pinned_point.ts";

/**
 * Names the format: the first without an order head, the second with one, the third with an out-of-scope
 * score, all with weights in float32; the fourth and the fifth with weights in steps, the fifth with columns
 * packed as well. A file keeps its format, and with it its hash, when a point is pinned to it.
 */
const SCHEMAS = [
  "micro-lm/mapper@1",
  "micro-lm/mapper@2",
  "micro-lm/mapper@3",
  "micro-lm/mapper@4",
  "micro-lm/mapper@5",
] as const;

type Schema = typeof SCHEMAS[number];
const NEWEST: Schema = "micro-lm/mapper@5";

function formOf(schema: Schema): ModelForm {
  return schema === NEWEST ? "steps" : schema === "micro-lm/mapper@4" ? "row steps" : "singles";
}

/** A trained mapper with what was asked for when it was trained. */
export interface MapperArtifact extends TrainedMapper {
  /** Name of the domain whose slots masked the prompts. */
  readonly domain: string;
  /** The flags of the training. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Labels of the training data beside those of the domain, by action; null for none of them. */
  readonly ownLabels?: Readonly<Record<string, string | null>>;
  /** When to act, if that was decided. */
  readonly operating_point?: PinnedPoint;
  /** Format of the file that it was read from, which it keeps. Default: the newest. */
  readonly schema?: Schema;
  /** Hex sha256 over everything else in the file. */
  readonly sha256: string;
  /** The same without the operating point: names what decides, whatever point is pinned to it. */
  readonly core_sha256: string;
}

/** Parameters of {@linkcode serializeArtifact} beside the mapper. */
export type ArtifactFacts = Pick<
  MapperArtifact,
  "domain" | "flags" | "ownLabels" | "operating_point" | "schema"
>;

const count = z.number().int().nonnegative();
/** Not a record of numbers: to try ten thousand names one by one takes longer than all that is unpacked. */
const counts = z.custom<Record<string, number>>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((one) => Number.isSafeInteger(one) && one >= 0),
  "expected a whole number for each name",
);
/** Not `z.base64()`, which decodes into a text: to check a megabyte of it takes longer than to unpack the model. */
const base64 = z.custom<string>(
  (value) => typeof value === "string" && isBase64(value),
  "Invalid base64-encoded string",
);
const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected a hex sha256");

const ARTIFACT = z.strictObject({
  schema: z.enum(SCHEMAS),
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
  operating_point: z.strictObject(PINNED_POINT).optional(),
  ...PACKED_MODEL,
  order: z.strictObject(PACKED_MODEL).optional(),
  out_of_scope: z.strictObject({
    intercept: z.number(),
    confidence: z.number().max(0),
    novelty: z.number().min(0),
  }).optional(),
  training: z.looseObject({
    rows: count,
    label_counts: counts,
    data_sha256: hash,
    domain: z.string(),
    flags: z.record(z.string(), z.unknown()),
    own_labels: z.record(z.string().min(1), z.string().min(1).nullable()).optional(),
    known_columns: z.string(),
    order_groups: count.optional(),
    overlap: z.strictObject({
      exact: base64,
      template: base64,
      vectors: base64,
      labels: z.array(z.string()),
      two_words: counts,
      first_word: counts,
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
 * assertEquals(JSON.parse(text).schema, "micro-lm/mapper@5");
 * ```
 */
export function serializeArtifact(
  mapper: TrainedMapper,
  { domain, flags, ownLabels, operating_point, schema = NEWEST }: ArtifactFacts,
): string {
  const { order, oos } = mapper;
  const form = formOf(schema);
  const body = {
    schema,
    kind: "calibrated-linear",
    classes: mapper.classes,
    encoder: packEncoder(mapper.encoder),
    ...packModel(mapper.model, form),
    ...(order && { order: packModel(order, form) }),
    ...(oos && { out_of_scope: oos }),
    ...(operating_point && { operating_point }),
    training: {
      ...mapper.training,
      known_columns: (form === "steps" ? packAscending : packArray)(mapper.training.known_columns),
      domain,
      flags,
      ...(ownLabels && { own_labels: ownLabels }),
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
  return readArtifact(new TextEncoder().encode(text));
}

/** The same from the bytes of its text, which is faster where they are at hand. */
export function readArtifact(bytes: Uint8Array<ArrayBuffer>): MapperArtifact {
  const sealed = openSealed(bytes, ...SCHEMAS);
  const { sha256 } = sealed;
  // A parser that is compiled first pays for many files, not for one.
  const parsed = ARTIFACT.safeParse({ ...sealed.body, sha256 }, { jitless: true });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`${issue.message} at "${issue.path.join(".")}"`);
  }
  const pinned = parsed.data.operating_point as PinnedPoint | undefined;
  const core_sha256 = pinned ? sealed.sealWithout("operating_point") : sha256;
  const fault = pinned && pinnedFault(pinned, core_sha256);
  if (fault) throw new Error(fault);
  const { schema, classes, encoder, order, out_of_scope: oos } = parsed.data;
  const { domain, flags, own_labels, ...training } = parsed.data.training;
  checkParts(parsed.data);
  const form = formOf(schema);
  const known = unpackColumns(training.known_columns, form, "the known columns");
  return {
    classes,
    encoder: unpackEncoder(parsed.data),
    model: unpackModel(parsed.data, classes.length, encoder.dims, form),
    ...(order && { order: unpackModel(order, 2, encoder.dims, form) }),
    ...(oos && { oos }),
    training: { ...training, known_columns: known } as unknown as TrainingFacts,
    domain,
    flags,
    ...(own_labels && { ownLabels: own_labels }),
    ...(pinned && { operating_point: pinned }),
    ...(schema !== NEWEST && { schema }),
    sha256,
    core_sha256,
  };
}

/** Whether the parts are those that the name of the format says. */
function checkParts(packed: ArtifactJson): void {
  const { schema, order, out_of_scope: oos } = packed;
  const form = formOf(schema);
  if (!isOfForm(packed, form) || (order && !isOfForm(order, form))) {
    throw new Error(`"${schema}" does not go with weights and columns packed like this`);
  }
  if (form !== "singles") return;
  if ((oos !== undefined) !== (schema === SCHEMAS[2])) {
    throw new Error(`"${schema}" does not go with ${oos ? "an" : "no"} out-of-scope score`);
  }
  if (oos === undefined && (order === undefined) !== (schema === SCHEMAS[0])) {
    throw new Error(`"${schema}" does not go with ${order ? "an" : "no"} order head`);
  }
}
