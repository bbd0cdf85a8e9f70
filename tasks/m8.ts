import { parseThresholds } from "../mod.ts";
import { runCommand } from "../src/cli/run_command.ts";
import type { RailsStage } from "../src/rails/mod.ts";
import { RAILS_FLAGS } from "./_rails_flags.ts";
import { sweepCommand } from "./_sweep.ts";
import { SWEEP_FLAGS } from "./_sweep_flags.ts";

await runCommand({
  name: "m8",
  summary: "Tries a grid of thresholds and margins on thousands of prompts and chooses a point.",
  example: "deno task m8 --prompts_jsonl fixtures/defi/defi_mapper_5k_prompts.jsonl " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_5k.csv --rows_csv .artifacts/rows.csv",
  flags: {
    ...SWEEP_FLAGS,
    ...RAILS_FLAGS,
    near_margins: {
      type: "string",
      value: "LIST",
      default: "0",
      help: "Margins between the first and second probability to try: 0,0.05,0.1.",
    },
  },
}, (flags, context) => {
  const nearMargins = parseThresholds(flags.near_margins, "near_margins");
  const { rails: stage, T, wdd_path } = flags;
  const rails = stage === "none" ? undefined : { stage: stage as RailsStage, T, wdd_path };
  return sweepCommand(flags, { bench: "m8", nearMargins, ...(rails && { rails }) }, context);
});
