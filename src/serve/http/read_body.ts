import type { BodyLimits, RequestHeaders, ServeRequest } from "./exchange.ts";
import { headerOf } from "./exchange.ts";
import { findRepeatedName } from "../../core/text/json_fault.ts";
import { nameOf } from "../../core/text/json_text.ts";
import { HttpProblem } from "../http_problem.ts";

/** A body that has arrived. */
export interface ReadBody {
  readonly json: unknown;
  readonly bytes: number;
}

/**
 * Reads a JSON body within a limit of bytes and of time.
 *
 * @throws {HttpProblem} `unsupported_media_type`, `body_too_large`, `slow_body`, `incomplete_body` or
 * `invalid_json`.
 */
export async function readJsonBody(request: ServeRequest, limits: BodyLimits): Promise<ReadBody> {
  checkMediaType(request.headers);
  const length = headerOf(request.headers, "content-length");
  if (length !== undefined && Number(length) > limits.maxBodyBytes) throw tooLarge(limits);
  const bytes = await request.readBody(limits);
  return { json: parseJson(bytes), bytes: bytes.length };
}

function checkMediaType(headers: RequestHeaders): void {
  const type = headerOf(headers, "content-type");
  const isJson = type === "application/json" ||
    (type !== undefined && /^\s*application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type));
  const encoding = headerOf(headers, "content-encoding");
  if (isJson && (encoding === undefined || encoding === "identity")) return;
  const found = isJson ? `content-encoding ${encoding}` : type ?? "no content-type";
  throw new HttpProblem(
    "unsupported_media_type",
    `Expected application/json in UTF-8, got ${found}`,
    CLOSE,
  );
}

/** The rest of a body that is not wanted is not read: the connection ends. */
const CLOSE = { headers: { connection: "close" } };

/** The problem of a body beyond the limit. */
export function tooLarge({ maxBodyBytes }: BodyLimits): HttpProblem {
  return new HttpProblem("body_too_large", `Expected at most ${maxBodyBytes} bytes`, CLOSE);
}

/** The problem of a body that has not arrived in time. */
export function tooSlow({ bodyTimeoutMs }: BodyLimits): HttpProblem {
  return new HttpProblem(
    "slow_body",
    `Expected the whole body within ${bodyTimeoutMs} ms`,
    CLOSE,
  );
}

/** The problem of a body that ends before its end. */
export function incomplete(): HttpProblem {
  return new HttpProblem("incomplete_body", "", CLOSE);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let json: unknown;
  try {
    text = UTF8.decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    throw new HttpProblem("invalid_json", `Cannot parse the body: ${reason}`);
  }
  const twice = findRepeatedName(text);
  if (!twice) return json;
  throw new HttpProblem(
    "invalid_json",
    `Cannot parse the body: the name ${nameOf(twice)} is there twice`,
  );
}
