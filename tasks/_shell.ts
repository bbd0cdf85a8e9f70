import type { MicroRuntime, RunRecord } from "../mod.ts";
import { MicroLmError } from "../mod.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { explainIoError, writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { decisionText, type Paint, whyText } from "../src/report/mod.ts";
import { policyOf, resolvePolicy } from "../src/run/mod.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { policyEnvironment } from "./_runtime_flags.ts";

/** What a shell works with, and what its commands have changed so far. */
export interface Shell {
  readonly runtime: MicroRuntime;
  /** Where `:label` appends. */
  readonly labelsCsv: string;
  readonly paint: Paint;
  readonly context: Pick<CommandContext, "say" | "warn" | "result">;
  /** Columns of the screen; asked anew for each answer. */
  readonly width: () => number;
  /** The policy and the facts of the next runs. */
  policy: Readonly<Record<string, unknown>> | undefined;
  facts: unknown;
  last: RunRecord | null;
}

/** A command of the shell: its name, what it takes, and what it is for. */
interface ShellCommand {
  readonly takes: string;
  readonly help: string;
  run(shell: Shell, argument: string): Promise<string> | string;
}

const COMMANDS: Readonly<Record<string, ShellCommand>> = {
  ":threshold": {
    takes: "N|off",
    help: "Least confidence that fires; off: the mapper's own.",
    run: setThreshold,
  },
  ":context": {
    takes: "JSON|@FILE|off",
    help: "What is known of accounts and prices from now on.",
    run: setContext,
  },
  ":why": { takes: "", help: "Gates and roles of words of the last prompt.", run: why },
  ":label": {
    takes: "LABEL",
    help: "Append the last prompt with it to the CSV file.",
    run: appendLabel,
  },
  ":help": { takes: "", help: "Show this text.", run: shellHelp },
  ":quit": { takes: "", help: "End; so does the end of the input.", run: () => "" },
};

/** The words that the tabulator completes: commands, actions, and the domain's words of slots. */
export function shellWords({ opened, mapper }: MicroRuntime): string[] {
  const slots = opened.slots.flatMap(({ words }) => words);
  return [...Object.keys(COMMANDS), ...mapper?.classes ?? opened.primitives, ...slots];
}

/** What `:help` prints. */
export function shellHelp(): string {
  const lines = Object.entries(COMMANDS).map(([name, { takes, help }]) =>
    `  ${`${name} ${takes}`.padEnd(24)} ${help}`
  );
  return ["  Type a prompt to see what becomes of it.", ...lines].join("\n");
}

/**
 * Does what a line says: a command, or a prompt to decide. What cannot be done is said, and the shell goes
 * on.
 *
 * @param isEchoed Whether the line stands on the screen already.
 * @returns False if the line ends the shell.
 */
export async function answerLine(shell: Shell, line: string, isEchoed: boolean): Promise<boolean> {
  const { say } = shell.context;
  const text = line.trim();
  if (text === "") return true;
  if (!isEchoed && text.startsWith(":")) say(text);
  if (text === ":quit") return false;
  try {
    const answer = text.startsWith(":")
      ? await runCommandLine(shell, text)
      : await decide(shell, text, isEchoed);
    say(isEchoed ? answer : `${answer}\n`);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    say(`  ${shell.paint.bad("error:")} ${error.message}${error.hint ? `\n  ${error.hint}` : ""}`);
  }
  return true;
}

async function runCommandLine(shell: Shell, text: string): Promise<string> {
  const [, name, argument] = /^(\S+)\s*(.*)$/s.exec(text)!;
  const command = COMMANDS[name!];
  if (!command) {
    throw new MicroLmError("usage", `Unknown command "${name}"`, {
      hint: `Commands: ${Object.keys(COMMANDS).join(" ")}`,
    });
  }
  return await command.run(shell, argument!);
}

async function decide(shell: Shell, prompt: string, isEchoed: boolean): Promise<string> {
  const { runtime, policy, facts, width, paint } = shell;
  const record = await runtime.run({
    prompt,
    ...(policy !== undefined && { policy }),
    ...(facts !== undefined && { context: facts }),
    env: policyEnvironment(),
  });
  shell.last = record;
  shell.context.result(record);
  const mapped = await mapWhole(shell, prompt);
  return decisionText(record, mapped, { width: width(), paint, isEchoed });
}

/** What the mapper says of the whole prompt, and how new it is, also where the point has no limit. */
async function mapWhole(shell: Shell, prompt: string) {
  const { mapper } = shell.runtime;
  if (!mapper) return null;
  const [mapped] = await shell.runtime.map([prompt], undefined, { active: activeOf(shell) });
  const novelty = await mapper.measureNovelty?.([prompt]);
  return { ...mapped!, ...(novelty && { novelty: novelty[0]! }) };
}

function activeOf({ runtime, policy }: Shell) {
  return policyOf(runtime, { operator: policy, env: policyEnvironment() }).active;
}

function setThreshold(shell: Shell, argument: string): string {
  const value = argument === "off" ? null : Number(argument || NaN);
  if (value !== null && !(value >= 0 && value <= 1)) {
    throw new MicroLmError(
      "usage",
      `:threshold takes a number from 0 to 1 or off, got "${argument}"`,
    );
  }
  const { mapper, ...policy } = shell.policy ?? {};
  const rest = { ...mapper as object, confidence_threshold: value };
  shell.policy = { ...policy, mapper: rest };
  const { point } = activeOf(shell);
  return `  threshold ${JSON.stringify(point.threshold)}`;
}

async function setContext(shell: Shell, argument: string): Promise<string> {
  if (argument === "") {
    throw new MicroLmError("usage", ":context takes JSON, @FILE or off", {
      hint: ':context {"oracle": {"age_sec": 5}}',
    });
  }
  const facts = argument === "off" ? undefined : await readJsonFlag("context", argument);
  const { runtime: { opened }, policy } = shell;
  opened.planner?.readContext(facts ?? {}, resolvePolicy(policy ?? {}));
  shell.facts = facts;
  return facts === undefined
    ? "  nothing is known"
    : `  known: ${Object.keys(facts as object).join(", ") || "nothing"}`;
}

function why({ last, paint }: Shell): string {
  return whyText(requireLast(last), paint);
}

const HEADER = "prompt,label\n";

async function appendLabel(shell: Shell, argument: string): Promise<string> {
  const { prompt } = requireLast(shell.last);
  if (argument === "") throw new MicroLmError("usage", ":label takes the label of the last prompt");
  const label = shell.runtime.opened.canonicalLabel(argument);
  const { labelsCsv: path } = shell;
  const before = await readIfThere(path);
  if (before !== "" && !before.startsWith(HEADER)) {
    throw new MicroLmError("data", `Expected the header "prompt,label", found another`, {
      at: { file: path },
      hint: "Name another file with --labels_csv",
    });
  }
  const row = stringifyCsv([{ prompt, label }], ["prompt", "label"]).slice(HEADER.length);
  await writeFileAtomic(path, (before || HEADER) + row);
  return `  ${label}: appended to ${path}`;
}

function requireLast(last: RunRecord | null): RunRecord {
  if (last) return last;
  throw new MicroLmError("usage", "There is no last prompt", { hint: "Type a prompt first" });
}

/** The text of a file; empty if it is not there. */
export async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw explainIoError(error, path, "read");
  }
}
