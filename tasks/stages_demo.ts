import { runCommand } from "../src/cli/run_command.ts";
import { STAGES_DEMO_FLAGS, stagesDemoCommand } from "./_stages_demo.ts";

await runCommand({
  name: "stages:demo",
  summary:
    "Runs the four stages on the project's own data, offline: selection, tuning, threshold, " +
    "champion; ends with a report.",
  example: "deno task stages:demo --jobs 2",
  flags: STAGES_DEMO_FLAGS,
}, stagesDemoCommand);
