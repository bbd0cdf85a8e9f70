import { MicroLmError } from "../../core/errors.ts";
import { createRandom } from "../../core/random.ts";

/**
 * Splits rows into parts so that rows of one group stay together.
 *
 * @param groups The group of each row, for example its template.
 * @param shares Relative sizes of the parts; sizes in rows come as near as whole groups allow.
 * @returns The rows of each part, ascending.
 * @throws {MicroLmError} Kind `usage` if a share is not positive.
 *
 * @example
 * ```ts
 * import { splitGroups } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const [first, second] = splitGroups(["a", "a", "b", "b"], [1, 1], 0);
 * assertEquals([first!.length, second!.length], [2, 2]);
 * ```
 */
export function splitGroups(
  groups: readonly string[],
  shares: readonly number[],
  seed: number,
): Uint32Array[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.some((share) => !(share > 0)) || !Number.isFinite(total)) {
    throw new MicroLmError("usage", `Expected positive shares, got ${shares.join("/")}`);
  }
  const rowsOf = [...Map.groupBy(groups.keys(), (row) => groups[row]!).values()];
  createRandom(seed).shuffle(rowsOf);
  const parts: number[][] = shares.map(() => []);
  for (const rows of rowsOf) {
    // The part that is furthest behind its share.
    const lacks = parts.map((part, i) => (shares[i]! / total) * groups.length - part.length);
    parts[lacks.indexOf(Math.max(...lacks))]!.push(...rows);
  }
  return parts.map((part) => Uint32Array.from(part).sort());
}
