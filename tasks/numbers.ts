import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { refreshDocuments } from "./_documents.ts";

const FILES = ["docs/numbers.md"];

await runCommand({
  name: "numbers",
  summary: "Runs the commands behind the figures of docs/numbers.md and puts them there. Minutes.",
  example: "deno task numbers --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; name the stale ones and exit 2." },
  },
}, async ({ check }, { say, warn }) => {
  const onCommand = (command: string) => say(`$ ${command}`);
  const { blocks, stale } = await refreshDocuments(FILES, { write: !check, onCommand });
  for (const { command } of check ? stale : []) warn(`stale: ${command}`);
  say(`${blocks} commands, ${stale.length} ${check ? "stale" : "changed"}`);
  return check && stale.length > 0 ? EXIT.gate : EXIT.ok;
});
