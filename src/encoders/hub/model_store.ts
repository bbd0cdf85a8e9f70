import { dirname } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { hashFile } from "./store_hash.ts";
import {
  DEFAULT_MODEL_STORE,
  isModelId,
  manifestPath,
  type ModelStoreOptions,
  notPulled,
  readModel,
  type StoredModel,
} from "./store_manifest.ts";

export {
  isModelId,
  type ModelManifest,
  type ModelStoreOptions,
  readModel,
  type StoredModel,
} from "./store_manifest.ts";

/** Something wrong with a file of a pulled model. */
export interface ModelFault {
  readonly path: string;
  readonly fault: "missing" | "size" | "sha256";
}

/**
 * The folder of a pulled model.
 *
 * @throws {MicroLmError} Kind `missing` if it was not pulled, or a file is gone: the hint is the command
 * that pulls it; `usage` if `id` is no model id.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { resolveModel } from "micro-lm/encoders";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => resolveModel("owner/name", { storeDir: ".artifacts/no-store" }),
 *   MicroLmError,
 * );
 * assertEquals(error.hint, "Pull it: deno task model pull owner/name");
 * ```
 */
export async function resolveModel(id: string, options: ModelStoreOptions = {}): Promise<string> {
  const { folder, files } = await readModel(id, options);
  for (const { path, size } of files) {
    const found = await Deno.stat(`${folder}/${path}`).catch(() => undefined);
    if (found?.size !== size) throw notPulled(id, `"${path}" of model "${id}" is not whole`);
  }
  return folder;
}

/**
 * Lists the pulled models, by id.
 *
 * @throws {MicroLmError} As {@linkcode readModel}, for any of them.
 *
 * @example
 * ```ts
 * import { listModels } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await listModels({ storeDir: ".artifacts/no-store" }), []);
 * ```
 */
export async function listModels(options: ModelStoreOptions = {}): Promise<StoredModel[]> {
  const { storeDir = DEFAULT_MODEL_STORE } = options;
  const ids: string[] = [];
  for (const owner of await listFolders(storeDir)) {
    for (const name of await listFolders(`${storeDir}/${owner}`)) {
      const id = `${owner}/${name}`;
      if (isModelId(id) && await exists(manifestPath(storeDir, id))) ids.push(id);
    }
  }
  return await Promise.all(ids.sort().map((id) => readModel(id, options)));
}

/**
 * Hashes every file of a pulled model and compares with the manifest; returns what is wrong.
 *
 * @throws {MicroLmError} As {@linkcode readModel}; kind `permission` if a file may not be read.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { verifyModel } from "micro-lm/encoders";
 * import { assertRejects } from "@std/assert";
 *
 * const storeDir = ".artifacts/no-store";
 * await assertRejects(() => verifyModel("owner/name", { storeDir }), MicroLmError, "is not here");
 * ```
 */
export async function verifyModel(
  id: string,
  options: ModelStoreOptions = {},
): Promise<ModelFault[]> {
  const { folder, files } = await readModel(id, options);
  const faults: ModelFault[] = [];
  for (const { path, size, sha256 } of files) {
    const found = await hashFile(`${folder}/${path}`).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw explainIoError(error, `${folder}/${path}`, "read");
    });
    if (!found) faults.push({ path, fault: "missing" });
    else if (found.size !== size) faults.push({ path, fault: "size" });
    else if (found.sha256 !== sha256) faults.push({ path, fault: "sha256" });
  }
  return faults;
}

/**
 * Deletes a model and what an unfinished pull has left of it.
 *
 * @returns Whether anything was there.
 * @throws {MicroLmError} Kind `write` or `permission`; `usage` if `id` is no model id.
 *
 * @example
 * ```ts
 * import { removeModel } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await removeModel("owner/name", { storeDir: ".artifacts/no-store" }), false);
 * ```
 */
export async function removeModel(id: string, options: ModelStoreOptions = {}): Promise<boolean> {
  const { storeDir = DEFAULT_MODEL_STORE } = options;
  const path = dirname(manifestPath(storeDir, id));
  try {
    // The manifest first: a model that is half deleted must not count as pulled.
    await Deno.remove(manifestPath(storeDir, id)).catch(ignoreAbsence);
    await Deno.remove(path, { recursive: true });
    // The owner's folder goes with the last model in it.
    await Deno.remove(dirname(path)).catch(() => {});
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw explainIoError(error, path, "write");
  }
}

async function listFolders(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw explainIoError(error, path, "read");
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
