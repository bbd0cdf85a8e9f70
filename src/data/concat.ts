import { type Dataset, hashRows } from "./dataset.ts";

/**
 * Puts data sets one after the other. Rows keep the lines of their files.
 *
 * @throws {RangeError} If there is none.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { concatDatasets } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const mini = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const { rows, source } = concatDatasets([mini, mini]);
 * assertEquals([rows.length, source], [2 * mini.rows.length, `${mini.source}, ${mini.source}`]);
 * ```
 */
export function concatDatasets(sets: readonly Dataset[]): Dataset {
  const [first] = sets;
  if (!first) throw new RangeError("Expected at least one data set");
  if (sets.length === 1) return first;
  const rows = sets.flatMap((set) => set.rows);
  return {
    source: sets.map(({ source }) => source).join(", "),
    rows,
    explicitIds: sets.every(({ explicitIds }) => explicitIds),
    skipped: {
      emptyPrompts: sets.flatMap(({ skipped }) => skipped.emptyPrompts),
      emptyLabels: sets.flatMap(({ skipped }) => skipped.emptyLabels),
    },
    sha256: hashRows(rows),
  };
}
