import { createHash } from "node:crypto";

/** Size and hashes of a file on disk. */
export interface HashedFile {
  readonly size: number;
  readonly sha256: string;
  /** Git's hash of the content, if its size was known from the start. */
  readonly gitSha1: string;
}

/** Size and hashes of a file. */
export async function hashFile(path: string): Promise<HashedFile> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const hashes = createHashes(size);
  for await (const chunk of readChunks(file)) hashes.update(chunk);
  return { size, ...hashes.digest() };
}

/**
 * Starts the hashes of a file that comes in pieces.
 *
 * @param size Of the whole file: git puts it in front of the content.
 */
export function createHashes(size: number | undefined): {
  update(chunk: Uint8Array): void;
  /** Of what came so far. */
  digest(): { sha256: string; gitSha1: string };
} {
  const sha256 = createHash("sha256");
  const git = createHash("sha1").update(`blob ${size}\0`);
  return {
    update: (chunk) => {
      sha256.update(chunk);
      git.update(chunk);
    },
    digest: () => ({ sha256: sha256.copy().digest("hex"), gitSha1: git.copy().digest("hex") }),
  };
}

/** Reads a file from where it stands. A chunk is valid until the next one. */
export async function* readChunks(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(1 << 20);
  for (;;) {
    const read = await file.read(chunk);
    if (read === null) return;
    yield chunk.subarray(0, read);
  }
}
