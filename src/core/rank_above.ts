/**
 * P(a value of the first list is above one of the second), ties counting half (Mann and Whitney, 1947);
 * null if either is empty.
 *
 * @example
 * ```ts
 * import { rankAbove } from "micro-lm/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rankAbove([3, 2], [1, 2]), 0.875);
 * ```
 */
export function rankAbove(first: ArrayLike<number>, second: ArrayLike<number>): number | null {
  if (first.length === 0 || second.length === 0) return null;
  const sorted = Float64Array.from(second).sort();
  const count = (value: number, orEqual: boolean) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const values = Float64Array.from(first);
  // In order, so that the last bits of the sum do not depend on the order of the rows.
  values.sort();
  let sum = 0;
  for (const value of values) sum += (count(value, false) + count(value, true)) / 2;
  return sum / (first.length * second.length);
}
