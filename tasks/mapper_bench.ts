import type { ExitCode } from "../src/cli/exit_codes.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { DECISION_COLUMNS, decisionRows } from "../src/evaluate/mod.ts";
import { sweepSummary } from "../src/report/mod.ts";
import { executeSweep, sweepExitCode } from "./_sweep.ts";
import { openSigner } from "./_signing.ts";
import { SWEEP_FLAGS, type SweepFlags } from "./_sweep_flags.ts";
import { printSweep, writeSweep } from "./_sweep_output.ts";

const { mapper_path, rows_csv: _, out_summary: __, out_csv: ___, out_report: ____, ...SHARED } =
  SWEEP_FLAGS;

/** The flags of `mapper-bench`. */
const MAPPER_BENCH_FLAGS = {
  ...SHARED,
  model_path: mapper_path,
  out_dir: {
    type: "string",
    value: "FOLDER",
    writes: (folder: string) =>
      ["summary.json", "metrics.csv", "report.md"].map((name) => `${folder}/${name}`),
    default: ".artifacts/mapper_bench",
    help: "Where summary.json, metrics.csv, rows_thr_*.csv and report.md go.",
  },
  max_abstain_rate: { type: "number", min: 0, max: 1, default: 1, help: "Gate." },
  choose_by: { ...SHARED.choose_by, default: "utility" },
} as const;

type BenchFlags =
  & Omit<SweepFlags, "mapper_path" | "rows_csv" | "out_summary" | "out_csv" | "out_report">
  & {
    readonly model_path: string;
    readonly out_dir: string;
  };

/** The body of `mapper-bench`: encodes once, writes the decisions at every threshold. */
async function mapperBenchCommand(
  given: BenchFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { model_path, out_dir, ...others } = given;
  const flags: SweepFlags = {
    ...others,
    mapper_path: model_path,
    rows_csv: undefined,
    out_summary: `${out_dir}/summary.json`,
    out_csv: `${out_dir}/metrics.csv`,
    out_report: `${out_dir}/report.md`,
  };
  const variant = { bench: "mapper-bench", nearMargins: [0] };
  const signer = await openSigner(flags);
  const done = await executeSweep(flags, variant, context);
  const { outcome, about, artifact } = done;
  await context.refuseChanges();
  for (const { threshold } of outcome.metrics) {
    const { dataset, scored, classes, point } = outcome;
    const rows = decisionRows(dataset.rows, scored, classes, { ...point, threshold });
    await writeFileAtomic(
      `${out_dir}/rows_thr_${threshold}.csv`,
      stringifyCsv(rows as unknown as Record<string, unknown>[], DECISION_COLUMNS, {
        spreadsheetSafe: flags.spreadsheet_safe,
      }),
    );
  }
  await writeSweep(outcome, about, { ...done.flags, artifact }, signer);
  printSweep(outcome, about, context);
  context.say(`Wrote ${out_dir}/: summary.json, metrics.csv, report.md, rows_thr_*.csv`);
  context.result(sweepSummary(outcome, about));
  return sweepExitCode(outcome, flags, context);
}

await runCommand({
  name: "mapper-bench",
  summary: "Benches a mapper at a list of thresholds, with the decisions at each of them.",
  example: "deno task mapper-bench --thresholds 0.3,0.4,0.5 " +
    "--prompts_jsonl fixtures/defi/defi_mapper_5k_prompts.jsonl " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_5k.csv",
  flags: MAPPER_BENCH_FLAGS,
}, mapperBenchCommand);
