import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { createRandom } from "../../core/random.ts";
import type { EncodeOptions, Encoder } from "../encoder.ts";
import { type EndpointAccess, requestVectors } from "./request.ts";
import type { Fetch } from "../http.ts";
import { normalizeL2 } from "../normalize.ts";

/** Options of {@linkcode openEndpointEncoder}. */
export interface OpenEndpointEncoderOptions {
  /** Texts in one request. Default: 64. */
  readonly batch?: number;
  /** Requests at a time. Default: 4. */
  readonly concurrency?: number;
  /** Milliseconds for one request, answer included. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Attempts after a failed one. Default: 4. */
  readonly retries?: number;
  /** Milliseconds before the second attempt; doubles with each one. Default: 500. */
  readonly backoffMs?: number;
  /** Environment variable with the key. Default: `MICRO_LM_API_KEY`, used if it may be read. */
  readonly keyEnv?: string;
  /** Stops the opening. */
  readonly signal?: AbortSignal;
  /** Default: the global one. */
  readonly fetch?: Fetch;
}

const DEFAULT_KEY_ENV = "MICRO_LM_API_KEY";

/**
 * Opens an encoder that asks a server with the OpenAI interface: Ollama, vLLM, llama.cpp, or a hosted
 * model. So the latents of a large language model become features.
 *
 * One request learns the number of dimensions. Rows are scaled to length one, whatever the server gives;
 * blank texts give zero rows and are not sent. Requests are repeated after 408, 429, 5xx, timeouts and
 * broken connections, with growing pauses or after `Retry-After`.
 *
 * The fingerprint covers address, model and dimensions. What stands behind a remote name can change
 * without notice, and servers compute in batches: two requests may differ in the last bits. With the
 * vector cache each text is asked for once.
 *
 * @param spec The address up to `/embeddings`, `#` and the model: `http://localhost:11434/v1#bge-m3`.
 *
 * @throws {MicroLmError} Kind `usage` for an address without model, or with a password in it;
 * `permission` without network access to the host, or if `keyEnv` is given and may not be read;
 * `missing` if the server refuses or is not there; `data` if it answers something else. `encode` throws
 * the same, also if the number of dimensions changes.
 *
 * @example
 * ```ts
 * import { openEndpointEncoder } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * // Stands for a server.
 * const fetch = () => Promise.resolve(Response.json({ data: [{ index: 0, embedding: [3, 4] }] }));
 * await using encoder = await openEndpointEncoder("http://localhost:11434/v1#bge-m3", { fetch });
 * const { dense } = await encoder.encode(["swap 2 ETH"]);
 * assertEquals(dense!.data, Float32Array.of(0.6, 0.8));
 * ```
 */
export async function openEndpointEncoder(
  spec: string,
  options: OpenEndpointEncoderOptions = {},
): Promise<Encoder> {
  const { batch = 64, concurrency = 4, signal, ...others } = options;
  for (const [name, value] of Object.entries({ batch, concurrency })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`${name} ${value} is no positive integer`);
    }
  }
  const access = accessEndpoint(spec, others);
  const [probe] = await requestVectors({ ...access, signal }, ["probe"]);
  const dims = probe!.length;
  return {
    spec,
    fingerprint: sha256Hex(`endpoint 1 ${JSON.stringify([access.url.href, access.model, dims])}`),
    dims,
    encode: async (texts, encodeOptions = {}) => {
      const data = new Float32Array(texts.length * dims);
      await encodeBatches(access, texts, data, { batch, concurrency, ...encodeOptions });
      return { rows: texts.length, dense: { data, rows: texts.length, cols: dims } };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function accessEndpoint(spec: string, options: OpenEndpointEncoderOptions): EndpointAccess {
  const { timeoutMs = 60_000, retries = 4, backoffMs = 500, keyEnv = DEFAULT_KEY_ENV } = options;
  const { url, model } = parseEndpoint(spec);
  return {
    url,
    model,
    key: readKey(keyEnv, options.keyEnv !== undefined),
    keyEnv,
    timeoutMs,
    retries,
    backoffMs,
    random: createRandom(Date.now()),
    fetch: options.fetch ?? fetch,
  };
}

function parseEndpoint(spec: string): { url: URL; model: string } {
  const wrong = (what: string, shown: string) =>
    new MicroLmError("usage", `Cannot use endpoint "${shown}": ${what}`, {
      hint: "Write the address and the model: http://localhost:11434/v1#nomic-embed-text",
    });
  const url = URL.parse(spec);
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong("expected an http address", spec);
  if (url.username || url.password) {
    throw wrong("a key belongs into an environment variable", url.host);
  }
  const model = decodeHash(url.hash.slice(1));
  if (model === "") throw wrong("expected # and the name of a model", spec);
  url.hash = "";
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/embeddings$/, "")}/embeddings`;
  return { url, model };
}

function decodeHash(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads the key without making Deno ask, unless the user named the variable. */
function readKey(keyEnv: string, isNamed: boolean): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: keyEnv });
  if (state === "granted") return checkKey(Deno.env.get(keyEnv)?.trim(), keyEnv);
  if (!isNamed) return undefined;
  throw new MicroLmError("permission", `No permission to read the key in ${keyEnv}`, {
    hint: `Grant it with --allow-env=${keyEnv}`,
  });
}

/** What HTTP refuses would be quoted in its message. */
function checkKey(key: string | undefined, keyEnv: string): string | undefined {
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new MicroLmError("usage", `The key in ${keyEnv} has characters that no key has`);
}

interface BatchOptions extends EncodeOptions {
  readonly batch: number;
  readonly concurrency: number;
}

/** Some workers take batches off one list; the first failure stops them all. */
async function encodeBatches(
  access: EndpointAccess,
  texts: readonly string[],
  out: Float32Array,
  { batch, concurrency, onProgress, signal }: BatchOptions,
): Promise<void> {
  const rows = [...texts.keys()].filter((row) => texts[row]!.trim() !== "");
  const dims = out.length / texts.length;
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let done = texts.length - rows.length;
  let next = 0;
  const work = async () => {
    while (next < rows.length) {
      both.throwIfAborted();
      const some = rows.slice(next, next += batch);
      const vectors = await requestVectors({ ...access, signal: both }, some.map((i) => texts[i]!));
      some.forEach((row, k) => out.set(toRow(vectors[k]!, dims, access), row * dims));
      done += some.length;
      onProgress?.(done, texts.length);
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    work().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }));
  await Promise.allSettled(workers);
  // The first failure; the others follow from it.
  both.throwIfAborted();
  await Promise.all(workers);
}

/** Larger numbers do not fit into float32, where they would turn into infinity. */
const LARGEST = 3.4e38;

function toRow(vector: readonly number[], dims: number, { url }: EndpointAccess): Float64Array {
  const row = Float64Array.from(vector);
  const wrong = (what: string) =>
    new MicroLmError("data", `Expected vectors of ${dims} numbers from ${url.href}, found ${what}`);
  if (row.length !== dims) throw wrong(`${row.length}, unlike at first`);
  const large = row.find((value) => !(Math.abs(value) < LARGEST));
  if (large !== undefined) throw wrong(`${large}, which is no float32`);
  normalizeL2(row);
  return row;
}
