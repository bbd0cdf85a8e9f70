import { countDuplicates, findConflicts, findLabelTwins } from "./conflicts.ts";
import { suspectAbstainLabels } from "./abstain_labels.ts";
import type { Dataset, Row } from "./dataset.ts";
import type { Masker } from "./template.ts";

/** What a class consists of. */
export interface ClassProfile {
  readonly label: string;
  readonly rows: number;
  /** Share of the labelled rows. */
  readonly share: number;
  /** Different templates: what is learnt from, rows of one template say nearly the same. */
  readonly templates: number;
  /** Rows of the most frequent template. */
  readonly largest: number;
}

/** What a data set consists of. */
export interface DatasetProfile {
  readonly rows: number;
  readonly labelled: number;
  /** By falling number of rows. */
  readonly classes: readonly ClassProfile[];
  readonly templates: number;
  /** Rows whose prompt stood on an earlier row. */
  readonly duplicates: number;
  /** Rows whose template stood on an earlier row, duplicates included. */
  readonly near_duplicates: number;
  /** Characters of a prompt. */
  readonly characters: { readonly min: number; readonly median: number; readonly max: number };
}

/**
 * Counts rows, classes, templates and repetitions.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, profileDataset } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const { rows, labelled, classes } = profileDataset(data, createMasker([]));
 * assertEquals([rows, labelled], [360, 360]);
 * assertEquals(classes.reduce((sum, { rows }) => sum + rows, 0), 360);
 * ```
 */
export function profileDataset(dataset: Dataset, mask: Masker): DatasetProfile {
  const { rows } = dataset;
  const templates = new Map(rows.map((row) => [row, mask(row.prompt)]));
  const labelled = rows.filter(({ label }) => label !== null);
  const groups = Map.groupBy(labelled, ({ label }) => label!);
  const classes = [...groups].map(([label, of]) =>
    profileClass(label, of, templates, labelled.length)
  );
  const lengths = rows.map(({ prompt }) => prompt.length).sort((a, b) => a - b);
  const distinct = new Set(templates.values()).size;
  return {
    rows: rows.length,
    labelled: labelled.length,
    classes: classes.sort((a, b) => b.rows - a.rows || (a.label < b.label ? -1 : 1)),
    templates: distinct,
    duplicates: countDuplicates(dataset),
    near_duplicates: rows.length - distinct,
    characters: {
      min: lengths[0] ?? 0,
      median: lengths[lengths.length >> 1] ?? 0,
      max: lengths.at(-1) ?? 0,
    },
  };
}

function profileClass(
  label: string,
  rows: readonly Row[],
  templates: ReadonlyMap<Row, string>,
  total: number,
): ClassProfile {
  const groups = Map.groupBy(rows, (row) => templates.get(row)!);
  const largest = [...groups.values()].reduce((most, { length }) => Math.max(most, length), 0);
  return { label, rows: rows.length, share: rows.length / total, templates: groups.size, largest };
}

/** Something about a data set that its owner should know. */
export interface DatasetFinding {
  /** A problem spoils what is trained; a note may be as it is meant. */
  readonly level: "problem" | "note";
  readonly message: string;
}

/** Templates below which a class is thin: fewer than three for each of five folds. */
const THIN_TEMPLATES = 15;
/** A class this many times another leaves the smaller one little to be told by. */
const IMBALANCE = 20;

/**
 * Says what is wrong or thin in a data set: labels that contradict each other or are written twice, classes
 * without enough phrasings, and imbalance.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, validateDataset } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const rows = [...data.rows, { ...data.rows[0]!, line: 999, label: "swap_asset" }];
 * const findings = validateDataset({ ...data, rows }, createMasker([]));
 * assertEquals(findings[0]?.level, "problem");
 * assertEquals(findings[0]?.message.includes("lines 2, 999"), true);
 * ```
 */
export function validateDataset(dataset: Dataset, mask: Masker): DatasetFinding[] {
  const profile = profileDataset(dataset, mask);
  const problem = (message: string): DatasetFinding => ({ level: "problem", message });
  const note = (message: string): DatasetFinding => ({ level: "note", message });
  const { classes } = profile;
  const conflicts = findConflicts(dataset).map(({ lines, labels }) =>
    problem(`lines ${lines.join(", ")} give one prompt different labels: ${labels.join(", ")}`)
  );
  const twins = findLabelTwins(dataset).map(({ labels, counts }) =>
    problem(`labels that look alike: ${labels.map((l, i) => `"${l}" (${counts[i]})`).join(", ")}`)
  );
  const suspects = suspectAbstainLabels(classes.map(({ label }) => label)).map((label) =>
    problem(`"${label}" would become an action: --abstain_label ${label} makes it abstain`)
  );
  return [
    ...conflicts,
    ...twins,
    ...suspects,
    ...(classes.length < 2 ? [problem(`${classes.length} classes: a mapper needs two`)] : []),
    ...classes.flatMap((one) =>
      thinness(one).map((text) => one.rows < 2 ? problem(text) : note(text))
    ),
    ...imbalance(classes).map(note),
    ...(profile.near_duplicates > profile.rows / 2
      ? [note(`${profile.near_duplicates} of ${profile.rows} rows repeat an earlier template`)]
      : []),
    ...dataset.skipped.emptyPrompts.map((line) => note(`line ${line} has no prompt`)).slice(0, 5),
    ...dataset.skipped.emptyLabels.map((line) => note(`line ${line} has no label`)).slice(0, 5),
  ];
}

function thinness({ label, rows, templates }: ClassProfile): string[] {
  if (rows === 1) return [`"${label}" has one row: nothing can be held out of it`];
  if (templates >= THIN_TEMPLATES) return [];
  return [`"${label}" is thin: ${templates} templates in ${rows} rows`];
}

function imbalance(classes: readonly ClassProfile[]): string[] {
  const most = classes[0];
  const least = classes.at(-1);
  if (!most || !least || most.rows < IMBALANCE * least.rows) return [];
  return [`"${most.label}" has ${most.rows} rows, "${least.label}" ${least.rows}`];
}
