import { dirname } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { MicroLmError } from "../../core/errors.ts";
import { readJsonFile } from "../../core/text/json_text.ts";
import { isPathWithin } from "./store_path.ts";

/** Where pulled models lie unless told otherwise. */
export const DEFAULT_MODEL_STORE = ".cache/models/hub";

/** Options of the functions of the model store. */
export interface ModelStoreOptions {
  /** Folder of the store. Default: `.cache/models/hub`. */
  readonly storeDir?: string;
}

/** What `manifest.json` says about a pulled model. */
export interface ModelManifest {
  readonly id: string;
  /** The revision that was asked for. */
  readonly revision: string;
  /** The commit that it stood for. */
  readonly commit: string;
  /** Files, with paths relative to the model's folder. */
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** Time of the pull, ISO 8601. */
  readonly pulled_at: string;
}

/** A pulled model. */
export interface StoredModel extends ModelManifest {
  /** Where its files are. */
  readonly folder: string;
  /** Sum of their sizes. */
  readonly bytes: number;
}

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const MANIFEST = z.looseObject({
  id: z.string(),
  revision: z.string(),
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  files: z.array(z.strictObject({
    path: z.string().refine(isPathWithin, "expected a path within the model"),
    size: z.int().nonnegative(),
    sha256: SHA256,
  })),
  pulled_at: z.string(),
});

/**
 * Whether a name can be that of a model on the hub: `owner/name`.
 *
 * @example
 * ```ts
 * import { isModelId } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isModelId("sentence-transformers/all-MiniLM-L6-v2"), true);
 * assertEquals(isModelId("../secrets"), false);
 * ```
 */
export function isModelId(name: string): boolean {
  return name.length <= 200 && /^\w[\w.-]*\/\w[\w.-]*$/.test(name) && !name.includes("..");
}

/**
 * Reads the manifest of a pulled model.
 *
 * @throws {MicroLmError} Kind `missing` if it was not pulled, `data` if its manifest is damaged, `usage`
 * if `id` is no model id.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { readModel } from "micro-lm/encoders";
 * import { assertRejects } from "@std/assert";
 *
 * const storeDir = ".artifacts/no-store";
 * await assertRejects(() => readModel("owner/name", { storeDir }), MicroLmError, "is not here");
 * ```
 */
export async function readModel(
  id: string,
  { storeDir = DEFAULT_MODEL_STORE }: ModelStoreOptions = {},
): Promise<StoredModel> {
  const path = manifestPath(storeDir, id);
  let json: unknown;
  try {
    json = await readJsonFile(path);
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind === "permission") throw error;
    throw error.kind === "missing"
      ? notPulled(id, `Model "${id}" is not here`)
      : notManifest(id, path, error);
  }
  try {
    const manifest = MANIFEST.parse(json);
    const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0);
    return { ...manifest, folder: modelFolder(storeDir, id, manifest.commit), bytes };
  } catch (cause) {
    throw notManifest(id, path, cause);
  }
}

function notManifest(id: string, path: string, cause: unknown): MicroLmError {
  return new MicroLmError("data", "Expected the manifest of a pulled model", {
    at: { file: path },
    hint: `Remove the model and pull it again: deno task model remove ${id}`,
    cause,
  });
}

/**
 * Writes the manifest of a model: from now on it counts as pulled.
 *
 * @throws {MicroLmError} Kind `write` or `permission`.
 */
export async function writeManifest(storeDir: string, manifest: ModelManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFileAtomic(manifestPath(storeDir, manifest.id), text);
}

/** Folder of a model's files at a commit. */
export function modelFolder(storeDir: string, id: string, commit: string): string {
  return `${dirname(manifestPath(storeDir, id))}/${commit.slice(0, 12)}`;
}

/** Path of a model's manifest, which stands in the folder of all that belongs to the model. */
export function manifestPath(storeDir: string, id: string): string {
  if (isModelId(id)) return `${storeDir}/${id}/manifest.json`;
  throw new MicroLmError("usage", `Expected a model id like owner/name, found "${id}"`);
}

/** What the user is told about a model that is not there, or not whole. */
export function notPulled(id: string, what: string): MicroLmError {
  return new MicroLmError("missing", what, { hint: `Pull it: deno task model pull ${id}` });
}
