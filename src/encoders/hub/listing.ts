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

/** What the weights of a model are pulled for: ONNX Runtime, or PyTorch. */
export type WeightsFormat = "onnx" | "torch";

/**
 * The files of a listing that a model needs: configuration, tokenizer and weights.
 *
 * @param format Default: ONNX, or PyTorch's where the model has no ONNX file.
 * @throws {MicroLmError} Kind `missing` if there are no such weights.
 */
export function selectModelFiles(
  files: readonly HubFile[],
  id: string,
  { dtype, format }: { readonly dtype: ModelDtype; readonly format?: WeightsFormat | undefined },
): HubFile[] {
  const paths = files.map(({ path }) => path);
  const torch = findTorchWeights(paths);
  const isOnnx = format === "onnx" || torch.length === 0 || dtype !== "fp32" ||
    paths.some((path) => path.endsWith(".onnx"));
  if (format !== "torch" && isOnnx) {
    const onnx = pickOnnxFile(paths, dtype, id);
    // Weights outside of the file are named after it: model.onnx_data, model.onnx_data_1, model.onnx.data.
    const isData = (path: string) =>
      path.startsWith(onnx) && /^[._]data(_\d+)?$/.test(path.slice(onnx.length));
    return files.filter(({ path }) => path === onnx || isData(path) || CONFIGURATION.test(path));
  }
  if (torch.length === 0) {
    throw new MicroLmError("missing", `Cannot find weights for PyTorch in "${id}"`, {
      hint: "Expected model.safetensors, pytorch_model.bin, or one of them in numbered parts",
    });
  }
  return files.filter(({ path }) =>
    torch.includes(path) || CONFIGURATION.test(path) || TOKENIZER.test(path)
  );
}

/** Also in the numbered folders of modules. */
const CONFIGURATION =
  /^(\d+_\w+\/)?(modules|config|tokenizer|tokenizer_config|config_sentence_transformers|sentence_[\w-]+_config)\.json$|^\d+_Dense\/model\.safetensors$/;

/** What transformers makes a tokenizer of where there is no `tokenizer.json`. */
const TOKENIZER =
  /^((vocab|special_tokens_map|added_tokens)\.json|(vocab|merges)\.txt|(spiece|tokenizer|sentencepiece\.bpe)\.model)$/;

/** The first kind of weights that is there whole: files that execute nothing before pickles. */
function findTorchWeights(paths: readonly string[]): string[] {
  for (const [stem, end] of [["model", "safetensors"], ["pytorch_model", "bin"]] as const) {
    const whole = `${stem}.${end}`;
    if (paths.includes(whole)) return [whole];
    const part = new RegExp(`^${stem}-\\d+-of-\\d+\\.${end}$`);
    const index = `${whole}.index.json`;
    if (paths.includes(index)) return [index, ...paths.filter((path) => part.test(path))];
  }
  return [];
}

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
