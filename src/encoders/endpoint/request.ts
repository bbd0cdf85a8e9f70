import { z } from "zod";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError } from "../../core/errors.ts";
import {
  explainNetworkError,
  type Fetch,
  retryAfterMs,
  retrying,
  type RetryPolicy,
  TransientError,
} from "../http.ts";

/** How an endpoint is reached. */
export interface EndpointAccess extends RetryPolicy {
  /** Address of the embeddings method. */
  readonly url: URL;
  readonly model: string;
  /** Sent as a bearer token. Never part of a message. */
  readonly key: string | undefined;
  /** Name of the environment variable that the key is from. */
  readonly keyEnv: string;
  /** Milliseconds for one request, answer included. */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
}

const ANSWER = z.looseObject({
  data: z.array(z.looseObject({
    index: z.int().nonnegative().optional(),
    embedding: z.array(z.number()).min(1),
  })),
});

/**
 * Asks for the vectors of some texts, in the order of the texts.
 *
 * @throws {MicroLmError} Kind `permission` without network access, `missing` if the server refuses or is
 * not there, `data` if its answer is not what was asked for.
 */
export async function requestVectors(
  access: EndpointAccess,
  texts: readonly string[],
): Promise<number[][]> {
  const body = JSON.stringify({ model: access.model, input: texts, encoding_format: "float" });
  const text = await retrying(() => post(access, body), access);
  return readVectors(text, texts.length, access);
}

async function post(access: EndpointAccess, body: string): Promise<string> {
  const { url, key, timeoutMs, signal } = access;
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  let response: Response;
  let text: string;
  try {
    response = await access.fetch(url, {
      method: "POST",
      headers,
      body,
      // A key goes to no other host than the one that the user named.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (timeout.aborted && !signal?.aborted) throw timedOut(url, timeoutMs);
    throw explainNetworkError(error, url, signal);
  }
  if (!response.ok) throw explainStatus(response, text, access);
  return text;
}

function timedOut(url: URL, ms: number): TransientError {
  return new TransientError(
    new MicroLmError("unavailable", `"${url.host}" did not answer within ${ms / 1000} seconds`, {
      hint: "Try smaller batches or a longer timeout",
    }),
  );
}

function explainStatus(response: Response, text: string, access: EndpointAccess): Error {
  const { status } = response;
  const { url, key, keyEnv } = access;
  const said = withoutKey(text, key).replace(/\s+/g, " ").trim();
  const detail = said === "" ? "" : `: ${shorten(said, 200)}`;
  const explain = (hint: string) =>
    new MicroLmError(
      status === 404 ? "missing" : "unavailable",
      `${url.origin}${url.pathname} answers ${status}${detail}`,
      { hint },
    );
  if (status === 401 || status === 403) {
    return explain(
      key === undefined
        ? `Put the key into ${keyEnv} and grant --allow-env=${keyEnv}`
        : `Check the key in ${keyEnv}`,
    );
  }
  if (status === 404) {
    return explain(
      `Check the address, which ends before /embeddings, and the model "${access.model}"`,
    );
  }
  if (status >= 300 && status < 400) {
    return explain(`Redirects are not followed: use the address that it points to`);
  }
  if (status !== 408 && status !== 429 && status < 500) {
    return explain("Check the model's name; a text may be too long for it");
  }
  const error = explain("Try again later, or with a smaller batch or concurrency");
  return new TransientError(error, retryAfterMs(response.headers, Date.now()));
}

/** Servers may quote the key that they refuse. */
function withoutKey(text: string, key: string | undefined): string {
  return key ? text.replaceAll(key, "***") : text;
}

function readVectors(text: string, count: number, access: EndpointAccess): number[][] {
  const wrong = (what: string) =>
    new MicroLmError("data", `Expected embeddings from ${access.url.href}, found ${what}`, {
      hint: "The server must speak the OpenAI interface: POST /v1/embeddings",
    });
  const parsed = ANSWER.safeParse(parseJson(text));
  if (!parsed.success) throw wrong(JSON.stringify(shorten(withoutKey(text, access.key), 80)));
  const { data } = parsed.data;
  if (data.length !== count) throw wrong(`${data.length} vectors for ${count} texts`);
  const vectors: number[][] = [];
  for (const [place, { index = place, embedding }] of data.entries()) {
    if (index >= count || vectors[index]) throw wrong(`index ${index} out of order`);
    vectors[index] = embedding;
  }
  return vectors;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
