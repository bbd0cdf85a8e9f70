import { MicroLmError, reportClasses, suggestThresholds } from "../mod.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import {
  type ClassifiedRow,
  listAbstains,
  listMisfires,
  type Objective,
  readDecisionRows,
} from "../src/evaluate/mod.ts";
import { classTable, textTable } from "../src/report/mod.ts";
import { optimiseCommand } from "./_optimise.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "per-class",
  summary: "Shows precision, recall and abstentions of each class from a rows CSV.",
  example: "deno task per-class --rows_csv .artifacts/rows.csv --errors 20",
  flags: {
    rows_csv: {
      type: "string",
      value: "FILE",
      data: true,
      required: true,
      help: "Rows that a sweep wrote.",
    },
    errors: { type: "integer", min: 0, default: 0, help: "Misfires to list." },
    abstains: { type: "integer", min: 0, default: 0, help: "Abstentions on actions to list." },
    class: { type: "string", value: "NAME", help: "Only rows of this class." },
    suggest: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path],
      help: "Write a threshold a class that reaches --precision on these rows.",
    },
    precision: { type: "number", min: 0, max: 1, default: 0.99, help: "For --suggest." },
    optimise: {
      type: "boolean",
      help: "Find the thresholds that reach --objective, cross-validated by template.",
    },
    objective: {
      type: "string",
      choices: ["coverage", "macro_f1"],
      default: "coverage",
      help: "Most coverage within --max_wrong_rate, or the highest macro-F1.",
    },
    max_wrong_rate: { type: "number", min: 0, max: 1, default: 0.05, help: "For --objective." },
    folds: { type: "integer", min: 2, max: 50, default: 5, help: "For --optimise." },
    seed: { type: "integer", default: 0, help: "Of the folds." },
    current: { type: "string", value: "FILE", help: "Thresholds in use, to compare with." },
    out_thresholds: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path],
      help: "Write the optimised thresholds.",
    },
  },
}, async (flags, context) => {
  const { say, warn, result } = context;
  const all = await readDecisionRows(flags.rows_csv);
  const reports = reportClasses(all);
  if (reports.length === 0) {
    throw new MicroLmError("data", "Expected labelled rows, found none", {
      at: { file: flags.rows_csv },
    });
  }
  if (flags.class !== undefined && !reports.some((report) => report.class === flags.class)) {
    throw new MicroLmError("usage", `Found no class "${flags.class}"`, {
      hint: `Classes: ${reports.map((report) => report.class).join(", ")}`,
    });
  }
  const shown = reports.filter((r) => flags.class === undefined || r.class === flags.class);
  const rows = all.filter((row) => flags.class === undefined || row.gold === flags.class);
  const misfires = listMisfires(rows).slice(0, flags.errors);
  const abstains = listAbstains(rows).slice(0, flags.abstains);
  say(textTable(classTable(shown)));
  if (flags.errors > 0) say(`\nMisfires\n${list(misfires)}`);
  if (flags.abstains > 0) say(`\nAbstentions\n${list(abstains)}`);
  const suggested = flags.suggest === undefined
    ? undefined
    : suggestThresholds(all, { precision: flags.precision });
  if (flags.suggest !== undefined) {
    await writeFileAtomic(flags.suggest, `${JSON.stringify(suggested, null, 2)}\n`);
    say(`\nWrote ${flags.suggest}`);
    warn("the thresholds fit these rows: check them on rows that they were not chosen on");
  }
  const optimised = flags.optimise
    ? await optimiseCommand(all, { ...flags, objective: flags.objective as Objective }, context)
    : null;
  result({ per_class: shown, misfires, abstains, suggested: suggested ?? null, optimised });
  return EXIT.ok;
});

function list(rows: readonly ClassifiedRow[]): string {
  return textTable({
    columns: ["confidence", "gold", "predicted", "prompt"],
    rows: rows.map((row) => [row.confidence, row.gold, row.predicted, row.prompt]),
  });
}
