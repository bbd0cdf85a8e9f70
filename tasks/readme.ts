import { runCommand } from "../src/cli/run_command.ts";
import { refreshDocuments } from "./_documents.ts";

/** Documents whose commands take seconds; those of `docs/numbers.md` take minutes. */
const FILES = ["README.md", "docs/commands.md", "docs/guides/shell.md"];

await runCommand({
  name: "readme",
  summary: "Runs the commands whose output README.md, docs/commands.md and docs/guides/shell.md " +
    "show, and puts it there.",
  example: "deno task readme --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; name the stale ones and exit 2." },
  },
}, ({ check }, context) => refreshDocuments(FILES, { check }, context));
