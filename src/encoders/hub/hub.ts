import { MicroLmError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";
import { explainIoError } from "../../core/io_error.ts";
import type { Fetch } from "../http.ts";
import { downloadFile } from "./download.ts";
import type { HubAccess } from "./http.ts";
import {
  type HubFile,
  type HubListing,
  listHubFiles,
  selectModelFiles,
  type WeightsFormat,
} from "./listing.ts";
import {
  DEFAULT_MODEL_STORE,
  isModelId,
  modelFolder,
  type ModelManifest,
  readModel,
  type StoredModel,
  writeManifest,
} from "./store_manifest.ts";
import type { ModelDtype } from "../sentence_transformer/onnx.ts";

/** The public hub. */
const DEFAULT_HUB = "https://huggingface.co";

/** Options of {@linkcode pullModel}. */
export interface PullModelOptions {
  /** Branch, tag or commit. Default: `main`. */
  readonly revision?: string;
  /** Address of a server with the layout of the hub. Default: the public hub. */
  readonly mirror?: string;
  /** Folder of the store. Default: `.cache/models/hub`. */
  readonly storeDir?: string;
  /** Number type of the weights to pull. Default: `fp32`. */
  readonly dtype?: ModelDtype;
  /** What the weights are for. Default: ONNX Runtime, or PyTorch where the model has no ONNX file. */
  readonly format?: WeightsFormat | undefined;
  /** Called with the bytes that are there, the bytes in all, and the file at hand. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
  /** Stops the pull; what is there is kept. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which a server counts as hanging. Default: 30,000. */
  readonly idleTimeoutMs?: number;
  /** Attempts after a failed one that got no further. Default: 4. */
  readonly retries?: number;
  /** Milliseconds before the second attempt; doubles with each one. Default: 500. */
  readonly backoffMs?: number;
  /** Default: the global one. */
  readonly fetch?: Fetch;
}

/**
 * Downloads a model from the hub into the store: an encoder in ONNX, or the weights of a transformer for
 * the torch engine.
 *
 * Only the files that are needed are fetched, at the commit that the revision stands for. Sizes
 * and hashes are checked. A pull that was killed or cut off goes on where it stopped. The model counts
 * as pulled when all of it is there; until then an older one stays in use. Files of another number type
 * or format at the same commit are kept.
 *
 * @throws {MicroLmError} Kind `usage` for a wrong id or address; `missing` if the server refuses, has no
 * such model, or hangs; `data` if what it sends is not what it listed; `permission` without network
 * access to a host, which the hint names; `write` if the disk refuses.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { pullModel } from "micro-lm/encoders";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => pullModel("../elsewhere"), MicroLmError, "Expected a model id");
 * ```
 */
export async function pullModel(id: string, options: PullModelOptions = {}): Promise<StoredModel> {
  const { revision = "main", storeDir = DEFAULT_MODEL_STORE, dtype = "fp32" } = options;
  if (!isModelId(id)) {
    throw new MicroLmError("usage", `Expected a model id like owner/name, found "${id}"`);
  }
  const access = accessHub(options);
  const { commit, files } = await listHubFiles(access, id, revision);
  const wanted = selectModelFiles(files, id, { dtype, format: options.format });
  const earlier = await readModel(id, { storeDir }).catch(() => undefined);
  const folder = modelFolder(storeDir, id, commit);
  await reuseFiles(earlier, folder, wanted);
  const pulled = await downloadAll(access, { id, commit, files: wanted }, folder, options);
  const names = new Set(pulled.map(({ path }) => path));
  const kept = earlier?.commit === commit
    ? earlier.files.filter(({ path }) => !names.has(path))
    : [];
  await writeManifest(storeDir, {
    id,
    revision,
    commit,
    files: [...kept, ...pulled].sort((a, b) => a.path < b.path ? -1 : 1),
    pulled_at: new Date().toISOString(),
  });
  if (earlier && earlier.folder !== folder) {
    await Deno.remove(earlier.folder, { recursive: true }).catch(() => {});
  }
  return await readModel(id, { storeDir });
}

function accessHub(options: PullModelOptions): HubAccess {
  const { mirror = DEFAULT_HUB, idleTimeoutMs = 30_000, retries = 4, backoffMs = 500 } = options;
  const url = URL.parse(mirror);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new MicroLmError("usage", `Expected the http address of a mirror, found "${mirror}"`);
  }
  return {
    base: url.href.replace(/\/+$/, ""),
    idleTimeoutMs,
    retries,
    backoffMs,
    random: createRandom(Date.now()),
    signal: options.signal,
    fetch: options.fetch ?? fetch,
  };
}

async function downloadAll(
  access: HubAccess,
  { id, commit, files }: HubListing & { readonly id: string },
  folder: string,
  { onProgress }: PullModelOptions,
): Promise<ModelManifest["files"]> {
  const total = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const pulled: { path: string; size: number; sha256: string }[] = [];
  let before = 0;
  for (const file of files) {
    const { path } = file;
    access.signal?.throwIfAborted();
    const url = `${access.base}/${id}/resolve/${commit}/${encodePath(path)}`;
    const { size, sha256 } = await downloadFile(access, url, `${folder}/${path}`, file, {
      onProgress: (bytes) => onProgress?.(before + bytes, Math.max(total, before + bytes), path),
    });
    before += size;
    onProgress?.(before, Math.max(total, before), path);
    pulled.push({ path, size, sha256 });
  }
  return pulled;
}

/** Weights mostly outlive a commit: what is equal is copied instead of fetched. */
async function reuseFiles(
  earlier: StoredModel | undefined,
  folder: string,
  wanted: readonly HubFile[],
): Promise<void> {
  if (!earlier || earlier.folder === folder) return;
  for (const { path, sha256 } of wanted) {
    const same = earlier.files.find((file) => file.path === path && file.sha256 === sha256);
    if (!same) continue;
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true }).catch(
      (error) => {
        throw explainIoError(error, target, "write");
      },
    );
    // If it fails, the file is fetched; if it copies a damaged file, the hash tells.
    await Deno.copyFile(`${earlier.folder}/${path}`, target).catch(() => {});
  }
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
