import { runCommand } from "../src/cli/run_command.ts";
import { WORKER_FLAGS, workerCommand } from "./_stages_worker.ts";

await runCommand({
  name: "stages:worker",
  summary: "Runs experiments for batch-train, which starts it; not meant to be called by hand.",
  example: "deno task batch-train --config configs/encoder/stage4_offline.yaml --jobs 2",
  flags: WORKER_FLAGS,
}, workerCommand);
