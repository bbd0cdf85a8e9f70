import { runCommand } from "../src/cli/run_command.ts";
import { BATCH_TRAIN_FLAGS, batchTrainCommand } from "./_stages_train.ts";

await runCommand({
  name: "batch-train",
  summary: "Trains all experiments of a stage's config; a batch that was killed can be resumed.",
  example: "deno task batch-train --config configs/encoder/stage1_offline.yaml --jobs 2 --resume",
  flags: BATCH_TRAIN_FLAGS,
}, batchTrainCommand);
