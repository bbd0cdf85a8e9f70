import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import {
  comparisonsTable,
  costTable,
  recallTable,
  renderStagesReport,
  runsTable,
  seedsTable,
  type Table,
  textTable,
} from "../src/report/mod.ts";
import {
  ANALYSIS_COLUMNS,
  type AnalysisRow,
  analysisRow,
  overlapSentences,
  type RunComparison,
  SMELL_COLUMNS,
  smellRows,
  type StoredEvaluation,
  summarizeSeeds,
} from "../src/stages/mod.ts";
import { collectAnalysis, compareWithBest, readChampion, readSweeps } from "./_stages/analysis.ts";
import { join } from "node:path";

/** Flags of `analyze`. */
const ANALYZE_FLAGS = {
  prefix: { type: "string", value: "TEXT", help: "Only runs whose name begins with this." },
  results_dir: {
    type: "string",
    value: "DIR",
    default: "results/experiments/evaluation",
    help: "What batch-eval wrote: output_dir of its config.",
  },
  mode: {
    type: "string",
    choices: ["argmax", "fixed", "file", "frozen"],
    help: "Only evaluations with this kind of threshold. Default: all.",
  },
  champion_dir: {
    type: "string",
    value: "DIR",
    default: "artifacts/models/champion",
    help: "The champion that others are compared with, if there is one.",
  },
  export_csv: {
    type: "boolean",
    help: "Write analysis.csv, smells.csv, seeds.csv and comparisons.csv.",
  },
  export_dataset_csvs: { type: "boolean", help: "Write analysis_<set>.csv for each test set." },
  out_dir: {
    type: "string",
    value: "DIR",
    help: "Where the CSV files go. Default: analysis, below --results_dir.",
  },
  out_html: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path],
    help: "Write a report with charts.",
  },
  compare: { type: "integer", min: 0, default: 5, help: "Runs to compare the best one with." },
} as const;

type Flags = FlagValues<typeof ANALYZE_FLAGS>;

/** The body of `analyze`. */
async function analyzeCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const { say, warn, result } = context;
  const { evaluations, older } = await collectAnalysis(flags.results_dir, flags);
  if (older > 0) warn(`left out ${older} evaluations of earlier runs of the same experiments`);
  const overlap = overlapSentences(evaluations);
  for (const sentence of overlap) warn(sentence);
  const champion = await readChampion(flags.champion_dir);
  const comparisons = await compareWithBest(evaluations, champion, flags.compare);
  printAnalysis(evaluations, comparisons, context);
  const outDir = flags.out_dir ?? join(flags.results_dir, "analysis");
  const files = [
    ...(flags.export_csv ? analysisFiles(evaluations, comparisons) : []),
    ...(flags.export_dataset_csvs ? datasetFiles(evaluations) : []),
  ].map(({ name, text }) => ({ path: join(outDir, name), text }));
  if (flags.out_html !== undefined) {
    const sweeps = await readSweeps(evaluations, champion);
    const text = renderStagesReport({ evaluations, sweeps, comparisons, champion, overlap });
    files.push({ path: flags.out_html, text });
  }
  for (const { path, text } of files) {
    await writeFileAtomic(path, text);
    say(`Wrote ${path}`);
  }
  const rows = evaluations.map(analysisRow);
  result({
    rows,
    seeds: seedRows(rows),
    comparisons,
    champion: champion ?? null,
    overlap,
    files: files.map(({ path }) => path),
  });
  return EXIT.ok;
}

function printAnalysis(
  evaluations: readonly StoredEvaluation[],
  comparisons: readonly RunComparison[],
  { say }: Pick<CommandContext, "say">,
): void {
  const section = (title: string, table: Table) => {
    if (table.rows.length > 0) say(`${title}\n${textTable(table)}\n`);
  };
  const combined = evaluations.filter(({ metadata }) => metadata.dataset === "combined");
  for (const [mode, own] of Map.groupBy(combined, ({ metadata }) => metadata.threshold.mode)) {
    const rows = own.map(analysisRow);
    section(`Runs on the combined set, threshold ${mode}`, runsTable(rows));
    section(`Seeds, threshold ${mode}`, seedsTable(rows));
  }
  const byRun = new Map(combined.map((evaluation) => [evaluation.metadata.run, evaluation]));
  const best = [...byRun.values()]
    .toSorted((a, b) => b.results.metrics.f1 - a.results.metrics.f1).slice(0, 5);
  section("False positives removed at fixed recall, best runs", recallTable(best));
  section("Paired tests", comparisonsTable(comparisons));
  section("Cost against gain", costTable([...byRun.values()].map(analysisRow), 10));
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

function analysisFiles(
  evaluations: readonly StoredEvaluation[],
  comparisons: readonly RunComparison[],
): NamedText[] {
  const rows = evaluations.map(analysisRow);
  const smells = evaluations.flatMap((evaluation) =>
    smellRows(evaluation).map((row) => ({
      ...row,
      threshold_mode: evaluation.metadata.threshold.mode,
    }))
  );
  return [
    csvFile("analysis.csv", rows, ANALYSIS_COLUMNS),
    csvFile("smells.csv", smells, [...SMELL_COLUMNS, "threshold_mode"]),
    csvFile("seeds.csv", seedRows(rows), SEED_COLUMNS),
    csvFile("comparisons.csv", comparisons.map(flatComparison), COMPARISON_COLUMNS),
  ];
}

const SEED_COLUMNS = [
  "base",
  "model",
  "lr",
  "batch_size",
  "epochs",
  "dataset",
  "metric",
  "seeds",
  "mean",
  "std",
  "min",
  "median",
  "max",
  "threshold_mode",
];

const COMPARISON_COLUMNS = [
  "first",
  "second",
  "dataset",
  "n",
  "only_first",
  "only_second",
  "mcnemar_p",
  "f1_difference",
  "ci_low",
  "ci_high",
];

function seedRows(rows: readonly AnalysisRow[]): object[] {
  return [...Map.groupBy(rows, ({ threshold_mode }) => threshold_mode)].flatMap(([mode, own]) =>
    summarizeSeeds(own).map((summary) => ({ ...summary, threshold_mode: mode }))
  );
}

function flatComparison({ mcnemar, f1_difference, ...names }: RunComparison): object {
  return {
    ...names,
    only_first: mcnemar.only_first,
    only_second: mcnemar.only_second,
    mcnemar_p: mcnemar.p_value,
    f1_difference: f1_difference.value,
    ci_low: f1_difference.ci_low,
    ci_high: f1_difference.ci_high,
  };
}

function datasetFiles(evaluations: readonly StoredEvaluation[]): NamedText[] {
  const rows = evaluations.map(analysisRow);
  return [...Map.groupBy(rows, ({ dataset }) => dataset)].map(([dataset, own]) =>
    csvFile(`analysis_${dataset}.csv`, own, ANALYSIS_COLUMNS)
  );
}

/** Spreadsheets will open it, and names come from folders. */
function csvFile(name: string, rows: readonly object[], columns: readonly string[]): NamedText {
  const records = rows as readonly Readonly<Record<string, unknown>>[];
  return { name, text: stringifyCsv(records, columns, { spreadsheetSafe: true }) };
}

await runCommand({
  name: "analyze",
  summary: "Compares evaluated runs: F1 with intervals, seeds, false positives removed, paired " +
    "tests, cost against gain; as tables, CSV or a report.",
  example: "deno task analyze --results_dir .artifacts/stages/evaluation --export_csv",
  flags: ANALYZE_FLAGS,
}, analyzeCommand);
