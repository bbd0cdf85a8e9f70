import { runCommand } from "../src/cli/run_command.ts";
import { refreshDocuments } from "./_documents.ts";

await runCommand({
  name: "numbers",
  summary: "Runs the commands behind the figures of docs/numbers.md and puts them there. Minutes.",
  example: "deno task numbers --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; name the stale ones and exit 2." },
    only: { type: "string", value: "TEXT", help: "Run only the commands that contain it." },
  },
}, ({ check, only }, context) => {
  return refreshDocuments(["docs/numbers.md"], { check, only, timed: true }, context);
});
