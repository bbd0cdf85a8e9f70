import { sha256Hex } from "../../core/hash.ts";

/**
 * Splits rows into folds with the class shares of the whole: row numbers of each fold, ascending.
 *
 * The assignment is scikit-learn's `StratifiedKFold` without shuffling: classes are numbered by first
 * occurrence, the sorted labels are dealt out in turn to learn how many rows of a class each fold gets,
 * and the rows of a class fill the folds in order.
 *
 * @param labels Class numbers.
 * @throws {RangeError} If there are fewer than two folds or fewer rows than folds.
 *
 * @example
 * ```ts
 * import { stratifiedFolds } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const folds = stratifiedFolds(Int32Array.of(0, 0, 1, 1), 2);
 * assertEquals(folds.map((fold) => [...fold]), [[0, 2], [1, 3]]);
 * ```
 */
export function stratifiedFolds(labels: Int32Array, folds: number): Uint32Array[] {
  if (folds < 2 || labels.length < folds) {
    throw new RangeError(`Cannot split ${labels.length} rows into ${folds} folds`);
  }
  const order = new Map<number, number>();
  const encoded = labels.map((label) => {
    if (!order.has(label)) order.set(label, order.size);
    return order.get(label)!;
  });
  const quota = Array.from({ length: order.size }, () => new Uint32Array(folds));
  encoded.toSorted().forEach((label, i) => quota[label]![i % folds]!++);
  const current = new Uint32Array(order.size);
  const result: number[][] = Array.from({ length: folds }, () => []);
  encoded.forEach((label, row) => {
    while (quota[label]![current[label]!] === 0) current[label]!++;
    quota[label]![current[label]!]!--;
    result[current[label]!]!.push(row);
  });
  return result.map((rows) => Uint32Array.from(rows));
}

/**
 * Splits rows into folds so that rows of one group stay together and every fold has about the class
 * shares of the whole: row numbers of each fold, ascending.
 *
 * Groups are dealt out from the largest to the smallest, those of one size by the hash of their names, so
 * that the order of the rows changes nothing; each goes where its classes are rarest so far.
 *
 * @param labels Class numbers.
 * @param groups The group of each row, for example its template.
 * @throws {RangeError} If there are fewer than two folds or fewer groups than folds.
 *
 * @example
 * ```ts
 * import { groupedFolds } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const folds = groupedFolds(Int32Array.of(0, 0, 1, 1, 0, 1), ["a", "a", "b", "b", "c", "d"], 2);
 * assertEquals(folds.some((fold) => fold.includes(0) !== fold.includes(1)), false);
 * ```
 */
export function groupedFolds(
  labels: Int32Array,
  groups: readonly string[],
  folds: number,
): Uint32Array[] {
  const members = Map.groupBy(groups.keys(), (row) => groups[row]!);
  if (folds < 2 || members.size < folds) {
    throw new RangeError(`Cannot split ${members.size} groups into ${folds} folds`);
  }
  const order = [...members].map(([name, rows]) => ({ rows, hash: sha256Hex(`fold ${name}`) }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.hash < b.hash ? -1 : 1));
  const totals = countClasses(labels, groups.keys());
  const seen = Array.from({ length: folds }, () => new Map<number, number>());
  const result: number[][] = seen.map(() => []);
  for (const { rows } of order) {
    const mine = countClasses(labels, rows);
    // How full a fold is of the classes of this group; the emptier one among equals.
    const filled = result.map((fold, f) => {
      let sum = 0;
      for (const [k, count] of mine) sum += count * (seen[f]!.get(k) ?? 0) / totals.get(k)!;
      return sum + 1e-9 * fold.length;
    });
    const at = filled.indexOf(Math.min(...filled));
    for (const row of rows) result[at]!.push(row);
    for (const [k, count] of mine) seen[at]!.set(k, (seen[at]!.get(k) ?? 0) + count);
  }
  return result.map((rows) => Uint32Array.from(rows).sort());
}

function countClasses(labels: Int32Array, rows: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(labels[row]!, (counts.get(labels[row]!) ?? 0) + 1);
  return counts;
}
