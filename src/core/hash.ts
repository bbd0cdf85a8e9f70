import { createHash } from "node:crypto";

/**
 * Hex sha256 of text (as UTF-8) or bytes.
 *
 * @example
 * ```ts
 * import { sha256Hex } from "micro-lm/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sha256Hex("").slice(0, 8), "e3b0c442");
 * ```
 */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
