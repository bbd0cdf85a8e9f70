import type { Dataset } from "../mod.ts";
import { countDuplicates, findConflicts } from "../src/data/mod.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { printable } from "../src/report/mod.ts";

const SHOWN = 5;
/** What data sets call a prompt that no class is for; only `abstain` is taken as that. */
const NO_CLASS =
  /^(?:abstain|none|null|nil|n\/?a|unknown|other|others|fallback|oos|ood|out[ _-]?of[ _-]?(?:scope|domain)|(?:nlu[ _-]?)?fallback|no[ _-]?(?:intent|action|class))$/i;

/** Sentences about what is odd in a data set: rows left out, duplicates, conflicting labels. */
export function datasetNotes(dataset: Dataset, left: "left out" | "kept"): string[] {
  const { source, skipped } = dataset;
  const conflicts = findConflicts(dataset);
  const duplicates = countDuplicates(dataset);
  return [
    ...rowsNote(source, `without a prompt, ${left}`, skipped.emptyPrompts),
    ...rowsNote(source, `without a label, ${left}`, skipped.emptyLabels),
    ...abstainNotes(dataset),
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

/** A class of this kind would be an action that fires. */
function abstainNotes({ source, rows }: Dataset): string[] {
  const labels = new Set(rows.flatMap(({ label }) => label ?? []));
  const meant = [...labels].filter((label) => label !== ABSTAIN_CLASS && NO_CLASS.test(label));
  return meant.map((label) =>
    `${source}: "${printable(label, 60)}" is taken as an action; label rows that ask for none ` +
    `"${ABSTAIN_CLASS}"`
  );
}

function rowsNote(source: string, what: string, lines: readonly number[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, SHOWN).join(", ") + (lines.length > SHOWN ? ", …" : "");
  return [`${source}: ${lines.length} rows ${what} (lines ${shown})`];
}
