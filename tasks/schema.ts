import { runRecordJsonSchema } from "../src/run/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const TARGET = "src/run/record/schema.json";

await runCommand({
  name: "schema",
  summary: `Writes the JSON Schema of run records to ${TARGET}.`,
  example: "deno task schema --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 if the file is stale." },
  },
}, async ({ check }, { say }) => {
  const content = `${JSON.stringify(runRecordJsonSchema(), null, 2)}\n`;
  if (!check) {
    await Deno.writeTextFile(TARGET, content);
    say(`wrote ${TARGET}`);
    return EXIT.ok;
  }
  const current = await Deno.readTextFile(TARGET) === content;
  say(current ? `${TARGET} is current` : `${TARGET} is stale: run deno task schema`);
  return current ? EXIT.ok : EXIT.gate;
});
