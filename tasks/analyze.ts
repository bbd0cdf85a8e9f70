import { runCommand } from "../src/cli/run_command.ts";
import { ANALYZE_FLAGS, analyzeCommand } from "./_stages_analyze.ts";

await runCommand({
  name: "analyze",
  summary: "Compares evaluated runs: F1 with intervals, seeds, false positives removed, paired " +
    "tests, cost against gain; as tables, CSV or a report.",
  example: "deno task analyze --results_dir .artifacts/stages/evaluation --export_csv",
  flags: ANALYZE_FLAGS,
}, analyzeCommand);
