import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/**
 * The beginning of a block that shows what a command prints:
 *
 *     <!-- $ deno task suite --name edges -->
 *     (fenced text)
 *     <!-- end -->
 *
 * `| only: A, B` keeps the lines that contain A or B.
 */
const START = /^<!-- \$ (deno task .+?)(?: \| only: (.+?))? -->$/;
const END = "<!-- end -->";

/** Codes that are verdicts: a gate not met, no certificate, an overlap. Others mean no result. */
const VERDICTS: readonly number[] = [EXIT.ok, EXIT.gate, EXIT.uncertified, EXIT.overlap];

/** Where parts are written: the permissions of the tasks allow this folder and `README.md`. */
const PART = "docs/.part";

/** A block of a document. */
interface Block {
  readonly file: string;
  readonly line: number;
  readonly start: string;
  readonly command: string;
  readonly only: readonly string[] | undefined;
  /** From the line behind the start to the end mark. */
  shown: string;
}

/** Text between blocks. */
type Piece = string | Block;

/** Options of {@linkcode refreshDocuments}. */
export interface RefreshOptions {
  /** Write nothing; the exit code says whether something is stale. */
  readonly check: boolean;
  /** Run only commands that contain it. */
  readonly only?: string | undefined;
  /** Say each command and how long it took. */
  readonly timed?: boolean;
}

/**
 * Runs the commands that documents show, one after the other, and puts their output there at once: what
 * is done stays where a later one is interrupted. A command without a result leaves its block as it is and
 * the others go on.
 *
 * @throws {MicroLmError} Kind `data` for a block that is not one, before anything runs; kind `unavailable`
 * at the end if commands had no result.
 */
export async function refreshDocuments(
  files: readonly string[],
  { check, only = "", timed = false }: RefreshOptions,
  { say, warn }: Pick<CommandContext, "say" | "warn">,
): Promise<ExitCode> {
  const documents = await Promise.all(files.map(async (file) => ({
    file,
    pieces: parseDocument(file, await readDocument(file)),
  })));
  const begun = performance.now();
  const failed: string[] = [];
  let ran = 0;
  let stale = 0;
  for (const { file, pieces } of documents) {
    for (const block of pieces) {
      if (typeof block === "string" || !block.command.includes(only)) continue;
      ran++;
      const before = performance.now();
      const { text, fault } = await outputOf(block);
      if (timed) say(`${seconds(before).padStart(8)}  ${block.command}`);
      if (fault !== undefined) {
        failed.push(`${file}:${block.line}: "${block.command}" ${fault}`);
        warn(failed.at(-1)!);
      } else if (block.shown !== text) {
        stale++;
        if (check) warn(`stale: ${file}:${block.line}: ${block.command}`);
        block.shown = text;
        if (!check) await replaceFile(file, pieces.map(textOf).join("\n"));
      }
    }
  }
  const counts = `${ran} commands in ${files.join(" and ")}, ${stale} ${
    check ? "stale" : "changed"
  }`;
  say(`${counts}, ${failed.length} without a result, ${seconds(begun)}`);
  if (failed.length > 0) {
    throw new MicroLmError("unavailable", `${failed.length} of ${ran} commands had no result`, {
      hint: `Their blocks are as they were; first: ${failed[0]}`,
    });
  }
  return check && stale > 0 ? EXIT.gate : EXIT.ok;
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function readDocument(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MicroLmError("missing", `${file} does not exist`, {
      hint: "Run the task in the folder of the repository",
    });
  }
}

function parseDocument(file: string, text: string): Piece[] {
  const pieces: Piece[] = [];
  const lines = text.split("\n");
  let free: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const start = lines[at]!;
    if (!start.startsWith("<!-- $")) {
      free.push(start);
      continue;
    }
    const [, command, only] = START.exec(start) ?? [];
    const end = lines.findIndex((line, i) => i > at && /^<!-- (\$|end)/.test(line));
    if (command === undefined || lines[end] !== END) {
      throw new MicroLmError("data", `${file}:${at + 1}: ${JSON.stringify(start)} is no block`, {
        hint: `Expected "<!-- $ deno task … -->" or "<!-- $ deno task … | only: … -->", and ` +
          `"${END}" before the next one`,
      });
    }
    pieces.push(free.join("\n"), {
      file,
      line: at + 1,
      start,
      command,
      only: only?.split(",").map((word) => word.trim()),
      shown: lines.slice(at + 1, end).join("\n"),
    });
    free = [];
    at = end;
  }
  pieces.push(free.join("\n"));
  return pieces;
}

function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : `${piece.start}\n${piece.shown}\n${END}`;
}

/** What a block is to show, or why its command says nothing. */
async function outputOf({ command, only }: Block): Promise<{ text: string; fault?: string }> {
  const [, , ...words] = shellWords(command);
  const { stdout, stderr, code } = await new Deno.Command("deno", {
    args: ["task", "--quiet", ...words],
    env: { NO_COLOR: "1" },
  }).output();
  const utf8 = new TextDecoder();
  // The formatter takes empty lines at the beginning of a block away
  const printed = utf8.decode(stdout).trimEnd().replace(/^(?:[ \t]*\n)+/, "");
  const last = utf8.decode(stderr).trim().split("\n").at(-1)!;
  const because = last === "" ? "" : `: ${last}`;
  if (!VERDICTS.includes(code)) return { text: "", fault: `ended with ${code}${because}` };
  if (printed === "") return { text: "", fault: `printed nothing${because}` };
  const lines = printed.split("\n");
  const missing = only?.find((word) => !lines.some((line) => line.includes(word)));
  if (missing !== undefined) return { text: "", fault: `printed no line with "${missing}"` };
  const kept = lines.filter((line) => !only || only.some((word) => line.includes(word)));
  return { text: `\n\`\`\`text\n${kept.join("\n")}\n\`\`\`\n` };
}

/** A document is replaced as a whole: whoever interrupts this has the old or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(PART, text);
  await Deno.rename(PART, file);
}

function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
