import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { retrying } from "../http.ts";
import { type HubAccess, requestHub } from "./http.ts";
import { isPathWithin } from "./store_path.ts";
import { type ModelDtype, pickOnnxFile } from "../sentence_transformer/onnx.ts";

/** A file of a model on the hub. */
export interface HubFile {
  readonly path: string;
  /** In bytes, if the hub tells. */
  readonly size?: number;
  /** Of large files, which the hub keeps by their sha256. */
  readonly sha256?: string;
  /** Of small files: git's hash of the content, a sha1. */
  readonly gitSha1?: string;
}

/** The files of a model at one commit. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const SIZE = z.int().nonnegative();

const LISTING = z.looseObject({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  siblings: z.array(z.looseObject({
    rfilename: z.string(),
    size: SIZE.nullish(),
    blobId: z.string().nullish(),
    lfs: z.looseObject({ sha256: SHA256, size: SIZE.nullish() }).nullish(),
  })),
});

/** No listing of a model comes near; a hostile one stops here. */
const MAX_LISTING_BYTES = 32 << 20;

/**
 * Asks the hub for the files of a model.
 *
 * @throws {MicroLmError} As {@linkcode requestHub}; kind `data` if the answer is no listing, or names a
 * file outside of the model's folder.
 */
export async function listHubFiles(
  access: HubAccess,
  id: string,
  revision: string,
): Promise<HubListing> {
  const url = `${access.base}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const text = await retrying(
    () => readText(access, url, `"${id}" at revision "${revision}"`),
    access,
  );
  const parsed = LISTING.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new MicroLmError("data", `Expected the list of a model's files from ${url}`, {
      hint: "Check the address of the mirror: it serves the layout of the public hub",
      cause: parsed.error,
    });
  }
  const { sha, siblings } = parsed.data;
  const outside = siblings.find(({ rfilename }) => !isPathWithin(rfilename));
  if (outside) {
    throw new MicroLmError(
      "data",
      `Refused to download "${id}": its file name ${
        JSON.stringify(outside.rfilename)
      } leaves its folder`,
    );
  }
  return { commit: sha, files: siblings.map(toHubFile) };
}

/**
 * The files of a listing that an encoder needs: configuration, tokenizer and one ONNX file.
 *
 * @throws {MicroLmError} Kind `missing` if one is not there.
 */
export function selectModelFiles(
  files: readonly HubFile[],
  dtype: ModelDtype,
  id: string,
): HubFile[] {
  const paths = files.map(({ path }) => path);
  const onnx = pickOnnxFile(paths, dtype, id);
  // Weights outside of the file are named after it: model.onnx_data, model.onnx_data_1, model.onnx.data.
  const isData = (path: string) =>
    path.startsWith(onnx) && /^[._]data(_\d+)?$/.test(path.slice(onnx.length));
  return files.filter(({ path }) => path === onnx || isData(path) || CONFIGURATION.test(path));
}

/** Also in the numbered folders of modules. */
const CONFIGURATION =
  /^(\d+_\w+\/)?(modules|config|tokenizer|tokenizer_config|config_sentence_transformers|sentence_[\w-]+_config)\.json$|^\d+_Dense\/model\.safetensors$/;

function toHubFile(
  { rfilename, size, blobId, lfs }: z.infer<typeof LISTING>["siblings"][number],
): HubFile {
  const bytes = lfs?.size ?? size;
  return {
    path: rfilename,
    ...(typeof bytes === "number" ? { size: bytes } : {}),
    ...(lfs ? { sha256: lfs.sha256 } : {}),
    // With LFS the blob is a pointer. The hash covers the size.
    ...(!lfs && typeof bytes === "number" && blobId && /^[0-9a-f]{40}$/.test(blobId)
      ? { gitSha1: blobId }
      : {}),
  };
}

async function readText(access: HubAccess, url: string, what: string): Promise<string> {
  const { chunks } = await requestHub(access, url, what, { accept: "application/json" });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_LISTING_BYTES) {
      throw new MicroLmError("data", `The list of files from ${url} does not end`);
    }
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
