import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { readJsonFile } from "../../core/text/json_text.ts";
import { isPathWithin } from "../hub/store_path.ts";
import { type DenseLayer, readDenseLayer } from "./dense.ts";
import type { PoolingMode } from "./pooling.ts";

/** What the files of a sentence-transformers model say, weights apart. */
export interface SentenceTransformerFiles {
  /** Folder of the transformer: the model's own, or one below it in older models. */
  readonly transformer: string;
  readonly pooling: PoolingMode;
  /** Layers after the pooling. */
  readonly dense: readonly DenseLayer[];
  /** Size of a vector, if the configuration tells. */
  readonly dims: number | undefined;
  /** Whether vectors are scaled to length one. */
  readonly normalize: boolean;
  /** Tokens of a text that count, special ones included. */
  readonly maxSeqLength: number;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
  /** What is put before each text; mostly nothing. */
  readonly prompt: string;
  /** Content of `tokenizer.json`. */
  readonly tokenizer: Record<string, unknown>;
  /** The settings in `tokenizer_config.json` that change token ids. */
  readonly tokenizerSettings: Record<string, unknown>;
}

const MODULES = z.array(z.looseObject({ type: z.string(), path: z.string() }));

const POOLING = z.looseObject({
  word_embedding_dimension: z.int().positive().optional(),
  embedding_dimension: z.int().positive().optional(),
  pooling_mode: z.string().optional(),
});

const DENSE = z.looseObject({
  in_features: z.int().positive(),
  out_features: z.int().positive(),
  bias: z.boolean().optional(),
  activation_function: z.string().optional(),
});

const SENTENCE = z.looseObject({
  max_seq_length: z.int().positive().nullish(),
  do_lower_case: z.boolean().nullish(),
});

const CONFIG = z.looseObject({
  model_type: z.string().nullish(),
  hidden_size: z.int().positive().nullish(),
  max_position_embeddings: z.int().nullish(),
  pad_token_id: z.int().nullish(),
});

/** Architectures that number positions from after that of the padding: 514 hold 512 tokens. */
const OFFSET_POSITIONS = ["roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl"];

const TOKENIZER = z.looseObject({
  model: z.looseObject({}),
  added_tokens: z.array(z.looseObject({})).default([]),
});

const TOKENIZER_CONFIG = z.looseObject({ model_max_length: z.number().positive().nullish() });

const PROMPTS = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/** The name changed with the architecture in early versions. */
const SENTENCE_CONFIGS = [
  "bert",
  "roberta",
  "distilbert",
  "camembert",
  "albert",
  "xlm-roberta",
  "xlnet",
]
  .map((kind) => `sentence_${kind}_config.json`);

/** Used where neither the model nor its tokenizer names a limit. */
const FALLBACK_MAX_LENGTH = 512;

/**
 * Reads the configuration of a sentence-transformers model, or of a plain transformer.
 *
 * @param asked How a model without `modules.json` pools; its vectors then have length one.
 * @throws {MicroLmError} Kind `usage` if a model with `modules.json` pools in another way than asked;
 * kind `missing` or `permission` if a file cannot be read, `data` if one says
 * something that is not supported.
 */
export async function readSentenceTransformerFiles(
  folder: string,
  asked?: PoolingMode,
): Promise<SentenceTransformerFiles> {
  const modules = await readModules(folder, asked);
  const transformer = modules.transformer === "" ? folder : `${folder}/${modules.transformer}`;
  const poolingPath = `${folder}/${modules.pooling}/config.json`;
  const pooling: z.infer<typeof POOLING> = modules.pooling === null
    ? { pooling_mode: asked! }
    : await readJson(poolingPath, POOLING);
  const mode = readPoolingMode(pooling, poolingPath);
  if (asked !== undefined && mode !== asked) {
    throw new MicroLmError("usage", `The model pools by ${mode}, not by ${asked}`, {
      at: { file: poolingPath },
      hint: "Leave --pooling out: it is for models that do not say how they pool",
    });
  }
  const [dense, config, tokenizer, tokenizerConfig, sentence, prompts] = await Promise.all([
    Promise.all(modules.dense.map(async (path) =>
      await readDenseLayer(
        `${folder}/${path}`,
        await readJson(`${folder}/${path}/config.json`, DENSE),
      )
    )),
    readJson(`${transformer}/config.json`, CONFIG),
    readJson(`${transformer}/tokenizer.json`, TOKENIZER),
    readJsonIfThere(`${transformer}/tokenizer_config.json`, TOKENIZER_CONFIG),
    readSentenceConfig(transformer),
    readJsonIfThere(`${folder}/config_sentence_transformers.json`, PROMPTS),
  ]);
  const { eos_token, remove_space, do_lowercase_and_remove_accent } = tokenizerConfig ?? {};
  return {
    transformer,
    pooling: mode,
    dense,
    dims: dense.at(-1)?.outputs ?? pooling.word_embedding_dimension ??
      pooling.embedding_dimension ?? (modules.pooling === null ? config.hidden_size : undefined) ??
      undefined,
    normalize: modules.normalize,
    maxSeqLength: sentence?.max_seq_length ?? Math.min(
      readPositions(config),
      tokenizerConfig?.model_max_length ?? FALLBACK_MAX_LENGTH,
    ),
    lowerCase: sentence?.do_lower_case ?? false,
    prompt: readPrompt(prompts, pooling, poolingPath),
    tokenizer,
    tokenizerSettings: { eos_token, remove_space, do_lowercase_and_remove_accent },
  };
}

/** Positions that tokens may have. */
function readPositions(config: z.infer<typeof CONFIG>): number {
  const { model_type, max_position_embeddings: positions, pad_token_id } = config;
  if (positions === undefined || positions === null) return FALLBACK_MAX_LENGTH;
  const isOffset = OFFSET_POSITIONS.includes(model_type ?? "");
  return isOffset ? positions - (pad_token_id ?? 1) - 1 : positions;
}

/** Folders of the modules; no pooling where there is no `modules.json`. */
interface Modules {
  readonly transformer: string;
  readonly pooling: string | null;
  readonly dense: readonly string[];
  readonly normalize: boolean;
}

async function readModules(folder: string, asked: PoolingMode | undefined): Promise<Modules> {
  const file = `${folder}/modules.json`;
  const modules = asked === undefined
    ? await readJson(file, MODULES)
    : await readJsonIfThere(file, MODULES);
  if (!modules) return { transformer: "", pooling: null, dense: [], normalize: true };
  const kinds = modules.map(({ type }) => type.split(".").at(-1)!);
  if (!/^Transformer,Pooling(,Dense)*(,Normalize)?$/.test(kinds.join())) {
    throw new MicroLmError(
      "data",
      "Expected the modules Transformer, Pooling, perhaps Dense and Normalize, found " +
        (kinds.join(", ") || "none"),
      { at: { file }, hint: "Models with further layers are not supported" },
    );
  }
  for (const { path } of modules) {
    if (path === "" || isPathWithin(path)) continue;
    throw new MicroLmError("data", `Expected a path within the model, found "${path}"`, {
      at: { file },
    });
  }
  return {
    transformer: modules[0]!.path,
    pooling: modules[1]!.path,
    dense: modules.filter((_, i) => kinds[i] === "Dense").map(({ path }) => path),
    normalize: kinds.at(-1) === "Normalize",
  };
}

function readPoolingMode(pooling: z.infer<typeof POOLING>, file: string): PoolingMode {
  const flags: Record<string, PoolingMode> = {
    pooling_mode_mean_tokens: "mean",
    pooling_mode_cls_token: "cls",
    pooling_mode_max_tokens: "max",
    pooling_mode_lasttoken: "lasttoken",
  };
  const on = Object.keys(pooling).filter((key) =>
    key.startsWith("pooling_mode_") && pooling[key] === true
  );
  const named = pooling.pooling_mode;
  const modes = Object.values(flags);
  const mode = named === undefined ? flags[on[0] ?? ""] : modes.find((m) => m === named);
  if (mode && (named !== undefined || on.length === 1)) return mode;
  throw new MicroLmError(
    "data",
    `Expected one pooling mode out of mean, cls, max and lasttoken, found ${
      named ?? (on.join(" and ") || "none")
    }`,
    { at: { file } },
  );
}

function readPrompt(
  config: z.infer<typeof PROMPTS> | undefined,
  pooling: z.infer<typeof POOLING>,
  file: string,
): string {
  const name = config?.default_prompt_name;
  const prompt = name ? config.prompts?.[name] ?? "" : "";
  if (prompt !== "" && pooling.include_prompt === false) {
    throw new MicroLmError("data", "Pooling without the tokens of the prompt is not supported", {
      at: { file },
    });
  }
  return prompt;
}

async function readSentenceConfig(folder: string): Promise<z.infer<typeof SENTENCE> | undefined> {
  for (const name of SENTENCE_CONFIGS) {
    const config = await readJsonIfThere(`${folder}/${name}`, SENTENCE);
    if (config) return config;
  }
  return undefined;
}

async function readJsonIfThere<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (error instanceof MicroLmError && error.cause instanceof Deno.errors.NotFound) {
      return undefined;
    }
    throw error;
  }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const json = await readJsonFile(path).catch((error: unknown) => {
    if (!(error instanceof MicroLmError) || error.kind === "data") throw error;
    throw new MicroLmError(error.kind, error.message, {
      hint: error.hint ??
        (path.endsWith("modules.json")
          ? "For a model that does not say how its tokens become one vector, --pooling mean, cls, max " +
            "or lasttoken does; its card tells which"
          : "A sentence-transformers model has modules.json, config.json, tokenizer.json, " +
            "1_Pooling/config.json and onnx/model.onnx"),
      cause: error.cause,
    });
  });
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.length > 0 ? ` at "${issue!.path.join(".")}"` : "";
  throw new MicroLmError("data", `${issue!.message}${where}`, { at: { file: path } });
}
