import { MicroLmError } from "../core/errors.ts";
import { createRandom } from "../core/random.ts";
import { type Dataset, hashRows } from "./dataset.ts";
import type { Masker } from "./template.ts";

/** Options of {@linkcode splitRows}. */
export interface SplitRowsOptions {
  /** Relative sizes of the parts. */
  readonly shares: readonly number[];
  /** Of the order in which templates are dealt out. */
  readonly seed: number;
  readonly mask: Masker;
  /** Name of each row's group, instead of its template; the template stands in for an empty name. */
  readonly groups?: readonly string[];
}

/**
 * Splits rows into parts: rows of one template stay together, so that no part has met a phrasing of
 * another, and each class is spread over the parts by their shares, as near as whole templates allow. A class
 * with one template stands in the largest part.
 *
 * @returns Row numbers of each part, ascending.
 * @throws {MicroLmError} Kind `usage` if a share is not positive.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, splitRows } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const mask = createMasker([]);
 * const [train, test] = splitRows(data, { shares: [4, 1], seed: 0, mask });
 * const templates = new Set(Array.from(train!, (row) => mask(data.rows[row]!.prompt)));
 * assertEquals(test!.some((row) => templates.has(mask(data.rows[row]!.prompt))), false);
 * ```
 */
export function splitRows(
  { rows }: Dataset,
  { shares, seed, mask, groups: named }: SplitRowsOptions,
): Uint32Array[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.some((share) => !(share > 0)) || !Number.isFinite(total)) {
    throw new MicroLmError("usage", `Expected positive shares, got ${shares.join(", ")}`);
  }
  const nameOf = (row: number) =>
    named?.[row] ? `group ${named[row]}` : `template ${mask(rows[row]!.prompt)}`;
  const groups = [...Map.groupBy(rows.keys(), nameOf).values()];
  createRandom(seed).shuffle(groups);
  const byLabel = Map.groupBy(groups, (group) => rows[group[0]!]!.label);
  const parts: number[][] = shares.map(() => []);
  for (const of of byLabel.values()) {
    const size = of.reduce((sum, group) => sum + group.length, 0);
    const filled = shares.map(() => 0);
    for (const group of of) {
      // The part that is furthest behind its share of the class; of equals the smallest one.
      const lacks = shares.map((share, i) => (share / total) * size - filled[i]!);
      const most = Math.max(...lacks);
      const part = shares.keys().filter((i) => most - lacks[i]! < 1e-9)
        .reduce((a, b) => parts[b]!.length < parts[a]!.length ? b : a);
      filled[part]! += group.length;
      parts[part]!.push(...group);
    }
  }
  return parts.map((part) => Uint32Array.from(part).sort());
}

/** The given rows of a data set, as a data set of its own. */
export function takeDataset(dataset: Dataset, rows: ArrayLike<number>): Dataset {
  const kept = Array.from(rows, (row) => dataset.rows[row]!);
  return { ...dataset, rows: kept, sha256: hashRows(kept) };
}
