import { compilePoint, decideRow } from "../decide.ts";
import { type PathBase, pointAt } from "./certify_path.ts";
import type { Part } from "./certify_path.ts";
import { GOLD_NONE } from "../metrics.ts";

/** Of each row of a part, at which floors it acts, and whether it is then wrong. */
export interface PathRows {
  /** The highest floor at which the row acts; −1 if it never does. */
  readonly actsTo: Float64Array;
  readonly wrong: Uint8Array;
  /** Number of the row's group. */
  readonly group: Uint32Array;
}

/** Labelled actions, wrong ones, and the rows of the largest group that acts, at each floor. */
export interface PathCounts {
  readonly n: Uint32Array;
  readonly k: Uint32Array;
  readonly largest: Uint32Array;
}

/**
 * How the rows of a part behave along a path: with a floor under every threshold a row acts up to its
 * confidence, or not at all.
 *
 * @param only The class that counts. Default: all.
 */
export function pathRows(
  { scored, gold, group }: Part,
  base: PathBase,
  classes: readonly string[],
  only?: number,
): PathRows {
  const loosest = compilePoint(pointAt(0, base), classes);
  const { top, confidence } = scored;
  const counts = (row: number) =>
    gold.labels[row]! > GOLD_NONE && (only === undefined || top[row] === only) &&
    decideRow(scored, row, loosest) === 0;
  return {
    actsTo: Float64Array.from(top, (_, row) => counts(row) ? confidence[row]! : -1),
    wrong: Uint8Array.from(top, (k, row) => gold.labels[row] === k ? 0 : 1),
    group,
  };
}

/** Counts at each floor; floors fall. */
export function countAlong(rows: PathRows, floors: readonly number[]): PathCounts {
  const order = rows.actsTo.keys().filter((row) => rows.actsTo[row]! >= 0).toArray()
    .sort((a, b) => rows.actsTo[b]! - rows.actsTo[a]!);
  const sizes = new Map<number, number>();
  const counts = {
    n: new Uint32Array(floors.length),
    k: new Uint32Array(floors.length),
    largest: new Uint32Array(floors.length),
  };
  let n = 0;
  let k = 0;
  let largest = 0;
  floors.forEach((floor, at) => {
    for (; n < order.length && rows.actsTo[order[n]!]! >= floor; n++) {
      const row = order[n]!;
      k += rows.wrong[row]!;
      const size = (sizes.get(rows.group[row]!) ?? 0) + 1;
      sizes.set(rows.group[row]!, size);
      if (size > largest) largest = size;
    }
    counts.n[at] = n;
    counts.k[at] = k;
    counts.largest[at] = largest;
  });
  return counts;
}

/** Wrong ones among the first so many rows that act at a floor. */
export function wrongAmongFirst(rows: PathRows, floor: number, count: number): number {
  let seen = 0;
  let wrong = 0;
  for (let row = 0; seen < count && row < rows.actsTo.length; row++) {
    if (rows.actsTo[row]! < floor || rows.actsTo[row]! < 0) continue;
    seen++;
    wrong += rows.wrong[row]!;
  }
  return wrong;
}

/** Groups with the same record at a floor. */
export interface GroupRecord {
  readonly acted: number;
  readonly wrong: number;
  /** How many groups have it. */
  readonly groups: number;
}

/** The records of the groups that act at a floor, sorted: what is summed over them has one order. */
export function groupRecords(rows: PathRows, floor: number): GroupRecord[] {
  const sums = new Map<number, [number, number]>();
  rows.actsTo.forEach((actsTo, row) => {
    if (actsTo < floor || actsTo < 0) return;
    const sum = sums.get(rows.group[row]!) ?? [0, 0];
    sum[0]++;
    sum[1] += rows.wrong[row]!;
    sums.set(rows.group[row]!, sum);
  });
  const same = new Map<string, GroupRecord>();
  for (const [acted, wrong] of sums.values()) {
    const key = `${acted} ${wrong}`;
    same.set(key, { acted, wrong, groups: (same.get(key)?.groups ?? 0) + 1 });
  }
  return [...same.values()].sort((a, b) => a.acted - b.acted || a.wrong - b.wrong);
}
