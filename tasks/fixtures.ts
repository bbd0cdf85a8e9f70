// deno-lint-ignore-file no-console
/**
 * Writes the DeFi fixtures, or with `--check` compares them with what would be written.
 *
 * ```
 * deno run --allow-read=fixtures --allow-write=fixtures tasks/fixtures.ts [--check]
 * ```
 */
import { generatedFiles, handwrittenFiles } from "../fixtures/defi/grammar/outputs.ts";
import { MicroLmError } from "../src/errors.ts";

const FOLDER = "fixtures/defi";
const HELP = `Generates the DeFi fixtures from the grammar and the hand-written lists.

Example: deno task fixtures --check

  --check  write nothing; exit 1 at the first file and line that differ
  --help   this text`;
const EXIT_CODES = { usage: 64, data: 65, missing: 66, write: 73, permission: 77 };

if (import.meta.main) {
  try {
    Deno.exitCode = main(Deno.args);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    console.error(error.message);
    if (error.hint) console.error(error.hint);
    Deno.exitCode = EXIT_CODES[error.kind];
  }
}

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined) {
    throw new MicroLmError("usage", `Unknown flag "${unknown}"`, { hint: HELP });
  }
  const files = new Map([
    ...generatedFiles(read(`${FOLDER}/README.md`)),
    ...handwrittenFiles({
      mini: read(`${FOLDER}/handwritten/mini.txt`),
      stress: read(`${FOLDER}/handwritten/stress.txt`),
      nonexec: read(`${FOLDER}/handwritten/nonexec.txt`),
    }),
  ]);
  return args.includes("--check") ? check(files) : write(files);
}

function write(files: ReadonlyMap<string, string>): number {
  for (const [name, content] of files) {
    const path = `${FOLDER}/${name}`;
    Deno.writeTextFileSync(`${path}.tmp`, content);
    Deno.renameSync(`${path}.tmp`, path);
    console.log(`wrote ${path}`);
  }
  return 0;
}

function check(files: ReadonlyMap<string, string>): number {
  for (const [name, expected] of files) {
    const path = `${FOLDER}/${name}`;
    const line = firstDifference(expected, read(path));
    if (line === undefined) continue;
    console.error(`${path}:${line}: differs from what the grammar and the lists give`);
    console.error("Run: deno task fixtures");
    return 1;
  }
  console.log(`${files.size} files are as generated`);
  return 0;
}

/** The 1-based line where two texts first differ, or `undefined` if they are equal. */
function firstDifference(expected: string, found: string): number | undefined {
  if (expected === found) return undefined;
  const expectedLines = expected.split("\n");
  const foundLines = found.split("\n");
  const index = expectedLines.findIndex((line, i) => line !== foundLines[i]);
  return (index < 0 ? expectedLines.length : index) + 1;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new MicroLmError("missing", `Cannot find ${path}`, {
      hint: path.endsWith(".txt") ? "Restore the hand-written list" : "Run: deno task fixtures",
      cause,
    });
  }
}
