import { MicroLmError } from "../../core/errors.ts";
import type { ServeRequest } from "./exchange.ts";
import { headerOf } from "./exchange.ts";

/** Header fields by which pages of other origins may read an answer; none for all others. */
export type Cors = (request: ServeRequest) => Readonly<Record<string, string>>;

/** The server's own pages alone. */
export const NO_CORS: Cors = () => ({});

/**
 * Lets pages of these origins ask. Without it the browser keeps answers from them, and never sends a
 * body of JSON for them at all.
 *
 * @param origins Such as `https://app.example.org`.
 * @throws {MicroLmError} Kind `usage` for what is no origin; `*` is none, since it would let any page
 * that a person opens ask a server on their machine.
 */
export function createCors(origins: readonly string[]): Cors {
  const known = new Set(origins.map(checkOrigin));
  if (known.size === 0) return NO_CORS;
  return ({ headers }) => {
    const origin = headerOf(headers, "origin");
    if (origin === undefined || !known.has(origin)) return { vary: "origin" };
    return {
      vary: "origin",
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "x-request-id, retry-after",
    };
  };
}

/** Whether a browser asks what a page of an origin that may ask is allowed to send. */
export function isPreflight(
  { method, headers }: ServeRequest,
  cors: Readonly<Record<string, string>>,
): boolean {
  return method === "OPTIONS" && "access-control-allow-origin" in cors &&
    headerOf(headers, "access-control-request-method") !== undefined;
}

/** The answer to that. */
export function allowed(method: "GET" | "POST"): Readonly<Record<string, string>> {
  return {
    "access-control-allow-methods": method,
    "access-control-allow-headers": "authorization, content-type, x-request-id",
    "access-control-max-age": "600",
  };
}

function checkOrigin(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.origin === text) return text;
  throw new MicroLmError("usage", `Expected an origin, got "${text}"`, {
    hint: "Write scheme, name and port alone: https://app.example.org, http://localhost:3000",
  });
}
