import { MicroLmError } from "../mod.ts";

/**
 * A block that shows what a command prints:
 *
 *     <!-- $ deno task suite --name edges -->
 *     (fenced text)
 *     <!-- end -->
 *
 * `| only: A, B` keeps the lines that contain A or B.
 */
const BLOCK = /(<!-- \$ (deno task [^\n]*?)(?: \| only: ([^\n]*?))? -->\n)[\s\S]*?(<!-- end -->)/g;

/** A block that shows something else than its command prints. */
export interface StaleBlock {
  readonly file: string;
  readonly command: string;
}

/** What a look at documents found. */
export interface DocumentsLook {
  readonly blocks: number;
  readonly stale: readonly StaleBlock[];
}

/** Runs the commands that documents show; with `write`, puts their output there. */
export async function refreshDocuments(
  files: readonly string[],
  { write, onCommand }: { readonly write: boolean; readonly onCommand: (line: string) => void },
): Promise<DocumentsLook> {
  const stale: StaleBlock[] = [];
  let blocks = 0;
  for (const file of files) {
    const before = await Deno.readTextFile(file);
    let after = before;
    for (const [whole, start, command, only, end] of before.matchAll(BLOCK)) {
      blocks++;
      onCommand(command!);
      const text = keepLines(await outputOf(command!), only);
      const block = `${start}\n\`\`\`text\n${text}\n\`\`\`\n\n${end}`;
      if (block !== whole) stale.push({ file, command: command! });
      after = after.replace(whole!, () => block);
    }
    // In place: these files are under version control, and the task may write nothing beside them.
    if (write && after !== before) await Deno.writeTextFile(file, after);
  }
  return { blocks, stale };
}

function keepLines(text: string, only: string | undefined): string {
  if (only === undefined) return text;
  const wanted = only.split(",").map((word) => word.trim());
  return text.split("\n").filter((line) => wanted.some((word) => line.includes(word))).join("\n");
}

/** What a command prints on stdout. Its exit code may say that a gate was not met. */
async function outputOf(command: string): Promise<string> {
  const [, , ...words] = shellWords(command);
  const { stdout, stderr, code } = await new Deno.Command("deno", {
    args: ["task", "--quiet", ...words],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  const shown = text.decode(stdout).trimEnd();
  if (shown === "") {
    throw new MicroLmError("data", `"${command}" prints nothing and exits with ${code}`, {
      hint: text.decode(stderr).trim().split("\n").at(-1)!,
    });
  }
  return shown;
}

function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
