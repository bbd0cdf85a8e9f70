import { runCommand } from "../src/cli/run_command.ts";
import { sweepCommand } from "./_sweep.ts";
import { SWEEP_FLAGS } from "./_sweep_flags.ts";

await runCommand({
  name: "sweep",
  summary: "Tries thresholds on a small set of prompts and chooses one.",
  example: "deno task sweep --prompts_jsonl fixtures/defi/defi_mapper_labeled_mini.csv",
  flags: SWEEP_FLAGS,
}, (flags, context) => sweepCommand(flags, { bench: "sweep", nearMargins: [0] }, context));
