import { arcFiles } from "../fixtures/arc/grammar/outputs.ts";
import { generatedFiles, handwrittenFiles } from "../fixtures/defi/grammar/outputs.ts";
import { generatedIacFiles } from "../fixtures/iac/grammar/outputs.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const FOLDER = "fixtures/defi";
const ARC = "fixtures/arc";
const IAC = "fixtures/iac";

await runCommand({
  name: "fixtures",
  summary: "Generates the fixtures from their grammars and the hand-written lists.",
  example: "deno task fixtures --check",
  flags: {
    check: { type: "boolean", help: "Write nothing; exit 2 at the first file that differs." },
  },
}, async ({ check }, { say, warn }) => {
  const list = (name: string) => Deno.readTextFileSync(`${FOLDER}/handwritten/${name}.txt`);
  const files = new Map([
    ...generatedFiles(Deno.readTextFileSync(`${FOLDER}/README.md`), list("training")),
    ...handwrittenFiles({ mini: list("mini"), stress: list("stress"), nonexec: list("nonexec") }),
  ]);
  const arc = arcFiles(Deno.readTextFileSync(`${ARC}/handwritten/prompts.txt`));
  const iac = generatedIacFiles(
    Deno.readTextFileSync(`${IAC}/README.md`),
    (name) => Deno.readTextFileSync(`${IAC}/handwritten/${name}.txt`),
  );
  const all = [
    ...[...files].map(([name, content]) => [`${FOLDER}/${name}`, content] as const),
    ...[...arc].map(([name, content]) => [`${ARC}/${name}`, content] as const),
    ...[...iac].map(([name, content]) => [`${IAC}/${name}`, content] as const),
  ];
  for (const [path, content] of all) {
    if (!check) {
      await writeFileAtomic(path, content);
      say(`wrote ${path}`);
      continue;
    }
    const line = firstDifference(content, Deno.readTextFileSync(path));
    if (line === undefined) continue;
    warn(`${path}:${line}: differs from what the grammar and the lists give; run without --check`);
    return EXIT.gate;
  }
  if (check) say(`${all.length} files are as generated`);
  return EXIT.ok;
});

/** The 1-based line where two texts first differ, or undefined if they are equal. */
function firstDifference(expected: string, found: string): number | undefined {
  if (expected === found) return undefined;
  const foundLines = found.split("\n");
  const index = expected.split("\n").findIndex((line, i) => line !== foundLines[i]);
  return index < 0 ? foundLines.length : index + 1;
}
