import { MicroLmError, openEncoder } from "../../mod.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { EXIT, type ExitCode } from "../../src/cli/exit_codes.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";
import { percentWithInterval, textTable } from "../../src/report/mod.ts";
import {
  crossValidate,
  crossValidateTfIdf,
  type CrossValidation,
  readDetections,
  type StageConfig,
} from "../../src/stages/mod.ts";
import type { PlannedBatch } from "./execute.ts";
import { stageEncoderOpener } from "./encoder.ts";

type Detections = Awaited<ReturnType<typeof readDetections>>["rows"];

/**
 * Cross-validates the experiments of a batch by file, over all rows of the config or of the files
 * given, and prints what each would do on scripts that it has not seen. Writes nothing.
 *
 * @throws {MicroLmError} Kind `usage` for experiments that tune an encoder, `data` or `missing` for the
 * rows.
 */
export async function crossValidateBatch(
  { request, config, experiments }: PlannedBatch,
  folds: number,
  files: string | undefined,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const tuned = experiments.find(({ tune, engine }) => tune !== "head" || engine === "torch");
  if (tuned) {
    throw new MicroLmError("usage", `Cannot cross-validate "${tuned.name}": it tunes its encoder`, {
      hint: `Cross-validation trains heads; leave it out: --exclude ${tuned.base}`,
    });
  }
  const rows = await readRows(config, files);
  const scripts = new Set(rows.map(({ file, id }) => file || id)).size;
  const progress = createProgress("cross-validate");
  const open = stageEncoderOpener(request);
  const total = (experiments.length + 1) * folds;
  const done: { readonly name: string; readonly outcome: CrossValidation }[] = [];
  {
    await using encoder = await openEncoder("ngram");
    const features = await encoder.encode(rows.map(({ text }) => text));
    const outcome = await crossValidateTfIdf(config, rows, features, { folds });
    done.push({ name: "TF-IDF of n-grams, LR", outcome });
  }
  for (const [model, own] of Map.groupBy(experiments, ({ model }) => model)) {
    await using encoder = await open(model, { maxLength: config.global.max_length });
    const features = await encoder.encode(rows.map(({ text }) => text));
    for (const experiment of own) {
      const outcome = await crossValidate(experiment, config, rows, features, {
        folds,
        onFold: (fold) => progress.update(done.length * folds + fold, total),
      });
      done.push({ name: experiment.name, outcome });
    }
  }
  progress.end();
  say(`${rows.length} rows of ${scripts} scripts, ${folds} folds by script`);
  say(textTable({
    columns: ["experiment", "F1 (95%)", "precision", "recall", "TP kept, 90% asked", "FP removed"],
    rows: done.map(({ name, outcome: { f1, precision, recall, reduction } }) => [
      name,
      `${f1.value.toFixed(3)} (${f1.ci_low.toFixed(3)}–${f1.ci_high.toFixed(3)})`,
      percentWithInterval(precision),
      percentWithInterval(recall),
      percentWithInterval(reduction.recall),
      percentWithInterval(reduction.removed),
    ]),
  }));
  result({
    rows: rows.length,
    scripts,
    folds,
    experiments: done.map(({ name, outcome: { f1, precision, recall, reduction } }) => ({
      ...{ name, f1, precision, recall, reduction },
    })),
  });
  return EXIT.ok;
}

async function readRows({ global }: StageConfig, files: string | undefined): Promise<Detections> {
  const paths = files?.split(",") ?? [global.train_path, global.val_path];
  const sets = [];
  for (const path of paths) {
    sets.push(await readDetections(path.trim(), { textField: global.text_field }));
  }
  return sets.flatMap(({ rows }) => rows);
}
