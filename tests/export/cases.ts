import { createMasker } from "../../src/data/template.ts";
import { type Dataset, readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import type { EngineName } from "../../src/encoders/onnx/engine.ts";
import {
  type MapperArtifact,
  parseArtifact,
  serializeArtifact,
} from "../../src/mapper/file/artifact.ts";
import { createPredictor } from "../../src/mapper/calibrate/predictor.ts";
import { exportMapperOnnx } from "../../src/mapper/onnx/export_onnx.ts";
import { trainMapper } from "../../src/mapper/train.ts";

/** What to export: an encoder, a calibration, how many classes, and whether the encoder goes along. */
export interface ExportCase {
  readonly spec: string;
  readonly method: "isotonic" | "sigmoid" | "temperature" | "none";
  readonly classes?: 2;
  readonly withEncoder?: true;
}

/** Every calibration, every kind of block. */
export const CASES: readonly ExportCase[] = [
  { spec: "static", method: "none" },
  { spec: "ngram", method: "isotonic" },
  { spec: "lite", method: "temperature" },
  { spec: "static*2+ngram", method: "sigmoid" },
  { spec: "lite", method: "isotonic", classes: 2 },
  { spec: "lite", method: "sigmoid", classes: 2 },
  { spec: "static", method: "isotonic", withEncoder: true },
  { spec: "use-lite", method: "sigmoid", withEncoder: true },
  { spec: "use-lite*2+lite", method: "temperature", withEncoder: true },
];

/** A value of a tensor in JSON. */
export interface JsonTensor {
  readonly type: "int32" | "int64" | "float32";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** An exported model with inputs and the probabilities that the mapper itself gives for them. */
export interface ExportedCase {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly runs: readonly {
    readonly feeds: Readonly<Record<string, JsonTensor>>;
    readonly expected: readonly number[];
  }[];
}

const PROMPTS = [
  "deposit 10 ETH into aave",
  "SWAP 2.5 eth for usdc now",
  "x",
  "claim my rewards, then withdraw everything from compound and repay the loan on maker",
  "what's the weather in Lisbon tomorrow?",
];

/**
 * Trains a small mapper and exports it.
 *
 * @param runtime The engine of the encoder: engines differ in the last bits, which a steep isotonic
 * calibration multiplies.
 */
export async function exportCase(one: ExportCase, runtime: EngineName): Promise<ExportedCase> {
  const { spec, method, classes, withEncoder = false } = one;
  const all = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder(spec, { runtime });
  const data = classes === 2 ? twoClasses(all) : all;
  const trained = await trainMapper(data, encoder, { mask: createMasker([]), method });
  const artifact = parseArtifact(serializeArtifact(trained, { domain: "defi", flags: {} }));
  return await runsOf(artifact, withEncoder, runtime);
}

function twoClasses(data: Dataset): Dataset {
  const rows = data.rows.filter(({ label }) => label === "abstain" || label === "swap_asset");
  return { ...data, rows };
}

async function runsOf(
  artifact: MapperArtifact,
  withEncoder: boolean,
  runtime: EngineName,
): Promise<ExportedCase> {
  const { bytes, feed } = await exportMapperOnnx(artifact, { withEncoder });
  await using encoder = await openEncoder(artifact.encoder.spec, { runtime });
  const predict = createPredictor(artifact.model);
  const runs = [];
  for (const text of PROMPTS) {
    const features = await encoder.encode([text]);
    const feeds = Object.entries(feed(text, features)!).map(([name, { data, shape }]) => {
      const type = data instanceof Float32Array
        ? "float32" as const
        : data instanceof Int32Array
        ? "int32" as const
        : "int64" as const;
      return [name, { type, shape, data: Array.from(data as ArrayLike<number>, Number) }] as const;
    });
    runs.push({ feeds: Object.fromEntries(feeds), expected: [...predict(features).data] });
  }
  return { model: bytes, runs };
}
