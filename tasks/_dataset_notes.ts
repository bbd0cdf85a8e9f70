import type { Dataset } from "../mod.ts";
import { countDuplicates, findConflicts } from "../src/data/mod.ts";
import { printable } from "../src/report/mod.ts";

const SHOWN = 5;

/** Sentences about what is odd in a data set: rows left out, duplicates, conflicting labels. */
export function datasetNotes(dataset: Dataset, left: "left out" | "kept"): string[] {
  const { source, skipped } = dataset;
  const conflicts = findConflicts(dataset);
  const duplicates = countDuplicates(dataset);
  return [
    ...rowsNote(source, `without a prompt, ${left}`, skipped.emptyPrompts),
    ...rowsNote(source, `without a label, ${left}`, skipped.emptyLabels),
    ...(duplicates > 0 ? [`${source}: ${duplicates} rows repeat an earlier prompt`] : []),
    ...conflicts.slice(0, SHOWN).map(({ prompt, lines, labels }) =>
      `${source}: lines ${lines.join(", ")} give "${printable(prompt, 60)}" ` +
      `different labels: ${labels.join(", ")}`
    ),
    ...(conflicts.length > SHOWN
      ? [`${source}: ${conflicts.length - SHOWN} more prompts have different labels`]
      : []),
  ];
}

function rowsNote(source: string, what: string, lines: readonly number[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, SHOWN).join(", ") + (lines.length > SHOWN ? ", …" : "");
  return [`${source}: ${lines.length} rows ${what} (lines ${shown})`];
}
