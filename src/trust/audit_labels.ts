import type { Dataset, Row } from "../data/dataset.ts";
import { normalForm } from "../data/identity.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { predictOutOfFold } from "../mapper/out_of_fold.ts";
import { nearest, openNeighbours } from "./neighbours.ts";

/** What may be wrong with a row. */
export type LabelIssue = "mislabelled" | "ambiguous" | "near_duplicate";

/** A row as the audit sees it. */
export interface AuditedRow {
  readonly row: Row;
  /** 1 is the most suspicious of all. */
  readonly rank: number;
  /** What it was ranked by, 0 to 1: belief in the label times the share of neighbours that have it. */
  readonly score: number;
  /** Probability of the row's label from mappers that have not seen the row's template. */
  readonly confidence: number;
  /** Share of the 20 nearest prompts with the row's label, weighted by their similarity. */
  readonly agreement: number;
  /** The label that those mappers believe in most. */
  readonly suggested: string;
  /** The nearest prompt, if any is similar at all. */
  readonly nearest: { readonly row: Row; readonly similarity: number } | null;
  /** Null for a row without a finding. */
  readonly issue: LabelIssue | null;
}

/** Options of {@linkcode auditLabels}. */
export interface AuditLabelsOptions {
  readonly encoder: Encoder;
  readonly mask: Masker;
  /** Default: 5. */
  readonly folds?: number;
  /** Of the folds. Default: 0. */
  readonly seed?: number;
  /** Cosine from which two prompts are near-duplicates. Default: 0.8. */
  readonly nearDuplicate?: number;
  readonly onFold?: (done: number, total: number) => void;
}

const NEIGHBOURS = 20;
/** Keeps a zero from hiding what the other factor says. */
const FLOOR = 1e-3;
/** Confidence and agreement below which a label is called wrong. */
const MISLABELLED = 0.2;
/** Two labels are both likely where each has at least this probability. */
const AMBIGUOUS = 0.3;

/**
 * Ranks the rows of a training set by how likely their label is wrong.
 *
 * Each row is judged by mappers that have not seen its template (self-confidence: Northcutt, Jiang and
 * Chuang, 2021), times how many of the nearest prompts have its label. Of nine scores that were tried on
 * flips in the project's own data, this product found the most.
 *
 * @returns One entry a row, the most suspicious first.
 * @throws {MicroLmError} As `predictOutOfFold`.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { auditLabels } from "micro-lm/trust";
 * import { assert } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const wrong = { ...data.rows[0]!, label: "borrow_asset" };
 * await using encoder = await openEncoder("ngram");
 * const rows = await auditLabels({ ...data, rows: [wrong, ...data.rows.slice(1)] }, {
 *   encoder,
 *   mask: createMasker([]),
 * });
 * assert(rows.findIndex(({ row }) => row === wrong) < 36);
 * ```
 */
export async function auditLabels(
  dataset: Dataset,
  { encoder, mask, folds = 5, seed = 0, nearDuplicate = 0.8, onFold }: AuditLabelsOptions,
): Promise<AuditedRow[]> {
  const { rows } = dataset;
  const { classes, probabilities } = await predictOutOfFold(dataset, encoder, {
    ...{ folds, foldSeed: seed, mask, method: "none", classWeight: "balanced" },
    ...{ C: 8, tol: 1e-4, maxIter: 2000, seed: 0, orderHead: "off" },
    ...(onFold && { onFold }),
  });
  const labels = rows.map(({ label }) => classes.indexOf(label!));
  const forms = rows.map(({ prompt }) => normalForm(prompt));
  const search = await openNeighbours(rows.map(({ prompt }) => prompt));
  const audited = rows.map((row, i): Omit<AuditedRow, "rank"> => {
    const found = probabilities.data.subarray(i * classes.length, (i + 1) * classes.length);
    const near = nearest(search.similarities(i), NEIGHBOURS, (other) => other === i);
    const agreement = agreementOf(near, labels, labels[i]!);
    const confidence = found[labels[i]!]!;
    const top = found.reduce((best, value, k) => value > found[best]! ? k : best, 0);
    const other = found.reduce(
      (most, value, k) => k === labels[i] ? most : Math.max(most, value),
      0,
    );
    const first = near[0];
    const isCopy = first !== undefined &&
      (first.similarity >= nearDuplicate || forms[first.row] === forms[i]);
    return {
      row,
      score: (confidence + FLOOR) * agreement,
      confidence,
      agreement,
      suggested: classes[top]!,
      nearest: first ? { row: rows[first.row]!, similarity: Math.min(1, first.similarity) } : null,
      issue: top !== labels[i] && Math.max(confidence, agreement) < MISLABELLED
        ? "mislabelled"
        : Math.min(confidence, other) >= AMBIGUOUS
        ? "ambiguous"
        : isCopy
        ? "near_duplicate"
        : null,
    };
  });
  return audited.sort((a, b) => a.score - b.score || a.row.line - b.row.line)
    .map((row, i) => ({ ...row, rank: i + 1 }));
}

/** Nearer prompts count more, by the square of their similarity; a prompt without any tells nothing. */
function agreementOf(
  near: readonly { readonly row: number; readonly similarity: number }[],
  labels: readonly number[],
  label: number,
): number {
  let all = 0.02;
  let same = 1e-3;
  for (const { row, similarity } of near) {
    all += similarity ** 2;
    if (labels[row] === label) same += similarity ** 2;
  }
  return same / all;
}
