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
