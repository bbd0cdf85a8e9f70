import { dirname } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { retrying, TransientError } from "../http.ts";
import { type HubAccess, type HubResponse, requestHub } from "./http.ts";
import type { HubFile } from "./listing.ts";
import { type HubPart, readPart, removePart } from "./part.ts";
import { type HashedFile, hashFile } from "./store_hash.ts";

/** Options of {@linkcode downloadFile}. */
export interface DownloadFileOptions {
  /** Called with the number of bytes that are there. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Downloads a file to `path`, whole and checked, or not at all.
 *
 * Bytes gather in `<path>.part`; a run that was killed or cut off goes on from there, if the server
 * knows ranges and has the same file still (`If-Range`, with the ETag in `<path>.part.etag`). Size and
 * hash are compared with the listing before the file gets its name. A lock on the part lets a second
 * process wait for the first.
 *
 * @throws {MicroLmError} As {@linkcode requestHub}; kind `data` for a wrong size or hash, `write` or
 * `permission` if the disk refuses.
 */
export async function downloadFile(
  access: HubAccess,
  url: string,
  path: string,
  expected: HubFile,
  options: DownloadFileOptions = {},
): Promise<HashedFile> {
  const io = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error) => {
      throw explainIoError(error, path, "write");
    });
  await io(Deno.mkdir(dirname(path), { recursive: true }));
  using part = await io(
    Deno.open(`${path}.part`, { read: true, write: true, create: true }),
  );
  await io(part.lock(true));
  const finished = await hashFile(path).catch(() => undefined);
  if (finished && mismatch(finished, expected) === undefined) {
    await Deno.remove(`${path}.part`).catch(() => {});
    return finished;
  }
  const download = await readPart({
    path,
    part,
    expectedSize: expected.size,
    onProgress: options.onProgress,
    io,
  });
  const isResumed = download.size() > 0;
  await fetchAll(access, url, download, expected);
  if (isResumed && mismatch(download.hashes(), expected) !== undefined) {
    // What an earlier run left may be damaged, by a power cut or a full disk.
    await download.restart(undefined);
    await fetchAll(access, url, download, expected);
  }
  const stored = download.hashes();
  const fault = mismatch(stored, expected);
  if (fault !== undefined) {
    await removePart(path);
    throw wrong(expected, fault);
  }
  await io(part.sync());
  await io(Deno.rename(`${path}.part`, path));
  await Deno.remove(`${path}.part.etag`).catch(() => {});
  return stored;
}

async function fetchAll(
  access: HubAccess,
  url: string,
  download: HubPart,
  expected: HubFile,
): Promise<void> {
  let before = 0;
  await retrying(
    () => {
      before = download.size();
      return fetchRest(access, url, download, expected);
    },
    access,
    () => download.size() > before,
  );
}

/** Fetches what is missing of a part, or all of it if the server does not continue it. */
async function fetchRest(
  access: HubAccess,
  url: string,
  download: HubPart,
  expected: HubFile,
): Promise<void> {
  const from = download.size();
  if (from > 0 && from === expected.size) return;
  const canCheck = expected.sha256 !== undefined || expected.gitSha1 !== undefined;
  const canResume = from > 0 && (download.etag() !== undefined || canCheck);
  const etag = download.etag();
  const headers: Record<string, string> = canResume
    ? { range: `bytes=${from}-`, ...(etag ? { "if-range": etag } : {}) }
    : {};
  const response = await requestHub(access, url, `"${expected.path}"`, headers);
  const isContinued = canResume && response.status === 206 && rangeStart(response) === from;
  if (!isContinued) await download.restart(response.headers.get("etag") ?? undefined);
  if (!isContinued && response.status !== 200) {
    await response.cancel();
    throw broken(expected, "the server does not continue the download");
  }
  const announced = response.headers.get("content-length");
  const whole = announced === null ? undefined : download.size() + Number(announced);
  if (whole !== undefined && expected.size !== undefined && whole !== expected.size) {
    await response.cancel();
    throw wrong(expected, `size: ${whole} bytes instead of ${expected.size}`);
  }
  await receive(response, download, expected, expected.size ?? whole);
}

async function receive(
  response: HubResponse,
  download: HubPart,
  expected: HubFile,
  length: number | undefined,
): Promise<void> {
  const before = download.size();
  try {
    for await (const chunk of response.chunks()) {
      if (length !== undefined && download.size() + chunk.length > length) {
        await download.restart(undefined);
        throw wrong(expected, `size: more than ${length} bytes`);
      }
      await download.append(chunk);
    }
  } catch (error) {
    // A server that stalls after a while may go on; one that never sent a byte is given up.
    const isStalled = error instanceof MicroLmError && error.kind === "unavailable";
    throw isStalled && download.size() > before ? new TransientError(error) : error;
  }
  if (length !== undefined && download.size() < length) {
    throw broken(expected, `the connection ended after ${download.size()} of ${length} bytes`);
  }
}

function wrong({ path }: HubFile, what: string): MicroLmError {
  return new MicroLmError("data", `What the server has as "${path}" has the wrong ${what}`, {
    hint: "Run the command again, or use another --mirror",
  });
}

function broken({ path }: HubFile, why: string): TransientError {
  return new TransientError(
    new MicroLmError("unavailable", `Cannot download "${path}": ${why}`, {
      hint: "Run the same command again: it goes on where it stopped",
    }),
  );
}

function rangeStart({ headers }: HubResponse): number {
  return Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);
}

/** What differs from the listing: `size`, `sha256`, `git hash` or nothing. */
function mismatch(
  found: HashedFile,
  { size, sha256, gitSha1 }: HubFile,
): string | undefined {
  if (size !== undefined && size !== found.size) return `size: ${found.size} instead of ${size}`;
  if (sha256 !== undefined && sha256 !== found.sha256) return "sha256";
  if (gitSha1 !== undefined && gitSha1 !== found.gitSha1) return "git hash";
  return undefined;
}
