import { runCommand } from "../src/cli/run_command.ts";
import { REPLAY_FLAGS, replayCommand } from "./_trace.ts";

await runCommand({
  name: "replay",
  summary: "Runs every request of a trace again and compares the records, bit for bit.",
  example: "deno task replay --trace .artifacts/trace.jsonl",
  flags: REPLAY_FLAGS,
}, replayCommand);
