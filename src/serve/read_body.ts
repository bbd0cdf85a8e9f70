import { HttpProblem } from "./http_problem.ts";
import type { ServeLimits } from "./limits.ts";

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
export async function readJsonBody(request: Request, limits: ServeLimits): Promise<ReadBody> {
  checkMediaType(request.headers);
  const { maxBodyBytes } = limits;
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  // What has a length cannot become longer: no need to look at each piece
  const reading = length === null ? readPieces(request, maxBodyBytes) : request.bytes();
  const bytes = await withinTime(reading, limits.bodyTimeoutMs);
  return { json: parseJson(bytes), bytes: bytes.length };
}

function checkMediaType(headers: Headers): void {
  const type = headers.get("content-type");
  const isJson = type === "application/json" ||
    (type !== null && /^\s*application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type));
  const encoding = headers.get("content-encoding");
  if (isJson && (encoding === null || encoding === "identity")) return;
  const found = isJson ? `content-encoding ${encoding}` : type ?? "no content-type";
  throw new HttpProblem(
    "unsupported_media_type",
    `Expected application/json in UTF-8, got ${found}`,
    CLOSE,
  );
}

/** The rest of a body that is not wanted is not read: the connection ends. */
const CLOSE = { headers: { connection: "close" } };

function tooLarge(maxBodyBytes: number): HttpProblem {
  return new HttpProblem("body_too_large", `Expected at most ${maxBodyBytes} bytes`, CLOSE);
}

/** What is left of a body is dropped, not cancelled: cancelling a read keeps its buffer for ever. */
async function readPieces(request: Request, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return join(pieces, length);
    length += piece.value.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece.value);
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

async function withinTime(bytes: Promise<Uint8Array>, ms: number): Promise<Uint8Array> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new HttpProblem("slow_body", `Expected the whole body within ${ms} ms`, CLOSE));
  }, ms);
  try {
    return await Promise.race([bytes, late]);
  } catch (error) {
    // The reading ends by itself when the response is sent
    bytes.catch(() => {});
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem("incomplete_body", "", CLOSE);
  } finally {
    clearTimeout(timer);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    throw new HttpProblem("invalid_json", `Cannot parse the body: ${reason}`);
  }
}
