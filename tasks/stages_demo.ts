import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { type Rate, rate } from "../src/evaluate/mod.ts";
import {
  comparisonsTable,
  percent,
  percentWithInterval,
  recallTable,
  renderStagesReport,
  runsTable,
  textTable,
} from "../src/report/mod.ts";
import {
  analysisRow,
  type BatchRun,
  type ChampionRecord,
  collectEvaluations,
  type EvaluationConfig,
  evaluationFolder,
  freezeChampion,
  overlapSentences,
  readEvaluationConfig,
  readJson,
  RUN_FILES,
  selectChampion,
  type StoredEvaluation,
  type ValidationPrediction,
} from "../src/stages/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { compareWithBest, readSweeps } from "./_stages/analysis.ts";
import { evaluateBatch } from "./_stages/eval.ts";
import { executeBatch, planBatch } from "./_stages/execute.ts";
import { formatSeconds } from "./_stages/live.ts";
import { basename, dirname, join } from "node:path";

/** Flags of `stages:demo`. */
const STAGES_DEMO_FLAGS = {
  configs_dir: {
    type: "string",
    value: "DIR",
    default: "configs",
    help: "Has encoder/stage1_offline.yaml to stage4_offline.yaml, and eval/eval_*_offline.yaml.",
  },
  out_dir: {
    type: "string",
    value: "DIR",
    default: ".artifacts/stages",
    help: "Where champion/, logs/ and report.html go.",
  },
  jobs: { type: "integer", min: 1, max: 256, default: 2, help: "Local worker processes." },
  fresh: { type: "boolean", help: "Train again what was finished before." },
  min_recall: {
    type: "number",
    min: 0,
    max: 1,
    default: 0.95,
    help: "Share of true positives that the champion is to keep.",
  },
  min_fp_removed: {
    type: "number",
    min: 0,
    max: 1,
    default: 0.6,
    help: "Share of false positives that it is to remove then; otherwise the exit code is 2.",
  },
  ...ENCODER_FLAGS,
} as const;

type Flags = FlagValues<typeof STAGES_DEMO_FLAGS>;

/** The body of `stages:demo`: the four stages, from the first selection to the frozen champion. */
async function stagesDemoCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const { say, result } = context;
  const started = performance.now();
  const stages: BatchRun[][] = [];
  for (const number of [1, 2, 3, 4]) stages.push(await runStage(number, flags, context));
  say("\nChampion");
  const { record, folder } = await crown(stages[3]!, flags);
  say(
    `${record.run}: F1 ${record.val_f1.toFixed(3)} on the validation set, the median of ` +
      `${record.candidates.length} seeds; threshold ${record.threshold}`,
  );
  const target = await safeTarget(folder, flags.min_recall);
  const evaluations = await evaluateStages(stages, record, target, flags, context);
  const gate = judge(evaluations, record, target, flags);
  say(`\n${gate.text}`);
  const report = join(flags.out_dir, "report.html");
  const comparisons = await compareWithBest(evaluations, record, 6);
  say(`\nPaired tests\n${textTable(comparisonsTable(comparisons))}`);
  const seconds = (performance.now() - started) / 1000;
  const there = stages.flat().filter(({ outcome }) => outcome === "skipped").length;
  const time = `The four stages took ${formatSeconds(seconds)}; ${there} of ` +
    `${stages.flat().length} runs were there already`;
  await writeFileAtomic(
    report,
    renderStagesReport({
      evaluations,
      sweeps: await readSweeps(evaluations, record),
      comparisons,
      champion: record,
      notes: [gate.text, `${time}.`],
      overlap: overlapSentences(evaluations),
      verdict: gate.pass ? "pass" : "fail",
    }),
  );
  say(`\n${time}\nWrote ${report}`);
  result({ seconds, champion: record, ...gate, report });
  return gate.pass ? EXIT.ok : EXIT.gate;
}

async function runStage(
  number: number,
  flags: Flags,
  context: CommandContext,
): Promise<BatchRun[]> {
  const config = join(flags.configs_dir, "encoder", `stage${number}_offline.yaml`);
  const plan = await planBatch({
    model_override: undefined,
    max_steps: undefined,
    ...flags,
    config,
    executor: "local",
    resume: !flags.fresh,
    logs_dir: join(flags.out_dir, "logs"),
  });
  context.say(`\nStage ${number}: ${plan.experiments.length} experiments, ${config}`);
  const runs = await executeBatch(plan, context);
  const failed = runs.find(({ error }) => error);
  if (failed) throw failed.error;
  return runs;
}

/** Chooses among the runs of this very batch, whatever else lies in the folder. */
async function crown(
  runs: readonly BatchRun[],
  { configs_dir, out_dir }: Flags,
): Promise<{ readonly record: ChampionRecord; readonly folder: string }> {
  const candidates = runs.map(({ folder, status }) => ({
    run: basename(folder!),
    seed: status!.seed,
    val_f1: status!.val_f1!,
  }));
  const choice = selectChampion(candidates);
  const { folder } = runs.find((run) => basename(run.folder!) === choice.champion.run)!;
  const frozen = await readEval(configs_dir, "eval_threshold_frozen_offline");
  const link = frozen.evaluation.threshold.file;
  const record = await freezeChampion(folder!, choice, {
    championDir: join(out_dir, "champion"),
    evaluationDir: frozen.evaluation.output_dir,
    ...(link === undefined ? {} : { alias: basename(dirname(link)) }),
    force: true,
  });
  return { record, folder: folder! };
}

/**
 * The least share of the validation set's true positives that shows a recall: with fewer kept, the
 * 95% interval (Wilson) would reach below it. All of them if there are too few to show anything.
 */
async function safeTarget(folder: string, recall: number): Promise<number> {
  const rows = await readJson<ValidationPrediction[]>(join(folder, RUN_FILES.validation));
  const n = rows.filter(({ true_label }) => true_label === "TP").length;
  for (let k = 0; k < n; k++) if (rate(k, n).ci_low >= recall) return k / n;
  return 1;
}

async function evaluateStages(
  stages: readonly (readonly BatchRun[])[],
  champion: ChampionRecord,
  target: number,
  flags: Flags,
  context: CommandContext,
): Promise<StoredEvaluation[]> {
  const targets = { recall_targets: [0.9, 0.95, target] };
  const ids = (runs: readonly BatchRun[]) => runs.map(({ folder }) => basename(folder!));
  const parts = [
    ["eval_argmax_offline", [...ids(stages[0]!), ...ids(stages[1]!)]],
    ["eval_threshold_offline", [...ids(stages[2]!), ...ids(stages[3]!)]],
    ["eval_threshold_frozen_offline", [champion.run]],
  ] as const;
  const found: StoredEvaluation[] = [];
  for (const [name, runs] of parts) {
    const config = await readEval(flags.configs_dir, name, { evaluation: targets });
    const quiet = { ...context, say: () => {} };
    const options = { ...flags, filter: runs.join(","), logs_dir: join(flags.out_dir, "logs") };
    await evaluateBatch(config, options, quiet);
    const stored = await collectEvaluations(evaluationFolder(config));
    const own = stored.filter(({ metadata }) => runs.includes(metadata.run));
    found.push(...own);
    const combined = own.filter(({ metadata }) => metadata.dataset === "combined");
    context.say(`\nTest set, ${name}: best of ${combined.length}`);
    context.say(textTable(runsTable(combined.map(analysisRow), 5)));
    if (name === "eval_threshold_frozen_offline") {
      context.say(`\n${textTable(recallTable(combined))}`);
    }
  }
  return found;
}

async function readEval(
  configsDir: string,
  name: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<EvaluationConfig> {
  return await readEvaluationConfig(join(configsDir, "eval", `${name}.yaml`), { overrides });
}

interface Gate {
  readonly pass: boolean;
  readonly text: string;
  readonly recall: Rate;
  readonly removed: Rate;
}

function judge(
  evaluations: readonly StoredEvaluation[],
  champion: ChampionRecord,
  target: number,
  { min_recall, min_fp_removed }: Flags,
): Gate {
  const own = evaluations.find(({ metadata }) =>
    metadata.run === champion.run && metadata.dataset === "combined"
  );
  const point = own?.results.at_recall.find((at) => at.target === target);
  if (!point) throw new MicroLmError("missing", `Cannot find the evaluation of "${champion.run}"`);
  const { recall, removed, threshold } = point;
  const pass = (recall.value ?? 0) >= min_recall && (removed.value ?? 0) >= min_fp_removed;
  const text =
    `On the test set the champion removes ${percentWithInterval(removed)} of the false ` +
    `positives and keeps ${percentWithInterval(recall)} of the true ones, at the threshold ` +
    `${threshold.toFixed(3)}. On the validation set that keeps ${percent(target)}, as many as it ` +
    `takes for the 95% interval to lie above ${percent(min_recall)}. Asked: ${
      percent(min_fp_removed)
    } at ${percent(min_recall)}: ` +
    `${pass ? "met" : "not met"}.`;
  return { pass, text, recall, removed };
}

await runCommand({
  name: "stages:demo",
  summary:
    "Runs the four stages on the project's own data, offline: selection, tuning, threshold, " +
    "champion; ends with a report.",
  example: "deno task stages:demo --jobs 2",
  flags: STAGES_DEMO_FLAGS,
}, stagesDemoCommand);
