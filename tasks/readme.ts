import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { refreshDocuments } from "./_documents.ts";

/** Documents whose commands take seconds; those of `docs/numbers.md` take minutes. */
const FILES = ["README.md", "docs/commands.md"];

await runCommand({
  name: "readme",
  summary: "Runs the commands whose output README.md and docs/commands.md show, and puts it there.",
  example: "deno task readme --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 if a document shows something else." },
  },
}, async ({ check }, { say, warn }) => {
  const { blocks, stale } = await refreshDocuments(FILES, { write: !check, onCommand: () => {} });
  for (const { file, command } of check ? stale : []) {
    warn(`${file} shows other output than "${command}" prints; run deno task readme`);
  }
  say(
    `${blocks} outputs in ${FILES.join(" and ")}, ${stale.length} ${check ? "stale" : "changed"}`,
  );
  return check && stale.length > 0 ? EXIT.gate : EXIT.ok;
});
