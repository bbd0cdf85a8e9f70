import { writeFileAtomic } from "../src/core/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const README = "README.md";
const BLOCK = /(<!-- output of: deno task (\w+) -->\n)[\s\S]*?(<!-- end of output -->)/g;

await runCommand({
  name: "readme",
  summary: "Runs the commands whose output the README shows, and puts it there.",
  example: "deno task readme --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 if the README shows something else." },
  },
}, async ({ check }, { say, warn }) => {
  const before = await Deno.readTextFile(README);
  const outputs = new Map<string, string>();
  for (const [, , task] of before.matchAll(BLOCK)) outputs.set(task!, await outputOf(task!));
  const after = before.replace(
    BLOCK,
    (_, start: string, task: string, end: string) =>
      `${start}\n\`\`\`text\n${outputs.get(task)}\n\`\`\`\n\n${end}`,
  );
  if (!check) {
    await writeFileAtomic(README, after);
    say(`wrote ${README}`);
    return EXIT.ok;
  }
  if (after === before) {
    say(`${README} shows what the commands print`);
    return EXIT.ok;
  }
  warn(`${README} shows other output than the commands print; run deno task readme`);
  return EXIT.gate;
});

async function outputOf(task: string): Promise<string> {
  const { stdout } = await new Deno.Command("deno", {
    args: ["task", "--quiet", task],
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}
