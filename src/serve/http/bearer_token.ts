import { createHash, timingSafeEqual } from "node:crypto";
import { MicroLmError } from "../../core/errors.ts";
import { headerOf, type RequestHeaders } from "./exchange.ts";
import { isLoopback } from "./host_check.ts";
import { HttpProblem } from "../http_problem.ts";

/** Shorter tokens can be guessed. */
const SHORTEST = 16;

/** Refuses requests without the token. */
export type TokenCheck = (headers: RequestHeaders) => void;

/**
 * The check of a bearer token; without a token everybody on this machine is let in.
 *
 * Hashes are compared, in a time that does not depend on where they differ.
 *
 * @param host Where the server is going to listen.
 * @throws {MicroLmError} Kind `usage` for a token of less than 16 characters, or for none where the
 * host is not a loopback address.
 */
export function createTokenCheck(token: string | undefined, host: string): TokenCheck {
  if (token === undefined || token === "") {
    if (isLoopback(host)) return () => {};
    throw new MicroLmError("usage", `Cannot listen on "${host}" without a token`, {
      hint: "Set MICRO_LM_TOKEN, or listen on 127.0.0.1",
    });
  }
  if (token.length < SHORTEST) {
    throw new MicroLmError(
      "usage",
      `Expected a token of at least ${SHORTEST} characters, got ${token.length}`,
    );
  }
  const expected = digest(`Bearer ${token}`);
  return (headers) => {
    const given = headerOf(headers, "authorization");
    if (given !== undefined && timingSafeEqual(digest(normalizeScheme(given)), expected)) return;
    throw new HttpProblem(
      "unauthorized",
      given === undefined ? "" : "The token is not the right one",
      {
        hint: "Send the header Authorization: Bearer TOKEN",
        headers: { "www-authenticate": "Bearer", connection: "close" },
      },
    );
  };
}

/** The name of the scheme may be written in any case. */
function normalizeScheme(header: string): string {
  return header.replace(/^bearer +/i, "Bearer ");
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
