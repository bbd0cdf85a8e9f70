import { createHashes, type HashedFile, readChunks } from "./store_hash.ts";

/** A part on disk, and the hash of what it holds. */
export interface HubPart {
  size(): number;
  /** For `If-Range`; undefined if the part cannot be told from another version. */
  etag(): string | undefined;
  /** Forgets what is there; what comes belongs to the version `etag`. */
  restart(etag: string | undefined): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  hashes(): HashedFile;
}

/** What {@linkcode readPart} needs to know. */
export interface ReadPartOptions {
  /** Where the file is to be in the end. */
  readonly path: string;
  /** The open part. */
  readonly part: Deno.FsFile;
  /** Of the whole file, if known. */
  readonly expectedSize: number | undefined;
  /** Called with the number of bytes that are there. */
  readonly onProgress: ((bytes: number) => void) | undefined;
  /** Explains errors of the disk. */
  readonly io: <T>(promise: Promise<T>) => Promise<T>;
}

/** Reads what an earlier run has left of a download. */
export async function readPart(
  { path, part, expectedSize, io, onProgress }: ReadPartOptions,
): Promise<HubPart> {
  let hashes = createHashes(expectedSize);
  let size = 0;
  let etag = await Deno.readTextFile(`${path}.part.etag`).catch(() => undefined);
  const count = (chunk: Uint8Array) => {
    hashes.update(chunk);
    size += chunk.length;
    onProgress?.(size);
  };
  for await (const chunk of readChunks(part)) count(chunk);
  return {
    size: () => size,
    etag: () => etag,
    restart: async (newEtag) => {
      await io(part.truncate(0));
      await io(part.seek(0, Deno.SeekMode.Start));
      hashes = createHashes(expectedSize);
      size = 0;
      // A weak tag does not promise equal bytes.
      etag = newEtag?.startsWith('"') ? newEtag : undefined;
      if (etag) await io(Deno.writeTextFile(`${path}.part.etag`, etag));
      else await Deno.remove(`${path}.part.etag`).catch(() => {});
    },
    append: async (chunk) => {
      for (let at = 0; at < chunk.length;) at += await io(part.write(chunk.subarray(at)));
      count(chunk);
    },
    hashes: () => ({ size, ...hashes.digest() }),
  };
}

/** Deletes what is there of a download. */
export async function removePart(path: string): Promise<void> {
  for (const suffix of [".part", ".part.etag"]) await Deno.remove(path + suffix).catch(() => {});
}
