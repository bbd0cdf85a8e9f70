import { MicroLmError } from "../mod.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { profileDataset, splitRows, takeDataset, validateDataset } from "../src/data/mod.ts";
import { percent, printable, textTable } from "../src/report/mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import {
  curveCommand,
  DATA_TOOL_FLAGS,
  dedupeCommand,
  importCommand,
  required,
  suggestCommand,
} from "./_data_tools.ts";
import { INPUT_FLAGS, TAXONOMY_FLAG } from "./_input_flags.ts";
import { type OpenedLabels, openLabels } from "./_labels.ts";
import { labeledCsv } from "./_train.ts";

/** Flags of `data`. */
export const DATA_FLAGS = {
  csv: {
    type: "string",
    value: "FILE",
    data: true,
    help: "A prompt and its label a row; import: the corpus. Required for all but suggest.",
  },
  ...INPUT_FLAGS,
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    default: "auto",
    help:
      "Says which words are slots of a template: auto, defi, arc, generic, or a folder with a slash.",
  },
  ...TAXONOMY_FLAG,
  test_share: {
    type: "number",
    min: 0.01,
    max: 0.99,
    default: 0.2,
    help: "split: share of the rows that test.csv gets, whole templates of each class.",
  },
  seed: { type: "integer", default: 0, help: "split: of the choice." },
  group: {
    type: "string",
    value: "COLUMN",
    help: "split: column of what stays together. Default: the template.",
  },
  out_dir: {
    type: "string",
    value: "FOLDER",
    writes: (folder: string) => [`${folder}/train.csv`, `${folder}/test.csv`],
    help: "split: where train.csv and test.csv go.",
  },
  ...DATA_TOOL_FLAGS,
} as const;

type Flags = FlagValues<typeof DATA_FLAGS>;

type Command = (flags: Flags, context: CommandContext) => Promise<ExitCode> | ExitCode;

type LabelsCommand = (
  opened: OpenedLabels,
  flags: Flags,
  context: CommandContext,
) => Promise<ExitCode> | ExitCode;

const COMMANDS: Readonly<Record<string, Command>> = {
  split: withLabels(splitCommand),
  stats: withLabels(statsCommand),
  validate: withLabels(validateCommand),
  dedupe: withLabels(dedupeCommand),
  import: importCommand,
  suggest: suggestCommand,
  "learning-curve": withLabels(curveCommand),
};

function withLabels(command: LabelsCommand): Command {
  return async (flags, context) => {
    const csv = required(flags.csv, "csv");
    const opened = await openLabels(csv, flags, context, { keepsDetected: true });
    return await command(opened, flags, context);
  };
}

/** The body of `data`. */
export async function dataCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const [name = "", ...others] = context.positional;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command || others.length > 0) {
    const known = Object.keys(COMMANDS).join(", ");
    throw usage(
      { name: "data" },
      `Expected one of ${known}, got "${context.positional.join(" ")}"`,
    );
  }
  if (name === "split" && flags.out_dir === undefined) {
    throw usage({ name: "data" }, 'Flag "--out_dir" is required for split');
  }
  return await command(flags, context);
}

async function splitCommand(
  { dataset, mask }: OpenedLabels,
  { csv, test_share, seed, out_dir }: Flags,
  { say, result, refuseChanges }: CommandContext,
): Promise<ExitCode> {
  const groups = dataset.rows.map(({ group = "" }) => group);
  const shares = [1 - test_share, test_share];
  const [train, test] = splitRows(dataset, { shares, seed, mask, groups })
    .map((rows) => takeDataset(dataset, rows));
  if (test!.rows.length === 0 || train!.rows.length === 0) {
    throw new MicroLmError("data", `Cannot hold out ${test_share} of the rows: too few templates`, {
      at: { file: csv! },
      hint: "Every class needs two phrasings or more: change --test_share, or add other phrasings",
    });
  }
  const paths = { train: `${out_dir}/train.csv`, test: `${out_dir}/test.csv` };
  await refuseChanges();
  await writeFileAtomic(paths.train, labeledCsv(train!));
  await writeFileAtomic(paths.test, labeledCsv(test!));
  const labels = new Set(test!.rows.map(({ label }) => label));
  const absent = [...new Set(train!.rows.map(({ label }) => label!))].filter((l) => !labels.has(l));
  say(`Wrote ${paths.train} (${train!.rows.length} rows) and ${paths.test} (${test!.rows.length})`);
  if (absent.length > 0) {
    say(
      `Not in the test, too few templates: ${absent.map((label) => printable(label)).join(", ")}`,
    );
  }
  result({
    train: { path: paths.train, rows: train!.rows.length, sha256: train!.sha256 },
    test: { path: paths.test, rows: test!.rows.length, sha256: test!.sha256 },
    not_in_test: absent,
  });
  return EXIT.ok;
}

function statsCommand(
  { dataset, mask }: OpenedLabels,
  { csv }: Flags,
  { say, result }: CommandContext,
): ExitCode {
  const profile = profileDataset(dataset, mask);
  const { rows, classes, templates, duplicates, near_duplicates, characters } = profile;
  say(
    `${csv}: ${rows} rows, ${classes.length} classes, ${templates} templates; ${duplicates} rows repeat ` +
      `a prompt, ${near_duplicates} a template; ${characters.min} to ${characters.max} characters, ` +
      `median ${characters.median}`,
  );
  say(textTable({
    columns: ["class", "rows", "share", "templates", "largest template"],
    rows: classes.map((one) => [
      printable(one.label),
      one.rows,
      percent(one.share),
      one.templates,
      one.largest,
    ]),
  }));
  result({ csv, sha256: dataset.sha256, skipped: dataset.skipped, ...profile });
  return EXIT.ok;
}

function validateCommand(
  { dataset, mask }: OpenedLabels,
  { csv }: Flags,
  { say, paint, result }: CommandContext,
): ExitCode {
  const findings = validateDataset(dataset, mask);
  const problems = findings.filter(({ level }) => level === "problem").length;
  for (const { level, message } of findings) say(`${level}: ${printable(message, 300)}`);
  say(
    `${csv}: ${dataset.rows.length} rows, ${
      paint[problems > 0 ? "bad" : "good"](`${problems} problems`)
    }, ${findings.length - problems} notes`,
  );
  result({ csv, rows: dataset.rows.length, problems, findings });
  return problems > 0 ? EXIT.gate : EXIT.ok;
}
