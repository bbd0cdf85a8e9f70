import { writeFileAtomic } from "../data/atomic_write.ts";
import { stringifyCsv } from "../data/csv.ts";
import {
  type Dataset,
  joinLabels,
  mapLabels,
  readLabeledCsv,
  readPrompts,
} from "../data/dataset.ts";
import { createMasker } from "../data/template.ts";
import { DEFI_LEXICON } from "../domains/defi/lexicon.ts";
import type { Domain } from "../domains/domain.ts";
import { findDomain } from "../domains/registry.ts";
import { MicroLmError } from "../errors.ts";
import type { ChooseBy } from "../evaluate/choose.ts";
import { DECISION_COLUMNS } from "../evaluate/decision_rows.ts";
import { METRICS_COLUMNS, metricsRow } from "../evaluate/metrics.ts";
import { runSweep, type SweepOutcome } from "../evaluate/run_sweep.ts";
import { parseThresholds } from "../evaluate/sweep.ts";
import type { MapperArtifact } from "../mapper/artifact.ts";
import { loadMapper, openArtifact } from "../mapper/mapper_file.ts";
import type { Mapper } from "../mapper/mapper.ts";
import { openWordmap } from "../mapper/wordmap.ts";
import {
  chosenTable,
  classTable,
  evidenceLines,
  metricsTable,
  qualityLines,
  type SweepContext,
  sweepMarkdown,
  sweepSummary,
} from "../report/sweep_report.ts";
import { textTable } from "../report/tables.ts";
import { datasetNotes } from "./dataset_notes.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./encoder_flags.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { FlagValues } from "./flags.ts";
import { readPerClassThresholds } from "./per_class_file.ts";
import { createProgress } from "./progress.ts";
import type { CommandContext } from "./run_command.ts";

/** The flags that `sweep` and `m8` share. */
export const SWEEP_FLAGS = {
  mapper_path: {
    type: "string",
    value: "FILE",
    default: ".artifacts/defi_mapper.json",
    help: "Mapper that train wrote.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert) or the keyword mapper, which needs no --mapper_path.",
  },
  ...OPEN_MAPPER_FLAGS,
  prompts_jsonl: {
    type: "string",
    value: "FILE",
    required: true,
    help: "Prompts: JSONL, CSV or plain text; - reads JSONL from standard input.",
  },
  labels_csv: {
    type: "string",
    value: "FILE",
    help: "Labels of the prompts, row by row (prompt,label). Without it only coverage is known.",
  },
  class_names: {
    type: "string",
    value: "A,B,…",
    help: "Classes that the mapper is expected to have; any difference is an error.",
  },
  thresholds: {
    type: "string",
    value: "LIST",
    default: "0.3:0.95:0.05",
    help: "Thresholds to try: 0.5,0.7 or 0.1:0.9:0.05.",
  },
  per_class_thresholds: {
    type: "string",
    value: "FILE",
    help: "JSON of thresholds by class; they replace the common one everywhere.",
  },
  max_abstain_rate: { type: "number", min: 0, max: 1, default: 0.1, help: "Gate." },
  min_overall_acc: { type: "number", min: 0, max: 1, default: 0.85, help: "Gate." },
  choose_by: {
    type: "string",
    choices: ["abstain_then_acc", "utility"],
    default: "abstain_then_acc",
    help: "How the operating point is chosen.",
  },
  fail_on_overlap: {
    type: "boolean",
    help: "Exit with 4 if the prompts share a prompt or a template with the training data.",
  },
  rows_csv: { type: "string", value: "FILE", help: "Write the decision on every row." },
  out_summary: { type: "string", value: "FILE", help: "Write the summary as JSON." },
  out_csv: { type: "string", value: "FILE", help: "Write the metrics of every point." },
  out_report: { type: "string", value: "FILE", help: "Write a Markdown report." },
  spreadsheet_safe: {
    type: "boolean",
    help: "In --rows_csv, put an apostrophe before cells that a spreadsheet would run.",
  },
} as const;

type SweepFlags = FlagValues<typeof SWEEP_FLAGS>;

/** What differs between the sweeps. */
export interface SweepVariant {
  readonly bench: string;
  /** Margins to try with every threshold. */
  readonly nearMargins: readonly number[];
}

/** The body of `sweep` and `m8`: score once, try every point, choose, write, judge. */
export async function sweepCommand(
  flags: SweepFlags,
  { bench, nearMargins }: SweepVariant,
  context: CommandContext,
): Promise<ExitCode> {
  const thresholds = parseThresholds(flags.thresholds);
  const { artifact, mapper: opened, domain } = await openBackend(flags, context);
  await using mapper = opened;
  checkClassNames(flags.class_names, mapper, domain);
  const dataset = await readEvaluationSet(flags, domain);
  for (const note of datasetNotes(dataset, "kept")) context.warn(note);
  const perClass = flags.per_class_thresholds === undefined
    ? undefined
    : await readPerClassThresholds(flags.per_class_thresholds, (name) =>
      domain.canonicalLabel(name));
  const progress = createProgress("score");
  const outcome = await runSweep(mapper, dataset, {
    thresholds,
    nearMargins,
    ...(perClass ? { perClass } : {}),
    maxAbstainRate: flags.max_abstain_rate,
    minOverallAcc: flags.min_overall_acc,
    chooseBy: flags.choose_by as ChooseBy,
    onProgress: progress.update,
    ...(artifact && {
      training: { index: artifact.training.overlap, mask: createMasker(domain.slots) },
    }),
  });
  progress.end();
  const about: SweepContext = {
    bench,
    mapper: mapper.source,
    prompts: flags.prompts_jsonl,
    data_sha256: dataset.sha256,
    skipped: dataset.skipped,
    maxAbstainRate: flags.max_abstain_rate,
    minOverallAcc: flags.min_overall_acc,
    chooseBy: flags.choose_by,
    timestamp: new Date().toISOString(),
  };
  await writeSweep(outcome, about, flags);
  printSweep(outcome, about, context);
  context.result(sweepSummary(outcome, about));
  return exitCode(outcome, flags, context);
}

async function openBackend(
  flags: SweepFlags,
  context: CommandContext,
): Promise<{ mapper: Mapper; domain: Domain; artifact?: MapperArtifact }> {
  if (flags.backend === "wordmap") {
    return { mapper: openWordmap(DEFI_LEXICON), domain: findDomain("defi") };
  }
  const artifact = await loadMapper(flags.mapper_path);
  const mapper = await openArtifact(artifact, flags.mapper_path, mapperOptions(flags, context));
  return { artifact, mapper, domain: findDomain(artifact.domain) };
}

function checkClassNames(names: string | undefined, mapper: Mapper, domain: Domain): void {
  if (names === undefined) return;
  const wanted = new Set(names.split(",").map((name) => domain.canonicalLabel(name)));
  const missing = [...wanted].filter((name) => !mapper.classes.includes(name));
  const extra = mapper.classes.filter((name) => !wanted.has(name));
  if (missing.length + extra.length === 0) return;
  throw new MicroLmError(
    "data",
    `Expected a mapper for ${[...wanted].join(", ")}, found one for ${mapper.classes.join(", ")}`,
  );
}

async function readEvaluationSet(flags: SweepFlags, domain: Domain): Promise<Dataset> {
  const prompts = await readPrompts(flags.prompts_jsonl);
  const joined = flags.labels_csv === undefined
    ? prompts
    : joinLabels(prompts, await readLabeledCsv(flags.labels_csv, { empty: "keep" }));
  return mapLabels(joined, (label) => domain.canonicalLabel(label));
}

/** Writes what was asked for. */
export async function writeSweep(
  outcome: SweepOutcome,
  about: SweepContext,
  paths: Pick<SweepFlags, "rows_csv" | "out_summary" | "out_csv" | "out_report"> & {
    readonly spreadsheet_safe?: boolean;
  },
): Promise<void> {
  const files: [string | undefined, () => string][] = [
    [paths.rows_csv, () =>
      stringifyCsv(
        outcome.rows as unknown as Record<string, unknown>[],
        DECISION_COLUMNS,
        { spreadsheetSafe: paths.spreadsheet_safe ?? false },
      )],
    [paths.out_csv, () => stringifyCsv(outcome.metrics.map(metricsRow), METRICS_COLUMNS)],
    [paths.out_report, () => sweepMarkdown(outcome, about)],
    [paths.out_summary, () => `${JSON.stringify(sweepSummary(outcome, about), null, 2)}\n`],
  ];
  for (const [path, render] of files) {
    if (path !== undefined) await writeFileAtomic(path, render());
  }
}

/** Prints the outcome for people. */
export function printSweep(
  outcome: SweepOutcome,
  about: SweepContext,
  { say }: Pick<CommandContext, "say">,
): void {
  const { chosen, gate } = outcome;
  const grid = metricsTable(outcome);
  const MOST = 30;
  if (grid.rows.length <= MOST) say(textTable(grid));
  else say(`${grid.rows.length} points tried; --out_csv writes them all`);
  say("");
  const margin = chosen.metrics.near_margin > 0 ? `, margin ${chosen.metrics.near_margin}` : "";
  say(`Chosen: threshold ${chosen.metrics.threshold}${margin} (${chosen.why})`);
  say(textTable(chosenTable(chosen.metrics)));
  say("");
  for (const line of [...qualityLines(outcome), ...evidenceLines(outcome)]) say(line);
  say("");
  if (outcome.perClass.length > 0) say(`${textTable(classTable(outcome.perClass))}\n`);
  const failures = gate.failures.map((failure) => `\n  ${failure}`).join("");
  say(`${about.bench}: ${gate.status}${failures}`);
}

function exitCode(
  { gate, overlap }: SweepOutcome,
  flags: SweepFlags,
  { warn }: CommandContext,
): ExitCode {
  if (flags.fail_on_overlap) {
    if (!overlap) {
      throw new MicroLmError("usage", "Cannot check the overlap of a mapper without training data");
    }
    const { exact, template } = overlap;
    if (exact.count + template.count > 0) {
      warn(`${exact.count} prompts and ${template.count} templates occur in the training data`);
      return EXIT.overlap;
    }
  }
  return gate.status === "pass" ? EXIT.ok : EXIT.gate;
}
