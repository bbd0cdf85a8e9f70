import type { CalibrationChoice, OrderHeadChoice } from "../src/mapper/mod.ts";
import { MicroLmError } from "../mod.ts";
import { hashWdd } from "../src/rails/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { ENCODER_FLAGS, SPEC_HELP } from "./_encoder_flags.ts";
import { INPUT_FLAGS, TAXONOMY_FLAG } from "./_input_flags.ts";
import { EVIDENCE_FLAG } from "./_rails_flags.ts";
import { SIGN_FLAG } from "./_signing.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { defaultOutPath, printTraining, runTraining, trainingFiles } from "./_train.ts";

await runCommand({
  name: "train",
  summary: "Trains a mapper from a CSV of prompts and labels.",
  example: "deno task train --labels_csv fixtures/defi/defi_mapper_labeled_large.csv --calibrate",
  flags: {
    labels_csv: {
      type: "string",
      value: "FILE[,FILE…]",
      data: true,
      required: true,
      help:
        "CSV with a prompt and its label a row; the columns have a header. Several files are one set.",
    },
    out_path: {
      type: "string",
      value: "FILE",
      writes: trainingFiles,
      help: "Where the mapper goes; facts of the run go beside it (.meta.json). " +
        "Default: .artifacts/defi_mapper.json, or .artifacts/NAME_mapper.json for a folder.",
    },
    sbert: {
      type: "string",
      value: "SPEC",
      default: "lite",
      help: SPEC_HELP,
    },
    ...ENCODER_FLAGS,
    domain: {
      type: "string",
      value: "NAME|FOLDER",
      default: "auto",
      help: "Whose labels and slots apply: defi, arc, generic, the folder of a domain (with a " +
        "slash), or auto, which looks at the labels.",
    },
    ...TAXONOMY_FLAG,
    C: {
      type: "string",
      value: "N|auto",
      default: "8",
      help:
        "Inverse strength of the L2 penalty; auto chooses it by the log-loss of held-out rows, " +
        "what each block of a+b weighs unless the spec says so (a*1+b keeps equal weights), and a " +
        "linear map of dense vectors where it pays; that takes some times as long.",
    },
    max_iter: { type: "integer", min: 1, default: 2000, help: "Iterations at most." },
    tol: {
      type: "number",
      min: 1e-12,
      max: 0.01,
      default: 1e-5,
      help: "Gradient of the mean loss at which to stop; at most 0.01.",
    },
    calibrate: { type: "boolean", help: "Calibrate with the method best." },
    calibration_method: {
      type: "string",
      choices: ["auto", "isotonic", "sigmoid", "temperature", "best", "none"],
      help: "Implies --calibrate. Default: best with --calibrate, none without.",
    },
    group: {
      type: "string",
      value: "COLUMN",
      help:
        "CSV column that says which rows belong together: calibration does not tear them apart. " +
        "Default: the template.",
    },
    calibration_cv: { type: "integer", min: 2, max: 100, default: 3, help: "Folds." },
    class_weight: {
      type: "string",
      default: "balanced",
      choices: ["balanced", "none"],
      help: "Whether rare classes weigh more.",
    },
    order_head: {
      type: "string",
      default: "auto",
      choices: ["auto", "on", "off"],
      help:
        "Learn from the rows labelled abstain whether a prompt is an order at all, apart from " +
        "which one it is: auto does so from 50 such rows that are a tenth of all.",
    },
    oos_score: {
      type: "boolean",
      help:
        "Fit one out-of-scope score from confidence and novelty, for --oos of sweep and m8. It " +
        "is kept only where it beats confidence on held-out rows.",
    },
    readings: {
      type: "boolean",
      help:
        "DeFi: learn from orders as they are read, too, which is how they come to the mapper, and " +
        "from orders without what stands around them.",
    },
    solver: {
      type: "string",
      default: "lbfgs",
      choices: ["lbfgs", "ml"],
      help: "lbfgs is ours; ml is npm:ml-logistic-regression, for comparison, dense encoders only.",
    },
    seed: {
      type: "integer",
      default: 0,
      help: "Of the order in which rows are summed: changes rounding, not the optimum.",
    },
    class_names: {
      type: "string",
      value: "A,B,…",
      help: "Classes in the order of the probabilities. Default: the labels, sorted.",
    },
    ...INPUT_FLAGS,
    ...SIGN_FLAG,
    ...EVIDENCE_FLAG,
    no_rails: {
      type: "boolean",
      help:
        "Fit no evidence. Else it goes beside the mapper (.rails.json), and run, map, serve and mcp " +
        "ask it.",
    },
    test_share: {
      type: "number",
      min: 0.01,
      max: 0.99,
      help:
        "Hold this share of the rows out, whole templates of each class, and write them beside " +
        "the mapper (.test.csv).",
    },
    cross_validate: {
      type: "integer",
      min: 2,
      max: 50,
      help:
        "Report accuracy and coverage out of this many folds, grouped by template; the mapper is " +
        "trained on all rows.",
    },
  },
}, async (flags, context) => {
  const { calibrate, ...request } = flags;
  const out_path = flags.out_path ?? await defaultOutPath(flags.domain);
  await context.checkOutputs(trainingFiles(out_path));
  const method = flags.calibration_method ?? (calibrate ? "best" : "none");
  const run = await runTraining({
    ...request,
    out_path,
    C: readC(flags.C),
    calibration_method: method as CalibrationChoice,
    class_weight: flags.class_weight as "balanced" | "none",
    order_head: flags.order_head as OrderHeadChoice,
    solver: flags.solver as "lbfgs" | "ml",
  }, context);
  printTraining(run, context);
  context.say(`Wrote ${out_path} (${run.seconds.toFixed(1)} s)`);
  const { overlap: _, ...training } = run.mapper.training;
  context.result({
    out_path,
    classes: run.mapper.classes,
    ...training,
    test_path: run.testPath ?? null,
    rails_sha256: run.rails ? hashWdd(run.rails) : null,
    cross_validation: run.crossValidation ?? null,
  });
  return EXIT.ok;
});

/** A positive number, or `auto`. */
function readC(text: string): number | "auto" {
  const C = Number(text);
  if (text === "auto") return text;
  if (C >= 1e-9 && Number.isFinite(C)) return C;
  throw new MicroLmError("usage", `Flag "--C" takes a positive number or auto, got "${text}"`);
}
