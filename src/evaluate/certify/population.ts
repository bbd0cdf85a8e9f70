import type { Bound, CertificateSplit, LeftOut } from "./certificate.ts";

/** For which prompts a promise holds, in a sentence. */
export function populationOf(
  { rows, groups }: CertificateSplit,
  { bound, largest_group }: { readonly bound: Bound; readonly largest_group: number },
  overlap: LeftOut | undefined,
): string {
  const total = rows.reduce((sum, count) => sum + count, 0);
  const known = overlap === undefined
    ? ", whether or not the training knows them"
    : overlap.template > 0
    ? " and are new to the training"
    : "";
  const grouped = bound === "betting"
    ? `, of new groups (of at most ${largest_group} rows) as well as of the ${groups} known ones`
    : "";
  return `Prompts that come as these ${total} rows came${known}${grouped}.`;
}

const ALWAYS = [
  "The labels are right.",
  "A prompt that must abstain counts as wrong when the mapper acts.",
];

/** What a promise assumes. */
export function assumptionsOf(bound: Bound): string[] {
  const unit = bound === "betting" ? "Groups of rows" : "Rows, each a group of its own,";
  return [
    `${unit} are exchangeable with those that follow: nothing is promised under shift.`,
    ...ALWAYS,
  ];
}
