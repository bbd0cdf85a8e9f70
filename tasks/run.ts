import { RUN_FLAGS, runMicroCommand } from "./_run_micro.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "run",
  summary: "From a prompt to a verified plan, or to the reason why there is none.",
  example: 'deno task run "deposit 10 ETH into aave" --policy \'{"ltv_max": 0.6}\'',
  positional: "PROMPT",
  flags: RUN_FLAGS,
}, runMicroCommand);
