import { runCommand } from "../src/cli/run_command.ts";
import { SUITE_FLAGS, suiteCommand } from "./_suite.ts";

await runCommand({
  name: "suite",
  summary: "Runs suites of prompts with known outcomes; exit 2 unless every case is green.",
  example: "deno task suite --name edges --runs 5",
  flags: SUITE_FLAGS,
}, suiteCommand);
