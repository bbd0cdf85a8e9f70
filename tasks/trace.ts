import { runCommand } from "../src/cli/run_command.ts";
import { TRACE_FLAGS, traceCommand } from "./_trace.ts";

await runCommand({
  name: "trace",
  summary: "Checks that a trace is as it was written, or prints where it ends: lines and hash.",
  example: "deno task trace verify .artifacts/trace.jsonl",
  positional: "verify|head FILE",
  flags: TRACE_FLAGS,
}, traceCommand);
