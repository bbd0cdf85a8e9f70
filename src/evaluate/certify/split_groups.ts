import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";

/**
 * Splits rows into parts so that rows of one group stay together. Groups are dealt out in the order of a
 * hash of their names: the order of the rows changes nothing, and a row more or less hardly anything.
 *
 * @param groups The group of each row, for example its template.
 * @param shares Relative sizes of the parts; sizes in rows come as near as whole groups allow.
 * @param seed Any number; another one is another split.
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
  const total = sumShares(shares);
  const dealt = [...Map.groupBy(groups.keys(), (row) => groups[row]!)]
    .map(([name, rows]) => ({ rows, key: sha256Hex(`split ${seed} ${name}`) }))
    .sort((a, b) => a.key < b.key ? -1 : 1);
  const parts: number[][] = shares.map(() => []);
  for (const { rows } of dealt) {
    // The part that is furthest behind its share.
    const lacks = parts.map((part, i) => (shares[i]! / total) * groups.length - part.length);
    const part = parts[lacks.indexOf(Math.max(...lacks))]!;
    for (const row of rows) part.push(row);
  }
  return parts.map((part) => Uint32Array.from(part).sort());
}

/**
 * Splits rows into parts so that each group falls where the hash of its name says, whatever else there
 * is: leaving out a row, or adding one, moves no other, so that it is no new draw. Sizes come near the
 * shares as those of any random sample do.
 *
 * @param groups The group of each row.
 * @param shares Relative sizes of the parts.
 * @param seed Any number; another one is another split.
 * @returns The rows of each part, ascending.
 * @throws {MicroLmError} Kind `usage` if a share is not positive.
 *
 * @example
 * ```ts
 * import { dealGroups } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const all = dealGroups(["a", "b", "c", "d"], [1, 1], 0)[0]!;
 * const some = dealGroups(["a", "b", "c"], [1, 1], 0)[0]!;
 * assertEquals([...some], [...all].filter((row) => row < 3));
 * ```
 */
export function dealGroups(
  groups: readonly string[],
  shares: readonly number[],
  seed: number,
): Uint32Array[] {
  const total = sumShares(shares);
  const ends = shares.map((_, i) => sumShares(shares.slice(0, i + 1)) / total);
  const partOf = new Map<string, number>();
  const parts: number[][] = shares.map(() => []);
  groups.forEach((name, row) => {
    let part = partOf.get(name);
    if (part === undefined) {
      const at = parseInt(sha256Hex(`deal ${seed} ${name}`).slice(0, 13), 16) / 2 ** 52;
      const found = ends.findIndex((end) => at < end);
      part = found < 0 ? shares.length - 1 : found;
      partOf.set(name, part);
    }
    parts[part]!.push(row);
  });
  return parts.map((part) => Uint32Array.from(part));
}

function sumShares(shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.some((share) => !(share > 0)) || !Number.isFinite(total)) {
    throw new MicroLmError("usage", `Expected positive shares, got ${shares.join("/")}`);
  }
  return total;
}
