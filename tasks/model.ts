import { MODEL_FLAGS, modelCommand } from "./_model.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "model",
  summary: "Pulls sentence-transformers models from a hub, lists, verifies and removes them.",
  example: "deno task model pull sentence-transformers/all-MiniLM-L6-v2 --dtype int8",
  positional: "pull ID | list | verify ID | remove ID",
  flags: MODEL_FLAGS,
}, modelCommand);
