import { openEncoder } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { createProgress } from "../src/cli/progress.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { printable, textTable } from "../src/report/mod.ts";
import { auditLabels } from "../src/trust/mod.ts";
import { ENCODER_FLAGS, encoderOptions, SPEC_HELP } from "./_encoder_flags.ts";
import { LABELS_FLAGS, openLabels } from "./_labels.ts";

const COLUMNS = [
  ...["rank", "line", "issue", "prompt", "label", "suggested", "confidence", "agreement"],
  ...["nearest_line", "nearest_label", "similarity", "score"],
];

await runCommand({
  name: "audit-labels",
  summary: "Ranks the rows of a training CSV by how likely their label is wrong: out-of-fold " +
    "confidence times agreement of the nearest prompts; names ambiguous rows and near-duplicates.",
  example: "deno task audit-labels --labels_csv fixtures/defi/defi_mapper_labeled_large.csv",
  flags: {
    labels_csv: {
      type: "string",
      value: "FILE",
      data: true,
      required: true,
      help: "Rows to audit.",
    },
    ...LABELS_FLAGS,
    sbert: { type: "string", value: "SPEC", default: "lite", help: SPEC_HELP },
    ...ENCODER_FLAGS,
    folds: { type: "integer", min: 2, max: 50, default: 5, help: "Of the cross-validation." },
    seed: { type: "integer", default: 0, help: "Of the folds." },
    near_duplicate: {
      type: "number",
      min: 0.1,
      max: 1,
      default: 0.8,
      help: "Cosine over words and letter n-grams from which two prompts nearly repeat each other.",
    },
    show: { type: "integer", min: 0, default: 10, help: "Rows to print." },
    out_csv: {
      type: "string",
      value: "FILE",
      default: ".artifacts/audit_labels.csv",
      writes: (path: string) => [path],
      help: "Where all rows go, the most suspicious first.",
    },
  },
}, async (flags, context) => {
  const { say, result } = context;
  const { dataset, mask } = await openLabels(flags.labels_csv, flags, context);
  await using encoder = await openEncoder(flags.sbert, encoderOptions(flags));
  const progress = createProgress("audit");
  const { folds, seed, near_duplicate: nearDuplicate } = flags;
  const audited = await auditLabels(dataset, {
    ...{ encoder, mask, folds, seed, nearDuplicate },
    onFold: progress.update,
  });
  progress.end();
  const records = audited.map(({ row, nearest, ...rest }): Record<string, unknown> => ({
    ...rest,
    issue: rest.issue ?? "",
    line: row.line,
    prompt: row.prompt,
    label: row.label,
    nearest_line: nearest?.row.line ?? "",
    nearest_label: nearest?.row.label ?? "",
    similarity: nearest?.similarity ?? "",
  }));
  await context.refuseChanges();
  await writeFileAtomic(flags.out_csv, stringifyCsv(records, COLUMNS));
  const counts = Object.fromEntries(
    (["mislabelled", "ambiguous", "near_duplicate"] as const).map((name) => [
      name,
      audited.filter(({ issue }) => issue === name).length,
    ]),
  );
  say(textTable({
    columns: ["line", "label", "rather", "belief", "neighbours", "prompt"],
    rows: audited.slice(0, flags.show).map(({ row, suggested, confidence, agreement }) => [
      ...[row.line, printable(row.label!), printable(suggested)],
      ...[confidence.toFixed(3), agreement.toFixed(3), printable(row.prompt, 60)],
    ]),
  }));
  say(
    `${dataset.rows.length} rows: ${counts["mislabelled"]} likely mislabelled, ` +
      `${counts["ambiguous"]} ambiguous, ${counts["near_duplicate"]} near-duplicates`,
  );
  say(`Wrote ${flags.out_csv}: look at its first rows, correct the file, and train again`);
  result({
    labels_csv: flags.labels_csv,
    rows: dataset.rows.length,
    ...counts,
    out_csv: flags.out_csv,
  });
  return EXIT.ok;
});
