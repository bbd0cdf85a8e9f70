import { writeFileAtomic } from "../../core/atomic_write.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { readPackageFile } from "../lite/energetic_weights.ts";
import { USE_LITE_GRAPH_VERSION, type UseLiteDtype, type UseLiteOutput } from "./shape.ts";

/** A built model. */
export interface UseLiteModel {
  /** Content of the `.onnx` file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Hex sha256 of the graph with its weights. */
  readonly sha256: string;
  /** Where it is kept, or would be. */
  readonly path: string;
  /** Whether it was there already. */
  readonly reused: boolean;
}

/**
 * Gives the ONNX model of `use-lite`: the one that an earlier call built, if it is whole, else a new
 * one, which is kept for later calls where the folder can be written.
 *
 * The file ends in its own hash, so that a damaged one is noticed and built again.
 *
 * @param folder Where models are kept.
 * @param out One vector a text, or one a piece. Default: `vector`.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 */
export async function loadUseLiteModel(
  dtype: UseLiteDtype,
  folder: string,
  out: UseLiteOutput = "vector",
): Promise<UseLiteModel> {
  const name = out === "tokens" ? "use-lite-tokens" : "use-lite";
  const path = `${folder}/${name}-${dtype}-${await sourceKey(dtype)}.onnx`;
  const kept = await readKept(path);
  const sha256 = kept && checkSeal(kept);
  if (kept && sha256) return { bytes: kept, sha256, path, reused: true };
  const { buildUseLiteGraph } = await import("./graph.ts");
  const built = seal(await buildUseLiteGraph(dtype, undefined, out));
  await keep(path, built.bytes);
  return { ...built, path, reused: false };
}

/** Names what the model is made of, without reading the weights: the package and the graph's version. */
async function sourceKey(dtype: UseLiteDtype): Promise<string> {
  const sources = await Promise.all(["../package.json", "model.json"].map(readPackageFile));
  return sha256Hex(`use-lite ${USE_LITE_GRAPH_VERSION} ${dtype} `, ...sources).slice(0, 16);
}

async function readKept(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!isGranted("read", path)) return undefined;
  try {
    return await Deno.readFile(path);
  } catch {
    // Not there, or unreadable: then it is built.
    return undefined;
  }
}

/** Keeps the file where that is possible; a cache that cannot be written costs time, nothing else. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  if (!isGranted("write", path)) return;
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
  }
}

/** Asks beforehand, because a terminal user would be prompted otherwise. */
function isGranted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

const DIGITS = 64;

/** Appends the hash as the model's last metadata entry: a message may be continued like that. */
function seal(graph: Uint8Array): { bytes: Uint8Array<ArrayBuffer>; sha256: string } {
  const sha256 = sha256Hex(graph);
  const entry = sealBytes(sha256);
  const bytes = new Uint8Array(graph.length + entry.length);
  bytes.set(graph);
  bytes.set(entry, graph.length);
  return { bytes, sha256 };
}

/** The hash, or nothing if the content has another. */
function checkSeal(bytes: Uint8Array): string | undefined {
  const length = sealBytes("0".repeat(DIGITS)).length;
  if (bytes.length <= length) return undefined;
  const sha256 = sha256Hex(bytes.subarray(0, -length));
  const found = bytes.subarray(-length);
  return sealBytes(sha256).every((byte, i) => byte === found[i]) ? sha256 : undefined;
}

/** Field 14 of a model is `metadata_props`; fields 1 and 2 of that are key and value. */
function sealBytes(sha256: string): Uint8Array {
  const field = (tag: number, content: Uint8Array) =>
    Uint8Array.of((tag << 3) | 2, content.length, ...content);
  const text = (value: string) => new TextEncoder().encode(value);
  const entry = [...field(1, text("sha256")), ...field(2, text(sha256))];
  return field(14, Uint8Array.from(entry));
}
