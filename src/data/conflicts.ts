import type { Dataset } from "./dataset.ts";
import { foldText } from "./fold_text.ts";
import { identifyPrompts } from "./identity.ts";

/** A prompt that occurs with different labels. */
export interface LabelConflict {
  readonly prompt: string;
  readonly lines: readonly number[];
  readonly labels: readonly string[];
}

/**
 * Lists prompts that occur more than once with different labels; copies in the sense of
 * `identifyPrompts` are one prompt. Each is shown as it first stands.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { findConflicts } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const again = { ...data.rows[0]!, line: 99, label: "swap_asset" };
 * const [conflict] = findConflicts({ ...data, rows: [...data.rows, again] });
 * assertEquals(conflict?.lines, [2, 99]);
 * assertEquals(conflict?.labels, ["deposit_asset", "swap_asset"]);
 * ```
 */
export function findConflicts(dataset: Dataset, vectors?: readonly string[]): LabelConflict[] {
  const identities = identify(dataset, vectors);
  const numbers = dataset.rows.keys().filter((i) => dataset.rows[i]!.label !== null);
  return [...Map.groupBy(numbers, (i) => identities[i]!).values()].flatMap((members) => {
    const rows = members.map((i) => dataset.rows[i]!);
    const labels = [...new Set(rows.map((row) => row.label!))];
    if (labels.length < 2) return [];
    return [{ prompt: rows[0]!.prompt.trim(), lines: rows.map((row) => row.line), labels }];
  });
}

/**
 * Number of rows whose prompt stood on an earlier row; copies in the sense of `identifyPrompts` count.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { countDuplicates } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * assertEquals(countDuplicates({ ...data, rows: [...data.rows, ...data.rows] }), data.rows.length);
 * ```
 */
export function countDuplicates(dataset: Dataset, vectors?: readonly string[]): number {
  return dataset.rows.length - new Set(identify(dataset, vectors)).size;
}

function identify({ rows }: Dataset, vectors?: readonly string[]): string[] {
  return identifyPrompts(rows.map((row) => row.prompt), vectors);
}

/** Labels that look alike. */
export interface LabelTwins {
  /** The spellings, the most frequent first. */
  readonly labels: readonly string[];
  /** Rows of each. */
  readonly counts: readonly number[];
}

/**
 * Lists labels that differ only by case, width, characters that nobody sees or composition, and so are
 * likely one class written twice.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { findLabelTwins } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * assertEquals(findLabelTwins(data), []);
 * const other = { ...data.rows[0]!, label: "Deposit_Asset" };
 * const [twins] = findLabelTwins({ ...data, rows: [...data.rows, other] });
 * assertEquals(twins?.labels, ["deposit_asset", "Deposit_Asset"]);
 * ```
 */
export function findLabelTwins(dataset: Dataset): LabelTwins[] {
  const counts = new Map<string, number>();
  for (const { label } of dataset.rows) {
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const groups = Map.groupBy([...counts.keys()], foldText);
  return [...groups.values()].filter((labels) => labels.length > 1).map((labels) => {
    const sorted = labels.toSorted((a, b) => counts.get(b)! - counts.get(a)!);
    return { labels: sorted, counts: sorted.map((label) => counts.get(label)!) };
  });
}
