import type { EngineChoice, ModelDtype, PoolingMode } from "../src/encoders/mod.ts";
import type { OpenEncoderOptions, OpenMapperOptions } from "../mod.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** What the encoders of a spec can be, for `--help`. */
export const SPEC_HELP =
  "Encoder: static, ngram, use-lite, a folder with a sentence-transformers " +
  "model, the id of a pulled model, http://host/v1#model (through the :endpoint task), a+b, a*2+b; " +
  "lite is static+ngram.";

/** That of the encoders, whose face loads tokenizers and engines' loaders: a test compares the two. */
const VECTOR_CACHE = ".cache/embeddings";

/** Flags of every command that opens an encoder. */
export const ENCODER_FLAGS = {
  runtime: {
    type: "string",
    choices: ["wasm", "native", "auto"],
    default: "wasm",
    help:
      "Engine of models. native needs --allow-ffi, which the :native task grants; auto takes it " +
      "where it is granted.",
  },
  dtype: {
    type: "string",
    choices: ["fp32", "int8", "fp16", "q4"],
    help: "Number type of a model's weights. Default: fp32, or that of the mapper.",
  },
  pooling: {
    type: "string",
    choices: ["mean", "cls", "max", "lasttoken"],
    help:
      "For models that do not say how their tokens become one vector (no modules.json); the mapper " +
      "remembers it. The same as ./folder#mean.",
  },
  encoder_cache: {
    type: "string",
    value: "DIR",
    default: VECTOR_CACHE,
    help: "Where vectors of models and endpoints are kept, so that each prompt is encoded once; " +
      "off keeps none.",
  },
  threads: {
    type: "integer",
    min: 1,
    max: 256,
    help:
      "Cores to use: threads of one inference, by default half of them, at most 4, and workers " +
      "for many prompts and for a training, by default all, at most 8. They change no result.",
  },
} as const;

/** What the flags say if nobody says anything. */
export const DEFAULT_ENCODER_FLAGS: FlagValues<typeof ENCODER_FLAGS> = {
  runtime: "wasm",
  dtype: undefined,
  pooling: undefined,
  encoder_cache: VECTOR_CACHE,
  threads: undefined,
};

/** Flags of every command that opens a trained mapper. */
export const OPEN_MAPPER_FLAGS = {
  ...ENCODER_FLAGS,
  allow_runtime_drift: {
    type: "boolean",
    help:
      "Accept a mapper trained with another --runtime or --dtype; the difference is measured on " +
      "some of its training prompts and reported.",
  },
} as const;

/** The options of an encoder that the flags ask for. */
export function encoderOptions(flags: FlagValues<typeof ENCODER_FLAGS>): OpenEncoderOptions {
  return {
    runtime: flags.runtime as EngineChoice,
    ...(flags.dtype !== undefined && { dtype: flags.dtype as ModelDtype }),
    ...(flags.pooling !== undefined && { pooling: flags.pooling as PoolingMode }),
    ...(flags.threads !== undefined && { threads: flags.threads }),
    ...(flags.encoder_cache !== "off" && { cache: { dir: flags.encoder_cache } }),
  };
}

/** The options of a mapper that the flags ask for; a drift is printed as a warning. */
export function mapperOptions(
  flags: FlagValues<typeof OPEN_MAPPER_FLAGS>,
  { warn }: Pick<CommandContext, "warn">,
): OpenMapperOptions {
  return {
    ...encoderOptions(flags),
    allowRuntimeDrift: flags.allow_runtime_drift,
    onDrift: (drift) =>
      warn(
        `mapper trained with ${drift.trained}, opened with ${drift.opened}: over ${drift.prompts} ` +
          `training prompts vectors differ by up to ${
            drift.maxVectorDifference.toExponential(1)
          }, ` +
          `probabilities by up to ${drift.maxProbabilityDifference.toExponential(1)}, ` +
          `${drift.changedDecisions} decisions changed`,
      ),
  };
}
