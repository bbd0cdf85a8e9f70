import { COMPARE_FLAGS, compareCommand } from "./_compare.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "encoders:compare",
  summary: "Compares encoders: accuracy, wrong fires, calibration, speed, memory, download.",
  example: "deno task encoders:compare --train_csv mine_train.csv --test_csv mine_test.csv",
  flags: COMPARE_FLAGS,
}, compareCommand);
