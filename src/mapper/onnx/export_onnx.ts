import type { GraphValue, OnnxGraph } from "../../encoders/onnx/graph.ts";
import type { GraphPart } from "../../encoders/onnx/encoder_graph.ts";
import type { TensorValue } from "../../encoders/onnx/session.ts";
import type { ModelDtype } from "../../encoders/sentence_transformer/onnx.ts";
import { type EncoderPart, parseEncoderSpec } from "../../encoders/spec.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { Features } from "../../core/matrix.ts";
import type { MapperArtifact } from "../file/artifact.ts";

/** Options of {@linkcode exportMapperOnnx}. */
export interface ExportMapperOnnxOptions {
  /** Put the encoder's models into the graph: token ids in, instead of vectors. Default: false. */
  readonly withEncoder?: boolean;
  /** Further facts for those who load the file, for example an operating point. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Folder in which the model of `use-lite` is kept. Default: `.cache/models`. */
  readonly cacheDir?: string;
  /** Folder of pulled models. Default: `.cache/models/hub`. */
  readonly storeDir?: string;
}

/** A mapper as an ONNX model. */
export interface ExportedMapper {
  /** Content of the `.onnx` file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly GraphValue[];
  /**
   * What to feed to the model for one text.
   *
   * @param features The text as the mapper's encoder encodes it: one row.
   * @returns Undefined for a text without a token, which a graph with encoder cannot take.
   */
  readonly feed: (
    text: string,
    features: Features,
  ) => Readonly<Record<string, TensorValue>> | undefined;
}

/**
 * Writes a mapper as one ONNX model: features in, probabilities (float32, rows × classes) out.
 *
 * Inputs are the blocks of the encoder's features: `vectors`, float32, rows × dense columns, and for
 * encoders with `ngram` the sparse block as `sparse_columns` (int64) and `sparse_values` (float32), rows
 * × width, rows shorter than the widest padded with the value 0. With `withEncoder` the dense parts
 * become graphs themselves, and the model maps one text at a time: the inputs are then the token ids of
 * `use-lite`, `static` or a transformer, named `<name>_<part>`; a text needs at least one id.
 *
 * The metadata has `classes`, `encoder` and `mapper_sha256` (JSON), and what `metadata` adds.
 *
 * @throws {MicroLmError} Kind `usage` if a part of the encoder cannot be a graph; `data` if the parts'
 * models use operator sets that do not go together; what reading the models throws.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { exportMapperOnnx, parseArtifact, serializeArtifact } from "micro-lm/mapper";
 * import { assert } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("static");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]) });
 * const artifact = parseArtifact(serializeArtifact(mapper, { domain: "defi", flags: {} }));
 * assert((await exportMapperOnnx(artifact)).bytes.length > 1000);
 * ```
 */
export async function exportMapperOnnx(
  artifact: MapperArtifact,
  options: ExportMapperOnnxOptions = {},
): Promise<ExportedMapper> {
  const [{ createOnnxGraph }, { addHead }] = await Promise.all([
    import("../../encoders/onnx/graph.ts"),
    import("./onnx_head.ts"),
  ]);
  const { denseColumns } = artifact.model.members[0]!.classifier;
  const sparseWidth = artifact.encoder.dims - denseColumns;
  const encoder = options.withEncoder ? await openParts(artifact, options) : undefined;
  const graph = createOnnxGraph("mapper", encoder ? { opsets: encoder.opsets } : {});
  const rows = encoder ? 1 : "rows";
  const inputs: GraphValue[] = [];
  let dense: string | undefined;
  if (encoder) {
    inputs.push(...encoder.parts.flatMap(({ part }) => part.inputs));
    dense = encoder.add(graph);
  } else if (denseColumns > 0) {
    dense = "vectors";
    inputs.push({ name: dense, type: "float32", shape: [rows, denseColumns] });
  }
  if (sparseWidth > 0) {
    inputs.push({ name: "sparse_columns", type: "int64", shape: [rows, "width"] });
    inputs.push({ name: "sparse_values", type: "float32", shape: [rows, "width"] });
  }
  const probabilities = addHead(graph, artifact.model, {
    ...(dense && { dense }),
    ...(sparseWidth > 0 && { sparseColumns: "sparse_columns", sparseValues: "sparse_values" }),
  }, sparseWidth);
  graph.node("Cast", [probabilities], { ints: { to: 1 }, outputs: ["probabilities"] });
  const bytes = graph.finish(
    inputs,
    [{ name: "probabilities", type: "float32", shape: [rows, artifact.classes.length] }],
    { ...describe(artifact), ...options.metadata },
  );
  return { bytes, inputs, feed: (text, features) => feedText(text, features, encoder?.parts) };
}

/** What to feed for one text whose features are known; undefined if a part finds no token in it. */
function feedText(
  text: string,
  { dense, sparse }: Features,
  parts: readonly WeightedPart[] | undefined,
): Record<string, TensorValue> | undefined {
  const feeds: Record<string, TensorValue> = {};
  if (sparse) {
    // ONNX Runtime does not take tensors of size zero everywhere.
    const width = Math.max(1, sparse.indices.length);
    const columns = new BigInt64Array(width);
    const values = new Float32Array(width);
    sparse.indices.forEach((column, i) => columns[i] = BigInt(column));
    values.set(sparse.values);
    feeds["sparse_columns"] = { data: columns, shape: [1, width] };
    feeds["sparse_values"] = { data: values, shape: [1, width] };
  }
  if (!parts && dense) feeds["vectors"] = { data: dense.data, shape: [1, dense.cols] };
  for (const { part } of parts ?? []) {
    const fed = part.feed(text);
    if (!fed) return undefined;
    Object.assign(feeds, fed);
  }
  return feeds;
}

function describe({ classes, encoder, sha256 }: MapperArtifact): Record<string, string> {
  const { spec, fingerprint, dims, runtime, dtype } = encoder;
  return {
    classes: JSON.stringify(classes),
    encoder: JSON.stringify({ spec, fingerprint, dims, runtime, dtype }),
    mapper_sha256: sha256,
  };
}

interface WeightedPart {
  readonly part: GraphPart;
  readonly weight: number;
}

interface EncoderGraph {
  readonly parts: readonly WeightedPart[];
  readonly opsets: Readonly<Record<string, number>>;
  /** Adds all dense parts; the result is the dense block, float64, 1 × columns. */
  add(graph: OnnxGraph): string;
}

async function openParts(
  { encoder: { spec, dtype } }: MapperArtifact,
  { cacheDir = ".cache/models", storeDir }: ExportMapperOnnxOptions,
): Promise<EncoderGraph> {
  const { addNormalized, openGraphPart } = await import("../../encoders/onnx/encoder_graph.ts");
  const specParts = parseEncoderSpec(spec);
  const isDense = ({ name }: EncoderPart) => name !== "ngram";
  const parts: WeightedPart[] = [];
  for (const [index, part] of specParts.entries()) {
    if (!isDense(part)) continue;
    const opened = await openGraphPart(part, index, {
      dtype: (dtype?.split("+")[0] ?? "fp32") as ModelDtype,
      cacheDir,
      resolveModel: async (id) =>
        await (await import("../../encoders/hub/model_store.ts")).resolveModel(id, {
          ...(storeDir && { storeDir }),
        }),
    });
    parts.push({ part: opened, weight: part.weight });
  }
  if (parts.length === 0) {
    throw new MicroLmError("usage", `Encoder "${spec}" has no part that can be a graph`, {
      hint: "Export the classifier alone, without --with_encoder",
    });
  }
  const isComposed = specParts.length > 1 || specParts[0]!.weight !== 1;
  return {
    parts,
    opsets: joinOpsets(parts),
    add: (graph) => {
      const vectors = parts.map(({ part, weight }) => {
        const vector = part.add(graph);
        return isComposed ? addNormalized(graph, vector, part.dims, weight) : vector;
      });
      return vectors.length === 1
        ? vectors[0]!
        : graph.node("Concat", vectors, { ints: { axis: 1 } });
    },
  };
}

function joinOpsets(parts: readonly WeightedPart[]): Record<string, number> {
  const joined: Record<string, number> = {};
  for (const { part: { model } } of parts) {
    for (const [domain, version] of Object.entries(model?.opsets ?? {})) {
      if ((joined[domain] ?? version) !== version) {
        throw new MicroLmError(
          "data",
          `Models with operator set ${joined[domain]} and ${version} cannot be in one graph`,
          { hint: "Export the classifier alone, without --with_encoder" },
        );
      }
      joined[domain] = version;
    }
  }
  return Object.keys(joined).length > 0 ? joined : { "": 17 };
}
