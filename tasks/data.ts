import { runCommand } from "../src/cli/run_command.ts";
import { DATA_FLAGS, dataCommand } from "./_data.ts";

await runCommand({
  name: "data",
  summary: "Works on a CSV of prompts and labels before it is trained on: splits it by template, " +
    "counts what is in it, says what is wrong or thin (exit 2 if something is wrong), leaves " +
    "near-duplicates out, makes it of another tool's corpus, shows whether more rows would help, " +
    "or suggests which to label next.",
  example:
    "deno task data split --csv fixtures/defi/defi_mapper_labeled_large.csv --test_share 0.2 " +
    "--out_dir .artifacts/split",
  positional: "split|stats|validate|dedupe|import|suggest|learning-curve",
  flags: DATA_FLAGS,
}, dataCommand);
