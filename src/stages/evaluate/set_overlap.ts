import { identifyPrompts } from "../../data/identity.ts";
import type { Detection } from "../iac/detections.ts";

/** What a set of detections shares with one that was seen before. */
export interface SetOverlap {
  readonly rows: number;
  /** Rows whose text stands in the earlier set, too; see `identifyPrompts`. */
  readonly shared_rows: number;
  /** Scripts that the rows name. */
  readonly files: number;
  /** Scripts that the earlier set names, too. */
  readonly shared_files: number;
  /** Rows of these scripts. */
  readonly rows_of_shared_files: number;
}

/**
 * Measures what a set shares with an earlier one: what is measured on shared rows was known before.
 *
 * @example
 * ```ts
 * import { measureSetOverlap, readDetections } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await readDetections("fixtures/iac/val.jsonl");
 * const { shared_rows, shared_files, files } = measureSetOverlap(rows, rows.slice(0, 50));
 * assertEquals([shared_rows, shared_files], [50, files]);
 * ```
 */
export function measureSetOverlap(
  earlier: readonly Detection[],
  rows: readonly Detection[],
): SetOverlap {
  const identities = identifyPrompts([...earlier, ...rows].map(({ text }) => text));
  const known = new Set(identities.slice(0, earlier.length));
  const knownFiles = new Set(earlier.map(({ file }) => file));
  const files = new Set(rows.map(({ file }) => file).filter((file) => file !== ""));
  const shared = files.intersection(knownFiles);
  return {
    rows: rows.length,
    shared_rows: identities.slice(earlier.length).filter((identity) => known.has(identity)).length,
    files: files.size,
    shared_files: shared.size,
    rows_of_shared_files: rows.filter(({ file }) => shared.has(file)).length,
  };
}

/** Whether two sets share anything. */
export function hasOverlap({ shared_rows, shared_files }: SetOverlap): boolean {
  return shared_rows > 0 || shared_files > 0;
}

/**
 * Says in one sentence what a set shares with an earlier one.
 *
 * @example
 * ```ts
 * import { overlapSentence } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const overlap = {
 *   rows: 50,
 *   shared_rows: 5,
 *   files: 4,
 *   shared_files: 1,
 *   rows_of_shared_files: 9,
 * };
 * assertEquals(
 *   overlapSentence("test.jsonl", "train.jsonl", overlap),
 *   "test.jsonl shares 5 of 50 rows (10.0%) and 1 of 4 files (9 rows) with train.jsonl",
 * );
 * ```
 */
export function overlapSentence(
  later: string,
  earlier: string,
  { rows, shared_rows, files, shared_files, rows_of_shared_files }: SetOverlap,
): string {
  const share = rows === 0 ? 0 : shared_rows / rows * 100;
  return `${later} shares ${shared_rows} of ${rows} rows (${share.toFixed(1)}%) and ` +
    `${shared_files} of ${files} files (${rows_of_shared_files} rows) with ${earlier}`;
}
