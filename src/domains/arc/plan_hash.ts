import { sha256Hex } from "../../core/hash.ts";

/**
 * The fingerprint of a plan: the first 12 hex digits of the sha256 of its primitives joined by `|`, or of
 * `∅` for none. Arguments do not enter.
 *
 * @example
 * ```ts
 * import { planHash } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(planHash(["rotate", "flip_v"]), "ae5b5bfe366b");
 * assertEquals(planHash([]), "73c8ffe9553f");
 * ```
 */
export function planHash(primitives: readonly string[]): string {
  return sha256Hex(primitives.length === 0 ? "∅" : primitives.join("|")).slice(0, 12);
}
