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
  return dealKeys(groupKeys(groups, seed), shares);
}

/** A hash of each row's group: the same for the rows of one group, whatever else there is. */
export function groupKeys(groups: readonly string[], seed: number): string[] {
  const keys = new Map<string, string>();
  return groups.map((name) => {
    let key = keys.get(name);
    if (key === undefined) keys.set(name, key = sha256Hex(`deal ${seed} ${name}`));
    return key;
  });
}

/** Hex digits of a key that tell its part; as many after them tell its place among those of a part. */
const DIGITS = 13;

/** A number from 0 to 1 in some hex digits of a key. */
function fraction(key: string, from: number): number {
  return parseInt(key.slice(from, from + DIGITS), 16) / 2 ** (4 * DIGITS);
}

/** {@linkcode dealGroups} for keys. */
export function dealKeys(keys: readonly string[], shares: readonly number[]): Uint32Array[] {
  const total = sumShares(shares);
  const ends = shares.map((_, i) => sumShares(shares.slice(0, i + 1)) / total);
  const parts: number[][] = shares.map(() => []);
  keys.forEach((key, row) => {
    const at = fraction(key, 0);
    const part = ends.findIndex((end) => at < end);
    parts[part < 0 ? shares.length - 1 : part]!.push(row);
  });
  return parts.map((part) => Uint32Array.from(part));
}

/**
 * Numbers the groups of rows in the order of their keys, which neither the order of the rows nor their
 * labels nor the parts change.
 */
export function numberKeys(keys: readonly string[]): Uint32Array {
  const sorted = [...new Set(keys)].map((key) => ({ key, place: fraction(key, DIGITS) }))
    .sort((a, b) => a.place - b.place || (a.key < b.key ? -1 : 1));
  const numbers = new Map(sorted.map(({ key }, number) => [key, number]));
  return Uint32Array.from(keys, (key) => numbers.get(key)!);
}

function sumShares(shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.some((share) => !(share > 0)) || !Number.isFinite(total)) {
    throw new MicroLmError("usage", `Expected positive shares, got ${shares.join("/")}`);
  }
  return total;
}
