import { closest, distance } from "../core/text/edits.ts";
import { explainIoError } from "../core/io_error.ts";
import { MicroLmError } from "../core/errors.ts";
import { composeEncoders, type WeightedEncoder } from "./compose.ts";
import type { Encoder } from "./encoder.ts";
import type { EngineChoice } from "./onnx/engine.ts";
import type { ModelDtype } from "./sentence_transformer/onnx.ts";
import type { PoolingMode } from "./sentence_transformer/pooling.ts";
import {
  type EncoderKind,
  type EncoderPart,
  formatEncoderSpec,
  parseEncoderSpec,
  splitPooling,
} from "./spec.ts";
import type { VectorCacheOptions } from "./cache/vector_cache.ts";

/** Options of {@linkcode openEncoder}; each concerns the parts of a spec that know it. */
export interface OpenEncoderOptions {
  /** Which inference engine. Default: `wasm`. */
  readonly runtime?: EngineChoice;
  /** Number type of the weights. Default: `fp32`. */
  readonly dtype?: ModelDtype;
  /** How models without `modules.json` make one vector of their tokens'. Default: what the spec says. */
  readonly pooling?: PoolingMode;
  /**
   * Cores that encoding may take: threads of one inference, and workers where there are many texts. They
   * change no result. Default: half of the cores, at most four, for one inference, and all, at most eight,
   * for many texts.
   */
  readonly threads?: number;
  /** Cache of the vectors of models and endpoints; other encoders are faster than any cache. Default: none. */
  readonly cache?: VectorCacheOptions;
  /** Folder of pulled models. Default: `.cache/models/hub`. */
  readonly storeDir?: string;
}

/** Opens an encoder of one kind. Modules load when they are asked for. */
interface Opener {
  open(name: string, options: OpenEncoderOptions): Promise<Encoder>;
  /** Whether a cache in front of it saves time. */
  readonly isSlow?: true;
  /** Whether another place computes the vectors. */
  readonly isElsewhere?: true;
}

/** As it was before an engine put that of Node in its place, which is another. */
const { Worker: WorkerClass } = globalThis;
/** Workers beside this thread, if nobody says how many. */
const MOST_WORKERS = 7;
/** When workers pay, measured: they take a tenth of a second to open `lite`, a model half a second. */
const SPREAD = {
  fast: { startAfter: 30_000, part: 256 },
  slow: { startAfter: 256, part: 8 },
} as const;

/** Encoders with a name of ours: adding one takes a file and a line here. */
const NAMED: Readonly<Record<string, Opener>> = {
  static: { open: async () => (await import("./lite/static.ts")).openStaticEncoder() },
  ngram: { open: async () => (await import("./lite/ngram.ts")).openNgramEncoder() },
  "use-lite": { open: openUseLite, isSlow: true },
};

/** Encoders that stand somewhere else. */
const PLACED: Readonly<Record<Exclude<EncoderKind, "name">, Opener>> = {
  folder: { open: openFolder, isSlow: true },
  hub: { open: openHubModel, isSlow: true },
  url: {
    open: async (name) => (await import("./endpoint/encoder.ts")).openEndpointEncoder(name),
    isSlow: true,
    isElsewhere: true,
  },
};

/** The encoder that tasks use unless told otherwise. */
const DEFAULT_ENCODER = "lite";

/** Letters that a misspelt name may be off by. */
const MAX_TYPOS = 2;

/**
 * Opens the encoder that a spec describes; see {@linkcode parseEncoderSpec}.
 *
 * A name of ours, a folder with a sentence-transformers model, the id of a pulled model, or the address
 * of an endpoint, alone or joined by `+`. Only endpoints use the network.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown name, with the closest known one if it is close;
 * `missing` for a model that was not pulled, with the command that pulls it; what the encoder itself throws.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openEncoder("ngram");
 * const { sparse } = await encoder.encode(["deposit 10 ETH into aave"]);
 * assertEquals(sparse!.cols, encoder.dims);
 * ```
 */
export async function openEncoder(
  spec: string,
  options: OpenEncoderOptions = {},
): Promise<Encoder> {
  const parts = parseEncoderSpec(spec).map((part) => ({ ...part, opener: findOpener(part) }));
  const opened: WeightedEncoder[] = [];
  try {
    for (const { name, weight, opener } of parts) {
      opened.push({ encoder: await openPart(name, opener, options), weight });
    }
  } catch (error) {
    for (const { encoder } of opened) await encoder[Symbol.asyncDispose]();
    throw error;
  }
  const encoder = composeParts(spec, parts, opened);
  // Slow parts were spread one by one, below their caches.
  return parts.some(({ opener }) => opener.isSlow)
    ? encoder
    : await spreadOver(encoder, spec, options, "fast");
}

function composeParts(
  spec: string,
  parts: readonly EncoderPart[],
  opened: readonly WeightedEncoder[],
): Encoder {
  const [only] = opened;
  if (opened.length === 1 && only!.weight === 1) return only!.encoder;
  const isWritten = parts.every(({ name }, i) => opened[i]!.encoder.spec === name);
  const named = opened.map(({ encoder, weight }) => ({ name: encoder.spec, weight }));
  return composeEncoders(opened, isWritten ? spec : formatEncoderSpec(named));
}

function findOpener({ name, kind }: EncoderPart): Opener {
  if (kind !== "name") return PLACED[kind];
  if (Object.hasOwn(NAMED, name)) return NAMED[name]!;
  const names = [...Object.keys(NAMED), DEFAULT_ENCODER];
  const near = closest(name, names);
  const guess = distance(name, near) <= MAX_TYPOS ? `Did you mean "${near}"? ` : "";
  throw new MicroLmError("usage", `Unknown encoder "${name}"`, {
    hint: `${guess}Known: ${names.join(", ")}; a folder: ./${name}; a pulled model: owner/${name}`,
  });
}

async function openPart(
  name: string,
  opener: Opener,
  options: OpenEncoderOptions,
): Promise<Encoder> {
  const opened = await opener.open(name, options);
  if (!opener.isSlow) return opened;
  const encoder = opener.isElsewhere || opened.runtime !== "wasm"
    ? opened
    : await spreadOver(opened, formatEncoderSpec([{ name, weight: 1 }]), options, "slow");
  if (!options.cache) return encoder;
  const { withVectorCache } = await import("./cache/vector_cache.ts");
  try {
    return await withVectorCache(encoder, options.cache);
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Lets workers help where there are cores for them. */
async function spreadOver(
  encoder: Encoder,
  spec: string,
  { cache: _, ...options }: OpenEncoderOptions,
  speed: keyof typeof SPREAD,
): Promise<Encoder> {
  const cores = options.threads ?? Math.min(navigator.hardwareConcurrency, MOST_WORKERS + 1);
  if (cores < 2 || !mayStartWorkers()) return encoder;
  const { spreadEncoder } = await import("./workers/spread.ts");
  // What cannot be sent to a worker changes nothing of what it encodes
  const sent = Object.entries(options).filter(([, value]) => typeof value !== "function");
  return spreadEncoder(encoder, {
    module: import.meta.url,
    spec,
    options: Object.fromEntries(sent),
    workers: cores - 1,
    WorkerClass,
    ...SPREAD[speed],
  });
}

/** Asks beforehand, because what a worker cannot load it says to the terminal. */
function mayStartWorkers(): boolean {
  // Libraries for Node put their own workers there, which do not know modules for these.
  if (!(WorkerClass?.prototype instanceof EventTarget) || Deno.build.standalone) return false;
  const { protocol, pathname } = new URL("./workers/worker.ts", import.meta.url);
  return protocol !== "file:" ||
    Deno.permissions.querySync({ name: "read", path: decodeURIComponent(pathname) }).state ===
      "granted";
}

/** The options that engines know. */
function engineOptions({ runtime, threads }: OpenEncoderOptions): {
  readonly runtime?: EngineChoice;
  readonly threads?: number;
} {
  return { ...(runtime && { runtime }), ...(threads && { threads }) };
}

async function openUseLite(_: string, options: OpenEncoderOptions): Promise<Encoder> {
  const { dtype = "fp32" } = options;
  if (dtype !== "fp32" && dtype !== "int8") {
    throw new MicroLmError("usage", `Encoder "use-lite" has no ${dtype} weights`, {
      hint: "Use --dtype fp32 or int8",
    });
  }
  const { openUseLiteEncoder } = await import("./use_lite/encoder.ts");
  return await openUseLiteEncoder({ ...engineOptions(options), dtype });
}

async function openFolder(name: string, options: OpenEncoderOptions): Promise<Encoder> {
  const written = splitPooling(name);
  const { name: folder } = written;
  const info = await Deno.stat(folder).catch((error: unknown) => {
    throw explainIoError(error, folder, "read");
  });
  if (!info.isDirectory) {
    throw new MicroLmError("data", `Expected a folder with a model, found the file "${folder}"`);
  }
  return await openTransformer(folder, written, options);
}

async function openHubModel(name: string, options: OpenEncoderOptions): Promise<Encoder> {
  const { resolveModel } = await import("./hub/model_store.ts");
  const { storeDir } = options;
  const written = splitPooling(name);
  const folder = await resolveModel(written.name, { ...(storeDir && { storeDir }) });
  return await openTransformer(folder, written, options);
}

async function openTransformer(
  folder: string,
  written: ReturnType<typeof splitPooling>,
  options: OpenEncoderOptions,
): Promise<Encoder> {
  const { openSentenceTransformer } = await import("./sentence_transformer/encoder.ts");
  const { dtype } = options;
  const pooling = written.pooling ?? options.pooling;
  return await openSentenceTransformer(folder, {
    ...engineOptions(options),
    ...(dtype && { dtype }),
    ...(pooling && { pooling }),
    // A mapper says how its encoder pools, so that nobody has to say it again.
    spec: pooling ? `${written.name}#${pooling}` : written.name,
  });
}
