import { runCommand } from "../src/cli/run_command.ts";
import { BATCH_EVAL_FLAGS, batchEvalCommand } from "./_stages/eval.ts";

await runCommand({
  name: "batch-eval",
  summary: "Evaluates finished runs on the test sets of a config. EVAL_THRESHOLD_MODE (argmax, " +
    "fixed, file, frozen), EVAL_THRESHOLD_FIXED and EVAL_THRESHOLD_FILE go before the config.",
  example: "deno task batch-eval --config configs/eval/eval_threshold_offline.yaml --filter lite",
  flags: BATCH_EVAL_FLAGS,
}, batchEvalCommand);
