import { MicroLmError } from "../../core/errors.ts";
import {
  explainNetworkError,
  type Fetch,
  retryAfterMs,
  type RetryPolicy,
  TransientError,
} from "../http.ts";

/** How the hub is reached. */
export interface HubAccess extends RetryPolicy {
  /** Address of the hub, without a slash at its end. */
  readonly base: string;
  /** Milliseconds without a byte after which a server counts as hanging. */
  readonly idleTimeoutMs: number;
  readonly fetch: Fetch;
}

/** An answer, whose body comes in pieces. */
export interface HubResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Reads the body; a pause longer than the idle timeout ends it with an error. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  /** Leaves the rest of the body. */
  readonly cancel: () => Promise<void>;
}

const MAX_REDIRECTS = 10;

/**
 * Asks the hub for a file. Redirects are followed here, because the hub's files lie on other hosts, and
 * each host needs a permission of its own.
 *
 * @param what What messages call it.
 * @throws {MicroLmError} Kind `permission` without network access to a host, `missing` if the server
 * refuses, has no such file, or hangs.
 * @throws {TransientError} For a broken connection, 429 and 5xx.
 */
export async function requestHub(
  access: HubAccess,
  start: string,
  what: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HubResponse> {
  let url = new URL(start);
  const hosts = [url.host];
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await requestOnce(access, url, headers, hosts);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      await checkStatus(response, what, url);
      return response;
    }
    await response.cancel();
    url = followRedirect(url, location);
    if (!hosts.includes(url.host)) hosts.push(url.host);
  }
  throw new MicroLmError(
    "unavailable",
    `Cannot download ${what}: more than ${MAX_REDIRECTS} redirects`,
  );
}

async function requestOnce(
  { fetch, idleTimeoutMs, signal }: HubAccess,
  url: URL,
  headers: Readonly<Record<string, string>>,
  hosts: readonly string[],
): Promise<HubResponse> {
  const abort = new AbortController();
  const both = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
  const guarded = async <T>(promise: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => abort.abort(hanging(url, idleTimeoutMs)), idleTimeoutMs);
    try {
      return await promise;
    } catch (error) {
      if (abort.signal.aborted && !signal?.aborted) throw abort.signal.reason;
      throw explainHost(explainNetworkError(error, url, signal), hosts);
    } finally {
      clearTimeout(timer);
    }
  };
  // Compressed bodies have another length than the file.
  const init = { headers: { "accept-encoding": "identity", ...headers }, signal: both };
  const response = await guarded(fetch(url, { ...init, redirect: "manual" }));
  return {
    status: response.status,
    headers: response.headers,
    cancel: async () => await response.body?.cancel().catch(() => {}),
    chunks: async function* () {
      const reader = response.body?.getReader();
      if (!reader) return;
      try {
        for (;;) {
          const { done, value } = await guarded(reader.read());
          if (done) return;
          yield value;
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
    },
  };
}

function hanging(url: URL, ms: number): MicroLmError {
  return new MicroLmError("unavailable", `"${url.host}" sent nothing for ${ms / 1000} seconds`, {
    hint: "Run the same command again: it goes on where it stopped",
  });
}

/** A host behind a redirect needs its permission beside that of the hub. */
function explainHost(error: unknown, hosts: readonly string[]): unknown {
  const isDenied = error instanceof MicroLmError && error.kind === "permission";
  if (!isDenied || hosts.length < 2) return error;
  return new MicroLmError("permission", `${error.message}, where the hub keeps its files`, {
    hint: `Grant it with --allow-net=${hosts.join(",")}`,
    cause: error,
  });
}

function followRedirect(from: URL, location: string): URL {
  const url = URL.parse(location, from);
  const isSafe = url?.protocol === "https:" ||
    (url?.protocol === "http:" && from.protocol === "http:");
  if (url && isSafe) return url;
  throw new MicroLmError(
    "data",
    `"${from.host}" redirects to "${location}": expected an https address`,
  );
}

async function checkStatus(response: HubResponse, what: string, url: URL): Promise<void> {
  const { status, headers } = response;
  // 416 says that a part is longer than the file: the caller starts again.
  if (status === 200 || status === 206 || status === 416) return;
  await response.cancel();
  const cannot = `Cannot download ${what}: "${url.host}" answers ${status}`;
  if (status === 401 || status === 403) {
    throw new MicroLmError("unavailable", cannot, {
      hint: "The model is private, asks for consent, or does not exist. Check its name; " +
        "or download its files yourself and give their folder",
    });
  }
  if (status === 404) {
    throw new MicroLmError("missing", cannot, { hint: "Check the name and the revision" });
  }
  const error = new MicroLmError("unavailable", cannot, {
    hint: status === 429
      ? "The server asks to come back later"
      : "Try again later, or --mirror URL",
  });
  if (status !== 429 && status < 500) throw error;
  throw new TransientError(error, retryAfterMs(headers, Date.now()));
}
