// deno-lint-ignore-file no-console -- this is where commands print
import { MicroLmError } from "../core/errors.ts";
import { explainIoError } from "../core/io_error.ts";
import { MICRO_LM_VERSION } from "../core/version.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit_codes.ts";
import { type Command, type Flag, type FlagValues, parseFlags } from "./flags.ts";
import { hintForThisRun } from "./permission_hint.ts";
import { createPaint, type Paint } from "../report/paint.ts";
import { openTaskFiles } from "./task_files.ts";
import { terminalColumns, wrapText } from "./terminal.ts";

/** What a command gets to work with. */
export interface CommandContext {
  readonly positional: readonly string[];
  /**
   * Prints talk for people: on stdout, or on stderr when stdout carries data (`--json`). Lines wider than
   * a terminal are broken between words.
   */
  say(text: string): void;
  /** Colours for what is said: none off a terminal and under NO_COLOR. */
  readonly paint: Paint;
  /** Prints data on stdout: what another program reads. */
  print(text: string): void;
  /** Prints talk on stderr, for tasks whose stdout is data. */
  note(text: string): void;
  /** Prints a warning on stderr. */
  warn(text: string): void;
  /** With `--json`: prints the one machine-readable object. Otherwise: nothing. */
  result(value: unknown): void;
  /**
   * Says, before anything is written, if the data that the flags name has changed since the start.
   *
   * @throws {MicroLmError} Kind `data`.
   */
  refuseChanges(): Promise<void>;
  /**
   * Refuses inputs that no flag names where they are outputs of the flags.
   *
   * @throws {MicroLmError} Kind `usage`.
   */
  checkInputs(paths: readonly string[]): Promise<void>;
  /**
   * Refuses outputs that no flag names, like those of a default, if they are inputs or cannot be written.
   *
   * @throws {MicroLmError} Kind `usage`, `write` or `permission`.
   */
  checkOutputs(paths: readonly string[]): Promise<void>;
}

/** The flag that every command has. */
const JSON_FLAG = {
  json: { type: "boolean", help: "Print one JSON object on stdout; talk goes to stderr." },
} as const;

/** A command's body: does the work and says with which code to exit. */
export type CommandBody<F extends Record<string, Flag>> = (
  flags: FlagValues<F>,
  context: CommandContext,
) => Promise<ExitCode> | ExitCode;

/**
 * Runs a command as the whole process: parses `Deno.args`, prints help or errors, exits with the
 * code that belongs to the outcome.
 */
export async function runCommand<const F extends Record<string, Flag>>(
  command: Command<F>,
  body: CommandBody<F>,
): Promise<never> {
  const code = await guard(command.name, async () => {
    const withJson = { ...command, flags: { ...command.flags, ...JSON_FLAG } };
    const { flags, positional, asked } = parseFlags(withJson, Deno.args);
    if (asked) {
      const { helpText } = await import("./help.ts");
      print(asked === "help" ? helpText(withJson) : `micro-lm ${MICRO_LM_VERSION}`);
      return EXIT.ok;
    }
    const json = (flags as { json: boolean }).json;
    const files = await openTaskFiles(command.flags, flags);
    const code = await body(flags as unknown as FlagValues<F>, {
      positional,
      say: (text) =>
        json ? talk(forPeople(text, Deno.stderr)) : print(forPeople(text, Deno.stdout)),
      paint: paintFor(json ? Deno.stderr : Deno.stdout),
      print,
      note: (text) => talk(forPeople(text, Deno.stderr)),
      warn: (text) =>
        talk(forPeople(`${paintFor(Deno.stderr).bold("warning:")} ${text}`, Deno.stderr)),
      result: (value) => {
        if (json) print(JSON.stringify(value));
      },
      ...files,
    });
    await files.refuseChanges();
    return code;
  });
  Deno.exit(code);
}

interface Stream {
  isTerminal(): boolean;
}

function paintFor(stream: Stream): Paint {
  return createPaint(!Deno.noColor && stream.isTerminal());
}

/** What goes into a file or a pipe keeps its lines. */
function forPeople(text: string, stream: Stream): string {
  return stream.isTerminal() ? wrapText(text, terminalColumns()) : text;
}

/** A disk may be full behind standard output; a reader that has gone has seen enough. */
function print(text: string): void {
  try {
    console.log(text);
  } catch (error) {
    throw explainIoError(error, "standard output", "write");
  }
}

/** Talk that nobody can take is no reason to stop. */
function talk(text: string): void {
  try {
    console.error(text);
  } catch {
    // Nobody is there to be told
  }
}

async function guard(name: string, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    const { text, code } = explain(error, name);
    const { bad } = paintFor(Deno.stderr);
    talk(text.replace(/^(error|defect):/, (word) => bad(word)));
    return code;
  }
}

/** What to print and how to exit for anything that the task of this name has thrown. */
export function explain(
  error: unknown,
  task: string,
): { readonly text: string; readonly code: ExitCode } {
  if (error instanceof MicroLmError) {
    const said = error.kind === "permission" && error.hint
      ? hintForThisRun(task, error.hint) ?? error.hint
      : error.hint;
    const hint = said ? `\n  ${said}` : "";
    return { text: `error: ${error.message}${hint}`, code: exitCodeOf(error.kind) };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return {
      text: `error: ${error.message}\n  Run the command through its deno task, which grants it`,
      code: EXIT.permission,
    };
  }
  const detail = error instanceof Error ? error.stack ?? error.message : String(error);
  return {
    text: `defect: ${detail}\n  This is a mistake in micro-lm, not in your input. Please report it`,
    code: EXIT.defect,
  };
}
