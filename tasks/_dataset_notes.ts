import type { Dataset } from "../mod.ts";
import {
  countDuplicates,
  findConflicts,
  findLabelTwins,
  suspectAbstainLabels,
} from "../src/data/mod.ts";
import { printable } from "../src/report/mod.ts";

const SHOWN = 5;
/**
 * Sentences about what is odd in a data set: how it was read, rows left out, duplicates, conflicting labels,
 * labels that look alike or that are likely no class.
 */
export function datasetNotes(dataset: Dataset, left: "left out" | "kept"): string[] {
  const { source, skipped, notes = [] } = dataset;
  const duplicates = countDuplicates(dataset);
  return [
    ...notes.map((note) => `${source}: ${printable(note)}`),
    ...rowsNote(source, `without a prompt, ${left}`, skipped.emptyPrompts),
    ...rowsNote(source, `without a label, ${left}`, skipped.emptyLabels),
    ...abstainNotes(dataset),
    ...(duplicates > 0 ? [`${source}: ${duplicates} rows repeat an earlier prompt`] : []),
    ...conflictNotes(dataset),
    ...twinNotes(dataset),
    ...abstainNotes(dataset),
  ];
}

function conflictNotes(dataset: Dataset): string[] {
  const { source } = dataset;
  const conflicts = findConflicts(dataset);
  const shown = conflicts.slice(0, SHOWN).map(({ prompt, lines, labels }) =>
    `${source}: lines ${lines.join(", ")} give "${printable(prompt, 60)}" ` +
    `different labels: ${labels.map((label) => printable(label)).join(", ")}`
  );
  if (conflicts.length <= SHOWN) return shown;
  return [...shown, `${source}: ${conflicts.length - SHOWN} more prompts have different labels`];
}

function twinNotes(dataset: Dataset): string[] {
  return findLabelTwins(dataset).slice(0, SHOWN).map(({ labels, counts }) => {
    const shown = labels.map((label, i) => `"${printable(label)}" (${counts[i]} rows)`);
    return `${dataset.source}: labels that differ only by case, width or what nobody sees: ` +
      `${shown.join(", ")}`;
  });
}

function abstainNotes({ source, rows }: Dataset): string[] {
  const suspects = suspectAbstainLabels(rows.flatMap(({ label }) => label ?? []));
  if (suspects.length === 0) return [];
  const names = suspects.map((label) => printable(label));
  const quoted = names.map((name) => `"${name}"`).join(", ");
  return [
    `${source}: ${quoted} may mean none of the classes, for which the label is abstain: ` +
    `--abstain_label ${names.join(",")} says so`,
  ];
}

/** Sentences about classes that the training has one row of. */
export function singleRowNotes({ source, rows }: Dataset): string[] {
  const byLabel = Map.groupBy(rows, ({ label }) => label);
  const single = [...byLabel].filter(([, of]) => of.length === 1);
  if (single.length === 0) return [];
  const shown = single.slice(0, SHOWN).map(([label, [row]]) =>
    `"${printable(label ?? "")}" (line ${row!.line})`
  );
  const more = single.length > SHOWN ? ` and ${single.length - SHOWN} more` : "";
  return [
    `${source}: classes of one row: ${shown.join(", ")}${more}; nothing can be held out of them`,
  ];
}

/** Sentences about labels that a mapper does not have: no answer of it can be right there. */
export function unknownLabelNotes(
  { source, rows }: Dataset,
  classes: readonly string[],
): string[] {
  const isUnknown = (label: string | null) =>
    label !== null && label !== "abstain" && !classes.includes(label);
  const byLabel = Map.groupBy(rows.filter(({ label }) => isUnknown(label)), ({ label }) => label!);
  const notes = [...byLabel].slice(0, SHOWN).map(([label, of]) =>
    `${source}: the mapper has no class "${
      printable(label)
    }": ${of.length} rows, the first on line ` +
    `${of[0]!.line}, count as wrong where it acts`
  );
  if (byLabel.size <= SHOWN) return notes;
  return [...notes, `${source}: ${byLabel.size - SHOWN} more labels are no class of the mapper`];
}

function rowsNote(source: string, what: string, lines: readonly number[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, SHOWN).join(", ") + (lines.length > SHOWN ? ", …" : "");
  return [`${source}: ${lines.length} rows ${what} (lines ${shown})`];
}
