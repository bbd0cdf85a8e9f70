import type { Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { Features } from "../../core/matrix.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";
import type { EvaluationConfig } from "../config/evaluation_config.ts";
import type { RunConfig } from "../config/run_config.ts";
import { type DetectionSet, readDetections } from "../iac/detections.ts";
import { openRunEncoder } from "../tune/run_encoder.ts";

/** Test sets and their features; features of the latest encoder only. */
export class EncodedSets {
  readonly #config: EvaluationConfig;
  readonly #openEncoder: OpenStageEncoder;
  readonly #sets = new Map<string, DetectionSet>();
  #features = new Map<string, Features>();
  #encoder = "";

  constructor(config: EvaluationConfig, openEncoder: OpenStageEncoder) {
    this.#config = config;
    this.#openEncoder = openEncoder;
  }

  async get(
    { used, folder }: { readonly used: RunConfig; readonly folder: string },
    path: string,
    tech: string | undefined,
  ): Promise<{ readonly detections: DetectionSet; readonly features: Features }> {
    const { text_field: textField, max_length: maxLength } = used.global;
    const key = JSON.stringify([path, tech, textField]);
    const detections = this.#sets.get(key) ?? await this.#read(path, tech, textField);
    this.#sets.set(key, detections);
    const { spec, fingerprint } = used.encoder;
    const encoderKey = `${used.experiment.model_name} ${maxLength} ${fingerprint}`;
    if (this.#encoder !== encoderKey) this.#features = new Map();
    this.#encoder = encoderKey;
    let features = this.#features.get(key);
    if (!features) {
      await using encoder = await openRunEncoder(folder, used, this.#openEncoder);
      checkEncoder(encoder, spec, fingerprint);
      features = await encoder.encode(detections.rows.map(({ text }) => text));
      this.#features.set(key, features);
    }
    return { detections, features };
  }

  async #read(path: string, tech: string | undefined, textField: string): Promise<DetectionSet> {
    const set = await readDetections(path, { textField, ...(tech === undefined ? {} : { tech }) });
    const { max_samples } = this.#config.evaluation;
    return { ...set, rows: set.rows.slice(0, max_samples ?? undefined) };
  }
}

/** Refuses another encoder than the one that a run was trained on. */
export function checkEncoder({ fingerprint }: Encoder, spec: string, expected: string): void {
  if (fingerprint === expected) return;
  throw new MicroLmError(
    "data",
    `The encoder "${spec}" is another one than the run was trained on: expected the fingerprint ` +
      `${expected.slice(0, 12)}, found ${fingerprint.slice(0, 12)}`,
    { hint: "Train the run again, or use the version that trained it" },
  );
}
